-- My-pack: customers of the highest value first, each visit on the first day that has room. Ways take no
-- time here; kehu's own day-planner shows how to count them.

local first_room = kehu.rule{
  id = "first_room", en = "the first day with room", zh = "第一个有空的日子",
}
local full = kehu.rule{
  id = "full", en = "all days are full: {1} of {2} visits do not fit", zh = "各天已满：{2} 次拜访中有 {1} 次排不下",
}

local function by_value(customers)
  local order = {}
  for _, customer in ipairs(customers) do order[#order + 1] = customer end
  table.sort(order, function(a, b)
    if a.value ~= b.value then return a.value > b.value end
    return a.customer < b.customer
  end)
  return order
end

-- Called once a plan: problem has the days, the customers, and what is agreed already.
local function plan_visits(problem, ctx)
  local days, left_out = {}, {}
  for _, day in ipairs(problem.days) do
    days[#days + 1] = { day = day.day, stops = {}, left = day.seconds, most = day.max_visits, with = {} }
  end
  local function put(day, customer)
    day.stops[#day.stops + 1] = { customer = customer.customer, seconds = customer.seconds, because = first_room }
    day.left = day.left - customer.seconds
    day.with[customer.customer] = true
  end
  for _, customer in ipairs(by_value(problem.customers)) do
    local missing = customer.visits
    for _, day in ipairs(days) do
      local fits = day.left >= customer.seconds and #day.stops < day.most and not day.with[customer.customer]
      if missing > 0 and fits then
        put(day, customer)
        missing = missing - 1
      end
    end
    if missing > 0 then
      left_out[#left_out + 1] = {
        customer = customer.customer, missing = missing, because = { { full, missing, customer.visits } },
      }
    end
  end
  local plan = {}
  for _, day in ipairs(days) do
    if #day.stops > 0 then plan[#plan + 1] = { day = day.day, stops = day.stops } end
  end
  return { days = plan, left_out = left_out }
end

return { plan_visits = plan_visits }
