-- Suggestions from their collection to their effect; objections: answered, heard out, never argued.

local settings = kehu.settings

for _, key in ipairs({ "objection", "objection_overdue", "suggestion" }) do
  if settings.priority[key] == nil then error("the setting priority lacks \"" .. key .. "\"") end
end
for _, key in ipairs({ "objection", "suggestion" }) do
  if settings.channel[key] == nil then error("the setting channel lacks \"" .. key .. "\"") end
end
for _, key in ipairs({ "high", "medium", "low" }) do
  if settings.begin_share[key] == nil then error("the setting begin_share lacks \"" .. key .. "\"") end
end

local no_objection = kehu.rule{
  id = "no_objection", input = "objections", op = "==", limit = 0,
  en = "no objection is recorded", zh = "没有异议记录",
}
local all_answered = kehu.rule{
  id = "all_answered",
  en = "{1} {1|objection|objections}, all answered",
  zh = "{1} 项异议，均已答复",
}
local is_open = kehu.rule{
  id = "is_open",
  en = "{1} {1|objection|objections} open, the first for {2} {2|day|days}; {3} to answer one",
  zh = "{1} 项异议未答复，最早一项已 {2} 天；须在 {3} 天内答复",
}
local is_overdue = kehu.rule{
  id = "is_overdue",
  en = "{1} {1|objection|objections} open, the first for {2} {2|day|days}: longer than {3}",
  zh = "{1} 项异议未答复，最早一项已 {2} 天，超过 {3} 天",
}
local as_obstacle = kehu.rule{
  id = "as_obstacle",
  en = "an open objection counts as an obstacle",
  zh = "未答复的异议按阻碍因素计",
}
local open_suggestions = kehu.rule{
  id = "open_suggestions",
  en = "{1} of {2} {2|suggestion|suggestions} not evaluated yet",
  zh = "{2} 项建议中 {1} 项尚未评估效果",
}

local answer_by = kehu.rule{
  id = "answer_by",
  en = "objection of {1}, to be answered in {2} {2|day|days}: {3}",
  zh = "{1} 的异议，须在 {2} 天内答复：{3}",
}
local answer_late = kehu.rule{
  id = "answer_late",
  en = "objection of {1} not answered in {2} {2|day|days}: {3}",
  zh = "{1} 的异议 {2} 天内未答复：{3}",
}
local assess_it = kehu.rule{
  id = "assess_it",
  en = "suggestion of {1}, to be assessed in {2} {2|day|days}: {3}",
  zh = "{1} 的建议，须在 {2} 天内评定：{3}",
}
local begin_it = kehu.rule{
  id = "begin_it",
  en = "suggestion of {1} assessed on {2}: work begins within {3} {3|day|days}: {4}",
  zh = "{1} 的建议于 {2} 评定：须在 {3} 天内开始落实：{4}",
}
local not_feasible = kehu.rule{
  id = "not_feasible",
  en = "suggestion of {1} is not feasible: say so to whoever made it, and close it: {2}",
  zh = "{1} 的建议不可行：告知提出者并结束：{2}",
}
local evaluate_it = kehu.rule{
  id = "evaluate_it",
  en = "suggestion of {1} in work since {2}: its effect is to be evaluated: {3}",
  zh = "{1} 的建议自 {2} 落实：评估其效果：{3}",
}
local its_due = kehu.rule{ id = "its_due", en = "due on {1}", zh = "期限 {1}" }
local no_owner = kehu.rule{ id = "no_owner", en = "it has no owner", zh = "尚无负责人" }

