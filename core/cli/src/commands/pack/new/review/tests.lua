describe("a proposal", function()
  it("is withheld where there were enough contacts", function()
    local verdicts = test.review{
      customers = { seldom = { contacts_30d = 2 }, often = { contacts_30d = 3 } },
      proposals = { { customer = "seldom" }, { customer = "often" } },
    }
    assert.equal("keep", verdicts[1].decision)
    assert.equal("withhold", verdicts[2].decision)
    assert.equal("3 contacts in 30 days, at most 3", assert.reason(verdicts[2], "enough").en)
  end)
end)
