-- Prospects: is this a target customer, who already carries the leader's products, where did it come from.

local settings = kehu.settings
local text = kehu.text
local brands_in = require("brands")
local plain = brands_in.plain
local sides_of = require("items").sides_of

-- The indicators, in the order of the groups.
local INDICATORS = {
  { "market_influence", "influence in its market", "影响力" },
  { "big_brands", "big brands carried", "经营大品牌" },
  { "relations_network", "network of relations", "关系网络" },
  { "business_size", "sales a year", "规模" },
  { "profitability", "profitability", "盈利能力" },
  { "payment_days", "credit: days that it takes to pay", "信用：付款天数" },
  { "sales_team_size", "size of the sales team", "销售队伍规模" },
  { "sales_team_ability", "ability of the sales team", "销售队伍能力" },
  { "rules_and_incentives", "rules and incentives", "制度与激励" },
  { "leader_quality", "quality of the leaders", "领导素质" },
  { "technical_expertise", "technical expertise", "专业技术能力" },
  { "after_sales_service", "after-sales service", "售后服务能力" },
  { "own_network", "own network", "自有网络" },
  { "network_layout", "layout and efficiency of the network", "网络布局与效率" },
  { "marketing_people", "people in marketing", "营销人员" },
}
local GROUPS = {
  market_position = { "market position", "市场地位" }, finance = { "finance", "财务" },
  management = { "management", "管理" }, technical_service = { "technical service", "技术服务" },
  marketing = { "marketing", "营销" },
}
local EVIDENCE = {
  observed = { "observe it", "观察" }, partners = { "ask its partners", "询问其合作伙伴" },
  reps = { "ask its reps", "询问其业务员" }, customers = { "ask other customers", "询问其他客户" },
}

-- What is weighed; the weights must sum to 1.
local function checked()
  local known, list, sum = {}, {}, 0
  for _, each in ipairs(INDICATORS) do known[each[1]] = true end
  for _, name in ipairs({ "weight", "standard", "direction", "evidence", "group" }) do
    for key in pairs(settings[name]) do
      if not known[key] then error("the setting " .. name .. " names \"" .. key .. "\", which is no indicator") end
    end
  end
  for _, each in ipairs(INDICATORS) do
    local name = each[1]
    local weight = settings.weight[name] or 0
    if weight > 0 then
      for _, also in ipairs({ "standard", "direction", "evidence", "group" }) do
        if settings[also][name] == nil then error("the setting " .. also .. " lacks \"" .. name .. "\", which has a weight") end
      end
      sum = sum + weight
      local group, evidence = GROUPS[settings.group[name]], EVIDENCE[settings.evidence[name]]
      local less = settings.direction[name] == "less"
      list[#list + 1] = {
        name = name, en = each[2], zh = each[3], weight = weight, standard = settings.standard[name], is_less = less,
        scored = kehu.rule{
          id = name, input = name,
          en = group[1] .. ", " .. each[2] .. ": {value}, standard {limit}" .. (less and ", less is better" or "") .. ", weight {3}",
          zh = group[2] .. "·" .. each[3] .. "：{value}，标准 {limit}" .. (less and "（越小越好）" or "") .. "，权重 {3}",
        },
        missing = kehu.rule{
          id = "missing_" .. name, input = name, op = "missing",
          en = "not known: " .. each[2] .. ", weight {1}; " .. evidence[1],
          zh = "缺失指标：" .. each[3] .. "，权重 {1}；" .. evidence[2],
        },
      }
    end
  end
  -- Weights are decimal fractions: their sum is compared as it is written.
  if kehu.number.round(sum, 9) ~= 1 then
    error("the weights sum to " .. kehu.number.round(sum, 9) .. ", expected 1: change the setting weight")
  end
  return list
end
local indicators = checked()

if settings.sub_from > settings.ordinary_from or settings.ordinary_from > settings.core_from then
  error("the settings sub_from, ordinary_from and core_from must rise: " .. settings.sub_from .. ", "
    .. settings.ordinary_from .. ", " .. settings.core_from)
end

