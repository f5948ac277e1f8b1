local TODAY = kehu.day.parse("2025-01-01")

local function with(base, changes)
  local c = {}
  for name, value in pairs(base) do c[name] = value end
  for name, value in pairs(changes or {}) do c[name] = value end
  return c
end

describe("groups", function()
  local function group(changes)
    return test.score{ step = "group", customer = with({ members = 0, group_amount_12m = 100 }, changes) }
  end
  it("knows head, middle, member and single", function()
    for _, case in ipairs({
      { {}, "single" },
      { { members = 1 }, "head" },
      { { parent_name = "Holding", group_name = "Holding" }, "member" },
      { { members = 2, parent_name = "North", group_name = "Holding" }, "middle" },
    }) do
      assert.equal(case[2], group(case[1]).group_role)
    end
    local r = group{ members = 3, group_amount_12m = 950 }
    assert.equal("3 customers belong to it; purchases of 12 months with theirs 950", r.reasons.group_role[1].en)
  end)
  it("holds sales, income and share against the goals, and names what is missing", function()
    local r = group{ goal_sales = 1000, group_amount_12m = 250, goal_income = 50, group_margin_12m = -10, goal_share = 40, our_share = 30 }
    assert.near(25, r.sales_goal_reached, 1e-9)
    assert.near(-20, r.income_goal_reached, 1e-9)
    assert.near(75, r.share_goal_reached, 1e-9)
    local none = group{}
    for _, rule in ipairs({ "no_sales_goal", "no_income_goal", "no_share_goal" }) do assert.reason(none, rule) end
    local unknown = group{ goal_sales = 0, goal_income = 50, goal_share = 40 }
    assert.reason(unknown, "no_sales_goal")
    assert.reason(unknown, "no_margin")
    assert.reason(unknown, "no_share")
    assert.equal(nil, unknown.income_goal_reached)
  end)
end)

describe("the key list", function()
  local function listed(changes, settings)
    return test.score{ step = "key_list", customer = changes, settings = settings or {} }
  end
  it("stands beside the tier and counts before it", function()
    for _, case in ipairs({
      { {}, "not_listed", false, "not_listed" },
      { { tier = "C" }, "not_listed", false, "other_tier" },
      { { tier = "A" }, "by_tier", false, "by_tier" },
      { { tier = "C", key_customer = false }, "not_listed", false, "other_tier" },
      { { tier = "C", key_customer = true, key_reason = "opens the north" }, "by_hand", true, "overrides_tier" },
      { { tier = "A", key_customer = true }, "by_hand", true, "agrees_with_tier" },
      { { key_customer = true }, "by_hand", true, "no_tier" },
      { { tier = "C", key_customer = true }, "by_hand", true, "listed_without_reason" },
    }) do
      local r = listed(case[1])
      assert.equal(case[2], r.key_list)
      assert.equal(case[3], r.key_account)
      assert.reason(r, case[4])
    end
    local why = listed{ tier = "C", key_customer = true, key_reason = "opens the north" }.reasons.key_list
    assert.equal("put on the key list for its strategic significance: opens the north", why[1].en)
    assert.equal("the computed tier is C; the list counts before it, as A", why[3].en)
  end)
  it("falls due for review on its day, not before", function()
    for _, case in ipairs({ { -1, "review_due" }, { 0, "review_due" }, { 1, "by_hand" } }) do
      local r = listed{ key_customer = true, key_review = TODAY + case[1] }
      assert.equal(case[2], r.key_list)
      assert.equal(true, r.key_account, "a list that is not reviewed still counts")
    end
  end)
  it("follows the workspace's tiers", function()
    local r = listed({ tier = "strategic" }, { key_tiers = { "strategic", "important" } })
    assert.equal("by_tier", r.key_list)
  end)
end)

local KEY = {
  key_list = "by_tier", tier = "A", risk_market = "low", risk_credit = "low", risk_contract = "low",
  risk_reviewed = TODAY - 10, contract_end = TODAY + 400, overdue_amount = 0, members_overdue = 0,
  orders_lately = 100, orders_before = 100, satisfaction_lately = 4, satisfaction_before = 4,
  inbound_days = 10, known_initiatives = 5, group_contact_days = 10,
}

