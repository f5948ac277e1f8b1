describe("the frequency", function()
  local cases = { A = { 4, 7 }, B = { 2, 15 }, C = { 1, 30 }, D = { 0.5, 60 } }
  for tier, expected in pairs(cases) do
    it("of tier " .. tier .. " is " .. expected[1] .. " a month, every " .. expected[2] .. " days", function()
      local r = test.visit_need{ customer = { tier = tier, purchases = 1 } }
      assert.equal(expected[1], r.visits_per_month)
      assert.equal(expected[2], r.visit_gap_days)
      assert.equal(60, r.visit_minutes)
      assert.reason(r, "by_tier")
      assert.reason(r, "gap")
      assert.reason(r, "minutes")
    end)
  end

  it("is the usual one without a tier, or for a tier that has none of its own", function()
    local r = test.visit_need{
      customers = { none = { purchases = 1 }, other = { purchases = 1, tier = "key" } },
      settings = { visits_otherwise = 3 },
    }
    assert.equal(3, r.none.visits_per_month)
    assert.equal("no tier is known, so 3 visits a month", assert.reason(r.none, "no_tier").en)
    assert.equal(3, r.other.visits_per_month)
    assert.equal("tier key has no frequency of its own, so 3 visits a month", assert.reason(r.other, "other_tier").en)
  end)

  it("of a customer on the key list is that of the tier as which it counts, whatever its own", function()
    local r = test.visit_need{ customers = {
      listed = { purchases = 1, tier = "D", key_account = true }, untiered = { purchases = 1, key_account = true },
      other = { purchases = 1, tier = "D", key_account = false },
    } }
    assert.equal(4, r.listed.visits_per_month)
    assert.equal("on the key list, counts as tier A: 4 visits a month", assert.reason(r.listed, "by_key_list").en)
    assert.equal(4, r.untiered.visits_per_month)
    assert.equal(0.5, r.other.visits_per_month)
  end)

  it("may be none: then there is no gap", function()
    local r = test.visit_need{ customer = { tier = "D" }, settings = { visits_by_tier = { D = 0 } } }
    assert.equal(0, r.visits_per_month)
    assert.is_nil(r.visit_gap_days)
  end)
end)

describe("the mode by attitude", function()
  local MIX = { mode_by_attitude = { first = "rarely", second = "dig_in", third_able = "dig_in", third_unable = "none" } }
  local function worked(attitude, strategy, more)
    local c = { tier = "A", purchases = 1, attitude = attitude, attitude_strategy = strategy }
    for name, value in pairs(more or {}) do c[name] = value end
    return test.visit_need{ customer = c, settings = MIX }
  end
  it("is rarely the first type, dig-in the second and able third, none the unable third", function()
    for _, case in ipairs({
      { "earns_with_you", "hands_off", "rotating", 0.5, "rarely_first" }, { "moves_when_pushed", "dig_in", "dig_in", 3, "mode_second" },
      { "cannot_be_pushed", "dig_in", "dig_in", 3, "mode_third_able" }, { "cannot_be_pushed", test.missing, "dig_in", 3, "mode_third_able" },
      { "cannot_be_pushed", "give_up", "rotating", 0, "none_third_unable" }, { test.missing, test.missing, "rotating", 4, "by_tier" },
    }) do
      local r = worked(case[1], case[2])
      assert.equal(case[3], r.visit_mode)
      assert.equal(case[4], r.visits_per_month)
      assert.reason(r, case[5])
    end
    assert.equal("earns with you: visited rarely, 0.5 visits a month rather than 4", worked("earns_with_you").reasons.visits_per_month[1].en)
    assert.is_nil(worked("cannot_be_pushed", "give_up").visit_gap_days)
    assert.equal(60, worked("earns_with_you").visit_gap_days)
  end)
  it("never raises the visits of a tier, and is off unless the workspace sets it", function()
    local r = test.visit_need{ customer = { tier = "D", purchases = 1, attitude = "earns_with_you" },
      settings = { mode_by_attitude = MIX.mode_by_attitude, rare_visits = 2 } }
    assert.equal(0.5, r.visits_per_month)
    assert.reason(r, "by_tier")
    local usual = test.visit_need{ customer = { tier = "A", purchases = 1, attitude = "cannot_be_pushed", attitude_strategy = "give_up" } }
    assert.equal(4, usual.visits_per_month)
    assert.error(function() test.visit_need{ customer = {}, settings = { mode_by_attitude = { fourth = "none" } } } end, "mode_by_attitude")
  end)
end)

