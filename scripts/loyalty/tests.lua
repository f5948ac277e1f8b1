local function buyer(changes)
  local c = { purchases = 3, clean_purchases = 3, satisfying_all_the_same = 0, unproven_purchases = 0,
    campaign_purchases = 0, last_category = "钢板" }
  for name, value in pairs(changes or {}) do c[name] = value end
  return c
end

describe("loyalty", function()
  it("is built by two to five satisfying purchases", function()
    for _, case in ipairs({ { 0, "none" }, { 1, "trial" }, { 2, "forming" }, { 4, "forming" }, { 5, "loyal" }, { 50, "loyal" } }) do
      local r = test.score{ customer = buyer{ purchases = math.max(case[1], 1), clean_purchases = case[1] } }
      assert.equal(case[2], r.loyalty, case[1] .. " satisfying purchases")
    end
    assert.reason(test.score{ customer = buyer{ purchases = 0, clean_purchases = 0 } }, "no_purchase")
  end)
  it("counts a purchase with a complaint and a good mark", function()
    local r = test.score{ customer = buyer{ clean_purchases = 4, satisfying_all_the_same = 1, purchases = 6, unproven_purchases = 1 } }
    assert.equal("loyal", r.loyalty)
    assert.reason(r, "unproven")
  end)
  it("follows the settings", function()
    local r = test.score{ customer = buyer(), settings = { forming_from = 1, loyal_from = 3 } }
    assert.equal("loyal", r.loyalty)
    assert.error(function() test.score{ customer = buyer(), settings = { loyal_from = 2 } } end, "loyal_from")
  end)
end)

describe("buying habit", function()
  it("is promotion-driven from half of the purchases on", function()
    local campaigns = { campaign_days = { "06-01..06-18" } }
    for _, case in ipairs({ { 4, 2, "promotion_driven" }, { 5, 2, "regular" }, { 2, 0, "regular" } }) do
      local r = test.score{ customer = buyer{ purchases = case[1], campaign_purchases = case[2] }, settings = campaigns }
      assert.equal(case[3], r.buying_habit)
    end
    assert.equal(nil, test.score{ customer = buyer{ purchases = 1 }, settings = { campaign_days = campaigns.campaign_days, habit_from = 2 } }.buying_habit)
    assert.reason(test.score{ customer = buyer() }, "no_campaigns")
  end)
  it("and the last category decide the next offer", function()
    assert.equal("钢板", test.score{ customer = buyer() }.next_offer)
    assert.equal(nil, test.score{ customer = buyer{ last_category = test.missing } }.next_offer)
  end)
end)
