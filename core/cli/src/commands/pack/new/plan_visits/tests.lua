describe("the plan", function()
  it("puts the highest value first, and one visit a day", function()
    local plan = test.plan_visits{
      days = { "2025-03-03", "2025-03-04" },
      customers = { large = { value = 500, visits = 2 }, small = { value = 10 } },
    }
    assert.equal(2, #plan.days)
    assert.equal(kehu.day.parse("2025-03-03"), plan.days[1].day)
    assert.equal("large", plan.days[1].stops[1].customer)
    assert.equal("small", plan.days[1].stops[2].customer)
    assert.equal("large", plan.days[2].stops[1].customer)
    assert.reason(plan.days[1].stops[1], "first_room")
    assert.same({}, plan.left_out)
  end)

  it("says what does not fit", function()
    local plan = test.plan_visits{
      days = { { day = "2025-03-03", seconds = 3600 } },
      customers = { large = { value = 500 }, small = { value = 10 } },
    }
    assert.equal("small", plan.left_out[1].customer)
    assert.equal(1, plan.left_out[1].missing)
    assert.reason(plan.left_out[1], "full")
  end)
end)
