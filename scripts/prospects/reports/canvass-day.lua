-- 客户扫街日报表: who was canvassed on a day, what was found, and what to do about it.

local canvass, brands = require("canvass")(kehu), require("brands")
local say, asked = kehu.say, kehu.report
local rep = asked.rep

-- What was canvassed on a day is often typed later: another day is named with --from, not with --as-of.
local day = asked.from or kehu.as_of
local rows = {}
for _, row in ipairs(canvass.canvasses(nil, rep)) do
  if row.happened == day then rows[#rows + 1] = row end
end
local shown, sides = {}, 0
for at, row in ipairs(rows) do
  local count = canvass.sides_of(row)
  sides = sides + count
  shown[at] = {
    customer = row.customer_name, rep = row.rep, asked_how = row.asked_how, brands = row.brands_carried, lead_brand = row.lead_brand,
    sales = row.shop_sales, sides = count, policy = row.rival_policy, wholesale = row.rival_wholesale_price,
    retail = row.rival_retail_price, promotions = row.rival_promotions, dealers = row.rival_dealers,
    criteria = row.consumer_criteria, high = row.high_demand, middle = row.middle_demand, low = row.low_demand,
  }
end

local of = rep and say{ en = " of {rep}", zh = "（{rep}）", rep = rep.name } or ""
print(say{
  en = "Street canvass{of}, {day}: {n} {n|customer|customers}", zh = "客户扫街日报表{of}，{day}：调查 {n} 家",
  of = of, day = kehu.day.format(day), n = #rows,
})
kehu.facts{ day = kehu.day.format(day), rep = rep and rep.name, customers = #rows, sides_found = sides }

local CUSTOMER = { "customer", title = { en = "customer", zh = "客户" } }
kehu.table{
  name = "canvassed", title = { en = "Canvassed", zh = "调查客户" }, CUSTOMER,
  { "rep", title = { en = "rep", zh = "业务员" } },
  { "asked_how", labels = canvass.words, title = { en = "way of asking", zh = "调查方式" } },
  { "brands", title = { en = "brands carried", zh = "经营品牌" } },
  { "lead_brand", title = { en = "lead brand", zh = "主推品牌" } },
  { "sales", as = "money", title = { en = "sales a month", zh = "月销售额" } },
  { "sides", title = { en = "sides found, of 4", zh = "已了解方面（共 4）" } },
  rows = shown,
}
local rivals, consumers = {}, {}
for _, row in ipairs(shown) do
  if row.policy or row.wholesale or row.retail or row.promotions or row.dealers then rivals[#rivals + 1] = row end
  if row.criteria or row.high or row.middle or row.low then consumers[#consumers + 1] = row end
end
if #rivals > 0 then
  kehu.table{
    name = "competitors", title = { en = "Competitors", zh = "竞争对手" }, CUSTOMER,
    { "policy", title = { en = "sales policy", zh = "销售政策" } },
    { "wholesale", as = "money", title = { en = "wholesale price", zh = "批发价" } },
    { "retail", as = "money", title = { en = "retail price", zh = "零售价" } },
    { "promotions", title = { en = "promotions", zh = "促销" } },
    { "dealers", labels = canvass.words, title = { en = "its dealers", zh = "其经销商" } },
    rows = rivals,
  }
end
if #consumers > 0 then
  kehu.table{
    name = "consumers", title = { en = "Consumers", zh = "消费者" }, CUSTOMER,
    { "criteria", title = { en = "what they weigh", zh = "看重什么" } },
    { "high", title = { en = "high demand, %", zh = "高端 %" } },
    { "middle", title = { en = "middle, %", zh = "中端 %" } },
    { "low", title = { en = "low, %", zh = "低端 %" } },
    rows = consumers,
  }
end
canvass.show_countermeasures(canvass.countermeasures(rows, brands.carried))
