//! What is said of packs in Chinese, in the way of `chinese`.

/// Sentences of talk, errors and hints about packs.
pub(crate) const SENTENCES: &[(&str, &str)] = &[
    ("it needs {}", "它需要 {}"),
    ("number {} in [packs] on", "在 [packs] on 中列第 {} 位"),
    ("number {} in [hooks] {}", "在 [hooks] {2} 中列第 {1} 位"),
    (
        "several packs answer, and one may; say which in kehu.toml: {}",
        "多个脚本包都可应答，但只能有一个；请在 kehu.toml 中指明：{}",
    ),
    ("the order in which packs are asked is not known", "脚本包的询问顺序无法确定"),
    ("there is no such pack", "没有这个脚本包"),
    ("it stands in front of the one of {}", "它优先于 {} 中的同名包"),
    (
        "the pack is a link that leads out of its workspace, to {}",
        "该脚本包是指向工作区之外的链接：{}",
    ),
    ("put a copy in its place: {}", "请换成副本：{}"),
    ("the file is too large for a pack", "文件过大，不能放入脚本包"),
    (
        "a pack has at most 500 files of at most 4 MiB each",
        "一个脚本包最多 500 个文件，每个最大 4 MiB",
    ),
    ("the pack is called {}, its folder {}", "脚本包名为 {}，文件夹名却是 {}"),
    ("the key {} stands here a second time", "键 {} 在此重复出现"),
    ("keep one of the two, and take the other out", "请保留其中一个，删去另一个"),
    ("pack {} has no README.md", "脚本包 {} 没有 README.md"),
    ("what it promises is shown by: {}", "查看它的全部约定：{}"),
    ("give both the same name", "请让两者同名"),
];
