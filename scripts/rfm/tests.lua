-- Recency is high at or below its threshold, frequency and monetary value at or above theirs. The
-- population is every customer with at least one purchase.

local fixed = {
  threshold = "fixed", fixed_recency_days = 90, fixed_frequency = 3, fixed_monetary = 1000,
}

describe("the segments", function()
  local cases = {
    { key = "important_value", recency = 90, frequency = 3, monetary = 1000 },
    { key = "important_develop", recency = 90, frequency = 2, monetary = 1000 },
    { key = "important_reengage", recency = 91, frequency = 3, monetary = 1000 },
    { key = "important_winback", recency = 91, frequency = 2, monetary = 1000 },
    { key = "ordinary_value", recency = 90, frequency = 3, monetary = 999.99 },
    { key = "ordinary_develop", recency = 90, frequency = 2, monetary = 999.99 },
    { key = "ordinary_reengage", recency = 91, frequency = 3, monetary = 999.99 },
    { key = "no_intent", recency = 91, frequency = 2, monetary = 999.99 },
  }
  for _, case in ipairs(cases) do
    it(case.key .. ": " .. case.recency .. " days, " .. case.frequency .. " times, " .. case.monetary, function()
      local r = test.score{
        customer = { recency_days = case.recency, purchases = case.frequency, amount = case.monetary },
        settings = fixed,
      }
      assert.equal(case.key, r.rfm_segment)
      assert.equal(case.recency, r.rfm_recency)
      assert.equal(case.frequency, r.rfm_frequency)
      assert.equal(case.monetary, r.rfm_monetary)
      assert.reason(r, case.recency <= 90 and "recent" or "distant")
      assert.reason(r, case.frequency >= 3 and "frequent" or "rare")
      assert.reason(r, case.monetary >= 1000 and "large" or "small")
    end)
  end

  it("say why, in both languages", function()
    local r = test.score{
      customer = { recency_days = 91, purchases = 1, amount = 1200 }, settings = fixed,
    }
    assert.equal("last purchase 91 days ago, threshold 90: long ago", assert.reason(r, "distant").en)
    assert.equal("最近购买在 91 天前，分界 90：远", assert.reason(r, "distant").zh)
    assert.equal("1 purchase, threshold 3: rare", assert.reason(r, "rare").en)
    assert.equal("bought for 1200, threshold 1000: high", assert.reason(r, "large").en)
  end)

  it("leave out who never bought", function()
    local r = test.score{ customer = { purchases = 0, amount = 0 } }
    assert.same({}, r.values)
    assert.equal("no purchase yet, so no segment", assert.reason(r, "none").en)
  end)

  it("count unknown amounts as low, and say so", function()
    local r = test.score{ customer = { recency_days = 1, purchases = 5 }, settings = fixed }
    assert.equal("ordinary_value", r.rfm_segment)
    assert.reason(r, "no_amount")
    assert.is_nil(r.rfm_monetary)
  end)
end)

describe("the thresholds", function()
  local customers = {
    { recency_days = 10, purchases = 1, amount = 100 },
    { recency_days = 20, purchases = 2, amount = 200 },
    { recency_days = 90, purchases = 6, amount = 900 },
    -- Has no purchase: a count of 0 and an amount of 0 must not draw the thresholds down.
    { purchases = 0, amount = 0 },
  }

  it("are the mean of those who bought", function()
    assert.same({ recency = 40, frequency = 3, monetary = 400 }, test.fit{ customers = customers })
  end)

  it("or the median", function()
    local state = test.fit{ customers = customers, settings = { threshold = "median" } }
    assert.same({ recency = 20, frequency = 2, monetary = 200 }, state)
  end)

  it("or the best fifths", function()
    local hundred = {}
    for at = 1, 101 do
      hundred[at] = { recency_days = at - 1, purchases = at - 1, amount = at - 1 }
    end
    local state = test.fit{ customers = hundred, settings = { threshold = "quintile" } }
    assert.near(40, state.recency, 1e-6)
    assert.near(60, state.frequency, 1e-6)
    assert.near(60, state.monetary, 1e-6)
    state = test.fit{ customers = hundred, settings = { threshold = "quintile", quintiles_high = 1 } }
    assert.near(20, state.recency, 1e-6)
    assert.near(80, state.monetary, 1e-6)
  end)

  it("or fixed figures", function()
    local state = test.fit{ customers = customers, settings = fixed }
    assert.same({ recency = 90, frequency = 3, monetary = 1000 }, state)
  end)

  it("part the customers that they were taken from", function()
    local r = test.score{ customers = customers }
    assert.equal("ordinary_develop", r[1].rfm_segment)
    assert.equal("important_reengage", r[3].rfm_segment)
    assert.is_nil(r[4].rfm_segment)
  end)
end)

describe("visits instead of purchases", function()
  it("count where a workspace wants that", function()
    local r = test.score{
      customers = {
        seen = { last_visit_days = 5, visits = 4, recency_days = 300, purchases = 1, amount = 2000 },
        unseen = { recency_days = 3, purchases = 9, amount = 10 },
      },
      settings = {
        basis = "visits", threshold = "fixed", fixed_recency_days = 30, fixed_frequency = 2,
      },
    }
    assert.equal("important_value", r.seen.rfm_segment)
    assert.equal(5, r.seen.rfm_recency)
    assert.equal("last visit 5 days ago, threshold 30: recent", assert.reason(r.seen, "recent").en)
    assert.is_nil(r.unseen.rfm_segment)
    assert.equal("no visit yet, so no segment", assert.reason(r.unseen, "none").en)
  end)
end)