local function risk(changes, settings)
  return test.score{ step = "risk", customer = with(KEY, changes), settings = settings or {} }
end

describe("risk", function()
  it("warns at and beyond each threshold", function()
    for _, case in ipairs({
      { {}, "calm", 0 },
      { { overdue_amount = 0.01 }, "overdue", 25 },
      { { members_overdue = 5 }, "overdue", 25 },
      { { orders_lately = 80.01 }, "calm", 0 },
      { { orders_lately = 80 }, "falling_orders", 20 },
      { { orders_lately = -20 }, "falling_orders", 20 },
      { { orders_lately = 200 }, "calm", 0 },
      { { satisfaction_lately = 3.51 }, "calm", 0 },
      { { satisfaction_lately = 3.5 }, "falling_satisfaction", 15 },
      { { inbound_days = 90 }, "calm", 0 },
      { { inbound_days = 91 }, "no_inbound", 10 },
      { { inbound_days = test.missing }, "never_inbound", 10 },
      { { group_contact_days = 30 }, "calm", 0 },
      { { group_contact_days = 31 }, "silence", 15 },
      { { group_contact_days = test.missing }, "never_contacted", 15 },
      { { group_contact_days = 31, contact_interval = 31 }, "calm", 0 },
      { { group_contact_days = 31, tier = "B" }, "calm", 0 },
      { { group_contact_days = 31, tier = "C", key_list = "by_hand" }, "silence", 15 },
      { { group_contact_days = 91, tier = "unknown" }, "silence", 15 },
      { { contract_end = TODAY + 61 }, "calm", 0 },
      { { contract_end = TODAY + 60 }, "contract_near", 15 },
      { { contract_end = TODAY }, "contract_near", 15 },
      { { contract_end = TODAY - 1 }, "contract_over", 15 },
      { { risk_credit = "medium" }, "credit_medium", 5 },
      { { risk_contract = "high" }, "contract_high", 15 },
      { { risk_reviewed = TODAY - 89 }, "calm", 0 },
      { { risk_reviewed = TODAY - 90 }, "unreviewed", 5 },
      { { risk_reviewed = test.missing }, "never_reviewed", 5 },
    }) do
      local r = risk(case[1])
      assert.equal(case[3], r.risk_score, case[2])
      assert.reason(r, case[2])
    end
  end)
  it("names what is missing and does not count it", function()
    for _, case in ipairs({
      { "overdue_amount", "unknown_overdue" }, { "orders_before", "unknown_orders" },
      { "satisfaction_before", "unknown_satisfaction" }, { "contract_end", "unknown_contract_end" },
      { "risk_market", "unknown_market" }, { "risk_credit", "unknown_credit" }, { "risk_contract", "unknown_contract" },
    }) do
      local r = risk{ [case[1]] = test.missing }
      assert.equal(0, r.risk_score, case[1])
      assert.reason(r, case[2])
    end
    assert.reason(risk{ known_initiatives = 0, inbound_days = test.missing }, "unknown_inbound")
    assert.reason(risk{ orders_before = -5 }, "unknown_orders")
  end)
  it("is watched from 15 points, high from 40", function()
    for _, case in ipairs({
      { {}, "low" },
      { { risk_market = "medium", risk_credit = "medium" }, "low" },
      { { risk_market = "high" }, "watch" },
      { { overdue_amount = 9, inbound_days = 91 }, "watch" },
      { { overdue_amount = 9, risk_market = "high" }, "high" },
    }) do
      assert.equal(case[2], risk(case[1]).risk)
    end
    assert.error(function() risk({}, { watch_from = 50 }) end, "high_from")
  end)
  it("is judged for key customers alone", function()
    local r = risk{ key_list = "not_listed", overdue_amount = 9 }
    assert.equal(nil, r.risk)
    assert.reason(r, "not_key")
    assert.equal("low", risk{ key_list = "review_due" }.risk)
  end)
  it("never falls when an input gets worse", function()
    local worse = {
      overdue_amount = { 0, 1, 1000 }, orders_lately = { 120, 100, 81, 80, 0, -50 }, satisfaction_lately = { 5, 4, 3.5, 1 },
      inbound_days = { 0, 90, 91, 900 }, group_contact_days = { 0, 30, 31, 900 },
      contract_end = { TODAY + 900, TODAY + 60, TODAY, TODAY - 90 }, risk_market = { "low", "medium", "high" },
      risk_reviewed = { TODAY + 5, TODAY, TODAY - 90, TODAY - 900 },
    }
    for name, values in pairs(worse) do
      local least = 0
      for _, value in ipairs(values) do
        local score = risk{ [name] = value }.risk_score
        assert.is_true(score >= least, name)
        least = score
      end
    end
  end)
end)

