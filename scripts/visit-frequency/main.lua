-- Visit frequency: how often and how long a customer is visited, why, and what a visit is worth.

local settings = kehu.settings
local purposes, topics = settings.purposes, settings.topics

if #purposes < 2 or #purposes ~= #topics then
  error("the settings purposes and topics have " .. #purposes .. " and " .. #topics
    .. " entries; give both the same number, at least 2")
end

local MONTH = 30
local DAYS_IN_A_ROW = { anchored = settings.anchored_days, dig_in = settings.dig_in_days }

local by_tier = kehu.rule{
  id = "by_tier",
  en = "tier {2}: {1} {1|visit|visits} a month", zh = "{2}：每月拜访 {1} 次",
}
local by_key_list = kehu.rule{
  id = "by_key_list",
  en = "on the key list, counts as tier {2}: {1} {1|visit|visits} a month", zh = "在重点客户名单上，按 {2}：每月拜访 {1} 次",
}
local other_tier = kehu.rule{
  id = "other_tier",
  en = "tier {2} has no frequency of its own, so {1} {1|visit|visits} a month", zh = "{2} 未设频率，按每月 {1} 次",
}
local no_tier = kehu.rule{
  id = "no_tier",
  en = "no tier is known, so {1} {1|visit|visits} a month", zh = "没有等级，按每月 {1} 次",
}
local in_a_row = kehu.rule{
  id = "in_a_row",
  en = "worked {2}: {1} {1|day|days} in a row, once a month", zh = "以{3}方式：每月一轮，连续 {1} 天",
}
local usual_minutes = kehu.rule{
  id = "minutes", en = "{1} {1|minute|minutes} a visit", zh = "每次 {1} 分钟",
}
local gap = kehu.rule{
  id = "gap",
  en = "{1} {1|visit|visits} a month: every {2} {2|day|days}", zh = "每月 {1} 次：每 {2} 天一次",
}
local round_gap = kehu.rule{
  id = "round_gap", en = "one round every {1} {1|day|days}", zh = "每 {1} 天一轮",
}
local chosen_mode = kehu.rule{
  id = "mode", en = "the workspace works customers this way", zh = "本工作区的拜访方式",
}
local tier_mode = kehu.rule{
  id = "tier_mode", en = "customers of tier {1} are worked this way", zh = "{1} 的客户采用此方式",
}
local ATTITUDES = {
  first = { en = "earns with you", zh = "靠你挣钱" }, second = { en = "moves when pushed", zh = "你推才动" },
  third_able = { en = "cannot be pushed, but is able", zh = "推不动，但有能力" },
  third_unable = { en = "cannot be pushed and lacks ability", zh = "推不动，且没有能力" },
}
for key in pairs(settings.mode_by_attitude) do
  if ATTITUDES[key] == nil then
    error("the setting mode_by_attitude has \"" .. key .. "\", expected first, second, third_able or third_unable")
  end
end
for key, attitude in pairs(ATTITUDES) do
  attitude.rule = kehu.rule{
    id = "mode_" .. key, en = attitude.en .. ": worked this way", zh = attitude.zh .. "：采用此方式",
  }
  attitude.rarely = kehu.rule{
    id = "rarely_" .. key,
    en = attitude.en .. ": visited rarely, {1} {1|visit|visits} a month rather than {2}", zh = attitude.zh .. "：少去，每月 {1} 次，而非 {2} 次",
  }
  attitude.never = kehu.rule{ id = "none_" .. key, en = attitude.en .. ": no visits", zh = attitude.zh .. "：不安排拜访" }
end
local before_purchase = kehu.rule{
  id = "before_purchase",
  en = "no purchase yet, {1} {1|visit|visits} made: visit {2} of {3}", zh = "尚未购买，已拜访 {1} 次：第 {2} 步，共 {3} 步",
}
local bought = kehu.rule{
  id = "bought", input = "purchases", op = ">", limit = 0,
  en = "{value} {value|purchase|purchases} so far", zh = "已购买 {value} 次",
}
local bought_amount = kehu.rule{
  id = "bought_amount", input = "amount_12m",
  en = "bought for {value} in 12 months", zh = "近 12 个月购买 {value}",
}
local expected = kehu.rule{
  id = "expected", input = "open_deal_amount",
  en = "open deals of {value}, at best {2} % likely", zh = "进行中商机 {value}，最高赢单概率 {2}%",
}
local no_amount = kehu.rule{
  id = "no_amount",
  en = "neither purchases in 12 months nor open deals with an amount", zh = "近 12 个月无购买，也没有有金额的商机",
}
local in_funnel = kehu.rule{
  id = "in_funnel", en = "its best deal is in the {1} of the funnel", zh = "最有望的商机位于漏斗{2}",
}
local new_customer = kehu.rule{
  id = "new_customer", en = "no purchase yet: work on new customers", zh = "尚未购买：属于开发新客户",
}
local no_part = kehu.rule{
  id = "no_part", en = "no deal that sets its place in the order of work", zh = "没有决定工作顺序的商机",
}

