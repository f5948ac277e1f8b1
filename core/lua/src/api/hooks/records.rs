//! What scripts are shown beside `ctx` and a customer's row: cases, deals, events, planning problems.

use kehu_contract::Hook;

use crate::api::entry::{Entry, Subject, Type, field, field_or_nil};

const DEALS: Type = Type::List(&Type::Of("kehu.Deal"));
const INTERACTIONS: Type = Type::List(&Type::Of("kehu.Interaction"));
const THREADS: Type = Type::List(&Type::Of("kehu.Thread"));
const RECORDS: Type = Type::List(&Type::Table);

/// What `follow_up` gets of a customer beside its row.
pub(crate) const CASE: Subject = Subject {
    name: "kehu.Case",
    like: "",
    hooks: &[Hook::FollowUp],
    en: "case in follow_up: what is known of the customer beside its columns.",
    zh: "follow_up 的 case：除各列之外客户的情况。",
    example: "case.name --> \"上海一号\"\ncase.customer.id --> 1\n#case.contacts --> 1\n#case.tasks --> 0\n#case.deals --> 1\n#case.interactions --> 1\ncase.threads[1].state --> \"opened\"",
    entries: &[
        field("case.name", Type::Text).says("The customer's name.", "客户名称。"),
        field("case.customer", Type::Table).says("The customer's record.", "客户的记录。"),
        field("case.contacts", RECORDS).says("The people at the customer.", "客户的联系人。"),
        field("case.tasks", RECORDS)
            .says("The open tasks about the customer.", "关于该客户的未完成任务。"),
        field("case.threads", THREADS).says(
            "Its threads, the earliest first, closed ones too.",
            "往来事项（如投诉、承诺），最早的在前，含已了结的。",
        ),
        field("case.deals", DEALS)
            .says("Its open deals, in the order of their ids.", "未结商机，按编号排列。"),
        field("case.interactions", INTERACTIONS)
            .says("Its last 20 interactions, the latest first.", "最近 20 次互动，最新的在前。"),
    ],
};

/// An open deal.
pub(crate) const DEAL: Subject = Subject {
    name: "kehu.Deal",
    like: "",
    hooks: &[Hook::FollowUp, Hook::OnEvent],
    en: "An open deal.",
    zh: "未结商机。",
    example: "local deal = case.deals[1]\ndeal.id --> 9\ndeal.name --> \"annual contract\"\ndeal.pipeline --> \"funnel\"\ndeal.stage --> \"offer\"\ndeal.probability --> 0.5\ndeal.amount --> 80000\ndeal.since --> 19990\ndeal.days_in_stage --> 10\ndeal.longest_stay --> 30\ndeal.expected_close --> nil\ndeal.rep --> \"李伟\"\ndeal.fields.terms --> nil",
    entries: DEAL_FIELDS,
};

const DEAL_FIELDS: &[Entry] = &[
    field("deal.id", Type::Whole).says("Its id.", "编号。"),
    field("deal.name", Type::Text).says("Its name.", "名称。"),
    field("deal.pipeline", Type::Text).says("Its pipeline.", "流程。"),
    field("deal.stage", Type::Text).says("The stage that it is in.", "所处阶段。"),
    field_or_nil("deal.probability", Type::Number)
        .says("The stage's win probability, 0 to 1.", "该阶段的赢单概率，0 到 1。"),
    field_or_nil("deal.amount", Type::Number)
        .says("Its amount in major units.", "金额，以主单位计。"),
    field("deal.since", Type::Day)
        .says("The day on which it entered its stage.", "进入该阶段的日期。"),
    field("deal.days_in_stage", Type::Whole)
        .says("The days that it has been in its stage.", "在该阶段的天数。"),
    field_or_nil("deal.longest_stay", Type::Whole).says(
        "The longest stay that the pipeline allows the stage, in days.",
        "流程允许的最长停留天数。",
    ),
    field_or_nil("deal.expected_close", Type::Day)
        .says("The day on which it is expected to close.", "预计成交日。"),
    field_or_nil("deal.rep", Type::Text)
        .says("The name of the rep who has it.", "负责业务员的姓名。"),
    field("deal.fields", Type::Table).says(
        "Its custom fields: every declared one, nil where not known.",
        "自定义字段：每个已声明的字段，未知时为 nil。",
    ),
];

