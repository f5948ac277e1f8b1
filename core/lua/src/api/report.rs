//! What the registry says of scripts that are no packs: `kehu run` and `kehu repl`.

use super::entry::{Parameter, Subject, Type, field, function, may, need, rest};

const ASK: &[Parameter] = &[
    may("where", Type::Text)
        .says("the condition, as in kehu customer list", "条件，写法同 kehu customer list"),
    may("columns", Type::List(&Type::Text)).says(
        "what is read, or one text with commas; \"all\" for everything",
        "读取的列，也可写成逗号分隔的文本；\"all\" 为全部",
    ),
    may("sort", Type::List(&Type::Text)).says(
        "what to sort by, with - before it for the greatest first",
        "排序的列，前加 - 表示从大到小",
    ),
    may("limit", Type::Whole).says("the most rows", "最多行数"),
    may("customer", Type::Any).says(
        "a row, a name or an id: only this customer, or what belongs to it",
        "一行、名称或编号：仅该客户或其所属记录",
    ),
];

const ROWS: &[Parameter] = &[need("rows", Type::Any)];
const LIST: &[Parameter] = &[need("list", Type::List(&Type::Table))];

const SHOWN: &[Parameter] = &[
    need("rows", Type::Any).says(
        "a list, or what kehu.customers and its like give; the columns stand before it, each a name or { name, title =, as =, digits =, labels = }",
        "列表，或 kehu.customers 等给出的内容；各列写在它之前，每列为名称或 { 名称, title =, as =, digits =, labels = }",
    ),
    may("name", Type::Text).says("its key in the JSON of a report that shows several", "报表有多个表时，在 JSON 中的键"),
    may("title", Type::Any).says("what stands above it: a text, or { en =, zh = }", "表的标题：文本或 { en =, zh = }"),
    may("limit", Type::Whole).says("the most rows that people see; programs see all", "给人看的最多行数；程序可见全部"),
];

const SENTENCE: &[Parameter] = &[
    need("en", Type::Text).says("the English sentence; {name} is a place, {n|day|days} the word that goes with the number n", "英文句子；{名称} 为占位，{n|day|days} 为与数字 n 相配的词"),
    may("zh", Type::Text).says("the Chinese sentence; what fills the places stands beside them", "中文句子；填入占位的值写在旁边"),
];

