-- The bounds belong to the earlier phase: 30, 90 and 180 days; churned starts after 180.

describe("the phase", function()
  local cases = {
    { days = 0, phase = "active", rule = "active" },
    { days = 30, phase = "active", rule = "active" },
    { days = 31, phase = "silent", rule = "silent" },
    { days = 90, phase = "silent", rule = "silent" },
    { days = 91, phase = "fading", rule = "fading" },
    { days = 180, phase = "fading", rule = "fading" },
    { days = 181, phase = "churned", rule = "churned" },
    { days = 3650, phase = "churned", rule = "churned" },
  }
  for _, case in ipairs(cases) do
    it("is " .. case.phase .. " after " .. case.days .. " days", function()
      local r = test.score{ customer = { recency_days = case.days } }
      assert.equal(case.phase, r.lifecycle)
      assert.equal(1, #r.reasons.lifecycle)
      assert.reason(r, case.rule)
    end)
  end

  it("says when the last purchase was, in both languages", function()
    local r = test.score{ customers = { late = { recency_days = 181 }, just = { recency_days = 1 } } }
    local why = assert.reason(r.late, "churned")
    assert.equal("last purchase 181 days ago, more than 180", why.en)
    assert.equal("上次购买在 181 天前，超过 180 天", why.zh)
    assert.equal("last purchase 1 day ago, at most 30", assert.reason(r.just, "active").en)
  end)

  it("is missing for a customer who never bought, and says so", function()
    local r = test.score{ customer = {} }
    assert.is_nil(r.lifecycle)
    assert.equal("no purchase yet, so no phase", assert.reason(r, "never_bought").en)
  end)
end)

describe("the settings", function()
  it("move the bounds", function()
    local settings = { active_days = 10, silent_days = 20, fading_days = 40 }
    local r = test.score{
      customers = {
        { recency_days = 10 }, { recency_days = 11 }, { recency_days = 20 }, { recency_days = 21 },
        { recency_days = 40 }, { recency_days = 41 },
      },
      settings = settings,
    }
    local phases = {}
    for at, each in ipairs(r) do phases[at] = each.lifecycle end
    assert.same({ "active", "silent", "silent", "fading", "fading", "churned" }, phases)
  end)

  it("count from the first purchase where a workspace wants that", function()
    local customer = { recency_days = 5, first_purchase_days = 200 }
    assert.equal("active", test.score{ customer = customer }.lifecycle)
    local r = test.score{ customer = customer, settings = { count_from = "first_purchase" } }
    assert.equal("churned", r.lifecycle)
    assert.equal("first purchase 200 days ago, more than 180", assert.reason(r, "churned").en)
  end)

  it("must rise", function()
    for _, wrong in ipairs({
      { active_days = 90 }, { silent_days = 180 }, { active_days = 100, silent_days = 50 },
    }) do
      assert.error(function() test.score{ customer = {}, settings = wrong } end, "must rise")
    end
  end)
end)
