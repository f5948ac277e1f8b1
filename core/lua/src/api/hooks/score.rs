//! `score`, `visit_need` and the fit before them.

use kehu_contract::Hook;

use crate::api::entry::{
    Entry, Parameter, Subject, Type, field, field_or_nil, function, may, need, rest,
};

/// What every `ctx` has.
pub(crate) const CONTEXT: Subject = Subject {
    name: "kehu.Context",
    like: "",
    hooks: &[],
    en: "What every hook's ctx has.",
    zh: "每个钩子的 ctx 都有的内容。",
    example: "",
    entries: &[
        field("ctx.as_of", Type::Day)
            .says("The day as of which all is seen: a pack has no clock.", "观察日：一切以这一天为准，脚本包没有时钟。")
            .example("kehu.day.format(ctx.as_of) --> \"2024-10-04\""),
        field("ctx.settings", Type::Table)
            .says("The pack's settings, as kehu.settings.", "脚本包的设置，同 kehu.settings。")
            .example("ctx.settings.silent_after --> 60"),
        field("ctx.log", Type::Of("kehu.log"))
            .says("The same as kehu.log.", "同 kehu.log。")
            .example("ctx.log.info(\"seen\", { days = 3 })"),
        function(
            "ctx.random",
            &[may("least", Type::Whole), may("most", Type::Whole)],
            &[need("number", Type::Number)],
        )
        .says(
            "Draws a number that is the same in every run of the same seed.",
            "取随机数；种子相同，每次运行结果相同。",
        )
        .more(
            "Without arguments from 0 to before 1; with one a whole number from 1 to it; with two from the first to the second. Each customer has a sequence of its own, whatever the order.",
            "无参数时从 0 到小于 1；一个参数时为 1 到该数的整数；两个参数时为两者之间的整数。每个客户有自己的序列，与顺序无关。",
        )
        .example("local dice = ctx.random(1, 6)\ndice >= 1 and dice <= 6 --> true"),
    ],
};

const NAME: Parameter =
    need("column", Type::Text).says("a column that the step gives", "步骤给出的列");
const RULE: Parameter = need("rule", Type::Rule);
const ARGUMENTS: Parameter =
    rest("arguments", Type::Argument).says("what fills {1} to {8}", "填入 {1} 到 {8}");
const GIVEN: &[Parameter] = &[need("value", Type::Any)];

/// `ctx` in `score` and `visit_need`.
pub(crate) const SCORE: Subject = Subject {
    name: "kehu.ScoreContext",
    like: "kehu.Context",
    hooks: &[Hook::Score, Hook::VisitNeed],
    en: "ctx in score and visit_need: values that carry their reasons.",
    zh: "score 和 visit_need 的 ctx：带理由的值。",
    example: "",
    entries: SCORE_ENTRIES,
};

const SCORE_ENTRIES: &[Entry] = &[
    function("ctx:column", &[NAME], &[need("s", Type::Of("kehu.Points"))])
        .says(
            "Gives a number or money column that is the sum of its points.",
            "给出由各项得分相加而成的数字或金额列。",
        )
        .example("local s = ctx:column(\"points\")\ns:apply(quiet)\nreturn { points = s }"),
    function("ctx:label", &[NAME, need("value", Type::Text), RULE, ARGUMENTS], GIVEN)
        .says(
            "Gives a label, one of its declared values, and why.",
            "给出一个标签值（须已声明）及理由。",
        )
        .example("return { tier = ctx:label(\"tier\", \"A\", free, \"best\") }"),
    function("ctx:set", &[NAME, need("value", Type::Any), RULE, ARGUMENTS], GIVEN)
        .says(
            "Gives any other column, and why: a number, money, day, flag or text.",
            "给出其他类型的列及理由：数字、金额、日期、真假或文本。",
        )
        .example("return { due = ctx:set(\"due\", ctx.as_of + 7, free) }"),
    function("ctx:missing", &[NAME, RULE, ARGUMENTS], GIVEN)
        .says("Leaves a column without a value, and says why.", "让某列没有值，并说明理由。")
        .example("return { tier = ctx:missing(\"tier\", free, \"too new\") }"),
    function("ctx:holds", &[RULE], &[need("holds", Type::Flag)])
        .says("Tests a rule without noting anything.", "检验规则而不记录。")
        .more(
            "A rule never holds for a missing value, except one with op \"missing\".",
            "缺少值时规则不成立，op 为 \"missing\" 的除外。",
        )
        .example("ctx:holds(quiet) --> true"),
    field_or_nil("ctx.state", Type::Any)
        .says(
            "What the step's fit returned; nil without one.",
            "步骤的 fit 返回的内容；没有 fit 时为 nil。",
        )
        .example("ctx.state --> nil"),
];

