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

describe("expected close days", function()
  local TODAY = kehu.day.parse("2025-01-01")
  local function propose(deal, settings)
    deal.id, deal.stage = 7, "intent"
    return test.follow_up{ customer = { case = { deals = { deal } } }, settings = settings or {} }
  end
  it("that have passed are asked for anew, from the day after", function()
    for _, case in ipairs({ { 1, 0 }, { 0, 0 }, { -1, 1 }, { -40, 1 } }) do
      local found = propose{ since = TODAY - 50, probability = 0.1, expected_close = TODAY + case[1] }
      assert.equal(case[2], #found, case[1] .. " days")
      if found[1] then
        assert.same({ "renew_close", 7, TODAY + case[1] + 1, TODAY + case[1] }, { found[1].action, found[1].deal, found[1].due, found[1].fact_day })
      end
    end
    local p = propose{ since = TODAY - 50, expected_close = TODAY - 1 }[1]
    assert.equal("expected to close on 2024-12-31, 1 day ago, and still open in intent", p.reasons[1].en)
    assert.equal("what_hinders", p.guidance[1].rule)
  end)
  it("are needed at the bottom of the funnel", function()
    for _, case in ipairs({ { 0.751, 1 }, { 0.75, 0 }, { 0, 0 } }) do
      assert.equal(case[2], #propose{ since = TODAY - 2, probability = case[1] }, tostring(case[1]))
    end
    assert.equal(0, #propose{ since = TODAY - 2 })
    assert.equal(TODAY + 5, propose{ since = TODAY - 2, probability = 0.9 }[1].due)
    assert.equal(1, #propose({ since = TODAY - 2, probability = 0.5 }, { day_above = 0.4 }))
  end)
end)
