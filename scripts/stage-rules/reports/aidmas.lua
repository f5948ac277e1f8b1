-- Too early: what was presented while no need of the customer was on file (AIDMAS).

local say, rep, from, to = kehu.say, kehu.report.rep, kehu.report.from, kehu.report.to

local presenting, kinds = {}, { "'need'" }
for _, kind in ipairs(kehu.settings.presenting) do
  presenting[kind] = true
  kinds[#kinds + 1] = "'" .. kind .. "'"
end

-- The first need of each customer, and all that was presented.
local need, presented = {}, {}
for i in kehu.interactions{
  columns = "id, customer, customer_name, kind, happened, rep", where = "kind in (" .. table.concat(kinds, ", ") .. ")",
} do
  if i.kind == "need" then
    need[i.customer] = math.min(need[i.customer] or i.happened, i.happened)
  elseif presenting[i.kind] and (rep == nil or i.rep == rep.name) and (from == nil or i.happened >= from) and (to == nil or i.happened <= to) then
    presented[#presented + 1] = {
      id = i.id, customer = i.customer, customer_name = i.customer_name, kind = i.kind, happened = i.happened, rep = i.rep,
    }
  end
end

local early, reps, by_rep = {}, {}, {}
for _, row in ipairs(presented) do
  local first = need[row.customer]
  local key = row.rep or ""
  local sum = by_rep[key]
  if sum == nil then
    sum = { rep = row.rep, presented = 0, early = 0 }
    by_rep[key], reps[#reps + 1] = sum, sum
  end
  sum.presented = sum.presented + 1
  if first == nil or first > row.happened then
    sum.early = sum.early + 1
    row.need = first
    early[#early + 1] = row
  end
end
for _, sum in ipairs(reps) do sum.share = sum.early / sum.presented end

print(say{
  en = "{n} {n|presentation or proposal|presentations and proposals} as of {day}, {early} of them before a need was on file",
  zh = "截至 {day}：产品演示与方案 {n} 次，其中 {early} 次在未记录需求时进行",
  n = #presented, early = #early, day = kehu.day.format(kehu.as_of),
})
kehu.facts{ presented = #presented, early = #early, rep = rep and rep.name }
if #presented == 0 then return end

local REP = { "rep", title = { en = "rep", zh = "业务员" } }
kehu.table{
  name = "reps", title = { en = "By rep", zh = "按业务员" }, REP,
  { "presented", title = { en = "presented", zh = "介绍次数" } }, { "early", title = { en = "before a need", zh = "未知需求" } },
  { "share", as = "percent", title = { en = "share", zh = "占比" } },
  rows = kehu.sort(reps, "-early", "rep"),
}
kehu.table{
  name = "before_a_need", title = { en = "Presented before a need was on file: ask for the need first", zh = "未记录需求就介绍产品：先了解需求" }, limit = 20,
  { "id", as = "interaction", title = { en = "id", zh = "编号" } }, { "happened", as = "day", title = { en = "day", zh = "日期" } },
  { "kind", labels = "kind", title = { en = "what", zh = "方式" } }, { "customer_name", title = { en = "customer", zh = "客户" } }, REP,
  { "need", as = "day", title = { en = "need recorded", zh = "需求记录于" }, optional = true },
  rows = kehu.sort(early, "-happened", "id"),
}
