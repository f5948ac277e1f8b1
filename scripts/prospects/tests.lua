-- The weights as they come: they sum to 1.
local WEIGHT = {
  market_influence = 0.08, big_brands = 0.08, relations_network = 0.08, business_size = 0.1, profitability = 0.08,
  payment_days = 0.08, sales_team_size = 0.06, sales_team_ability = 0.06, rules_and_incentives = 0.04,
  leader_quality = 0.04, technical_expertise = 0.06, after_sales_service = 0.06, own_network = 0.08,
  network_layout = 0.05, marketing_people = 0.05,
}
local STANDARD = {
  market_influence = 3, big_brands = 3, relations_network = 3, business_size = 5000000, profitability = 5,
  payment_days = 30, sales_team_size = 10, sales_team_ability = 3, rules_and_incentives = 3, leader_quality = 3,
  technical_expertise = 3, after_sales_service = 3, own_network = 20, network_layout = 3, marketing_people = 5,
}

local function dealer(changes)
  local c = { fits_direction = true, willing_to_cooperate = true }
  for name, standard in pairs(STANDARD) do c[name] = standard end
  for name, value in pairs(changes or {}) do c[name] = value end
  return c
end

local function evaluate(changes, settings)
  return test.score{ step = "evaluation", customer = dealer(changes), settings = settings }
end

-- Two indicators of equal weight, so that any total can be set up.
local TWO = { weight = { big_brands = 0.5, payment_days = 0.5 } }
local function two(brands, days, changes)
  local c = { big_brands = brands, payment_days = days, fits_direction = true, willing_to_cooperate = true }
  for name, value in pairs(changes or {}) do c[name] = value end
  local settings = { weight = TWO.weight }
  return test.score{ step = "evaluation", customer = c, settings = settings }
end

describe("the two questions", function()
  it("make a target customer, if both are answered with yes", function()
    for _, case in ipairs({
      { true, true, "yes", "core_dealer" },
      { true, false, "no", "not_now" },
      { false, true, "no", "not_now" },
      { false, test.missing, "no", "not_now" },
      { true, test.missing, "unanswered", "core_dealer" },
      { test.missing, test.missing, "unanswered", "core_dealer" },
    }) do
      local r = evaluate{ fits_direction = case[1], willing_to_cooperate = case[2] }
      assert.equal(case[3], r.target_customer)
      assert.equal(case[4], r.suggested_role)
      assert.near(1, r.evaluation, 1e-9)
      if case[3] == "unanswered" then assert.reason(r, "provisional") end
      if case[2] == test.missing then assert.reason(r, "willing_unsaid") end
    end
  end)
end)