describe("the mode", function()
  it("is turn by turn unless the workspace says otherwise", function()
    local r = test.visit_need{ customer = { tier = "A" } }
    assert.equal("rotating", r.visit_mode)
    assert.reason(r, "mode")
  end)

  it("of digging in is three days in a row, once a month", function()
    local r = test.visit_need{ customer = { tier = "B" }, settings = { mode = "dig_in" } }
    assert.equal("dig_in", r.visit_mode)
    assert.equal(3, r.visits_per_month)
    assert.equal(30, r.visit_gap_days)
    assert.equal(300, r.visit_minutes)
    assert.equal("worked dig_in: 3 days in a row, once a month", assert.reason(r, "in_a_row").en)
    assert.reason(r, "round_gap")
  end)

  it("may be another one for some tiers", function()
    local r = test.visit_need{
      customers = { large = { tier = "A" }, small = { tier = "C" } },
      settings = { mode_by_tier = { A = "anchored" } },
    }
    assert.equal("anchored", r.large.visit_mode)
    assert.equal(7, r.large.visits_per_month)
    assert.reason(r.large, "tier_mode")
    assert.equal("rotating", r.small.visit_mode)
  end)

  it("makes no round where there are no visits", function()
    local r = test.visit_need{
      customer = { tier = "D" }, settings = { mode = "anchored", visits_by_tier = { D = 0 } },
    }
    assert.equal(0, r.visits_per_month)
  end)
end)

describe("the purpose", function()
  local steps = { "first_impression", "listen", "deepen", "agree", "agree" }
  for at, key in ipairs(steps) do
    it("of visit " .. at .. " before the first purchase is " .. key, function()
      local r = test.visit_need{ customer = { visits = at - 1, purchases = 0 } }
      assert.equal(key, r.visit_purpose)
      assert.equal(key, r.visit_topics)
      assert.reason(r, "before_purchase")
    end)
  end

  it("is to care once the customer has bought", function()
    local r = test.visit_need{ customer = { visits = 1, purchases = 1 } }
    assert.equal("care", r.visit_purpose)
    assert.equal("1 purchase so far", assert.reason(r, "bought").en)
  end)

  it("needs as many topics", function()
    local settings = { topics = { { key = "a" }, { key = "b" } } }
    assert.error(function() test.visit_need{ customer = {}, settings = settings } end, "give both the same number")
  end)
end)

describe("the value", function()
  it("is what was bought, and what is expected", function()
    local r = test.visit_need{
      customer = { amount_12m = 1000, open_deal_amount = 500, probability = 0.4 },
    }
    assert.near(1200, r.visit_value, 1e-9)
    assert.reason(r, "bought_amount", 1000)
    local why = assert.reason(r, "expected", 200)
    assert.equal("open deals of 500, at best 40 % likely", why.en)
  end)

  it("follows the weights", function()
    local r = test.visit_need{
      customer = { amount_12m = 1000, open_deal_amount = 500, probability = 0.4 },
      settings = { weight_amount = 0.5, weight_deals = 2 },
    }
    assert.near(900, r.visit_value, 1e-9)
  end)

  it("is 0 where there is neither", function()
    local r = test.visit_need{ customer = {} }
    assert.equal(0, r.visit_value)
    assert.reason(r, "no_amount")
  end)
end)

describe("the group", function()
  it("is the funnel's part, else prospecting before the first purchase, else none", function()
    local r = test.visit_need{
      customers = {
        bottom = { funnel_part = "bottom", purchases = 3 },
        middle = { funnel_part = "middle" },
        top = { funnel_part = "top", purchases = 1 },
        new = { purchases = 0 },
        old = { purchases = 2 },
      },
    }
    assert.equal("bottom", r.bottom.visit_group)
    assert.equal("its best deal is in the bottom of the funnel", assert.reason(r.bottom, "in_funnel").en)
    assert.equal("middle", r.middle.visit_group)
    assert.is_nil(r.top.visit_group)
    assert.equal("prospecting", r.new.visit_group)
    assert.reason(r.new, "new_customer")
    assert.is_nil(r.old.visit_group)
    assert.reason(r.old, "no_part")
  end)
end)
