-- Nine follow-up strategies, ranked; none is repeated within two weeks. They go on after the sale.

local settings = kehu.settings

for _, part in ipairs({ "bottom", "middle", "top", "after_sale" }) do
  for _, name in ipairs({ "every_days", "priority" }) do
    if settings[name][part] == nil then error("the setting " .. name .. " lacks \"" .. part .. "\"") end
  end
end
if settings.middle_from > settings.bottom_above then
  error("the setting middle_from is " .. settings.middle_from .. ", above bottom_above, which is " .. settings.bottom_above)
end

-- In the order in which equals are taken. A strategy counts as used when an interaction names it, or is
-- of a kind that is it.
local STRATEGIES = {
  {
    key = "trial", used = "used_trial_days", fit = settings.fit_trial,
    why = kehu.rule{
      id = "trial",
      en = "free trial or gift: lowers the guard; fit {1}",
      zh = "免费试用或赠送：降低戒备；适合度 {1}",
    },
  },
  {
    key = "trade_show", used = "used_trade_show_days", fit = settings.fit_trade_show,
    why = kehu.rule{
      id = "trade_show",
      en = "trade show: shows us among others; fit {1}",
      zh = "商务展会：在同行中展示我们；适合度 {1}",
    },
  },
  {
    key = "proposal", used = "used_proposal_days", kind = "last_proposal_days", fit = settings.fit_proposal,
    why = kehu.rule{
      id = "proposal",
      en = "submitted proposal: makes them think and decide; fit {1}",
      zh = "提交方案：促其思考与决策；适合度 {1}",
    },
  },
  {
    key = "reference_visit", used = "used_reference_visit_days", fit = settings.fit_reference_visit,
    why = kehu.rule{
      id = "reference_visit",
      en = "reference-site visit: wins mindshare; fit {1}",
      zh = "考察样板：赢得认可；适合度 {1}",
    },
  },
  {
    key = "company_tour", used = "used_company_tour_days", fit = settings.fit_company_tour,
    why = kehu.rule{
      id = "company_tour",
      en = "tour of our company: lets them see our strength; fit {1}",
      zh = "公司参观：眼见我方实力；适合度 {1}",
    },
  },
  {
    key = "leadership_visit", used = "used_leadership_visit_days", kind = "last_leadership_visit_days", fit = settings.fit_leadership_visit,
    why = kehu.rule{
      id = "leadership_visit",
      en = "visit by our leadership: closes from the top; fit {1}",
      zh = "领导拜访：高层推动成交；适合度 {1}",
    },
  },
  {
    key = "telephone", used = "used_telephone_days", kind = "last_call_days", fit = settings.fit_telephone,
    why = kehu.rule{
      id = "telephone",
      en = "telephone: warms, and deepens knowledge of us; fit {1}",
      zh = "电话融通：保持热度，加深了解；适合度 {1}",
    },
  },
  {
    key = "coach", used = "used_coach_days", kind = "last_coach_talk_days", fit = settings.fit_coach,
    why = kehu.rule{
      id = "coach",
      en = "the coach: bound by friendship, tells what to do; fit {1}",
      zh = "教练辅导：以友情相助，告知该怎么做；适合度 {1}",
    },
  },
  {
    key = "third_party", used = "used_third_party_days", fit = settings.fit_third_party,
    why = kehu.rule{
      id = "third_party",
      en = "third parties: agents and service providers help, and are paid; fit {1}",
      zh = "巧借他人：借代理、服务商之力，付酬；适合度 {1}",
    },
  },
}
for _, strategy in ipairs(STRATEGIES) do
  if settings.channel[strategy.key] == nil then error("the setting channel lacks \"" .. strategy.key .. "\"") end
end

local PARTS = {
  bottom = kehu.rule{ id = "part_bottom", en = "bottom of the funnel: {1}", zh = "漏斗底部：{1}" },
  middle = kehu.rule{ id = "part_middle", en = "middle of the funnel: {1}", zh = "漏斗中部：{1}" },
  top = kehu.rule{ id = "part_top", en = "top of the funnel: {1}", zh = "漏斗顶部：{1}" },
  after_sale = kehu.rule{ id = "part_after_sale", en = "after the sale: {1}", zh = "售后：{1}" },
}
local key_fit = kehu.rule{ id = "key_fit", en = "key customer: {1}", zh = "重点客户：{1}" }
local WORDS = {
  driver = kehu.rule{ id = "style_driver", en = "driver style: {1}", zh = "驾驭型：{1}" },
  analytical = kehu.rule{ id = "style_analytical", en = "analytical style: {1}", zh = "分析型：{1}" },
  expressive = kehu.rule{ id = "style_expressive", en = "expressive style: {1}", zh = "表现型：{1}" },
  amiable = kehu.rule{ id = "style_amiable", en = "amiable style: {1}", zh = "平易型：{1}" },
  rising = kehu.rule{ id = "mood_rising", en = "mood rising: {1}", zh = "心情上升：{1}" },
  falling = kehu.rule{ id = "mood_falling", en = "mood falling: {1}", zh = "心情下降：{1}" },
  calm = kehu.rule{ id = "mood_calm", en = "mood calm: {1}", zh = "心情平静：{1}" },
  complacent = kehu.rule{ id = "mood_complacent", en = "mood complacent: {1}", zh = "心情自满：{1}" },
}
local never_used = kehu.rule{ id = "never_used", en = "not used with this customer yet", zh = "对该客户尚未用过" }
local used_before = kehu.rule{
  id = "used_before",
  en = "last used {1} {1|day|days} ago, at least {2}",
  zh = "上次使用在 {1} 天前，间隔不少于 {2} 天",
}
local left_out = kehu.rule{
  id = "left_out",
  en = "{1} other {1|strategy|strategies} used within {2} {2|day|days} left out",
  zh = "另有 {1} 种策略在 {2} 天内用过，不重复",
}

