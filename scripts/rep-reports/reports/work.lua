-- What reps did over some days, as far as the records go.

local say, settings = kehu.say, kehu.settings

local OTHER_CONTACTS = { message = true, email = true }
local FACE_TO_FACE = { visit = true, meeting = true }
local DAY = { "day", as = "day", title = { en = "day", zh = "日期" } }
local REP = { "rep", title = { en = "rep", zh = "业务员" } }
local CUSTOMER = { "customer_name", optional = true, title = { en = "customer", zh = "客户" } }
local KIND = { "kind", labels = "kind", title = { en = "kind", zh = "类型" } }
local TEXT = { "text", optional = true, title = { en = "learned", zh = "内容" } }

-- Fields that other packs bring: a workspace may be without them.
local function fields_that_are_there()
  local there = {}
  for _, name in ipairs({ "failure", "heading", "measure", "none_because" }) do
    if pcall(kehu.interactions, { columns = name, limit = 1 }) then there[#there + 1] = name end
  end
  return there
end

local function show(from, to)
  local rep = kehu.report.rep
  local is_wanted = function(row) return rep == nil or row.rep == rep.name end
  local sums, order = {}, {}
  local function sum_of(name)
    local key = name or ""
    if sums[key] == nil then
      sums[key] = {
        rep = name, planned = 0, kept = 0, visits = 0, calls = 0, others = 0, failed = 0, purchases = 0, amount = 0, collected = 0,
        complaints = 0, moved = 0, won = 0, won_amount = 0, lost = 0, done = 0, late = 0,
      }
      order[#order + 1] = sums[key]
    end
    return sums[key]
  end
  for each in kehu.reps() do
    if rep == nil or each.id == rep.id then sum_of(each.name) end
  end

  local columns = { "id", "customer", "customer_name", "kind", "happened", "rep", "channel", "amount", "outcome", "mood", "state", "about", "text" }
  for _, name in ipairs(fields_that_are_there()) do columns[#columns + 1] = name end
  local has = {}
  for _, name in ipairs(columns) do has[name] = true end

  local contacts, facts, findings, seen = {}, {}, {}, {}
  for i in kehu.interactions{
    where = "days_ago >= " .. (kehu.as_of - to) .. " and days_ago <= " .. (kehu.as_of - from), columns = columns,
  } do
    if is_wanted(i) then
      local sum, kind = sum_of(i.rep), i.kind
      local failure = has.failure and i.failure or nil
      local row = {
        id = i.id, day = i.happened, rep = i.rep, kind = kind, customer_name = i.customer_name, channel = i.channel,
        outcome = i.outcome, mood = i.mood, failure = failure, text = i.text,
      }
      if failure then sum.failed = sum.failed + 1 end
      if kind == "purchase" then
        if i.amount and i.amount >= 0 then sum.purchases = sum.purchases + 1 end
        sum.amount = sum.amount + (i.amount or 0)
      elseif kind == "receipt" then
        sum.collected = sum.collected + (i.amount or 0)
      elseif FACE_TO_FACE[kind] or kind == "call" or OTHER_CONTACTS[kind] then
        if FACE_TO_FACE[kind] then
          sum.visits = sum.visits + 1
          seen[i.customer] = seen[i.customer] or i.happened
        elseif kind == "call" then
          sum.calls = sum.calls + 1
        else
          sum.others = sum.others + 1
        end
        contacts[#contacts + 1] = row
      elseif has.heading and i.heading then
        row.heading = i.heading
        row.measure = i.measure or (i.none_because and say{ en = "none, because {why}", zh = "无，因为{why}", why = i.none_because })
        findings[#findings + 1] = row
      else
        if kind == "complaint" and i.about == nil then sum.complaints = sum.complaints + 1 end
        facts[#facts + 1] = row
      end
    end
  end

  local planned, ahead = {}, {}
  for v in kehu.planned_visits() do
    if is_wanted(v) then
      if v.day >= from and v.day <= to then
        local sum, made = sum_of(v.rep), seen[v.customer]
        sum.planned = sum.planned + 1
        if made then sum.kept = sum.kept + 1 end
        planned[#planned + 1] = { day = v.day, rep = v.rep, customer_name = v.customer_name, minutes = v.minutes, purpose = v.purpose, made = made }
      elseif v.day > to and v.day <= to + settings.ahead_days then
        ahead[#ahead + 1] = { day = v.day, rep = v.rep, what = say{ en = "planned visit", zh = "计划拜访" }, customer_name = v.customer_name, late = nil }
      end
    end
  end
  for t in kehu.tasks() do
    if is_wanted(t) then
      local sum = sum_of(t.rep)
      if t.state == "done" and t.since and t.since >= from and t.since <= to then
        sum.done = sum.done + 1
      elseif t.state == "open" or t.state == "snoozed" then
        local due = t.state == "snoozed" and t["until"] or t.due
        local late = due < kehu.as_of and kehu.as_of - due or nil
        if late then sum.late = sum.late + 1 end
        if due <= to + settings.ahead_days then
          ahead[#ahead + 1] = { day = due, rep = t.rep, what = t.what, customer_name = t.customer_name, late = late }
        end
      end
    end
  end

  local moves = {}
  for m in kehu.moves() do
    if m.happened >= from and m.happened <= to and is_wanted(m) then
      local sum = sum_of(m.rep)
      if m.role == "won" then
        sum.won, sum.won_amount = sum.won + 1, sum.won_amount + (m.amount or 0)
      elseif m.role == "lost" then
        sum.lost = sum.lost + 1
      else
        sum.moved = sum.moved + 1
      end
      moves[#moves + 1] = {
        day = m.happened, rep = m.rep, deal = m.deal, name = m.name, customer_name = m.customer_name, stage = m.stage,
        probability = m.probability, amount = m.amount, reason = m.reason,
      }
    end
  end

  local total = { visits = 0, calls = 0, amount = 0 }
  for _, sum in ipairs(order) do
    for key in pairs(total) do total[key] = total[key] + sum[key] end
  end
  local words = {
    of = rep and say{ en = " of {rep}", zh = "（{rep}）", rep = rep.name } or "", from = kehu.day.format(from), to = kehu.day.format(to),
    visits = total.visits, calls = total.calls, amount = kehu.amount(total.amount),
  }
  if from == to then
    words.en = "Daily report{of} for {from}: {visits} {visits|visit|visits}, {calls} {calls|call|calls}, {amount} sold"
    words.zh = "日报{of}，{from}：拜访 {visits} 次，电话 {calls} 次，成交 {amount}"
  else
    words.en = "Report{of} from {from} to {to}: {visits} {visits|visit|visits}, {calls} {calls|call|calls}, {amount} sold"
    words.zh = "工作报告{of}，{from} 至 {to}：拜访 {visits} 次，电话 {calls} 次，成交 {amount}"
  end
  print(say(words))
  kehu.facts{ from = words.from, to = words.to, visits = total.visits, calls = total.calls, amount = total.amount, rep = rep and rep.name }

  kehu.table{
    name = "reps", title = { en = "What was done", zh = "完成情况" },
    REP, { "planned", title = { en = "planned", zh = "计划拜访" } }, { "kept", title = { en = "of them made", zh = "其中完成" } },
    { "visits", title = { en = "visits", zh = "拜访" } }, { "calls", title = { en = "calls", zh = "电话" } },
    { "others", title = { en = "messages", zh = "消息" } }, { "failed", title = { en = "failed", zh = "失败" } },
    { "purchases", title = { en = "purchases", zh = "成交" } }, { "amount", as = "money", title = { en = "amount", zh = "金额" } },
    { "collected", as = "money", title = { en = "collected", zh = "回款" } }, { "complaints", title = { en = "complaints", zh = "投诉" } }, { "moved", title = { en = "deals moved", zh = "商机推进" } },
    { "won", title = { en = "won", zh = "赢单" } }, { "won_amount", as = "money", title = { en = "won amount", zh = "赢单金额" } },
    { "lost", title = { en = "lost", zh = "丢单" } }, { "done", title = { en = "tasks done", zh = "完成待办" } },
    { "late", optional = true, title = { en = "overdue", zh = "超期待办" } },
    rows = kehu.sort(order, "rep"),
  }
  kehu.table{
    name = "planned", limit = 30, title = { en = "Planned visits", zh = "计划的拜访" },
    DAY, REP, CUSTOMER, { "minutes", digits = 0, title = { en = "minutes", zh = "分钟" } },
    { "purpose", optional = true, title = { en = "purpose", zh = "目的" } }, { "made", optional = true, as = "day", title = { en = "made on", zh = "完成于" } },
    rows = kehu.sort(planned, "day", "rep", "customer_name"),
  }
  kehu.table{
    name = "contacts", limit = 30, title = { en = "Visits and calls", zh = "拜访与电话" },
    DAY, REP, KIND, CUSTOMER, { "channel", optional = true, title = { en = "channel", zh = "渠道" } }, { "outcome", optional = true, title = { en = "outcome", zh = "结果" } },
    { "mood", optional = true, title = { en = "mood", zh = "心情" } }, { "failure", optional = true, labels = "failure", title = { en = "failed because", zh = "失败原因" } }, TEXT,
    rows = kehu.sort(contacts, "day", "rep", "id"),
  }
  kehu.table{
    name = "facts", limit = 30, title = { en = "New facts", zh = "新情况" },
    DAY, REP, KIND, CUSTOMER, TEXT, rows = kehu.sort(facts, "day", "rep", "id"),
  }
  if #findings > 0 then
    kehu.table{
      name = "findings", title = { en = "Needs, satisfaction, competitors", zh = "需求、满意度、竞争对手" },
      REP, { "heading", labels = "heading", title = { en = "heading", zh = "栏目" } }, CUSTOMER, TEXT,
      { "measure", optional = true, title = { en = "measure", zh = "措施" } }, rows = kehu.sort(findings, "rep", "heading", "id"),
    }
  end
  kehu.table{
    name = "moves", limit = 30, title = { en = "Deals that moved", zh = "商机变动" },
    DAY, REP, { "deal", as = "deal", title = { en = "deal", zh = "编号" } }, { "name", title = { en = "name", zh = "商机" } }, CUSTOMER,
    { "stage", labels = "stage", title = { en = "into", zh = "进入阶段" } }, { "amount", optional = true, as = "money", title = { en = "amount", zh = "金额" } },
    { "reason", optional = true, title = { en = "reason", zh = "原因" } },
    rows = kehu.sort(moves, "day", "rep", "deal"),
  }
  kehu.table{
    name = "next", limit = 30,
    title = say{ en = "Next steps, up to {day}", zh = "下一步，至 {day}", day = kehu.day.format(to + settings.ahead_days) },
    DAY, REP, { "what", title = { en = "what", zh = "事项" } }, CUSTOMER, { "late", optional = true, title = { en = "days late", zh = "超期天数" } },
    rows = kehu.sort(ahead, "day", "rep", "customer_name"),
  }
end

return show
