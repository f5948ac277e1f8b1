local TODAY = kehu.day.parse("2025-01-01")

local function base(changes)
  local c = { suggestions = 0, suggestions_open = 0, objections = 0, objections_open = 0, open_objection_days = test.missing }
  for name, value in pairs(changes or {}) do c[name] = value end
  return c
end

local function thread(kind, state, days, changes)
  local t = { kind = kind, state = state, days_open = days, open = true, text = "price", rep = "李伟", fields = {},
    steps = { { state = kind == "objection" and "open" or "collected", day = TODAY - days } } }
  for name, value in pairs(changes or {}) do t[name] = value end
  return t
end

local function propose(it, settings)
  return test.follow_up{ customer = { case = { threads = { it } } }, settings = settings or {} }
end

local function rules_of(list)
  local names = {}
  for _, each in ipairs(list) do names[#names + 1] = each.rule end
  return table.concat(names, " ")
end

describe("objections", function()
  it("are overdue after the days to answer, not at them, and count as obstacles", function()
    for _, case in ipairs({ { 0, "open" }, { 3, "open" }, { 4, "overdue" } }) do
      local r = test.score{ customer = base{ objections = 1, objections_open = 1, open_objection_days = case[1] } }
      assert.equal(case[2], r.objection_standing, case[1] .. " days")
      assert.reason(r, "as_obstacle")
    end
    local r = test.score{ customers = { none = base(), done = base{ objections = 2 } } }
    assert.equal("none", r.none.objection_standing)
    assert.equal("answered", r.done.objection_standing)
    assert.no_reason(r.done, "as_obstacle")
  end)
  it("are answered within the days, heard out, never argued", function()
    for _, case in ipairs({
      { days = 0, group = "objection", priority = 75 }, { days = 3, group = "objection", priority = 75 },
      { days = 4, group = "overdue", priority = 90 }, { days = 7, group = "overdue", priority = 90, manager = true },
    }) do
      local p = propose(thread("objection", "open", case.days))[1]
      assert.same({ "answer_objection", TODAY - case.days + 3, "answered", case.group, case.priority },
        { p.action, p.due, p.state, p.group, p.priority }, case.days .. " days")
      assert.equal("hear_out answer_actively prepare" .. (case.manager and " with_manager" or ""), rules_of(p.guidance))
    end
    assert.equal("objection of 2024-12-28 not answered in 3 days: price", propose(thread("objection", "open", 4))[1].reasons[1].en)
  end)
  it("have a day of their own, and an answer that was prepared", function()
    local p = propose(thread("objection", "open", 9, { due = TODAY, fields = { plan = "reference at 武汉钢铁" } }))[1]
    assert.same({ TODAY, "objection" }, { p.due, p.group })
    assert.equal("hear_out answer_actively use_plan with_manager", rules_of(p.guidance))
    assert.equal(TODAY + 1, propose(thread("objection", "open", 9), { answer_days = 10 })[1].due)
  end)
  it("that are answered ask for nothing", function()
    assert.equal(0, #propose(thread("objection", "answered", 9, { open = false })))
    assert.equal(0, #test.follow_up{ customer = { case = {} } })
  end)
end)

describe("suggestions", function()
  local function step(state, days) return { state = state, day = TODAY - days } end
  it("go from collected over assessed and in work to evaluated", function()
    for _, case in ipairs({
      { "collected", {}, {}, "assess_suggestion", "assessed", -40 + 7 },
      { "assessed", { step("assessed", 10) }, { feasibility = "high" }, "begin_suggestion", "in_work", -10 + 14 },
      { "assessed", { step("assessed", 10) }, { feasibility = "low", urgency = "high" }, "begin_suggestion", "in_work", -10 + 7 },
      { "assessed", { step("assessed", 10) }, { urgency = "low" }, "begin_suggestion", "in_work", -10 + 28 },
      { "assessed", { step("assessed", 10) }, { feasibility = "none" }, "evaluate_suggestion", "evaluated", -10 + 14 },
      { "in_work", { step("assessed", 10), step("in_work", 5) }, {}, "evaluate_suggestion", "evaluated", -5 + 30 },
    }) do
      local t = thread("suggestion", case[1], 40, { fields = case[3] })
      for _, each in ipairs(case[2]) do t.steps[#t.steps + 1] = each end
      local p = propose(t)[1]
      assert.same({ case[4], case[5], TODAY + case[6] }, { p.action, p.state, p.due }, case[1])
    end
  end)
  it("have a source, an owner and a day", function()
    local t = thread("suggestion", "in_work", 40, { due = TODAY + 3, fields = { suggested_by = "staff" } })
    t.rep = nil
    local p = propose(t)[1]
    assert.equal(TODAY + 3, p.due)
    assert.equal("evaluate_it from_staff its_due no_owner", rules_of(p.reasons))
    assert.equal("assess_it", rules_of(propose(thread("suggestion", "collected", 1))[1].reasons))
  end)
  it("may have states of the workspace's own", function()
    assert.equal(0, #propose(thread("suggestion", "shelved", 40)))
  end)
  it("are counted until they are evaluated", function()
    local r = test.score{ customer = base{ suggestions = 3, suggestions_open = 2 } }
    assert.equal(2, r.open_suggestions)
    assert.reason(r, "open_suggestions", { en = "2 of 3 suggestions not evaluated yet" })
  end)
end)

describe("what is logged about a suggestion", function()
  local function tell(after, head)
    return rules_of((test.on_event{ customer = { event = { record = "interaction", id = 7, kind = "suggestion",
      after = after, about = head } } }[1] or { reasons = {} }).reasons)
  end
  local function head(fields) return { id = 5, kind = "suggestion", fields = fields } end
  it("says from whom it comes", function()
    assert.equal("unsaid_source", tell({ kind = "suggestion", fields = {} }))
    assert.equal("", tell({ kind = "suggestion", fields = { suggested_by = "customer" } }))
  end)
  it("says whether it is feasible, what it brought, and the reward", function()
    assert.equal("unassessed", tell({ state = "assessed", fields = {} }, head({})))
    assert.equal("", tell({ state = "assessed", fields = {} }, head({ feasibility = "low" })))
    assert.equal("", tell({ state = "assessed", fields = { feasibility = "low" } }, head({})))
    assert.equal("no_effect", tell({ state = "evaluated", fields = {} }, head({ effect = " " })))
    assert.equal("no_reward", tell({ state = "evaluated", fields = {} }, head({ effect = "fewer returns" })))
    assert.equal("", tell({ state = "evaluated", fields = { reward = "500" } }, head({ effect = "fewer returns" })))
    assert.equal("", tell({ state = "evaluated", fields = {} }, head({ feasibility = "none" })))
  end)
end)
