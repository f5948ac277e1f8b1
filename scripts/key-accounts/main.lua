-- Group customers, the key list by hand, and the risk of key customers with early warnings.

local settings = kehu.settings

for name, keys in pairs({
  points = { "overdue", "orders", "satisfaction", "inbound", "silence", "contract", "medium", "high", "unreviewed" },
  priority = { "payment", "contract", "attention", "key_list", "risk" },
  channel = { "payment", "contract", "attention", "key_list", "risk" },
}) do
  for _, key in ipairs(keys) do
    if settings[name][key] == nil then error("the setting " .. name .. " lacks \"" .. key .. "\"") end
  end
end
if settings.high_from < settings.watch_from then
  error("the setting high_from is " .. settings.high_from .. ", below watch_from, which is " .. settings.watch_from)
end

local key_tiers = {}
for _, tier in ipairs(settings.key_tiers) do key_tiers[tier] = true end

-- Groups and goals

local head = kehu.rule{
  id = "head", input = "group_amount_12m",
  en = "{2} {2|customer belongs|customers belong} to it; purchases of 12 months with theirs {value}",
  zh = "有 {2} 个下属成员；含成员近 12 个月购买 {value}",
}
local middle = kehu.rule{
  id = "middle", input = "group_amount_12m",
  en = "belongs to {3}, and {2} {2|customer belongs|customers belong} to it; purchases of 12 months with theirs {value}",
  zh = "隶属 {3}，并有 {2} 个下属成员；含成员近 12 个月购买 {value}",
}
local member = kehu.rule{ id = "member", en = "belongs to {1}, of the group {2}", zh = "隶属 {1}，集团为 {2}" }
local single = kehu.rule{ id = "single", en = "belongs to nobody, and nobody to it", zh = "没有上级，也没有成员" }

local sales_reached = kehu.rule{
  id = "sales_reached", input = "group_amount_12m",
  en = "sales of 12 months {value}, goal {limit}", zh = "近 12 个月销售额 {value}，目标 {limit}",
}
local income_reached = kehu.rule{
  id = "income_reached", input = "group_margin_12m",
  en = "margin of 12 months {value}, goal {limit}", zh = "近 12 个月毛利 {value}，目标 {limit}",
}
local share_reached = kehu.rule{ id = "share_reached", en = "our share {1} %, goal {2} %", zh = "我方份额 {1}%，目标 {2}%" }
local no_goal = {
  sales = kehu.rule{ id = "no_sales_goal", en = "no goal of sales is set", zh = "未设销售目标" },
  income = kehu.rule{ id = "no_income_goal", en = "no goal of income is set", zh = "未设收益目标" },
  share = kehu.rule{ id = "no_share_goal", en = "no goal of share is set", zh = "未设份额目标" },
}
local no_margin = kehu.rule{ id = "no_margin", en = "no margins are recorded", zh = "没有毛利记录" }
local no_sales = kehu.rule{ id = "no_sales", en = "no sales are recorded", zh = "没有销售记录" }
local no_share = kehu.rule{
  id = "no_share", en = "our share is not known: it takes the pack dealer-attitude and own_sales",
  zh = "我方份额未知：需启用 dealer-attitude 并记录 own_sales",
}

local function role(c, ctx)
  if c.members > 0 and c.parent_name then
    return ctx:label("group_role", "middle", middle, c.group_amount_12m or 0, c.members, c.parent_name)
  elseif c.members > 0 then
    return ctx:label("group_role", "head", head, c.group_amount_12m or 0, c.members)
  elseif c.parent_name then
    return ctx:label("group_role", "member", member, c.parent_name, c.group_name)
  end
  return ctx:label("group_role", "single", single)
end

local function reached(ctx, column, value, goal, rule, without_goal, without_value)
  if goal == nil or goal <= 0 then return ctx:missing(column, without_goal) end
  if value == nil then return ctx:missing(column, without_value) end
  return ctx:set(column, 100 * value / goal, rule, value, goal)
end

local function group(c, ctx)
  return {
    group_role = role(c, ctx),
    sales_goal_reached = reached(ctx, "sales_goal_reached", c.group_amount_12m, c.goal_sales, sales_reached, no_goal.sales, no_sales),
    income_goal_reached = reached(ctx, "income_goal_reached", c.group_margin_12m, c.goal_income, income_reached, no_goal.income, no_margin),
    share_goal_reached = reached(ctx, "share_goal_reached", c.our_share, c.goal_share, share_reached, no_goal.share, no_share),
  }
end

-- The key list

