-- What a tier is for: its service policy, the way up, and whether effort and value go together.

local settings = kehu.settings

for _, key in ipairs({ "visit", "meeting", "call", "message" }) do
  if settings.minutes[key] == nil then error("the setting minutes lacks \"" .. key .. "\"") end
end
if settings.result ~= "amount" and settings.result ~= "margin" then
  error("the setting result is \"" .. settings.result .. "\", expected amount or margin")
end
if settings.population ~= "active" and settings.population ~= "all" then
  error("the setting population is \"" .. settings.population .. "\", expected active or all")
end

-- The policy of each tier, in one sentence

local function by_key(list)
  local found = {}
  for _, each in ipairs(list) do found[each.key] = each end
  return found
end
local terms, services, owner_roles = by_key(settings.terms), by_key(settings.services), by_key(settings.owner_roles)
local policies, tier_above = {}, {}
for at, policy in ipairs(settings.policies) do
  local key = policy.key
  for name, list in pairs({ terms = terms, services = services, owner_roles = owner_roles, contact_days = settings.contact_days }) do
    if list[key] == nil then error("the setting " .. name .. " lacks the tier \"" .. key .. "\" of policies") end
  end
  tier_above[key] = settings.policies[at - 1]
  policies[key] = kehu.rule{
    id = "policy_" .. at,
    en = "tier {2}, " .. policy.en .. ": contact every {1} {1|day|days}; " .. terms[key].en .. "; " .. services[key].en
      .. "; responsible: " .. owner_roles[key].en,
    zh = "{2}，" .. policy.zh .. "：每 {1} 天联系一次；" .. terms[key].zh .. "；" .. services[key].zh
      .. "；负责人：" .. owner_roles[key].zh,
  }
end
if policies[settings.key_account_as] == nil then
  error("the setting key_account_as is \"" .. settings.key_account_as .. "\", which is none of policies")
end

local no_tier = kehu.rule{ id = "no_tier", en = "no tier is known, so no policy", zh = "没有等级，因此没有服务政策" }
local no_policy = kehu.rule{
  id = "no_policy", en = "no service policy is set for tier {1}", zh = "没有为 {1} 设服务政策",
}
local by_list = kehu.rule{
  id = "by_list", en = "on the key list: it gets the policy of tier {1}", zh = "在重点客户名单上：享受 {1} 的政策",
}

local function policy(c, ctx)
  local tier = c.key_account and settings.key_account_as or c.tier
  if tier == nil or policies[tier] == nil then
    local why = tier == nil and no_tier or no_policy
    return {
      service_policy = ctx:missing("service_policy", why, tier),
      contact_interval = ctx:missing("contact_interval", why, tier),
    }
  end
  local days = settings.contact_days[tier]
  local label = ctx:label("service_policy", tier, policies[tier], days, tier)
  if c.key_account then label:because(by_list, tier) end
  return { service_policy = label, contact_interval = ctx:set("contact_interval", days, policies[tier], days, tier) }
end

-- The way up. A customer's index is the weighted mean of its percentile ranks, with the shares that the pack
-- tiers gives; the fit keeps which value has which place, so that a rank can be read as an amount.

local GRID = 400

