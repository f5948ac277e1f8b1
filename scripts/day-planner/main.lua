-- Day planner: a simple one. Customer by customer in the order of work, each visit goes to the
-- day of its window that costs the least extra way, then to the emptiest one.

local settings = kehu.settings

local never_visited = kehu.rule{
  id = "never_visited",
  en = "no visit yet, {1} a month wanted", zh = "尚未拜访，应每月 {1} 次",
}
local fell_due = kehu.rule{
  id = "fell_due",
  en = "last visit on {1}, one every {2} {2|day|days}: due on {3}", zh = "上次拜访 {1}，每 {2} 天一次：{3} 到期",
}
local in_a_row = kehu.rule{
  id = "in_a_row",
  en = "day {1} of {2} in a row", zh = "连续 {2} 天中的第 {1} 天",
}
local early = kehu.rule{
  id = "early",
  en = "{1} {1|day|days} before it is due, because no later day has room", zh = "比到期日早 {1} 天，因为之后排不下",
}
local agreed = kehu.rule{
  id = "agreed", en = "agreed with the customer", zh = "已与客户约定",
}
local group_first = kehu.rule{
  id = "group_first",
  en = "group {1}: place {2} in the order of work", zh = "{3}：工作顺序第 {2} 位",
}
local no_days = kehu.rule{
  id = "no_days",
  en = "no working day from {1} to {2}", zh = "{1} 至 {2} 没有工作日",
}
local too_long = kehu.rule{
  id = "too_long",
  en = "a visit takes {1} {1|minute|minutes} with the way, a day has {2} for visits", zh = "一次拜访连路程需 {1} 分钟，一天可用 {2} 分钟",
}
local full = kehu.rule{
  id = "full",
  en = "no room for {1} of {2} {2|visit|visits}: on the days from {3} on at most {4} {4|minute is|minutes are} left, {5} {5|is|are} needed",
  zh = "{2} 次拜访中有 {1} 次排不下：{3} 起各日最多剩 {4} 分钟，需要 {5} 分钟",
}
local visits_full = kehu.rule{
  id = "visits_full",
  en = "no room for {1} of {2} {2|visit|visits}: every day from {3} on has its {4} {4|visit|visits}", zh = "{2} 次拜访中有 {1} 次排不下：{3} 起每天已满 {4} 次",
}
local too_close = kehu.rule{
  id = "too_close",
  en = "{1} of {2} {2|visit|visits} would come less than {3} {3|day|days} after the one before", zh = "{2} 次拜访中有 {1} 次距上一次不足 {3} 天",
}

local GROUP_ZH = { bottom = "漏斗底部", middle = "漏斗中部", top = "漏斗顶部", prospecting = "开发新客户" }

local RANK = {}
for place, group in ipairs(settings.order_of_work) do RANK[group] = place end

local function radians(degrees) return degrees * math.pi / 180 end

-- Kilometres between two places along the great circle.
local function distance(a, b)
  local lat, lon = radians(b.lat - a.lat) / 2, radians(b.lon - a.lon) / 2
  local h = math.sin(lat) ^ 2 + math.cos(radians(a.lat)) * math.cos(radians(b.lat)) * math.sin(lon) ^ 2
  return 2 * 6371 * math.asin(math.min(1, math.sqrt(h)))
end

local function travel(problem, a, b)
  if a == nil or b == nil then return settings.minutes_of_unknown_way * 60 end
  local hours = distance(a, b) * settings.detour / problem.speed
  return math.floor(hours * 3600 + 0.5) + problem.seconds_per_way
end

-- Where a stop would cost the least extra way, and how much; of equal places the last one.
local function best_place(problem, day, place)
  local least, at
  for position = #day.stops + 1, 1, -1 do
    local before, after = problem.home, problem.home
    if position > 1 then before = day.stops[position - 1].place end
    if position <= #day.stops then after = day.stops[position].place end
    local extra = travel(problem, before, place)
    -- The way home counts where home is known.
    if position <= #day.stops then
      extra = extra + travel(problem, place, after) - travel(problem, before, after)
    elseif problem.home then
      extra = extra + travel(problem, place, problem.home)
      if position > 1 then extra = extra - travel(problem, before, problem.home) end
    end
    if least == nil or extra < least then least, at = extra, position end
  end
  return least, at
