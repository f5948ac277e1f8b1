-- Complaints: what is open and overdue, how old, from which causes; and who bought again after being served well.

local say, settings = kehu.say, kehu.settings
local rep, from, to = kehu.report.rep, kehu.report.from, kehu.report.to
local CLAIM = settings.claimed_share

local function of_period(row)
  return (rep == nil or row.rep == rep.name) and (from == nil or row.happened >= from) and (to == nil or row.happened <= to)
end

-- In hours where a time of day is recorded, else by days; what is not acknowledged has that deadline too.
local function is_overdue(row)
  if not row.open then return false end
  return row.hours_open > settings.resolve_hours or (row.state == "opened" and row.hours_open > settings.acknowledge_hours)
end

local AGES = {
  { key = "to_1_day", upto = 1, en = "0 to 1 days", zh = "0–1 天" }, { key = "to_3_days", upto = 3, en = "2 to 3 days", zh = "2–3 天" },
  { key = "to_7_days", upto = 7, en = "4 to 7 days", zh = "4–7 天" }, { key = "to_30_days", upto = 30, en = "8 to 30 days", zh = "8–30 天" },
  { key = "over_30_days", upto = math.huge, en = "more than 30 days", zh = "30 天以上" },
}
local function age_of(days)
  for at, age in ipairs(AGES) do
    if days <= age.upto then return at end
  end
end