describe("the evaluation", function()
  it("is 1 where every indicator is at its standard, and its parts sum to it", function()
    local r = evaluate{}
    assert.near(1, r.evaluation, 1e-9)
    assert.equal(100, r.evaluation_known)
    local sum = 0
    for name, weight in pairs(WEIGHT) do
      local why = assert.reason(r, name)
      assert.near(weight, why.points, 1e-9, name)
      sum = sum + why.points
    end
    assert.near(1, sum, 1e-9)
  end)
  it("scores weight times actual over standard, or standard over actual, up to one and a half times the weight", function()
    for _, case in ipairs({
      { "big_brands", 1.5, 0.5 }, { "big_brands", 0, 0 }, { "big_brands", 4.5, 1.5 }, { "big_brands", 4.6, 1.5 },
      { "big_brands", 4.4, 4.4 / 3 }, { "big_brands", -3, -1 },
      { "payment_days", 60, 0.5 }, { "payment_days", 20, 1.5 }, { "payment_days", 19, 1.5 },
      { "payment_days", 21, 30 / 21 }, { "payment_days", 0, 1.5 }, { "payment_days", -5, 1.5 },
    }) do
      local r = evaluate{ [case[1]] = case[2] }
      local why = assert.reason(r, case[1])
      assert.near(WEIGHT[case[1]] * case[3], why.points, 1e-9, case[1] .. " " .. case[2])
      assert.near(1 - WEIGHT[case[1]] + WEIGHT[case[1]] * case[3], r.evaluation, 1e-9)
    end
    local r = evaluate({ big_brands = 9 }, { cap = 2 })
    assert.near(0.16, assert.reason(r, "big_brands").points, 1e-9)
  end)
  it("never falls when a good input rises", function()
    for name in pairs(STANDARD) do
      local last
      for step = 0, 8 do
        local r = evaluate{ [name] = STANDARD[name] * step / 4 }
        local better = name == "payment_days" and -r.evaluation or r.evaluation
        assert.is_true(last == nil or better >= last - 1e-12, name .. " at " .. step)
        last = better
      end
    end
  end)
  it("names missing indicators, and shares out their weight", function()
    local r = evaluate{ big_brands = test.missing, payment_days = 60 }
    -- What is left of the weights is 0.92, and payment_days lost half of its 0.08.
    assert.near((0.92 - 0.04) / 0.92, r.evaluation, 1e-9)
    assert.near(92, r.evaluation_known, 1e-9)
    assert.equal("not known: big brands carried, weight 0.08; observe it", assert.reason(r, "missing_big_brands").en)
    assert.equal("缺失指标：经营大品牌，权重 0.08；观察", assert.reason(r, "missing_big_brands").zh)
    assert.reason(r, "shared_out")
  end)
  it("suggests nothing where too little is known", function()
    local weight = { big_brands = 0.6, payment_days = 0.4 }
    local function known(customer)
      return test.score{ step = "evaluation", customer = customer, settings = { weight = weight } }
    end
    local at = known{ big_brands = 3 }
    assert.equal(60, at.evaluation_known)
    assert.equal("core_dealer", at.suggested_role)
    local less = known{ payment_days = 30 }
    assert.equal(nil, less.suggested_role)
    assert.near(1, less.evaluation, 1e-9)
    assert.reason(less, "too_little")
    local none = known{}
    assert.equal(nil, none.evaluation)
    assert.equal(nil, none.suggested_role)
    assert.reason(none, "nothing_known")
    assert.reason(none, "all_missing")
  end)
  it("suggests by its bounds", function()
    for _, case in ipairs({
      { 3, "core_dealer" }, { 2.999, "ordinary_dealer" }, { 1.8, "ordinary_dealer" }, { 1.799, "sub_distributor" },
      { 0.6, "sub_distributor" }, { 0.599, "not_now" }, { -9, "not_now" }, { 9, "core_dealer" },
    }) do
      assert.equal(case[2], two(case[1], 30).suggested_role, tostring(case[1]))
    end
    assert.equal("not_now", two(9, 9, { willing_to_cooperate = false }).suggested_role)
  end)
end)

describe("settings of the evaluation", function()
  it("must fit together", function()
    local function wrong(settings, part)
      assert.error(function() test.score{ step = "evaluation", customer = {}, settings = settings } end, part)
    end
    wrong({ weight = { big_brands = 0.5, payment_days = 0.4 } }, "the weights sum to 0.9, expected 1")
    wrong({ weight = { big_brand = 1 } }, "no indicator")
    wrong({ weight = { big_brands = 1 }, standard = { payment_days = 30 } }, "lacks \"big_brands\"")
    wrong({ core_from = 0.7 }, "must rise")
  end)
  it("turn an indicator round, and move its standard", function()
    local r = test.score{ step = "evaluation", customer = { big_brands = 10 }, settings = {
      weight = { big_brands = 1 }, standard = { big_brands = 5 }, direction = { big_brands = "less" },
      evidence = { big_brands = "reps" }, group = { big_brands = "finance" },
    } }
    assert.near(0.5, r.evaluation, 1e-9)
    assert.equal("finance, big brands carried: 10, standard 5, less is better, weight 1", assert.reason(r, "big_brands").en)
  end)
end)

local LEADER = { reference_companies = { "宝洁", "LG" } }
local function ranked(customer, settings)
  if customer.canvassed_brands == nil then customer.canvassed_brands = test.missing end
  return test.score{ step = "rank", customer = customer, settings = settings or LEADER }
end

