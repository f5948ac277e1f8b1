//! What is said in Chinese on the page that is read before a call and where people record what happened, in
//! the way of `chinese`.

/// Sentences of talk, errors and hints.
pub(crate) const SENTENCES: &[(&str, &str)] = &[
    ("{} was not known yet on {}", "{2} 时尚不知道 {1}"),
    (
        "--as-of takes a later day; without it the page is of today",
        "--as-of 请用更晚的日期；不写则为今天",
    ),
    (
        "nothing has been scored yet, so the page has neither standing nor proposals",
        "尚未评分，因此没有客户状况和建议事项",
    ),
    (
        "pack {} was switched off for this page; the others went on",
        "脚本包 {} 在本页中已停用，其余照常",
    ),
];

/// Words that nobody declares: states of threads, choices of fields, sources.
pub(crate) const WORDS: &[(&str, &str)] = &[
    ("open", "未解决"),
    ("removed", "已排除"),
    ("answered", "已答复"),
    ("recorded", "已记录"),
    ("met", "已满足"),
    ("dropped", "已放弃"),
    ("driver", "驾驭型"),
    ("analytical", "分析型"),
    ("expressive", "表现型"),
    ("amiable", "平易型"),
    ("rational", "理性"),
    ("emotional", "感性"),
    ("bold", "大胆"),
    ("timid", "胆小"),
    ("high", "高"),
    ("low", "低"),
    ("social_media", "社交媒体"),
    ("trade_show", "展会"),
    ("web_search", "网络搜索"),
    ("referral", "客户引荐"),
    ("partner", "合作伙伴介绍"),
    ("earns_nothing", "赚不到钱"),
    ("no_breakthrough", "销售没有突破"),
    ("no_hope", "看不到希望"),
    ("us", "我方"),
];
