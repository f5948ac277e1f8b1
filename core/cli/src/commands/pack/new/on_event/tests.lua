describe("a complaint", function()
  it("is called back about", function()
    local r = test.on_event{
      customer = {
        event = {
          record = "interaction", after = { kind = "complaint" }, day = "2025-03-01",
          customer = { name = "武汉钢铁" },
        },
      },
    }
    assert.equal(1, #r)
    assert.equal("task", r[1].effect)
    assert.equal("call back about the complaint", r[1].what.en)
    assert.equal(kehu.day.parse("2025-03-03"), r[1].due)
    assert.equal("武汉钢铁 has complained", assert.reason(r[1], "complained").en)
  end)

  it("is the only kind that matters", function()
    local r = test.on_event{ customer = { event = { record = "interaction", after = { kind = "call" } } } }
    assert.same({}, r)
  end)

  it("of nobody is passed over", function()
    local r = test.on_event{
      customer = { event = { record = "interaction", after = { kind = "complaint" }, customer = test.missing } },
    }
    assert.same({}, r)
  end)
end)
