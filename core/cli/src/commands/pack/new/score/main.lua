-- My-pack: the risk rises with the days since the last purchase.

local quiet = kehu.rule{
  id = "quiet", input = "recency_days", op = ">", setting = "silent_after", points = 40,
  en = "silent for {value} {value|day|days}, more than {limit}", zh = "{value} 天未购买，超过 {limit} 天",
}
local never = kehu.rule{
  id = "never", input = "recency_days", op = "missing", points = 10,
  en = "never bought", zh = "从未购买",
}
local tests = kehu.rules{ quiet, never }

-- Called for each customer: c has what the needs in pack.toml name, nil where the customer has no value.
local function score(c, ctx)
  local points = ctx:column("my_pack")
  points:apply(tests)
  return { my_pack = points }
end

return { score = score }
