local AREAS = { rep_by_area = { ["武汉"] = "李伟", ["湖北"] = "李伟", ["上海/person"] = "王芳", ["上海"] = "陈明", ["北京"] = "赵强、钱多", ["*"] = "周总" } }

local function owned(changes, settings)
  local c = { recorded_owner = "李伟", recorded_place = "湖北武汉", recorded_type = "organisation", area = test.missing }
  for name, value in pairs(changes or {}) do c[name] = value end
  return test.score{ step = "ownership", customer = c, settings = settings or AREAS }
end

describe("one rep for each customer", function()
  it("follows from type and area", function()
    for _, case in ipairs({
      { {}, "owned", "李伟" },
      { { recorded_owner = "王芳" }, "other_rep", "李伟" },
      { { recorded_owner = test.missing }, "unowned", "李伟" },
      { { recorded_place = "上海" }, "other_rep", "陈明" },
      { { recorded_place = "上海", recorded_type = "person", recorded_owner = "王芳" }, "owned", "王芳" },
      { { recorded_place = "上海", area = "武汉" }, "owned", "李伟" },
      { { recorded_place = "北京", recorded_owner = "赵强" }, "overlap", nil },
      { { recorded_place = "广州", recorded_owner = "周总" }, "owned", "周总" },
      { { recorded_place = test.missing, recorded_owner = "周总" }, "owned", "周总" },
    }) do
      local r = owned(case[1])
      assert.equal(case[2], r.ownership)
      assert.equal(case[3], r.rep_by_area)
    end
  end)
  it("names uncovered areas and overlaps", function()
    local settings = { rep_by_area = { ["武汉"] = "李伟", ["湖北"] = "王芳" } }
    local far = owned({ recorded_place = "广州" }, settings)
    assert.equal("uncovered", far.ownership)
    assert.equal("nobody has the area 广州, by the division of areas", assert.reason(far, "nobody_has").en)
    local both = owned({}, settings)
    assert.equal("overlap", both.ownership)
    assert.reason(both, "several_have")
    local unknown = owned({ recorded_place = test.missing }, settings)
    assert.equal("owned", unknown.ownership)
    assert.reason(unknown, "no_area")
  end)
  it("needs no map", function()
    local r = owned({}, {})
    assert.equal("owned", r.ownership)
    assert.reason(r, "no_areas")
    assert.equal("unowned", owned({ recorded_owner = test.missing }, {}).ownership)
  end)
  it("takes no map that means nothing", function()
    for _, key in ipairs({ "武汉/firm", "/person", "a/person/b" }) do
      assert.error(function() owned({}, { rep_by_area = { [key] = "李伟" } }) end, "expected an area")
    end
  end)
end)

local function pooled(changes, settings)
  local c = { recorded_owner = "李伟", tier = test.missing, last_contact_days = test.missing, recency_days = test.missing,
    known_days = test.missing, last_handover_days = test.missing }
  for name, value in pairs(changes) do c[name] = value end
  return test.score{ step = "pool", customer = c, settings = settings }
end

describe("the public pool", function()
  it("takes back who was untouched for its tier's days", function()
    for _, case in ipairs({
      { "A", 29, false, 1 }, { "A", 30, true, 0 }, { "B", 59, false, 1 }, { "B", 60, true, 0 }, { "C", 90, true, 0 },
      { "D", 179, false, 1 }, { "D", 180, true, 0 }, { "X", 89, false, 1 }, { "X", 90, true, 0 }, { test.missing, 90, true, 0 },
      { "A", 0, false, 30 }, { "A", 4000, true, 0 },
    }) do
      local r = pooled{ tier = case[1], last_contact_days = case[2] }
      assert.equal(case[3], r.in_public_pool, tostring(case[1]) .. " " .. case[2])
      assert.equal(case[4], r.pool_in_days)
      assert.equal(case[2], r.untouched_days)
    end
    assert.equal(true, pooled({ tier = "A", last_contact_days = 10 }, { pool_days = { A = 10 } }).in_public_pool)
  end)
  it("counts contacts, purchases and handovers as touching, and the day it became known where there is nothing else", function()
    assert.equal(5, pooled({ last_contact_days = 80, recency_days = 5 }).untouched_days)
    assert.equal(3, pooled({ last_contact_days = 80, last_handover_days = 3 }).untouched_days)
    assert.equal(80, pooled({ last_contact_days = 80, known_days = 2 }).untouched_days)
    local new = pooled{ known_days = 2 }
    assert.equal(2, new.untouched_days)
    assert.reason(new, "became_known")
    local never = pooled{}
    assert.equal(nil, never.untouched_days)
    assert.equal(true, never.in_public_pool)
    assert.reason(never, "never_touched")
  end)
  it("holds whom nobody is responsible for", function()
    local r = pooled{ recorded_owner = test.missing, last_contact_days = 1 }
    assert.equal(true, r.in_public_pool)
    assert.equal(nil, r.pool_in_days)
    assert.reason(r, "in_pool")
  end)
end)

