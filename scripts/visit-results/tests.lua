local TODAY = kehu.day.parse("2025-01-01")

local function customer(changes)
  local c = {
    last_failure = test.missing, last_failure_days = test.missing, last_visit_days = test.missing, recency_days = test.missing,
    failed_visits_lately = 0, failures_a = 0, failures_b = 0, failures_c = 0, failures_d = 0, failures_e = 0,
  }
  for name, value in pairs(changes or {}) do c[name] = value end
  return c
end

local function failed(code, days, changes)
  local c = customer{ last_failure = code, last_failure_days = days, last_visit_days = days, failed_visits_lately = 1 }
  c["failures_" .. code] = 1
  for name, value in pairs(changes or {}) do c[name] = value end
  return c
end

local function propose(c, settings)
  c.failed_visits_lately = nil
  return test.follow_up{ customer = c, settings = settings or {} }
end

describe("a failed visit", function()
  it("is one of five reasons, each with its own next step", function()
    for _, case in ipairs({
      { "a", "adapt_offer", 14, "a_offer" }, { "b", "review_fit", 90, "b_match" }, { "c", "support", 60, "c_money" },
      { "d", "loosen_tie", 30, "d_tied" }, { "e", "find_reason", 7, "e_other" },
    }) do
      local r = test.score{ customer = failed(case[1], 10) }
      assert.equal(case[1], r.failure)
      assert.equal(1, r.failed_visits)
      assert.equal(1, r.failure_repeats)
      assert.reason(r, case[4])
      local p = propose(failed(case[1], 10))[1]
      assert.same({ case[2], TODAY - 10 + case[3], TODAY - 10 }, { p.action, p.due, p.fact_day }, case[1])
      assert.equal(case[4], p.reasons[1].rule)
      assert.equal(1, #p.guidance)
    end
  end)
  it("says what the reason means, in both languages", function()
    local why = assert.reason(test.score{ customer = failed("d", 1) }, "d_tied")
    assert.equal("failed 1 day ago (d): interested, but tied to a competitor", why.en)
    assert.equal("1 天前拜访失败（d）：有意向，但受竞争对手牵制", why.zh)
  end)
  it("waits as long as the settings say", function()
    local days = { a = 20, b = 90, c = 60, d = 30, e = 7 }
    assert.equal(TODAY + 10, propose(failed("a", 10), { next_days = days })[1].due)
    assert.error(function() propose(failed("a", 10), { next_days = { a = 20 } }) end, "next_days")
  end)
  it("is over once a later visit did not fail, or the customer bought", function()
    for _, case in ipairs({
      { { last_visit_days = 9 }, "visited_since" }, { { recency_days = 9 }, "bought_since" },
      { { last_visit_days = 10 } }, { { recency_days = 10 } }, { { recency_days = 400 } },
    }) do
      local r = test.score{ customer = failed("a", 10, case[1]) }
      if case[2] then
        assert.equal(nil, r.failure)
        assert.reason(r, case[2])
      else
        assert.equal("a", r.failure)
      end
      assert.equal(case[2] and 0 or 1, #propose(failed("a", 10, case[1])))
    end
  end)
  it("counts again and again for the same reason", function()
    for _, case in ipairs({ { 1, 60, 1 }, { 2, 70, 2 }, { 9, 70, 2 } }) do
      local p = propose(failed("a", 10, { failures_a = case[1] }))[1]
      assert.equal(case[2], p.priority, case[1] .. " times")
      assert.equal(case[3], #p.guidance)
    end
    assert.equal(100, propose(failed("a", 10, { failures_a = 3 }), { repeated_more = 100 })[1].priority)
    assert.equal(60, propose(failed("a", 10, { failures_a = 3 }), { repeated_from = 4 })[1].priority)
    -- Older than count_months: the last failure is still known, none counts.
    local r = test.score{ customer = failed("b", 900, { failures_b = 0, failed_visits_lately = 0 }) }
    assert.same({ 0, 0, "b" }, { r.failed_visits, r.failure_repeats, r.failure })
  end)
  it("is none where none is recorded, and a code that nobody knows is said", function()
    local r = test.score{ customers = { none = customer(), odd = customer{ last_failure = "x", last_failure_days = 3 } } }
    assert.same({ failed_visits = 0 }, r.none.values)
    assert.reason(r.none, "no_failure")
    assert.reason(r.odd, "unknown_code", { en = "the reason \"x\" is none of a to e" })
    assert.equal(0, #propose(customer()))
    assert.equal(0, #propose(customer{ last_failure = "x", last_failure_days = 3 }))
  end)
end)

describe("what is logged", function()
  local function tell(kind, fields, text)
    local names = {}
    for _, each in ipairs(test.on_event{ customer = { event = {
      record = "interaction", id = 7, kind = kind, after = { kind = kind, fields = fields, text = text },
    } } }) do names[#names + 1] = each.reasons[1].rule end
    return table.concat(names, " ")
  end
  it("needs words for another reason", function()
    assert.equal("other_unsaid", tell("visit", { failure = "e" }))
    assert.equal("other_unsaid", tell("visit", { failure = "e" }, "  "))
    assert.equal("", tell("visit", { failure = "e" }, "moved away"))
    assert.equal("", tell("visit", { failure = "a" }))
    assert.equal("", tell("visit", {}))
  end)
  it("ends each finding in a measure or in none, because", function()
    assert.equal("no_heading no_measure", tell("finding", {}, "wants smaller packs"))
    assert.equal("no_measure", tell("finding", { heading = "changed_needs", measure = " " }))
    assert.equal("", tell("finding", { heading = "competitors", measure = "visit with the manager" }))
    assert.equal("", tell("finding", { heading = "product_satisfaction", none_because = "all is well" }))
  end)
end)
