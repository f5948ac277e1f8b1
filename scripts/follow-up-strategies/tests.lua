local TODAY = kehu.day.parse("2025-01-01")

local function propose(changes, deals, settings)
  local c = { coaches = 0, case = { deals = deals } }
  for name, value in pairs(changes or {}) do c[name] = value end
  return test.follow_up{ customer = c, settings = settings or {} }[1]
end

local function deal(probability, since)
  return { { id = 3, stage = "intent", probability = probability, since = TODAY - (since or 20) } }
end

describe("the best strategy", function()
  it("fits the part of the funnel", function()
    for _, case in ipairs({
      { 0.76, "leadership_visit", "bottom" }, { 0.75, "proposal", "middle" }, { 0.25, "proposal", "middle" },
      { 0.24, "trial", "top" }, { test.missing, "trial", "top" },
    }) do
      local p = propose({}, deal(case[1]))
      assert.same({ case[2], case[3], 3 }, { p.action, p.group, p.deal })
      assert.equal(case[2], p.fields.strategy)
    end
  end)
  it("fits tier, style and mood", function()
    local p = propose({ tier = "A", style = "driver" }, deal(0.8))
    assert.equal("leadership_visit", p.action)
    assert.equal(9, p.reasons[1].arguments[1])
    assert.equal("reference_visit", propose({ style = "analytical", mood = "complacent" }, deal(0.5)).action)
    assert.equal("trial", propose({ mood = "falling" }, deal(0.1)).action)
  end)
  it("is the coach only where one is known", function()
    local all = { repeat_days = 14 }
    local without = propose({ used_leadership_visit_days = 1 }, deal(0.8), all)
    assert.equal("proposal", without.action)
    assert.equal("coach", propose({ used_leadership_visit_days = 1, coaches = 1 }, deal(0.8), all).action)
  end)
end)

describe("several reps", function()
  it("get one each, for the deal that has come furthest", function()
    local deals = {
      { id = 3, stage = "intent", probability = 0.1, rep = "李伟" }, { id = 4, stage = "intent", probability = 0.5, rep = "李伟" },
      { id = 5, stage = "intent", probability = 0.8, rep = "王芳" },
    }
    local made = test.follow_up{ customer = { coaches = 0, case = { deals = deals } } }
    assert.same({ 2, 4, 5 }, { #made, made[1].deal, made[2].deal })
    local many = {}
    for at = 1, 4 do many[at] = { id = at, stage = "intent", probability = 0.8, rep = "业务员" .. at } end
    local seen = {}
    for _, p in ipairs(test.follow_up{ customer = { coaches = 0, case = { deals = many } } }) do
      assert.is_nil(seen[p.action], p.action .. " is proposed to two reps of one customer")
      seen[p.action] = true
    end
  end)
end)

describe("a strategy", function()
  it("is not repeated within 14 days", function()
    for _, case in ipairs({ { 0, "proposal" }, { 13, "proposal" }, { 14, "leadership_visit" }, { 40, "leadership_visit" } }) do
      assert.equal(case[2], propose({ used_leadership_visit_days = case[1] }, deal(0.8)).action, case[1] .. " days")
    end
    assert.equal("proposal", propose({ last_leadership_visit_days = 3 }, deal(0.8)).action, "by its kind alone")
  end)
  it("comes some days after the one before", function()
    assert.equal(TODAY, propose({}, deal(0.8)).due)
    assert.equal(TODAY + 3, propose({ used_leadership_visit_days = 1 }, deal(0.8)).due)
    assert.equal(TODAY + 6, propose({ used_proposal_days = 1 }, deal(0.5)).due)
  end)
  it("never repeats whatever was used before, day after day", function()
    local used = {}
    for day = 1, 60 do
      local changes = {}
      for name, on in pairs(used) do changes["used_" .. name .. "_days"] = day - on end
      local p = propose(changes, deal(0.5, 100), { every_days = { bottom = 1, middle = 1, top = 1, after_sale = 1 } })
      if p then
        assert(used[p.action] == nil or day - used[p.action] >= 14, p.action .. " on day " .. day)
        used[p.action] = day
      end
    end
  end)
end)

describe("after the sale", function()
  it("strategies go on while the customer buys", function()
    local p = propose({ recency_days = 60, lifecycle = "silent" }, {})
    assert.same({ "telephone", TODAY, "after_sale" }, { p.action, p.due, p.group })
    assert.equal(nil, propose({ recency_days = 200, lifecycle = "churned" }, {}))
    assert.equal(nil, propose({}, {}))
  end)
end)
