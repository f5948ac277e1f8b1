-- 客户调查阶段（周）总结表: what the canvasses of a period found together.

local canvass, brands = require("canvass")(kehu), require("brands")
local say, asked = kehu.say, kehu.report
local rep = asked.rep

local last = asked.to or kehu.as_of
local first = asked.from or last - 6
if first > last then
  kehu.fail(say{ en = "the period ends on {to}, before it begins on {from}", zh = "期间的止日 {to} 早于起日 {from}",
    from = kehu.day.format(first), to = kehu.day.format(last) })
end

local rows = {}
for _, row in ipairs(canvass.canvasses(nil, rep)) do
  if row.happened >= first and row.happened <= last then rows[#rows + 1] = row end
end

local days, by_day, customers, ids = {}, {}, {}, {}
local carried, by_brand = {}, {}
local function brand_of(name)
  local key = brands.plain(name)
  if by_brand[key] == nil then
    by_brand[key] = { brand = name, carried = 0, lead = 0 }
    carried[#carried + 1] = by_brand[key]
  end
  return by_brand[key]
end
local latest = {}
for _, row in ipairs(rows) do
  local key = row.happened .. "/" .. (row.rep or "")
  local day = by_day[key]
  if day == nil then
    day = { day = row.happened, rep = row.rep, canvassed = 0, sides = 0 }
    by_day[key] = day
    days[#days + 1] = day
  end
  day.canvassed, day.sides = day.canvassed + 1, day.sides + canvass.sides_of(row)
  if customers[row.customer] == nil then
    customers[row.customer] = true
    ids[#ids + 1] = row.customer
  end
  -- Of a shop that was canvassed twice the last answers count.
  local known = latest[row.customer] or {}
  for _, item in ipairs(canvass.items) do
    if row[item.field] ~= nil then known[item.field] = row[item.field] end
  end
  latest[row.customer] = known
end
for _, day in ipairs(days) do day.sides = day.sides / day.canvassed end

local demand = { high = {}, middle = {}, low = {} }
for _, id in ipairs(ids) do
  local known = latest[id]
  local seen = {}
  for _, brand in ipairs(brands.list(known.brands_carried or "")) do
    local one = brand_of(brand)
    if not seen[one] then
      seen[one] = true
      one.carried = one.carried + 1
    end
  end
  if known.lead_brand then
    local lead = brand_of(known.lead_brand)
    lead.lead = lead.lead + 1
  end
  for name, list in pairs(demand) do
    local share = known[name .. "_demand"]
    if share then list[#list + 1] = share end
  end
end

local of = rep and say{ en = " of {rep}", zh = "（{rep}）", rep = rep.name } or ""
print(say{
  en = "Street canvass{of}, {from} to {to}: {n} {n|canvass|canvasses}, {customers} {customers|customer|customers}",
  zh = "客户调查阶段（周）总结表{of}，{from} 至 {to}：调查 {n} 次，客户 {customers} 家",
  of = of, from = kehu.day.format(first), to = kehu.day.format(last), n = #rows, customers = #ids,
})
kehu.facts{
  from = kehu.day.format(first), to = kehu.day.format(last), rep = rep and rep.name, canvasses = #rows, customers = #ids,
  high_demand = kehu.list.mean(demand.high), middle_demand = kehu.list.mean(demand.middle), low_demand = kehu.list.mean(demand.low),
}

kehu.table{
  name = "days", title = { en = "Days", zh = "各日" },
  { "day", as = "day", title = { en = "day", zh = "日期" } }, { "rep", title = { en = "rep", zh = "业务员" } },
  { "canvassed", title = { en = "canvassed", zh = "调查家数" } },
  { "sides", digits = 1, title = { en = "sides found, of 4", zh = "平均了解方面（共 4）" } },
  rows = kehu.sort(days, "day", "rep"),
}
if #carried > 0 then
  kehu.table{
    name = "brands", title = { en = "Brands in the shops", zh = "品牌分布" },
    { "brand", title = { en = "brand", zh = "品牌" } }, { "carried", title = { en = "carried by", zh = "经营家数" } },
    { "lead", title = { en = "lead brand of", zh = "主推家数" } },
    rows = kehu.sort(carried, "-carried", "-lead", "brand"),
  }
end
local shares = {}
for _, name in ipairs({ "high", "middle", "low" }) do
  if #demand[name] > 0 then shares[#shares + 1] = { demand = name, share = kehu.list.mean(demand[name]), answers = #demand[name] } end
end
if #shares > 0 then
  kehu.table{
    name = "demand", title = { en = "Consumers' demand", zh = "消费需求" },
    { "demand", labels = { high = { en = "high", zh = "高端" }, middle = { en = "middle", zh = "中端" }, low = { en = "low", zh = "低端" } }, title = { en = "demand", zh = "需求" } },
    { "share", digits = 1, title = { en = "mean share, %", zh = "平均比例 %" } }, { "answers", title = { en = "answers", zh = "样本数" } },
    rows = shares,
  }
end
if #ids > 0 then
  local roles = kehu.gather(kehu.customers{
    where = "id in (" .. table.concat(ids, ", ") .. ")", sort = "-prospect_rank",
    columns = "name, target_customer, evaluation, suggested_role, carries_reference, prospect_rank",
  })
  kehu.table{
    name = "prospects", title = { en = "Who to develop first", zh = "优先开发顺序" },
    { "name", title = { en = "customer", zh = "客户" } },
    { "target_customer", labels = "target_customer", title = { en = "target customer", zh = "目标客户" } },
    { "suggested_role", labels = "suggested_role", title = { en = "suggested role", zh = "建议" } },
    { "evaluation", digits = 3, title = { en = "evaluation", zh = "加权评价" } },
    { "carries_reference", title = { en = "follow the leader", zh = "亦步亦趋" } },
    { "prospect_rank", digits = 1, title = { en = "rank", zh = "开发排序分" } },
    rows = roles,
  }
end
canvass.show_countermeasures(canvass.countermeasures(rows, brands.carried))
