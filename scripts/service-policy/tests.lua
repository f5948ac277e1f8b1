local function with(base, changes)
  local c = {}
  for name, value in pairs(base) do c[name] = value end
  for name, value in pairs(changes or {}) do c[name] = value end
  return c
end

describe("the policy", function()
  local function policy(changes, settings)
    return test.score{ step = "policy", customer = changes, settings = settings or {} }
  end
  it("follows the tier, and the key list before it", function()
    for _, case in ipairs({ { "A", 7 }, { "B", 14 }, { "C", 30 }, { "D", 60 } }) do
      local r = policy{ tier = case[1] }
      assert.equal(case[1], r.service_policy)
      assert.equal(case[2], r.contact_interval)
    end
    local r = policy{ tier = "D", key_account = true }
    assert.equal("A", r.service_policy)
    assert.reason(r, "by_list")
    assert.equal(
      "tier D, low-touch service: contact every 60 days; payment before delivery; answers on request; responsible: inside sales",
      policy{ tier = "D" }.reasons.service_policy[1].en
    )
  end)
  it("says where there is none", function()
    assert.reason(policy{}, "no_tier")
    assert.reason(policy{ tier = "strategic" }, "no_policy")
    assert.error(function() policy({ tier = "A" }, { contact_days = { A = 5 } }) end, "contact_days")
  end)
end)

-- Eleven customers with 0, 100, … 1,000: each step is 10 points of an index of the amount alone.

local function base(changes, last)
  local customers = {}
  for at = 0, 10 do customers["c" .. at] = { amount_12m = 100 * at, value_index = 10 * at, index_share_amount = 1, tier = "B", tier_gap = 5 } end
  for name, change in pairs(changes) do customers[name] = with(customers[name], change) end
  return customers
end

local function upgrade(changes)
  return test.score{ step = "upgrade", customers = base(changes) }
end

describe("the way up", function()
  it("says what amount would lift, the others staying as they are", function()
    for _, case in ipairs({ { 20, 200 }, { 20.01, 300 }, { 0.01, 100 }, { 10, 100 }, { 70, 700 } }) do
      local r = upgrade{ c3 = { tier_gap = case[1] } }.c3
      assert.equal("amount", r.upgrade_by)
      assert.near(case[2], r.upgrade_amount, 1e-9, case[1] .. " points")
    end
    local r = upgrade{ c3 = { tier_gap = 20 } }.c3
    assert.equal("20 points short of A; the shortest indicator is amount of 12 months, at percentile rank 30", r.reasons.upgrade_by[1].en)
    assert.reason(r, "amount_way", { arguments = { 300, 500 } })
  end)
  it("is not put off by the millionth of a point to which indexes are given", function()
    local customers = {
      a = { amount_12m = 3, value_index = 0, tier = "C", tier_gap = 66.666667 }, b = { amount_12m = 17, value_index = 33.333333, tier = "C", tier_gap = 33.333334 },
      c = { amount_12m = 80, value_index = 66.666667, tier = "B", tier_gap = 33.333333 }, d = { amount_12m = 100, value_index = 100, tier = "A" },
    }
    for _, c in pairs(customers) do c.index_share_amount = 1 end
    local r = test.score{ step = "upgrade", customers = customers }
    for name, more in pairs({ a = 77, b = 63, c = 20 }) do assert.near(more, r[name].upgrade_amount, 1e-9, name) end
  end)
  it("lifts whoever buys a little more than it says", function()
    for at = 0, 8 do
      for gap = 5, 100 - 10 * at, 15 do
        local name = "c" .. at
        local change = { tier_gap = gap, amount_12m = at == 0 and 1 or 100 * at }
        local more = upgrade({ [name] = change })[name].upgrade_amount
        -- Recompute the place of the raised amount among the others.
        local raised, ahead = change.amount_12m + more + 0.01, 0
        for other = 0, 10 do
          if other ~= at and 100 * other < raised then ahead = ahead + 1 end
        end
        assert.is_true(10 * ahead >= 10 * at + gap - 1e-9, name .. " " .. gap)
      end
    end
  end)
  it("says where the amount alone is not enough", function()
    local r = upgrade{ c3 = { tier_gap = 71 } }.c3
    assert.equal(nil, r.upgrade_amount)
    assert.reason(r, "amount_too_far")
  end)
  it("takes the shortest of several indicators and names what is not recorded", function()
    local half, third = 1 / 2, 1 / 3
    local r = test.score{ step = "upgrade", customers = {
      a = { amount_12m = 10, margin_12m = 9, value_index = 50, tier = "B", tier_gap = 10, index_share_amount = half, index_share_margin = half },
      b = { amount_12m = 5, margin_12m = 20, value_index = 50, tier = "A", index_share_amount = half, index_share_margin = half },
      c = { amount_12m = 7, margin_12m = 12, credit = 3, value_index = 50, tier = "A", index_share_amount = third, index_share_margin = third, index_share_credit = third },
      d = { amount_12m = 7, margin_12m = 12, credit = 4, value_index = 50, tier = "A", index_share_amount = third, index_share_margin = third, index_share_credit = third },
    } }
    assert.equal("margin", r.a.upgrade_by)
    assert.reason(r.a, "credit_unknown")
    assert.reason(r.a, "margin_way")
    assert.no_reason(r.a, "frequency_unknown", "nobody's index has it")
    assert.reason(r.b, "at_top")
  end)
  it("has nothing to say without an index, without its shares, at the top, and for the idle", function()
    local r = upgrade{
      c0 = { tier_gap = test.missing, tier = "D" }, c1 = { value_index = test.missing }, c2 = { index_share_amount = test.missing },
      c3 = { tier_gap = test.missing }, c4 = { tier = "A" }, c5 = { tier = "strategic" },
    }
    for name, rule in pairs({ c0 = "idle", c1 = "untiered", c2 = "untiered", c3 = "at_top", c4 = "at_top", c5 = "no_policy" }) do
      assert.equal(nil, r[name].upgrade_by)
      assert.reason(r[name], rule)
    end
  end)
  it("stands the empty base, one customer and equal customers", function()
    local alone = test.score{ step = "upgrade", customer = { amount_12m = 5, value_index = 50, index_share_amount = 1, tier = "B", tier_gap = 10 } }
    assert.equal(nil, alone.upgrade_amount)
    assert.reason(alone, "amount_too_far")
    local equal = test.score{ step = "upgrade", customers = {
      a = { amount_12m = 5, value_index = 50, index_share_amount = 1, tier = "B", tier_gap = 10 },
      b = { amount_12m = 5, value_index = 50, index_share_amount = 1, tier = "B", tier_gap = 10 },
    } }
    assert.near(0, equal.a.upgrade_amount, 1e-9)
  end)
end)