local function propose(changes, settings)
  local customer = with(KEY, changes)
  customer.case = { customer = { id = 7, name = "Wuhan" } }
  local found = {}
  for _, p in ipairs(test.follow_up{ customer = customer, settings = settings or {} }) do found[p.action] = p end
  return found
end

describe("proposals", function()
  it("answer what warns", function()
    assert.same({}, propose{})
    local p = propose{ overdue_amount = 5, contract_end = TODAY + 60, orders_lately = 0, group_contact_days = 31, risk_reviewed = TODAY - 91 }
    assert.equal(TODAY, p.collect_payment.due)
    assert.equal(TODAY, p.renew_contract.due)
    assert.equal("falling_orders", p.win_attention.reasons[1].rule)
    assert.equal("silence", p.win_attention.reasons[2].rule)
    assert.equal(TODAY - 1, p.review_risk.due)
    assert.equal(nil, p.review_key_list)
  end)
  it("ask for the review of the key list some days before its day, whatever the tier", function()
    for _, case in ipairs({ { 15, false }, { 14, true }, { 0, true }, { -3, true } }) do
      local p = propose{ key_list = "by_hand", tier = "C", key_review = TODAY + case[1] }
      assert.equal(case[2], p.review_key_list ~= nil, case[1] .. " days")
      if p.review_key_list then assert.equal(TODAY + case[1], p.review_key_list.due) end
    end
    local p = propose{ key_list = "by_hand", tier = "C" }.review_key_list
    assert.equal("no_review", p.reasons[1].rule)
    assert.equal("record_reason", p.guidance[2].rule)
    assert.equal("where the tier itself is to be another one: kehu override C-7 tier A --until … --reason …", p.guidance[3].en)
  end)
  it("speak of attention to be won back only where nobody has bought for some days", function()
    for _, case in ipairs({ { 0, false }, { 13, false }, { 14, true }, { test.missing, true } }) do
      local p = propose{ orders_lately = 0, group_contact_days = 31, group_purchase_days = case[1] }
      assert.equal(case[2], p.win_attention ~= nil, tostring(case[1]) .. " days after a purchase")
    end
    local p = propose{ satisfaction_before = 5, satisfaction_lately = 2, group_purchase_days = 0 }
    assert.equal("falling_satisfaction", p.win_attention.reasons[1].rule)
    assert.is_nil(p.win_attention.reasons[2])
  end)
  it("leave alone who earns with us and is silent, and who is given up", function()
    local silent = propose{ group_contact_days = 31, attitude_strategy = "hands_off" }
    assert.is_nil(silent.win_attention)
    local falling = propose{ group_contact_days = 31, orders_lately = 0, attitude_strategy = "hands_off" }
    assert.equal("falling_orders", falling.win_attention.reasons[1].rule)
    assert.is_nil(propose{ group_contact_days = 31, orders_lately = 0, attitude_strategy = "give_up" }.win_attention)
  end)
  it("are about key customers alone", function()
    assert.same({}, propose{ key_list = "not_listed", overdue_amount = 5 })
  end)
end)
