-- Effort against value: who gets much and brings little, who the other way round, problem customers, and
-- where each rep's time goes.
local rep, settings = kehu.report.rep, kehu.settings
-- Columns of packs that may be off.
local function knows(column)
  return (pcall(function() for _ in kehu.customers{ columns = column, limit = 1 } do end end))
end
local has_tier = knows("tier")
local from = kehu.day.add_months(kehu.as_of, -settings.effort_months) + 1

local over, under, problems, targets = {}, {}, {}, {}
for c in kehu.customers{
  columns = "id, name, owner, effort_hours, effort_visits, effort_calls, effort_result, effort_complaints, service_fit, problem_customer, effort_target"
    .. (has_tier and ", tier" or ""),
} do
  targets[c.id] = c.effort_target
  if rep == nil or c.owner == rep.name then
    local row = {
      customer = c.name, owner = c.owner, tier = has_tier and c.tier or nil, hours = c.effort_hours, visits = c.effort_visits, calls = c.effort_calls,
      result = c.effort_result, complaints = c.effort_complaints,
      per_hour = c.effort_hours and c.effort_hours > 0 and c.effort_result and c.effort_result / c.effort_hours or nil,
    }
    if c.service_fit == "over_served" then over[#over + 1] = row end
    if c.service_fit == "under_served" then under[#under + 1] = row end
    if c.problem_customer then problems[#problems + 1] = row end
  end
end

local USUAL = {
  visit = settings.minutes.visit, meeting = settings.minutes.meeting, call = settings.minutes.call,
  message = settings.minutes.message, email = settings.minutes.message,
}
local TOLD = {
  more_to_the_friendly = {
    en = "more time goes to the friendly first type than to the second and able third: dig in there", zh = "给友善的第一类客户的时间多于第二类与有能力的第三类：应到后者那里死磕",
  },
  no_attitude = { en = "no attitude is known: turn on the pack dealer-attitude", zh = "态度均未知：需启用 dealer-attitude" },
}
local reps, by_name = {}, {}
local timed = "happened >= '" .. kehu.day.format(from) .. "' and (minutes > 0 or kind in ('visit', 'meeting', 'call', 'message', 'email'))"
for i in kehu.interactions{ columns = "customer, kind, rep, happened, minutes", where = timed } do
  local minutes = i.minutes or USUAL[i.kind]
  if minutes and i.rep and (rep == nil or i.rep == rep.name) then
    local row = by_name[i.rep]
    if row == nil then
      row = { rep = i.rep, hours = 0, first = 0, second = 0, third_able = 0, third_unable = 0, unknown = 0 }
      by_name[i.rep], reps[#reps + 1] = row, row
    end
    local target = targets[i.customer] or "unknown"
    row.hours, row[target] = row.hours + minutes / 60, row[target] + minutes / 60
  end
end
for _, row in ipairs(reps) do
  if row.first > row.second + row.third_able then
    row.told = "more_to_the_friendly"
  elseif row.hours > 0 and row.unknown == row.hours then
    row.told = "no_attitude"
  end
end

local function customers(name, title, rows, ...)
  kehu.table{
    name = name, title = title, limit = 20,
    { "customer", title = { en = "customer", zh = "客户" } }, { "owner", title = { en = "rep", zh = "业务员" } },
    { "tier", title = { en = "tier", zh = "等级" }, labels = has_tier and "tier" or nil }, { "hours", digits = 1, title = { en = "hours", zh = "小时" } },
    { "visits", title = { en = "visits", zh = "拜访" } }, { "calls", title = { en = "calls", zh = "电话" } },
    { "result", as = "money", title = { en = "result", zh = "产出" } },
    { "per_hour", as = "money", title = { en = "an hour", zh = "每小时产出" } },
    { "complaints", title = { en = "complaints", zh = "投诉" } },
    rows = kehu.sort(rows, ...),
  }
end
customers("over_served", { en = "Over-served: effort above the median, results below it", zh = "服务过度：投入高于中位数、产出低于中位数" }, over, "-hours", "customer")
customers("under_served", { en = "Under-served: results above the median, effort below it", zh = "服务不足：产出高于中位数、投入低于中位数" }, under, "-result", "customer")
customers("problem_customers", { en = "Problem customers: work them, do not flee them", zh = "问题客户：去做工作，不要逃避" }, problems, "-complaints", "customer")
kehu.table{
  name = "reps", title = { en = "Where the time of each rep goes, hours", zh = "各业务员的时间去向（小时）" },
  { "rep", title = { en = "rep", zh = "业务员" } }, { "hours", digits = 1, title = { en = "all", zh = "合计" } },
  { "first", digits = 1, title = { en = "first type", zh = "第一类" } }, { "second", digits = 1, title = { en = "second type", zh = "第二类" } },
  { "third_able", digits = 1, title = { en = "third, able", zh = "第三类有能力" } },
  { "third_unable", digits = 1, title = { en = "third, unable", zh = "第三类没有能力" } },
  { "unknown", digits = 1, title = { en = "not known", zh = "未知" } }, { "told", labels = TOLD, title = { en = "said", zh = "提示" } },
  rows = kehu.sort(reps, "-hours", "rep"),
}
