//! What is said in Chinese: whole sentences by their English, which is written where it is said.
//!
//! Sentences have places: `{}` for what stays as it is, `{s}` for a part that is said in Chinese too.
//! The places of the Chinese one are filled in order, or by number as `{2}`. What is not in the table
//! is said in English.

/// Sentences of talk, errors and hints; the first one that fits counts.
const SENTENCES: &[(&str, &str)] = &[
    // Openings.
    ("error: {s}", "错误：{}"),
    ("hint: {s}", "提示：{}"),
    ("note: {s}", "注意：{}"),
    ("refused: {s}", "已拒绝：{}"),
    (
        "{} is whoever gave no name; set [user] name in {}, or give --user NAME",
        "{} 指未署名的人；请在 {} 设置 [user] name，或用 --user 姓名",
    ),
    // What was done.
    ("Added customer {}.", "已添加客户 {}。"),
    ("Changed customer {}.", "已修改客户 {}。"),
    ("Archived customer {}.", "已归档客户 {}。"),
    ("Restored customer {}.", "已恢复客户 {}。"),
    ("Added contact {}.", "已添加联系人 {}。"),
    ("Changed contact {}.", "已修改联系人 {}。"),
    ("Added rep {}.", "已添加业务员 {}。"),
    ("Added product {}.", "已添加产品 {}。"),
    ("Added target {}.", "已添加目标 {}。"),
    ("Logged {s} with {} on {}.", "已记录 {3} 与 {2} 的{1}。"),
    ("Corrected the {s} of {}.", "已更正 {2} 的{1}。"),
    ("Voided the {s} of {}.", "已作废 {2} 的{1}。"),
    ("{} with {} is in {}.", "{2} 的商机 {1} 处于{3}阶段。"),
    ("{} is in {}; it has no customer yet.", "商机 {1} 处于{2}阶段，尚无客户。"),
    (
        "Took the pipeline {}; --pipeline names another one.",
        "采用流程 {}；用 --pipeline 可另行指定。",
    ),
    ("Wrote purchase {} of {s}.", "已记录购买 {}：{}。"),
    ("no amount", "未填金额"),
    (
        "Purchase {} stands; if it was not to be: kehu interaction void {}.",
        "购买 {} 仍保留；如应取消：kehu interaction void {}",
    ),
    ("Done: {}.", "已完成：{}。"),
    ("To be done by {}: {}.", "{1} 前完成：{2}。"),
    ("Took back {}: {s}.", "已撤销 {}：{}。"),
    (
        "What its mapping added to kehu.toml stays there: it is yours to take out.",
        "映射写入 kehu.toml 的声明仍保留，如不需要请自行删除。",
    ),
    ("Nothing was written: this was a dry run.", "试运行，未写入任何内容。"),
    ("{} more rows were refused; --json names them", "另有 {} 行被拒绝；--json 列出全部"),
    ("Added to kehu.toml:", "已写入 kehu.toml："),
    ("To be added to kehu.toml:", "将写入 kehu.toml："),
    (
        "{} of {} is {} in every run as of {} or later; next: kehu score",
        "{4} 及之后的评分中，{2} 的 {1} 均为 {3}；下一步：kehu score",
    ),
    (
        "{} of {} is {} in every run as of {} to {}; next: kehu score",
        "{4} 至 {5} 的评分中，{2} 的 {1} 均为 {3}；下一步：kehu score",
    ),
    (
        "{} of {} is the pack's again in every run as of {} or later; next: kehu score",
        "{3} 及之后的评分中，{2} 的 {1} 恢复为脚本给出的值；下一步：kehu score",
    ),
    ("It replaces {}: {} ({})", "取代 {}：{}（{}）"),
    ("no override of {} of {} counts today", "{2} 的 {1} 今日没有生效的人工改值"),
    ("kehu override list shows which there are", "kehu override list 列出全部人工改值"),
    ("the value that counts instead of {} is missing", "缺少取代 {} 的值"),
    ("to end one: {}", "终止人工改值：{}"),
    ("features and scores are as of {}", "特征与评分截至 {}"),
    ("the last run is of {}, and there is one of {}", "最近一次评分截至 {}，另有截至 {} 的评分"),
    ("to read that one: --as-of {}, or --run {}", "要看那一次：--as-of {}，或 --run {}"),
    (
        "{s} changed since the run of {}; kehu score --as-of {} brings it up to date",
        "{2} 评分之后，{1}已有变化；kehu score --as-of {3} 可更新",
    ),
    ("the last recorded fact is of {}, {} days before {}", "最后一条记录在 {}，距 {3} 已 {2} 天"),
    ("to see the base as it was then: --as-of {}", "要看当时的情况：--as-of {}"),
    ("data and packs", "数据和脚本包"),
    ("packs or their settings", "脚本包或其设置"),
    ("data", "数据"),
    (
        "pack {} was switched off for this run; the others went on",
        "脚本包 {} 在本次评分中已停用，其余照常",
    ),
    (
        "pack {} was switched off for this list; the others went on",
        "脚本包 {} 在本清单中已停用，其余照常",
    ),
    // Names and ids.
    ("there is no rep {}", "没有业务员 {}"),
    ("there is no customer {}", "没有客户 {}"),
    ("there is no contact {}", "没有联系人 {}"),
    ("there is no deal {}", "没有商机 {}"),
    ("there is no product {}", "没有产品 {}"),
    ("there is no task {}", "没有待办 {}"),
    ("there is no interaction {}", "没有互动 {}"),
    ("there is no target {}", "没有目标 {}"),
    ("there is no column {}", "没有列 {}"),
    ("there is no run {}", "没有运行 {}"),
    ("there is no operation {}", "没有操作 {}"),
    ("there is no pack {}", "没有脚本包 {}"),
    ("there is no tag {} to take off", "没有可去掉的标签 {}"),
    ("{} may be any of several {s}s", "{1} 可指多个{2}"),
    (
        "did you mean {}? What is written needs a whole name or an id",
        "是不是 {}？写入时须给出完整名称或编号",
    ),
    ("did you mean {}?", "是不是 {}？"),
    ("known are: {} and {} more", "可用的有：{}，另有 {} 个"),
    ("known are: {}", "可用的有：{}"),
    ("none is declared", "尚未声明任何一个"),
    ("say which one by its id: {}", "请用编号指明：{}"),
    ("see which there are: {}", "查看全部：{}"),
    ("add the person first: {}", "请先添加此人：{}"),
    (
        "no rep is recorded, because {} is no rep of this workspace; use --rep NAME, or set [user] name",
        "未记录业务员，因为 {} 不是本工作区的业务员；请用 --rep 姓名，或设置 [user] name",
    ),
    ("{} is no rep of this workspace", "{} 不是本工作区的业务员"),
    ("{} is a customer, and the deal has no name", "{} 是客户，商机缺少名称"),
    (
        "for a deal with that customer: kehu deal add {} NAME; for one that has no customer yet, choose a name that is no customer's",
        "该客户的商机：kehu deal add {} 名称；若商机尚无客户，请取一个不是客户名的名称",
    ),
    (
        "the purchase has no amount, so it adds nothing to any sum; kehu interaction edit {} --amount AMOUNT",
        "这笔购买没有金额，不计入任何合计；可用 kehu interaction edit {} --amount 金额",
    ),
    ("phone: {} is no telephone number", "phone：{} 不是电话号码"),
    ("write it with its digits, such as {}", "请写出数字，例如 {}"),
    ("email: {} is no e-mail address", "email：{} 不是电子邮箱地址"),
    ("write it as {}", "请写作 {}"),
    ("has not come yet: today is {}", "尚未到来：今天是 {}"),
    (
        "check date_order of the mapping; what is still to come is a task or expected_close",
        "请检查映射的 date_order；尚未发生的事应记为任务或 expected_close",
    ),
    ("unknown measure {}", "未知的指标 {}"),
    (
        "what is measured: amount and margin of purchases, deals that were won, or the number of interactions of a kind",
        "可衡量：购买的 amount（金额）与 margin（毛利），deals（赢单数），或某类互动的次数",
    ),
    ("say whose work it is: {}", "请指明是谁的工作：{}"),
    ("{} is called {} already", "{1} 已用名称 {2}"),
    ("change that one with {}", "修改它：{}"),
    ("--force adds a second one of that name", "--force 可添加同名的另一个"),
    // Values.
    ("unknown kind of interaction {}", "没有互动类型 {}"),
    ("unknown pipeline {}", "没有流程 {}"),
    ("pipeline {} has no stage {}", "流程 {} 没有阶段 {}"),
    ("no pipeline has a stage {}", "任何流程都没有阶段 {}"),
    ("the deal is in {} already", "商机已处于 {}"),
    ("{s}: that needs a reason", "{}，须写明原因"),
    ("the move passes over {}", "跳过了阶段 {}"),
    ("the move goes back from {} to {}", "从阶段 {} 退回 {}"),
    ("the move leaves {}, a closed stage", "离开已关闭的阶段 {}"),
    ("add --reason", "请加 --reason"),
    ("{} is no state of a {s}", "{1} 不是{2}的状态"),
    ("a {s} has no states", "{}没有状态"),
    ("{}: a name must not be empty", "{}：名称不能为空"),
    ("{}: {} looks like an id", "{}：{} 形似编号"),
    ("{}: {} is no day", "{}：{} 不是日期"),
    ("{}: {} is no number", "{}：{} 不是数字"),
    ("{}: {} is no choice", "{}：{} 不在选项中"),
    ("{}: {} is neither yes nor no", "{}：{} 不是 yes 或 no"),
    ("{}: {} is no amount", "{}：{} 不是金额"),
    ("{}: the text holds the unprintable character {}", "{}：文本含有不可显示的字符 {}"),
    ("write it on one line, without control characters", "请写成一行，不含控制字符"),
    ("{}: {} characters are too long, at most {} are kept", "{}：{} 个字符过长，最多 {} 个"),
    ("amounts are in {}, such as {}", "金额以 {} 计，例如 {}"),
    ("write YYYY-MM-DD, such as {}", "请写 YYYY-MM-DD，例如 {}"),
    ("{} has not come yet: today is {}", "{} 尚未到来：今天是 {}"),
    ("what is still to be done is a task: {}", "要做的事请添加待办：{}"),
    ("say what is to be done", "请写明要做什么"),
    ("{} is closed{}", "{} 已关闭{}"),
    ("{} is archived since {}", "{} 自 {} 起已归档"),
    ("{} is not archived", "{} 未归档"),
    ("nothing is changed: {} says so already", "没有变化：{} 已是如此"),
    ("name what is to be changed; see --help", "请写明要改什么，见 --help"),
    ("{} has no customer yet", "{} 尚无客户"),
    ("{} is {}'s, not {}'s", "{} 属于 {}，不属于 {}"),
    ("no {s} field {} is declared", "未声明{}字段 {}"),
    ("declare it in kehu.toml: {}", "请在 kehu.toml 中声明：{}"),
    ("{} sets no field", "{} 没有设定字段"),
    ("write --{}, such as {}", "请写 --{}，例如 {}"),
    ("write --{}", "请写 --{}"),
    ("write a day as {}", "日期请写成 {}"),
    ("write for example {}", "例如写 {}"),
    // Scores and explanations.
    ("nothing has been scored yet", "尚未评分"),
    ("first: kehu score", "请先运行：kehu score"),
    ("kehu runs list shows those that there are", "kehu runs list 列出已有的运行"),
    ("{} is no run", "{} 不是运行编号"),
    ("the run of {} has no column {}", "{} 的评分没有列 {}"),
    ("{} is not in the run of {}", "{2} 的评分不含 {1}"),
    (
        "a run holds the customers that were known and not archived on its day",
        "评分只含当日已知且未归档的客户",
    ),
    ("features and scores are there once kehu score has run", "运行 kehu score 之后才有特征与评分"),
    ("no pack that is on gives {}", "启用的脚本包都不给出 {}"),
    ("{} is never {}", "{} 不会是 {}"),
    ("{} is a number, and {} is none", "{} 是数字，{} 不是"),
    ("--reason is empty", "--reason 为空"),
    ("say why your word counts", "请写明理由"),
    ("--until has passed: the override would never count", "--until 已过：人工改值不会生效"),
    // Conditions.
    ("the condition ends where {s} is expected", "条件不完整：此处应有{}"),
    ("{} stands where {s} is expected", "此处应有{2}，却是 {1}"),
    ("a column or a value", "列名或数值"),
    ("a closing bracket", "右括号"),
    ("an opening bracket", "左括号"),
    ("something else", "别的内容"),
    ("the text that begins here has no closing quote", "此处开始的文本缺少结束引号"),
    ("the condition is nested too deeply", "条件嵌套过深"),
    ("a condition reads like: {}", "条件写法例如：{}"),
    ("a text stands in quotes, such as {}", "文本须加引号，例如 {}"),
    ("{} cannot follow here", "此处不能出现 {}"),
    ("conditions are joined with and, or", "多个条件用 and、or 连接"),
    ("this is a value, not a condition", "这是数值，不是条件"),
    ("{} is a value, not a condition", "{} 是数值，不是条件"),
    ("compare it with something", "请与某个值比较"),
    ("{} cannot be compared with {}", "{} 不能与 {} 比较"),
    ("for a missing value write: {}", "缺失值请写：{}"),
    ("{} is not understood", "无法理解 {}"),
    ("use and, or, {}", "可用 and, or, {}"),
    // The day's work.
    ("no line of today's list has the key {}; {s}", "今日清单中没有键为 {} 的事项；{}"),
    ("kehu today shows the keys of what is open", "kehu today 显示未完成事项的键"),
    ("{} begins several keys: {}", "多个键以 {} 开头：{}"),
    ("a line is skipped for a reason", "跳过须写明原因"),
    (
        "a line is snoozed until a day to come, and {} has come: today is {}",
        "只能推迟到以后的日期，{} 已到：今天是 {}",
    ),
    ("the period ends on {}, before {}", "结束日期 {} 早于开始日期 {}"),
    ("a plan spans at most {} days", "计划最长 {} 天"),
    ("no pack that is on plans visits", "没有启用安排拜访的脚本包"),
    ("turn one on in kehu.toml: {}", "请在 kehu.toml 中启用：{}"),
    // Files and the store.
    ("{} is not there", "{} 不存在"),
    ("{} is there already", "{} 已存在"),
    ("{} is no kehu database", "{} 不是 kehu 数据库"),
    ("{} is damaged: {}", "{} 已损坏：{}"),
    ("{} cannot be read: {s}", "无法读取 {}：{}"),
    ("{} cannot be written: {s}", "无法写入 {}：{}"),
    ("{} cannot be made: {s}", "无法创建 {}：{}"),
    ("no such file or directory", "没有这个文件或文件夹"),
    ("permission denied", "没有权限"),
    ("the database is being written by {}", "数据库正由 {} 写入"),
    ("wait until it is done, then try again", "请等它完成后再试"),
    ("the disk is full; nothing was written", "磁盘已满，未写入任何内容"),
    ("make room on the disk, then try again", "请腾出磁盘空间后再试"),
    ("put the file back where it was, or take a backup", "请把文件放回原处，或使用备份"),
    ("a new workspace is made with: {}", "新建工作区：{}"),
    ("restore {} from a backup", "请从备份恢复 {}"),
    ("kehu doctor says what can still be read", "kehu doctor 会说明哪些仍可读取"),
    ("later operations touch the same rows", "之后的操作改动了相同的记录"),
    ("undo {} first: {s}", "请先撤销 {}：{}"),
    ("kehu history lists what was done", "kehu history 列出已做的操作"),
    ("{} is no operation", "{} 不是操作编号"),
    (
        "write its id, such as O-12; kehu history lists them",
        "请写编号，例如 O-12；kehu history 可查看",
    ),
    (
        "{} lies in no workspace: no kehu.toml here or above",
        "{} 不在任何工作区中：此处及上级文件夹都没有 kehu.toml",
    ),
    ("name one with -C DIR", "用 -C 文件夹 指明工作区"),
    ("make one with: {}", "新建：{}"),
    ("{} is a workspace already", "{} 已是工作区"),
    ("work in it with: {}", "在其中工作：{}"),
    // Settings.
    ("unknown key {} in {}", "{2} 中没有键 {1}"),
    ("unknown key {}", "没有键 {}"),
    ("the file needs {}", "文件缺少 {}"),
    ("[{}] needs {}", "[{}] 缺少 {}"),
    ("{} is {s}, expected {s}", "{} 是{}，应为{}"),
    ("a text or a list of texts", "文本或文本列表"),
    ("a list of tables", "表的列表"),
    ("a text", "文本"),
    ("a number", "数字"),
    ("a whole number", "整数"),
    ("true or false", "true 或 false"),
    ("a list", "列表"),
    ("a table", "表"),
    ("the settings of a pack stand under {}", "脚本包的设置写在 {} 下"),
    ("the settings of packs are not shown", "未列出脚本包的设置"),
    ("the first is line {} of {}", "第一处在 {2} 第 {1} 行"),
    // Rows that an import refuses.
    (
        "none of the {} rows of {} fits: column {} {s}; nothing was written",
        "{2} 的 {1} 行全部不符：列 {3} {4}；未写入任何内容",
    ),
    (
        "none of the {} rows of {} fits: {s}; nothing was written",
        "{2} 的 {1} 行全部不符：{3}；未写入任何内容",
    ),
    ("{}, column {}: {s}", "{}，列 {}：{}"),
    ("is empty", "为空"),
    ("is no date", "不是日期"),
    ("is no number", "不是数字"),
    ("is neither yes nor no", "不是 yes 或 no"),
    ("is no kind of interaction", "不是互动类型"),
    ("is no {s} that is known", "不是已知的{}"),
    ("is the name of several {s}s", "是多个{}的名称"),
    ("{} is no date", "{} 不是日期"),
    ("{} is no number", "{} 不是数字"),
    ("{} is neither yes nor no", "{} 不是 yes 或 no"),
    ("{} is no kind of interaction", "{} 不是互动类型"),
    ("{} is no {s} that is known", "{1} 不是已知的{2}"),
    ("{} is the name of several {s}s", "{1} 是多个{2}的名称"),
    ("{} is no day of the calendar", "{} 不是日历上的日期"),
    ("{} is not written as the mapping's date format says", "{} 不符合映射的日期格式"),
    ("import the {s}s first, or say {} in the table", "请先导入{}，或在该表中写 {}"),
    ("import the {s}s first", "请先导入{}"),
    // The doctor.
    ("{}, the newest", "{}，最新"),
    ("{}, the newest is {}", "{}，最新为 {}"),
    ("workspace", "工作区"),
    ("settings", "设置"),
    ("database", "数据库"),
    ("packs", "脚本包"),
    ("pack", "脚本包"),
    ("last run", "最近评分"),
    ("calendar", "日历"),
    ("schema", "数据结构版本"),
    ("journal", "日志模式"),
    ("page size", "页大小"),
    ("size", "大小"),
    ("free pages", "空闲页"),
    ("last operation", "最近操作"),
    ("ok", "正常"),
    ("warning", "警告"),
    ("error", "错误"),
    ("{} values", "{} 项"),
    ("weekends only", "只含周末"),
    ("{}, holidays of {}, none of {}", "{}，有 {} 年节假日，没有 {} 年"),
    ("{}, holidays of {}", "{}，有 {} 年节假日"),
    (
        "a newer kehu may know them; until then only weekends are off",
        "新版 kehu 可能已收录；在此之前只有周末休息",
    ),
    ("{} as of {}, {} customers; {s} changed since", "{}，截至 {}，{} 位客户；之后{}已有变化"),
    ("{} as of {}, {} customers", "{}，截至 {}，{} 位客户"),
    ("without {}: {}", "缺 {}：{}"),
    ("without {}", "缺 {}"),
    ("mend the pack, then kehu score", "修好脚本包后运行 kehu score"),
    ("no pack says how often customers are visited", "没有脚本包给出拜访频率"),
    ("no pack plans visits", "没有脚本包安排拜访"),
    ("no pack proposes follow-ups", "没有脚本包提出跟进建议"),
    ("see [packs] on in kehu.toml", "见 kehu.toml 的 [packs] on"),
    (
        "keep a copy of kehu.db as it is, then restore it from a backup",
        "请先原样保留一份 kehu.db，再从备份恢复",
    ),
    ("stale", "已过时"),
    ("thinned", "已精简"),
    ("{}, workspace, {}", "{}，工作区自有，{}"),
    ("{}, base, {}", "{}，来自上级工作区，{}"),
    ("{}, shipped, {}", "{}，随程序提供，{}"),
    // What the history tells.
    ("{}: {} new, {} changed, {} refused", "{}：新增 {}，变更 {}，拒绝 {}"),
    ("{}: {} new, {} changed", "{}：新增 {}，变更 {}"),
    ("score as of {}", "按 {} 评分"),
    ("plan of {}, {} to {}", "{} 的计划，{} 至 {}"),
    ("ended the override of {} of {} ({}): {}", "终止 {2}（{3}）的 {1} 的人工改值：{4}"),
    ("ended the override of {} of {} ({})", "终止 {2}（{3}）的 {1} 的人工改值"),
    ("override {} of {} ({}) with {}", "把 {2}（{3}）的 {1} 人工改为 {4}"),
    ("opened {} {} in {}", "新建 {} {}，阶段 {}"),
    ("moved {} {} from {} to {}", "{} {} 从 {} 移到 {}"),
    ("logged {} {s} with {} on {}", "记录 {1}：{4} 与 {3} 的{2}"),
    ("added {} {} at {}", "添加 {} {}，属于 {}"),
    ("added {} {}", "添加 {} {}"),
    ("edited {} {}", "修改 {} {}"),
    ("archived {} {}", "归档 {} {}"),
    ("restored {} {}", "恢复 {} {}"),
    ("done {} {}", "完成 {} {}"),
    ("done: {}", "完成：{}"),
    ("snoozed until {}: {}", "推迟到 {}：{}"),
    ("skipped: {}", "跳过：{}"),
];

