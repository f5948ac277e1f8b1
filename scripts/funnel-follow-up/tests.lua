-- The bottom is above 75 % win probability, the middle from 25 % on, the top below it.

local AS_OF = "2025-03-01"

local function day(text) return kehu.day.parse(text) end

describe("the funnel's part", function()
  local cases = {
    { 0, "top" }, { 0.249, "top" }, { 0.25, "middle" }, { 0.75, "middle" }, { 0.751, "bottom" }, { 1, "bottom" },
  }
  for _, case in ipairs(cases) do
    it("at " .. case[1] * 100 .. " % is the " .. case[2], function()
      local r = test.score{ customer = { probability = case[1] } }
      assert.equal(case[2], r.funnel_part)
      assert.reason(r, case[2])
    end)
  end

  it("says why, and is missing without a probability", function()
    local r = test.score{ customers = { half = { probability = 0.5 }, none = {} } }
    assert.equal("win probability 50 %, between 25 % and 75 %: the middle needs careful planning", assert.reason(r.half, "middle").en)
    assert.is_nil(r.none.funnel_part)
    assert.reason(r.none, "no_deal")
  end)

  it("follows the settings, which must not cross", function()
    local r = test.score{ customer = { probability = 0.5 }, settings = { bottom_above = 0.4, middle_from = 0.2 } }
    assert.equal("bottom", r.funnel_part)
    assert.error(function()
      test.score{ customer = {}, settings = { bottom_above = 0.2, middle_from = 0.3 } }
    end, "middle_from is 0.3, above bottom_above")
  end)
end)

describe("an open deal", function()
  local function propose(deal, contacted, settings)
    local proposals = test.follow_up{
      customer = { last_contact_days = contacted or test.missing, case = { deals = { deal } } },
      as_of = AS_OF, settings = settings,
    }
    assert.equal(1, #proposals)
    return proposals[1]
  end

  local cases = {
    { probability = 0.9, action = "close_deal", priority = 90, every = 3, channel = "visit", group = "bottom" },
    { probability = 0.5, action = "advance_deal", priority = 60, every = 7, channel = "meeting", group = "middle" },
    { probability = 0.1, action = "develop_deal", priority = 40, every = 14, channel = "phone", group = "top" },
  }
  for _, case in ipairs(cases) do
    it("in the " .. case.group .. " is followed up every " .. case.every .. " days", function()
      local p = propose({ stage = "offer", probability = case.probability, days_in_stage = 30 }, 10)
      assert.equal(case.action, p.action)
      assert.equal(case.priority, p.priority)
      assert.equal(case.channel, p.channel)
      assert.equal(case.group, p.group)
      assert.equal(1, p.deal)
      assert.equal(day(AS_OF) - 10, p.fact_day)
      assert.equal(day(AS_OF) - 10 + case.every, p.due)
      assert.reason(p, "last_contact", { arguments = { 10, case.every } })
    end)
  end

  it("in a stage without a probability comes last", function()
    local p = propose({ stage = "talks", days_in_stage = 4 }, 1)
    assert.equal("develop_deal", p.action)
    assert.equal(30, p.priority)
    assert.equal("stage \"talks\" has no win probability, so the deal comes last", assert.reason(p, "unknown").en)
  end)

  it("is due at once where nobody was contacted, or only before it entered its stage", function()
    local p = propose({ stage = "offer", probability = 0.5, days_in_stage = 5 })
    assert.equal(day(AS_OF), p.due)
    assert.equal("never contacted since it entered the stage on " .. kehu.day.format(day(AS_OF) - 5), assert.reason(p, "no_contact").en)
    p = propose({ stage = "offer", probability = 0.5, days_in_stage = 5 }, 90)
    assert.equal(day(AS_OF) - 5, p.due)
    assert.equal(day(AS_OF) - 5, p.fact_day)
  end)

  it("comes higher when it stays longer than its stage allows", function()
    local allowed = propose({ stage = "offer", probability = 0.5, days_in_stage = 30, longest_stay = 30 }, 1)
    assert.equal(60, allowed.priority)
    assert.no_reason(allowed, "stalled")
    local stalled = propose({ stage = "offer", probability = 0.5, days_in_stage = 31, longest_stay = 30 }, 1)
    assert.equal(65, stalled.priority)
    assert.equal("31 days in stage \"offer\", which allows 30", assert.reason(stalled, "stalled").en)
  end)

  it("each has a proposal of its own", function()
    local r = test.follow_up{
      customers = {
        two = { case = { deals = { { stage = "a", probability = 0.9 }, { stage = "b", probability = 0.1 } } } },
        none = {},
      },
    }
    assert.equal(2, #r.two)
    assert.equal("close_deal", r.two[1].action)
    assert.equal("develop_deal", r.two[2].action)
    assert.same({}, r.none)
  end)

  it("needs settings for every part", function()
    assert.error(function()
      test.follow_up{ customer = {}, settings = { priority = { bottom = 1, middle = 1, top = 1 } } }
    end, "the setting priority lacks \"unknown\"")
  end)
end)
