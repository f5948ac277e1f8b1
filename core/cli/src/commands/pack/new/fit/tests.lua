describe("the mean", function()
  it("is that of all customers of the base", function()
    assert.same({ mean = 200 }, test.fit{ customers = { { amount_12m = 100 }, { amount_12m = 300 } } })
  end)

  it("parts customers; who is just at it is above", function()
    local r = test.score{
      customers = {
        large = { amount_12m = 300 },
        small = { amount_12m = 100 },
        just_there = { amount_12m = 200 },
        unknown = { amount_12m = test.missing },
      },
    }
    assert.equal("above", r.large.my_pack)
    assert.equal("below", r.small.my_pack)
    assert.equal("above", r.just_there.my_pack)
    assert.is_nil(r.unknown.my_pack)
    assert.equal("bought for 300 in 12 months, the mean is 200", assert.reason(r.large, "above").en)
    assert.reason(r.small, "below")
    assert.reason(r.unknown, "nothing")
  end)

  it("can be given, to test the score alone", function()
    local r = test.score{ customer = { amount_12m = 100 }, state = { mean = 50 } }
    assert.equal("above", r.my_pack)
  end)
end)
