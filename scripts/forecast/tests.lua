local function base(changes)
  local c = { open_deals = 2, open_deal_amount = 300000, weighted_amount = 90000, weighted_deals = 2, dated_deals = 2, overdue_closes = 0 }
  for name, value in pairs(changes or {}) do c[name] = value end
  return c
end

describe("the weighted pipeline", function()
  it("is probability × amount of the open deals", function()
    local r = test.score{ customer = base() }
    assert.equal(90000, r.weighted_pipeline)
    assert.equal(1, #r.reasons.weighted_pipeline)
    assert.reason(r, "weighted", { en = "2 open deals of 300000 in all, each by its win probability" })
  end)
  it("names what it does not count, and what is in no month", function()
    for _, case in ipairs({
      { { weighted_deals = 1, weighted_amount = 30000 }, "not_counted" }, { { dated_deals = 1 }, "undated" }, { { overdue_closes = 1 }, "overdue" },
    }) do
      local r = test.score{ customers = { changed = base(case[1]), same = base() } }
      assert.reason(r.changed, case[2], { arguments = { 1 } })
      assert.no_reason(r.same, case[2])
    end
  end)
  it("is missing, not nothing, where no deal can be weighted", function()
    local r = test.score{ customers = {
      none = base{ open_deals = 0, open_deal_amount = 0, weighted_deals = 0, weighted_amount = 0, dated_deals = 0 },
      unknown = base{ weighted_deals = 0, weighted_amount = 0 },
      nought = base{ weighted_amount = 0 },
    } }
    assert.same({}, r.none.values)
    assert.reason(r.none, "no_deal")
    assert.same({}, r.unknown.values)
    assert.reason(r.unknown, "none_known")
    assert.equal(0, r.nought.weighted_pipeline)
  end)
  it("keeps negative amounts", function()
    assert.equal(-500, test.score{ customer = base{ open_deal_amount = -1000, weighted_amount = -500 } }.weighted_pipeline)
  end)
end)