local fits = kehu.rule{ id = "fits", en = "it fits our direction", zh = "符合我方发展方向" }
local fits_not = kehu.rule{ id = "fits_not", en = "it does not fit our direction", zh = "不符合我方发展方向" }
local fits_unsaid = kehu.rule{
  id = "fits_unsaid", input = "fits_direction", op = "missing",
  en = "not answered: does it fit our direction?", zh = "未回答：是否符合我方发展方向？",
}
local willing = kehu.rule{ id = "willing", en = "it is willing to cooperate", zh = "有合作意愿" }
local willing_not = kehu.rule{ id = "willing_not", en = "it is not willing to cooperate", zh = "没有合作意愿" }
local willing_unsaid = kehu.rule{
  id = "willing_unsaid", input = "willing_to_cooperate", op = "missing",
  en = "not answered: is it willing to cooperate?", zh = "未回答：是否有合作意愿？",
}
local shared_out = kehu.rule{
  id = "shared_out",
  en = "the weight of {1} missing {1|indicator|indicators}, {2} in all, is shared out over the others",
  zh = "缺失 {1} 项指标，其权重合计 {2}，按比例分摊到其余指标",
}
local nothing_known = kehu.rule{
  id = "nothing_known", en = "no indicator is known, so no evaluation", zh = "没有已知指标，无法评价",
}
-- Most customers of a large base were never looked at: one sentence for all that is missing.
local names = { en = {}, zh = {} }
for _, indicator in ipairs(indicators) do
  names.en[#names.en + 1], names.zh[#names.zh + 1] = indicator.en, indicator.zh
end
local all_missing = kehu.rule{
  id = "all_missing", en = "not known: " .. table.concat(names.en, "; "), zh = "缺失指标：" .. table.concat(names.zh, "、"),
}
local known_of = kehu.rule{
  id = "known_of", en = "{1} of {2} indicators are known", zh = "{2} 项指标中已知 {1} 项",
}
local too_little = kehu.rule{
  id = "too_little",
  en = "{1} % of the weights are known, {2} % are needed to suggest anything", zh = "已知权重 {1}%，达到 {2}% 才给出建议",
}
local at_least = kehu.rule{ id = "at_least", en = "evaluation {1}, at least {2}", zh = "评价得分 {1}，达到 {2}" }
local below = kehu.rule{ id = "below", en = "evaluation {1}, below {2}", zh = "评价得分 {1}，低于 {2}" }
local no_target = kehu.rule{
  id = "no_target", en = "a question is answered with no: not now, whatever the evaluation", zh = "有一个问题的回答为否：无论得分，暂不合作",
}
local provisional = kehu.rule{
  id = "provisional", en = "for the time being: a question is not answered yet", zh = "暂定：尚有问题未回答",
}

local function three_places(number) return kehu.number.round(number, 3) end

local function target(c, ctx)
  local because = {
    c.fits_direction == nil and fits_unsaid or c.fits_direction and fits or fits_not,
    c.willing_to_cooperate == nil and willing_unsaid or c.willing_to_cooperate and willing or willing_not,
  }
  local kind = "yes"
  if c.fits_direction == false or c.willing_to_cooperate == false then
    kind = "no"
  elseif c.fits_direction == nil or c.willing_to_cooperate == nil then
    kind = "unanswered"
  end
  local label = ctx:label("target_customer", kind, because[1])
  label:because(because[2])
  return label, kind
end

-- How an indicator does against its standard; nothing of what should be small is as good as can be.
local function ratio(indicator, actual)
  if not indicator.is_less then return math.min(actual / indicator.standard, settings.cap) end
  if actual <= 0 then return settings.cap end
  return math.min(indicator.standard / actual, settings.cap)
end

local function evaluate(c, ctx)
  local known, unknown = 0, {}
  for _, indicator in ipairs(indicators) do
    if c[indicator.name] == nil then
      unknown[#unknown + 1] = indicator
    else
      known = known + indicator.weight
    end
  end
  local share = kehu.number.round(100 * known, 6)
  local given = { evaluation_known = ctx:set("evaluation_known", share, known_of, #indicators - #unknown, #indicators) }
  if #unknown == #indicators then
    given.evaluation_known:because(all_missing)
    given.evaluation = ctx:missing("evaluation", nothing_known)
    return given, nil, share
  end
  for _, indicator in ipairs(unknown) do given.evaluation_known:because(indicator.missing, indicator.weight) end
  -- With all of them known the weights are taken as they are.
  local whole = #unknown == 0 and 1 or known
  local total, points = 0, ctx:column("evaluation")
  for _, indicator in ipairs(indicators) do
    local actual = c[indicator.name]
    if actual ~= nil then
      local scored = indicator.weight / whole * ratio(indicator, actual)
      points:add(indicator.scored, scored, actual, indicator.standard, indicator.weight)
      total = total + scored
    end
  end
  if #unknown > 0 then
    points:because(shared_out, #unknown, three_places(1 - known))
    for _, indicator in ipairs(unknown) do points:because(indicator.missing, indicator.weight) end
  end
  given.evaluation = points
  return given, total, share
end

local ROLES = { { "core_dealer", "core_from" }, { "ordinary_dealer", "ordinary_from" }, { "sub_distributor", "sub_from" } }

local function suggest(ctx, total, share, kind)
  if kind == "no" then return ctx:label("suggested_role", "not_now", no_target) end
  if total == nil then return ctx:missing("suggested_role", nothing_known) end
  if share < settings.least_known then
    return ctx:missing("suggested_role", too_little, share, settings.least_known)
  end
  -- Sums of decimal fractions: a billionth below a bound is no less.
  local rounded = kehu.number.round(total, 9)
  local given
  for _, role in ipairs(ROLES) do
    local bound = settings[role[2]]
    if given == nil and rounded >= bound then
      given = ctx:label("suggested_role", role[1], at_least, total, bound)
    end
  end
  given = given or ctx:label("suggested_role", "not_now", below, total, settings.sub_from)
  if kind == "unanswered" then given:because(provisional) end
  return given
end

local function evaluation(c, ctx)
  local label, kind = target(c, ctx)
  local given, total, share = evaluate(c, ctx)
  given.target_customer = label
  given.suggested_role = suggest(ctx, total, share, kind)
  return given
end

-- Follow the leader.

local carries = kehu.rule{
  id = "carries", en = "already carries {1}: follow the leader", zh = "已经营 {1}：亦步亦趋",
}
local carries_not = kehu.rule{
  id = "carries_not", en = "carries {1}, none of the reference companies' products", zh = "经营 {1}，没有参照企业的产品",
}
local brands_unsaid = kehu.rule{
  id = "brands_unsaid", en = "the brands that it carries are not recorded", zh = "未登记经营品牌",
}
local no_reference = kehu.rule{
  id = "no_reference", en = "no reference company is set", zh = "未设置参照企业",
}
local by_evaluation = kehu.rule{ id = "by_evaluation", en = "evaluation {1}, in hundredths", zh = "评价得分 {1}，按百分计" }
local unevaluated = kehu.rule{
  id = "unevaluated", input = "evaluation", op = "missing", en = "not evaluated yet", zh = "尚未评价",
}

local function rank(c, ctx)
  local given, points = {}, ctx:column("prospect_rank")
  if c.evaluation == nil then
    points:add(unevaluated, 0)
  else
    points:add(by_evaluation, 100 * c.evaluation, three_places(c.evaluation))
  end
  local brands, found = {}, nil
  if c.brands_carried or c.canvassed_brands then
    local written = (c.brands_carried or "") .. "," .. (c.canvassed_brands or "")
    brands, found = brands_in.list(written), brands_in.carried(written)
  end
  if found then
    given.carries_reference = ctx:set("carries_reference", true, carries, found)
    points:add(carries, settings.leader_points, found)
  elseif #settings.reference_companies == 0 then
    given.carries_reference = ctx:missing("carries_reference", no_reference)
  elseif #brands == 0 then
    given.carries_reference = ctx:missing("carries_reference", brands_unsaid)
    points:because(brands_unsaid)
  else
    given.carries_reference = ctx:set("carries_reference", false, carries_not, text.sub(table.concat(brands, "、"), 1, 60))
  end
  given.prospect_rank = points
  return given
end

-- Sources and referrals.

local recorded = kehu.rule{ id = "recorded", en = "recorded as {1}", zh = "登记为 {1}" }
local referred = kehu.rule{ id = "referred", en = "referred by {1}", zh = "由 {1} 引荐" }
local referrer_unsaid = kehu.rule{
  id = "referrer_unsaid", en = "who referred it is not recorded", zh = "未登记引荐人",
}
local source_unsaid = kehu.rule{
  id = "source_unsaid", input = "recorded_source", op = "missing", en = "no source is recorded", zh = "未登记来源",
}
local source_unlisted = kehu.rule{
  id = "source_unlisted", en = "recorded as {1}, which is none of the listed sources", zh = "登记为 {1}，不在来源列表中",
}
local referrals_made = kehu.rule{
  id = "referrals_made", en = "referred {1} {1|customer|customers}, the last: {2}", zh = "引荐了 {1} 个客户，最近：{2}",
}
local referred_none = kehu.rule{ id = "referred_none", en = "has referred nobody yet", zh = "尚未引荐客户" }

local SOURCES = {}
for _, source in ipairs(settings.sources) do
  for _, word in ipairs({ source.key, source.en, source.zh }) do
    if word and word ~= "" then SOURCES[plain(word)] = source.key end
  end
end
local REFERRALS = {}
for _, key in ipairs(settings.referral_sources) do REFERRALS[key] = true end

local function source(c, ctx)
  local given = {}
  local written = c.recorded_source
  local kind = written and (SOURCES[written] or SOURCES[plain(written)])
  if written == nil then
    given.source_kind = ctx:missing("source_kind", source_unsaid)
  elseif kind == nil then
    given.source_kind = ctx:missing("source_kind", source_unlisted, written)
  else
    local label = ctx:label("source_kind", kind, recorded, written)
    if c.referred_by then
      label:because(referred, c.referred_by)
    elseif REFERRALS[kind] then
      label:because(referrer_unsaid)
    end
    given.source_kind = label
  end
  if c.referrals > 0 then
    given.word_of_mouth = ctx:set("word_of_mouth", c.referrals, referrals_made, c.referrals, c.last_referral)
  else
    given.word_of_mouth = ctx:set("word_of_mouth", 0, referred_none)
  end
  return given
end

-- What to do with a prospect that was canvassed.

local canvassed = kehu.rule{ id = "canvassed", en = "canvassed {1} {1|day|days} ago", zh = "{1} 天前扫街调查过" }
local questions_open = kehu.rule{
  id = "questions_open", en = "the two questions are not both answered: does it fit, is it willing?",
  zh = "两个问题尚未都回答：是否符合方向，是否愿意合作？",
}
local indicators_open = kehu.rule{
  id = "indicators_open", en = "{1} % of the weights are known, {2} % are needed", zh = "已知指标权重 {1}%，需达到 {2}%",
}
local worth_it = {
  core_dealer = kehu.rule{ id = "worth_core", en = "evaluated as a core dealer", zh = "评价为核心经销商" },
  ordinary_dealer = kehu.rule{ id = "worth_ordinary", en = "evaluated as an ordinary dealer", zh = "评价为一般经销商" },
  sub_distributor = kehu.rule{ id = "worth_sub", en = "evaluated as a sub-distributor", zh = "评价为分销商" },
}
local leader_first = kehu.rule{
  id = "leader_first", en = "it carries a reference company's products already: it comes first", zh = "已经营参照企业的产品：优先开发",
}
local ask_why = kehu.rule{
  id = "ask_why", en = "see kehu explain {1} evaluation for what is missing, and whom to ask", zh = "缺哪些指标、向谁了解：kehu explain {1} evaluation",
}
local four_ways = kehu.rule{
  id = "four_ways", en = "observe, ask directly, ask indirectly, ask from the side", zh = "观察、直接询问、间接询问、旁敲侧击",
}
local terms = kehu.rule{
  id = "terms", en = "agree on the mode of cooperation, payment terms and follow-on service; then letter of intent, agreement, and a named account manager",
  zh = "商定合作方式、付款条件与后续服务；签合作意向、合作协议，并明确客户经理",
}

local function follow_up(c, case, ctx)
  -- Whoever buys is no prospect; whoever was never canvassed is not in this pipeline.
  if c.recency_days ~= nil or c.canvasses == 0 then return nil end
  local days = c.last_canvass_days
  if days > settings.prospect_until or c.target_customer == "no" or c.suggested_role == "not_now" then return nil end
  local because = { { canvassed, days } }
  local action, within, guidance = nil, settings.evaluate_days, { four_ways }
  if c.target_customer == "unanswered" then
    action = "answer_questions"
    because[2] = { questions_open }
  elseif c.suggested_role == nil then
    action = "evaluate"
    because[2] = { indicators_open, c.evaluation_known or 0, settings.least_known }
    guidance[2] = { ask_why, case.name }
  elseif #case.deals == 0 then
    action, within, guidance = "develop", settings.develop_days, { terms }
    because[2] = { worth_it[c.suggested_role] }
  else
    return nil
  end
  if c.carries_reference then because[#because + 1] = { leader_first } end
  local day = ctx.as_of - days
  return ctx:propose{
    action = action, channel = "visit", due = day + within, fact_day = day, group = "prospecting",
    priority = c.carries_reference and settings.leader_priority or settings.priority,
    because = because, guidance = guidance,
  }
end

-- The dealer pipeline: what must be on file before a deal leaves a stage.

local PIPELINES = {}
for _, name in ipairs(settings.pipelines) do PIPELINES[name] = true end

local form_short = kehu.rule{
  id = "form_short", en = "the canvass form has {1} of {2} sides", zh = "调查表只了解了 {2} 个方面中的 {1} 个",
}
local fill_form = kehu.rule{
  id = "fill_form", en = "log what is missing: kehu log canvass {1} --field …; kehu report canvass-form {1} shows the blanks",
  zh = "补充调查：kehu log canvass {1} --field …；kehu report canvass-form {1} 显示空项",
}
local answer_both = kehu.rule{
  id = "answer_both", en = "answer them: kehu customer edit {1} --field fits_direction=yes --field willing_to_cooperate=yes, or no",
  zh = "回答：kehu customer edit {1} --field fits_direction=yes --field willing_to_cooperate=yes，或 no",
}
local answered_no = kehu.rule{
  id = "answered_no", en = "a question is answered with no: it is no target customer", zh = "有一个问题的回答为否：不是目标客户",
}
local look_again = kehu.rule{
  id = "look_again", en = "give it up for now, or look again: kehu customer edit {1} --field …", zh = "暂时放弃，或重新了解：kehu customer edit {1} --field …",
}
local not_evaluated = kehu.rule{
  id = "not_evaluated", en = "{1} % of the weights are known, too little for an evaluation", zh = "已知指标权重 {1}%，不足以评价",
}
local evaluate_it = kehu.rule{
  id = "evaluate_it", en = "record the indicators with kehu customer edit {1} --field …, then kehu score; kehu explain {1} evaluation names what is missing",
  zh = "登记指标：kehu customer edit {1} --field …，再 kehu score；kehu explain {1} evaluation 列出缺失项",
}
local evaluated_low = kehu.rule{
  id = "evaluated_low", en = "its evaluation of {1} suggests: not now", zh = "评价得分 {1}，建议暂不合作",
}
local term_missing = {
  cooperation_mode = kehu.rule{ id = "no_mode", en = "the mode of cooperation is not agreed", zh = "合作方式未定" },
  payment_terms = kehu.rule{ id = "no_payment", en = "the payment terms are not agreed", zh = "付款条件未定" },
  follow_on_service = kehu.rule{ id = "no_service", en = "the follow-on service is not agreed", zh = "后续服务未定" },
}
local set_term = kehu.rule{
  id = "set_term", en = "agree, and record it: kehu deal edit {1} --field {2}=…", zh = "商定并登记：kehu deal edit {1} --field {2}=…",
}

-- Each criterion adds to what is missing and what to do about it.
local CRITERIA = {}

function CRITERIA.form(c, case, add, customer)
  local found = {}
  for _, each in ipairs(case.interactions) do
    if each.kind == "canvass" then
      for name, value in pairs(each.fields) do found[name] = value end
    end
  end
  local sides = sides_of(found)
  if sides < settings.sides_needed then add({ form_short, sides, settings.sides_needed }, { fill_form, customer }) end
end

function CRITERIA.questions(c, case, add, customer)
  if c.fits_direction == false or c.willing_to_cooperate == false then return add({ answered_no }, { look_again, customer }) end
  if c.fits_direction == nil then add({ fits_unsaid }, { answer_both, customer }) end
  if c.willing_to_cooperate == nil then add({ willing_unsaid }, { answer_both, customer }) end
end

function CRITERIA.evaluation(c, case, add, customer)
  if c.suggested_role == "not_now" then
    add({ evaluated_low, c.evaluation and three_places(c.evaluation) or 0 }, { look_again, customer })
  elseif c.suggested_role == nil then
    add({ not_evaluated, kehu.number.round(c.evaluation_known or 0, 1) }, { evaluate_it, customer })
  end
end

function CRITERIA.terms(c, case, add)
  local deal = case.deal.id and string.format("D-%d", case.deal.id) or "D-…"
  for _, name in ipairs({ "cooperation_mode", "payment_terms", "follow_on_service" }) do
    if case.deal.fields[name] == nil then add({ term_missing[name] }, { set_term, deal, name }) end
  end
end

local function stage(c, case, ctx)
  local move = case.move
  if move == nil or case.stage == nil or not PIPELINES[case.deal.pipeline] then return nil end
  if move.direction ~= "forward" and move.direction ~= "skip" then return nil end
  local because, advice = {}, {}
  local function add(why, what)
    because[#because + 1] = why
    local last = advice[#advice]
    if last == nil or last[1] ~= what[1] or last[3] ~= what[3] then advice[#advice + 1] = what end
  end
  local customer = case.customer and string.format("C-%d", case.customer.id) or "C-…"
  local left = { case.stage.name }
  for _, name in ipairs(move.passed) do left[#left + 1] = name end
  for _, name in ipairs(left) do
    local criterion = settings.criteria[name]
    if criterion then CRITERIA[criterion](c, case, add, customer) end
  end
  if #because == 0 then return nil end
  if settings.refuses then return ctx:refuse{ because = because, advice = advice } end
  return ctx:warn{ because = because, advice = advice }
end

-- Whoever adds a customer without a source, or a referral without who referred, is told.

local say_source = kehu.rule{
  id = "say_source", en = "record it with kehu customer edit {1} --source …: {2}", zh = "登记：kehu customer edit {1} --source …，可选：{2}",
}
local say_referrer = kehu.rule{
  id = "say_referrer", en = "record it with kehu customer edit {1} --field referred_by=…", zh = "登记：kehu customer edit {1} --field referred_by=…",
}

local function source_names()
  local names = {}
  for _, each in ipairs(settings.sources) do names[#names + 1] = each.key end
  return table.concat(names, ", ")
end

local function on_event(c, event, ctx)
  if event.record ~= "customer" or event.after == nil then return end
  local after, before = event.after, event.before
  local id = string.format("C-%d", event.id)
  if event.change == "changed" and before.source == after.source then return end
  if after.source == nil then
    return { ctx:warn{ because = source_unsaid, advice = { { say_source, id, source_names() } } } }
  end
  local kind = SOURCES[plain(after.source)]
  if kind == nil then
    return { ctx:warn{ because = { { source_unlisted, after.source } }, advice = { { say_source, id, source_names() } } } }
  elseif REFERRALS[kind] and after.fields.referred_by == nil then
    return { ctx:warn{ because = referrer_unsaid, advice = { { say_referrer, id } } } }
  end
end

return { evaluation = evaluation, rank = rank, source = source, follow_up = follow_up, stage = stage, on_event = on_event }
