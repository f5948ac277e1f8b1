local function dealer(sales, changes)
  local c = { attitude_sales = sales, first_sale_days = 400, own_initiative = 0, known_initiative = 0,
    own_sales = test.missing, profit_from_us = test.missing, able = test.missing, hindrance = test.missing }
  for name, value in pairs(changes or {}) do c[name] = value end
  return c
end

describe("attitude", function()
  it("follows from the sales a month", function()
    for _, case in ipairs({
      { 80000.01, "earns_with_you", "usual", "hands_off" },
      { 80000, "moves_when_pushed", "usual", "dig_in" },
      { 50000, "moves_when_pushed", "usual", "dig_in" },
      { 49999.99, "moves_when_pushed", "lower", "dig_in" },
      { 30000.01, "moves_when_pushed", "lower", "dig_in" },
      { 30000, "cannot_be_pushed", "usual", "dig_in" },
      { 0, "cannot_be_pushed", "usual", "dig_in" },
      { -500, "cannot_be_pushed", "usual", "dig_in" },
    }) do
      local r = test.score{ customer = dealer(3 * case[1]) }
      assert.equal(case[2], r.attitude, tostring(case[1]))
      assert.equal(case[3], r.attitude_confidence, tostring(case[1]))
      assert.equal(case[4], r.attitude_strategy, tostring(case[1]))
      assert.near(case[1], r.monthly_sales, 1e-6)
    end
  end)
  it("is unknown before the first purchase", function()
    local r = test.score{ customer = dealer(0, { first_sale_days = test.missing }) }
    assert.equal(nil, r.attitude)
    assert.reason(r, "no_sales")
  end)
  it("is towards us: share and profit count", function()
    local r = test.score{ customers = {
      half = dealer(300000, { own_sales = 200000, profit_from_us = 9000 }),
      less = dealer(300000, { own_sales = 200001 }),
      poor = dealer(300000, { profit_from_us = 0 }),
      odd = dealer(300000, { own_sales = 0 }),
    } }
    assert.near(50, r.half.our_share, 1e-9)
    assert.equal("usual", r.half.attitude_confidence)
    assert.reason(r.half, "profit")
    assert.equal("lower", r.less.attitude_confidence)
    assert.equal("moves_when_pushed", r.poor.attitude)
    assert.equal("lower", r.poor.attitude_confidence)
    assert.equal(nil, r.odd.our_share)
  end)
  it("shows whether the dealer asks for stock itself", function()
    local r = test.score{ customers = {
      asks = dealer(300000, { own_initiative = 3, known_initiative = 4 }),
      silent = dealer(300000, { known_initiative = 4 }),
    } }
    assert.reason(r.asks, "asks")
    assert.equal("usual", r.asks.attitude_confidence)
    assert.equal("lower", r.silent.attitude_confidence)
  end)
end)

describe("who cannot be pushed", function()
  it("is given up without ability, and dug into with it", function()
    local r = test.score{ customers = {
      unable = dealer(3000, { able = false, hindrance = "no_hope" }),
      able = dealer(3000, { able = true, hindrance = "earns_nothing" }),
      unsaid = dealer(3000),
    } }
    assert.equal("give_up", r.unable.attitude_strategy)
    assert.reason(r.unable, "hindrance_no_hope")
    assert.equal("dig_in", r.able.attitude_strategy)
    assert.equal("dig_in", r.unsaid.attitude_strategy)
    assert.reason(r.unsaid, "hindrance_unsaid")
    local other = test.score{ customer = dealer(3000), settings = { able_unless_said = false } }
    assert.equal("give_up", other.attitude_strategy)
  end)
end)

describe("settings", function()
  it("move the bounds and the months", function()
    local r = test.score{ customer = dealer(8000), settings = { months = 1, first_above = 7999, second_from = 7000, third_up_to = 5000 } }
    assert.equal("earns_with_you", r.attitude)
    assert.error(function()
      test.score{ customer = dealer(1), settings = { third_up_to = 60000 } }
    end, "must rise")
  end)
end)
