describe("a deal", function()
  it("moves forward only with a contact", function()
    local r = test.stage{
      customers = {
        unknown = { case = { stage = "first", move = { to = "offer" } } },
        known = { case = { stage = "first", move = { to = "offer" }, contacts = { { name = "王芳" } } } },
      },
    }
    assert.equal("refuse", r.unknown.judgement)
    assert.reason(r.unknown, "nobody")
    assert.equal("add_one", r.unknown.advice[1].rule)
    assert.equal("none", r.known.judgement)
  end)

  it("is warned of where it stays too long", function()
    local r = test.stage{
      customers = {
        just = { case = { deal = { days_in_stage = 60 }, stage = "offer" } },
        long = { case = { deal = { days_in_stage = 61 }, stage = "offer" } },
      },
    }
    assert.equal("none", r.just.judgement)
    assert.equal("warn", r.long.judgement)
    assert.equal("61 days in offer, more than 60", assert.reason(r.long, "long").en)
  end)
end)