/// Words that workspaces and packs usually use without declaring them, and names of ours.
const WORDS: &[(&str, &str)] = &[
    // Sorts of records and kinds of interactions.
    ("customer", "客户"),
    ("contact", "联系人"),
    ("rep", "业务员"),
    ("deal", "商机"),
    ("product", "产品"),
    ("deal event", "商机进展"),
    ("interaction", "互动"),
    ("task", "待办"),
    ("target", "目标"),
    ("override", "人工改值"),
    ("plan", "计划"),
    ("purchase", "购买"),
    ("receipt", "收款"),
    ("call", "电话"),
    ("complaint", "投诉"),
    ("promise", "承诺"),
    ("note", "备注"),
    // Channels.
    ("visit", "拜访"),
    ("meeting", "会面"),
    ("phone", "电话"),
    ("telephone", "电话"),
    ("message", "消息"),
    ("sms", "短信"),
    ("email", "邮件"),
    ("wechat", "微信"),
    ("shop", "门店"),
    ("store", "门店"),
    ("web", "网站"),
    ("online", "线上"),
    ("letter", "信函"),
    ("fax", "传真"),
    // Outcomes.
    ("interested", "有意向"),
    ("not_interested", "无意向"),
    ("no_answer", "未接通"),
    ("unreachable", "联系不上"),
    ("ordered", "已下单"),
    ("agreed", "已同意"),
    ("refused", "已拒绝"),
    ("postponed", "已推迟"),
    ("success", "成功"),
    ("failure", "失败"),
    ("won", "赢单"),
    ("lost", "丢单"),
    // What packs think of a deal.
    ("allow", "同意"),
    ("warn", "警告"),
    // States.
    ("opened", "已提出"),
    ("acknowledged", "已受理"),
    ("in_work", "处理中"),
    ("resolved", "已解决"),
    ("confirmed", "已确认"),
    ("made", "已作出"),
    ("kept", "已兑现"),
    ("broken", "未兑现"),
    // Moods.
    ("rising", "上升"),
    ("falling", "下降"),
    ("calm", "平静"),
    ("complacent", "自满"),
    // Groups of the order of work.
    ("bottom", "漏斗底部"),
    ("middle", "漏斗中部"),
    ("top", "漏斗顶部"),
    ("prospecting", "开发新客户"),
    // What packs learn from all customers.
    ("recency", "最近购买"),
    ("frequency", "购买次数"),
    ("monetary", "购买金额"),
    ("cuts", "分界"),
    // Units.
    ("days", "天"),
    ("points", "分"),
    ("minutes", "分钟"),
    ("visits a month", "次/月"),
];