describe("follow the leader", function()
  it("finds the reference company among the brands, however they are written", function()
    for _, case in ipairs({
      { "宝洁", true }, { "联合利华、宝洁洗衣粉", true }, { "ｌｇ", true }, { "Lg appliances; Haier", true },
      { "BULGARI", false }, { "联合利华，立白", false }, { "、", nil },
    }) do
      assert.equal(case[2], ranked({ evaluation = 0.5, brands_carried = case[1] }).carries_reference, case[1])
    end
    assert.equal(true, ranked({ evaluation = 0.5, canvassed_brands = "宝洁" }).carries_reference)
  end)
  it("ranks those higher who carry its products", function()
    local r = test.score{ step = "rank", settings = LEADER, customers = {
      leader = { evaluation = 0.9, brands_carried = "宝洁", canvassed_brands = test.missing },
      other = { evaluation = 1, brands_carried = "立白", canvassed_brands = test.missing },
      unsaid = { evaluation = 1, canvassed_brands = test.missing },
      nothing = { evaluation = test.missing, canvassed_brands = "LG" },
    } }
    assert.near(110, r.leader.prospect_rank, 1e-9)
    assert.near(100, r.other.prospect_rank, 1e-9)
    assert.equal(nil, r.unsaid.carries_reference)
    assert.reason(r.unsaid, "brands_unsaid")
    assert.near(20, r.nothing.prospect_rank, 1e-9)
    assert.reason(r.nothing, "unevaluated")
  end)
  it("says that no reference company is set", function()
    local r = ranked({ evaluation = 1, brands_carried = "宝洁" }, {})
    assert.equal(nil, r.carries_reference)
    assert.reason(r, "no_reference")
  end)
end)

local function sourced(changes)
  local c = { recorded_source = test.missing, referrals = 0, last_referral = test.missing }
  for name, value in pairs(changes) do c[name] = value end
  return test.score{ step = "source", customer = c }
end

describe("source and referral", function()
  it("takes a source in either language", function()
    for _, word in ipairs({ "trade_show", "trade show", "Trade Show", "展会", " 展会 " }) do
      assert.equal("trade_show", sourced({ recorded_source = word }).source_kind, word)
    end
    local none, odd = sourced({}), sourced({ recorded_source = "dream" })
    assert.equal(nil, none.source_kind)
    assert.reason(none, "source_unsaid")
    assert.reason(odd, "source_unlisted")
  end)
  it("names who referred", function()
    assert.reason(sourced({ recorded_source = "客户引荐", referred_by = "C-1" }), "referred")
    assert.reason(sourced({ recorded_source = "customer_referral" }), "referrer_unsaid")
    assert.no_reason(sourced({ recorded_source = "web_search" }), "referrer_unsaid")
  end)
  it("counts referrals as word of mouth", function()
    local r = sourced({ referrals = 2, last_referral = "大明" })
    assert.equal(2, r.word_of_mouth)
    assert.equal("引荐了 2 个客户，最近：大明", assert.reason(r, "referrals_made").zh)
    assert.equal(0, sourced({}).word_of_mouth)
  end)
end)