/// An interaction.
pub(crate) const INTERACTION: Subject = Subject {
    name: "kehu.Interaction",
    like: "",
    hooks: &[Hook::FollowUp, Hook::Stage, Hook::OnEvent],
    en: "An interaction.",
    zh: "一次互动。",
    example: "local last = case.interactions[1]\nlast.id --> 5\nlast.kind --> \"call\"\nlast.happened --> 19995\nlast.days_ago --> 5\nlast.channel --> \"phone\"\nlast.outcome --> \"interested\"\nlast.mood --> nil\nlast.amount --> nil\nlast.state --> nil\nlast.about --> nil\nlast.by --> nil\nlast.contact --> nil\nlast.deal --> nil\nlast.fields.terms --> nil",
    entries: INTERACTION_FIELDS,
};

const INTERACTION_FIELDS: &[Entry] = &[
    field("interaction.id", Type::Whole).says("Its id.", "编号。"),
    field("interaction.kind", Type::Text).says("Its kind.", "类型。"),
    field("interaction.happened", Type::Day).says("Its day.", "日期。"),
    field("interaction.days_ago", Type::Whole)
        .says("The days from then to the as-of day.", "距观察日的天数。"),
    field_or_nil("interaction.channel", Type::Text).says("The channel.", "渠道。"),
    field_or_nil("interaction.outcome", Type::Text).says("The outcome.", "结果。"),
    field_or_nil("interaction.mood", Type::Text).says("The mood.", "心情。"),
    field_or_nil("interaction.amount", Type::Number)
        .says("The amount in major units.", "金额，以主单位计。"),
    field_or_nil("interaction.state", Type::Text)
        .says("The state, for a kind that has states.", "状态，限有状态的类型。"),
    field_or_nil("interaction.about", Type::Whole)
        .says("The id of the earlier interaction that it is about.", "所针对的先前互动的编号。"),
    field_or_nil("interaction.by", Type::Text)
        .says("The name of the rep by whom it was.", "经手业务员的姓名。"),
    field_or_nil("interaction.contact", Type::Whole)
        .says("The id of the contact with whom it was.", "所联系的联系人编号。"),
    field_or_nil("interaction.deal", Type::Whole)
        .says("The id of the deal that it was about.", "所涉及商机的编号。"),
    field("interaction.fields", Type::Table).says(
        "Its custom fields: every declared one, nil where not known.",
        "自定义字段：每个已声明的字段，未知时为 nil。",
    ),
];

/// A thread.
pub(crate) const THREAD: Subject = Subject {
    name: "kehu.Thread",
    like: "",
    hooks: &[Hook::FollowUp, Hook::Stage],
    en: "A thread: an interaction of a kind with states, such as a complaint or a promise, and all that was done about it.",
    zh: "往来事项：有状态的互动（如投诉、承诺）及其全部后续。",
    example: "local thread = case.threads[1]\nthread.id --> 4\nthread.kind --> \"complaint\"\nthread.state --> \"opened\"\nthread.open --> true\nthread.opened --> 19992\nthread.days_open --> 8\nthread.hours_open --> 192\nthread.due --> nil\nthread.rep --> \"李伟\"\nthread.deal --> nil\nthread.contact --> 3\nthread.about --> nil\nthread.text --> \"late\"\nthread.fields.terms --> nil\n#thread.steps --> 1",
    entries: THREAD_FIELDS,
};

