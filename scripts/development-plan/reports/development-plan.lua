-- Actual against plan, by rep and by class: goals, visits, strategies, promotions, the manager's notes.

local settings, report, day = kehu.settings, kehu.report, kehu.day
local rep = report.rep and report.rep.name

-- Without days: the month of the as-of day.
local from = report.from or day.month_start(report.to or kehu.as_of)
local to = report.to or (report.from and math.max(kehu.as_of, report.from)) or day.month_end(kehu.as_of)
local until_now = math.min(to, kehu.as_of)

-- The months of a stretch of days, parts of a month by its days.
local function months(first, last)
  local sum, at = 0, first
  while at <= last do
    local length = day.month_end(at) - day.month_start(at) + 1
    local stop = math.min(last, day.month_end(at))
    sum, at = sum + (stop - at + 1) / length, stop + 1
  end
  return sum
end
local whole, elapsed = months(from, to), months(from, until_now)

local VERDICTS = { ahead = { en = "ahead", zh = "超前" }, on_plan = { en = "on plan", zh = "符合计划" }, behind = { en = "behind", zh = "落后" } }
local function verdict(actual, expected)
  if expected == nil or expected <= 0 then return nil end
  -- Less than one is owed to nobody yet.
  if actual < expected and expected < 1 then return nil end
  if actual >= expected then return "ahead" end
  if actual >= expected * settings.on_plan_from then return "on_plan" end
  return "behind"
end

local MEASURES = {
  amount = { en = "purchases", zh = "购买额" }, margin = { en = "margin", zh = "毛利" }, deals = { en = "deals won", zh = "赢单数" },
}
for _, kind in ipairs(kehu.labels("kind")) do MEASURES[kind.key] = MEASURES[kind.key] or kind.text end

-- Goals: the targets that reach into the period, each over its own days.
local goals = {}
for target in kehu.targets{ columns = "id, rep, measure, value, reached, from, to" } do
  if target.to >= from and target.from <= to and (rep == nil or target.rep == rep) then
    local length = target.to - target.from + 1
    local past = math.max(0, math.min(target.to, kehu.as_of) - target.from + 1)
    local expected = target.value * past / length
    goals[#goals + 1] = { rep = target.rep, measure = target.measure, from = target.from, to = target.to, value = target.value,
      reached = target.reached, share = target.value ~= 0 and (target.reached or 0) / target.value or nil, time = past / length,
      verdict = target.reached and verdict(target.reached, expected) }
  end
end
kehu.table{
  name = "goals", title = { en = "Goals", zh = "目标" },
  { "rep", title = { en = "rep", zh = "业务员" } }, { "measure", title = { en = "measure", zh = "指标" }, labels = MEASURES },
  { "from", title = { en = "from", zh = "自" }, as = "day" }, { "to", title = { en = "to", zh = "至" }, as = "day" },
  { "value", title = { en = "goal", zh = "目标" }, as = "number" }, { "reached", title = { en = "reached", zh = "已完成" }, as = "number" },
  { "share", title = { en = "share", zh = "完成率" }, as = "percent" }, { "time", title = { en = "of the time", zh = "时间进度" }, as = "percent" },
  { "verdict", title = { en = "stands", zh = "进度" }, labels = VERDICTS }, rows = kehu.sort(goals, "rep", "measure", "from"),
}

-- Visits made in the period, by customer.
local made = {}
for visit in kehu.interactions{ where = "kind = 'visit'", columns = "customer, happened" } do
  if visit.happened >= from and visit.happened <= until_now then made[visit.customer] = (made[visit.customer] or 0) + 1 end
end

local function group_row(name) return { name = name, customers = 0, planned = 0, by_now = 0, made = 0, unseen = 0, amount = 0, before = 0 } end
local CLASSES = { prospect = { en = "prospect", zh = "潜在客户" } }
for _, tier in ipairs(kehu.labels("tier")) do CLASSES[tier.key] = tier.text end

