-- The index: 0.5 × amount, 0.3 × margin, 0.2 × credit, each as its percentile rank; tiers at 20 %, 30 %,
-- 30 %, 20 % of customers, ties at a cut-off to the higher tier.

-- Ten customers, each better than the one before in every way.
local function ten()
  local customers = {}
  for at = 1, 10 do
    customers[at] = { amount_12m = at * 100, margin_12m = at * 10, credit = at }
  end
  return customers
end

local function keys(results)
  local found = {}
  for at, each in ipairs(results) do found[at] = each.tier end
  return table.concat(found, " ")
end

describe("the index", function()
  it("is the weighted mean of the ranks, 0 to 100", function()
    local r = test.score{
      customers = {
        best = { amount_12m = 300, margin_12m = 30, credit = 3 },
        middle = { amount_12m = 200, margin_12m = 20, credit = 2 },
        least = { amount_12m = 100, margin_12m = 10, credit = 1 },
      },
    }
    assert.near(100, r.best.value_index, 1e-6)
    assert.near(50, r.middle.value_index, 1e-6)
    assert.near(0, r.least.value_index, 1e-6)
    assert.reason(r.middle, "amount_12m", 25)
    assert.reason(r.middle, "margin_12m", 15)
    assert.reason(r.middle, "credit", 10)
    local why = assert.reason(r.best, "amount_12m", 50)
    assert.equal("amount of 12 months 300: percentile rank 100, weight 50 %", why.en)
  end)

  it("shares the weight of what is missing out over the others, and says so", function()
    local r = test.score{
      customers = {
        known = { amount_12m = 300, margin_12m = 30, credit = 3 },
        without_credit = { amount_12m = 200, margin_12m = 40 },
      },
    }
    -- 0.5 and 0.3 of 0.8: ranks 0 and 1.
    assert.near(37.5, r.without_credit.value_index, 1e-6)
    local why = assert.reason(r.without_credit, "credit_missing")
    assert.equal("credit is missing: its weight of 20 % is shared out over the others", why.en)
    assert.reason(r.without_credit, "margin_12m", 37.5)
    assert.near(0.625, r.without_credit.index_share_amount, 1e-9)
    assert.near(0.375, r.without_credit.index_share_margin, 1e-9)
    assert.is_nil(r.without_credit.index_share_credit)
    assert.equal(0, r.without_credit.index_share_frequency, "no part of the scheme")
    assert.near(0.2, r.known.index_share_credit, 1e-9)
    assert.equal("its weight over 0.8, the sum of the weights of the known indicators", r.without_credit.reasons.index_share_amount[1].en)
  end)

  it("is missing where nothing is known", function()
    local r = test.score{ customers = { { amount_12m = 1 }, {} } }
    assert.is_nil(r[2].value_index)
    assert.is_nil(r[2].tier)
    assert.reason(r[2], "no_indicator")
  end)

  it("takes other weights, and leaves out what weighs nothing", function()
    local weights = { weight_amount = 0, weight_margin = 0, weight_credit = 0, weight_frequency = 2 }
    local r = test.score{
      customers = { { rfm_frequency = 1, amount_12m = 900 }, { rfm_frequency = 3, amount_12m = 1 } },
      settings = weights,
    }
    assert.near(0, r[1].value_index, 1e-6)
    assert.near(100, r[2].value_index, 1e-6)
    assert.equal(1, #r[2].reasons.value_index)
    weights.weight_frequency = 0
    assert.error(function() test.score{ customer = {}, settings = weights } end, "all weights are 0")
  end)
end)

describe("the tiers", function()
  it("hold 20 %, 30 %, 30 % and 20 % of ten customers", function()
    assert.equal("D D C C C B B B A A", keys(test.score{ customers = ten() }))
  end)

  it("give ties at a cut-off to the higher tier", function()
    local customers = ten()
    -- The eighth is now as good as the ninth, which is the last of the top fifth.
    customers[8] = customers[9]
    assert.equal("D D C C C B B A A A", keys(test.score{ customers = customers }))
  end)

  it("round the number of customers up", function()
    -- 20 % of three customers is one.
    local r = test.score{ customers = { { amount_12m = 1 }, { amount_12m = 2 }, { amount_12m = 3 } } }
    assert.equal("C B A", keys(r))
  end)

  it("say how far the next one is, and what is short", function()
    local r = test.score{ customers = ten() }
    assert.is_nil(r[10].tier_gap)
    assert.reason(r[10], "at_top")
    assert.near(100 / 9, r[8].tier_gap, 1e-6)
    local why = assert.reason(r[8], "amount_12m_short")
    assert.equal("11.11 points short of A; the shortest indicator is amount of 12 months, at percentile rank 77.8", why.en)
    assert.reason(r[9], "in_tier")
    assert.reason(r[1], "below")
  end)

  it("give the many who bought nothing to the tier that their tie reaches", function()
    local customers = {}
    for at = 1, 9 do customers[at] = { amount_12m = 0 } end
    customers[10] = { amount_12m = 50 }
    -- The second of ten, the last of the top fifth, ties with all who bought nothing.
    assert.equal("A A A A A A A A A A", keys(test.score{ customers = customers }))
    customers[9] = { amount_12m = 40 }
    assert.equal("B B B B B B B B A A", keys(test.score{ customers = customers }))
    customers[8] = { amount_12m = -5 }
    -- Returns alone are less than nothing.
    assert.equal("B B B B B B B D A A", keys(test.score{ customers = customers }))
  end)

  it("put the idle into the lowest where the workspace says so", function()
    local customers = {}
    for at = 1, 8 do customers[at] = { amount_12m = 0 } end
    customers[8] = { amount_12m = 0, credit = 3 }
    customers[9] = { amount_12m = 40 }
    customers[10] = { amount_12m = 50 }
    local r = test.score{ customers = customers, settings = { idle_last = true } }
    assert.equal("D D D D D D D B A A", keys(r), "credit is not nothing")
    local returned = test.score{ customers = { { amount_12m = -5 }, { amount_12m = -9 } }, settings = { idle_last = true } }
    assert.equal("A C", keys(returned), "returns are not nothing")
    assert.reason(r[1], "idle")
    assert.reason(r[1], "idle_gap")
    local all = test.score{ customers = { { amount_12m = 0 }, { amount_12m = 0 } }, settings = { idle_last = true } }
    assert.equal("D D", keys(all))
  end)

  it("part any base in the stated shares, but for ties", function()
    local order = { A = 1, B = 2, C = 3, D = 4 }
    for n = 1, 40 do
      local customers = {}
      -- Distinct, in no order.
      for at = 1, n do customers[at] = { amount_12m = (at * 37 % 41) * 100 - 500, margin_12m = (at * 37 % 41) * 10 } end
      local count = { A = 0, B = 0, C = 0, D = 0 }
      for _, each in ipairs(test.score{ customers = customers }) do count[each.tier] = count[each.tier] + 1 end
      local upto = { math.ceil(n / 5), math.ceil(n / 2), math.ceil(4 * n / 5), n }
      local sum = 0
      for _, tier in ipairs({ "A", "B", "C", "D" }) do
        sum = sum + count[tier]
        assert.equal(upto[order[tier]], sum, n .. " customers, down to " .. tier)
      end
    end
  end)

  it("never fall as an indicator rises", function()
    local order, last = { A = 4, B = 3, C = 2, D = 1 }, 1
    for amount = 50, 1050, 50 do
      local customers = ten()
      customers[4] = { amount_12m = amount, margin_12m = 40, credit = 4 }
      local at = order[test.score{ customers = customers }[4].tier]
      assert.is_true(at >= last, amount .. " bought")
      last = at
    end
  end)

  it("take one customer and equal customers for the highest", function()
    assert.equal("A", keys(test.score{ customers = { { amount_12m = 5 } } }))
    assert.equal("A A A", keys(test.score{ customers = { { amount_12m = 5 }, { amount_12m = 5 }, { amount_12m = 5 } } }))
    assert.same({}, test.score{ customers = {} })
  end)

  it("tell an index on the side of the cut-off that it lies on", function()
    local r = test.score{
      step = "tier", customers = { below = { value_index = 29.999, amount_12m = 5 }, tie = { value_index = 29.9999999, amount_12m = 5 } },
      state = { cuts = { { value = 90 }, { value = 60 }, { value = 30 } } },
    }
    assert.equal(29.999, assert.reason(r.below, "below").arguments[1])
    assert.equal(30, assert.reason(r.tie, "in_tier").arguments[1])
    assert.equal("D", r.below.tier)
    assert.equal("C", r.tie.tier)
  end)

  it("may have other shares and words", function()
    local settings = {
      shares = { 0.5, 0.5 },
      labels = { { key = "key", en = "key" }, { key = "rest", en = "rest" } },
    }
    local r = test.score{ customers = ten(), settings = settings }
    assert.equal("rest rest rest rest rest key key key key key", keys(r))
    settings.shares = { 1 }
    settings.labels = { { key = "all", en = "all" } }
    r = test.score{ customers = { { amount_12m = 5 } }, settings = settings }
    assert.equal("all", r[1].tier)
    assert.reason(r[1], "only_tier")
  end)

  it("refuse shares that do not fit", function()
    local function with(settings)
      return function() test.score{ customer = {}, settings = settings } end
    end
    assert.error(with{ shares = { 0.5, 0.5 } }, "give each tier one share")
    assert.error(with{ shares = { 0.2, 0.3, 0.3, 0.3 } }, "sums to 1.1, expected 1")
  end)

  it("can be looked at alone", function()
    local r = test.score{
      step = "tier", customer = { value_index = 60, amount_12m = 5 },
      state = { cuts = { { value = 90 }, { value = 60 }, { value = 30 } } },
    }
    assert.equal("B", r.tier)
    assert.equal(30, r.tier_gap)
  end)
end)