local hear_out = kehu.rule{
  id = "hear_out",
  en = "hear it out to the end; never argue, never contradict; ask what lies behind it",
  zh = "听客户说完；绝不争辩、不反驳；问清背后的顾虑",
}
local answer_actively = kehu.rule{
  id = "answer_actively",
  en = "then answer actively: take the concern seriously, bring facts or a reference, ask whether that answers it",
  zh = "然后积极答复：重视其顾虑，拿出事实或案例，询问是否已消除疑问",
}
local use_plan = kehu.rule{ id = "use_plan", en = "the answer that was prepared: {1}", zh = "已准备的答复：{1}" }
local prepare = kehu.rule{
  id = "prepare",
  en = "prepare the answer: kehu interaction edit {1} --field plan=…",
  zh = "先准备答复：kehu interaction edit {1} --field plan=…",
}
local with_manager = kehu.rule{
  id = "with_manager",
  en = "open for {1} {1|day|days}: answer it with the manager",
  zh = "已 {1} 天未答复：请经理一同答复",
}
local note_assessment = kehu.rule{
  id = "note_assessment",
  en = "note it: kehu interaction edit {1} --field feasibility=high|medium|low|none --field urgency=… --due … --rep …",
  zh = "请记录：kehu interaction edit {1} --field feasibility=high|medium|low|none --field urgency=… --due … --rep …",
}
local note_effect = kehu.rule{
  id = "note_effect",
  en = "note it: kehu interaction edit {1} --field effect=… --field reward=…",
  zh = "请记录：kehu interaction edit {1} --field effect=… --field reward=…",
}
local thank = kehu.rule{
  id = "thank",
  en = "tell whoever made it what became of it, and thank them",
  zh = "告知提出者结果并致谢",
}
local unassessed = kehu.rule{
  id = "unassessed",
  en = "the suggestion {1} is assessed without a feasibility",
  zh = "建议 {1} 已评定，但没有记录可行性",
}
local no_effect = kehu.rule{
  id = "no_effect",
  en = "the suggestion {1} is evaluated without an effect",
  zh = "建议 {1} 已评估，但没有记录效果",
}
local no_reward = kehu.rule{
  id = "no_reward",
  en = "the suggestion {1} had an effect, and no reward is noted",
  zh = "建议 {1} 已有效果，但没有记录奖励",
}
local unsaid_source = kehu.rule{
  id = "unsaid_source",
  en = "the suggestion {1} does not say from whom it comes: --field suggested_by=staff|prospect|customer",
  zh = "建议 {1} 没有注明来源：--field suggested_by=staff|prospect|customer",
}

local function show(day) return kehu.day.format(day) end
local function id_of(thread) return string.format("I-%d", thread.id) end

local function standing(c, ctx)
  local given = {
    open_suggestions = ctx:set("open_suggestions", c.suggestions_open, open_suggestions, c.suggestions_open, c.suggestions),
  }
  local days = c.open_objection_days
  local label
  if ctx:holds(no_objection) then
    label = ctx:label("objection_standing", "none", no_objection)
  elseif days == nil then
    label = ctx:label("objection_standing", "answered", all_answered, c.objections)
  else
    local late = days > settings.answer_days
    local rule = late and is_overdue or is_open
    label = ctx:label("objection_standing", late and "overdue" or "open", rule, c.objections_open, days, settings.answer_days)
    label:because(as_obstacle)
  end
  given.objection_standing = label
  return given
end

-- The day on which a thread came into the state that it is in.
local function since(thread)
  for at = #thread.steps, 1, -1 do
    if thread.steps[at].state == thread.state then return thread.steps[at].day end
  end
  return thread.opened
end

local function answer(objection, ctx)
  local due = objection.due or objection.opened + settings.answer_days
  local late = due < ctx.as_of
  local because = { { late and answer_late or answer_by, show(objection.opened), due - objection.opened, objection.text or "…" } }
  local guidance = { hear_out, answer_actively }
  local plan = objection.fields.plan
  guidance[3] = plan and { use_plan, plan } or { prepare, id_of(objection) }
  if objection.days_open >= settings.manager_days then guidance[4] = { with_manager, objection.days_open } end
  return ctx:propose{
    action = "answer_objection", channel = settings.channel.objection, about = objection.id, state = "answered",
    due = due, promised = true, fact_day = objection.opened, group = late and "overdue" or "objection",
    priority = late and settings.priority.objection_overdue or settings.priority.objection,
    because = because, guidance = guidance,
  }