const THREAD_FIELDS: &[Entry] = &[
    field("thread.id", Type::Whole)
        .says("The id of the interaction that began it.", "开始该事项的互动的编号。"),
    field("thread.kind", Type::Text).says("Its kind.", "类型。"),
    field_or_nil("thread.state", Type::Text).says(
        "Its state: the one of its last step that states one.",
        "状态：以最近写明状态的一步为准。",
    ),
    field("thread.open", Type::Flag).says("True unless that state closes it.", "是否未了结。"),
    field("thread.opened", Type::Day).says("The day on which it began.", "开始的日期。"),
    field("thread.days_open", Type::Whole)
        .says("The days from then to the as-of day.", "距观察日的天数。"),
    field("thread.hours_open", Type::Number).says(
        "The hours from then to the as-of moment; where no time of day is recorded, from the end of its day, and 0 until then.",
        "距观察时刻的小时数；未记录时间的，自当日结束起算，此前为 0。",
    ),
    field_or_nil("thread.due", Type::Day).says("By when it is due.", "期限。"),
    field_or_nil("thread.rep", Type::Text)
        .says("The name of the rep who recorded it.", "记录人的姓名。"),
    field_or_nil("thread.deal", Type::Whole)
        .says("The id of the deal that it is about.", "所涉及商机的编号。"),
    field_or_nil("thread.contact", Type::Whole)
        .says("The id of the contact whom it concerns.", "所涉及联系人的编号。"),
    field_or_nil("thread.about", Type::Whole)
        .says("The id of the earlier interaction that it is about.", "所针对的先前互动的编号。"),
    field_or_nil("thread.text", Type::Text).says("Words.", "内容。"),
    field("thread.fields", Type::Table).says(
        "The custom fields of its first interaction, and what only a later step says; nil where not known.",
        "首次互动的自定义字段，未知时为 nil。",
    ),
    field("thread.steps", Type::List(&Type::Of("kehu.ThreadStep"))).says(
        "Its steps, the earliest first; the first one began it.",
        "各步骤，最早的在前；第一步即其开始。",
    ),
];

/// A step of a thread.
pub(crate) const THREAD_STEP: Subject = Subject {
    name: "kehu.ThreadStep",
    like: "",
    hooks: &[Hook::FollowUp, Hook::Stage],
    en: "One step of a thread.",
    zh: "往来事项的一步。",
    example: "local step = case.threads[1].steps[1]\nstep.id --> 4\nstep.kind --> \"complaint\"\nstep.day --> 19992\nstep.minute --> nil\nstep.state --> \"opened\"\nstep.by --> \"李伟\"\nstep.channel --> nil\nstep.text --> \"late\"",
    entries: &[
        field("step.id", Type::Whole)
            .says("The id of the interaction that made it.", "对应互动的编号。"),
        field("step.kind", Type::Text).says("That one's kind.", "其类型。"),
        field("step.day", Type::Day).says("Its day.", "日期。"),
        field_or_nil("step.minute", Type::Whole).says("Its minute of the day.", "当天的第几分钟。"),
        field_or_nil("step.state", Type::Text).says(
            "The state that it put the thread into; nil if it left it.",
            "使该事项进入的状态；未改变时为 nil。",
        ),
        field_or_nil("step.by", Type::Text)
            .says("The name of the rep who made it.", "经手人的姓名。"),
        field_or_nil("step.channel", Type::Text).says("The channel.", "渠道。"),
        field_or_nil("step.text", Type::Text).says("Words.", "内容。"),
    ],
};

/// A proposal under review.
pub(crate) const PROPOSAL: Subject = Subject {
    name: "kehu.Proposal",
    like: "",
    hooks: &[Hook::Review],
    en: "A proposal in review.",
    zh: "review 中的一项建议。",
    example: "local p = proposals[1]\np.customer --> 1\np.c.amount --> 1500\np.deal --> nil\np.action --> \"call\"\np.channel --> \"phone\"\np.due --> 20001\np.promised --> false\np.contact --> true\np.fact_day --> 19990\np.priority --> 70\np.group --> \"middle\"",
    entries: PROPOSAL_FIELDS,
};

