//! What the registry says of tests: the words that `tests.lua` has beside those of a pack.

use super::entry::{Entry, Parameter, Subject, Type, field, function, may, need};

/// What `describe` and its like are.
pub(super) const WORDS: Subject = Subject {
    name: "tests",
    like: "",
    hooks: &[],
    en: "How tests.lua declares tests; only tests.lua has these words.",
    zh: "tests.lua 声明测试的写法；仅 tests.lua 有这些词。",
    example: "",
    entries: &[
        function("describe", &[NAME, BODY], &[])
            .says("Groups tests under a name.", "把测试归为一组。")
            .example("describe(\"the tier\", function()\n  it(\"falls\", function() assert(true) end)\nend)"),
        function("it", &[NAME, BODY], &[])
            .says("Declares a test: it passes unless something in it fails.", "声明一项测试：其中没有出错即为通过。")
            .example("it(\"adds up\", function() assert.equal(2, 1 + 1) end)"),
        function("before_each", &[BODY], &[])
            .says("Runs before each test of its group.", "在该组每项测试之前运行。")
            .example("before_each(function() assert(true) end)"),
        function("pending", &[NAME, may("body", Type::Any)], &[])
            .says("Names a test that is still to be written.", "登记一项尚未写成的测试。")
            .example("pending(\"falls again after a complaint\")"),
    ],
};

const NAME: Parameter = need("name", Type::Text);
const BODY: Parameter = need("body", Type::Any).says("a function", "函数");

const CUSTOMERS: Parameter = may("customers", Type::Table).says(
    "customers by name, or as a list: their columns, what is not given being missing",
    "客户，按名称或列表给出各列，未给出的为缺失",
);
const CUSTOMER: Parameter = may("customer", Type::Table).says(
    "one customer in place of several; then the result is its own",
    "只有一个客户时的写法，结果即为该客户的结果",
);
const SETTINGS: Parameter =
    may("settings", Type::Table).says("settings of the pack, by name", "脚本包的设置，按名称给出");
const AS_OF: Parameter = may("as_of", Type::Any).says(
    "the day, as \"2025-03-01\" or a number; 2025-01-01 if nothing is said",
    "观察日，写作 \"2025-03-01\" 或数字；省略时为 2025-01-01",
);
const SEED: Parameter =
    may("seed", Type::Whole).says("from which random numbers are drawn", "随机数种子");
const STEP: Parameter = may("step", Type::Text).says(
    "one step by its name; all of the hook if nothing is said",
    "某一步骤的名称；省略时为该钩子的全部步骤",
);
const STATE: Parameter = may("state", Type::Any).says(
    "what the fit would have returned; it runs if nothing is said",
    "fit 应返回的内容；省略时运行 fit",
);

const SCORED: &[Parameter] = &[need("result", Type::Table)];
const SCORE: &[Parameter] =
    &[need("fixture", Type::Fields(&[CUSTOMERS, CUSTOMER, SETTINGS, AS_OF, SEED, STEP, STATE]))];
const EACH: &[Parameter] =
    &[need("fixture", Type::Fields(&[CUSTOMERS, CUSTOMER, SETTINGS, AS_OF, SEED, STEP]))];

const BY_NAME: (&str, &str) = (
    "The results come as the customers were given: by name, as a list, or the one.",
    "结果的形式与客户的给出方式相同：按名称、列表或单个。",
);

/// The table `test`.
pub(super) const CALLS: Subject = Subject {
    name: "test",
    like: "",
    hooks: &[],
    en: "What a test asks the pack: each function hands it a fixture as a run would. Only tests.lua has it.",
    zh: "测试向脚本包提问：每个函数按实际运行的方式交给它一组样例。仅 tests.lua 有。",
    example: "",
    entries: CALL_ENTRIES,
};