local NONE = {
  effort_visits_untimed = 0, effort_meetings_untimed = 0, effort_calls_untimed = 0, effort_messages_untimed = 0,
  effort_contacts = 0, effort_purchases = 0, effort_amount = 0, effort_complaints = 0,
}

local function effort(changes, settings)
  return test.score{ step = "effort", customer = with(NONE, changes), settings = settings or {} }
end

describe("effort", function()
  it("adds recorded durations and usual ones", function()
    for _, case in ipairs({
      { { effort_contacts = 1, effort_recorded = 90 }, 1.5 },
      { { effort_contacts = 2, effort_recorded = 90, effort_visits_untimed = 1 }, 2.5 },
      { { effort_contacts = 4, effort_calls_untimed = 4 }, 1 },
      { { effort_contacts = 12, effort_messages_untimed = 12 }, 1 },
      { { effort_contacts = 1, effort_meetings_untimed = 1 }, 1 },
      { { effort_purchases = 1, effort_amount = 10 }, 0 },
    }) do
      assert.near(case[2], effort(case[1]).effort_hours, 1e-9)
    end
    local r = effort({ effort_contacts = 1, effort_visits_untimed = 1 }, { minutes = { visit = 30, meeting = 0, call = 0, message = 0 } })
    assert.near(0.5, r.effort_hours, 1e-9)
  end)
  it("leaves out who neither bought nor was contacted, if nothing else is said", function()
    assert.reason(effort{}, "inactive")
    assert.equal(nil, effort{}.effort_hours)
    assert.equal(0, effort({}, { population = "all" }).effort_hours)
  end)
  it("takes the amount or the margin as result", function()
    assert.equal(-7, effort{ effort_amount = -7 }.effort_result)
    assert.equal(3, effort({ effort_amount = 20, effort_margin = 3 }, { result = "margin" }).effort_result)
    assert.reason(effort({ effort_amount = 20 }, { result = "margin" }), "no_result")
    assert.error(function() effort({}, { result = "profit" }) end, "amount or margin")
  end)
  it("finds problem customers from three complaints on", function()
    for _, case in ipairs({ { 0, false }, { 2, false }, { 3, true }, { 9, true } }) do
      assert.equal(case[2], effort{ effort_complaints = case[1] }.problem_customer)
    end
  end)
  it("knows where the time goes", function()
    for _, case in ipairs({
      { { attitude = "earns_with_you", attitude_strategy = "hands_off" }, "first" },
      { { attitude = "moves_when_pushed", attitude_strategy = "dig_in" }, "second" },
      { { attitude = "cannot_be_pushed", attitude_strategy = "dig_in" }, "third_able" },
      { { attitude = "cannot_be_pushed", attitude_strategy = "give_up" }, "third_unable" },
    }) do
      assert.equal(case[2], effort(case[1]).effort_target)
    end
    assert.reason(effort{}, "no_attitude")
  end)
end)