local listed = kehu.rule{
  id = "listed", en = "put on the key list for its strategic significance: {1}", zh = "因战略意义列入重点客户名单：{1}",
}
local listed_without_reason = kehu.rule{
  id = "listed_without_reason", en = "put on the key list, and no reason is on file",
  zh = "已列入重点客户名单，但未说明战略意义",
}
local review_on = kehu.rule{ id = "review_on", en = "to be reviewed on {1}", zh = "复审日 {1}" }
local review_past = kehu.rule{
  id = "review_past", en = "the review was due on {1}, {2} {2|day|days} ago", zh = "应于 {1} 复审，已过 {2} 天",
}
local no_review = kehu.rule{
  id = "no_review", en = "no review date is on file", zh = "未登记复审日",
}
local overrides_tier = kehu.rule{
  id = "overrides_tier", en = "the computed tier is {1}; the list counts before it, as {2}",
  zh = "计算等级为 {1}；以名单为准，按 {2} 对待",
}
local agrees_with_tier = kehu.rule{
  id = "agrees_with_tier", en = "the computed tier is {1} too", zh = "计算等级同为 {1}",
}
local no_tier = kehu.rule{ id = "no_tier", en = "no tier is computed; it counts as {1}", zh = "没有计算等级；按 {1} 对待" }
local by_tier = kehu.rule{ id = "by_tier", en = "tier {1} is one of key customers", zh = "{1} 属于重点客户" }
local other_tier = kehu.rule{
  id = "other_tier", en = "tier {1} is none of key customers, and it is not on the list", zh = "{1} 不属于重点客户，也未列入名单",
}
local not_listed = kehu.rule{
  id = "not_listed", en = "not on the key list, and no tier is computed", zh = "未列入名单，也没有计算等级",
}

local function show(day) return kehu.day.format(day) end

local function key_list(c, ctx)
  if not c.key_customer then
    local label, rule = "not_listed", not_listed
    if c.tier then
      label = key_tiers[c.tier] and "by_tier" or "not_listed"
      rule = key_tiers[c.tier] and by_tier or other_tier
    end
    return {
      key_list = ctx:label("key_list", label, rule, c.tier),
      key_account = ctx:set("key_account", false, rule, c.tier),
    }
  end
  local why = { c.key_reason and listed or listed_without_reason, c.key_reason }
  local is_due = c.key_review ~= nil and c.key_review <= ctx.as_of
  local label = ctx:label("key_list", is_due and "review_due" or "by_hand", why[1], why[2])
  if c.key_review == nil then
    label:because(no_review)
  elseif is_due then
    label:because(review_past, show(c.key_review), ctx.as_of - c.key_review)
  else
    label:because(review_on, show(c.key_review))
  end
  if c.tier == nil then
    label:because(no_tier, settings.listed_as)
  elseif key_tiers[c.tier] then
    label:because(agrees_with_tier, c.tier)
  else
    label:because(overrides_tier, c.tier, settings.listed_as)
  end
  return { key_list = label, key_account = ctx:set("key_account", true, why[1], why[2]) }
end

-- Risk. Each test gives a rule with its arguments, and its points; what it lacks is named.

