local TODAY = kehu.day.parse("2025-01-01")

local function care(changes, settings)
  local c = { purchases = 2, recency_days = 10, first_purchase_days = 400, last_contact_days = 10, survey_days = 10,
    attention_days = 10, lifecycle = "active", tier = "B", birthday_in_days = test.missing, last_satisfaction = test.missing }
  for name, value in pairs(changes or {}) do c[name] = value end
  local by_action = {}
  for _, p in ipairs(test.follow_up{ customer = c, settings = settings or {} }) do by_action[p.action] = p end
  return by_action
end

describe("return calls", function()
  it("come at the tier's interval", function()
    for _, case in ipairs({ { "A", 30 }, { "B", 60 }, { "C", 90 }, { "D", 180 }, { "VIP", 90 }, { test.missing, 90 } }) do
      assert.equal(TODAY - 10 + case[2], care{ tier = case[1] }.return_call.due)
    end
    assert.equal(TODAY - 10 + 30, care{ last_contact_days = test.missing, tier = "A" }.return_call.due)
    local listed = care{ tier = "D", key_account = true }.return_call
    assert.equal(TODAY - 10 + 30, listed.due)
    assert.equal("by_key_list", listed.reasons[1].rule)
  end)
  it("speak of the brand to new customers, of experience to others", function()
    assert.equal("to_new", care{ first_purchase_days = 89 }.return_call.guidance[1].rule)
    assert.equal("to_existing", care{ first_purchase_days = 90 }.return_call.guidance[1].rule)
  end)
  it("are not made where contact is capped, nor before the first purchase", function()
    assert.equal(nil, care{ lifecycle = "fading" }.return_call)
    assert.equal(nil, care{ lifecycle = "churned" }.survey)
    assert.equal(nil, care{ purchases = 0, recency_days = test.missing, first_purchase_days = test.missing }.return_call)
  end)
end)

describe("birthdays", function()
  it("come three days ahead, also to churned customers", function()
    for _, case in ipairs({ { 0, true }, { 3, true }, { 4, false }, { test.missing, false } }) do
      local p = care{ birthday_in_days = case[1], lifecycle = "churned" }.birthday
      assert.equal(case[2], p ~= nil)
      if p then assert.equal(TODAY + case[1], p.fact_day) end
    end
  end)
end)

describe("surveys and services", function()
  it("come on their period", function()
    assert.equal(TODAY + 170, care().survey.due)
    assert.equal(TODAY, care{ survey_days = test.missing }.survey.due, "never asked: due, not late")
    assert.equal("ask_why", care{ last_satisfaction = 2 }.survey.guidance[2].rule)
    assert.equal(nil, care{ last_satisfaction = 3 }.survey.guidance[2])
    assert.equal(nil, care().attention, "no key customer")
    assert.equal(TODAY + 80, care{ tier = "A" }.attention.due)
    assert.equal(TODAY, care{ key_account = true, attention_days = test.missing }.attention.due)
  end)
end)
