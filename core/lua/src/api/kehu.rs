//! What the registry says of the global `kehu` itself, of rules, and of the host's own globals.

use super::entry::{
    Entry, Parameter, Subject, Type, field, field_or_nil, function, may, need, rest,
};

const TESTS: &[&str] = &["<", "<=", ">", ">=", "==", "~=", "missing"];

const RULE_FIELDS: &[Parameter] = &[
    need("id", Type::Text).says("its name, once in a pack", "名称，在脚本包内唯一"),
    need("en", Type::Text).says("its sentence in English", "英文句子"),
    may("zh", Type::Text).says("its sentence in Chinese", "中文句子"),
    may("input", Type::Text)
        .says("the column that is tested, one of the needs", "被检验的列，须在 needs 中"),
    may("op", Type::Choice(TESTS)).says("how it is tested", "检验方式"),
    may("limit", Type::Number).says("the figure it is tested against", "用来比较的数字"),
    may("setting", Type::Text).says("the setting that holds that figure", "存放该数字的设置"),
    may("points", Type::Number).says("what it adds where it holds", "成立时加的分"),
];

/// The global table.
pub(super) const KEHU: Subject = Subject {
    name: "kehu",
    like: "",
    hooks: &[],
    en: "What the host offers to every pack.",
    zh: "主程序提供给每个脚本包的内容。",
    example: "",
    entries: &[
        function("kehu.rule", &[need("rule", Type::Fields(RULE_FIELDS))], &[need("rule", Type::Rule)])
            .says(
                "Declares a rule: a test, or a sentence that explains a value.",
                "声明一条规则：一项检验，或一句解释某个值的话。",
            )
            .more(
                "Call it at the top of the file, once a rule; the host notes file and line. In the sentence {1} to {8} are the reason's arguments, {value} is {1}, {limit} is {2}, {1:amount} is shown as an amount, and {1|day|days} is the word that goes with the number {1}. Keys of labels, stages, states and choices are told by their words.",
                "在文件顶部调用，每条规则一次，主程序会记下文件和行号。句子中 {1} 到 {8} 是理由的参数，{value} 即 {1}，{limit} 即 {2}，{1:amount} 显示为金额，{1|day|days} 是与数字 {1} 相配的词。标签、阶段、状态与选项的键按其名称显示。",
            )
            .example(
                "local silent = kehu.rule{\n  id = \"silent\", input = \"recency_days\", op = \">\", limit = 60, points = 10,\n  en = \"silent for {value} days, more than {limit}\", zh = \"{value} 天未购买，超过 {limit} 天\",\n}\nsilent.points --> 10",
            ),
        function("kehu.rules", &[need("list", Type::List(&Type::Rule))], &[need("rules", Type::Rules)])
            .says(
                "Makes a list of rules that are applied in one go, much faster than one by one.",
                "把多条规则做成列表一次应用，比逐条应用快得多。",
            )
            .more("Every rule in it has an op; call it at the top of the file.", "其中每条规则都须有 op；在文件顶部调用。")
            .example(
                "local never = kehu.rule{ id = \"never\", input = \"recency_days\", op = \"missing\", points = 5, en = \"never bought\" }\nlocal late = kehu.rule{ id = \"late\", input = \"recency_days\", op = \">\", limit = 90, points = 9, en = \"late\" }\nlocal tests = kehu.rules{ never, late }\n#tests --> 2",
            ),
        field("kehu.settings", Type::Table)
            .says("The pack's settings, as the workspace has set them.", "脚本包的设置，取工作区设定的值。")
            .example("kehu.settings.silent_after --> 60"),
        field("kehu.none", Type::Any)
            .says(
                "Stands for nothing where a field is to be emptied: edit = { owner = kehu.none }.",
                "表示“无”，用于清空字段：edit = { owner = kehu.none }。",
            )
            .example("kehu.none == nil --> false"),
        field("kehu.day", Type::Of("kehu.day"))
            .says("Days.", "日期。")
            .example("kehu.day.weekday(0) --> 4"),
        field("kehu.text", Type::Of("kehu.text"))
            .says("Texts by characters.", "按字符处理文本。")
            .example("kehu.text.len(\"客户\") --> 2"),
        field("kehu.number", Type::Of("kehu.number"))
            .says("Rounding, bounds, percentages.", "舍入、上下限、百分比。")
            .example("kehu.number.round(2.5) --> 2"),
        field("kehu.log", Type::Of("kehu.log"))
            .says("Lines for whoever looks after the pack.", "写给维护脚本包的人看的日志。")
            .example("kehu.log.debug(\"loaded\")"),
        field("kehu.list", Type::Of("kehu.list"))
            .says("Statistics over lists of numbers.", "数字列表的统计。")
            .example("kehu.list.mean({ 1, 2 }) --> 1.5"),
    ],
};

/// The host's own functions among the globals.
pub(super) const GLOBALS: Subject = Subject {
    name: "globals",
    like: "",
    hooks: &[],
    en: "Globals that are the host's own, beside those of the language.",
    zh: "语言本身之外，主程序提供的全局函数。",
    example: "",
    entries: &[
        function("require", &[need("name", Type::Text)], &[need("module", Type::Any)])
            .says("Gives what another file of the pack returns.", "给出脚本包内另一文件返回的值。")
            .more(
                "The name is the file's path in the pack, without \".lua\"; call it at the top of the file.",
                "名称是文件在脚本包内的路径，不带“.lua”；在文件顶部调用。",
            )
            .example("local ok = pcall(require, \"not/there\")\nok --> false"),
        function("print", &[rest("values", Type::Any)], &[])
            .says("Writes a line that only whoever tries the pack sees.", "写一行，只有调试脚本包的人能看到。")
            .example("print(\"rows\", 3)"),
    ],
};

/// What `kehu.rule` gives.
pub(super) const RULE: Subject = Subject {
    name: "kehu.Rule",
    like: "",
    hooks: &[],
    en: "A rule as the script holds it: it can be read, not changed.",
    zh: "脚本持有的规则：可读，不可改。",
    example: "quiet.id --> \"quiet\"\nquiet.input --> \"recency_days\"\nquiet.op --> \">\"\nquiet.limit --> 5\nquiet.setting --> nil\nquiet.points --> 3\nquiet.en --> \"{value} > {limit}\"\nquiet.zh --> \"\"",
    entries: RULE_ENTRIES,
};

const RULE_ENTRIES: &[Entry] = &[
    field("rule.id", Type::Text).says("Its name.", "名称。"),
    field_or_nil("rule.input", Type::Text).says("The column that it tests.", "被检验的列。"),
    field_or_nil("rule.op", Type::Text).says("How it tests.", "检验方式。"),
    field_or_nil("rule.limit", Type::Number).says(
        "The figure that it tests against, from the setting if it names one.",
        "用来比较的数字，指明设置时取自设置。",
    ),
    field_or_nil("rule.setting", Type::Text)
        .says("The setting that holds the figure.", "存放该数字的设置。"),
    field_or_nil("rule.points", Type::Number)
        .says("What it adds where it holds.", "成立时加的分。"),
    field("rule.en", Type::Text).says("Its sentence in English.", "英文句子。"),
    field("rule.zh", Type::Text)
        .says("Its sentence in Chinese; empty if there is none.", "中文句子；没有时为空。"),
];