const PROPOSAL_FIELDS: &[Entry] = &[
    field("proposal.customer", Type::Whole).says("The customer's id.", "客户编号。"),
    field("proposal.c", Type::Of("kehu.Row")).says("The customer's row.", "客户的行。"),
    field_or_nil("proposal.deal", Type::Whole)
        .says("The id of the deal that it is about.", "所涉及商机的编号。"),
    field("proposal.action", Type::Text).says("What is to be done.", "要做的事。"),
    field("proposal.channel", Type::Text).says("By which channel.", "通过何种渠道。"),
    field("proposal.due", Type::Day).says("By when.", "期限。"),
    field("proposal.promised", Type::Flag).says(
        "True if that day was promised or set by a person; else it has been due since.",
        "期限是否系承诺或人为约定；否则只表示自该日起应做。",
    ),
    field("proposal.contact", Type::Flag).says(
        "True if it reaches the customer, by the kind of its channel.",
        "是否会联系到客户，按渠道对应的互动类型判断。",
    ),
    field("proposal.fact_day", Type::Day)
        .says("The day of the fact that it rests on.", "所依据事实的日期。"),
    field("proposal.priority", Type::Number).says(
        "Its place in the worklist, 0 to 100, higher comes first.",
        "在清单中的优先级，0 到 100，越大越靠前。",
    ),
    field("proposal.group", Type::Text)
        .says("The part of the order of work that it belongs to.", "所属的工作次序。"),
];

/// What `stage` gets of a deal.
pub(crate) const STAGE_CASE: Subject = Subject {
    name: "kehu.StageCase",
    like: "",
    hooks: &[Hook::Stage],
    en: "case in stage: a deal that moves to another stage, is opened, or stays.",
    zh: "stage 的 case：推进、新建或停留的商机。",
    example: "case.deal.days_in_stage --> 10\ncase.stage.name --> \"intent\"\ncase.move.direction --> \"forward\"\ncase.history[1].stage --> \"first\"\ncase.customer.name --> \"上海一号\"\ncase.contacts[1].name --> \"王总\"\ncase.interactions[1].kind --> \"call\"\n#case.threads --> 0",
    entries: &[
        field("case.deal", Type::Table).says("The deal's record, with stage, days_in_stage, opened, days_open, probability, amount and its own fields.", "商机的记录，含 stage、days_in_stage、opened、days_open、probability、amount 和自定义字段。"),
        field_or_nil("case.stage", Type::Of("kehu.Stage")).says("The stage that it is in; nil while it is being opened.", "所处阶段；新建时为 nil。"),
        field_or_nil("case.move", Type::Of("kehu.MoveAsked")).says("The move that is asked about; nil for a deal that stays.", "所询问的推进；停留时为 nil。"),
        field("case.history", Type::List(&Type::Of("kehu.Move"))).says("Its moves so far, the earliest first.", "至今的阶段变动，最早的在前。"),
        field_or_nil("case.customer", Type::Table).says("The customer's record; nil if the deal has none yet.", "客户的记录；商机尚无客户时为 nil。"),
        field("case.contacts", RECORDS).says("The people at the customer.", "客户的联系人。"),
        field("case.interactions", INTERACTIONS).says("The customer's last 20 interactions, the latest first.", "客户最近 20 次互动，最新的在前。"),
        field("case.threads", THREADS).says(
            "The customer's threads, the earliest first, closed ones too.",
            "客户的往来事项，最早的在前，含已了结的。",
        ),
    ],
};

/// A stage of a pipeline.
pub(crate) const STAGE: Subject = Subject {
    name: "kehu.Stage",
    like: "",
    hooks: &[Hook::Stage],
    en: "A stage as its pipeline declares it.",
    zh: "流程所声明的一个阶段。",
    example: "local stage = case.stage\nstage.name --> \"intent\"\nstage.order --> 2\nstage.role --> \"open\"\nstage.probability --> 0.3\nstage.longest_stay --> 30\nstage.exit_criteria[1] --> \"a recorded need\"\nstage.owner_role --> \"sales\"",
    entries: &[
        field("stage.name", Type::Text).says("Its name.", "名称。"),
        field("stage.order", Type::Whole)
            .says("Its place in the pipeline, from 1.", "在流程中的次序，从 1 起。"),
        field("stage.role", Type::Choice(&["open", "won", "lost"]))
            .says("What it means.", "含义。"),
        field_or_nil("stage.probability", Type::Number)
            .says("The probability that a deal in it is won, 0 to 1.", "赢单概率，0 到 1。"),
        field_or_nil("stage.longest_stay", Type::Whole)
            .says("The longest stay, in days.", "最长停留天数。"),
        field("stage.exit_criteria", Type::List(&Type::Text))
            .says("What must be on file before a deal leaves it forward.", "推进前须具备的条件。"),
        field_or_nil("stage.owner_role", Type::Text).says(
            "Whose task it is, in the workspace's own words.",
            "由谁负责，用工作区自己的话。",
        ),
    ],
};

