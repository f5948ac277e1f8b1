describe("risk", function()
  it("rises after silent_after days, not on that day", function()
    local r = test.score{
      customers = {
        on_that_day = { recency_days = 60 },
        a_day_later = { recency_days = 61 },
      },
    }
    assert.equal(0, r.on_that_day.my_pack)
    assert.equal(40, r.a_day_later.my_pack)
    local why = assert.reason(r.a_day_later, "quiet", 40)
    assert.equal("silent for 61 days, more than 60", why.en)
  end)

  it("is there for a customer who never bought", function()
    local r = test.score{ customer = { recency_days = test.missing } }
    assert.equal(10, r.my_pack)
    assert.reason(r, "never")
    assert.no_reason(r, "quiet")
  end)

  it("follows the setting", function()
    local r = test.score{ customer = { recency_days = 61 }, settings = { silent_after = 90 } }
    assert.equal(0, r.my_pack)
  end)
end)
