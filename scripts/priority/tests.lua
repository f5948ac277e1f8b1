local TODAY = kehu.day.parse("2025-01-01")

local function base(changes)
  local c = { tier = "C", rfm_segment = test.missing, lifecycle = "active", key_account = test.missing,
    open_complaints = 0, overdue_promises = 0, stalled_deals = 0, due_tasks = 0 }
  for name, value in pairs(changes or {}) do c[name] = value end
  return c
end

describe("quadrants", function()
  it("are importance by tier, urgency by what presses", function()
    for _, case in ipairs({
      { {}, "neither", 0 },
      { { tier = "A" }, "important", 0 },
      { { tier = "A", due_tasks = 2 }, "important_urgent", 20 },
      { { open_complaints = 1 }, "urgent", 40 },
      { { overdue_promises = 1, stalled_deals = 1 }, "urgent", 60 },
      { { lifecycle = "fading" }, "urgent", 20 },
      { { lifecycle = "churned" }, "neither", 0 },
      { { tier = test.missing }, "neither", 0 },
      { { tier = test.missing, rfm_segment = "important_winback" }, "important", 0 },
      { { tier = test.missing, rfm_segment = "no_intent" }, "neither", 0 },
      { { tier = "D", key_account = true }, "important", 0 },
    }) do
      local r = test.score{ customer = base(case[1]) }
      assert.equal(case[2], r.quadrant)
      assert.equal(case[3], r.urgency)
    end
  end)
  it("are urgent from the points of the setting on", function()
    local r = test.score{ customer = base{ due_tasks = 1 }, settings = { urgent_from = 21 } }
    assert.equal("neither", r.quadrant)
  end)
  it("take the workspace's own tiers", function()
    local r = test.score{ customer = base{ tier = "关键" }, settings = { important_tiers = { "关键", "重点" } } }
    assert.equal("important", r.quadrant)
  end)
end)

describe("the list", function()
  local function priority(customer, proposal)
    return test.review{ customer = base(customer), proposals = { proposal } }[1]
  end
  it("orders important and urgent, important, urgent, neither", function()
    local usual = { priority = 50, due = TODAY }
    local found = {
      priority({ tier = "A", due_tasks = 1 }, usual).priority, priority({ tier = "A" }, usual).priority,
      priority({ due_tasks = 1 }, usual).priority, priority({}, usual).priority,
    }
    assert.same({ 87.5, 62.5, 37.5, 12.5 }, found)
  end)
  it("keeps the packs' order within a quadrant, and never leaves it", function()
    assert.equal(75, priority({ tier = "A" }, { priority = 100 }).priority)
    assert.equal(50, priority({ tier = "A" }, { priority = 0 }).priority)
    assert.equal(100, priority({ tier = "A", due_tasks = 1 }, { priority = 100 }).priority)
  end)
  it("is of the customer, whatever the line", function()
    for _, due in ipairs({ TODAY, TODAY - 400 }) do
      for _, customer in ipairs({ {}, { tier = "A" }, { tier = "A", due_tasks = 1 } }) do
        local r = test.score{ customer = base(customer) }
        local given = priority(customer, { due = due, promised = true })
        assert.equal("place_" .. r.quadrant, given.reasons[1].rule)
      end
    end
  end)
  it("is raised by waiting, to a bound", function()
    assert.equal(12.5, priority({}, { due = TODAY }).priority)
    assert.equal(15, priority({}, { due = TODAY - 15 }).priority)
    assert.equal(17.5, priority({}, { due = TODAY - 30 }).priority)
    local waited = priority({}, { due = TODAY - 400 })
    assert.equal(17.5, waited.priority)
    assert.equal("due for 400 days, which raises it by 20", waited.reasons[4].en)
    local late = priority({}, { due = TODAY - 3, promised = true })
    assert.equal("3 days late, which raises it by 2", late.reasons[4].en)
    assert.equal(25, priority({}, { priority = 100, due = TODAY - 400 }).priority)
  end)
  it("leaves what is overdue as it is", function()
    assert.equal("keep", priority({}, { group = "overdue", priority = 100 }).decision)
  end)
end)