end

-- The seconds that a visit of this group may still use. The time kept for new customers is open
-- to prospecting alone.
local function room(day, group)
  local left = day.seconds - day.used
  if group == "prospecting" then return left end
  return math.min(left, day.seconds - day.kept - day.used_otherwise)
end

-- What a visit costs on a day and where it goes; nothing if it does not fit.
local function fit(problem, day, customer)
  if day.visited[customer.customer] or #day.stops >= day.max_visits then return nil end
  local extra, at = best_place(problem, day, customer.place)
  if extra + customer.seconds > room(day, customer.group) then return nil end
  return extra, at
end

local function put(problem, day, customer, because)
  local extra, at = best_place(problem, day, customer.place)
  table.insert(day.stops, at, {
    customer = customer.customer, seconds = customer.seconds, place = customer.place, because = because,
  })
  day.visited[customer.customer] = true
  day.used = day.used + extra + customer.seconds
  if customer.group ~= "prospecting" then
    day.used_otherwise = day.used_otherwise + extra + customer.seconds
  end
end

-- The first of the days on which a whole round fits, or none.
local function round_fits(problem, days, first, customer, length)
  local extra = 0
  for at = first, first + length - 1 do
    local cost = days[at] and fit(problem, days[at], customer)
    if cost == nil then return nil end
    extra = extra + cost
  end
  return extra
end

-- The best start of a round between two days: what closes soon goes first, all else where the way
-- is shortest, then where the day is emptiest.
local function best_start(problem, days, customer, length, from, to)
  local best, least, emptiest
  for at, day in ipairs(days) do
    if day.day > to then break end
    if day.day >= from then
      local extra = round_fits(problem, days, at, customer, length)
      if extra and RANK[customer.group] == 1 then return at end
      if extra and (best == nil or extra < least or (extra == least and day.used < emptiest)) then
        best, least, emptiest = at, extra, day.used
      end
    end
  end
  return best
end

