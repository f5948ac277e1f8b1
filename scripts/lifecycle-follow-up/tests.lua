local AS_OF = "2025-03-01"

local function day(text) return kehu.day.parse(text) end

local function follow_up(customer, settings)
  local proposals = test.follow_up{ customer = customer, as_of = AS_OF, settings = settings }
  assert(#proposals <= 1, "more than one proposal")
  return proposals[1]
end

describe("an active customer", function()
  it("is asked how the first purchase serves, three days after it", function()
    local p = follow_up{ lifecycle = "active", recency_days = 2, purchases = 1 }
    assert.equal("after_purchase", p.action)
    assert.equal(day("2025-03-02"), p.due)
    assert.equal(day("2025-02-27"), p.fact_day)
    assert.equal(55, p.priority)
    assert.equal("phone", p.channel)
    assert.equal("active", p.group)
    assert.equal("first purchase 2 days ago: attention is highest, meet its expectations", assert.reason(p, "first_purchase").en)
  end)

  it("is asked after later purchases too, less urgently", function()
    local p = follow_up{ lifecycle = "active", recency_days = 1, purchases = 2, last_contact_days = 1 }
    assert.equal(35, p.priority)
    assert.equal("active: bought 1 day ago and was not contacted since", assert.reason(p, "active").en)
  end)

  it("is left alone once contacted since", function()
    assert.is_nil(follow_up{ lifecycle = "active", recency_days = 10, purchases = 1, last_contact_days = 9 })
  end)
end)

describe("the other phases", function()
  local cases = {
    { phase = "silent", action = "keep_in_touch", every = 14, priority = 25, channel = "message" },
    { phase = "fading", action = "special_price", every = 15, priority = 45, channel = "message" },
    { phase = "churned", action = "wake_up", every = 90, priority = 10, channel = "phone" },
  }
  for _, case in ipairs(cases) do
    it(case.phase .. ": " .. case.action .. " every " .. case.every .. " days", function()
      local p = follow_up{ lifecycle = case.phase, recency_days = 100, purchases = 4, last_contact_days = 20 }
      assert.equal(case.action, p.action)
      assert.equal(case.priority, p.priority)
      assert.equal(case.channel, p.channel)
      assert.equal(day(AS_OF) - 20, p.fact_day)
      assert.equal(day(AS_OF) - 20 + case.every, p.due)
      assert.reason(p, case.phase)
      assert.reason(p, "last_contact", { arguments = { 20, case.every } })
    end)
  end

  it("count from the purchase where nobody was contacted since", function()
    local p = follow_up{ lifecycle = "silent", recency_days = 40, purchases = 1, last_contact_days = 60 }
    assert.equal(day(AS_OF) - 40, p.fact_day)
    p = follow_up{ lifecycle = "silent", recency_days = 40, purchases = 1 }
    assert.equal(day(AS_OF), p.due, "due, not late: nobody has promised a day")
    assert.equal("never contacted since that purchase", assert.reason(p, "no_contact").en)
  end)

  it("are of nobody without a purchase, or with a phase of another pack", function()
    assert.is_nil(follow_up{})
    assert.is_nil(follow_up{ lifecycle = "silent" })
    assert.is_nil(follow_up{ lifecycle = "sleeping", recency_days = 3 })
  end)
end)

describe("the settings", function()
  it("change when, how and how urgently", function()
    local settings = {
      silent_every = 7,
      priority = { first_purchase = 1, active = 2, silent = 3, fading = 4, churned = 5 },
      channel = { active = "phone", silent = "email", fading = "phone", churned = "phone" },
    }
    local p = follow_up({ lifecycle = "silent", recency_days = 40, purchases = 1 }, settings)
    assert.equal(day(AS_OF), p.due)
    assert.equal(3, p.priority)
    assert.equal("email", p.channel)
  end)

  it("name every phase", function()
    local function with(settings)
      return function() test.follow_up{ customer = {}, settings = settings } end
    end
    assert.error(with{ priority = { active = 1 } }, "the setting priority lacks \"first_purchase\"")
    assert.error(with{ channel = { active = "phone" } }, "the setting channel lacks \"silent\"")
  end)
end)
