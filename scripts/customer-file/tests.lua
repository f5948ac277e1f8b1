local FACTS = {
  recorded_phone = "1", recorded_email = "a@b", recorded_place = "武汉", recorded_owner = "李伟", recorded_source = "展会",
  recorded_consent = true, recorded_birthday = "1980-05-17", contact_people = 1, decision_makers = 1, industry = "steel",
  company_size = "large", region = "华中", background = "b", business_goals = "g", pain_points = "p", customer_needs = "n",
  preferences = "p", price_sensitivity = "low", purchase_intent = "firm", competitor_in_use = "c", credit = 1,
  recorded_type = "organisation", tier = "A", known_days = 400, last_review_days = 10,
}
local function customer(changes)
  local c = {}
  for name, value in pairs(FACTS) do c[name] = value end
  for name, value in pairs(changes or {}) do c[name] = value end
  return c
end
local function file(changes, settings) return test.score{ customer = customer(changes), settings = settings } end

describe("completeness", function()
  it("is the share of the tier's required facts", function()
    for _, case in ipairs({
      { {}, 100, 0 },
      { { tier = "D", recorded_phone = test.missing }, 80, 1 },
      { { tier = "D", contact_people = 0 }, 80, 1 },
      { { tier = "D", recorded_phone = " " }, 80, 1 },
      { { tier = "D", industry = test.missing }, 100, 0 },
      { { tier = "C", industry = test.missing, customer_needs = test.missing }, 100 * 5 / 7, 2 },
      { { tier = test.missing, industry = test.missing, recorded_source = test.missing }, 80, 1 },
      { { tier = "Z", recorded_source = test.missing }, 80, 1 },
      { { recorded_type = "person", contact_people = 0, industry = test.missing }, 100, 0 },
      { { recorded_type = "person", recorded_consent = test.missing }, 100 * 5 / 6, 1 },
      { { recorded_type = "person", recorded_consent = false }, 100, 0 },
    }) do
      local r = file(case[1])
      assert.near(case[2], r.completeness, 1e-9)
      assert.equal(case[3], r.missing_facts)
    end
  end)
  it("names what is missing", function()
    local r = file{ industry = test.missing, decision_makers = 0 }
    assert.equal("decision_maker, industry", r.missing_list)
    assert.equal("缺：行业", assert.reason(r, "missing_industry").zh)
    assert.reason(r, "missing_decision_maker")
    assert.near(100 * 15 / 17, r.completeness, 1e-9)
  end)
  it("is nothing where nothing is on file, and none where nothing is required", function()
    local r = test.score{ customer = { tier = "D", contact_people = 0, decision_makers = 0 } }
    assert.equal(0, r.completeness)
    assert.equal(5, r.missing_facts)
    local none = file({}, { required = { A = "" } })
    assert.equal(nil, none.completeness)
    assert.reason(none, "nothing_required")
  end)
  it("never falls when a fact is filled in", function()
    local c, last = { tier = "A", contact_people = 0, decision_makers = 0 }, -1
    for name, value in pairs(FACTS) do
      c[name] = value
      c.tier, c.recorded_type = "A", "organisation"
      local r = test.score{ customer = c }
      assert.is_true(r.completeness >= last, name)
      last = r.completeness
    end
    assert.equal(100, last)
  end)
  it("takes no list of what it does not know", function()
    assert.error(function() file({}, { required_else = "phone, shoe size" }) end, "shoe size")
  end)
end)

