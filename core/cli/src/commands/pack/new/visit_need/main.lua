-- My-pack: customers who have bought are visited more often than others.

local settings = kehu.settings
local MONTH = 30
local MINUTES = 60

local buyer = kehu.rule{
  id = "buyer", input = "purchases", op = ">", limit = 0,
  en = "{value} {value|purchase|purchases} so far: {2} {2|visit|visits} a month",
  zh = "已购买 {value} 次：每月拜访 {2} 次",
}
local other = kehu.rule{
  id = "other", en = "no purchase yet: {1} {1|visit|visits} a month", zh = "尚未购买：每月拜访 {1} 次",
}
local usual = kehu.rule{ id = "usual", en = "a visit takes {1} minutes", zh = "每次 {1} 分钟" }
local evenly = kehu.rule{
  id = "evenly", en = "{1} {1|visit|visits} a month: every {2} days", zh = "每月 {1} 次：每 {2} 天一次",
}
local bought = kehu.rule{
  id = "bought", input = "amount_12m", en = "bought for {value} in 12 months", zh = "近 12 个月购买 {value}",
}

-- Called for each customer: c has what the needs in pack.toml name, nil where the customer has no value.
local function visit_need(c, ctx)
  local given = {}
  local visits = settings.visits_of_others
  if ctx:holds(buyer) then
    visits = settings.visits_of_buyers
    given.visits_per_month = ctx:set("visits_per_month", visits, buyer, c.purchases, visits)
  else
    given.visits_per_month = ctx:set("visits_per_month", visits, other, visits)
  end
  given.visit_minutes = ctx:set("visit_minutes", MINUTES, usual, MINUTES)
  if visits > 0 then
    local gap = math.floor(MONTH / visits)
    given.visit_gap_days = ctx:set("visit_gap_days", gap, evenly, visits, gap)
  end
  given.visit_value = ctx:set("visit_value", c.amount_12m or 0, bought)
  return given
end

return { visit_need = visit_need }
