-- Day 20,089 is 2025-01-01: the day as of which all is seen.
local TODAY = kehu.day.parse("2025-01-01")

local function base(changes)
  local c = {
    complaints = 1, open_complaints = 1, open_complaint_days = 0, open_complaint_hours = 0,
    contacts_lately = 3, contacts_before = 3, last_contact_days = 0,
  }
  for name, value in pairs(changes or {}) do c[name] = value end
  return c
end

describe("standing", function()
  local function standing(open, unheard, settings)
    local c = base{ open_complaint_days = math.floor(open / 24), open_complaint_hours = open, unacknowledged_hours = unheard }
    return test.score{ customer = c, settings = settings or {} }
  end
  local MINUTE = 1 / 60
  it("is overdue after 72 hours, or 24 without an acknowledgement, not at them", function()
    for _, case in ipairs({
      { 0, 0, "open" }, { 24, 24, "open" }, { 24 + MINUTE, 24 + MINUTE, "overdue" }, { 23.9, 23.9, "open" },
      { 40, test.missing, "open" }, { 72, test.missing, "open" }, { 72 + MINUTE, test.missing, "overdue" },
      { 71.9, test.missing, "open" }, { 2160, test.missing, "overdue" },
      -- An earlier one is in work, a later one was not heard.
      { 60, 20, "open" }, { 60, 25, "overdue" },
    }) do
      assert.equal(case[3], standing(case[1], case[2]).complaint_standing, case[1] .. " hours")
    end
    assert.equal("open", standing(73, test.missing, { resolve_hours = 96 }).complaint_standing)
    assert.equal("open", standing(30, 30, { acknowledge_hours = 48 }).complaint_standing)
  end)
  it("says which deadline is past, and by how much", function()
    local r = standing(72 + MINUTE, test.missing)
    assert.equal("1 complaint open, the first for 72.02 hours (3 days): longer than the 72 hours to resolve one", assert.reason(r, "is_overdue").en)
    assert.no_reason(r, "is_unacknowledged")
    r = standing(30, 30)
    assert.equal("有投诉已 30 小时未受理，超过受理时限 24 小时", assert.reason(r, "is_unacknowledged").zh)
    assert.no_reason(r, "is_overdue")
    r = standing(100, 100)
    assert.reason(r, "is_overdue")
    assert.reason(r, "is_unacknowledged")
  end)
  it("knows no complaint and those that are all resolved", function()
    local r = test.score{ customers = {
      none = base{ complaints = 0, open_complaints = 0, open_complaint_days = test.missing },
      served = base{ open_complaints = 0, open_complaint_days = test.missing, served_complaint_days = 40, recency_days = 39 },
      away = base{ open_complaints = 0, open_complaint_days = test.missing, served_complaint_days = 40, recency_days = 40 },
      never = base{ open_complaints = 0, open_complaint_days = test.missing, served_complaint_days = 40 },
    } }
    assert.equal("none", r.none.complaint_standing)
    assert.equal(nil, r.none.bought_again)
    assert.equal("served", r.served.complaint_standing)
    assert.equal(true, r.served.bought_again)
    assert.equal(false, r.away.bought_again)
    assert.equal(false, r.never.bought_again)
  end)
end)

describe("avoidance", function()
  it("is no contact, or fewer than half, while a complaint is open for a week", function()
    for _, case in ipairs({
      { days = 6, contact = 100, lately = 0, before = 9, found = false },
      { days = 7, contact = 8, lately = 0, before = 9, found = true },
      { days = 7, contact = test.missing, lately = 0, before = 0, found = true },
      { days = 7, contact = 7, lately = 2, before = 4, found = false },
      { days = 7, contact = 7, lately = 1, before = 4, found = true },
      { days = 30, contact = 1, lately = 1, before = 1, found = false },
      { days = 90, latest = 20, contact = 21, lately = 0, before = 0, found = true },
      { days = 90, latest = 20, contact = 20, lately = 1, before = 1, found = false },
      { days = 90, latest = 6, contact = 21, lately = 1, before = 1, found = false },
    }) do
      local r = test.score{ customer = base{
        open_complaint_days = case.days, latest_open_complaint_days = case.latest or case.days, last_contact_days = case.contact,
        contacts_lately = case.lately, contacts_before = case.before,
      } }
      assert.equal(case.found, r.avoided, case.days .. " days, " .. case.lately .. " of " .. case.before)
    end
  end)
end)

local CALM = { contacts_lately = 1, contacts_before = 1, last_contact_days = 0 }

local function propose(thread, changes, settings)
  local customer = { case = { threads = { thread } } }
  for name, value in pairs(CALM) do customer[name] = value end
  for name, value in pairs(changes or {}) do customer[name] = value end
  return test.follow_up{ customer = customer, settings = settings or {} }
end

