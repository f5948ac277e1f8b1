-- Stage rules: what must be on file before a deal moves on, and when it is too early.

local settings = kehu.settings

local function set(list)
  local found = {}
  for _, each in ipairs(list) do found[each] = true end
  return found
end
local presenting, coach_moves, key_tiers = set(settings.presenting), set(settings.coach_moves), set(settings.key_tiers)

local function words_of(text)
  local found = {}
  for word in string.gmatch(text, "[^,]+") do
    local trimmed = kehu.text.trim(word)
    if trimmed ~= "" then found[#found + 1] = trimmed end
  end
  return found
end

local no_reason_skip = kehu.rule{
  id = "no_reason_skip",
  en = "passes over {1}: this needs a reason",
  zh = "跳过 {1}：须写明原因",
}
local no_reason_back = kehu.rule{
  id = "no_reason_back",
  en = "goes back from {1} to {2}: this needs a reason",
  zh = "由 {1} 退回 {2}：须写明原因",
}
local no_reason_reopen = kehu.rule{
  id = "no_reason_reopen",
  en = "leaves the closed stage {1}: this needs a reason",
  zh = "离开已结束的阶段 {1}：须写明原因",
}
local give_reason = kehu.rule{
  id = "give_reason",
  en = "say why with --reason; the deal's history keeps it",
  zh = "请用 --reason 写明原因，商机历史会保留",
}
local skipped = kehu.rule{ id = "skipped", en = "passes over {1}, because: {2}", zh = "跳过 {1}，原因：{2}" }
local went_back = kehu.rule{
  id = "went_back",
  en = "goes back from {1} to {2}, because: {3}",
  zh = "由 {1} 退回 {2}，原因：{3}",
}

local MISSING = {
  need = {
    kehu.rule{
      id = "no_need",
      en = "no need is recorded, which stage {1} asks for",
      zh = "尚未记录需求，阶段 {1} 要求先有需求",
    },
    kehu.rule{
      id = "record_need",
      en = "draw out the real need and record it: kehu log need {2} --text …",
      zh = "引出真实需求并记录：kehu log need {2} --text …",
    },
  },
  needs_met = {
    kehu.rule{ id = "need_open", en = "a need is not met yet: {3}", zh = "有需求尚未满足：{3}" },
    kehu.rule{
      id = "show_functions",
      en = "show the functions that meet it, on site where needed; then: kehu log need {2} --about {4} --state met",
      zh = "演示能满足该需求的功能，必要时到现场；然后：kehu log need {2} --about {4} --state met",
    },
  },
  no_blocking_obstacle = {
    kehu.rule{ id = "blocked", en = "an obstacle is open: {3}", zh = "有阻碍因素未解决：{3}" },
    kehu.rule{
      id = "remove_obstacle",
      en = "work on the plan against it, with a manager if needed; then: kehu log {5} {2} --about {4} --state {6}",
      zh = "按对策解决，必要时请经理出面；然后：kehu log {5} {2} --about {4} --state {6}",
    },
  },
  plan = {
    kehu.rule{ id = "no_plan", en = "an obstacle has no plan or answer: {3}", zh = "有阻碍因素没有对策：{3}" },
    kehu.rule{
      id = "record_plan",
      en = "record one: kehu interaction edit {4} --field plan=…",
      zh = "请记录对策：kehu interaction edit {4} --field plan=…",
    },
  },
  contact = {
    kehu.rule{ id = "no_contact", en = "no person at the customer is recorded", zh = "尚未记录客户联系人" },
    kehu.rule{ id = "add_contact", en = "kehu contact add {2} NAME", zh = "kehu contact add {2} 姓名" },
  },
  coach = {
    kehu.rule{ id = "no_coach", en = "no coach is known at the customer", zh = "尚无教练" },
    kehu.rule{
      id = "find_coach",
      en = "find one: first an acquaintance inside; else survey the organisation and begin with whoever is easiest to approach",
      zh = "寻找教练：先找内部熟人；没有则摸清整个组织，从最容易接近的人开始",
    },
  },
  amount = {
    kehu.rule{ id = "no_amount", en = "the amount is not known", zh = "金额未知" },
    kehu.rule{
      id = "set_amount",
      en = "say it with --amount, or: kehu deal edit {7} --amount …",
      zh = "用 --amount 写明，或：kehu deal edit {7} --amount …",
    },
  },
  owner = {
    kehu.rule{ id = "no_owner", en = "nobody is named who has the deal", zh = "商机没有负责人" },
    kehu.rule{ id = "set_owner", en = "kehu deal edit {7} --rep NAME", zh = "kehu deal edit {7} --rep 姓名" },
  },
  visits = {
    kehu.rule{
      id = "few_visits",
      en = "{3} {3|visit|visits} on file, {8} asked for",
      zh = "已有拜访 {3} 次，要求 {8} 次",
    },
    kehu.rule{
      id = "visit_more",
      en = "visit the customer: kehu log visit {2}",
      zh = "请先拜访：kehu log visit {2}",
    },
  },
  field = {
    kehu.rule{ id = "no_field", en = "the field \"{3}\" is empty", zh = "字段“{3}”为空" },
    kehu.rule{
      id = "fill_field",
      en = "fill it: kehu deal edit {7} --field {3}=…",
      zh = "请填写：kehu deal edit {7} --field {3}=…",
    },
  },
  kind = {
    kehu.rule{ id = "no_kind", en = "{8} \"{3}\" asked for, {4} on file", zh = "要求 {8} 次“{3}”，现有 {4} 次" },
    kehu.rule{ id = "log_kind", en = "kehu log {3} {2}", zh = "kehu log {3} {2}" },
  },
}
local look_yourself = kehu.rule{
  id = "look_yourself",
  en = "stage {1} also asks: {2}; see to it yourself",
  zh = "阶段 {1} 还要求：{2}；请自行确认",
}
local stalled = kehu.rule{
  id = "stalled",
  en = "{1} {1|day|days} in {2}, at most {3}: the deal is stalled",
  zh = "在 {2} 已 {1} 天，最长 {3} 天：商机停滞",
}
local open_threads = kehu.rule{
  id = "open_threads",
  en = "{1} {1|obstacle or objection|obstacles and objections} open",
  zh = "{1} 项阻碍或异议未解决",
}
local answer_them = kehu.rule{
  id = "answer_them",
  en = "give each a plan or an answer; hear objections out, never argue",
  zh = "逐项给出对策或答复；听完异议，绝不争辩",
}
local agree_next = kehu.rule{
  id = "agree_next",
  en = "agree the next step with the customer, and its day",
  zh = "与客户约定下一步与日期",
}
local STAGES = {}
for _, each in ipairs(settings.stage_advice) do
  STAGES[each.key] = kehu.rule{ id = "stage_" .. each.key, en = each.en, zh = each.zh }
end
local sign_promptly = kehu.rule{
  id = "sign_promptly",
  en = "sign promptly, before the deal is lost",
  zh = "及时签约，以免丢单",
}

local too_early = kehu.rule{
  id = "too_early",
  en = "{1} before any need is recorded: presenting before the need is known is the commonest mistake (AIDMAS)",
  zh = "尚未记录需求就做{2}：在不了解需求时介绍产品是最常见的错误（AIDMAS）",
}
local desire_first = kehu.rule{
  id = "desire_first",
  en = "draw out the need by continued talk and record it: kehu log need {1} --text …",
  zh = "通过持续交谈引出需求并记录：kehu log need {1} --text …",
}
local coach_unknown = kehu.rule{
  id = "coach_unknown",
  en = "{1} on a key customer without a coach",
  zh = "对重点客户做{2}，却没有教练",
}
local coach_unasked = kehu.rule{
  id = "coach_unasked",
  en = "{1} on a key customer, and the coach was not asked for {3} {3|day|days} (at most {4})",
  zh = "对重点客户做{2}，而已 {3} 天未问教练（最长 {4} 天）",
}
local coach_never = kehu.rule{
  id = "coach_never",
  en = "{1} on a key customer, and the coach was never asked",
  zh = "对重点客户做{2}，而从未问过教练",
}
local ask_three = kehu.rule{
  id = "ask_three",
  en = "ask the coach: what has changed lately, what should we do, is this plan right; then: kehu log coach_talk {1}",
  zh = "问教练三件事：最近有什么变化、我们该怎么做、这个方案对不对；然后：kehu log coach_talk {1}",
}
local find_one = kehu.rule{
  id = "find_one",
  en = "find one: first an acquaintance inside; else survey the organisation and begin with whoever is easiest to approach",
  zh = "寻找教练：先找内部熟人；没有则摸清整个组织，从最容易接近的人开始",
}
local ask_coach = kehu.rule{ id = "ask_coach", en = "ask the coach", zh = "问教练" }
local has_joined = kehu.rule{ id = "has_joined", en = "{1} has joined the customer", zh = "{1} 到任" }
local has_moved = kehu.rule{
  id = "has_moved",
  en = "{1} has another role or department",
  zh = "{1} 的职务或部门有变动",
}
local reorganised = kehu.rule{ id = "reorganised", en = "the customer has reorganised", zh = "客户组织有变动" }

-- What people read of the kinds that this pack knows; others are called by their names.
local KIND_WORDS = {
  presentation = { "a presentation", "产品演示" }, proposal = { "a proposal", "方案提交" },
  leadership_visit = { "a visit by our leadership", "领导拜访" }, negotiation = { "a negotiation", "商务谈判" },
  deep_relationship = { "deep relationship work", "深度公关" },
}
local function kind_words(kind)
  local words = KIND_WORDS[kind]
  if words then return words[1], words[2] end
  return kind, kind
end

local function id_of(letter, id) return id and string.format("%s-%d", letter, id) or letter .. "-…" end

local function about_deal(thread, case)
  return thread.deal == nil or case.deal.id == nil or thread.deal == case.deal.id
end

local function find(case, wanted)
  for _, thread in ipairs(case.threads) do
    if about_deal(thread, case) and wanted(thread) then return thread end
  end
  return nil
end

local function is_hindrance(thread)
  return (thread.kind == "obstacle" or thread.kind == "objection") and thread.open
end

local function has_coach(contacts)
  for _, contact in ipairs(contacts) do
    if contact.coach then return true end
  end
  return false
end

local function count_kind(case, kind)
  local count = 0
  for _, each in ipairs(case.interactions) do
    if each.kind == kind and about_deal(each, case) then count = count + 1 end
  end
  return count
end

-- A field of the deal or of the customer; an unknown one is as empty as an unfilled one.
local function field_of(case, name)
  for _, record in ipairs({ case.deal, case.customer }) do
    for key, value in pairs(record and record.fields or {}) do
      if key == name and value ~= nil and value ~= "" and value ~= false then return value end
    end
  end
  return nil
end

-- What a criterion lacks: its key in MISSING and the arguments from {3} on; nil if it is met, false if
-- nobody but a person can tell.
local function lacking(word, case, c)
  local kind, count = string.match(word, "^([%l_]+):(.+)$")
  if word == "need" then
    local found = find(case, function(t) return t.kind == "need" and t.state ~= "dropped" end)
    return not found and { "need" } or nil
  elseif word == "needs_met" then
    local found = find(case, function(t) return t.kind == "need" and t.open end)
    return found and { "needs_met", found.text or "…", id_of("I", found.id) } or nil
  elseif word == "no_blocking_obstacle" then
    local found = find(case, function(t) return is_hindrance(t) and t.fields.blocking ~= false end)
    if not found then return nil end
    local state = found.kind == "obstacle" and "removed" or "answered"
    return { "no_blocking_obstacle", found.text or "…", id_of("I", found.id), found.kind, state }
  elseif word == "plan" then
    local found = find(case, function(t) return is_hindrance(t) and t.fields.plan == nil end)
    return found and { "plan", found.text or "…", id_of("I", found.id) } or nil
  elseif word == "contact" then
    return #case.contacts == 0 and { "contact" } or nil
  elseif word == "coach" then
    return not has_coach(case.contacts) and { "coach" } or nil
  elseif word == "amount" then
    return not (case.deal.amount or case.move.amount) and { "amount" } or nil
  elseif word == "owner" then
    return not case.deal.rep and { "owner" } or nil
  elseif kind == "visits" and tonumber(count) then
    local visits = c.visits or 0
    return visits < tonumber(count) and { "visits", visits, nil, nil, nil, tonumber(count) } or nil
  elseif kind == "field" then
    return field_of(case, count) == nil and { "field", count } or nil
  elseif kind and tonumber(count) then
    local found = count_kind(case, kind)
    return found < tonumber(count) and { "kind", kind, found, nil, nil, tonumber(count) } or nil
  end
  return false
end

local function criteria_of(stage)
  if #stage.exit_criteria > 0 then return stage.exit_criteria end
  return words_of(settings.criteria[stage.name] or "")
end

-- Everything that a move lacks, with what to do, and what a person has to see to.
local function check(case, c)
  local because, advice, asks = {}, {}, {}
  local customer = case.customer and id_of("C", case.customer.id) or "…"
  local deal = id_of("D", case.deal.id)
  local function look(stage, words)
    for _, word in ipairs(words) do
      local found = lacking(word, case, c)
      if found == false then
        asks[#asks + 1] = { look_yourself, stage, word }
      elseif found then
        local rules = MISSING[found[1]]
        because[#because + 1] = { rules[1], stage, customer, found[2], found[3], found[4], found[5], deal, found[6] }
        advice[#advice + 1] = { rules[2], stage, customer, found[2], found[3], found[4], found[5], deal, found[6] }
      end
    end
  end
  look(case.stage.name, criteria_of(case.stage))
  for _, name in ipairs(case.move.passed) do look(name, words_of(settings.criteria[name] or "")) end
  return because, advice, asks
end

local function judge_move(c, case, ctx)
  local move, from = case.move, case.stage
  if from == nil or move.to.role == "lost" then return nil end
  local reason = move.reason and kehu.text.trim(move.reason) ~= "" and move.reason
  local passed = table.concat(move.passed, ", ")
  if move.direction == "back" then
    if not reason then return ctx:refuse{ because = { { no_reason_back, from.name, move.to.name } }, advice = give_reason } end
    return ctx:allow{ because = { { went_back, from.name, move.to.name, reason } } }
  elseif move.direction == "reopen" then
    if not reason then return ctx:refuse{ because = { { no_reason_reopen, from.name } }, advice = give_reason } end
    return nil
  end
  local because, advice, asks = check(case, c)
  local is_skip = move.direction == "skip"
  if is_skip and not reason then
    because[#because + 1] = { no_reason_skip, passed }
    advice[#advice + 1] = give_reason
  end
  local must_stop = settings.refuses or (is_skip and not reason)
  if #because > 0 and must_stop then
    return ctx:refuse{ because = because, advice = advice }
  end
  for _, ask in ipairs(asks) do because[#because + 1] = ask end
  if is_skip and reason then because[#because + 1] = { skipped, passed, reason } end
  if #because > 0 then return ctx:warn{ because = because, advice = #advice > 0 and advice or nil } end
  return nil
end

local function advice_of(stage)
  local own = STAGES[stage.name]
  if own then return own end
  return (stage.probability or 0) > settings.near_probability and sign_promptly or agree_next
end

local function judge_stay(case, ctx)
  if case.stage == nil then return nil end
  local because, advice = {}, {}
  local most = case.stage.longest_stay
  if most and case.deal.days_in_stage > most then
    because[1] = { stalled, case.deal.days_in_stage, case.stage.name, most }
    advice[1] = advice_of(case.stage)
  end
  local open = 0
  for _, thread in ipairs(case.threads) do
    if about_deal(thread, case) and is_hindrance(thread) then open = open + 1 end
  end
  if open > 0 then
    because[#because + 1] = { open_threads, open }
    advice[#advice + 1] = answer_them
  end
  if #because == 0 then return nil end
  return ctx:warn{ because = because, advice = advice }
end

local function stage(c, case, ctx)
  if case.move then return judge_move(c, case, ctx) end
  return judge_stay(case, ctx)
end

local function coach_warning(c, event, ctx)
  local is_key = c.key_account or (c.tier and key_tiers[c.tier])
  if not is_key or not coach_moves[event.kind] then return nil end
  local en, zh = kind_words(event.kind)
  local customer = id_of("C", event.customer and event.customer.id)
  if not has_coach(event.contacts) then
    return ctx:warn{ because = { { coach_unknown, en, zh } }, advice = find_one }
  end
  if c.coach_talk_days == nil then
    return ctx:warn{ because = { { coach_never, en, zh } }, advice = { { ask_three, customer } } }
  end
  if c.coach_talk_days > settings.coach_days then
    return ctx:warn{
      because = { { coach_unasked, en, zh, c.coach_talk_days, settings.coach_days } },
      advice = { { ask_three, customer } },
    }
  end
  return nil
end

-- What a change at the customer is, if it is one that the coach should be asked about.
local function change_of(event)
  if event.record == "contact" and event.change == "added" and not event.after.coach then
    return { has_joined, event.after.name }
  elseif event.record == "contact" and event.change == "changed" then
    local before, after = event.before, event.after
    if before.role ~= after.role or before.department ~= after.department then return { has_moved, after.name } end
  elseif event.record == "interaction" and event.change == "added" and event.kind == "reorganisation" then
    return { reorganised }
  end
  return nil
end

local function on_event(c, event, ctx)
  local made = {}
  if event.record == "interaction" and event.change == "added" then
    if presenting[event.kind] and (c.needs_recorded or 0) == 0 then
      local en, zh = kind_words(event.kind)
      local customer = id_of("C", event.customer and event.customer.id)
      made[#made + 1] = ctx:warn{ because = { { too_early, en, zh } }, advice = { { desire_first, customer } } }
    end
    made[#made + 1] = coach_warning(c, event, ctx)
  end
  local change = change_of(event)
  if change and has_coach(event.contacts) then
    made[#made + 1] = ctx:task{ what = ask_coach, due = event.day + 1, because = { change } }
  end
  return made
end

return { stage = stage, on_event = on_event }