/// What reports have beside what packs have.
pub(super) const SUBJECT: Subject = Subject {
    name: "kehu run",
    like: "kehu",
    hooks: &[],
    en: "What scripts have that are no packs: the records, to be read and never written. Only kehu run and kehu repl have it.",
    zh: "非脚本包的脚本所有的内容：只读的记录。仅 kehu run 与 kehu repl 有。",
    example: "",
    entries: &[
        function("kehu.customers", &[need("ask", Type::Fields(ASK))], ROWS)
            .says("Gives customers row by row, for a loop.", "逐行给出客户，用于循环。")
            .more(
                "Without columns a row has all facts and fields; features and scores are named. Ids, days and amounts are numbers, and a row cannot be changed.",
                "不写 columns 时包含全部基本信息与自定义字段；特征与评分须写明。编号、日期、金额均为数字，行不可修改。",
            )
            .example("for c in kehu.customers{ where = \"recency_days > 30\", columns = \"name, recency_days\" } do\n  print(c.name, c.recency_days)\nend"),
        function("kehu.customer", &[need("customer", Type::Any), may("ask", Type::Table)], &[may("row", Type::Table)])
            .says("Gives one customer with everything; nil if there is none of that number.", "给出一个客户的全部内容；没有该编号时为 nil。")
            .more("It is named by name, \"C-12\", number or row.", "可用名称、\"C-12\"、数字或行指定。")
            .example("print(kehu.customer(\"C-1\").name)"),
        function("kehu.deals", &[need("ask", Type::Fields(ASK))], ROWS)
            .says("Gives deals row by row, each as it stands.", "逐行给出商机的现状。")
            .example("for d in kehu.deals{ where = \"open and days_in_stage > 30\" } do\n  print(d.name, d.stage, d.amount)\nend"),
        function("kehu.interactions", &[need("ask", Type::Fields(ASK))], ROWS)
            .says("Gives interactions row by row, each customer's in the order of days.", "逐行给出互动，每个客户按日期排列。")
            .more(
                "What begins a thread, such as a complaint, has the thread's state, and open says whether it goes on.",
                "开启一个事项的互动（如投诉）带有该事项的状态，open 表示是否未结。",
            )
            .example("for i in kehu.interactions{ where = \"kind = 'complaint' and open\" } do\n  print(i.customer_name, i.days_ago)\nend"),
        function("kehu.moves", &[need("ask", Type::Fields(ASK))], ROWS)
            .says("Gives the moves of deals row by row: each stage that a deal has entered, by deal and in order.", "逐行给出商机的阶段变动：每个商机依次进入的各阶段。")
            .more(
                "days is how long the deal stayed there, up to the next move or the as-of day.",
                "days 为停留天数，到下一次变动或截止日期为止。",
            )
            .example("for m in kehu.moves{ where = \"stage = 'intent'\" } do print(m.deal, m.happened, m.days) end"),
        function("kehu.planned_visits", &[need("ask", Type::Fields(ASK))], ROWS)
            .says("Gives the visits of each rep's latest plan, by day.", "按日期给出每个业务员最新计划中的拜访。")
            .example("for v in kehu.planned_visits() do print(v.day, v.rep, v.customer_name) end"),
        function("kehu.reps", &[need("ask", Type::Fields(ASK))], ROWS)
            .says("Gives reps row by row.", "逐行给出业务员。")
            .example("for r in kehu.reps() do print(r.name, r.region) end"),
        function("kehu.targets", &[need("ask", Type::Fields(ASK))], ROWS)
            .says("Gives targets row by row, with what is reached by the as-of day.", "逐行给出目标及截至当日的完成值。")
            .example("for t in kehu.targets{ where = \"measure = 'amount'\" } do print(t.rep, t.value, t.reached) end"),
        function("kehu.tasks", &[need("ask", Type::Fields(ASK))], ROWS)
            .says("Gives tasks row by row, as they stood by the as-of day: open, done, snoozed or skipped.", "逐行给出待办及其截至当日的状态：open、done、snoozed 或 skipped。")
            .example("for t in kehu.tasks{ where = \"state = 'open'\" } do print(t.rep, t.what, t.due) end"),
        function("kehu.explain", &[need("customer", Type::Any), need("column", Type::Text)], &[need("explanation", Type::Table)])
            .says("Says why a customer has a value: the rules that fired, and what was read.", "说明客户某个值的由来：触发的规则与读取的内容。")
            .example("for _, reason in ipairs(kehu.explain(\"C-1\", \"tier\").reasons) do\n  print(reason.rule, reason.text)\nend"),
        function("kehu.gather", ROWS, LIST)
            .says("Puts rows into a list.", "把各行放入列表。")
            .example("print(#kehu.gather(kehu.customers()))"),
        function("kehu.sum", &[need("rows", Type::Any), need("column", Type::Text)], &[need("sum", Type::Number)])
            .says("Adds up a column; what is missing counts nothing.", "对一列求和；缺失不计。")
            .example("print(kehu.sum(kehu.deals{ where = \"open\" }, \"amount\"))"),
        function("kehu.group", &[need("rows", Type::Any), need("by", Type::Any), may("sums", Type::List(&Type::Text))], LIST)
            .says("Counts rows by the value of a column, and adds up others.", "按一列的值计数，并对其他列求和。")
            .more(
                "Each group has that column, count and the sums, in the order of the column; what has no value comes last. { name = function(row) … end } groups by what a function gives.",
                "每组有该列、count 与各项之和，按该列排序，缺失排最后。{ 名称 = function(row) … end } 按函数结果分组。",
            )
            .example("kehu.table{ \"stage\", \"count\", \"amount\", rows = kehu.group(kehu.deals(), \"stage\", { \"amount\" }) }"),
        function("kehu.sort", &[need("rows", Type::Any), rest("columns", Type::Text)], LIST)
            .says("Gives a sorted list; what is missing comes last.", "给出排好序的列表；缺失排最后。")
            .example("local first = kehu.sort(kehu.deals(), \"-amount\", \"name\")[1]"),
        function("kehu.table", &[need("table", Type::Fields(SHOWN))], &[])
            .says("Shows rows as a table; as JSON or CSV if that was asked for.", "以表格显示；按要求输出 JSON 或 CSV。")
            .more(
                "as is \"money\", \"day\", \"percent\", \"number\", \"text\", or \"customer\", \"deal\", \"interaction\", \"rep\" for ids; columns of records know how they are shown. labels says what people call the values: { A = { en =, zh = } }, or the name of a column as in kehu.labels.",
                "as 可为 \"money\"、\"day\"、\"percent\"、\"number\"、\"text\"，编号用 \"customer\"、\"deal\"、\"interaction\"、\"rep\"；来自记录的列已知其显示方式。labels 说明各值的叫法：{ A = { en =, zh = } }，或 kehu.labels 的列名。",
            )
            .example("kehu.table{ \"name\", { \"share\", as = \"percent\" }, rows = { { name = \"武汉\", share = 0.25 } } }"),
        function("kehu.say", &[need("sentence", Type::Fields(SENTENCE))], &[need("text", Type::Text)])
            .says("Gives a sentence in the language of whoever reads it, its places filled.", "按读者的语言给出句子，并填入各值。")
            .example("kehu.say{ en = \"{n} {n|deal|deals} open\", zh = \"{n} 个商机未结\", n = 3 } --> \"3 deals open\""),
        function("kehu.amount", &[need("number", Type::Number)], &[need("text", Type::Text)])
            .says("Writes an amount for a sentence, as tables do.", "按表格的格式写出金额，用于句子。")
            .example("print(kehu.amount(1234.5))"),
        function("kehu.labels", &[need("column", Type::Text)], LIST)
            .says("Lists the values of a label in their declared order, each with key and text.", "按声明顺序列出标签的各值，含 key 与 text。")
            .more(
                "The column is a label of customers, or \"stage\", \"pipeline\", \"kind\". For anything else the list is empty.",
                "可用客户的标签列，或 \"stage\"、\"pipeline\"、\"kind\"；其他情况为空列表。",
            )
            .example("for _, stage in ipairs(kehu.labels(\"stage\")) do\n  print(stage.key, stage.text)\nend"),
        function("kehu.facts", &[need("facts", Type::Table)], &[])
            .says("Gives figures to programs, which do not read lines: they stand in the JSON of a report.", "给程序的数字（程序不读文字行）：写入报表的 JSON。")
            .example("kehu.facts{ healthy = true, open = 3 }"),
        function("kehu.fail", &[need("message", Type::Text)], &[])
            .says("Ends the script with a message and exit code 1.", "以一条信息结束脚本，退出码为 1。")
            .example("if #kehu.args > 9 then kehu.fail(\"at most nine\") end"),
        field("kehu.as_of", Type::Day)
            .says("The day as of which all is seen.", "一切数据的截止日期。")
            .example("print(kehu.day.format(kehu.as_of))"),
        field("kehu.args", Type::List(&Type::Text))
            .says("The words that were given after the script.", "脚本名之后给出的各个参数。")
            .example("local days = tonumber(kehu.args[1]) or 90"),
        field("kehu.language", Type::Choice(&["en", "zh"]))
            .says("The language of whoever reads the report.", "读者的语言。")
            .example("print(kehu.language)"),
        field("kehu.report", Type::Table)
            .says("What the report of a pack was asked for: name, rep (a row of kehu.reps), from and to (days); each nil if nothing was said.", "脚本包的报表所收到的要求：name、rep（kehu.reps 的一行）、from 与 to（日期）；未指定时为 nil。")
            .example("local rep = kehu.report.rep\nprint(rep and rep.name)"),
    ],
};