describe("the owner", function()
  local function propose(changes)
    local c = { recorded_owner = "李伟", tier = "A", untouched_days = 23, pool_in_days = 7, in_public_pool = false, case = { name = "大明" } }
    for name, value in pairs(changes) do c[name] = value end
    return test.follow_up{ customer = c }
  end
  it("is warned some days before", function()
    assert.equal(0, #propose{ pool_in_days = 8 })
    local p = propose({})[1]
    assert.equal("keep_from_pool", p.action)
    assert.equal("2025-01-07", kehu.day.format(p.due))
    assert.equal("phone", p.channel)
    assert.reason(p, "returns_on")
  end)
  it("is reminded to return it, for a time", function()
    local p = propose({ untouched_days = 30, pool_in_days = 0, in_public_pool = true })[1]
    assert.equal("return_to_pool", p.action)
    assert.equal("", p.edit.owner, "nobody is responsible once it is done")
    assert.equal(1, #propose{ untouched_days = 59, pool_in_days = 0, in_public_pool = true })
    assert.equal(0, #propose{ untouched_days = 60, pool_in_days = 0, in_public_pool = true })
    assert.equal(0, #propose{ recorded_owner = test.missing, in_public_pool = true })
    assert.equal(1, #propose{ untouched_days = test.missing, pool_in_days = 0, in_public_pool = true })
  end)
end)

describe("a handover", function()
  local function edited(before, after, interactions)
    return test.on_event{ customer = { event = {
      record = "customer", change = "changed", id = 7, day = "2025-01-01", interactions = interactions or {},
      before = { name = "大明", owner = before }, after = { name = "大明", owner = after },
    } } }
  end
  it("needs a reason, and the new owner introduces himself", function()
    local r = edited("李伟", "王芳")
    assert.equal("warn", r[1].effect)
    assert.reason(r[1], "no_reason")
    assert.equal("task", r[2].effect)
    assert.equal("王芳", r[2].rep)
    local log = { kind = "handover", happened = "2025-01-01" }
    assert.equal(1, #edited("李伟", "王芳", { log }))
    assert.equal(2, #edited("李伟", "王芳", { { kind = "handover", happened = "2024-12-31" } }))
    assert.reason(edited("李伟", nil)[1], "given_up")
  end)
  it("is none where somebody takes a customer from the pool, or nothing changes", function()
    assert.equal(0, #edited(nil, "王芳"))
    assert.equal(0, #edited("李伟", "李伟"))
  end)
  it("is told if it has no words", function()
    local function logged(words)
      return test.on_event{ customer = { event = {
        record = "interaction", change = "added", kind = "handover", id = 3, after = { kind = "handover", text = words },
      } } }
    end
    assert.reason(logged(nil)[1], "wordless")
    assert.equal(0, #logged("李伟调往上海"))
  end)
end)

describe("a new customer", function()
  local function added(after)
    after.name, after.fields = "大明", after.fields or {}
    return test.on_event{ customer = { event = { record = "customer", change = "added", id = 7, after = after } }, settings = AREAS }
  end
  it("is told whose area it is in", function()
    assert.reason(added({ place = "武汉", owner = "王芳", kind = "organisation" })[1], "belongs_to")
    assert.reason(added({ place = "武汉", kind = "organisation" })[1], "belongs_to")
    assert.equal(0, #added({ place = "武汉", owner = "李伟", kind = "organisation" }))
    assert.equal(0, #added({ place = "北京", owner = "王芳", kind = "organisation" }))
    assert.equal(0, #added({ owner = "王芳", kind = "organisation" }))
  end)
end)