describe("effort against value", function()
  local function fit(customers)
    return test.score{ step = "service_fit", customers = customers }
  end
  it("is over-served above and below the medians, under-served the other way, never at them", function()
    local r = fit{
      a = { effort_hours = 9, effort_result = 10 }, b = { effort_hours = 5, effort_result = 50 }, c = { effort_hours = 1, effort_result = 90 },
      d = { effort_hours = 5, effort_result = 20 }, e = { effort_hours = 6, effort_result = 60 },
    }
    for name, key in pairs({ a = "over_served", b = "balanced", c = "under_served", d = "balanced", e = "balanced" }) do
      assert.equal(key, r[name].service_fit, name)
    end
    assert.reason(r.a, "over", { arguments = { 10, 50, 9, 5 } })
  end)
  it("is balanced where all are equal or there is one", function()
    assert.equal("balanced", fit{ a = { effort_hours = 1, effort_result = 5 } }.a.service_fit)
    -- Where half the customers get or bring nothing there is no median to compare with.
    local idle = fit{ a = { effort_hours = 0, effort_result = 0 } }.a
    assert.is_nil(idle.service_fit)
    assert.reason(idle, "no_median")
    local r = fit{ a = { effort_hours = 2, effort_result = 3 }, b = { effort_hours = 2, effort_result = 3 }, c = {} }
    assert.equal("balanced", r.b.service_fit)
    assert.reason(r.c, "not_measured")
  end)
end)

describe("behaviour", function()
  local function classes(customers, settings)
    local all = {}
    for name, changes in pairs(customers) do
      all[name] = with({ effort_hours = 1, effort_purchases = 2, effort_amount = 100, effort_complaints = 0, effort_events = 0 }, changes)
    end
    return test.score{ step = "behaviour", customers = all, settings = settings or {} }
  end
  it("is the first class that holds, by complaints, events, frequency and amount", function()
    local r = classes{
      middle = {}, often = { effort_purchases = 9, effort_amount = 10 }, large = { effort_purchases = 1, effort_amount = 900 },
      small = { effort_purchases = 1, effort_amount = 10 }, problem = { effort_complaints = 3, effort_events = 5 },
      events = { effort_events = 2 }, once = { effort_events = 1, effort_complaints = 2 }, idle = { effort_hours = test.missing, effort_purchases = 0, effort_amount = 0 },
    }
    for name, key in pairs({
      middle = "frequent_large", often = "frequent_small", large = "rare_large", small = "rare_small",
      problem = "problem", events = "event_goer", once = "frequent_large",
    }) do
      assert.equal(key, r[name].behaviour, name)
    end
    assert.reason(r.problem, "comes")
    assert.equal(nil, r.idle.behaviour)
    assert.reason(r.idle, "inactive")
  end)
  it("stands one customer and returns alone", function()
    assert.equal("frequent_large", classes{ a = { effort_amount = -5 } }.a.behaviour)
  end)
end)

describe("guidance", function()
  local function advised(customer)
    local c = with({ problem_customer = false, effort_complaints = 0 }, customer)
    return test.review{
      proposals = { { customer = "c", action = "call" }, { customer = "c", action = "call" } }, customers = { c = c },
    }
  end
  it("tells the policy once, and what is out of proportion", function()
    local r = advised{ service_policy = "B", service_fit = "over_served", effort_target = "first", effort_hours = 12.5, tier_gap = 10, upgrade_amount = 500 }
    assert.equal(3, #r[1].guidance)
    assert.equal("policy_2", r[1].guidance[1].rule)
    assert.equal("rises", r[1].guidance[2].rule)
    assert.equal("leave_time", r[1].guidance[3].rule)
    assert.equal(0, #(r[2].guidance or {}))
    assert.equal(0, #(advised{ tier_gap = 10.01, upgrade_amount = 500 }[1].guidance or {}))
    assert.equal("give_less", advised{ service_fit = "over_served" }[1].guidance[1].rule)
    assert.equal("give_more", advised{ service_fit = "under_served" }[1].guidance[1].rule)
    -- Whoever is dug into is not left to a call; who calls when it needs us is not pressed.
    assert.equal(0, #(advised{ service_fit = "over_served", effort_target = "second" }[1].guidance or {}))
    assert.equal(0, #(advised{ service_fit = "under_served", effort_target = "first" }[1].guidance or {}))
    assert.equal("do_not_flee", advised{ problem_customer = true, effort_complaints = 4 }[1].guidance[1].rule)
  end)
end)