local by_class, classes, by_rep, reps, unplanned = {}, {}, {}, {}, 0
local function add(rows, order, key, c)
  local row = rows[key]
  if row == nil then
    row = group_row(key)
    rows[key], order[#order + 1] = row, row
  end
  local visits = made[c.id] or 0
  row.customers = row.customers + 1
  row.planned, row.by_now = row.planned + c.planned_visits * whole, row.by_now + c.planned_visits * elapsed
  row.made = row.made + visits
  if visits == 0 and c.planned_visits * elapsed >= 1 then row.unseen = row.unseen + 1 end
  row.amount, row.before = row.amount + (c.amount_12m or 0), row.before + (c.amount_previous_12m or 0)
  row.strategy = c.plan_strategy
end
local columns = "id, owner, plan_class, plan_strategy, planned_visits, amount_12m, amount_previous_12m"
for c in kehu.customers{ columns = columns } do
  if rep == nil or c.owner == rep then
    if c.planned_visits then
      add(by_class, classes, c.plan_class, c)
      add(by_rep, reps, c.owner or "", c)
    else
      unplanned = unplanned + 1
    end
  end
end

for _, row in ipairs(classes) do
  row.class = row.name
  local growth = settings.growth_goals[row.name]
  row.goal = growth and row.before > 0 and row.before * (1 + growth / 100) or nil
  row.share = row.goal and row.goal ~= 0 and row.amount / row.goal or nil
  row.verdict = verdict(row.made, row.by_now)
end
local CUSTOMERS = { "customers", title = { en = "customers", zh = "客户数" }, as = "number" }
local PLANNED = { "planned", title = { en = "visits planned", zh = "计划拜访" }, as = "number", digits = 1 }
local BY_NOW = { "by_now", title = { en = "by now", zh = "至今应访" }, as = "number", digits = 1 }
local MADE = { "made", title = { en = "made", zh = "已访" }, as = "number" }
local UNSEEN = { "unseen", title = { en = "due and not seen", zh = "应访未访客户" }, as = "number" }
local STANDS = { "verdict", title = { en = "visits stand", zh = "拜访进度" }, labels = VERDICTS }
kehu.table{
  name = "classes", title = { en = "By class", zh = "按类别" },
  { "class", title = { en = "class", zh = "类别" }, labels = CLASSES }, { "strategy", title = { en = "strategy", zh = "策略" }, labels = "plan_strategy" }, CUSTOMERS, PLANNED, BY_NOW, MADE,
  UNSEEN, STANDS, { "amount", title = { en = "sales of 12 months", zh = "近12个月销售额" }, as = "money" },
  { "goal", title = { en = "goal", zh = "目标" }, as = "money" }, { "share", title = { en = "reached", zh = "完成率" }, as = "percent" },
  rows = kehu.sort(classes, "class"),
}
for _, row in ipairs(reps) do
  row.rep, row.verdict = row.name ~= "" and row.name or nil, verdict(row.made, row.by_now)
end
kehu.table{
  name = "visits", title = { en = "Visit schedule by rep", zh = "业务员拜访安排" },
  { "rep", title = { en = "rep", zh = "业务员" } }, CUSTOMERS, PLANNED, BY_NOW, MADE, UNSEEN, STANDS, rows = kehu.sort(reps, "rep"),
}

local STATES = {
  planned = { en = "planned", zh = "已计划" }, done = { en = "done", zh = "已执行" }, dropped = { en = "dropped", zh = "已取消" },
  overdue = { en = "overdue", zh = "逾期" },
}
local promotions, heads = {}, {}
local asked = "id, about, customer_name, rep, happened, due, state, open, closed, text, effect"
for row in kehu.interactions{ where = "kind = 'promotion'", columns = asked } do
  local head = row.about and heads[row.about]
  if head then
    head.effect = row.effect or head.effect
  else
    local on = row.due or row.happened
    head = { id = row.id, customer = row.customer_name, rep = row.rep, on = on, text = row.text, effect = row.effect,
      state = row.open and on < kehu.as_of and "overdue" or row.state, closed = row.closed }
    heads[row.id] = head
    if on >= from and on <= to and (rep == nil or row.rep == rep) then promotions[#promotions + 1] = head end
  end
end
kehu.table{
  name = "promotions", title = { en = "Promotion plan", zh = "促销计划" }, { "id", title = { en = "id", zh = "编号" }, as = "interaction" },
  { "on", title = { en = "day", zh = "日期" }, as = "day" }, { "customer", title = { en = "customer", zh = "客户" } },
  { "rep", title = { en = "rep", zh = "业务员" } }, { "text", title = { en = "promotion", zh = "活动" } },
  { "state", title = { en = "state", zh = "状态" }, labels = STATES }, { "effect", title = { en = "effect", zh = "效果" } },
  rows = kehu.sort(promotions, "on", "id"),
}

local notes = {}
for row in kehu.reps{ columns = "name, manager, plan_goals, plan_promotions, manager_note" } do
  if (rep == nil or row.name == rep) and (row.plan_goals or row.plan_promotions or row.manager_note) then notes[#notes + 1] = row end
end
kehu.table{
  name = "notes", title = { en = "The plan in words", zh = "计划文字" },
  { "name", title = { en = "rep", zh = "业务员" } }, { "plan_goals", title = { en = "goals", zh = "目标" } },
  { "plan_promotions", title = { en = "promotions", zh = "促销" } }, { "manager", title = { en = "manager", zh = "经理" } },
  { "manager_note", title = { en = "manager's note", zh = "经理批注" } }, rows = notes,
}
kehu.facts{ from = day.format(from), to = day.format(to), customers_without_class = unplanned }
print(kehu.say{
  en = "Plan from {from} to {to}; {count} customers without a class of the plan.", zh = "计划期 {from} 至 {to}；{count} 个客户不属于计划中的类别。",
  from = day.format(from), to = day.format(to), count = unplanned,
})