describe("a file", function()
  it("is stale when its review is too long ago", function()
    for _, case in ipairs({
      { "A", 90, false }, { "A", 91, true }, { "B", 180, false }, { "B", 181, true }, { test.missing, 180, false }, { "A", 0, false },
    }) do
      local r = file{ tier = case[1], last_review_days = case[2] }
      assert.equal(case[3], r.file_stale, tostring(case[1]) .. " " .. case[2])
      assert.equal(case[2], r.file_age_days)
    end
    assert.equal(true, file({ last_review_days = 31 }, { stale_after_top = 30 }).file_stale)
  end)
  it("that was never reviewed counts from the day the customer became known", function()
    assert.equal(false, file({ last_review_days = test.missing, known_days = 90 }).file_stale)
    local old = file{ last_review_days = test.missing, known_days = 91 }
    assert.equal(true, old.file_stale)
    assert.reason(old, "unreviewed")
    local ever = file{ last_review_days = test.missing, known_days = test.missing }
    assert.equal(true, ever.file_stale)
    assert.equal(nil, ever.file_age_days)
    assert.reason(ever, "never")
  end)
  it("says whether the customer agreed to it", function()
    assert.equal("given", file({}).consent_standing)
    assert.equal("refused", file({ recorded_consent = false }).consent_standing)
    assert.equal("not_asked", file({ recorded_consent = test.missing }).consent_standing)
  end)
end)

describe("what to do", function()
  local function propose(changes)
    local c = { tier = "A", last_contact_days = 10, last_visit_days = 12, known_days = 400, last_review_days = 10, completeness = 100,
      file_stale = false, case = { name = "大明" } }
    for name, value in pairs(changes) do c[name] = value end
    return test.follow_up{ customer = c }
  end
  it("is to fill in at the next visit what is missing, a few facts at once", function()
    assert.equal(0, #propose{})
    local p = propose{ completeness = 60, missing_list = "phone, owner, place, source, industry, needs, credit" }
    assert.equal("complete_file", p[1].action)
    assert.equal("visit", p[1].channel)
    assert.equal("2025-01-19", kehu.day.format(p[1].due))
    assert.equal(5, #p[1].guidance)
  end)
  it("is to review a stale file, and to archive who has closed", function()
    local p = propose{ file_stale = true, last_review_days = 100, completeness = 50, missing_list = "phone" }
    assert.equal(1, #p)
    assert.equal("review_file", p[1].action)
    assert.equal("file_review", p[1].channel)
    assert.equal("2025-01-05", kehu.day.format(p[1].due))
    assert.equal("archive_closed", propose({ closed = true, file_stale = true })[1].action)
  end)
  it("is nothing for customers that nobody works", function()
    assert.equal(0, #propose{ file_stale = true, last_contact_days = 91 })
    assert.equal(1, #propose{ file_stale = true, last_contact_days = 90 })
    assert.equal(0, #propose{ file_stale = true, last_contact_days = test.missing })
  end)
end)

describe("other lines of the day", function()
  local function reviewed(channel, action, changes)
    local c = { missing_list = "phone, industry", consent_standing = "given" }
    for name, value in pairs(changes or {}) do c[name] = value end
    return test.review{ customer = c, proposals = { { action = action or "care", channel = channel } } }
  end
  it("say at visits what to fill in", function()
    local r = reviewed("visit")
    assert.equal("keep", r[1].decision)
    assert.equal(2, #r[1].guidance)
    assert.equal(0, #reviewed("phone")[1].guidance)
    assert.equal(0, #reviewed("visit", "complete_file")[1].guidance)
    assert.equal(0, #reviewed("visit", "care", { missing_list = test.missing })[1].guidance)
  end)
  it("say whose data is not to be used", function()
    assert.equal(1, #reviewed("phone", "care", { consent_standing = "refused" })[1].guidance)
  end)
end)

describe("a command", function()
  local function told(change, after, before)
    after.name, after.fields = "大明", after.fields or {}
    return test.on_event{ customer = { event = { record = "customer", change = change, id = 7, after = after, before = before } } }
  end
  it("is told to archive a customer that has closed", function()
    assert.reason(told("changed", { fields = { closed = true } }, { name = "大明", fields = {} })[1], "is_closed")
    assert.equal(0, #told("changed", { fields = { closed = true } }, { name = "大明", fields = { closed = true } }))
    assert.equal(0, #told("changed", { fields = { closed = true }, archived = "2025-01-01" }, { name = "大明", fields = {} }))
  end)
  it("is told that the consent of a person is not recorded", function()
    assert.reason(told("added", { kind = "person" })[1], "not_asked")
    assert.equal(0, #told("added", { kind = "person", consent = false }))
    assert.equal(0, #told("added", { kind = "organisation" }))
  end)
end)