/// A move that was made.
pub(crate) const MOVE: Subject = Subject {
    name: "kehu.Move",
    like: "",
    hooks: &[Hook::Stage],
    en: "A move in a deal's history.",
    zh: "商机历史中的一次阶段变动。",
    example: "local first = case.history[1]\nfirst.day --> 19950\nfirst.stage --> \"first\"\nfirst.days --> 40\nfirst.by --> \"李伟\"\nfirst.reason --> nil\nfirst.overruled --> nil\nfirst.amount --> nil",
    entries: &[
        field("move.day", Type::Day).says("The day.", "日期。"),
        field("move.stage", Type::Text).says("The stage that the deal entered.", "进入的阶段。"),
        field("move.days", Type::Whole).says("The days that it stayed there.", "停留的天数。"),
        field_or_nil("move.by", Type::Text).says("Who moved it.", "由谁变动。"),
        field_or_nil("move.reason", Type::Text).says("Why.", "原因。"),
        field_or_nil("move.overruled", Type::Text).says(
            "The rules that stood against it and were overruled.",
            "当时反对而被否决的规则。",
        ),
        field_or_nil("move.amount", Type::Number)
            .says("The amount as of then, in major units.", "当时的金额，以主单位计。"),
    ],
};

/// A move that is asked about.
pub(crate) const ASKED: Subject = Subject {
    name: "kehu.MoveAsked",
    like: "",
    hooks: &[Hook::Stage],
    en: "The move that stage is asked about.",
    zh: "stage 所询问的推进。",
    example: "local move = case.move\nmove.to.name --> \"intent\"\nmove.direction --> \"forward\"\n#move.passed --> 0\nmove.day --> 20000\nmove.reason --> nil\nmove.amount --> nil",
    entries: &[
        field("move.to", Type::Of("kehu.Stage"))
            .says("The stage that the deal is to enter.", "将进入的阶段。"),
        field(
            "move.direction",
            Type::Choice(&["open", "forward", "skip", "back", "lose", "reopen"]),
        )
        .says("How that lies to the pipeline's order.", "相对流程次序的方向。"),
        field("move.passed", Type::List(&Type::Text))
            .says("The open stages that it passes over.", "跳过的阶段。"),
        field("move.day", Type::Day).says("The day.", "日期。"),
        field_or_nil("move.reason", Type::Text).says("The reason that was given.", "所填的原因。"),
        field_or_nil("move.amount", Type::Number)
            .says("The amount from now on, in major units.", "新的金额，以主单位计。"),
    ],
};

/// What a command has written.
pub(crate) const EVENT: Subject = Subject {
    name: "kehu.Event",
    like: "",
    hooks: &[Hook::OnEvent],
    en: "event in on_event: one record that a command has written.",
    zh: "on_event 的 event：命令写入的一条记录。",
    example: "event.record --> \"contact\"\nevent.change --> \"added\"\nevent.id --> 3\nevent.kind --> nil\nevent.command --> \"contact add\"\nevent.by --> \"李伟\"\nevent.day --> 20000\nevent.before --> nil\nevent.after.name --> \"王总\"\nevent.about --> nil\nevent.deal --> nil\nevent.customer.name --> \"上海一号\"\n#event.contacts --> 0\nevent.deals[1].stage --> \"offer\"\nevent.interactions[1].kind --> \"call\"",
    entries: EVENT_FIELDS,
};

