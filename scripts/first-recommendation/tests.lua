local TODAY = kehu.day.parse("2025-01-01")

local NONE = {
  joint_activities = 0, activities_site_unsaid = 0, activities_without_owner = 0, activities_part_unsaid = 0,
  activities_owner_idle = 0, activities_without_outcome = 0, activities_no_breakthrough = 0, activities_with_outcome = 0,
}

local function with(base, changes)
  local c = {}
  for name, value in pairs(base) do c[name] = value end
  for name, value in pairs(changes or {}) do c[name] = value end
  return c
end

describe("first recommendation", function()
  local function score(changes, settings)
    return test.score{ step = "first_recommendation", customer = with(NONE, changes), settings = settings or {} }
  end
  it("is reached at three effective activities", function()
    for _, case in ipairs({
      { {}, 0, "not_begun" },
      { { joint_activities = 2, activities_with_outcome = 2 }, 2, "on_the_way" },
      { { joint_activities = 3, activities_with_outcome = 3 }, 3, "reached" },
      { { joint_activities = 4, activities_with_outcome = 4, activities_no_breakthrough = 1 }, 3, "reached" },
      { { joint_activities = 3, activities_with_outcome = 3, activities_no_breakthrough = 1 }, 2, "on_the_way" },
      { { joint_activities = 9, activities_without_owner = 9 }, 0, "not_begun" },
    }) do
      local r = score(case[1])
      assert.equal(case[2], r.effective_activities)
      assert.equal(case[3], r.first_recommendation)
    end
    assert.equal("reached", score({ joint_activities = 2, activities_with_outcome = 2 }, { activities_needed = 2 }).first_recommendation)
  end)
  it("says which activities do not count, and why", function()
    for _, case in ipairs({
      { "activities_without_owner", "without_owner" }, { "activities_owner_idle", "owner_idle" },
      { "activities_without_outcome", "without_outcome" }, { "activities_site_unsaid", "site_unsaid" },
      { "activities_part_unsaid", "part_unsaid" },
    }) do
      local r = score{ joint_activities = 1, [case[1]] = 1 }
      assert.equal(0, r.effective_activities)
      assert.reason(r, case[2], { arguments = { 1 } })
    end
    local r = score{ joint_activities = 1, activities_with_outcome = 1, activities_no_breakthrough = 1 }
    assert.reason(r, "no_breakthrough")
  end)
end)

describe("comfort trap", function()
  local WARM = {
    rapport = 4, talks_lately = 3, talks_before = 4, bought_lately = 100, bought_before = 100, new_lately = 10, new_before = 20, launch_known = 5,
  }
  local function trap(changes, settings)
    return test.score{ step = "comfort_trap", customer = with(WARM, changes), settings = settings or {} }
  end
  it("is high rapport, falling contact and a falling share of new products, all three", function()
    for _, case in ipairs({
      { {}, true, "trapped" },
      { { rapport = 3.9 }, false, "not_warm" },
      { { rapport = 5 }, true, "trapped" },
      { { talks_lately = 4 }, false, "talk_holds" },
      { { talks_lately = 5 }, false, "talk_holds" },
      { { talks_lately = 0, talks_before = 0 }, false, "talk_holds" },
      { { new_lately = 20 }, false, "share_holds" },
      { { new_lately = 19.99 }, true, "share_fell" },
      { { new_lately = 20, bought_lately = 200 }, true, "share_fell" },
      { { new_lately = 0, new_before = 0 }, false, "share_holds" },
      { { new_lately = -5 }, true, "share_fell" },
    }) do
      local r = trap(case[1])
      assert.equal(case[2], r.comfort_trap, case[3])
      assert.reason(r, case[3])
    end
  end)
  it("names what is missing instead of judging without it", function()
    for _, case in ipairs({
      { { rapport = test.missing }, "no_rapport" },
      { { launch_known = 0, new_lately = 0, new_before = 0 }, "no_launch" },
      { { bought_lately = 0, new_lately = 0 }, "no_purchases" },
      { { bought_lately = -10 }, "no_purchases" },
      { { bought_before = 0, new_before = 0 }, "none_before" },
    }) do
      local r = trap(case[1])
      assert.equal(nil, r.comfort_trap, case[2])
      assert.reason(r, case[2])
    end
    assert.equal(false, trap{ rapport = test.missing, talks_lately = 9 }.comfort_trap, "what is known may be enough")
  end)
  it("follows the settings", function()
    assert.equal(false, trap({}, { contact_fall = 26 }).comfort_trap)
    assert.equal(true, trap({}, { contact_fall = 25 }).comfort_trap)
    assert.equal(false, trap({}, { share_fall = 10.1 }).comfort_trap)
    assert.equal(true, trap({}, { share_fall = 10 }).comfort_trap)
    assert.equal(true, trap({ rapport = 3 }, { warm_from = 3 }).comfort_trap)
  end)
  it("takes the share of new products in what was bought", function()
    assert.near(10, trap{}.new_product_share, 1e-9)
    assert.near(0, trap{ new_lately = 0 }.new_product_share, 1e-9)
  end)
end)