describe("what to do with a prospect", function()
  local function propose(changes, deals, settings)
    local c = { recency_days = test.missing, canvasses = 1, last_canvass_days = 3, target_customer = "yes",
      evaluation_known = 100, suggested_role = "core_dealer", prospect_rank = 100, carries_reference = test.missing }
    for name, value in pairs(changes) do c[name] = value end
    c.case = { name = "大明", deals = deals or {}, interactions = {} }
    return test.follow_up{ customer = c, settings = settings }
  end
  it("answers the questions first, then finds out the indicators, then settles the relationship", function()
    for _, case in ipairs({
      { { target_customer = "unanswered", suggested_role = test.missing }, "answer_questions", "2025-01-05" },
      { { suggested_role = test.missing, evaluation_known = 59 }, "evaluate", "2025-01-05" },
      { {}, "develop", "2025-01-12" },
    }) do
      local p = propose(case[1])[1]
      assert.equal(case[2], p.action)
      assert.equal(case[3], kehu.day.format(p.due))
      assert.equal("prospecting", p.group)
      assert.equal(40, p.priority)
    end
  end)
  it("puts those first who carry the leader's products", function()
    local p = propose({ carries_reference = true })[1]
    assert.equal(50, p.priority)
    assert.reason(p, "leader_first")
  end)
  it("leaves alone whoever buys, was never canvassed, is none for us, or has an open deal", function()
    for _, case in ipairs({
      { recency_days = 5 }, { canvasses = 0, last_canvass_days = test.missing }, { target_customer = "no" },
      { suggested_role = "not_now" }, { last_canvass_days = 181 },
    }) do
      assert.equal(0, #propose(case))
    end
    assert.equal(1, #propose({ last_canvass_days = 180 }))
    assert.equal(0, #propose({}, { { name = "first order", stage = "offer" } }))
  end)
end)

describe("a prospect without a source", function()
  local function added(after, change, before)
    return test.on_event{ customer = { event = { record = "customer", change = change or "added", id = 7, after = after, before = before } } }
  end
  it("is told, with the sources that there are", function()
    local r = added({ name = "大明" })[1]
    assert.equal("warn", r.effect)
    assert.reason(r, "source_unsaid")
    assert.reason(added({ name = "大明", source = "dream" })[1], "source_unlisted")
    assert.reason(added({ name = "大明", source = "客户引荐", fields = {} })[1], "referrer_unsaid")
  end)
  it("is not told where nothing is missing, or nothing changed", function()
    assert.equal(0, #added({ name = "大明", source = "trade_show" }))
    assert.equal(0, #added({ name = "大明", source = "partner_referral", fields = { referred_by = "老王" } }))
    assert.equal(0, #added({ name = "大明" }, "changed", { name = "大明" }))
    assert.equal(1, #added({ name = "大明" }, "changed", { name = "大明", source = "trade_show" }))
  end)
end)

describe("the dealer pipeline", function()
  local function move(from, changes, more, settings)
    local c = { fits_direction = test.missing, willing_to_cooperate = test.missing, evaluation = test.missing, evaluation_known = 0, suggested_role = test.missing }
    for name, value in pairs(changes or {}) do c[name] = value end
    more = more or {}
    c.case = {
      deal = { id = 5, pipeline = more.pipeline or "dealer", fields = more.fields or {} }, stage = { name = from },
      move = { to = { name = "next", role = more.role }, direction = more.direction or "forward", passed = more.passed or {} },
      interactions = more.interactions or {}, customer = { id = 7 },
    }
    return test.stage{ customer = c, settings = settings }
  end
  local function canvassed(fields) return { interactions = { { kind = "canvass", fields = fields } } } end
  it("asks for a complete form", function()
    local all = { market_size = "large", lead_brand = "立白", rival_policy = "rebates", high_demand = 20 }
    assert.equal("none", move("canvass", {}, canvassed(all)).judgement)
    all.high_demand = nil
    local r = move("canvass", {}, canvassed(all))
    assert.equal("refuse", r.judgement)
    assert.equal("the canvass form has 3 of 4 sides", assert.reason(r, "form_short").en)
    assert.equal("none", move("canvass", {}, canvassed(all), { sides_needed = 3 }).judgement)
  end)
  it("asks for both questions, and stops where one is answered with no", function()
    assert.reason(move("identify", { fits_direction = true }), "willing_unsaid")
    assert.reason(move("identify", {}), "fits_unsaid")
    assert.reason(move("identify", { fits_direction = true, willing_to_cooperate = false }), "answered_no")
    assert.equal("none", move("identify", { fits_direction = true, willing_to_cooperate = true }).judgement)
  end)
  it("asks for an evaluation that suggests a role", function()
    assert.equal("none", move("evaluate", { evaluation = 0.7, evaluation_known = 60, suggested_role = "sub_distributor" }).judgement)
    assert.reason(move("evaluate", { evaluation = 0.5, evaluation_known = 60, suggested_role = "not_now" }), "evaluated_low")
    assert.reason(move("evaluate", { evaluation_known = 59 }), "not_evaluated")
  end)
  it("asks for the terms of the relationship", function()
    local r = move("relationship")
    for _, rule in ipairs({ "no_mode", "no_payment", "no_service" }) do assert.reason(r, rule) end
    local terms = { cooperation_mode = "exclusive", payment_terms = "30 days", follow_on_service = "monthly visit" }
    assert.equal("none", move("relationship", {}, { fields = terms }).judgement)
  end)
  it("looks at stages that are passed over, and not at other moves or pipelines", function()
    local r = move("visit", {}, { direction = "skip", passed = { "evaluate" } })
    assert.reason(r, "not_evaluated")
    assert.equal("none", move("evaluate", {}, { direction = "back" }).judgement)
    assert.equal("none", move("evaluate", {}, { direction = "lose" }).judgement)
    assert.equal("none", move("evaluate", {}, { pipeline = "sales" }).judgement)
    assert.equal("warn", move("evaluate", {}, {}, { refuses = false }).judgement)
  end)
end)
