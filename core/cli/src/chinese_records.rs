//! What is said in Chinese where records are added, in the way of `chinese`.

/// Sentences of talk, errors and hints.
pub(crate) const SENTENCES: &[(&str, &str)] = &[
    ("A like name is on file: {}", "已有相似名称：{}"),
    ("Like names are on file: {}", "已有相似名称：{}"),
    (
        "If it is the same customer: kehu undo, and work with that one.",
        "若为同一客户：kehu undo 撤销，沿用已有客户。",
    ),
];
