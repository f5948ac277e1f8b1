-- 2025-03-03 is a Monday. Places lie around Wuhan; 0.1 degrees of latitude are 11.1 km.

local HOME = { lat = 30.6, lon = 114.3 }
local NEAR = { lat = 30.7, lon = 114.3 }
local FAR = { lat = 31.6, lon = 114.3 }
local WEEK = { "2025-03-03", "2025-03-04", "2025-03-05", "2025-03-06", "2025-03-07" }

local function day(text) return kehu.day.parse(text) end

-- Which customer is visited on which day, as text.
local function visits(plan)
  local lines = {}
  for _, each in ipairs(plan.days) do
    local names = {}
    for _, stop in ipairs(each.stops) do names[#names + 1] = stop.customer end
    lines[#lines + 1] = kehu.day.format(each.day) .. " " .. table.concat(names, " ")
  end
  return table.concat(lines, "; ")
end

describe("the days", function()
  it("take a visit that falls due as soon as it does", function()
    local plan = test.plan_visits{
      days = WEEK,
      customers = {
        due = { last_visit = "2025-02-03", gap_days = 30 },
        new = {},
      },
    }
    assert.equal("2025-03-03 new; 2025-03-05 due", visits(plan))
    assert.same({}, plan.left_out)
    local due = plan.days[2].stops[1]
    assert.equal("last visit on 2025-02-03, one every 30 days: due on 2025-03-05", assert.reason(due, "fell_due").en)
    assert.equal("no visit yet, 1 a month wanted", assert.reason(plan.days[1].stops[1], "never_visited").en)
  end)

  it("keep the gap between two visits", function()
    local plan = test.plan_visits{
      days = WEEK, from = "2025-03-03", to = "2025-03-07",
      customers = { often = { visits = 2, visits_per_month = 8, gap_days = 3 } },
    }
    assert.equal("2025-03-03 often; 2025-03-06 often", visits(plan))
  end)

  it("hold a round of days in a row together", function()
    local plan = test.plan_visits{
      days = WEEK, customers = { dug = { visits = 3, visits_a_round = 3 } },
    }
    assert.equal("2025-03-03 dug; 2025-03-04 dug; 2025-03-05 dug", visits(plan))
    assert.equal("day 2 of 3 in a row", assert.reason(plan.days[2].stops[1], "in_a_row").en)
  end)

  it("keep what is agreed, whatever it displaces", function()
    local plan = test.plan_visits{
      days = { { day = "2025-03-03", max_visits = 1 } },
      customers = { agreed = {}, other = { value = 900 } },
      fixed = { { customer = "agreed", day = "2025-03-03" } },
    }
    assert.equal("2025-03-03 agreed", visits(plan))
    assert.reason(plan.days[1].stops[1], "agreed")
    assert.equal("other", plan.left_out[1].customer)
    assert.equal("no room for 1 of 1 visit: every day from 2025-03-03 on has its 1 visit", assert.reason(plan.left_out[1], "visits_full").en)
  end)
end)

describe("the order of work", function()
  it("is bottom, prospecting, middle, then the rest by value", function()
    local plan = test.plan_visits{
      days = { { day = "2025-03-03", seconds = 4 * 5400 } },
      customers = {
        a_rest = { value = 10 }, b_rest = { value = 999 },
        middle = { group = "middle" }, bottom = { group = "bottom" }, prospect = { group = "prospecting" },
      },
    }
    assert.equal("a_rest", plan.left_out[1].customer)
    assert.equal(1, #plan.left_out)
    local stops = plan.days[1].stops
    local by_name = {}
    for _, stop in ipairs(stops) do by_name[stop.customer] = stop end
    assert.equal("group bottom: place 1 in the order of work", assert.reason(by_name.bottom, "group_first").en)
    assert.reason(by_name.prospect, "group_first", { arguments = { "prospecting", 2, "开发新客户" } })
    assert.no_reason(by_name.b_rest, "group_first")
  end)

  it("keeps the time that is meant for new customers", function()
    local plan = test.plan_visits{
      days = { { day = "2025-03-03", seconds = 3 * 5400 } }, prospecting_share = 0.5,
      customers = { a = { value = 2 }, b = { value = 1 }, prospect = { group = "prospecting" } },
    }
    assert.equal("b", plan.left_out[1].customer)
    assert.equal(2, #plan.days[1].stops)
  end)
end)

describe("the way", function()
  it("is counted from home, at the speed of the workspace", function()
    local plan = test.plan_visits{
      days = { "2025-03-03" }, home = HOME, speed = 30, seconds_per_way = 300,
      customers = { near = { place = NEAR } },
    }
    -- 11.12 km × 1.3 at 30 km/h, and 5 minutes.
    assert.near(2035, plan.days[1].stops[1].travel_before, 2)
  end)

  it("takes half an hour where a place is not known", function()
    local plan = test.plan_visits{ days = { "2025-03-03" }, home = HOME, customers = { somewhere = {} } }
    assert.equal(1800, plan.days[1].stops[1].travel_before)
    plan = test.plan_visits{
      days = { "2025-03-03" }, home = HOME, customers = { somewhere = {} },
      settings = { minutes_of_unknown_way = 45 },
    }
    assert.equal(2700, plan.days[1].stops[1].travel_before)
  end)

  it("is kept short: who lies on the way comes between", function()
    local plan = test.plan_visits{
      days = { "2025-03-03" }, home = HOME,
      customers = { a_far = { place = { lat = 30.8, lon = 114.3 }, value = 9 }, b_near = { place = NEAR, value = 1 } },
    }
    local order = plan.days[1].stops
    assert.equal(2, #order)
    -- There and back is the same length either way; nobody lies off the way.
    assert.near(2035, order[1].customer == "b_near" and order[1].travel_before or order[2].travel_before, 5)
  end)
end)

describe("who is left out", function()
  it("is told that there are no days", function()
    local plan = test.plan_visits{ days = {}, from = "2025-03-01", to = "2025-03-02", customers = { a = {} } }
    assert.same({}, plan.days)
    assert.equal("no working day from 2025-03-01 to 2025-03-02", assert.reason(plan.left_out[1], "no_days").en)
  end)

  it("is told that a visit is longer than a day", function()
    local plan = test.plan_visits{
      days = { { day = "2025-03-03", seconds = 3600 } }, home = HOME, customers = { far = { place = FAR } },
    }
    assert.reason(plan.left_out[1], "too_long")
  end)

  it("is told how much room is left and how much is needed", function()
    local plan = test.plan_visits{
      days = { { day = "2025-03-03", seconds = 2 * 3600 } },
      customers = { a = { value = 2 }, b = { value = 1 } },
    }
    assert.equal("b", plan.left_out[1].customer)
    local why = assert.reason(plan.left_out[1], "full")
    assert.equal("no room for 1 of 1 visit: on the days from 2025-03-03 on at most 30 minutes are left, 90 are needed", why.en)
  end)

  it("is told that visits would come too close", function()
    local plan = test.plan_visits{
      days = { "2025-03-03" }, to = "2025-03-03",
      customers = { soon = { last_visit = "2025-03-01", gap_days = 30 } },
    }
    assert.equal("1 of 1 visit would come less than 21 days after the one before", assert.reason(plan.left_out[1], "too_close").en)
  end)
end)

describe("a visit that fits no later", function()
  it("comes early, but not earlier than its share of the gap", function()
    local plan = test.plan_visits{
      days = { "2025-03-03" }, from = "2025-03-03", to = "2025-03-07",
      customers = { early = { last_visit = "2025-02-05", gap_days = 30 } },
    }
    assert.equal("2025-03-03 early", visits(plan))
    assert.equal("4 days before it is due, because no later day has room", assert.reason(plan.days[1].stops[1], "early").en)
  end)
end)
