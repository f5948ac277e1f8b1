local function customer(changes)
  local c = { recency_days = 20, first_purchase_days = 800, amount_period = 1000, amount_previous_period = 1000,
    purchase_months = 4, period_recency_days = 20, margin_period = 100, overdue_amount = test.missing, satisfaction_mean = test.missing }
  for name, value in pairs(changes or {}) do c[name] = value end
  return c
end

local function type_of(changes, settings)
  return test.score{ customer = customer(changes), settings = settings or {} }
end

describe("growth type", function()
  it("is fast-growing from 30 per cent on, asleep after 180 days", function()
    for _, case in ipairs({
      { { amount_period = 1300 }, "fast_growing", "add_people" },
      { { amount_period = 1299 }, "loyal", "secure_satisfaction" },
      { { amount_period = 1000 }, "loyal", "secure_satisfaction" },
      { { amount_period = 901 }, "loyal", "secure_satisfaction" },
      { { amount_period = 900 }, "loyal", "secure_satisfaction" },
      { { amount_period = 899 }, "declining", "find_cause" },
      { { amount_period = 899.99 }, "declining", "find_cause" },
      { { amount_period = -50 }, "declining", "find_cause" },
      { { amount_period = 0, first_purchase_days = 100 }, "declining", "find_cause" },
      { { recency_days = 180 }, "loyal", "secure_satisfaction" },
      { { recency_days = 181 }, "sleeping", "create_needs" },
      { { recency_days = 181, amount_period = 9000 }, "sleeping", "create_needs" },
      { { first_purchase_days = 364 }, "worth_cultivating", "follow_actively" },
      { { first_purchase_days = 365 }, "loyal", "secure_satisfaction" },
      { { purchase_months = 1 }, "worth_cultivating", "follow_actively" },
      { { satisfaction_mean = 2.9 }, "worth_cultivating", "follow_actively" },
      { { satisfaction_mean = 3 }, "loyal", "secure_satisfaction" },
      { { first_purchase_days = test.missing, recency_days = test.missing, amount_period = 0, amount_previous_period = 0, purchase_months = 0 },
        "worth_cultivating", "follow_actively" },
    }) do
      local r = type_of(case[1])
      assert.equal(case[2], r.growth_type)
      assert.equal(case[3], r.growth_strategy)
    end
  end)
  it("has no rate over nothing, or over returns: then nobody is steady", function()
    for _, before in ipairs({ 0, -50 }) do
      local r = type_of{ amount_previous_period = before }
      assert.equal(nil, r.growth_rate)
      assert.reason(r, "no_before")
      assert.equal("worth_cultivating", r.growth_type)
      assert.equal("follow_actively", r.growth_strategy)
    end
    local why = assert.reason(type_of{ amount_previous_period = 0 }, "returned")
    assert.equal("customer for 800 days, but 0 in the period before, so no growth is known: not called steady", why.en)
    assert.near(-100, type_of({ amount_period = 0 }).growth_rate, 1e-9)
  end)
  it("is new where all purchases lie in the period", function()
    -- The 12 months that end on 2025-01-01 begin on 2024-01-02.
    for _, case in ipairs({ { 0, "new" }, { 365, "new" }, { 366, "worth_cultivating" } }) do
      local r = type_of{ amount_previous_period = 0, first_purchase_days = case[1] }
      assert.equal(case[2], r.growth_type, case[1] .. " days")
    end
    local r = type_of{ amount_previous_period = 0, first_purchase_days = 20 }
    assert.equal("meet_expectations", r.growth_strategy)
    assert.equal("首次购买在 20 天前，没有上期可比：新客户", assert.reason(r, "new").zh)
    assert.equal("sleeping", type_of{ amount_previous_period = 0, first_purchase_days = 200, recency_days = 200 }.growth_type)
    assert.equal("new", type_of({ amount_previous_period = 0, first_purchase_days = 20 }, { period = 1 }).growth_type)
    assert.equal("worth_cultivating", type_of({ amount_previous_period = 0, first_purchase_days = 40 }, { period = 1 }).growth_type)
  end)
  it("tells a figure on the side of the limit that it lies on", function()
    local why = assert.reason(type_of{ amount_period = 899.9 }, "declining")
    assert.matches("^growth %-10%.01", why.en)
    assert.equal(-10, why.arguments[2])
    assert.equal(29.99, assert.reason(type_of{ amount_period = 1299.9 }, "steady").arguments[1])
  end)
  it("never falls as the amount rises", function()
    local order, last = { declining = 1, loyal = 2, fast_growing = 3 }, 1
    for amount = 0, 2000, 10 do
      local at = order[type_of{ amount_period = amount }.growth_type]
      assert.is_true(at ~= nil and at >= last, amount .. " bought")
      last = at
    end
    assert.equal(3, last)
  end)
  it("follows the settings", function()
    assert.equal("fast_growing", type_of({ amount_period = 1100 }, { fast_from = 10 }).growth_type)
    assert.equal("sleeping", type_of({ recency_days = 31 }, { sleeping_after = 30 }).growth_type)
    assert.equal("declining", type_of({ amount_period = 999 }, { declining_below = 0 }).growth_type)
    assert.equal("loyal", type_of({ amount_period = 500 }, { declining_below = -50 }).growth_type)
  end)
end)