/// What `ctx:column` gives.
pub(crate) const POINTS: Subject = Subject {
    name: "kehu.Points",
    like: "",
    hooks: &[Hook::Score, Hook::VisitNeed],
    en: "What ctx:column gives: a sum that notes each of its parts.",
    zh: "ctx:column 给出的对象：记录每一部分的总和。",
    example: "",
    entries: &[
        function("s:apply", &[RULE.says("a rule with op, or what kehu.rules gives", "带 op 的规则，或 kehu.rules 的结果")], &[need("held", Type::Flag)])
            .says("Tests a rule and, where it holds, adds its points and notes value and limit.", "检验规则；成立时加上其得分并记下值和界限。")
            .more("It returns whether the rule held; of a list it returns nothing of use.", "返回规则是否成立；应用列表时返回值无意义。")
            .example("local s = ctx:column(\"points\")\nif s:apply(quiet) then s:add(free, 2, \"and on a Friday\") end\nreturn { points = s }"),
        function("s:add", &[RULE, need("points", Type::Number), ARGUMENTS], &[])
            .says("Adds points of your own making, with arguments for the rule's sentence.", "加上自行计算的得分，并给出规则句子的参数。")
            .example("local s = ctx:column(\"points\")\ns:add(free, 12.5, c.amount)\nreturn { points = s }"),
        function("s:because", &[RULE, ARGUMENTS], &[])
            .says("Notes one more reason, without points.", "再记一条理由，不加分。")
            .example("local s = ctx:column(\"points\")\ns:because(free, \"seen at the fair\")\nreturn { points = s }"),
    ],
};

/// `ctx` of a fit.
pub(crate) const FIT: Subject = Subject {
    name: "kehu.FitContext",
    like: "kehu.Context",
    hooks: &[],
    en: "ctx of a fit, which looks at the whole base before its step scores.",
    zh: "fit 的 ctx；fit 在步骤评分之前查看全体客户。",
    example: "",
    entries: &[],
};

const FIGURE: &[Parameter] = &[may("figure", Type::Number)];

/// A column object of a fit.
pub(crate) const COLUMN: Subject = Subject {
    name: "kehu.Column",
    like: "",
    hooks: &[],
    en: "A column over the whole base, in a fit. Missing values do not count; of no values figures are nil.",
    zh: "fit 中覆盖全体客户的一列。缺失值不计；没有值时结果为 nil。",
    example: "",
    entries: COLUMN_ENTRIES,
};

const COLUMN_ENTRIES: &[Entry] = &[
    function("column:count", &[], &[need("count", Type::Whole)])
        .says("Counts the customers that have a value.", "计算有值的客户数。")
        .example("columns.amount:count() --> 2"),
    function("column:sum", &[], &[need("sum", Type::Number)])
        .says("Adds all values; 0 if there are none.", "求和；没有值时为 0。")
        .example("columns.amount:sum() --> 1520"),
    function("column:mean", &[], FIGURE)
        .says("Gives the mean.", "求平均值。")
        .example("columns.amount:mean() --> 760"),
    function("column:median", &[], FIGURE)
        .says("Gives the median.", "求中位数。")
        .example("columns.amount:median() --> 760"),
    function("column:quantile", &[need("share", Type::Number)], FIGURE)
        .says("Gives the value below which a share of the customers lies.", "求分位数。")
        .more("The share is 0 to 1; between two values it is interpolated, as kehu.list.quantile.", "比例为 0 到 1；两值之间线性插值，同 kehu.list.quantile。")
        .example("columns.amount:quantile(1) --> 1500"),
    function("column:min", &[], FIGURE)
        .says("Gives the least value.", "求最小值。")
        .example("columns.amount:min() --> 20"),
    function("column:max", &[], FIGURE)
        .says("Gives the greatest value.", "求最大值。")
        .example("columns.amount:max() --> 1500"),
    function("column:cut_after", &[need("share", Type::Number)], FIGURE)
        .says("Gives the value of the last customer of the top share, ties included.", "给出前若干比例客户中最后一名的值，并列者计入。")
        .more("With n customers that have a value, the top ⌈share × n⌉ are counted from the greatest value down.", "有值的客户为 n 个时，从最大值往下取 ⌈比例 × n⌉ 个。")
        .example("columns.amount:cut_after(0.5) --> 1500"),
    function("column:cut_after_count", &[need("count", Type::Whole)], FIGURE)
        .says("Gives the value of the last of so many top customers.", "给出前若干名客户中最后一名的值。")
        .example("columns.amount:cut_after_count(2) --> 20"),
    function("column:where", &[need("other", Type::Of("kehu.Column"))], &[need("column", Type::Of("kehu.Column"))])
        .says("Gives the column with only those customers that have a value in another one.", "只保留在另一列有值的客户。")
        .example("columns.amount:where(columns.recency_days):count() --> 1"),
    function("column:count_by", &[], &[need("counts", Type::Table)])
        .says("Counts the customers of each value of a label, text or flag; a flag counts under \"yes\" and \"no\".", "按标签、文本或真假的每个值计数；真假记在 \"yes\" 和 \"no\" 之下。")
        .more("There are at most 10,000 distinct values.", "最多 10,000 个不同的值。")
        .example("columns.vip:count_by().yes --> 1"),
];