/// The sentences of all tables.
fn sentences() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    // What a plugin says fits last: its sentences begin as others do.
    let others = [
        crate::chinese_hooks::SENTENCES,
        crate::chinese_packs::SENTENCES,
        crate::chinese_records::SENTENCES,
        crate::chinese_api::SENTENCES,
        crate::chinese_scripts::SENTENCES,
        crate::chinese_reports::SENTENCES,
        crate::chinese_validate::SENTENCES,
        crate::chinese_plugins::SENTENCES,
        crate::chinese_author::SENTENCES,
        crate::chinese_show::SENTENCES,
    ];
    SENTENCES.iter().chain(others.into_iter().flatten())
}

/// Says a line in Chinese, as far as the table has it.
pub(crate) fn say(line: &str) -> String {
    let blanks = line.len() - line.trim_start().len();
    let (indent, sentence) = line.split_at(blanks);
    let found = sentences().find_map(|(english, chinese)| {
        let parts = fitting(english, sentence)?;
        Some(filled(chinese, &parts))
    });
    found.map_or_else(|| line.to_owned(), |said| format!("{indent}{said}"))
}

/// Says a word in Chinese; one that is not in the table stays as it is.
pub(crate) fn word(word: &str) -> &str {
    let mut known = WORDS.iter().chain(crate::chinese_show::WORDS);
    known.find(|(english, _)| *english == word).map_or(word, |(_, chinese)| chinese)
}

