describe("a telephone number", function()
  it("gets its country code once", function()
    local r = test.import_row{
      rows = {
        without = { phone = "027 8000" },
        with = { phone = "+49 30 123" },
        short = { phone = "12" },
        none = { name = "武汉钢铁" },
      },
    }
    assert.equal("change", r.without.decision)
    assert.equal("+86 027 8000", r.without.set.phone)
    assert.reason(r.without, "completed")
    assert.equal("keep", r.with.decision)
    assert.equal("refuse", r.short.decision)
    assert.equal("the number 12 is too short", assert.reason(r.short, "too_short").en)
    assert.equal("keep", r.none.decision)
  end)

  it("of other records stays as it is", function()
    local r = test.import_row{ record = "contact", row = { phone = "027 8000" } }
    assert.equal("keep", r.decision)
  end)
end)