local function set(list)
  local found = {}
  for _, each in ipairs(list) do found[each] = true end
  return found
end
local key_tiers, phases = set(settings.key_tiers), set(settings.after_sale_phases)

local function part_of(probability)
  if probability == nil then return "top" end
  if probability > settings.bottom_above then return "bottom" end
  if probability >= settings.middle_from then return "middle" end
  return "top"
end

-- The days since a strategy was used with the customer.
local function used_days(strategy, c)
  local named, kind = c[strategy.used], strategy.kind and c[strategy.kind]
  if named and kind then return math.min(named, kind) end
  return named or kind or nil
end

-- How well a strategy fits, and the reasons; nothing if it does not fit this part at all.
local function fit_of(strategy, part, c)
  local fit = strategy.fit
  local points = fit[part] or 0
  if points <= 0 then return nil end
  local because = { { PARTS[part], points } }
  local function add(rule_of, more)
    if more and more ~= 0 then
      points = points + more
      because[#because + 1] = { rule_of, more }
    end
  end
  if c.key_account or (c.tier and key_tiers[c.tier]) then add(key_fit, fit.key) end
  if c.style and WORDS[c.style] then add(WORDS[c.style], fit[c.style]) end
  if c.mood and WORDS[c.mood] then add(WORDS[c.mood], fit[c.mood]) end
  return points, because
end

-- The best for a part; what was used lately, or is proposed to another rep of the customer, is left out.
local function best(part, c, taken)
  local found, most, why, repeated = nil, nil, nil, 0
  for _, strategy in ipairs(STRATEGIES) do
    local points, because = fit_of(strategy, part, c)
    local used = used_days(strategy, c)
    local is_possible = strategy.key ~= "coach" or c.coaches > 0
    if points and is_possible then
      if taken[strategy.key] or (used and used < settings.repeat_days) then
        repeated = repeated + 1
      elseif most == nil or points > most then
        found, most, why = strategy, points, because
      end
    end
  end
  return found, most, why, repeated
end

-- The days since any strategy was used.
local function last_used(c)
  local least
  for _, strategy in ipairs(STRATEGIES) do
    local used = c[strategy.used]
    if used and (least == nil or used < least) then least = used end
  end
  return least
end

local function propose(part, c, ctx, deal, since, taken)
  local strategy, points, why, repeated = best(part, c, taken)
  if strategy == nil then return nil end
  taken[strategy.key] = true
  local last = last_used(c)
  local fact = math.max(since, last and ctx.as_of - last or since)
  -- A strategy that was never used is due, not late: nobody has promised a day.
  local due = last and math.max(since, ctx.as_of - last + settings.every_days[part]) or math.max(since, ctx.as_of)
  local because = { { strategy.why, points } }
  for _, each in ipairs(why) do because[#because + 1] = each end
  local used = used_days(strategy, c)
  because[#because + 1] = used and { used_before, used, settings.repeat_days } or { never_used }
  if repeated > 0 then because[#because + 1] = { left_out, repeated, settings.repeat_days } end
  return ctx:propose{
    action = strategy.key, channel = settings.channel[strategy.key], deal = deal, due = due, fact_day = fact,
    priority = settings.priority[part], group = part == "after_sale" and "after_sale" or part,
    fields = { strategy = strategy.key }, because = because,
  }
end

-- One strategy at a time: for each rep's deal that has come furthest, else after the sale.
local function follow_up(c, case, ctx)
  local order, best_of = {}, {}
  for _, deal in ipairs(case.deals) do
    local rep = deal.rep or ""
    local known = best_of[rep]
    if known == nil then order[#order + 1] = rep end
    if known == nil or (deal.probability or -1) > (known.probability or -1) then best_of[rep] = deal end
  end
  local made, taken = {}, {}
  for _, rep in ipairs(order) do
    local deal = best_of[rep]
    made[#made + 1] = propose(part_of(deal.probability), c, ctx, deal.id, deal.since, taken)
  end
  if #order == 0 and c.recency_days and c.lifecycle and phases[c.lifecycle] then
    made[1] = propose("after_sale", c, ctx, nil, ctx.as_of - c.recency_days + settings.every_days.after_sale, taken)
  end
  return made
end

return { follow_up = follow_up }