local STARTED = {
  activities_site_unsaid = 0, activities_without_owner = 0, activities_part_unsaid = 0,
  activities_owner_idle = 0, activities_without_outcome = 0, activities_no_breakthrough = 0,
  first_purchase_days = 100, effective_activities = 1, joint_activities = 1, last_activity_days = 20, first_recommendation = "on_the_way",
  comfort_trap = false, new_product_share = 5, rapport = 4, talks_lately = 1, talks_before = 3,
}

describe("the next step", function()
  local function propose(changes, case)
    local customer = with(STARTED, changes)
    customer.case = case or {}
    local found = {}
    for _, p in ipairs(test.follow_up{ customer = customer }) do found[p.action] = p end
    return found
  end
  it("is a joint activity a month after the last one, until ours is recommended first", function()
    local p = propose{ activities_without_owner = 1 }.joint_activity
    assert.equal(TODAY + 10, p.due)
    assert.equal(TODAY - 20, p.fact_day)
    assert.equal("without_owner", p.reasons[2].rule)
    assert.equal(nil, propose{ first_recommendation = "reached" }.joint_activity)
    assert.equal(nil, propose{ attitude_strategy = "give_up" }.joint_activity)
    assert.equal(nil, propose{ attitude_strategy = "hands_off" }.joint_activity)
  end)
  it("begins where it is worth it", function()
    local new = { joint_activities = 0, effective_activities = 0, first_recommendation = "not_begun", last_activity_days = test.missing }
    assert.equal(nil, propose(new).joint_activity)
    local p = propose(with(new, { attitude_strategy = "dig_in" })).joint_activity
    assert.equal("first_one", p.reasons[1].rule)
    assert.equal(TODAY, p.due)
    assert.equal(nil, propose(with(new, { attitude_strategy = "dig_in", first_purchase_days = test.missing })).joint_activity)
  end)
  it("asks for what is not on file of an activity", function()
    local p = propose({}, { interactions = { { id = 9, kind = "activity", fields = { owner_on_site = true, owner_took_part = true } } } }).joint_activity
    assert.equal("record_missing", p.guidance[3].rule)
    local full = propose({}, { interactions = { { id = 9, kind = "activity", outcome = "won", fields = { owner_on_site = true, owner_took_part = true } } } })
    assert.equal(2, #full.joint_activity.guidance)
  end)
  it("breaks the comfort trap", function()
    local p = propose{ comfort_trap = true }.present_new
    assert.equal(TODAY, p.due)
    assert.equal("comfort trap: rapport 4 of 5, contacts fell from 3 to 1, new products down to 5 %", p.reasons[1].en)
    assert.equal(nil, propose{}.present_new)
    assert.equal(nil, propose{ comfort_trap = true, attitude_strategy = "give_up" }.present_new)
  end)
end)

describe("logging an activity", function()
  local function log(after, change)
    after.kind = after.kind or "activity"
    return test.on_event{ customer = { event = { id = 9, record = "interaction", change = change or "added", after = after } } }
  end
  it("that does not count is said at once", function()
    for _, case in ipairs({
      { { fields = {} }, "no_owner" },
      { { fields = { owner_on_site = false } }, "no_owner" },
      { { fields = { owner_on_site = true } }, "no_part" },
      { { fields = { owner_on_site = true, owner_took_part = true } }, "no_outcome" },
    }) do
      local told = log(case[1])
      assert.equal(1, #told, case[2])
      assert.reason(told[1], case[2])
    end
    assert.equal(0, #log{ outcome = "a display in the first row", fields = { owner_on_site = true, owner_took_part = true } })
    assert.equal(0, #log{ kind = "visit", fields = {} })
    assert.equal(0, #log({ fields = {} }, "removed"))
  end)
end)
