//! What is said in Chinese about the reports of packs, in the way of `translate`.

/// Sentences of talk, errors and hints.
pub(crate) const SENTENCES: &[(&str, &str)] = &[
    ("there is no report \"{}\"", "没有报表“{}”"),
    (
        "the pack {} has it: add it to [packs] on in kehu.toml, then run kehu score",
        "脚本包 {} 有该报表：请加入 kehu.toml 的 [packs] on，再运行 kehu score",
    ),
    (
        "no pack that is on has reports; see kehu pack list",
        "已启用的脚本包均无报表；见 kehu pack list",
    ),
    ("the packs {} and {} both have a report \"{}\"", "脚本包 {} 与 {} 都有报表“{}”"),
    (
        "take one of them out of [packs] on in kehu.toml",
        "请从 kehu.toml 的 [packs] on 中去掉其中一个",
    ),
    ("the report {} does not take {}", "报表 {} 不接受 {}"),
    ("beside --as-of, --json and --csv it takes {}", "除 --as-of、--json、--csv 外，它接受 {}"),
    ("the report {} of {} has no script", "{2} 的报表 {1} 没有脚本"),
    ("a native plugin brings no reports", "原生插件不能带报表"),
    ("--from is a later day than --to", "--from 晚于 --to"),
    ("give the first day, then the last one", "请先写起始日，再写截止日"),
    ("the report shows two tables called \"{}\"", "报表有两个名为“{}”的表"),
    (
        "give each a name of its own: kehu.table{ name = \"…\", … }",
        "请给每个表单独命名：kehu.table{ name = \"…\", … }",
    ),
];
