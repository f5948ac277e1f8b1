-- The forecast: open deals by expected close month and rep, against targets and the market trend.

local settings, report, day = kehu.settings, kehu.report, kehu.day
local rep = report.rep and report.rep.name

local MONEY, COUNT = "money", "number"

local function first_of(number) return day.month_start(number) end
local function month_name(number) return kehu.text.sub(day.format(number), 1, 7) end
local function in_period(number)
  return (report.from == nil or number >= report.from) and (report.to == nil or number <= report.to)
end
local function is_asked(row) return rep == nil or row.rep == rep end

-- Open deals: in months, overdue, or without a day; those that cannot be weighted stand apart too.
local dated, overdue, undated, incomplete, open = {}, {}, {}, {}, {}
for deal in kehu.deals{ where = "open" } do
  if is_asked(deal) then
    local close = deal.expected_close
    if close == nil then
      undated[#undated + 1] = deal
      open[#open + 1] = deal
    elseif in_period(close) then
      local list = close < kehu.as_of and overdue or dated
      list[#list + 1] = deal
      open[#open + 1] = deal
    end
  end
end
for _, deal in ipairs(open) do
  if deal.weighted == nil then incomplete[#incomplete + 1] = deal end
end

local function sums(deals)
  local amount, weighted, unknown = 0, 0, 0
  for _, deal in ipairs(deals) do
    amount = amount + (deal.amount or 0)
    weighted = weighted + (deal.weighted or 0)
    if deal.weighted == nil then unknown = unknown + 1 end
  end
  return { deals = #deals, amount = amount, weighted = weighted, unknown = unknown }
end

-- What was reached, by rep and month: purchases less returns, or deals won.
local reached, has_reached = {}, false
local function reach(whose, month, amount)
  local key = whose or ""
  reached[key] = reached[key] or {}
  reached[key][month] = (reached[key][month] or 0) + amount
  has_reached = true
end
local this_month = first_of(kehu.as_of)
if settings.reached_by == "purchases" then
  for row in kehu.interactions{ where = "kind = 'purchase'", columns = "happened, rep, amount, margin" } do
    local amount = row[settings.target_measure]
    if amount and is_asked(row) then reach(row.rep, first_of(row.happened), amount) end
  end
else
  for deal in kehu.deals{ where = "won", columns = "closed, rep, amount" } do
    if deal.amount and is_asked(deal) then reach(deal.rep, first_of(deal.closed), deal.amount) end
  end
end

local function reached_in(month, whose)
  local sum
  for key, months in pairs(reached) do
    if (whose == nil or key == whose) and months[month] then sum = (sum or 0) + months[month] end
  end
  return sum
end

-- A target is spread evenly over its days.
local targets = kehu.gather(kehu.targets{ where = "measure = '" .. settings.target_measure .. "'", columns = "value, from, to, rep" })
local function target_in(month, whose)
  local last, sum = day.month_end(month), nil
  for _, target in ipairs(targets) do
    local days = math.min(target.to, last) - math.max(target.from, month) + 1
    if target.rep == whose and days > 0 then
      sum = (sum or 0) + target.value * days / (target.to - target.from + 1)
    end
  end
  return sum
end
-- The firm's target; without one, what its reps' targets come to.
local function firm_target_in(month)
  local firm = target_in(month, nil)
  if firm then return firm, true end
  local seen, sum = {}, nil
  for _, target in ipairs(targets) do
    if target.rep and not seen[target.rep] then
      seen[target.rep] = true
      local part = target_in(month, target.rep)
      if part then sum = (sum or 0) + part end
    end
  end
  return sum, false
end

-- The months from the current one to the last expected close or the end that was asked for.
local months = {}
local last = this_month
for _, deal in ipairs(dated) do last = math.max(last, first_of(deal.expected_close)) end
if report.to then last = math.max(this_month, math.min(last, first_of(report.to))) end
local start = report.from and math.max(this_month, first_of(report.from)) or this_month
local at = start
while at <= last do
  months[#months + 1] = at
  at = day.add_months(at, 1)
end

local by_month, by_month_and_rep = {}, {}
for _, deal in ipairs(dated) do
  local month = first_of(deal.expected_close)
  by_month[month] = by_month[month] or {}
  table.insert(by_month[month], deal)
  local whose = deal.rep or ""
  by_month_and_rep[month] = by_month_and_rep[month] or {}
  by_month_and_rep[month][whose] = by_month_and_rep[month][whose] or {}
  table.insert(by_month_and_rep[month][whose], deal)
end

-- What the market alone would bring: the same month of the year before, changed by the trend.
local function trend_in(month)
  local before = reached_in(day.add_months(month, -12), rep)
  return before and before * (1 + settings.market_trend / 100)
end

-- True if each rep with a deal in the month has a target, so that their sum is that of all.
local function all_have_targets(month)
  for whose in pairs(by_month_and_rep[month] or {}) do
    if target_in(month, whose) == nil then return false end
  end
  return true
end

local shown, is_partial = {}, false
for _, month in ipairs(months) do
  local row = sums(by_month[month] or {})
  row.month = month_name(month)
  row.target = rep and target_in(month, rep) or nil
  local is_whole = rep ~= nil
  if rep == nil then
    row.target, is_whole = firm_target_in(month)
    is_whole = is_whole or all_have_targets(month)
    is_partial = is_partial or (row.target ~= nil and not is_whole)
  end
  row.reached = month == this_month and (reached_in(month, rep) or 0) or nil
  row.gap = row.target and is_whole and row.target - row.weighted - (row.reached or 0) or nil
  row.trend = trend_in(month)
  shown[#shown + 1] = row
end
kehu.table{
  name = "months", title = { en = "By expected close month", zh = "按预计成交月" },
  { "month", title = { en = "month", zh = "月份" } }, { "deals", title = { en = "deals", zh = "商机" }, as = COUNT },
  { "amount", title = { en = "amount", zh = "金额" }, as = MONEY },
  { "weighted", title = { en = "forecast", zh = "预测" }, as = MONEY },
  { "reached", title = { en = "reached", zh = "已完成" }, as = MONEY },
  { "target", title = { en = "target", zh = "目标" }, as = MONEY },
  { "gap", title = { en = "gap to target", zh = "目标缺口" }, as = MONEY },
  { "trend", title = { en = "market trend", zh = "市场趋势" }, as = MONEY }, rows = shown,
}
if is_partial then
  print(kehu.say{
    en = "Not all reps with deals have a target, and the firm has none: what their targets come to is not held against the forecast of all.",
    zh = "并非每个有商机的业务员都有目标，公司也没有总目标：因此不计算缺口。",
  })
end

local function rep_rows(of_month)
  local rows, order = {}, {}
  for whose in pairs(of_month) do order[#order + 1] = whose end
  table.sort(order)
  for _, whose in ipairs(order) do
    local row = sums(of_month[whose])
    row.rep = whose ~= "" and whose or nil
    rows[#rows + 1] = row
  end
  return rows
end
local long = {}
for _, month in ipairs(months) do
  for _, row in ipairs(rep_rows(by_month_and_rep[month] or {})) do
    row.month = month_name(month)
    row.target = row.rep and target_in(month, row.rep)
    long[#long + 1] = row
  end
end
kehu.table{
  name = "months_by_rep", title = { en = "By month and rep", zh = "按月与业务员" },
  { "month", title = { en = "month", zh = "月份" } }, { "rep", title = { en = "rep", zh = "业务员" } },
  { "deals", title = { en = "deals", zh = "商机" }, as = COUNT },
  { "amount", title = { en = "amount", zh = "金额" }, as = MONEY },
  { "weighted", title = { en = "forecast", zh = "预测" }, as = MONEY },
  { "target", title = { en = "target", zh = "目标" }, as = MONEY }, rows = long,
}

-- All open deals, so that the parts add up to the whole.
local PARTS = {
  dated = { en = "in the months above", zh = "上列各月" }, overdue = { en = "expected close day has passed", zh = "预计成交日已过" },
  undated = { en = "no expected close day", zh = "无预计成交日" }, all = { en = "all open deals", zh = "全部进行中商机" },
}
local parts = {}
for _, part in ipairs({
  { "dated", dated }, { "overdue", overdue }, { "undated", undated }, { "all", open },
}) do
  local row = sums(part[2])
  row.part = part[1]
  parts[#parts + 1] = row
end
kehu.table{
  name = "parts", title = { en = "The whole", zh = "合计" },
  { "part", title = { en = "part", zh = "部分" }, labels = PARTS }, { "deals", title = { en = "deals", zh = "商机" }, as = COUNT },
  { "amount", title = { en = "amount", zh = "金额" }, as = MONEY },
  { "weighted", title = { en = "forecast", zh = "预测" }, as = MONEY },
  { "unknown", title = { en = "without amount or probability", zh = "缺金额或概率" }, as = COUNT }, rows = parts,
}

-- How often deals that were at a stage were won: each deal counts once a stage, however often it was there.
local function calibration()
  local at_stage, order, outcome = {}, {}, {}
  for deal in kehu.deals{ where = "won or lost", columns = "id, won, rep" } do
    if is_asked(deal) then outcome[deal.id] = deal.won and 1 or 0 end
  end
  for move in kehu.moves{ where = "role = 'open'", columns = "deal, pipeline, stage, stage_order, probability" } do
    local won = outcome[move.deal]
    if won then
      local key = move.pipeline .. "\n" .. move.stage
      local row = at_stage[key]
      if row == nil then
        row = { pipeline = move.pipeline, stage = move.stage, place = move.stage_order, probability = move.probability,
          closed = 0, won = 0, seen = {} }
        at_stage[key] = row
        order[#order + 1] = row
      end
      if not row.seen[move.deal] then
        row.seen[move.deal] = true
        row.closed, row.won = row.closed + 1, row.won + won
      end
    end
  end
  for _, row in ipairs(order) do
    row.share = row.won / row.closed
    if row.closed < settings.few_deals then
      row.verdict = "too_few"
    elseif row.probability == nil then
      row.verdict = "unstated"
    elseif math.abs(row.share - row.probability) * 100 > settings.off_by + 1e-9 then
      row.verdict = row.share > row.probability and "too_low" or "too_high"
    else
      row.verdict = "fits"
    end
  end
  return kehu.sort(order, "pipeline", "place")
end
local VERDICTS = {
  too_few = { en = "too few deals to tell", zh = "样本太少" }, unstated = { en = "is not stated", zh = "该阶段未设概率" },
  too_low = { en = "is set too low", zh = "设定偏低" }, too_high = { en = "is set too high", zh = "设定偏高" }, fits = { en = "fits", zh = "相符" },
}
kehu.table{
  name = "calibration", title = { en = "Calibration: how often past deals at a stage were won", zh = "校准：以往商机在各阶段的实际赢单率" },
  { "pipeline", title = { en = "pipeline", zh = "流程" }, labels = "pipeline" }, { "stage", title = { en = "stage", zh = "阶段" }, labels = "stage" },
  { "probability", title = { en = "probability", zh = "设定概率" }, as = "percent" },
  { "closed", title = { en = "closed deals that were there", zh = "经过该阶段的已结商机" }, as = COUNT },
  { "won", title = { en = "of these won", zh = "其中赢单" }, as = COUNT },
  { "share", title = { en = "share won", zh = "实际赢单率" }, as = "percent" },
  { "verdict", title = { en = "the probability", zh = "判断" }, labels = VERDICTS }, rows = calibration(),
}
local function list(name, title, deals, ...)
  local columns = {
    name = name, title = title, limit = 20,
    { "id", title = { en = "deal", zh = "商机" } }, { "name", title = { en = "name", zh = "名称" } },
    { "customer_name", title = { en = "customer", zh = "客户" } }, { "rep", title = { en = "rep", zh = "业务员" } },
    { "stage", title = { en = "stage", zh = "阶段" }, labels = "stage" }, { "amount", title = { en = "amount", zh = "金额" }, as = MONEY },
    { "weighted", title = { en = "forecast", zh = "预测" }, as = MONEY },
    rows = kehu.sort(deals, "expected_close", "-weighted", "id"),
  }
  for _, each in ipairs({ ... }) do columns[#columns + 1] = each end
  kehu.table(columns)
end
list("overdue", { en = "Expected close day has passed: ask anew", zh = "预计成交日已过：请重新确认" }, overdue,
  { "expected_close", title = { en = "expected close", zh = "预计成交日" }, as = "day" })
list("undated", { en = "No expected close day: in no month", zh = "无预计成交日：不属于任何月份" }, undated,
  { "days_open", title = { en = "days open", zh = "已开天数" }, as = COUNT })
list("incomplete", { en = "Not counted: no amount, or no win probability", zh = "未计入：缺金额或赢单概率" }, incomplete)
if not has_reached then
  print(kehu.say{ en = "No {what} are recorded, so nothing is reached and there is no trend.", zh = "没有{what}记录，故无完成额与趋势。",
    what = settings.reached_by == "purchases" and kehu.say{ en = "purchases", zh = "购买" } or kehu.say{ en = "won deals", zh = "赢单" } })
end
