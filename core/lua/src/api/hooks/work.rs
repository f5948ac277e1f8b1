//! The day's work: `follow_up`, `review`, `plan_visits`.

use kehu_contract::Hook;

use crate::api::entry::{Parameter, Subject, Type, field, function, may, need, rest};

const BECAUSE: Parameter =
    need("because", Type::Reasons).says("why; at least one reason", "理由，至少一条");

/// `ctx` in `follow_up`.
pub(crate) const FOLLOW_UP: Subject = Subject {
    name: "kehu.FollowUpContext",
    like: "kehu.Context",
    hooks: &[Hook::FollowUp],
    en: "ctx in follow_up.",
    zh: "follow_up 的 ctx。",
    example: "",
    entries: &[function(
        "ctx:propose",
        &[need("proposal", Type::Fields(PROPOSAL))],
        &[need("made", Type::Of("kehu.Made"))],
    )
    .says("Makes a proposal of what to do; it counts once it is returned.", "提出一项建议；返回后才生效。")
    .more("At most 50 come back for one customer.", "每个客户最多 50 项。")
    .example("return ctx:propose{ action = \"call\", channel = \"phone\", due = ctx.as_of + 1, because = { { free, \"silent\" } } }")],
};

const PROPOSAL: &[Parameter] = &[
    need("action", Type::Text).says("one of [actions] in pack.toml", "pack.toml 的 [actions] 之一"),
    need("channel", Type::Text)
        .says("such as visit, phone, message, email", "如 visit、phone、message、email"),
    need("due", Type::Day).says("by when", "期限"),
    may("promised", Type::Flag).says(
        "true if that day was promised or set by a person: past it the proposal is late, else it has been due since",
        "期限系承诺或人为约定时为 true：过期即为逾期；否则只表示自该日起应做",
    ),
    may("fact_day", Type::Day).says(
        "the day of the fact that it rests on; as_of if nothing is said",
        "所依据事实的日期；省略时为 as_of",
    ),
    may("priority", Type::Number).says(
        "0 to 100, higher comes first; 50 if nothing is said",
        "0 到 100，越大越靠前；省略时为 50",
    ),
    may("group", Type::Text).says("its part of the order of work", "所属的工作次序"),
    may("deal", Type::Whole)
        .says("the id of an open deal of the customer", "该客户某个未结商机的编号"),
    may("about", Type::Whole).says(
        "the id of the interaction or thread that it is about; what is logged once it is done is about it too",
        "所针对的互动或事项的编号；完成后记录的互动也针对它",
    ),
    may("state", Type::Text)
        .says("the state that doing it puts that thread into", "完成后该事项转入的状态"),
    may("fields", Type::Table).says(
        "custom fields of the interaction that is logged once it is done",
        "完成后所记录互动的自定义字段",
    ),
    may("edit", Type::Table).says(
        "what the customer's record says once it is done: owner, place, phone, email, source, parent or a custom field; kehu.none empties it",
        "完成后客户档案的内容：owner、place、phone、email、source、parent 或自定义字段；kehu.none 表示清空",
    ),
    BECAUSE,
    may("guidance", Type::Reasons).says(
        "how to go about it: what to say, what to ask",
        "怎么做：说什么、问什么",
    ),
];

const RULE: Parameter = need("rule", Type::Rule);
const ARGUMENTS: Parameter =
    rest("arguments", Type::Argument).says("what fills {1} to {8}", "填入 {1} 到 {8}");

/// `ctx` in `review`.
pub(crate) const REVIEW: Subject = Subject {
    name: "kehu.ReviewContext",
    like: "kehu.Context",
    hooks: &[Hook::Review],
    en: "ctx in review.",
    zh: "review 的 ctx。",
    example: "",
    entries: &[
        function(
            "ctx:withhold",
            &[need("proposal", Type::Table), RULE, ARGUMENTS],
            &[need("made", Type::Of("kehu.Made"))],
        )
        .says(
            "Takes a proposal off today's list, and says why.",
            "将建议从今日清单中撤下，并说明理由。",
        )
        .example("return { ctx:withhold(proposals[1], free, \"called yesterday\") }"),
        function(
            "ctx:change",
            &[
                need("proposal", Type::Table),
                need("changes", Type::Fields(CHANGES)),
                RULE,
                ARGUMENTS,
            ],
            &[need("made", Type::Of("kehu.Made"))],
        )
        .says(
            "Changes a proposal's day, channel, priority or group, and says why.",
            "更改建议的日期、渠道、优先级或类别，并说明理由。",
        )
        .more(
            "In place of a rule and arguments there may be a list of reasons.",
            "规则与参数处也可写一个理由列表。",
        )
        .example("return { ctx:change(proposals[1], { channel = \"message\" }, free) }"),
        function(
            "ctx:advise",
            &[need("proposal", Type::Table), RULE, ARGUMENTS],
            &[need("made", Type::Of("kehu.Made"))],
        )
        .says(
            "Says how to go about a proposal: how to talk, what to ask.",
            "说明怎么做：怎么谈、问什么。",
        )
        .more(
            "A pack may advise more than once, and beside another verdict.",
            "同一项建议可多次说明，也可与其他意见并存。",
        )
        .example("return { ctx:advise(proposals[1], free, \"ask what has changed\") }"),
        field("ctx.rows", Type::Table)
            .says("The rows of the customers, by id.", "各客户的行，按编号取。")
            .example("ctx.rows[1].amount --> 1500"),
    ],
};

const CHANGES: &[Parameter] = &[
    may("due", Type::Day).says("another day", "另一日期"),
    may("channel", Type::Text).says("another channel", "另一渠道"),
    may("priority", Type::Number).says("0 to 100", "0 到 100"),
    may("group", Type::Text).says("another part of the order of work", "另一工作次序类别"),
];

/// `ctx` in `plan_visits`.
pub(crate) const PLAN: Subject = Subject {
    name: "kehu.PlanContext",
    like: "kehu.Context",
    hooks: &[Hook::PlanVisits],
    en: "ctx in plan_visits.",
    zh: "plan_visits 的 ctx。",
    example: "",
    entries: &[],
};

/// What functions of `ctx` make.
pub(crate) const TOKEN: Subject = Subject {
    name: "kehu.Made",
    like: "",
    hooks: &[],
    en: "What functions of ctx make: return it, it has no fields.",
    zh: "ctx 的函数做出的对象：将其返回即可，没有字段。",
    example: "",
    entries: &[],
};

/// A row.
pub(crate) const CUSTOMER: Subject = Subject {
    name: "kehu.Row",
    like: "",
    hooks: &[],
    en: "A customer's row, c: the columns of the step's needs. A value that is missing is nil; a name that is not in needs is an error.",
    zh: "客户的一行 c：步骤 needs 中的各列。缺失的值为 nil；不在 needs 中的名称会报错。",
    example: "",
    entries: &[],
};