/// The parts that stand in the places of an English sentence; none if it is another sentence.
fn fitting(english: &str, sentence: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = sentence;
    let mut pattern = english;
    while let Some(start) = pattern.find('{') {
        rest = rest.strip_prefix(&pattern[..start])?;
        let end = start + pattern[start..].find('}')?;
        let is_said = &pattern[start..=end] == "{s}";
        pattern = &pattern[end + 1..];
        let after = &pattern[..pattern.find('{').unwrap_or(pattern.len())];
        let length = if after.is_empty() {
            rest.len()
        } else if after.len() == pattern.len() {
            rest.strip_suffix(after)?.len()
        } else {
            rest.find(after)?
        };
        let part = &rest[..length];
        parts.push(if is_said { word(&say(part)).to_owned() } else { part.to_owned() });
        rest = &rest[length..];
    }
    (rest == pattern).then_some(parts)
}

/// A Chinese sentence with its parts: in order, or by number.
fn filled(chinese: &str, parts: &[String]) -> String {
    let mut said = String::new();
    let mut rest = chinese;
    let mut next = 0;
    while let Some((before, after)) = rest.split_once('{') {
        said += before;
        let Some((number, after)) = after.split_once('}') else { break };
        next += 1;
        let place = number.parse().unwrap_or(next);
        said += parts.get(place - 1).map_or("", String::as_str);
        rest = after;
    }
    said + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_said_with_its_parts_in_the_order_of_chinese() {
        for (english, chinese) in [
            ("Logged visit with 武汉钢铁 on 2024-03-01.", "已记录 2024-03-01 与 武汉钢铁 的拜访。"),
            ("Voided the call of 2024-03-01.", "已作废 2024-03-01 的电话。"),
            ("hint: did you mean \"tier\"?", "提示：是不是 \"tier\"？"),
            (
                "note: data changed since the run of A; kehu score --as-of A brings it up to date",
                "注意：A 评分之后，数据已有变化；kehu score --as-of A 可更新",
            ),
            ("  hint: first: kehu score", "  提示：请先运行：kehu score"),
            ("nobody has said this", "nobody has said this"),
        ] {
            assert_eq!(say(english), chinese);
        }
    }

    #[test]
    fn every_sentence_has_as_many_places_in_both_languages() {
        for (english, chinese) in sentences() {
            let english_places = english.matches('{').count();
            assert_eq!(english_places, chinese.matches('{').count(), "{english}");
            assert!(fitting(english, &english.replace("{}", "x").replace("{s}", "x")).is_some());
        }
    }

    #[test]
    fn a_word_that_is_not_known_stays() {
        assert_eq!((word("phone"), word("semaphore")), ("电话", "semaphore"));
    }
}