end

local SOURCES = {
  staff = kehu.rule{ id = "from_staff", en = "suggested by staff", zh = "员工建议" },
  prospect = kehu.rule{ id = "from_prospect", en = "suggested by a prospect", zh = "潜在客户建议" },
  customer = kehu.rule{ id = "from_customer", en = "suggested by a customer", zh = "客户建议" },
}

local function work_on(suggestion, ctx)
  local fields, day = suggestion.fields, since(suggestion)
  local action, state, due, because, guidance
  local text = suggestion.text or "…"
  local opened = show(suggestion.opened)
  if suggestion.state == "collected" then
    action, state, due = "assess_suggestion", "assessed", day + settings.assess_days
    because = { { assess_it, opened, settings.assess_days, text } }
    guidance = { { note_assessment, id_of(suggestion) } }
  elseif suggestion.state == "assessed" and fields.feasibility == "none" then
    action, state, due = "evaluate_suggestion", "evaluated", day + settings.begin_days
    because = { { not_feasible, opened, text } }
    guidance = { thank }
  elseif suggestion.state == "assessed" then
    local days = math.ceil(settings.begin_days * settings.begin_share[fields.urgency or "medium"])
    action, state, due = "begin_suggestion", "in_work", day + days
    because = { { begin_it, opened, show(day), days, text } }
  elseif suggestion.state == "in_work" then
    action, state, due = "evaluate_suggestion", "evaluated", suggestion.due or day + settings.effect_days
    because = { { evaluate_it, opened, show(day), text } }
    guidance = { { note_effect, id_of(suggestion) }, thank }
  else
    -- A state of the workspace's own: people know what it means.
    return nil
  end
  because[#because + 1] = SOURCES[fields.suggested_by]
  if suggestion.due then because[#because + 1] = { its_due, show(suggestion.due) } end
  if suggestion.rep == nil then because[#because + 1] = no_owner end
  return ctx:propose{
    action = action, channel = settings.channel.suggestion, about = suggestion.id, state = state, due = due, promised = suggestion.due ~= nil,
    fact_day = day, priority = settings.priority.suggestion, group = "suggestion", because = because, guidance = guidance,
  }
end

local function follow_up(_, case, ctx)
  local made = {}
  for _, thread in ipairs(case.threads) do
    if thread.open and thread.kind == "objection" then
      made[#made + 1] = answer(thread, ctx)
    elseif thread.open and thread.kind == "suggestion" then
      made[#made + 1] = work_on(thread, ctx)
    end
    if #made == 40 then break end
  end
  return made
end

local function is_said(text) return type(text) == "string" and kehu.text.trim(text) ~= "" end

-- What was said with a step or with the suggestion itself, whose words both are.
local function said(event, name)
  local own = event.after.fields and event.after.fields[name]
  if own ~= nil then return own end
  local head = event.about
  return head and head.fields and head.fields[name]
end

local function on_event(_, event, ctx)
  if event.record ~= "interaction" or event.change ~= "added" then return nil end
  local after, head = event.after, event.about
  if event.kind == "suggestion" and head == nil then
    if said(event, "suggested_by") then return nil end
    return ctx:warn{ because = { { unsaid_source, string.format("I-%d", event.id) } } }
  end
  if head == nil or head.kind ~= "suggestion" then return nil end
  local id = string.format("I-%d", head.id)
  if after.state == "assessed" and said(event, "feasibility") == nil then
    return ctx:warn{ because = { { unassessed, id } }, advice = { { note_assessment, id } } }
  elseif after.state == "evaluated" and said(event, "feasibility") ~= "none" then
    if not is_said(said(event, "effect")) then
      return ctx:warn{ because = { { no_effect, id } }, advice = { { note_effect, id } } }
    elseif not is_said(said(event, "reward")) then
      return ctx:warn{ because = { { no_reward, id } }, advice = { { note_effect, id } } }
    end
  end
  return nil
end

return { standing = standing, follow_up = follow_up, on_event = on_event }