local function new_sum(key) return { key = key, complaints = 0, open = 0, overdue = 0 } end
local function add(sums, list, key, row)
  local sum = sums[key]
  if sum == nil then
    sum = new_sum(key)
    sums[key] = sum
    list[#list + 1] = sum
  end
  sum.complaints = sum.complaints + 1
  if row.open then sum.open = sum.open + 1 end
  if row.overdue then sum.overdue = sum.overdue + 1 end
end

local all, in_time, measured = new_sum(), 0, 0
local ages, causes, reps, cause_list, rep_list, open = {}, {}, {}, {}, {}, {}
for at in ipairs(AGES) do ages[at] = new_sum(at) end
-- Of each customer the last complaint that was closed long enough ago to tell what came of it.
local last, too_recent, known = {}, 0, {}
for c in kehu.interactions{
  where = "kind = 'complaint'",
  columns = "id, customer, customer_name, happened, days_ago, state, open, closed, hours_open, rep, cause, about",
} do
  -- A step of an earlier complaint may be logged as one, and is none of its own.
  local is_step = c.about ~= nil and known[c.about] ~= nil
  known[c.id] = true
  local row = {
    id = c.id, customer = c.customer, customer_name = c.customer_name, happened = c.happened, days_ago = c.days_ago,
    state = c.state or "opened", open = c.open, closed = c.closed, hours_open = c.hours_open, rep = c.rep, cause = c.cause,
  }
  if of_period(row) and not is_step then
    row.overdue = is_overdue(row)
    all.complaints = all.complaints + 1
    add(causes, cause_list, c.cause or "", row)
    add(reps, rep_list, c.rep or "", row)
    if row.open then
      all.open = all.open + 1
      if row.overdue then all.overdue = all.overdue + 1 end
      add(ages, {}, age_of(row.days_ago), row)
      open[#open + 1] = row
    elseif row.hours_open then
      measured = measured + 1
      row.in_time = row.hours_open <= settings.resolve_hours
      if row.in_time then in_time = in_time + 1 end
      if kehu.as_of - row.closed < settings.again_days then
        too_recent = too_recent + 1
      elseif last[row.customer] == nil or last[row.customer].closed < row.closed then
        last[row.customer] = row
      end
    end
  end
end
local closed = all.complaints - all.open

local function share(part, whole) return whole > 0 and part / whole or nil end
local function percent(part) return string.format("%.1f", 100 * part) end

print(say{
  en = "Complaints{of} as of {day}: {n}, {open} open, of which {late} overdue; {closed} closed; of the {measured} whose closing has a time, {in_time} within {hours} hours",
  zh = "投诉{of}，截至 {day}：共 {n} 宗，未结 {open} 宗，其中超时 {late} 宗；已结 {closed} 宗；有结案时间的 {measured} 宗中，{in_time} 宗在 {hours} 小时内解决",
  measured = measured,
  of = rep and say{ en = " of {rep}", zh = "（{rep}）", rep = rep.name } or "", day = kehu.day.format(kehu.as_of), n = all.complaints,
  open = all.open, late = all.overdue, closed = closed, in_time = in_time, hours = settings.resolve_hours,
})

-- Who bought again: a purchase on a later day than that on which the complaint was closed.
local served = { { served = "in_time", customers = 0, again = 0 }, { served = "late", customers = 0, again = 0 } }
if next(last) then
  for c in kehu.customers{ where = "complaints > 0", columns = "id, recency_days" } do
    local complaint = last[c.id]
    if complaint then
      local sum = served[complaint.in_time and 1 or 2]
      sum.customers = sum.customers + 1
      if c.recency_days and kehu.as_of - c.recency_days > complaint.closed then sum.again = sum.again + 1 end
    end
  end
end
for _, sum in ipairs(served) do sum.share = share(sum.again, sum.customers) end
local well = served[1]
if well.customers > 0 then
  print(say{
    en = "Of {n} complaining {n|customer|customers} served in time, with at least {days} days since, {again} bought again: {share} %. The practitioners' claim is {claim} %: {verdict}.",
    zh = "投诉得到及时处理且已满 {days} 天的客户 {n} 个，其中 {again} 个再次购买：{share}%。经验之说为 {claim}%：{verdict}。",
    n = well.customers, days = settings.again_days, again = well.again, share = percent(well.share), claim = percent(CLAIM),
    verdict = well.customers < settings.claim_from and say{ en = "too few here to tell", zh = "客户太少，无法判断" } or well.share >= CLAIM and say{ en = "it holds here", zh = "此处成立" } or say{ en = "it does not hold here", zh = "此处不成立" },
  })
else
  print(say{
    en = "No complaint was served in time {days} or more days ago, so nothing can be said yet of who buys again.",
    zh = "尚无及时处理且已满 {days} 天的投诉，暂无法判断客户是否再次购买。", days = settings.again_days,
  })
end
if too_recent > 0 then
  print(say{
    en = "{n} {n|complaint was|complaints were} closed less than {days} days ago and {n|is|are} not counted there.",
    zh = "{n} 宗投诉结案不足 {days} 天，未计入。", n = too_recent, days = settings.again_days,
  })
end
kehu.facts{
  complaints = all.complaints, open_complaints = all.open, overdue_complaints = all.overdue, closed_complaints = closed,
  closed_in_time = in_time, closed_with_time = measured, served_well = well.customers, served_well_bought_again = well.again, served_well_share = well.share,
  claimed_share = CLAIM, again_days = settings.again_days, closed_too_recently = too_recent, rep = rep and rep.name,
}
if all.complaints == 0 then return end

local OPEN = { "open", title = { en = "open", zh = "未结" } }
local OVERDUE = { "overdue", title = { en = "overdue", zh = "超时" } }
local COMPLAINTS = { "complaints", title = { en = "complaints", zh = "投诉数" } }
local REP = { "rep", title = { en = "rep", zh = "业务员" } }

local aged, age_words = {}, {}
for at, age in ipairs(AGES) do
  ages[at].age, age_words[age.key] = age.key, { en = age.en, zh = age.zh }
  if ages[at].open > 0 then aged[#aged + 1] = ages[at] end
end
kehu.table{ name = "ages", title = { en = "Open by age", zh = "未结投诉按时长" }, { "age", labels = age_words, title = { en = "age", zh = "时长" } }, OPEN, OVERDUE, rows = aged }

for _, sum in ipairs(cause_list) do
  sum.cause = sum.key ~= "" and sum.key or "unrecorded"
  sum.share = sum.complaints / all.complaints
end
kehu.table{
  name = "causes", limit = 20, title = { en = "Causes", zh = "原因" },
  { "cause", labels = { unrecorded = { en = "(no cause recorded)", zh = "（未记录原因）" } }, title = { en = "cause", zh = "原因" } }, COMPLAINTS, { "share", as = "percent", title = { en = "share", zh = "占比" } }, OPEN, OVERDUE,
  rows = kehu.sort(cause_list, "-complaints", "cause"),
}

for _, sum in ipairs(rep_list) do sum.rep = sum.key ~= "" and sum.key or nil end
if rep == nil then
  kehu.table{ name = "reps", title = { en = "Reps", zh = "业务员" }, REP, COMPLAINTS, OPEN, OVERDUE, rows = kehu.sort(rep_list, "-overdue", "-open", "rep") }
end

kehu.table{
  name = "served", title = { en = "Bought again after a complaint that was served", zh = "投诉处理后再次购买" },
  { "served", labels = {
    in_time = { en = "in " .. settings.resolve_hours .. " hours", zh = settings.resolve_hours .. " 小时内" },
    late = { en = "later", zh = "更晚" },
  }, title = { en = "served", zh = "处理" } },
  { "customers", title = { en = "customers", zh = "客户数" } }, { "again", title = { en = "bought again", zh = "再次购买" } },
  { "share", as = "percent", title = { en = "share", zh = "占比" } },
  rows = served,
}

kehu.table{
  name = "open", limit = 20, title = { en = "Open, the oldest first", zh = "未结投诉，最早的在前" },
  { "id", as = "interaction", title = { en = "id", zh = "编号" } }, { "customer_name", title = { en = "customer", zh = "客户" } },
  { "happened", as = "day", title = { en = "day", zh = "日期" } }, { "days_ago", title = { en = "days", zh = "天数" } },
  { "state", title = { en = "state", zh = "状态" } }, OVERDUE, { "cause", title = { en = "cause", zh = "原因" } }, REP,
  rows = kehu.sort(open, "-days_ago", "id"),
}

local promises, promise_list = {}, {}
for p in kehu.interactions{ where = "kind = 'promise'", columns = "happened, state, open, due, rep" } do
  if of_period(p) then
    local key = p.rep or ""
    local sum = promises[key]
    if sum == nil then
      sum = { rep = p.rep, promises = 0, open = 0, overdue = 0, kept = 0, broken = 0 }
      promises[key] = sum
      promise_list[#promise_list + 1] = sum
    end
    sum.promises = sum.promises + 1
    if p.open then
      sum.open = sum.open + 1
      if (p.due or p.happened + settings.promise_days) < kehu.as_of then sum.overdue = sum.overdue + 1 end
    elseif sum[p.state] then
      sum[p.state] = sum[p.state] + 1
    end
  end
end
if #promise_list > 0 then
  kehu.table{
    name = "promises", title = { en = "Promises", zh = "承诺" },
    REP, { "promises", title = { en = "promises", zh = "承诺数" } }, OPEN, OVERDUE,
    { "kept", title = { en = "kept", zh = "已兑现" } }, { "broken", title = { en = "broken", zh = "未兑现" } },
    rows = kehu.sort(promise_list, "-overdue", "-open", "rep"),
  }
end
