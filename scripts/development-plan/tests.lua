local TODAY = kehu.day.parse("2025-01-01")

local function base(changes)
  local c = { tier = "B", purchases = 3, visits_per_month = test.missing }
  for name, value in pairs(changes or {}) do c[name] = value end
  return c
end

describe("the plan of a class", function()
  it("has a strategy and visits", function()
    for _, case in ipairs({
      { base{ tier = "A" }, "A", "keep", 4 }, { base(), "B", "grow", 2 }, { base{ tier = "C" }, "C", "serve", 1 },
      { base{ tier = "D" }, "D", "maintain", 0.5 }, { base{ tier = "战略" }, "战略", "serve", 1 },
      { base{ purchases = 0 }, "prospect", "win", 2 }, { base{ purchases = 0, tier = test.missing }, "prospect", "win", 2 },
    }) do
      local r = test.score{ customer = case[1] }
      assert.same({ case[2], case[3], case[4] }, { r.plan_class, r.plan_strategy, r.planned_visits })
    end
    assert.reason(test.score{ customer = base{ tier = "战略" } }, "not_named")
  end)
  it("is the workspace's own", function()
    local r = test.score{ customer = base{ tier = "战略" }, settings = { strategy = { ["战略"] = "keep" }, visits_a_month = { ["战略"] = 6 } } }
    assert.same({ "keep", 6 }, { r.plan_strategy, r.planned_visits })
  end)
  it("takes the visits that visit-frequency gives", function()
    local r = test.score{ customer = base{ visits_per_month = 3 } }
    assert.equal(3, r.planned_visits)
    assert.reason(r, "visits_of_need")
  end)
  it("names what is missing", function()
    local r = test.score{ customer = base{ tier = test.missing } }
    assert.same({}, r.values)
    assert.reason(r, "no_class")
  end)
end)

describe("promotions", function()
  local function propose(thread)
    thread.kind, thread.text, thread.id, thread.days_open = "promotion", "shop week", 8, 20
    return test.follow_up{ customer = { case = { threads = { thread } } } }
  end
  it("come into the list some days ahead", function()
    for _, case in ipairs({ { 8, 0 }, { 7, 1, "planned_for" }, { 0, 1, "planned_for" }, { -1, 1, "planned_late" } }) do
      local found = propose{ state = "planned", open = true, due = TODAY + case[1] }
      assert.equal(case[2], #found, case[1] .. " days")
      if found[1] then
        assert.same({ "run_promotion", 8, "done", TODAY + math.min(case[1], 0), case[3] },
          { found[1].action, found[1].about, found[1].state, found[1].due, found[1].reasons[1].rule })
      end
    end
  end)
  it("without a day, or done, ask for nothing", function()
    assert.equal(0, #propose{ state = "planned", open = true })
    assert.equal(0, #propose{ state = "done", open = false, due = TODAY })
  end)
end)
