-- Open deals by pipeline and stage: how many, how much, weighted by probability, and the longest stay.
local function place(d)
  return string.format("%s %d %s", d.pipeline, d.stage_order or 0, d.stage)
end
local open = kehu.gather(kehu.deals{ where = "open" })
local stages, found = kehu.group(open, { stage = place }, "amount"), {}
for _, s in ipairs(stages) do
  found[s.stage], s.weighted, s.longest = s, 0, 0
end
for _, d in ipairs(open) do
  local s = found[place(d)]
  s.weighted = s.weighted + (d.amount or 0) * (d.probability or 0)
  s.longest = math.max(s.longest, d.days_in_stage)
end
kehu.table{
  "stage", { "count", title = "deals" }, { "amount", as = "money" }, { "weighted", as = "money" },
  { "longest", title = "longest stay, days" }, rows = stages,
}