local function reasons(customer, last, due, on, step, length)
  local because = {}
  if step > 1 then
    because[1] = { in_a_row, step, length }
  elseif last then
    because[1] = { fell_due, kehu.day.format(last), customer.gap_days, kehu.day.format(due) }
  else
    because[1] = { never_visited, customer.visits_per_month }
  end
  if step == 1 and on < due then because[#because + 1] = { early, due - on } end
  local rank = RANK[customer.group]
  if rank then because[#because + 1] = { group_first, customer.group, rank, GROUP_ZH[customer.group] or customer.group } end
  return because
end

-- Why visits are missing, as true of the finished plan.
local function why_missing(problem, days, customer, missing, last)
  if #days == 0 then
    return { no_days, kehu.day.format(problem.from), kehu.day.format(problem.to) }
  end
  local least = math.max(problem.from, last and last + math.ceil(customer.gap_days * settings.least_gap_share) or problem.from)
  local most, visits_left, shortest, largest, open = 0, false, nil, 0, false
  for _, day in ipairs(days) do
    local share = customer.group == "prospecting" and day.seconds or day.seconds - day.kept
    largest = math.max(largest, share)
    local extra = best_place(problem, day, customer.place)
    if shortest == nil or extra < shortest then shortest = extra end
    if day.day >= least and not day.visited[customer.customer] then
      open = true
      most = math.max(most, room(day, customer.group))
      visits_left = visits_left or #day.stops < day.max_visits
    end
  end
  local alone = customer.seconds + travel(problem, problem.home, customer.place)
  if problem.home then alone = alone + travel(problem, customer.place, problem.home) end
  if alone > largest then return { too_long, math.ceil(alone / 60), math.floor(largest / 60) } end
  if not open then return { too_close, missing, customer.visits, least - (last or problem.from) } end
  if not visits_left then
    return { visits_full, missing, customer.visits, kehu.day.format(least), days[1].max_visits }
  end
  return { full, missing, customer.visits, kehu.day.format(least), math.floor(most / 60),
    math.ceil((customer.seconds + shortest) / 60) }
end

-- Places the rounds of a customer; returns how many visits did not fit and when the last one is.
local function place(problem, days, customer, already)
  local length = customer.visits_a_round
  local rounds = math.floor((customer.visits - already + length - 1) / length)
  local last, missing = customer.last_visit, 0
  local gap = customer.gap_days
  for turn = 1, rounds do
    local due = last and math.max(problem.from, last + gap) or problem.from
    local latest = math.max(due, math.min(due + gap - 1, problem.to - (rounds - turn) * gap))
    local at = best_start(problem, days, customer, length, due, latest)
    if at == nil then
      local earliest = last and math.max(problem.from, last + math.ceil(gap * settings.least_gap_share)) or problem.from
      at = best_start(problem, days, customer, length, due, problem.to)
        or best_start(problem, days, customer, length, earliest, due)
    end
    if at == nil then
      missing = missing + length
    else
      for step = 1, length do
        local day = days[at + step - 1]
        local fell = last and last + gap or problem.from
        put(problem, day, customer, reasons(customer, last, fell, day.day, step, length))
      end
      last = days[at + length - 1].day
    end
  end
  return missing, last
end

local function open_days(problem)
  local days = {}
  for _, day in ipairs(problem.days) do
    days[#days + 1] = {
      day = day.day, seconds = day.seconds, max_visits = day.max_visits, stops = {}, visited = {},
      kept = math.floor(day.seconds * problem.prospecting_share + 0.5), used = 0, used_otherwise = 0,
    }
  end
  return days
end

-- What is agreed stays, whatever it displaces.
local function place_fixed(problem, days, by_id)
  local placed = {}
  for _, visit in ipairs(problem.fixed) do
    for _, day in ipairs(days) do
      local customer = by_id[visit.customer]
      if day.day == visit.day and customer and not day.visited[visit.customer] then
        put(problem, day, customer, { { agreed } })
        placed[visit.customer] = (placed[visit.customer] or 0) + 1
      end
    end
  end
  return placed
end

local function in_order(customers)
  local order = {}
  for _, customer in ipairs(customers) do order[#order + 1] = customer end
  local last = #settings.order_of_work + 1
  table.sort(order, function(a, b)
    local left, right = RANK[a.group] or last, RANK[b.group] or last
    if left ~= right then return left < right end
    if a.value ~= b.value then return a.value > b.value end
    return a.customer < b.customer
  end)
  return order
end

local function finished(problem, days)
  local result = {}
  for _, day in ipairs(days) do
    if #day.stops > 0 then
      local stops, from = {}, problem.home
      for _, stop in ipairs(day.stops) do
        stops[#stops + 1] = {
          customer = stop.customer, seconds = stop.seconds, because = stop.because,
          travel_before = travel(problem, from, stop.place),
        }
        from = stop.place
      end
      result[#result + 1] = { day = day.day, stops = stops }
    end
  end
  return result
end

local function plan_visits(problem, ctx)
  local days, by_id = open_days(problem), {}
  for _, customer in ipairs(problem.customers) do by_id[customer.customer] = customer end
  local placed = place_fixed(problem, days, by_id)
  local missed = {}
  for _, customer in ipairs(in_order(problem.customers)) do
    local missing, last = place(problem, days, customer, placed[customer.customer] or 0)
    if missing > 0 then missed[#missed + 1] = { customer = customer, missing = missing, last = last } end
  end
  local left_out = {}
  for _, each in ipairs(missed) do
    left_out[#left_out + 1] = {
      customer = each.customer.customer, missing = each.missing,
      because = { why_missing(problem, days, each.customer, each.missing, each.last) },
    }
  end
  return { days = finished(problem, days), left_out = left_out }
end

return { plan_visits = plan_visits }