const CALL_ENTRIES: &[Entry] = &[
    function("test.score", SCORE, SCORED)
        .says(
            "Scores customers: gives each one's columns by name, all of them as values, and reasons by column.",
            "为客户评分：给出各列、全部列 values，以及按列的理由 reasons。",
        )
        .more(BY_NAME.0, BY_NAME.1)
        .example("local r = test.score{ customers = { calm = { recency_days = 2 }, loud = { recency_days = 9 } } }\nr.loud.points --> 3\nassert.reason(r.loud, \"quiet\", 3)\nassert.no_reason(r.calm, \"quiet\")"),
    function("test.visit_need", SCORE, SCORED)
        .says("Asks for visits: gives what test.score gives.", "询问拜访需求：结果同 test.score。")
        .more(BY_NAME.0, BY_NAME.1)
        .example("local r = test.visit_need{ customer = { amount = 900 } }\nr.visits_per_month --> 2"),
    function("test.fit", EACH, &[need("state", Type::Any)])
        .says("Lets the step's fit look at the customers, and gives what it returned.", "让步骤的 fit 查看样例客户，给出其返回值。")
        .example("local state = test.fit{ customers = { { amount = 10 }, { amount = 30 } } }\nstate.mean --> 20"),
    function("test.follow_up", EACH, SCORED)
        .says(
            "Asks what to do: gives a list of proposals for each customer, each with its reasons.",
            "询问跟进建议：给出每个客户的建议列表，各带理由。",
        )
        .more(
            "Beside its columns a customer may have case = { name =, deals =, interactions =, threads =, … }.",
            "客户除各列外还可有 case = { name =, deals =, interactions =, threads =, … }。",
        )
        .example("local list = test.follow_up{ customer = { amount = 900, case = { name = \"上海一号\" } } }\nlist[1].action --> \"call\"\nassert.reason(list, \"free\")"),
    function(
        "test.review",
        &[need(
            "fixture",
            Type::Fields(&[
                CUSTOMERS,
                CUSTOMER,
                need("proposals", Type::List(&Type::Table))
                    .says("what was proposed, each with its customer's name", "各项建议，写明客户名称"),
                SETTINGS,
                AS_OF,
                SEED,
                STEP,
            ]),
        )],
        SCORED,
    )
    .says(
        "Lets proposals be judged: gives each one's decision (keep, withhold, change), its fields and reasons.",
        "审核建议：给出各项的 decision（keep、withhold、change）、字段和理由。",
    )
    .example("local r = test.review{ customers = { a = { amount = 1 } }, proposals = { { customer = \"a\" } } }\nr[1].decision --> \"keep\""),
    function("test.stage", EACH, SCORED)
        .says(
            "Asks about a deal: gives judgement (none, allow, warn, refuse), reasons and advice.",
            "询问商机：给出 judgement（none、allow、warn、refuse）、理由和建议。",
        )
        .more(
            "Beside its columns a customer may have case = { deal =, stage =, move =, history =, … }.",
            "客户除各列外还可有 case = { deal =, stage =, move =, history =, … }。",
        )
        .example("local r = test.stage{ customer = { amount = 1, case = { deal = { name = \"offer\" } } } }\nr.judgement --> \"none\""),
    function("test.on_event", EACH, SCORED)
        .says(
            "Tells of an event: gives a list of what follows, each with effect (task, tag, …), its fields and reasons.",
            "告知一个事件：给出后续列表，各有 effect（task、tag…）、字段和理由。",
        )
        .more(
            "Beside its columns a customer may have event = { record =, change =, before =, after =, … }.",
            "客户除各列外还可有 event = { record =, change =, before =, after =, … }。",
        )
        .example("local list = test.on_event{ customer = { amount = 1, event = { record = \"interaction\" } } }\n#list --> 0"),
    function(
        "test.import_row",
        &[need(
            "fixture",
            Type::Fields(&[
                may("rows", Type::Table).says("rows by name, or as a list", "各行，按名称或列表给出"),
                may("row", Type::Table).says("one row in place of several", "只有一行时的写法"),
                may("record", Type::Text)
                    .says("the sort of record that rows become", "行将成为哪类记录"),
                may("file", Type::Text).says("the file that they are from", "来源文件"),
                SETTINGS,
                AS_OF,
                SEED,
                STEP,
            ]),
        )],
        SCORED,
    )
    .says(
        "Shows rows of an import: gives decision (keep, change, refuse), set, cleared and reasons.",
        "审核导入的行：给出 decision（keep、change、refuse）、set、cleared 和理由。",
    )
    .example("local r = test.import_row{ row = { name = \"上海一号\" }, record = \"customer\" }\nr.decision --> \"keep\""),
    function(
        "test.plan_visits",
        &[need(
            "fixture",
            Type::Fields(&[
                CUSTOMERS,
                CUSTOMER,
                need("days", Type::List(&Type::Any))
                    .says("the working days, each a day or a table", "工作日，各写日期或表"),
                may("home", Type::Any).says("where the rep begins and ends", "业务员的起止地点"),
                may("fixed", Type::List(&Type::Table))
                    .says("visits that are agreed: { customer =, day = }", "已约定的拜访：{ customer =, day = }"),
                may("rep", Type::Text).says("the rep's name", "业务员姓名"),
                may("from", Type::Day).says("the first day; that of days if nothing is said", "首日，省略时取自 days"),
                may("to", Type::Day).says("the last day", "末日"),
                may("speed", Type::Number).says("kilometres an hour", "每小时公里数"),
                may("seconds_per_way", Type::Number).says("what each way takes beside", "每段路程的额外秒数"),
                may("prospecting_share", Type::Number).says("0 to 1", "0 到 1"),
                SETTINGS,
                AS_OF,
                SEED,
                STEP,
            ]),
        )],
        SCORED,
    )
    .says(
        "Lets a rep's visits be planned: gives days with their stops, and left_out, each with reasons.",
        "排定拜访：给出 days 及其 stops，以及 left_out，各带理由。",
    )
    .more(
        "Customers have place, visits, seconds, gap_days, last_visit, value and group.",
        "客户有 place、visits、seconds、gap_days、last_visit、value、group。",
    )
    .example("local r = test.plan_visits{ customer = { visits = 1 }, days = { \"2025-03-03\" } }\n#r.days --> 0"),
    field("test.missing", Type::Any)
        .says("Stands for a value that is missing, which nil in a table cannot.", "表示缺失的值；表中的 nil 无法表示。")
        .example("test.score{ customer = { recency_days = test.missing } }.points --> 0"),
];