local overdue = kehu.rule{
  id = "overdue", input = "overdue_amount", en = "overdue payment of {value}, more than {limit}", zh = "逾期货款 {value}，高于 {limit}",
}
local falling_orders = kehu.rule{
  id = "falling_orders", input = "orders_before",
  en = "orders fell from {value} to {limit}, by {3} % in {4} {4|month|months}", zh = "{4} 个月内订货由 {value} 降到 {limit}，下降 {3}%",
}
local falling_satisfaction = kehu.rule{
  id = "falling_satisfaction",
  en = "satisfaction fell from {1} to {2} of 5 in {3} {3|month|months}", zh = "{3} 个月内满意度由 {1} 降到 {2}（满分 5）",
}
local no_inbound = kehu.rule{
  id = "no_inbound",
  en = "the customer has not come to us by itself for {1} {1|day|days}, more than {2}", zh = "客户已 {1} 天没有主动联系，超过 {2} 天",
}
local never_inbound = kehu.rule{
  id = "never_inbound",
  en = "of {1} {1|interaction|interactions} none was on the customer's initiative", zh = "{1} 次互动中没有一次由客户发起",
}
local silence = kehu.rule{
  id = "silence",
  en = "no contact for {1} {1|day|days}, more than the interval of {2}", zh = "{1} 天没有联系，超过间隔 {2} 天",
}
local never_contacted = kehu.rule{ id = "never_contacted", en = "no contact is recorded", zh = "没有联系记录" }
local contract_near = kehu.rule{
  id = "contract_near", en = "the contract ends on {1}, in {2} {2|day|days}", zh = "合同于 {1} 到期，还有 {2} 天",
}
local contract_over = kehu.rule{
  id = "contract_over", en = "the contract ended on {1}, {2} {2|day|days} ago", zh = "合同已于 {1} 到期，过去 {2} 天",
}
local JUDGED = {
  market = {
    medium = kehu.rule{ id = "market_medium", en = "market risk: medium", zh = "市场风险：中" },
    high = kehu.rule{ id = "market_high", en = "market risk: high", zh = "市场风险：高" },
  },
  credit = {
    medium = kehu.rule{ id = "credit_medium", en = "credit risk: medium", zh = "信用风险：中" },
    high = kehu.rule{ id = "credit_high", en = "credit risk: high", zh = "信用风险：高" },
  },
  contract = {
    medium = kehu.rule{ id = "contract_medium", en = "contract risk: medium", zh = "合同风险：中" },
    high = kehu.rule{ id = "contract_high", en = "contract risk: high", zh = "合同风险：高" },
  },
}
local unreviewed = kehu.rule{
  id = "unreviewed", en = "risk reviewed {1} {1|day|days} ago, every {2}", zh = "风险评审在 {1} 天前，每 {2} 天一次",
}
local never_reviewed = kehu.rule{
  id = "never_reviewed", en = "the risk was never reviewed", zh = "从未评审风险",
}
local unknown = {
  market = kehu.rule{ id = "unknown_market", en = "market risk is not judged", zh = "未评市场风险" },
  credit = kehu.rule{ id = "unknown_credit", en = "credit is not assessed", zh = "未做信用评估" },
  contract = kehu.rule{ id = "unknown_contract", en = "contract risk is not judged", zh = "未评合同风险" },
  overdue = kehu.rule{ id = "unknown_overdue", en = "overdue payment is not recorded", zh = "未记录逾期货款" },
  orders = kehu.rule{ id = "unknown_orders", en = "nothing was bought in the months before: orders cannot be compared", zh = "此前数月没有购买，无法比较订货" },
  satisfaction = kehu.rule{ id = "unknown_satisfaction", en = "satisfaction is not known for both stretches of time", zh = "两个时段的满意度不全" },
  inbound = kehu.rule{ id = "unknown_inbound", en = "who began is not recorded", zh = "未记录由谁发起" },
  contract_end = kehu.rule{ id = "unknown_contract_end", en = "the end of the contract is not recorded", zh = "未登记合同到期日" },
}
local not_key = kehu.rule{
  id = "not_key", en = "no key customer: its risk is not judged", zh = "非重点客户，不评风险",
}
local calm = kehu.rule{ id = "calm", en = "no warning", zh = "没有预警" }
local RISKS = {
  low = kehu.rule{ id = "low", en = "{1} points, watched from {2}", zh = "{1} 分，{2} 分起关注" },
  watch = kehu.rule{ id = "watch", en = "{1} points, watched from {2}", zh = "{1} 分，达到关注线 {2}" },
  high = kehu.rule{ id = "high", en = "{1} points, high from {2}", zh = "{1} 分，达到高风险线 {2}" },
}

-- Figures of decimal fractions: a billionth short of a bound is none.
local function even(number) return kehu.number.round(number, 9) end

local function two_places(number) return math.floor(number * 100 + 0.5) / 100 end

local TESTS = {}

function TESTS.overdue(c)
  if c.overdue_amount == nil and (c.members_overdue or 0) == 0 then return nil, unknown.overdue end
  local amount = (c.overdue_amount or 0) + (c.members_overdue or 0)
  if amount > settings.overdue_above then return { overdue, amount, settings.overdue_above } end
end

function TESTS.orders(c)
  local before, lately = c.orders_before, c.orders_lately or 0
  if before == nil or before <= 0 then return nil, unknown.orders end
  local fall = even(100 * (before - lately) / before)
  if lately < before and fall >= settings.orders_fall then
    return { falling_orders, before, lately, two_places(fall), settings.orders_months }
  end
end

function TESTS.satisfaction(c)
  local before, lately = c.satisfaction_before, c.satisfaction_lately
  if before == nil or lately == nil then return nil, unknown.satisfaction end
  if lately < before and even(before - lately) >= settings.satisfaction_fall then
    return { falling_satisfaction, two_places(before), two_places(lately), settings.satisfaction_months }
  end
