local function person(changes)
  local c = { visits = 0, purchases = 0, coaches = 0, people = 1, style_person = "Ms Li", axes_person = "Ms Li", known_buyer_person = "Ms Li" }
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
    assert.equal("Ms Li", r.style_of)
    assert.equal("driver (rational, bold), Ms Li: efficient, wants control", r.reasons.style[1].en)
    assert.equal("驾驭型（理性、大胆），Ms Li：讲效率，要掌控", r.reasons.style[1].zh)
  end)
  it("is that of the person who was met last, and says so where there are several", function()
    local two = { people = 2, style_person = "Ms Li", known_style = "analytical", style_met_days = 9,
      axes_person = "Mr Wang", known_thinking = "emotional", known_boldness = "bold" }
    for _, case in ipairs({ { 8, "expressive", "Mr Wang" }, { 9, "analytical", "Ms Li" }, { 10, "analytical", "Ms Li" }, { test.missing, "analytical", "Ms Li" } }) do
      two.axes_met_days = case[1]
      local r = person(two)
      assert.equal(case[2], r.style)
      assert.equal(case[3], r.style_of)
    end
    assert.equal("of 2 people on file, Ms Li is the one with a style who was met last, 9 days ago", assert.reason(person(two), "met_last").en)
    two.style_met_days = test.missing
    assert.reason(person(two), "met_never")
    two.people = 1
    assert.no_reason(person(two), "met_never")
  end)
end)

describe("mood and buyer", function()
  it("are one of the known ones, in either language", function()
    for _, case in ipairs({ { "rising", "rising" }, { "上升", "rising" }, { "自满", "complacent" }, { "hungry" }, { test.missing } }) do
      assert.equal(case[2], person{ recent_mood = case[1] }.mood)
    end
    local r = person{ known_buyer = "emotional" }
    assert.equal("emotional", r.buyer)
    assert.equal("Ms Li", r.buyer_of)
    assert.matches("^Ms Li is an emotional buyer: trust first", r.reasons.buyer[1].en)
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
    local c = { style = test.missing, style_of = "Ms Li", buyer = test.missing, buyer_of = "Ms Li", mood = test.missing, visit_step = test.missing,
      coaches = 0, coach_fit = test.missing, coach_name = test.missing, coach_talk_days = test.missing, tier = "C", key_account = test.missing }
    for name, value in pairs(changes) do c[name] = value end
    local names = {}
    for _, each in ipairs(test.review{ customer = c, proposals = { proposal or {} } }[1].guidance) do names[#names + 1] = each.rule end
    return table.concat(names, " ")
  end
  it("says how to talk", function()
    assert.equal("driver_pace_of driver_language driver_negotiation rational_buyer rising",
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
      { { coaches = 1, coach_name = "王总", coach_talk_days = 1, coach_fit = 2 }, "bottom", "weak_coach" },
      { { coaches = 1, coach_name = "王总", coach_talk_days = 1, coach_fit = 3 }, "bottom", "" },
      { { coaches = 1, coach_name = "王总", coach_talk_days = 1, coach_fit = 0 }, "top", "" },
      { { tier = "A" }, "bottom", "find_coach" }, { {}, "bottom", "" }, { { tier = "A" }, "top", "" },
    }) do
      assert.equal(case[3], advice(case[1], { group = case[2] }))
    end
  end)
end)

describe("a coach", function()
  local function coach(changes)
    local c = { coaches = 1, coach_name = "王总" }
    for name, value in pairs(changes) do c[name] = value end
    return person(c)
  end
  it("meets none to four of the criteria", function()
    local all = { "coach_gives_true_information", "coach_close_to_decision", "coach_supports_us", "coach_comes_unasked" }
    for met = 0, 4 do
      local said = {}
      for at, name in ipairs(all) do said[name] = at <= met end
      local r = coach(said)
      assert.equal(met, r.coach_fit)
      assert.equal(4, #r.reasons.coach_fit)
    end
    local r = coach{ coach_supports_us = true }
    assert.equal(1, r.coach_fit)
    assert.reason(r, "supports_us", { en = "王总 supports us" })
    assert.reason(r, "closeness_unsaid")
    assert.no_reason(r, "far_from_decision")
  end)
  it("of whom nothing is recorded has no fit, nor has no coach", function()
    assert.equal(nil, coach({}).coach_fit)
    assert.reason(coach({}), "coach_unsaid")
    assert.equal(nil, person().coach_fit)
    assert.reason(person(), "no_coach")
  end)
end)

describe("finding a coach", function()
  local function find(changes, case)
    local c = { coaches = 0, tier = "A", key_account = test.missing, case = case }
    for name, value in pairs(changes) do c[name] = value end
    return test.follow_up{ customer = c }
  end
  local TODAY = kehu.day.parse("2025-01-01")
  local deals = { { id = 4, stage = "intent", since = TODAY - 3 }, { id = 5, stage = "prospect", since = TODAY - 20 } }
  local function rules(proposal)
    local names = {}
    for _, each in ipairs(proposal.guidance) do names[#names + 1] = each.rule end
    return table.concat(names, " ")
  end
  it("begins where a key customer has an open deal", function()
    assert.equal(0, #find({}, { deals = {} }))
    assert.equal(0, #find({ tier = "B" }, { deals = deals }))
    assert.equal(0, #find({ coaches = 1 }, { deals = deals }))
    assert.equal(1, #find({ tier = "B", key_account = true }, { deals = deals }))
    local p = find({}, { deals = deals })[1]
    assert.same({ "find_coach", 5, TODAY - 13, TODAY - 20 }, { p.action, p.deal, p.due, p.fact_day })
  end)
  it("asks an acquaintance first", function()
    local p = find({}, { deals = deals, contacts = { { name = "张敏" }, { name = "李强", fields = { acquaintance = true } } } })[1]
    assert.equal("ask_acquaintance", rules(p))
    assert.equal("first an acquaintance inside: 李强", p.guidance[1].en)
  end)
  it("else surveys the departments, and begins with whoever is easiest to approach", function()
    local p = find({}, { deals = deals })[1]
    assert.equal("survey_all nobody_management nobody_technical nobody_finance nobody_purchasing nobody_administration nobody_logistics easiest_unknown", rules(p))
    local known = find({}, {
      deals = deals,
      contacts = { { id = 1, name = "张敏", department = "采购部" }, { id = 2, name = "李强", department = "Technical" } },
      interactions = { { kind = "call", contact = 2 }, { kind = "visit", contact = 2 }, { kind = "call", contact = 1 } },
    })[1]
    assert.equal("survey_all nobody_management nobody_finance nobody_administration nobody_logistics easiest", rules(known))
    assert.equal("begin with whoever is easiest to approach: so far 李强", known.guidance[6].en)
  end)
end)
