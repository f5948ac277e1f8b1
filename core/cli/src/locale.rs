//! The words of listings, in both languages.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use kehu_contract::Language;

use crate::translate;

/// True if the person is spoken to in Chinese.
static CHINESE: AtomicBool = AtomicBool::new(false);

/// Sets the language of talk, once it is known.
pub(crate) fn speak(language: Language) {
    CHINESE.store(language == Language::Zh, Ordering::Relaxed);
}

/// The language of talk.
pub(crate) fn spoken() -> Language {
    if CHINESE.load(Ordering::Relaxed) { Language::Zh } else { Language::En }
}

/// The native plugins of the command: in Chinese a pack is called by what it is.
static PLUGINS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Notes that a pack is a native plugin.
pub(crate) fn is_plugin(name: &str) {
    PLUGINS.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
}

/// Says a text, line by line, in the language of talk.
pub(crate) fn said(text: &str) -> Cow<'_, str> {
    match spoken() {
        Language::En => Cow::Borrowed(text),
        Language::Zh => {
            let said = text.split('\n').map(translate::say).collect::<Vec<_>>().join("\n");
            let plugins = PLUGINS.lock().unwrap_or_else(PoisonError::into_inner);
            plugins.iter().fold(said, |said, name| as_plugin(&said, name)).into()
        }
    }
}

/// Calls a pack a plugin wherever it is named as a script.
fn as_plugin(said: &str, name: &str) -> String {
    let (script, plugin) = (format!("脚本包 {name}"), format!("插件 {name}"));
    let mut parts = said.split(&script);
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // Another name may begin with this one.
        let goes_on = part.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '-');
        whole += if goes_on { &script } else { &plugin };
        whole += part;
    }
    whole
}

/// A word that nobody declares, such as a channel, in a language.
pub(crate) fn usual_word(word: &str, language: Language) -> &str {
    if language == Language::Zh { translate::word(word) } else { word }
}

/// The one of some words that a text is, or is in Chinese; else the text itself.
pub(crate) fn key_of<'w>(text: &'w str, words: &[&'w str]) -> &'w str {
    let typed = text.trim();
    let said = |word: &&&str| translate::word(word) == typed;
    if let Some(word) = words.iter().find(said) {
        return word;
    }
    // A part of one alone will do, such as 排除 of 已排除.
    let has_part = |word: &&&str| !typed.is_empty() && translate::word(word).contains(typed);
    let mut parts: Vec<&str> = words.iter().filter(has_part).copied().collect();
    parts.dedup();
    match parts[..] {
        [one] if !words.contains(&typed) && translate::word(one) != one => one,
        _ => text,
    }
}

/// A unit as it follows a number: in English `day` after one, `days` else.
pub(crate) fn unit(unit: &str, is_one: bool, language: Language) -> &str {
    const ONE: [(&str, &str); 8] = [
        ("days", "day"),
        ("weeks", "week"),
        ("months", "month"),
        ("years", "year"),
        ("hours", "hour"),
        ("minutes", "minute"),
        ("points", "point"),
        ("visits a month", "visit a month"),
    ];
    let one = ONE.iter().find(|(several, _)| is_one && *several == unit);
    match (language, one) {
        (Language::En, Some((_, one))) => one,
        _ => usual_word(unit, language),
    }
}

/// Holds a word in English and Chinese.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Label {
    en: &'static str,
    zh: &'static str,
}

impl Label {
    /// Makes a word that belongs to one room of commands alone.
    pub(crate) const fn new(en: &'static str, zh: &'static str) -> Self {
        Self { en, zh }
    }

    /// The word in a language.
    pub(crate) fn get(self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Zh => self.zh,
        }
    }
}

/// The word for a flag.
pub(crate) fn yes_or_no(flag: bool) -> Label {
    if flag { YES } else { NO }
}

/// A number with the English word that follows it: one, or several.
pub(crate) fn counted(count: usize, words: [&str; 2]) -> String {
    format!("{count} {}", words[usize::from(count != 1)])
}

macro_rules! labels {
    ($($name:ident = $en:literal, $zh:literal;)*) => {$(
        pub(crate) const $name: Label = Label { en: $en, zh: $zh };
    )*};
}