local INDICATORS = {
  { column = "amount_12m", key = "amount", share = "index_share_amount", en = "amount of 12 months", zh = "近 12 个月金额" },
  { column = "margin_12m", key = "margin", share = "index_share_margin", en = "margin of 12 months", zh = "近 12 个月毛利" },
  { column = "credit", key = "credit", share = "index_share_credit", en = "credit", zh = "信用" },
  { column = "rfm_frequency", key = "frequency", share = "index_share_frequency", en = "number of purchases", zh = "购买次数" },
}
local used = {}
for _, indicator in ipairs(INDICATORS) do
  indicator.rank = indicator.column .. "_rank"
  indicator.shortest = kehu.rule{
    id = indicator.key .. "_shortest", input = indicator.rank,
    en = "{1} {1|point|points} short of {2}; the shortest indicator is " .. indicator.en .. ", at percentile rank {3}",
    zh = "距 {2} 差 {1} 分；最短的指标是" .. indicator.zh .. "，百分位排名仅 {3}",
  }
  indicator.way = kehu.rule{
    id = indicator.key .. "_way", input = indicator.column,
    en = indicator.en .. " {value}: by it alone, more than {limit} is enough",
    zh = indicator.zh .. " {value}：仅凭此项，超过 {limit} 即可",
  }
  indicator.too_far = kehu.rule{
    id = indicator.key .. "_too_far", input = indicator.column,
    en = indicator.en .. " {value}: even at the top it adds only {3} of {4} points",
    zh = indicator.zh .. " {value}：即使升到最高也只增加 {3} 分，需 {4} 分",
  }
  indicator.unknown = kehu.rule{
    id = indicator.key .. "_unknown",
    en = indicator.en .. " is not recorded: its weight is shared out over the others", zh = "没有记录" .. indicator.zh .. "：其权重分摊到其他指标",
  }
  used[#used + 1] = indicator
end

local at_top = kehu.rule{ id = "at_top", en = "already in the highest tier", zh = "已在最高级" }
local idle = kehu.rule{
  id = "idle", en = "all indicators are 0: any purchase is a beginning", zh = "所有指标均为 0：任何购买都是开始",
}
local untiered = kehu.rule{
  id = "untiered", en = "no index is known: it takes the pack tiers", zh = "没有指数：需启用 tiers",
}
local no_amount = kehu.rule{
  id = "no_amount", en = "the amount is not known, or has no weight: nothing can be said in money", zh = "金额未知或没有权重，无法用金额表示",
}

local function round(number, places)
  local factor = 10 ^ (places or 2)
  return math.floor(number * factor + 0.5) / factor
end

-- For each indicator, how many customers have it and the values at its places, from the least: all of
-- them where they are few.
local function places(columns)
  local found = {}
  for _, indicator in ipairs(used) do
    local column = columns[indicator.column]
    local weighs = columns[indicator.share]
    local count = column and weighs and (weighs:max() or 0) > 0 and column:count() or 0
    if count > 1 then
      local steps, values = math.min(count - 1, GRID), {}
      for step = 0, steps do values[step + 1] = round(column:quantile(step / steps), 4) end
      found[indicator.column] = { count = count, values = values }
    end
  end
  return { places = found }
end

-- The value beyond which a customer is ahead of such a share of the others; nil if that is not to be had.
local function value_at(known, rank)
  if known == nil then return nil end
  local others, steps = known.count - 1, #known.values - 1
  -- Indexes are given to a millionth of a point: a rank that is reached must not seem missed by that.
  local ahead = math.ceil(rank * others - 1e-7 * others - 1e-9)
  if ahead > others then return nil end
  -- Between the places that were kept, one customer more is on the safe side.
  if steps < others then ahead = math.min(ahead + 1, others) end
  return known.values[math.ceil(ahead / others * steps - 1e-9) + 1]
end

local function is_idle(c)
  for _, indicator in ipairs(used) do
    local value = c[indicator.column]
    if value and value ~= 0 then return false end
  end
  return true
end

-- What an indicator weighs in the customer's index; nil where it is not known, or no part of the scheme.
local function share_of(c, indicator)
  local share = c[indicator.share]
  return share and share > 0 and share or nil
end

-- The indicator of the index by which the customer is furthest behind.
local function shortest(c)
  local least
  for _, indicator in ipairs(used) do
    local rank = share_of(c, indicator) and c[indicator.rank]
    if rank and (least == nil or rank < c[least.rank]) then least = indicator end
  end
  return least
end

local function upgrade(c, ctx)
  local function none(why, one, two)
    return {
      upgrade_by = ctx:missing("upgrade_by", why, one, two), upgrade_amount = ctx:missing("upgrade_amount", why, one, two),
    }
  end
  if c.value_index == nil or c.tier == nil then return none(untiered) end
  if policies[c.tier] == nil then return none(no_policy, c.tier) end
  local least = shortest(c)
  if least == nil then return none(untiered) end
  -- A tier that a person set may be the highest, whatever the points.
  if c.tier_gap == nil or tier_above[c.tier] == nil then return none(is_idle(c) and idle or at_top) end
  local next_tier = tier_above[c.tier].key
  local label = ctx:label("upgrade_by", least.key, least.shortest, round(c.tier_gap), next_tier, round(100 * c[least.rank], 1))
  local amount
  for _, indicator in ipairs(used) do
    local rank, value = c[indicator.rank], c[indicator.column]
    local share = share_of(c, indicator)
    share = share and 100 * share
    if share == nil then
      if ctx.state.places[indicator.column] then label:because(indicator.unknown) end
    elseif rank then
      local enough = value_at(ctx.state.places[indicator.column], rank + c.tier_gap / share)
      local why = enough and { indicator.way, value, enough } or { indicator.too_far, value, nil, round(share * (1 - rank)), round(c.tier_gap) }
      label:because(why[1], why[2], why[3], why[4], why[5])
      if indicator.key == "amount" then
        amount = enough and ctx:set("upgrade_amount", math.max(enough - value, 0), why[1], why[2], why[3])
          or ctx:missing("upgrade_amount", why[1], why[2], why[3], why[4], why[5])
      end
    end
  end
  return { upgrade_by = label, upgrade_amount = amount or ctx:missing("upgrade_amount", no_amount) }
end

-- Effort and what it brings

local recorded = kehu.rule{ id = "recorded", en = "{1} minutes recorded", zh = "记录 {1} 分钟" }
local SORTS = {
  { name = "visit", en = "visit", zh = "次拜访" }, { name = "meeting", en = "meeting", zh = "次会议" },
  { name = "call", en = "call", zh = "次电话" }, { name = "message", en = "message", zh = "条消息" },
}
for _, sort in ipairs(SORTS) do
  sort.rule = kehu.rule{
    id = "untimed_" .. sort.name,
    en = "{1} {1|" .. sort.en .. "|" .. sort.en .. "s} without a duration, {2} minutes each",
    zh = "{1} " .. sort.zh .. "未记时长，每次按 {2} 分钟",
  }
end
local no_effort = kehu.rule{
  id = "no_effort", en = "no time was given to it in {1} {1|month|months}", zh = "近 {1} 个月没有投入",
}
local inactive = kehu.rule{
  id = "inactive", en = "no contact and no purchase in {1} {1|month|months}", zh = "近 {1} 个月没有联系也没有购买",
}
local brought_amount = kehu.rule{
  id = "brought_amount", input = "effort_amount", en = "bought {value} in {2} {2|month|months}", zh = "近 {2} 个月购买 {value}",
}
local brought_margin = kehu.rule{
  id = "brought_margin", input = "effort_margin", en = "margin of {value} in {2} {2|month|months}", zh = "近 {2} 个月毛利 {value}",
}
local no_result = kehu.rule{ id = "no_result", en = "no {1} is recorded", zh = "没有记录产出（{1}）" }
local is_problem = kehu.rule{
  id = "is_problem",
  en = "{1} complaints in {2} {2|month|months}, a problem customer from {3}: work it, do not flee it",
  zh = "近 {2} 个月投诉 {1} 次，{3} 次起为问题客户：要去做工作，不要逃避",
}
local no_problem = kehu.rule{
  id = "no_problem",
  en = "{1} {1|complaint|complaints} in {2} {2|month|months}, a problem customer from {3}", zh = "近 {2} 个月投诉 {1} 次，{3} 次起为问题客户",
}
local TARGETS = {
  first = kehu.rule{ id = "first", en = "earns with you: it calls when it needs us", zh = "靠你挣钱：需要时会主动来电" },
  second = kehu.rule{ id = "second", en = "moves when pushed: dig in", zh = "你推才动：死磕" },
  third_able = kehu.rule{ id = "third_able", en = "cannot be pushed, but is able: dig in", zh = "推不动但有能力：死磕" },
  third_unable = kehu.rule{ id = "third_unable", en = "cannot be pushed and lacks ability: give up", zh = "推不动且没有能力：放弃" },
}
local counts_as_able = kehu.rule{
  id = "counts_as_able", input = "able", op = "missing",
  en = "cannot be pushed; whether it is able is not recorded, so it counts as able", zh = "推不动；未登记是否有能力，按有能力计",
}
local no_attitude = kehu.rule{
  id = "no_attitude", en = "its attitude is not known: it takes the pack dealer-attitude", zh = "态度未知：需启用 dealer-attitude",
}

local function target(c, ctx)
  local key
  if c.attitude == "earns_with_you" then key = "first"
  elseif c.attitude == "moves_when_pushed" then key = "second"
  elseif c.attitude then key = c.attitude_strategy == "give_up" and "third_unable" or "third_able" end
  if key == nil then return ctx:missing("effort_target", no_attitude) end
  local is_guess = key == "third_able" and c.able == nil
  return ctx:label("effort_target", key, is_guess and counts_as_able or TARGETS[key])
end

local function hours(c, ctx)
  local untimed = {
    visit = c.effort_visits_untimed, meeting = c.effort_meetings_untimed,
    call = c.effort_calls_untimed, message = c.effort_messages_untimed,
  }
  local sum, is_empty = ctx:column("effort_hours"), true
  if c.effort_recorded and c.effort_recorded > 0 then
    sum:add(recorded, c.effort_recorded / 60, c.effort_recorded)
    is_empty = false
  end
  for _, sort in ipairs(SORTS) do
    local count = untimed[sort.name]
    if count > 0 then
      sum:add(sort.rule, count * settings.minutes[sort.name] / 60, count, settings.minutes[sort.name])
      is_empty = false
    end
  end
  if is_empty then sum:add(no_effort, 0, settings.effort_months) end
  return sum
end

local function result(c, ctx)
  local value = c.effort_amount
  if settings.result == "margin" then value = c.effort_margin end
  if value == nil then return ctx:missing("effort_result", no_result, settings.result) end
  local rule = settings.result == "margin" and brought_margin or brought_amount
  return ctx:set("effort_result", value, rule, value, settings.effort_months)
end

local function effort(c, ctx)
  local is_many = c.effort_complaints >= settings.problem_complaints
  local given = {
    problem_customer = ctx:set("problem_customer", is_many, is_many and is_problem or no_problem,
      c.effort_complaints, settings.effort_months, settings.problem_complaints),
    effort_target = target(c, ctx),
  }
  local is_active = c.effort_contacts > 0 or c.effort_purchases > 0 or (c.effort_recorded or 0) > 0 or (c.effort_amount or 0) ~= 0
  if is_active or settings.population == "all" then
    given.effort_hours, given.effort_result = hours(c, ctx), result(c, ctx)
  else
    given.effort_hours = ctx:missing("effort_hours", inactive, settings.effort_months)
    given.effort_result = ctx:missing("effort_result", inactive, settings.effort_months)
  end
  return given
end

local over = kehu.rule{
  id = "over", input = "effort_result",
  en = "{3} {3|hour|hours}, above the median of {4}, and a result of {value}, below the median of {limit}",
  zh = "投入 {3} 小时，高于中位数 {4}；产出 {value}，低于中位数 {limit}",
}
local under = kehu.rule{
  id = "under", input = "effort_result",
  en = "{3} {3|hour|hours}, below the median of {4}, and a result of {value}, above the median of {limit}",
  zh = "投入 {3} 小时，低于中位数 {4}；产出 {value}，高于中位数 {limit}",
}
local balanced = kehu.rule{
  id = "balanced", input = "effort_result",
  en = "{3} {3|hour|hours}, median {4}; result {value}, median {limit}",
  zh = "投入 {3} 小时，中位数 {4}；产出 {value}，中位数 {limit}",
}
local not_measured = kehu.rule{
  id = "not_measured", en = "effort or result is not known", zh = "投入或产出未知",
}

local no_median = kehu.rule{
  id = "no_median", en = "no median to compare with: {1} hours, result {2:amount}", zh = "没有可比的中位数：投入 {1} 小时，产出 {2:amount}",
}

local function medians(columns)
  return { hours = columns.effort_hours:median(), result = columns.effort_result:median() }
end

local function service_fit(c, ctx)
  local hours_spent, brought, middle = c.effort_hours, c.effort_result, ctx.state
  if hours_spent == nil or brought == nil then return { service_fit = ctx:missing("service_fit", not_measured) } end
  -- Where half the customers get or bring nothing, everybody else would be over- or under-served.
  if middle.hours <= 0 or middle.result <= 0 then
    return { service_fit = ctx:missing("service_fit", no_median, round(middle.hours), middle.result) }
  end
  local key, rule = "balanced", balanced
  if hours_spent > middle.hours and brought < middle.result then
    key, rule = "over_served", over
  elseif hours_spent < middle.hours and brought > middle.result then
    key, rule = "under_served", under
  end
  return { service_fit = ctx:label("service_fit", key, rule, brought, middle.result, hours_spent, middle.hours) }
end

-- Behaviour: the first class that holds

local comes = kehu.rule{
  id = "comes", en = "came to {1} events in {2} {2|month|months}, a class of its own from {3}", zh = "近 {2} 个月参加活动 {1} 次，{3} 次起为活动积极",
}
local bought_so = kehu.rule{
  id = "bought_so", input = "effort_amount",
  en = "{3} {3|purchase|purchases}, median {4}; bought {value}, median {limit}", zh = "购买 {3} 次，中位数 {4}；金额 {value}，中位数 {limit}",
}

local function usual(columns)
  return {
    purchases = columns.effort_purchases:where(columns.effort_hours):median(),
    amount = columns.effort_amount:where(columns.effort_hours):median(),
  }
end

local function behaviour(c, ctx)
  if c.effort_hours == nil then return { behaviour = ctx:missing("behaviour", inactive, settings.effort_months) } end
  local label
  local function class(key, rule, ...)
    if label then label:because(rule, ...) else label = ctx:label("behaviour", key, rule, ...) end
  end
  if c.effort_complaints >= settings.problem_complaints then
    class("problem", is_problem, c.effort_complaints, settings.effort_months, settings.problem_complaints)
  end
  if c.effort_events >= settings.events_from then
    class("event_goer", comes, c.effort_events, settings.effort_months, settings.events_from)
  end
  local middle, amount = ctx.state, c.effort_amount or 0
  local often, much = c.effort_purchases >= middle.purchases, amount >= (middle.amount or 0)
  class((often and "frequent_" or "rare_") .. (much and "large" or "small"), bought_so, amount, middle.amount or 0, c.effort_purchases, middle.purchases)
  return { behaviour = label }
end

-- What is said beside a line of the day's list

local rises = kehu.rule{
  id = "rises", input = "upgrade_amount",
  en = "only {2} {2|point|points} short of the next tier: more than {1:amount} more in 12 months lifts it", zh = "距上一级只差 {2} 分：12 个月内再买 {1:amount} 以上即可升级",
}
local rises_at_once = kehu.rule{
  id = "rises_at_once",
  en = "only {1} {1|point|points} short of the next tier: any purchase lifts it", zh = "距上一级只差 {1} 分：再购买即可升级",
}
local do_not_flee = kehu.rule{
  id = "do_not_flee",
  en = "problem customer with {1} complaints: work it, do not flee it", zh = "问题客户，投诉 {1} 次：要去做工作，不要逃避",
}
local leave_time = kehu.rule{
  id = "leave_time",
  en = "the friendly first type already has {1} {1|hour|hours}: time belongs to the second and the able third type",
  zh = "友善的第一类客户已投入 {1} 小时：时间应给第二类与有能力的第三类",
}
local give_less = kehu.rule{
  id = "give_less", en = "over-served: much effort, small result; a call may do", zh = "服务过度：投入多、产出少，电话即可",
}
local give_more = kehu.rule{
  id = "give_more", en = "under-served: it brings much and gets little time", zh = "服务不足：产出多而投入少",
}

local function advise(p, ctx, made)
  local c = p.c
  local function say(rule, one, two) made[#made + 1] = ctx:advise(p, rule, one, two) end
  if c.service_policy then say(policies[c.service_policy], settings.contact_days[c.service_policy], c.service_policy) end
  if c.problem_customer then say(do_not_flee, c.effort_complaints) end
  if c.tier_gap and c.tier_gap <= settings.upgrade_near and c.upgrade_amount then
    if c.upgrade_amount > 0 then say(rises, c.upgrade_amount, round(c.tier_gap)) else say(rises_at_once, round(c.tier_gap)) end
  end
  -- What a customer is to get by its attitude goes before what others of its result get.
  local target = c.effort_target
  local is_dug_into = target == "second" or target == "third_able"
  if c.service_fit == "under_served" and target ~= "first" and target ~= "third_unable" then
    say(give_more)
  elseif c.service_fit == "over_served" and not is_dug_into then
    if target == "first" then say(leave_time, round(c.effort_hours)) else say(give_less) end
  end
end

local function review(proposals, ctx)
  local made, told = {}, {}
  for _, p in ipairs(proposals) do
    -- Once for a customer: its other lines stand beside.
    if p.c and not told[p.customer] then
      told[p.customer] = true
      advise(p, ctx, made)
    end
  end
  return made
end

return {
  policy = policy, places = places, upgrade = upgrade, effort = effort, medians = medians, service_fit = service_fit,
  usual = usual, behaviour = behaviour, review = review,
}
