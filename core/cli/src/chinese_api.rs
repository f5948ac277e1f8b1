//! What is said in Chinese where scripts and what they can call are told of, in the way of `translate`.

/// Sentences of talk, errors and hints.
pub(crate) const SENTENCES: &[(&str, &str)] = &[
    ("scripts have no {}", "脚本中没有 {}"),
    ("kehu api lists all of them", "kehu api 列出全部"),
    (
        "packs could not be loaded, and --strict does nothing without them",
        "脚本包无法加载，--strict 不会在缺少它们时执行",
    ),
    (
        "packs failed: {}; --strict does nothing without them",
        "脚本包失败：{}；--strict 不会在缺少它们时执行",
    ),
    (
        "nothing was written; without --strict the other packs go on",
        "未写入任何内容；不加 --strict 时其余脚本包照常",
    ),
];
