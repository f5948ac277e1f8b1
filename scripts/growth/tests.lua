local function customer(changes)
  local c = { recency_days = 20, first_purchase_days = 800, amount_period = 1000, amount_previous_period = 1000,
    purchase_months = 4, margin_period = 100, overdue_amount = test.missing, satisfaction_mean = test.missing }
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
  it("has no rate over nothing, or over returns", function()
    for _, before in ipairs({ 0, -50 }) do
      local r = type_of{ amount_previous_period = before }
      assert.equal(nil, r.growth_rate)
      assert.reason(r, "no_before")
    end
    assert.near(-100, type_of({ amount_period = 0 }).growth_rate, 1e-9)
  end)
  it("follows the settings", function()
    assert.equal("fast_growing", type_of({ amount_period = 1100 }, { fast_from = 10 }).growth_type)
    assert.equal("sleeping", type_of({ recency_days = 31 }, { sleeping_after = 30 }).growth_type)
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
  end)
end)
