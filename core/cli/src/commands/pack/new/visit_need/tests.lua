describe("visits", function()
  it("are more for those who have bought", function()
    local r = test.visit_need{
      customers = {
        buyer = { purchases = 1, amount_12m = 500 },
        other = { purchases = 0 },
      },
    }
    assert.equal(2, r.buyer.visits_per_month)
    assert.equal(15, r.buyer.visit_gap_days)
    assert.equal(500, r.buyer.visit_value)
    assert.equal("1 purchase so far: 2 visits a month", assert.reason(r.buyer, "buyer").en)
    assert.equal(1, r.other.visits_per_month)
    assert.equal(0, r.other.visit_value)
    assert.reason(r.other, "other")
  end)

  it("have no gap where there are none", function()
    local r = test.visit_need{ customer = { purchases = 0 }, settings = { visits_of_others = 0 } }
    assert.equal(0, r.visits_per_month)
    assert.is_nil(r.visit_gap_days)
  end)
end)
