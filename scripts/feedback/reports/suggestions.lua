-- Suggestions by source and state, what becomes of them; objections, and how long answers took.

local report = kehu.report
local rep = report.rep and report.rep.name

local SOURCES = {
  staff = { en = "staff", zh = "员工" }, prospect = { en = "prospects", zh = "潜在客户" }, customer = { en = "customers", zh = "客户" },
  unsaid = { en = "not said", zh = "未注明" },
}
local STATES = { "collected", "assessed", "in_work", "evaluated" }
local STATE_WORDS = {
  collected = { en = "collected", zh = "已收集" }, assessed = { en = "assessed", zh = "已评定" }, in_work = { en = "in work", zh = "落实中" },
  evaluated = { en = "evaluated", zh = "已评估" },
}
local DEGREES = {
  high = { en = "high", zh = "高" }, medium = { en = "medium", zh = "中" }, low = { en = "low", zh = "低" }, none = { en = "not feasible", zh = "不可行" },
}
local FIELDS = { "suggested_by", "feasibility", "urgency", "effect", "reward", "plan" }

local function in_period(number)
  return (report.from == nil or number >= report.from) and (report.to == nil or number <= report.to)
end

-- Threads with what their later steps say: the last word on each field counts.
local function threads(kind)
  local heads, order = {}, {}
  local columns = { "id", "customer_name", "happened", "days_ago", "rep", "state", "open", "closed", "due", "text", "about", "kind" }
  for _, name in ipairs(FIELDS) do columns[#columns + 1] = name end
  for row in kehu.interactions{ where = "kind = '" .. kind .. "'", columns = columns } do
    local head = row.about and heads[row.about]
    if head == nil then
      head = { id = row.id, customer = row.customer_name, day = row.happened, days = row.days_ago, owner = row.rep, state = row.state,
        open = row.open, closed = row.closed, due = row.due, text = row.text }
      heads[row.id] = head
      order[#order + 1] = head
    end
    for _, name in ipairs(FIELDS) do
      if row[name] ~= nil then head[name] = row[name] end
    end
  end
  local wanted = {}
  for _, head in ipairs(order) do
    if in_period(head.day) and (rep == nil or head.owner == rep) then wanted[#wanted + 1] = head end
  end
  return wanted
end

local suggestions = threads("suggestion")
local by_source, sources = {}, {}
for _, key in ipairs({ "customer", "prospect", "staff", "unsaid" }) do
  by_source[key] = { source = key, count = 0, effect = 0, reward = 0, collected = 0, assessed = 0, in_work = 0, evaluated = 0 }
  sources[#sources + 1] = by_source[key]
end
for _, each in ipairs(suggestions) do
  local row = by_source[each.suggested_by or "unsaid"] or by_source.unsaid
  row.count = row.count + 1
  if row[each.state] then row[each.state] = row[each.state] + 1 end
  if each.effect then row.effect = row.effect + 1 end
  if each.reward then row.reward = row.reward + 1 end
end
local columns = { name = "sources", title = { en = "Suggestions by source", zh = "建议按来源" },
  { "source", title = { en = "from", zh = "来源" }, labels = SOURCES }, { "count", title = { en = "suggestions", zh = "建议" }, as = "number" } }
for _, state in ipairs(STATES) do columns[#columns + 1] = { state, title = STATE_WORDS[state], as = "number" } end
columns[#columns + 1] = { "effect", title = { en = "with an effect", zh = "有效果" }, as = "number" }
columns[#columns + 1] = { "reward", title = { en = "rewarded", zh = "已奖励" }, as = "number" }
columns.rows = sources
kehu.table(columns)

local PLACE = { high = 1, medium = 2, low = 3 }
local open, done = {}, {}
for _, each in ipairs(suggestions) do
  local row = { id = each.id, customer = each.customer, text = each.text, owner = each.owner, day = each.day, due = each.due,
    state = each.state, source = each.suggested_by or "unsaid", feasibility = each.feasibility, urgency = each.urgency, place = PLACE[each.urgency] or 4, effect = each.effect, reward = each.reward, closed = each.closed }
  table.insert(each.open and open or done, row)
end
local ID = { "id", title = { en = "id", zh = "编号" }, as = "interaction" }
local TEXT = { "text", title = { en = "suggestion", zh = "建议" } }
local SOURCE = { "source", title = { en = "from", zh = "来源" }, labels = SOURCES }
local OWNER = { "owner", title = { en = "owner", zh = "负责人" } }
kehu.table{
  name = "open", title = { en = "Open suggestions", zh = "未结建议" }, ID, TEXT, SOURCE, { "state", title = { en = "state", zh = "状态" }, labels = STATE_WORDS },
  { "feasibility", title = { en = "feasibility", zh = "可行性" }, labels = DEGREES },
  { "urgency", title = { en = "priority", zh = "优先级" }, labels = DEGREES }, OWNER,
  { "due", title = { en = "due", zh = "期限" }, as = "day" }, { "day", title = { en = "since", zh = "提出" }, as = "day" },
  rows = kehu.sort(open, "place", "due", "day", "id"),
}
kehu.table{
  name = "evaluated", title = { en = "What suggestions brought", zh = "建议的效果" }, ID, TEXT, SOURCE, OWNER,
  { "effect", title = { en = "effect", zh = "效果" } }, { "reward", title = { en = "reward", zh = "奖励" } },
  { "closed", title = { en = "evaluated", zh = "评估日" }, as = "day" }, rows = kehu.sort(done, "-closed", "id"),
}

local objections, answered, days, waiting = threads("objection"), 0, 0, {}
for _, each in ipairs(objections) do
  if each.open then
    waiting[#waiting + 1] = { id = each.id, customer = each.customer, text = each.text, owner = each.owner, day = each.day,
      days = each.days, plan = each.plan }
  elseif each.closed then
    answered, days = answered + 1, days + each.closed - each.day
  end
end
kehu.table{
  name = "objections", title = { en = "Open objections", zh = "未答复的异议" }, ID, { "customer", title = { en = "customer", zh = "客户" } },
  { "text", title = { en = "objection", zh = "异议" } }, OWNER, { "days", title = { en = "days open", zh = "已开天数" }, as = "number" },
  { "plan", title = { en = "answer prepared", zh = "已备答复" } }, rows = kehu.sort(waiting, "-days", "id"),
}
kehu.table{
  name = "answers", title = { en = "Answers", zh = "答复" }, { "objections", title = { en = "objections", zh = "异议" }, as = "number" },
  { "answered", title = { en = "answered", zh = "已答复" }, as = "number" }, { "days", title = { en = "days to the answer, mean", zh = "平均答复天数" }, as = "number", digits = 1 },
  rows = { { objections = #objections, answered = answered, days = answered > 0 and days / answered or nil } },
}
