local bands = require("bands")

local quiet = kehu.rule{
  id = "quiet", input = "recency_days", op = ">", setting = "silent_after", points = 40,
  en = "silent for {value} {1|day|days}, more than {limit}", zh = "{value} 天未购买，超过 {limit} 天",
}
local never = kehu.rule{ id = "never", input = "recency_days", op = "missing", points = 10, en = "never bought" }
local small = kehu.rule{ id = "small", input = "amount_12m", op = "<=", limit = 50, points = -2.5, en = "{value} <= {limit}" }
local even = kehu.rule{ id = "even", input = "amount_12m", op = "==", limit = 50, points = 1, en = "just {value}" }
local other = kehu.rule{ id = "other", input = "amount_12m", op = "~=", limit = 50, points = 0.5, en = "not {limit}" }
local big = kehu.rule{ id = "big", en = "ahead of {1} %" }
local band = kehu.rule{ id = "band", en = "{1}: {2}" }
local calm = kehu.rule{ id = "calm", en = "nothing alarming" }
local tests = kehu.rules{ never, small, even, other }

local function score(c, ctx)
  local s = ctx:column("risk")
  local held = s:apply(quiet)
  s:apply(tests)
  if c.amount_12m_rank then
    s:add(big, 20 * c.amount_12m_rank, math.floor(100 * c.amount_12m_rank))
  end
  s:because(calm)
  local given = {
    risk = s,
    mood = ctx:label("mood", (held and ctx:holds(quiet)) and "alarm" or "calm", quiet),
    limit = ctx:set("limit", (c.amount_12m or 0) * 2 + (c.credit or 0), calm),
    due = ctx:set("due", kehu.day.add_months(ctx.as_of, 1), calm),
    hot = ctx:set("hot", c.vip == true, calm),
    note = ctx:set("note", bands.shorten(c.name), band, kehu.text.lower("ÄB"), kehu.text.len(c.name or "")),
  }
  if c.amount_12m then
    given.band = ctx:label("band", bands.of(c.amount_12m, ctx.settings.bounds), band, ctx.settings.name, #ctx.settings.words)
  else
    given.band = ctx:missing("band", never)
  end
  if c.first then
    local year, month, day = kehu.day.parts(c.first)
    assert(kehu.day.of(year, month, day) == c.first)
    assert(kehu.day.parse(kehu.day.format(c.first)) == c.first)
    assert(kehu.day.weekday(c.first) >= 1)
  end
  assert(ctx.settings.strict == true and kehu.settings.silent_after == ctx.settings.silent_after)
  print("scored", c.name)
  return given
end

local lot = kehu.rule{ id = "lot", en = "drawn" }
local function lots(c, ctx)
  return { lot = ctx:set("lot", math.floor(ctx.random() * 1000000), lot) }
end

return { score = score, lots = lots }