const EVENT_FIELDS: &[Entry] = &[
    field(
        "event.record",
        Type::Choice(&[
            "customer",
            "contact",
            "interaction",
            "deal",
            "move",
            "task",
            "rep",
            "product",
            "target",
        ]),
    )
    .says("The sort of record.", "记录的种类。"),
    field("event.change", Type::Choice(&["added", "changed", "removed"]))
        .says("What became of it.", "发生了什么。"),
    field("event.id", Type::Whole).says("Its id.", "编号。"),
    field_or_nil("event.kind", Type::Text).says("The kind of an interaction.", "互动的类型。"),
    field("event.command", Type::Text).says("The command that wrote it.", "写入它的命令。"),
    field("event.by", Type::Text).says("Who acted.", "操作人。"),
    field("event.day", Type::Day).says("The day on which it happened.", "发生的日期。"),
    field_or_nil("event.before", Type::Table)
        .says("The record as it was; nil for a new one.", "变更前的记录；新建时为 nil。"),
    field_or_nil("event.after", Type::Table)
        .says("The record as it is; nil for one that is gone.", "变更后的记录；删除时为 nil。"),
    field_or_nil("event.about", Type::Table)
        .says("The earlier interaction that it is about.", "所针对的先前互动。"),
    field_or_nil("event.deal", Type::Table)
        .says("The deal that it belongs to, or is.", "所属的商机，或其本身。"),
    field_or_nil("event.customer", Type::Table)
        .says("The customer; nil for what belongs to none.", "客户；不属于任何客户时为 nil。"),
    field("event.contacts", RECORDS).says("The people at the customer.", "客户的联系人。"),
    field("event.deals", DEALS).says("The customer's open deals.", "客户的未结商机。"),
    field("event.interactions", INTERACTIONS).says(
        "The customer's last 20 interactions, the latest first.",
        "客户最近 20 次互动，最新的在前。",
    ),
];

/// What a planner may know.
pub(crate) const PROBLEM: Subject = Subject {
    name: "kehu.Problem",
    like: "",
    hooks: &[Hook::PlanVisits],
    en: "problem in plan_visits: one rep, some days, many customers.",
    zh: "plan_visits 的 problem：一位业务员、若干天、许多客户。",
    example: "problem.rep --> \"李伟\"\nproblem.home.lat --> 31.2\nproblem.from --> 20001\nproblem.to --> 20005\nproblem.days[1].max_visits --> 6\nproblem.customers[1].name --> \"上海一号\"\n#problem.fixed --> 0\nproblem.speed --> 30\nproblem.seconds_per_way --> 300\nproblem.prospecting_share --> 0.2\nproblem.seed --> 1",
    entries: PROBLEM_FIELDS,
};

const PROBLEM_FIELDS: &[Entry] = &[
    field("problem.rep", Type::Text).says("The rep's name.", "业务员姓名。"),
    field_or_nil("problem.home", Type::Of("kehu.Point"))
        .says("Where the rep starts and ends the day.", "业务员每天出发和返回的地点。"),
    field("problem.from", Type::Day)
        .says("The first day of the period, working or not.", "期间的第一天，不论是否工作日。"),
    field("problem.to", Type::Day).says("The last day of the period.", "期间的最后一天。"),
    field("problem.days", Type::List(&Type::Of("kehu.WorkDay")))
        .says("The working days, in order.", "各工作日，按顺序。"),
    field("problem.customers", Type::List(&Type::Of("kehu.PlanCustomer")))
        .says("The customers that may be visited.", "可拜访的客户。"),
    field("problem.fixed", RECORDS).says(
        "Visits that are agreed already, each with customer and day.",
        "已约定的拜访，各有 customer 和 day。",
    ),
    field("problem.speed", Type::Number)
        .says("The speed of travel in kilometres an hour.", "行驶速度，公里/小时。"),
    field("problem.seconds_per_way", Type::Whole)
        .says("The seconds that each way takes beside its length.", "每段路程额外的秒数。"),
    field("problem.prospecting_share", Type::Number).says(
        "The share of the working time that is kept for finding new customers, 0 to 1.",
        "留给开发新客户的工作时间比例，0 到 1。",
    ),
    field("problem.seed", Type::Whole).says("The seed of the run.", "运行的种子。"),
];