end

function TESTS.inbound(c)
  if c.known_initiatives == 0 then return nil, unknown.inbound end
  if c.inbound_days == nil then return { never_inbound, c.known_initiatives } end
  if c.inbound_days > settings.inbound_days then return { no_inbound, c.inbound_days, settings.inbound_days } end
end

local function interval(c)
  if c.key_list == "by_hand" or c.key_list == "review_due" then
    local as_listed = settings.silence_days[settings.listed_as] or settings.silence_otherwise
    return math.min(as_listed, c.contact_interval or as_listed)
  end
  return c.contact_interval or (c.tier and settings.silence_days[c.tier]) or settings.silence_otherwise
end

function TESTS.silence(c)
  if c.group_contact_days == nil then return { never_contacted } end
  local most = interval(c)
  if c.group_contact_days > most then return { silence, c.group_contact_days, most } end
end

function TESTS.contract(c, ctx)
  if c.contract_end == nil then return nil, unknown.contract_end end
  local days = c.contract_end - ctx.as_of
  if days < 0 then return { contract_over, show(c.contract_end), -days } end
  if days <= settings.contract_ahead then return { contract_near, show(c.contract_end), days } end
end

local WARNINGS = { "overdue", "orders", "satisfaction", "inbound", "silence", "contract" }
local ATTENTION = { "orders", "satisfaction", "inbound", "silence" }