local PART_ZH = { bottom = "底部", middle = "中部" }
local MODE_ZH = { anchored = "驻点", dig_in = "死磕" }

local function attitude_of(c)
  if c.attitude == "earns_with_you" then return "first" end
  if c.attitude == "moves_when_pushed" then return "second" end
  if c.attitude == "cannot_be_pushed" then return c.attitude_strategy == "give_up" and "third_unable" or "third_able" end
  return nil
end

local function mode_of(tier, key)
  local by_attitude = key and settings.mode_by_attitude[key]
  if by_attitude == "rarely" or by_attitude == "none" then return "rotating", ATTITUDES[key].rule end
  if by_attitude then return by_attitude, ATTITUDES[key].rule end
  local own = tier and settings.mode_by_tier[tier]
  if own then return own, tier_mode end
  return settings.mode, chosen_mode
end

local function by_its_tier(tier)
  if not tier then return settings.visits_otherwise, no_tier end
  local visits = settings.visits_by_tier[tier]
  if visits then return visits, by_tier end
  return settings.visits_otherwise, other_tier
end

-- How many visits a month, the rule that says so, and what stands in it.
local function frequency(tier, key)
  local by_attitude = key and settings.mode_by_attitude[key]
  if by_attitude == "none" then return 0, ATTITUDES[key].never end
  local usual, rule = by_its_tier(tier)
  if by_attitude == "rarely" and settings.rare_visits < usual then return settings.rare_visits, ATTITUDES[key].rarely, usual end
  return usual, rule, tier
end

local function purpose_of(c)
  if c.purchases and c.purchases > 0 then return #purposes, bought end
  return math.min((c.visits or 0) + 1, #purposes - 1), before_purchase
end

local function value_of(c, ctx)
  local s = ctx:column("visit_value")
  local amount, open = c.amount_12m or 0, c.open_deal_amount or 0
  if amount ~= 0 then s:add(bought_amount, settings.weight_amount * amount, amount) end
  local likely = c.probability or 0
  if open ~= 0 then
    s:add(expected, settings.weight_deals * open * likely, open, math.floor(likely * 1000 + 0.5) / 10)
  end
  if amount == 0 and open == 0 then s:because(no_amount) end
  return s
end

local function group_of(c, ctx)
  if c.funnel_part == "bottom" or c.funnel_part == "middle" then
    return ctx:set("visit_group", c.funnel_part, in_funnel, c.funnel_part, PART_ZH[c.funnel_part])
  elseif not c.purchases or c.purchases == 0 then
    return ctx:set("visit_group", "prospecting", new_customer)
  end
  return ctx:missing("visit_group", no_part)
end

local function need(c, ctx)
  local tier = c.key_account and settings.key_account_as or c.tier
  local attitude = attitude_of(c)
  local mode, mode_rule = mode_of(tier, attitude)
  local place, purpose_rule = purpose_of(c)
  local purpose = ctx:label("visit_purpose", purposes[place].key, purpose_rule,
    purpose_rule == bought and c.purchases or c.visits or 0, place, #purposes - 1)
  local given = {
    visit_mode = ctx:label("visit_mode", mode, mode_rule, tier),
    visit_purpose = purpose,
    visit_topics = ctx:label("visit_topics", topics[place].key, purpose_rule,
      purpose_rule == bought and c.purchases or c.visits or 0, place, #purposes - 1),
    visit_value = value_of(c, ctx),
    visit_group = group_of(c, ctx),
  }
  local visits, rule, by = frequency(tier, attitude)
  if c.key_account and rule == by_tier then rule = by_key_list end
  local days = DAYS_IN_A_ROW[mode]
  if visits > 0 and days then
    given.visits_per_month = ctx:set("visits_per_month", days, in_a_row, days, mode, MODE_ZH[mode])
    given.visit_minutes = ctx:set("visit_minutes", settings.minutes_of_stay, usual_minutes, settings.minutes_of_stay)
    given.visit_gap_days = ctx:set("visit_gap_days", MONTH, round_gap, MONTH)
    return given
  end
  given.visits_per_month = ctx:set("visits_per_month", visits, rule, visits, by)
  given.visit_minutes = ctx:set("visit_minutes", settings.minutes, usual_minutes, settings.minutes)
  if visits > 0 then
    local between = math.max(1, math.floor(MONTH / visits))
    given.visit_gap_days = ctx:set("visit_gap_days", between, gap, visits, between)
  end
  return given
end

return { visit_need = need }
