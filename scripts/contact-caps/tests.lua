-- Fading customers: at most 2 contacts in 30 days; churned ones: at most 1 in 90.

local function decisions(spec)
  local found = {}
  for at, verdict in ipairs(test.review(spec)) do found[at] = verdict.decision end
  return found
end

describe("the cap", function()
  it("of fading customers counts 30 days", function()
    local verdicts = test.review{
      customers = {
        one = { lifecycle = "fading", contacts_30d = 1, contacts_90d = 9 },
        two = { lifecycle = "fading", contacts_30d = 2 },
      },
      proposals = { { customer = "one" }, { customer = "two" } },
    }
    assert.equal("keep", verdicts[1].decision)
    assert.equal("withhold", verdicts[2].decision)
    local why = assert.reason(verdicts[2], "fading")
    assert.equal("fading: 2 contacts in 30 days, at most 2", why.en)
    assert.equal("遗忘期：30 天内已联系 2 次，上限 2 次", why.zh)
  end)

  it("of churned customers counts 90 days", function()
    local verdicts = test.review{
      customers = {
        none = { lifecycle = "churned", contacts_30d = 0, contacts_90d = 0 },
        one = { lifecycle = "churned", contacts_30d = 0, contacts_90d = 1 },
      },
      proposals = { { customer = "none" }, { customer = "one" } },
    }
    assert.equal("keep", verdicts[1].decision)
    assert.equal("withhold", verdicts[2].decision)
    assert.equal("churned: 1 contact in 90 days, at most 1", assert.reason(verdicts[2], "churned").en)
  end)

  it("counts a visit and a call of one day once, and an event or survey beside them", function()
    local function of(cap, ...)
      local proposals = {}
      for at, channel in ipairs({ ... }) do proposals[at] = { customer = "one", channel = channel } end
      return table.concat(decisions{
        customers = { one = { lifecycle = "fading", contacts_30d = 2 - cap } }, proposals = proposals,
      }, " ")
    end
    assert.equal("keep keep keep", of(1, "phone", "visit", "message"))
    assert.equal("keep withhold keep", of(1, "phone", "survey", "visit"))
    assert.equal("keep keep withhold", of(2, "phone", "survey", "event"))
    assert.equal("keep withhold", of(1, "event", "phone"))
  end)

  it("holds for nobody else", function()
    local found = decisions{
      customers = {
        active = { lifecycle = "active", contacts_30d = 50 }, silent = { lifecycle = "silent", contacts_30d = 50 },
        unknown = { contacts_30d = 50, contacts_90d = 50 },
      },
      proposals = { { customer = "active" }, { customer = "silent" }, { customer = "unknown" } },
    }
    assert.same({ "keep", "keep", "keep" }, found)
  end)

  it("counts all that is said on one day as one contact", function()
    local found = decisions{
      customer = { lifecycle = "fading", contacts_30d = 1 },
      proposals = { {}, {}, {} },
    }
    assert.same({ "keep", "keep", "keep" }, found)
  end)

  it("holds for contacts alone, not for work within the firm", function()
    local found = decisions{
      customer = { lifecycle = "churned", contacts_90d = 1 },
      proposals = { { channel = "phone" }, { channel = "note", contact = false } },
    }
    assert.same({ "withhold", "keep" }, found)
  end)

  it("leaves out groups that the workspace exempts", function()
    local found = decisions{
      customer = { lifecycle = "churned", contacts_90d = 1 },
      proposals = { { group = "churned" }, { group = "complaints" } },
      settings = { exempt_groups = { "complaints" } },
    }
    assert.same({ "withhold", "keep" }, found)
  end)

  it("follows the settings", function()
    local found = decisions{
      customers = { a = { lifecycle = "fading", contacts_90d = 4 }, b = { lifecycle = "churned", contacts_30d = 2 } },
      proposals = { { customer = "a" }, { customer = "b" } },
      settings = { fading_cap = 4, fading_window = "90", churned_cap = 3, churned_window = "30" },
    }
    assert.same({ "withhold", "keep" }, found)
  end)
end)

describe("an open complaint", function()
  it("lets care and selling wait, and nothing else", function()
    local verdicts = test.review{
      customer = { lifecycle = "active", open_complaints = 1 },
      proposals = {
        { group = "care" }, { group = "active" }, { group = "promotion" }, { group = "top" },
        { group = "complaint" }, { group = "overdue" }, { group = "bottom" }, { group = "care", contact = false },
        { group = "top", action = "visit", channel = "visit" },
      },
    }
    local found = {}
    for at, verdict in ipairs(verdicts) do found[at] = verdict.decision end
    assert.same({ "withhold", "withhold", "withhold", "withhold", "keep", "keep", "keep", "keep", "keep" }, found)
    local why = assert.reason(verdicts[1], "complaint_first")
    assert.equal("1 complaint is open: first resolve what the customer complains of, then care and sell", why.en)
  end)

  it("holds back nothing where the workspace says so", function()
    local found = decisions{
      customer = { open_complaints = 2 }, proposals = { { group = "care" } }, settings = { wait_for_complaint = {} },
    }
    assert.same({ "keep" }, found)
  end)
end)