-- What a review would have to look at again.
local function judged(c)
  local found, lacks = {}, {}
  local levels = { market = c.risk_market, credit = c.risk_credit, contract = c.risk_contract }
  for _, name in ipairs({ "market", "credit", "contract" }) do
    local level = levels[name]
    if level == nil then
      lacks[#lacks + 1] = unknown[name]
    elseif level ~= "low" then
      found[#found + 1] = { rule = { JUDGED[name][level] }, points = settings.points[level] }
    end
  end
  return found, lacks
end

local function review_of_risk(c, ctx)
  if c.risk_reviewed == nil then return { never_reviewed } end
  local days = ctx.as_of - c.risk_reviewed
  if days >= settings.risk_review_days then return { unreviewed, days, settings.risk_review_days } end
end

local function risk(c, ctx)
  if c.key_list == nil or c.key_list == "not_listed" then
    return { risk_score = ctx:missing("risk_score", not_key), risk = ctx:missing("risk", not_key) }
  end
  local found, lacks = judged(c)
  for _, name in ipairs(WARNINGS) do
    local warning, lack = TESTS[name](c, ctx)
    if warning then found[#found + 1] = { rule = warning, points = settings.points[name] } end
    lacks[#lacks + 1] = lack
  end
  local review = review_of_risk(c, ctx)
  if review then found[#found + 1] = { rule = review, points = settings.points.unreviewed } end

  local score, total = ctx:column("risk_score"), 0
  for _, each in ipairs(found) do
    score:add(each.rule[1], each.points, each.rule[2], each.rule[3], each.rule[4], each.rule[5])
    total = total + each.points
  end
  if #found == 0 then score:add(calm, 0) end
  for _, lack in ipairs(lacks) do score:because(lack) end
  local key = total >= settings.high_from and "high" or total >= settings.watch_from and "watch" or "low"
  local label = ctx:label("risk", key, RISKS[key], total, key == "high" and settings.high_from or settings.watch_from)
  for _, each in ipairs(found) do label:because(each.rule[1], each.rule[2], each.rule[3], each.rule[4], each.rule[5]) end
  for _, lack in ipairs(lacks) do label:because(lack) end
  return { risk_score = score, risk = label }
end

-- What to do about it

local say_new_date = kehu.rule{
  id = "say_new_date",
  en = "is it still of strategic significance? kehu customer edit {1} --field key_review=… or --field key_customer=false",
  zh = "是否仍有战略意义？kehu customer edit {1} --field key_review=… 或 --field key_customer=false",
}
local record_reason = kehu.rule{
  id = "record_reason", en = "record why: kehu customer edit {1} --field key_reason=…", zh = "说明战略意义：kehu customer edit {1} --field key_reason=…",
}
local override_tier = kehu.rule{
  id = "override_tier",
  en = "where the tier itself is to be another one: kehu override {1} tier {2} --until … --reason …",
  zh = "如需让等级本身改为 {2}：kehu override {1} tier {2} --until … --reason …",
}
local how_to_review = kehu.rule{
  id = "how_to_review",
  en = "judge market, credit (assess it) and contract (read it before signing): kehu customer edit {1} --field risk_market=low|medium|high --field risk_credit=… --field risk_contract=… --field risk_reviewed={2}",
  zh = "评估市场、信用（信用评估）与合同（签约前审查）：kehu customer edit {1} --field risk_market=low|medium|high --field risk_credit=… --field risk_contract=… --field risk_reviewed={2}",
}
local ask_payment = kehu.rule{
  id = "ask_payment", en = "ask for the cause before the date: dispute, shortage of money, or oversight", zh = "先问原因再谈日期：有争议、资金紧张还是疏忽",
}
local ask_terms = kehu.rule{
  id = "ask_terms", en = "ask what is to be another way in the next contract; have legal read it before signing",
  zh = "询问下一份合同要改什么；签约前请法务审查",
}
local ask_change = kehu.rule{
  id = "ask_change", en = "ask what has changed lately, and whether a competitor is at work", zh = "询问近来有何变化，竞争对手是否介入",
}

-- A warning has no day of its own: it is told again in each stretch of repeat_days.
local function stretch(ctx) return ctx.as_of - ctx.as_of % settings.repeat_days end

local function proposal(ctx, kind, action, due, fact, because, guidance)
  return ctx:propose{
    action = action, channel = settings.channel[kind], due = due, fact_day = fact,
    priority = settings.priority[kind], group = "key_account", because = because, guidance = guidance,
  }
end

local function id_of(case) return "C-" .. string.format("%d", case.customer.id) end

local function review_key_list(c, case, ctx)
  if c.key_list ~= "by_hand" and c.key_list ~= "review_due" then return nil end
  local guidance = { { say_new_date, id_of(case) } }
  if c.key_reason == nil then guidance[#guidance + 1] = { record_reason, id_of(case) } end
  if c.tier and not key_tiers[c.tier] then
    guidance[#guidance + 1] = { override_tier, id_of(case), settings.listed_as }
  end
  if c.key_review == nil then
    return proposal(ctx, "key_list", "review_key_list", ctx.as_of, stretch(ctx), { { no_review } }, guidance)
  end
  if c.key_review - ctx.as_of > settings.review_ahead then return nil end
  local because = c.key_review > ctx.as_of and { review_on, show(c.key_review) }
    or { review_past, show(c.key_review), ctx.as_of - c.key_review }
  return proposal(ctx, "key_list", "review_key_list", c.key_review, c.key_review, { because }, guidance)
end

local function review_risk(c, case, ctx)
  local because = review_of_risk(c, ctx)
  if because == nil then return nil end
  local due = c.risk_reviewed and c.risk_reviewed + settings.risk_review_days or ctx.as_of
  local fact = c.risk_reviewed or stretch(ctx)
  local reasons, _, lacks = { because }, judged(c)
  for _, lack in ipairs(lacks) do reasons[#reasons + 1] = { lack } end
  return proposal(ctx, "risk", "review_risk", due, fact, reasons, { { how_to_review, id_of(case), show(ctx.as_of) } })
end

local function follow_up(c, case, ctx)
  local made = { review_key_list(c, case, ctx) }
  if c.key_list == nil or c.key_list == "not_listed" then return made end
  local function add(each) made[#made + 1] = each end
  add(review_risk(c, case, ctx))
  local late = TESTS.overdue(c)
  if late then
    add(proposal(ctx, "payment", "collect_payment", ctx.as_of, stretch(ctx), { late }, { ask_payment }))
  end
  local ends = TESTS.contract(c, ctx)
  if ends then
    -- Some weeks are needed to prepare the next one, so it is due when the warning begins.
    add(proposal(ctx, "contract", "renew_contract", c.contract_end - settings.contract_ahead, c.contract_end, { ends }, { ask_terms }))
  end
  local because = {}
  -- Whoever has just bought has not turned away; what made it less satisfied is to be asked all the same.
  local bought = c.group_purchase_days and c.group_purchase_days < settings.attention_after
  -- Whoever earns with us calls when it needs us: silence alone is no reason to go there.
  local hands_off = c.attitude_strategy == "hands_off"
  for _, name in ipairs(ATTENTION) do
    local is_usual = hands_off and name == "silence"
    if not is_usual and (not bought or name == "satisfaction") then because[#because + 1] = TESTS[name](c, ctx) end
  end
  if #because > 0 and c.attitude_strategy ~= "give_up" then
    add(proposal(ctx, "attention", "win_attention", ctx.as_of, stretch(ctx), because, { ask_change }))
  end
  return made
end

return { group = group, key_list = key_list, risk = risk, follow_up = follow_up }
