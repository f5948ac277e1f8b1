local TODAY = kehu.day.parse("2025-01-01")

local function base(changes)
  local c = { competitor_in_use = test.missing, last_competitor = test.missing, last_competitor_days = test.missing,
    last_can_be_won = test.missing, last_tied_until = test.missing, failure = test.missing }
  for name, value in pairs(changes or {}) do c[name] = value end
  return c
end
local function met(changes)
  local c = base{ last_competitor = "华新", last_competitor_days = 20 }
  for name, value in pairs(changes or {}) do c[name] = value end
  return c
end

describe("how a customer stands to competitors", function()
  it("follows from what is recorded", function()
    for _, case in ipairs({
      { base(), "none_known", nil, "none_known" },
      { base{ competitor_in_use = "  " }, "none_known", nil, "none_known" },
      { base{ competitor_in_use = "金力" }, "in_use", "金力", "from_file" },
      { met(), "in_use", "华新", "unsaid" },
      { met{ competitor_in_use = "金力" }, "in_use", "金力", "from_file" },
      { met{ last_can_be_won = "yes" }, "winnable", "华新", "can_be_won" },
      { met{ last_can_be_won = "shared" }, "shared", "华新", "can_be_shared" },
      { met{ last_can_be_won = "no" }, "tied", "华新", "cannot_be_won" },
      { met{ last_competitor = test.missing }, "in_use", nil, "unnamed" },
      { base{ failure = "d" }, "tied", nil, "tied_by_failure" },
      { base{ failure = "c" }, "none_known", nil, "none_known" },
    }) do
      local r = test.score{ customer = case[1] }
      assert.equal(case[2], r.competitor_tie, case[4])
      assert.equal(case[3], r.competitor, case[4])
      assert.reason(r, case[4])
    end
  end)
  it("is a tie up to its last day, which counts", function()
    for _, case in ipairs({ { 0, "tied" }, { 1, "tied" }, { -1, "winnable" } }) do
      local r = test.score{ customer = met{ last_tied_until = TODAY + case[1], last_can_be_won = "yes" } }
      assert.equal(case[2], r.competitor_tie, case[1] .. " days")
    end
    -- Whoever could not be won because of a tie may be won once it is over.
    local r = test.score{ customer = met{ last_tied_until = TODAY - 1, last_can_be_won = "no" } }
    assert.equal("in_use", r.competitor_tie)
    assert.reason(r, "tie_over")
  end)
  it("says where facts are old", function()
    for _, case in ipairs({ { 180, false }, { 181, true } }) do
      local r = test.score{ customer = met{ last_competitor_days = case[1] } }
      if case[2] then assert.reason(r, "old_facts") else assert.no_reason(r, "old_facts") end
    end
  end)
end)

describe("a competitor that appears", function()
  local function fact(id, name, days, changes)
    local t = { id = id, kind = "competitor", state = "seen", open = true, days_open = days, fields = { competitor = name },
      opened = TODAY - days, steps = { { state = "seen", day = TODAY - days } } }
    for key, value in pairs(changes or {}) do t[key] = value end
    return t
  end
  local function propose(threads, tied)
    return test.follow_up{ customer = { last_tied_until = tied or test.missing, last_competitor = "华新", case = { threads = threads } } }
  end
  it("asks for a measure, as long as it is new", function()
    for _, case in ipairs({ { 0, 1 }, { 30, 1 }, { 31, 0 } }) do
      assert.equal(case[2], #propose{ fact(1, "华新", case[1]) }, case[1] .. " days")
    end
    local p = propose{ fact(4, "华新", 2, { fields = { competitor = "华新", competitor_price = "4,100 a tonne", can_be_won = "yes" } }) }[1]
    assert.same({ "counter", 4, "countered", TODAY + 5 }, { p.action, p.about, p.state, p.due })
    assert.equal("what is known: 4,100 a tonne", p.reasons[2].en)
    assert.equal("find out and record competitor_policy, competitor_assortment, competitor_promotion: kehu interaction edit I-4 --field …",
      p.guidance[2].en)
  end)
  it("appears once: later facts about it are no news, however it is written", function()
    assert.equal(0, #propose{ fact(1, "Huaxin", 200), fact(2, "ＨＵＡＸＩＮ ", 3) })
    assert.equal(2, #propose{ fact(1, "华新", 9), fact(2, "金力", 3), fact(3, "华新", 1) })
    assert.equal(0, #propose{ fact(1, "华新", 9, { open = false, state = "countered" }), fact(3, "华新", 1) })
    assert.equal(0, #propose{ fact(1, nil, 1) })
  end)
  it("may be tied for a time, and is talked to before that ends", function()
    for _, case in ipairs({ { -1, 0 }, { 0, 1 }, { 60, 1 }, { 61, 0 } }) do
      assert.equal(case[2], #propose({}, TODAY + case[1]), case[1] .. " days")
    end
    local p = propose({}, TODAY + 60)[1]
    assert.same({ "tie_ends", TODAY + 30, TODAY + 60 }, { p.action, p.due, p.fact_day })
  end)
end)

describe("what is written", function()
  it("names the competitor", function()
    local function tell(fields, about)
      return test.on_event{ customer = { event = { record = "interaction", id = 7, kind = "competitor", after = { kind = "competitor", fields = fields }, about = about } } }
    end
    assert.equal("no_name", tell({})[1].reasons[1].rule)
    assert.equal(0, #tell({ competitor = "华新" }))
    assert.equal(0, #tell({}, { id = 3, kind = "competitor" }))
  end)
  it("makes a task where a customer uses another competitor", function()
    local function tell(was, is)
      return #test.on_event{ customer = { event = { record = "customer", change = "changed", id = 7, day = TODAY,
        before = { fields = { competitor_in_use = was } }, after = { fields = { competitor_in_use = is } } } } }
    end
    assert.equal(1, tell(nil, "华新"))
    assert.equal(1, tell("金力", "华新"))
    assert.equal(0, tell("huaxin", "Huaxin "))
    assert.equal(0, tell("华新", nil))
  end)
end)