local function complaint(days, state, minute, steps)
  local all = { { state = "opened", day = TODAY - days, minute = minute } }
  for _, step in ipairs(steps or {}) do all[#all + 1] = step end
  return {
    kind = "complaint", state = state, open = state ~= "resolved" and state ~= "confirmed",
    days_open = days, steps = all, fields = { cause = "delivery" },
  }
end

describe("deadlines", function()
  it("are 24 hours to acknowledge and 72 to resolve, from the minute or the end of the day", function()
    for _, case in ipairs({
      { state = "opened", days = 0, due = 1, action = "acknowledge", late = false },
      { state = "opened", days = 1, due = 0, action = "acknowledge", late = false },
      { state = "opened", days = 2, due = -1, action = "acknowledge", late = true },
      { state = "acknowledged", days = 3, due = 0, action = "resolve", late = false },
      { state = "in_work", days = 4, due = -1, action = "resolve", late = true },
      -- A day that is past is seen at its end; now, at ten or a minute later.
      { state = "opened", days = 1, minute = 600, due = 0, action = "acknowledge", late = true },
      { state = "opened", days = 1, minute = 600, hours = 24, due = 0, action = "acknowledge", late = false },
      { state = "opened", days = 1, minute = 600, hours = 24 + 1 / 60, due = 0, action = "acknowledge", late = true },
      { state = "opened", days = 1, minute = 600, hours = 23, due = 0, action = "acknowledge", late = false },
      { state = "in_work", days = 3, minute = 600, hours = 72, due = 0, action = "resolve", late = false },
      { state = "in_work", days = 3, minute = 600, hours = 72 + 1 / 60, due = 0, action = "resolve", late = true },
    }) do
      local thread = complaint(case.days, case.state, case.minute)
      thread.hours_open = case.hours
      local p = propose(thread)[1]
      local what = case.state .. " " .. case.days
      assert.equal(case.action, p.action, what)
      assert.equal(TODAY + case.due, p.due, what)
      assert.equal(case.late and "overdue" or "complaint", p.group, what)
      assert.equal(1, p.about, what)
    end
    local thread = complaint(1, "opened", 600)
    thread.hours_open = 23
    local p = propose(thread)[1]
    assert.equal("complaint of 2024-12-31, to be acknowledged in 24 hours: by 2025-01-01 10:00", p.reasons[1].en)
    thread.hours_open = 25
    assert.equal("complaint of 2024-12-31 not acknowledged in 24 hours: overdue since 2025-01-01 10:00", propose(thread)[1].reasons[1].en)
    assert.equal("acknowledged", p.state)
  end)
  it("are settings", function()
    local p = propose(complaint(1, "opened"), nil, { acknowledge_hours = 48 })[1]
    assert.equal(TODAY + 1, p.due)
    assert.error(function() propose(complaint(1, "opened"), nil, { acknowledge_hours = 80 }) end, "resolve_hours")
  end)
  it("say that the customer is avoided, and ask for the cause", function()
    local thread = complaint(9, "in_work")
    thread.fields = {}
    local p = propose(thread, { last_contact_days = 20 })[1]
    assert.equal("uncontacted", p.reasons[2].rule)
    assert.equal("ask_cause", p.guidance[2].rule)
  end)
end)

describe("after the resolution", function()
  it("the customer confirms, and a week later the relationship is cared for", function()
    local resolved = { state = "resolved", day = TODAY - 5 }
    local p = propose(complaint(9, "resolved", nil, { resolved }))[1]
    assert.same({ "confirm", TODAY - 4, "confirmed" }, { p.action, p.due, p.state })
    for _, case in ipairs({
      { confirmed = 6, contact = 6, due = TODAY + 1 }, { confirmed = 7, contact = 7, due = TODAY },
      { confirmed = 20, contact = 0 }, { confirmed = 20, contact = 14, due = TODAY - 13 },
      { confirmed = 60, contact = test.missing, due = TODAY - 53 }, { confirmed = 61, contact = test.missing },
    }) do
      local confirmed = { state = "confirmed", day = TODAY - case.confirmed }
      local found = propose(complaint(90, "confirmed", nil, { confirmed }), { last_contact_days = case.contact })[1]
      assert.equal(case.due, found and found.due, case.confirmed .. " days")
      if found then assert.equal("rebuild", found.action) end
    end
  end)
end)

describe("promises", function()
  it("that are overdue rank like overdue complaints", function()
    for _, case in ipairs({ { due = 1, group = "promise" }, { due = 0, group = "promise" }, { due = -1, group = "overdue" } }) do
      local p = propose({ kind = "promise", state = "made", days_open = 9, due = TODAY + case.due, text = "samples", rep = "李伟" })[1]
      assert.same({ "keep_promise", TODAY + case.due, case.group, "kept" }, { p.action, p.due, p.group, p.state })
    end
    local p = propose({ kind = "promise", state = "made", days_open = 7, rep = "李伟" })[1]
    assert.equal(TODAY, p.due, "no day was said")
    local late = propose(complaint(9, "in_work"))[1]
    assert.equal(late.priority, propose({ kind = "promise", state = "made", days_open = 8 })[1].priority)
  end)
  it("that are kept are none", function()
    assert.equal(0, #propose({ kind = "promise", state = "kept", open = false, days_open = 9 }))
  end)
end)

describe("a cause", function()
  it("is asked for where a complaint is resolved without one", function()
    local function tell(fields)
      return test.on_event{ customer = { event = {
        record = "interaction", after = { kind = "call", state = "resolved", fields = fields },
        about = { id = 40, kind = "complaint" },
      } } }
    end
    assert.equal("no_cause", tell({})[1].reasons[1].rule)
    assert.equal(0, #tell({ cause = "delivery" }))
  end)
end)
