-- The week of each rep, Monday to Sunday, or the days that were asked for.
local show = require("reports/work")
local from, to = kehu.report.from, kehu.report.to
if from == nil and to == nil then
  from = kehu.as_of - kehu.day.weekday(kehu.as_of) + 1
  to = from + 6
elseif from == nil then
  from = to - 6
elseif to == nil then
  to = math.max(from, kehu.as_of)
end
show(from, to)
