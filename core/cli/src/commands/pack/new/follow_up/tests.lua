describe("a call", function()
  it("is proposed from the day on that it is due", function()
    local r = test.follow_up{
      customers = {
        not_yet = { last_contact_days = 29 },
        due = { last_contact_days = 30 },
        never = { last_contact_days = test.missing },
      },
      as_of = "2025-03-01",
    }
    assert.same({}, r.not_yet)
    assert.same({}, r.never)
    assert.equal(1, #r.due)
    local proposal = r.due[1]
    assert.equal("call_again", proposal.action)
    assert.equal(kehu.day.parse("2025-03-01"), proposal.due)
    assert.equal(kehu.day.parse("2025-01-30"), proposal.fact_day)
    assert.equal("the last contact was 30 days ago, a call is due after 30", assert.reason(proposal, "long_ago").en)
  end)
end)
