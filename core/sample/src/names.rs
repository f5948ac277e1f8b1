//! Names of firms and people, all invented, and places, which are real.

use crate::Random;

/// Holds a town: its names, and where it lies.
pub(crate) struct Town {
    pub(crate) zh: &'static str,
    pub(crate) en: &'static str,
    pub(crate) lat: f64,
    pub(crate) lon: f64,
}

const fn town(zh: &'static str, en: &'static str, lat: f64, lon: f64) -> Town {
    Town { zh, en, lat, lon }
}

/// The towns of the five regions, the rep's own first.
pub(crate) const REGIONS: [[Town; 3]; 5] = [
    [
        town("苏州", "Suzhou", 31.299, 120.585),
        town("无锡", "Wuxi", 31.491, 120.312),
        town("常熟", "Changshu", 31.654, 120.752),
    ],
    [
        town("杭州", "Hangzhou", 30.274, 120.155),
        town("绍兴", "Shaoxing", 30.030, 120.580),
        town("湖州", "Huzhou", 30.893, 120.088),
    ],
    [
        town("佛山", "Foshan", 23.022, 113.122),
        town("广州", "Guangzhou", 23.129, 113.264),
        town("中山", "Zhongshan", 22.517, 113.393),
    ],
    [
        town("成都", "Chengdu", 30.573, 104.066),
        town("德阳", "Deyang", 31.127, 104.398),
        town("眉山", "Meishan", 30.076, 103.848),
    ],
    [
        town("武汉", "Wuhan", 30.593, 114.305),
        town("鄂州", "Ezhou", 30.391, 114.895),
        town("孝感", "Xiaogan", 30.925, 113.917),
    ],
];

const FIRST: [&str; 22] = [
    "云", "松", "禾", "稻", "棠", "麦", "岚", "青", "晴", "溪", "桐", "橙", "柚", "鹭", "杉", "榕",
    "荔", "枫", "芦", "谷", "竹", "苔",
];
const SECOND: [&str; 16] = [
    "汀", "岭", "屿", "渡", "苑", "坞", "畔", "埠", "坪", "堰", "亭", "巷", "笛", "砚", "塘", "浦",
];
const TRADES: [&str; 8] =
    ["商贸", "食品", "超市", "副食", "粮油商行", "酒水批发", "生鲜", "便利店"];
const WORDS: [&str; 14] = [
    "Willow",
    "Lantern",
    "Harbour",
    "Juniper",
    "Copper",
    "Heron",
    "Orchard",
    "Paperboat",
    "Quayside",
    "Saffron",
    "Tidewater",
    "Bramble",
    "Plover",
    "Millstone",
];
const PLACES: [&str; 10] =
    ["Gate", "Lane", "Bridge", "Field", "Yard", "Steps", "Row", "Ferry", "Hill", "Corner"];
const FIRMS: [&str; 6] = ["Foods", "Trading", "Mart", "Provisions", "Grocers", "Imports"];

const SURNAMES: [&str; 24] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林",
    "何", "郭", "马", "罗", "梁", "宋", "郑", "谢",
];
const GIVEN: [&str; 28] = [
    "海涛", "文静", "志远", "晓岚", "建国", "丽华", "国强", "秀英", "伟", "芳", "娜", "敏", "静",
    "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "明", "超", "霞", "平", "刚", "桂兰", "雪梅",
];
const ENGLISH_GIVEN: [&str; 12] = [
    "Grace", "Daniel", "Helen", "Victor", "Nora", "Simon", "Alice", "Martin", "Irene", "Felix",
    "Clara", "Oscar",
];
const ENGLISH_SURNAMES: [&str; 14] = [
    "Chen", "Lin", "Tan", "Wong", "Lim", "Hughes", "Carter", "Novak", "Ellis", "Brandt", "Moreau",
    "Okafor", "Silva", "Price",
];

/// A Chinese firm: its town, two characters, its trade.
pub(crate) fn chinese_firm(random: &mut Random, town: &Town) -> String {
    let (first, second) = (random.pick(&FIRST), random.pick(&SECOND));
    format!("{}{first}{second}{}", town.zh, random.pick(&TRADES))
}

/// A firm with an English name.
pub(crate) fn english_firm(random: &mut Random) -> String {
    let (word, place) = (random.pick(&WORDS), random.pick(&PLACES));
    format!("{word} {place} {}", random.pick(&FIRMS))
}

/// A person with a Chinese name.
pub(crate) fn chinese_person(random: &mut Random) -> String {
    format!("{}{}", random.pick(&SURNAMES), random.pick(&GIVEN))
}

/// A person with an English name.
pub(crate) fn english_person(random: &mut Random) -> String {
    format!("{} {}", random.pick(&ENGLISH_GIVEN), random.pick(&ENGLISH_SURNAMES))
}
