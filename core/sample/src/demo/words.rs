//! What is sold, and what people say.

/// The products: name, category, price in yuan a case.
pub(super) const PRODUCTS: [(&str, &str, i64); 24] = [
    ("乌龙茶饮 500ml×15", "饮料", 45),
    ("柚子苏打 330ml×24", "饮料", 62),
    ("Cold Brew Coffee 280ml×12", "饮料", 88),
    ("燕麦奶 1L×6", "饮料", 72),
    ("椰子水 350ml×12", "饮料", 66),
    ("酸梅汤 500ml×15", "饮料", 48),
    ("鲜味酱油 1.8L×6", "调味", 96),
    ("香醋 500ml×12", "调味", 78),
    ("黄豆酱 800g×12", "调味", 108),
    ("花椒油 250ml×20", "调味", 160),
    ("Tomato Ketchup 500g×20", "调味", 130),
    ("牛肉火锅底料 200g×40", "调味", 268),
    ("海苔脆 40g×30", "零食", 105),
    ("烤南瓜子 180g×24", "零食", 150),
    ("Rice Crackers 120g×24", "零食", 118),
    ("山楂条 150g×30", "零食", 126),
    ("黑芝麻糊 480g×12", "冲调", 165),
    ("藕粉 300g×20", "冲调", 240),
    ("Instant Oats 1kg×10", "冲调", 142),
    ("挂面 900g×12", "粮油", 84),
    ("五常大米 10kg", "粮油", 92),
    ("菜籽油 5L×4", "粮油", 236),
    ("Canned Mackerel 155g×48", "罐头", 312),
    ("糖水黄桃 425g×24", "罐头", 168),
];

/// The channels through which a dealer sells on.
pub(super) const SECTORS: [&str; 5] =
    ["supermarket", "convenience", "wholesale", "restaurant", "online"];

/// Where a dealer was heard of first.
pub(super) const SOURCES: [&str; 6] =
    ["trade_show", "referral", "street_canvass", "telephone", "web_search", "social_media"];

/// What came of a contact.
pub(super) const OUTCOMES: [&str; 6] =
    ["interested", "ordered", "needs_time", "asked_for_price", "no_answer", "routine"];

/// Why a visit failed.
pub(super) const FAILURES: [&str; 5] = ["policy", "mismatch", "money", "tied", "other"];

/// How a dealer felt.
pub(super) const MOODS: [&str; 4] = ["calm", "rising", "falling", "complacent"];

/// Complaints, in Chinese and English.
pub(super) const COMPLAINTS: [[&str; 2]; 6] = [
    ["三箱外包装破损，要求换货", "Three cases arrived crushed, wants them exchanged"],
    ["瓶盖渗漏", "Caps leak"],
    ["送货晚了两天，周末断货", "Delivered two days late, sold out over the weekend"],
    ["临期产品比例太高", "Too many cases close to their date"],
    ["返利没有按时到账", "The rebate has not arrived"],
    ["开票金额与订单不符", "The invoice does not match the order"],
];

/// Promises, in Chinese and English.
pub(super) const PROMISES: [[&str; 2]; 4] = [
    ["送新品样品两箱", "Two cases of samples of the new line"],
    ["提供陈列架", "A display rack"],
    ["核对返利明细", "The details of the rebate"],
    ["安排厂家人员到店培训", "A training on site by the maker"],
];

/// Notes, in Chinese and English.
pub(super) const NOTES: [[&str; 2]; 6] = [
    ["门店准备扩建冷柜", "Is about to extend the cold shelves"],
    ["老板更看重毛利，不看重返利", "The owner cares for margin, not for rebates"],
    ["主推竞品，我们排第三", "Pitches a competitor first, us third"],
    ["旺季前希望提前备货", "Wants to stock up before the season"],
    ["仓库面积约两百平方米", "The store room has about 200 square metres"],
    ["采购由老板娘决定", "The owner's wife decides what is bought"],
];

/// What deals are about, in Chinese and English.
pub(super) const DEALS: [[&str; 2]; 8] = [
    ["年度经销协议", "annual dealer agreement"],
    ["夏季饮品陈列", "summer drinks display"],
    ["调味品首批铺货", "first stock of sauces"],
    ["社区团购专供", "supply for group buying"],
    ["冷柜投放", "chilled cabinets"],
    ["礼盒装预订", "gift boxes, ordered ahead"],
    ["餐饮渠道供货", "supply to restaurants"],
    ["新品独家首发", "exclusive launch"],
];

/// Why a deal was lost.
pub(super) const LOST: [&str; 4] =
    ["price", "tied to a competitor", "no budget this year", "no answer"];

/// The people at a dealer: role, department, influence.
pub(super) const ROLES: [(&str, &str, &str); 4] = [
    ("owner", "management", "high"),
    ("purchasing manager", "purchasing", "medium"),
    ("shop manager", "sales", "medium"),
    ("bookkeeper", "finance", "low"),
];
