local function person(changes)
  local c = { visits = 0, purchases = 0 }
  for name, value in pairs(changes or {}) do c[name] = value end
  return test.score{ customer = c }
end

describe("style", function()
  it("is the recorded one, else follows from two axes", function()
    for _, case in ipairs({
      { "rational", "bold", "driver" }, { "rational", "timid", "analytical" },
      { "emotional", "bold", "expressive" }, { "emotional", "timid", "amiable" },
    }) do
      assert.equal(case[3], person{ known_thinking = case[1], known_boldness = case[2] }.style)
    end
    assert.equal("amiable", person{ known_style = "amiable", known_thinking = "rational", known_boldness = "bold" }.style)
    assert.equal(nil, person{ known_thinking = "rational" }.style)
    assert.reason(person(), "no_style")
  end)
  it("has seven facets and typical figures", function()
    local r = person{ known_style = "driver" }
    assert.equal(8, #r.reasons.style)
    assert.reason(r, "driver_figures", { en = "driver: like Cao Cao, Peter the Great, Napoleon" })
  end)
end)

describe("mood and buyer", function()
  it("are one of the known ones, in either language", function()
    for _, case in ipairs({ { "rising", "rising" }, { "上升", "rising" }, { "自满", "complacent" }, { "hungry" }, { test.missing } }) do
      assert.equal(case[2], person{ recent_mood = case[1] }.mood)
    end
    assert.equal("emotional", person{ known_buyer = "emotional" }.buyer)
  end)
end)

describe("the four visits", function()
  it("end with the first purchase", function()
    for _, case in ipairs({ { 0, "first" }, { 1, "second" }, { 2, "third" }, { 3, "fourth" }, { 9, "fourth" } }) do
      assert.equal(case[2], person{ visits = case[1] }.visit_step)
    end
    assert.equal(nil, person{ purchases = 1 }.visit_step)
  end)
end)

describe("the list", function()
  local function advice(changes, proposal)
    local c = { style = test.missing, buyer = test.missing, mood = test.missing, visit_step = test.missing,
      coaches = 0, coach_name = test.missing, coach_talk_days = test.missing, tier = "C", key_account = test.missing }
    for name, value in pairs(changes) do c[name] = value end
    local names = {}
    for _, each in ipairs(test.review{ customer = c, proposals = { proposal or {} } }[1].guidance) do names[#names + 1] = each.rule end
    return table.concat(names, " ")
  end
  it("says how to talk", function()
    assert.equal("driver_pace driver_language driver_negotiation rational_buyer rising",
      advice{ style = "driver", buyer = "rational", mood = "rising" })
    assert.equal("visit_second", advice({ visit_step = "second" }, { channel = "visit" }))
    assert.equal("", advice({ visit_step = "second" }, { channel = "phone" }))
    assert.equal("", advice{})
  end)
  it("asks the coach before and during a move", function()
    for _, case in ipairs({
      { { coaches = 1, coach_name = "王总" }, "bottom", "ask_coach" },
      { { coaches = 1, coach_name = "王总", coach_talk_days = 30 }, "middle", "" },
      { { coaches = 1, coach_name = "王总", coach_talk_days = 31 }, "middle", "ask_again" },
      { { tier = "A" }, "bottom", "find_coach" }, { {}, "bottom", "" }, { { tier = "A" }, "top", "" },
    }) do
      assert.equal(case[3], advice(case[1], { group = case[2] }))
    end
  end)
end)