describe("hollow account", function()
  local function base(first)
    local customers = { big = customer(first) }
    for at = 1, 4 do customers["small" .. at] = customer{ amount_period = 500 - at, amount_previous_period = 500, margin_period = 50 + at } end
    return test.score{ customers = customers }
  end
  it("is large without profit, with falling sales, or overdue", function()
    for _, case in ipairs({
      { {}, false, "sound" },
      { { margin_period = -1 }, true, "no_profit" },
      { { margin_period = 51 }, true, "low_profit" },
      { { margin_period = 52 }, false, "sound" },
      { { amount_period = 999 }, true, "falling" },
      { { amount_period = 1000 }, false, "sound" },
      { { overdue_amount = 1 }, true, "overdue" },
      { { overdue_amount = 0 }, false, "sound" },
      { { margin_period = test.missing }, false, "unknown_profit" },
    }) do
      local r = base(case[1]).big
      assert.equal(case[2], r.hollow_account)
      assert.reason(r, case[3])
    end
  end)
  it("is none of those with little volume", function()
    local r = base{}
    assert.equal(false, r.small1.hollow_account)
    assert.reason(r.small1, "not_large")
  end)
  it("takes ties at the cut-off, and nobody in an empty or idle base", function()
    local r = test.score{ customers = { a = customer{ margin_period = -1 }, b = customer{ margin_period = -1 } } }
    assert.equal(true, r.a.hollow_account)
    assert.equal(true, r.b.hollow_account)
    local alone = test.score{ customer = customer{ amount_period = 0, margin_period = -1 } }
    assert.equal(false, alone.hollow_account)
    local nobody = test.score{ customer = customer{ amount_period = 0, margin_period = 0, period_recency_days = test.missing } }
    assert.equal(false, nobody.hollow_account)
    assert.reason(nobody, "nobody")
  end)
  it("is measured against those who bought, however many did not", function()
    local customers = {
      big = customer{ margin_period = 51 }, small1 = customer{ amount_period = 400, margin_period = 52 },
      small2 = customer{ amount_period = 300, margin_period = 53 },
      returned = customer{ amount_period = -30, margin_period = -9, period_recency_days = test.missing },
    }
    for at = 1, 9 do
      customers["idle" .. at] = customer{ amount_period = 0, margin_period = 0, recency_days = 500, period_recency_days = test.missing }
    end
    local r = test.score{ customers = customers }
    local why = assert.reason(r.big, "low_profit")
    assert.equal("but its margin of 51 is below 52, the median of those who bought in the period", why.en)
    assert.equal(true, r.big.hollow_account)
    assert.equal(false, r.small1.hollow_account, "the largest 20 % of three buyers are one")
    assert.equal(false, r.returned.hollow_account)
    local all = test.score{ customers = customers, settings = { population = "all" } }
    assert.equal(false, all.big.hollow_account)
    assert.reason(all.small1, "large")
  end)
end)