/// A day of work.
pub(crate) const WORK_DAY: Subject = Subject {
    name: "kehu.WorkDay",
    like: "",
    hooks: &[Hook::PlanVisits],
    en: "A working day of the rep.",
    zh: "业务员的一个工作日。",
    example: "local today = problem.days[1]\ntoday.day --> 20001\ntoday.seconds --> 28800\ntoday.max_visits --> 6",
    entries: &[
        field("day.day", Type::Day).says("The day.", "日期。"),
        field("day.seconds", Type::Whole).says("The seconds that can be worked.", "可工作的秒数。"),
        field("day.max_visits", Type::Whole)
            .says("The most visits that can be made.", "最多可拜访的次数。"),
    ],
};

/// A customer that may be visited.
pub(crate) const VISITED: Subject = Subject {
    name: "kehu.PlanCustomer",
    like: "",
    hooks: &[Hook::PlanVisits],
    en: "A customer that may be visited.",
    zh: "可拜访的一位客户。",
    example: "local one = problem.customers[1]\none.customer --> 1\none.name --> \"上海一号\"\none.place.lon --> 121.4\none.visits_per_month --> 4\none.visits --> 1\none.visits_a_round --> 1\none.seconds --> 3600\none.gap_days --> 7\none.last_visit --> nil\none.mode --> \"rotating\"\none.purpose --> \"care\"\none.topics --> \"next order\"\none.value --> 12\none.group --> \"middle\"",
    entries: VISITED_FIELDS,
};

const VISITED_FIELDS: &[Entry] = &[
    field("customer.customer", Type::Whole).says("Its id.", "编号。"),
    field("customer.name", Type::Text).says("Its name.", "名称。"),
    field_or_nil("customer.place", Type::Of("kehu.Point")).says("Where it is.", "位置。"),
    field("customer.visits_per_month", Type::Number)
        .says("How many visits a month it should have.", "每月应拜访的次数。"),
    field("customer.visits", Type::Whole)
        .says("How many visits fall due in the period.", "期间内到期的拜访次数。"),
    field("customer.visits_a_round", Type::Whole).says(
        "How many of them make one round, on days that follow each other.",
        "一轮的拜访次数，安排在连续的日子。",
    ),
    field("customer.seconds", Type::Whole)
        .says("How long a visit takes, in seconds.", "每次拜访的秒数。"),
    field("customer.gap_days", Type::Whole)
        .says("The days that should lie between two rounds.", "两轮之间应间隔的天数。"),
    field_or_nil("customer.last_visit", Type::Day)
        .says("The last visit before the plan begins.", "计划开始前的最近一次拜访。"),
    field("customer.mode", Type::Text).says(
        "How the customer is worked: rotating, anchored, dig_in or a pack's own word.",
        "拜访方式：rotating、anchored、dig_in 或脚本包自定的词。",
    ),
    field("customer.purpose", Type::Text).says("What the visit is for.", "拜访目的。"),
    field("customer.topics", Type::Text).says("What to talk about.", "话题。"),
    field("customer.value", Type::Number).says(
        "What a visit is worth; those of least value are left out first.",
        "拜访的价值；价值最小的先被舍去。",
    ),
    field("customer.group", Type::Text)
        .says("The part of the order of work that it belongs to.", "所属的工作次序。"),
];

/// A place.
pub(crate) const POINT: Subject = Subject {
    name: "kehu.Point",
    like: "",
    hooks: &[Hook::PlanVisits],
    en: "A place on the map.",
    zh: "地图上的一个位置。",
    example: "problem.home.lat --> 31.2\nproblem.home.lon --> 121.5",
    entries: &[
        field("point.lat", Type::Number).says("Degrees north.", "北纬度数。"),
        field("point.lon", Type::Number).says("Degrees east.", "东经度数。"),
    ],
};