labels! {
    ID = "id", "编号";
    NAME = "name", "名称";
    KIND = "kind", "类型";
    OWNER = "owner", "负责人";
    PLACE = "place", "地点";
    PHONE = "phone", "电话";
    EMAIL = "email", "邮箱";
    WECHAT = "wechat", "微信";
    BIRTHDAY = "birthday", "生日";
    PARENT = "belongs to", "所属";
    SOURCE = "source", "来源";
    CONSENT = "consent", "同意";
    TAGS = "tags", "标签";
    ARCHIVED = "archived", "归档";
    KNOWN = "known since", "得知";
    LAT = "latitude", "纬度";
    LON = "longitude", "经度";
    EXTERNAL_IDS = "external ids", "外部编号";
    CUSTOMER = "customer", "客户";
    CONTACT = "contact", "联系人";
    ROLE = "role", "职务";
    DEPARTMENT = "department", "部门";
    INFLUENCE = "influence", "影响力";
    COACH = "coach", "教练";
    PIPELINE = "pipeline", "流程";
    STAGE = "stage", "阶段";
    COUNTS = "counts today", "今日生效";
    SINCE = "since", "自";
    AMOUNT = "amount", "金额";
    MARGIN = "margin", "毛利";
    QUANTITY = "quantity", "数量";
    REP = "rep", "业务员";
    PRODUCT = "product", "产品";
    EXPECTED_CLOSE = "expected close", "预计成交";
    DAY = "day", "日期";
    TIME = "time", "时间";
    BY = "by", "经手";
    REASON = "reason", "原因";
    CHANNEL = "channel", "渠道";
    OUTCOME = "outcome", "结果";
    MOOD = "mood", "心情";
    ABOUT = "about", "关于";
    STATE = "state", "状态";
    DUE = "due", "期限";
    TEXT = "text", "内容";
    DEAL = "deal", "商机";
    WHAT = "what", "事项";
    MANAGER = "manager", "经理";
    REGION = "region", "区域";
    CATEGORY = "category", "类别";
    PRICE = "price", "价格";
    MEASURE = "measure", "指标";
    REACHED = "reached", "已达成";
    FROM = "from", "从";
    STEP = "step", "步骤";
    FIT = "fit", "拟合";
    ISOLATED = "own process", "独立进程";
    IN_PROCESS = "within kehu", "kehu 进程内";
    VERSION = "version", "版本";
    ASKED = "a plugin that keeps to the rules", "守规矩的插件";
    TO = "to", "到";
    VALUE = "value", "数值";
    KEY = "key", "设置";
    TYPE = "type", "类型";
    UNIT = "unit", "单位";
    PACK = "pack", "脚本包";
    PACKS = "packs", "脚本包";
    MEANING = "meaning", "含义";
    HOOKS = "hooks", "钩子";
    COLUMN = "column", "列";
    PRESENT = "with a value", "有值";
    MISSING = "missing", "缺失";
    VALUES = "values", "取值";
    MEAN = "mean", "均值";
    AS_OF = "as of", "截至";
    CUSTOMERS = "customers", "客户数";
    OPERATION = "operation", "操作";
    NOT_REACHED = "not reached", "未检验到";
    EXPECTED = "expected", "应为";
    NOT_FIRED = "did not fire", "未触发";
    UNTIL = "until", "至";
    OVERRIDDEN = "overridden by", "人工改为，操作人";
    LEARNED = "learned from all customers", "从全体客户得出";
    READ = "read", "读入";
    SEE_ABOVE = " (see above)", "（见上）";
    COLON = ": ", "：";
    MACHINE_SAYS = "the pack says", "脚本给出";
    SET_AT = "set at", "出处";
    AT = "when (UTC)", "时间 (UTC)";
    COMMAND = "command", "命令";
    SUMMARY = "what was done", "操作内容";
    FILE = "file", "文件";
    CAUSE = "follows from", "缘于";
    UNDONE_BY = "undone by", "撤销于";
    SCORES = "Scores", "评分";
    CONTACTS = "Contacts", "联系人";
    OPEN_DEALS = "Open deals", "进行中的商机";
    LAST_INTERACTIONS = "Last interactions", "最近互动";
    OPEN_TASKS = "Tasks", "待办";
    EVENTS = "History", "历程";
    ERROR = "error: ", "错误：";
    HINT = "hint: ", "提示：";
    YES = "yes", "是";
    NO = "no", "否";
    ORGANISATION = "organisation", "商业客户";
    PERSON = "person", "个人客户";
    OPEN = "open", "未完成";
    DONE = "done", "已完成";
    SNOOZED = "snoozed", "已推迟";
    SKIPPED = "skipped", "已跳过";
    ENCODING = "encoding", "编码";
    INTO = "into", "导入为";
    ROWS = "rows", "行数";
    CREATED = "new", "新增";
    CHANGED = "changed", "变更";
    UNCHANGED = "unchanged", "未变";
    REFUSED = "refused", "拒绝";
    BESIDES = "besides", "另外";
    ANSWER_KEY = "key", "键";
    WHY = "why", "为什么";
    MINUTES = "minutes", "分钟";
    WAY = "way", "路程";
    PURPOSE = "purpose", "目的";
    TOPICS = "topics", "话题";
    VISITS = "visits", "次数";
    CHECK = "what", "项目";
    FOUND = "found", "结果";
    ADVICE = "advice", "建议";
    DAYS = "days", "天数";
    LONGEST_STAY = "at most", "最长";
    JUDGEMENT = "judgement", "意见";
    PACKS_SAY = "What the packs say", "脚本包的意见";
    OVERRULED = "overruled", "被否决的规则";
    OWNER_ROLE = "task of", "由谁负责";
    NOTHING = "nothing to show", "没有可显示的内容";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plugin_is_called_one_and_a_script_by_a_longer_name_is_not() {
        assert_eq!(
            as_plugin("脚本包 clv 在本次评分中已停用，脚本包 clv-2 照常；脚本包 clv", "clv"),
            "插件 clv 在本次评分中已停用，脚本包 clv-2 照常；插件 clv"
        );
    }
}
