//! What is said in Chinese where records are added, in the way of `translate`.

/// Sentences of talk, errors and hints.
pub(crate) const SENTENCES: &[(&str, &str)] = &[
    ("{}: {} is out of range, expected {} to {}", "{}：{} 超出范围，应为 {} 至 {}"),
    ("{}: {} is out of range, expected {} or more", "{}：{} 超出范围，应不小于 {}"),
    ("is out of range, expected {} to {}", "超出范围，应为 {} 至 {}"),
    ("is out of range, expected {} or more", "超出范围，应不小于 {}"),
    ("choose one of: {}", "可选：{}"),
    (
        "the pack {} brings it: add it to [packs] on in kehu.toml",
        "脚本包 {} 带有它：请加入 kehu.toml 的 [packs] on",
    ),
    ("Changed {}: no owner.", "已修改 {}：不再有负责人。"),
    ("Changed {}: {}.", "已修改 {}：{}。"),
    ("{} changed {}: {}", "{} 修改了 {}：{}"),
    ("{} changes what cannot be so: {s}", "{} 所作的更改不成立：{}"),
    ("say which one with --about: {}", "请用 --about 指明：{}"),
    ("say what it is about: --about {}", "请说明针对什么：--about {}"),
    ("one that is new and {} already: add --new", "若是新的一项且已经是“{}”：加 --new"),
    ("Edited product {}.", "已修改产品 {}。"),
    ("A like name is on file: {}", "已有相似名称：{}"),
    ("Like names are on file: {}", "已有相似名称：{}"),
    (
        "If it is the same customer: kehu undo, and work with that one.",
        "若为同一客户：kehu undo 撤销，沿用已有客户。",
    ),
    (
        "Erased {} for good (records: {}, earlier versions: {}).",
        "已彻底删除 {}（记录 {} 条，早先版本 {} 个）。",
    ),
    (
        "Runs and their reasons went too; next: kehu score",
        "评分结果及其理由也已删除；下一步：kehu score",
    ),
    ("Still named in the words of others: {}.", "其他记录中仍提到：{}。"),
    ("Files that were imported may hold it: {}.", "导入过的文件可能仍含有：{}。"),
    ("Copies of the database hold it: {}.", "数据库副本仍含有：{}。"),
    (
        "Another process was reading: old pages go with the next command that writes.",
        "另有进程正在读取：旧页将随下一个写入命令清除。",
    ),
    (
        "{} would be erased for good: no undo brings it back, and nothing was done",
        "{} 将被彻底删除，无法撤销；尚未执行",
    ),
    ("--forever does it", "加 --forever 执行"),
    (
        "kehu customer export {} keeps a copy for the customer",
        "kehu customer export {} 可为客户留存一份",
    ),
    ("{} erased for good, which cannot be undone", "{} 为彻底删除，无法撤销"),
];