const NOTE: Parameter =
    may("note", Type::Text).says("words that go before the message", "写在提示之前的说明");
const EXPECTED: Parameter = need("expected", Type::Any);
const ACTUAL: Parameter = need("actual", Type::Any);
const SAME: &[Parameter] = &[need("actual", Type::Any)];
const RESULT: Parameter =
    need("result", Type::Table).says("of a function of test", "test 的函数给出的结果");
const RULE: Parameter = need("rule", Type::Text).says("its id", "规则的 id");

/// The table `assert`.
pub(super) const ASSERT: Subject = Subject {
    name: "assert",
    like: "",
    hooks: &[],
    en: "What a test expects; assert(x) alone expects any value but nil and false. Only tests.lua has the functions.",
    zh: "测试的期望；单独的 assert(x) 期望既非 nil 也非 false。这些函数仅 tests.lua 有。",
    example: "",
    entries: ASSERT_ENTRIES,
};

const ASSERT_ENTRIES: &[Entry] = &[
    function("assert.equal", &[EXPECTED, ACTUAL, NOTE], SAME)
        .says("Expects the same value.", "期望值相同。")
        .example("assert.equal(2, 1 + 1)"),
    function("assert.not_equal", &[need("unwanted", Type::Any), ACTUAL, NOTE], SAME)
        .says("Expects another value.", "期望值不同。")
        .example("assert.not_equal(2, 3)"),
    function("assert.same", &[EXPECTED, ACTUAL, NOTE], SAME)
        .says("Expects that tables hold the same.", "期望表的内容相同。")
        .example("assert.same({ 1, x = 2 }, { 1, x = 2 })"),
    function("assert.near", &[need("expected", Type::Number), ACTUAL, may("tolerance", Type::Number), NOTE], SAME)
        .says("Expects a number that differs by no more than the tolerance.", "期望数字相差不超过容差。")
        .more("Without one they may differ by 0.000000001.", "省略时为 0.000000001。")
        .example("assert.near(0.33, 1 / 3, 0.01)"),
    function("assert.is_true", &[ACTUAL, NOTE], SAME)
        .says("Expects true.", "期望为 true。")
        .example("assert.is_true(1 < 2)"),
    function("assert.is_false", &[ACTUAL, NOTE], SAME)
        .says("Expects false.", "期望为 false。")
        .example("assert.is_false(2 < 1)"),
    function("assert.is_nil", &[ACTUAL, NOTE], SAME)
        .says("Expects nothing.", "期望为 nil。")
        .example("assert.is_nil(nil)"),
    function("assert.is_not_nil", &[ACTUAL, NOTE], SAME)
        .says("Expects any value.", "期望不为 nil。")
        .example("assert.is_not_nil(0)"),
    function("assert.matches", &[need("pattern", Type::Text), need("text", Type::Text), NOTE], SAME)
        .says("Expects a text that matches a pattern of Lua.", "期望文本符合 Lua 模式。")
        .example("assert.matches(\"^C%-%d+$\", \"C-12\")"),
    function("assert.error", &[BODY, may("message", Type::Text).says("a part of it", "其中一部分"), NOTE], &[need("message", Type::Text)])
        .says("Expects that a function fails, and what it says.", "期望函数出错，并检查其提示。")
        .example("assert.error(function() error(\"no price\") end, \"price\")"),
    function("assert.reason", &[RESULT, RULE, may("fields", Type::Any).says("its points, or a table of points, en, zh, arguments", "得分，或含 points、en、zh、arguments 的表"), NOTE], &[need("reason", Type::Table)])
        .says("Expects that a rule fired, and gives its reason.", "期望某规则成立，并给出其理由。")
        .more(
            "A reason has rule, points, en, zh, arguments and line.",
            "理由有 rule、points、en、zh、arguments、line。",
        )
        .example("local why = assert.reason(test.score{ customer = { recency_days = 9 } }, \"quiet\", 3)\nwhy.en --> \"9 > 5\""),
    function("assert.no_reason", &[RESULT, RULE, NOTE], &[])
        .says("Expects that a rule did not fire.", "期望某规则不成立。")
        .example("assert.no_reason(test.score{ customer = { recency_days = 2 } }, \"quiet\")"),
];
