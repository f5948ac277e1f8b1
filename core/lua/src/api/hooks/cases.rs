//! What one command does: `stage`, `on_event`, `import_row`.

use kehu_contract::Hook;

use crate::api::entry::{Entry, Parameter, Subject, Type, field, function, may, need};

const MADE: &[Parameter] = &[need("made", Type::Of("kehu.Made"))];
const BECAUSE: Parameter =
    need("because", Type::Reasons).says("why; at least one reason", "理由，至少一条");
const ADVICE: Parameter =
    may("advice", Type::Reasons).says("what to do, written like reasons", "建议怎么做，写法同理由");

/// `ctx` in `stage`.
pub(crate) const STAGE: Subject = Subject {
    name: "kehu.StageContext",
    like: "kehu.Context",
    hooks: &[Hook::Stage],
    en: "ctx in stage: return one of what these make, or nothing.",
    zh: "stage 的 ctx：返回其中之一做出的对象，或不返回。",
    example: "",
    entries: &[
        function("ctx:allow", &[need("opinion", Type::Fields(&[BECAUSE, ADVICE]))], MADE)
            .says(
                "Says that nothing stands against a move, and why.",
                "表示没有反对意见，并说明理由。",
            )
            .example("return ctx:allow{ because = free }"),
        function("ctx:warn", &[need("opinion", Type::Fields(&[BECAUSE, ADVICE]))], MADE)
            .says(
                "Lets a move be done and tells people what speaks against it.",
                "允许推进，但告知有何不妥。",
            )
            .example("return ctx:warn{ because = { { free, case.deal.days_in_stage } } }"),
        function(
            "ctx:refuse",
            &[need(
                "opinion",
                Type::Fields(&[
                    BECAUSE,
                    need("advice", Type::Reasons).says("what would satisfy", "怎样才算满足"),
                ]),
            )],
            MADE,
        )
        .says(
            "Refuses a move; people can overrule it with a reason.",
            "拒绝推进；人可以写明原因后否决。",
        )
        .example("return ctx:refuse{ because = free, advice = free }"),
    ],
};

/// `ctx` in `on_event`.
pub(crate) const EVENT: Subject = Subject {
    name: "kehu.EventContext",
    like: "kehu.Context",
    hooks: &[Hook::OnEvent],
    en: "ctx in on_event: return a list of what these make, at most 20, or nothing.",
    zh: "on_event 的 ctx：返回这些函数做出的对象的列表（最多 20 项），或不返回。",
    example: "",
    entries: EVENT_ENTRIES,
};

const EVENT_ENTRIES: &[Entry] = &[
    function("ctx:task", &[need("task", Type::Fields(TASK))], MADE)
        .says("Makes a task.", "新建一项任务。")
        .more(
            "Of one pack, customer, deal, first rule and fact_day there is one task, whatever became of it.",
            "同一脚本包、客户、商机、首条规则和 fact_day 只有一项任务，无论其结果如何。",
        )
        .example("return ctx:task{ what = \"send the offer\", due = event.day + 1, because = free }"),
    function("ctx:tag", &[need("tag", Type::Fields(TAG))], MADE)
        .says("Puts a tag on the event's customer.", "给事件的客户加标签。")
        .example("return ctx:tag{ tag = \"hot\", because = free }"),
    function("ctx:untag", &[need("tag", Type::Fields(TAG))], MADE)
        .says("Takes a tag off the event's customer.", "去掉事件客户的标签。")
        .example("return ctx:untag{ tag = \"cold\", because = free }"),
    function("ctx:note", &[need("note", Type::Fields(NOTE))], MADE)
        .says("Writes a note about the event's customer.", "给事件的客户写备注。")
        .example("return ctx:note{ text = { free, \"asked for samples\" }, because = free }"),
    function("ctx:flag", &[need("flag", Type::Fields(FLAG))], MADE)
        .says("Sets a custom field of type flag of the event's customer.", "设置事件客户的真假型自定义字段。")
        .example("return ctx:flag{ field = \"key_account\", because = free }"),
    function("ctx:edit", &[need("edit", Type::Fields(EDIT))], MADE)
        .says("Changes the record of the event's customer.", "更改事件客户的档案。")
        .example("return ctx:edit{ set = { owner = kehu.none }, because = free }"),
    function("ctx:warn", &[need("warning", Type::Fields(&[BECAUSE, ADVICE]))], MADE)
        .says("Writes nothing: people are told.", "不写入任何内容，只告知。")
        .example("return ctx:warn{ because = free }"),
];

const TASK: &[Parameter] = &[
    need("what", Type::Any).says(
        "a text, or a rule or { rule, … } whose sentence is written",
        "文本，或规则、{ 规则, … }，写入其句子",
    ),
    need("due", Type::Day).says("by when", "期限"),
    may("rep", Type::Text).says(
        "a name; whoever has the deal or the customer if nothing is said",
        "姓名；省略时为商机或客户的负责人",
    ),
    may("deal", Type::Whole)
        .says("the id of an open deal of the customer", "该客户某个未结商机的编号"),
    may("fact_day", Type::Day).says(
        "the day of the fact that it rests on; the event's day if nothing is said",
        "所依据事实的日期；省略时为事件日期",
    ),
    BECAUSE,
];
const TAG: &[Parameter] = &[need("tag", Type::Text), BECAUSE];
const NOTE: &[Parameter] = &[
    need("text", Type::Any).says(
        "a text, or a rule or { rule, … } whose sentence is written",
        "文本，或规则、{ 规则, … }，写入其句子",
    ),
    BECAUSE,
];
const EDIT: &[Parameter] = &[
    need("set", Type::Table).says(
        "what it says from now on: owner, place, phone, email, source, parent or a custom field; kehu.none empties it",
        "此后的内容：owner、place、phone、email、source、parent 或自定义字段；kehu.none 表示清空",
    ),
    BECAUSE,
];
const FLAG: &[Parameter] = &[
    need("field", Type::Text)
        .says("a declared custom field of type flag", "已声明的真假型自定义字段"),
    may("value", Type::Flag).says("true if nothing is said", "省略时为真"),
    BECAUSE,
];

/// `ctx` in `import_row`.
pub(crate) const ROW: Subject = Subject {
    name: "kehu.RowContext",
    like: "kehu.Context",
    hooks: &[Hook::ImportRow],
    en: "ctx in import_row: return what one of these makes, or nothing.",
    zh: "import_row 的 ctx：返回其中之一做出的对象，或不返回。",
    example: "",
    entries: &[
        function("ctx:change", &[need("change", Type::Fields(CHANGE))], MADE)
            .says("Changes what a row says.", "更改一行的内容。")
            .example("return ctx:change{ set = { city = \"上海\" }, because = free }"),
        function("ctx:refuse", &[need("refusal", Type::Fields(&[BECAUSE]))], MADE)
            .says("Keeps a row out of the import.", "不导入该行。")
            .example("return ctx:refuse{ because = free }"),
        field("ctx.record", Type::Text)
            .says("The sort of record that rows become.", "行将成为哪类记录。")
            .example("ctx.record --> \"customer\""),
        field("ctx.file", Type::Text)
            .says("The file, as the person named it.", "文件，按输入的名称。")
            .example("ctx.file --> \"customers.csv\""),
    ],
};

const CHANGE: &[Parameter] = &[
    may("set", Type::Table)
        .says("other values by field, each of the field's type", "按字段给出其他值，类型须相符"),
    may("clear", Type::List(&Type::Text)).says("fields that say nothing from now on", "清空的字段"),
    BECAUSE,
];
