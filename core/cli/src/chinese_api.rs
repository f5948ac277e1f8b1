//! What is said in Chinese where scripts and what they can call are told of, in the way of `chinese`.

/// Sentences of talk, errors and hints.
pub(crate) const SENTENCES: &[(&str, &str)] =
    &[("scripts have no {}", "脚本中没有 {}"), ("kehu api lists all of them", "kehu api 列出全部")];
