-- Competitors by area: at how many customers, who is tied, who can be won, and what was learned.

local settings, report = kehu.settings, kehu.report
local rep = report.rep and report.rep.name

local function said(text)
  local trimmed = type(text) == "string" and kehu.text.trim(text)
  return trimmed and trimmed ~= "" and trimmed or nil
end
local function plain_name(text) return kehu.text.lower(kehu.text.narrow(text)) end
local function in_period(number)
  return (report.from == nil or number >= report.from) and (report.to == nil or number <= report.to)
end

local columns = { "id", "name", "owner", "competitor", "competitor_tie", "amount_12m", "competitor_in_use" }
local regions
if settings.area == "rep_region" then
  regions = {}
  for each in kehu.reps{ columns = "name, region" } do regions[each.name] = each.region end
else
  columns[#columns + 1] = settings.area
end
local all, customers = {}, {}
for c in kehu.customers{ columns = columns } do
  if rep == nil or c.owner == rep then
    all[#all + 1], customers[c.id] = c, c
  end
end
local function area_of(c)
  local area
  if regions then area = c.owner and regions[c.owner] else area = c[settings.area] end
  return said(area)
end

-- Every competitor at every customer: from the records, and from the customer's own field.
local found, facts = {}, {}
local function at(c, name)
  local area = area_of(c)
  local key = (area or "") .. "\n" .. plain_name(name)
  local row = found[key]
  if row == nil then
    row = { area = area, competitor = name, ids = {}, customers = 0, tied = 0, winnable = 0, amount = 0 }
    found[key] = row
  end
  if not row.ids[c.id] then
    row.ids[c.id] = true
    row.customers, row.amount = row.customers + 1, row.amount + (c.amount_12m or 0)
    local is_its = c.competitor == nil or plain_name(c.competitor) == plain_name(name)
    if is_its and c.competitor_tie == "tied" then row.tied = row.tied + 1 end
    if is_its and (c.competitor_tie == "winnable" or c.competitor_tie == "shared") then row.winnable = row.winnable + 1 end
  end
  return row
end
local asked = { "customer", "customer_name", "happened", "rep", "text", "about", "competitor", "competitor_policy", "competitor_assortment",
  "competitor_price", "competitor_promotion", "can_be_won", "tied_until" }
for fact in kehu.interactions{ where = "kind = 'competitor'", columns = asked } do
  local c = customers[fact.customer]
  local name = said(fact.competitor)
  if c and name and in_period(fact.happened) then
    local row = at(c, name)
    row.last = math.max(row.last or fact.happened, fact.happened)
    facts[#facts + 1] = { area = row.area, competitor = row.competitor, customer = fact.customer_name, day = fact.happened,
      policy = fact.competitor_policy, assortment = fact.competitor_assortment, price = fact.competitor_price,
      promotion = fact.competitor_promotion, can_be_won = fact.can_be_won, tied_until = fact.tied_until, text = fact.text }
  end
end
for _, c in ipairs(all) do
  local name = said(c.competitor_in_use)
  -- What stands on file has no day: a period leaves it out.
  if name and report.from == nil and report.to == nil then at(c, name) end
end

local rows = {}
for _, row in pairs(found) do rows[#rows + 1] = row end
kehu.table{
  name = "competitors", title = { en = "By area", zh = "按区域" },
  { "area", title = { en = "area", zh = "区域" } }, { "competitor", title = { en = "competitor", zh = "竞争对手" } },
  { "customers", title = { en = "customers", zh = "客户数" }, as = "number" },
  { "tied", title = { en = "tied", zh = "受牵制" }, as = "number" },
  { "winnable", title = { en = "can be won or shared", zh = "可争取或共享" }, as = "number" },
  { "amount", title = { en = "we sold them in 12 months", zh = "我方近12个月销售额" }, as = "money" },
  { "last", title = { en = "last recorded", zh = "最近记录" }, as = "day" },
  rows = kehu.sort(rows, "area", "-customers", "competitor"),
}

local tied = {}
for _, c in ipairs(all) do
  if c.competitor_tie == "tied" then
    tied[#tied + 1] = { customer = c.name, area = area_of(c), owner = c.owner, competitor = c.competitor, amount = c.amount_12m }
  end
end
kehu.table{
  name = "tied", title = { en = "Customers tied to a competitor", zh = "受竞争对手牵制的客户" },
  { "customer", title = { en = "customer", zh = "客户" } }, { "area", title = { en = "area", zh = "区域" } },
  { "owner", title = { en = "rep", zh = "业务员" } }, { "competitor", title = { en = "competitor", zh = "竞争对手" } },
  { "amount", title = { en = "we sold them in 12 months", zh = "我方近12个月销售额" }, as = "money" },
  rows = kehu.sort(tied, "area", "-amount", "customer"),
}

kehu.table{
  name = "facts", title = { en = "What was learned", zh = "所了解的情况" },
  { "area", title = { en = "area", zh = "区域" } }, { "competitor", title = { en = "competitor", zh = "竞争对手" } },
  { "day", title = { en = "day", zh = "日期" }, as = "day" }, { "customer", title = { en = "customer", zh = "客户" } },
  { "policy", title = { en = "policy", zh = "政策" } }, { "assortment", title = { en = "assortment", zh = "品种" } },
  { "price", title = { en = "price", zh = "价格" } }, { "promotion", title = { en = "promotion", zh = "促销" } },
  { "can_be_won", title = { en = "can it be won", zh = "能否争取" }, labels = "can_be_won" }, { "tied_until", title = { en = "tied until", zh = "受牵制至" }, as = "day" },
  { "text", title = { en = "words", zh = "说明" } },
  rows = kehu.sort(facts, "area", "competitor", "-day", "customer"),
}
local known = 0
for _, c in ipairs(all) do if c.competitor then known = known + 1 end end
kehu.facts{ customers = #all, with_a_competitor = known }
print(kehu.say{ en = "A competitor is known at {known} of {total} customers.", zh = "{total} 个客户中 {known} 个已知有竞争对手。", known = known, total = #all })
