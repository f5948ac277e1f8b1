-- Complaints and promises: what is overdue comes first, and nobody avoids a customer who complains.

local settings = kehu.settings

for _, key in ipairs({ "overdue", "acknowledge", "resolve", "promise", "confirm", "rebuild" }) do
  if settings.priority[key] == nil then error("the setting priority lacks \"" .. key .. "\"") end
end
if settings.resolve_hours < settings.acknowledge_hours then
  error("the setting resolve_hours is " .. settings.resolve_hours .. ", below acknowledge_hours, which is "
    .. settings.acknowledge_hours)
end

local MINUTES_A_DAY = 1440

local no_complaint = kehu.rule{
  id = "no_complaint", input = "complaints", op = "==", limit = 0,
  en = "no complaint is recorded", zh = "没有投诉记录",
}
local is_open = kehu.rule{
  id = "is_open",
  en = "{1} {1|complaint|complaints} open, the first for {2} {2|hour|hours}; {3} hours to resolve one",
  zh = "{1} 宗投诉未结，最早一宗已 {2} 小时；须在 {3} 小时内解决",
}
local is_overdue = kehu.rule{
  id = "is_overdue",
  en = "{1} {1|complaint|complaints} open, the first for {2} hours ({4} {4|day|days}): longer than the {3} hours to resolve one",
  zh = "{1} 宗投诉未结，最早一宗已 {2} 小时（{4} 天），超过解决时限 {3} 小时",
}
local is_unacknowledged = kehu.rule{
  id = "is_unacknowledged",
  en = "a complaint of {1} {1|hour|hours} ago is not acknowledged, longer than the {2} hours for that",
  zh = "有投诉已 {1} 小时未受理，超过受理时限 {2} 小时",
}
local all_served = kehu.rule{
  id = "all_served",
  en = "{1} {1|complaint|complaints}, all resolved", zh = "{1} 宗投诉，均已解决",
}
local uncontacted = kehu.rule{
  id = "uncontacted",
  en = "complaint open for {1} {1|day|days} and no contact since: do not avoid the customer",
  zh = "投诉未结已 {1} 天，其间没有联系：不要回避投诉的客户",
}
local falling = kehu.rule{
  id = "falling",
  en = "complaint open for {1} {1|day|days}, and contacts fell from {2} to {3} in {4} days: do not avoid the customer",
  zh = "投诉未结已 {1} 天，{4} 天内联系由 {2} 次降到 {3} 次：不要回避投诉的客户",
}
local not_avoided = kehu.rule{
  id = "not_avoided",
  en = "complaint open for {1} {1|day|days}, {2} {2|contact|contacts} in {3} days, {4} before",
  zh = "投诉未结已 {1} 天，近 {3} 天联系 {2} 次，此前 {4} 次",
}
local too_early = kehu.rule{
  id = "too_early",
  en = "complaint open for {1} {1|day|days}, avoidance is looked for after {2}",
  zh = "投诉未结已 {1} 天，满 {2} 天后才判断是否回避",
}
local nothing_open = kehu.rule{
  id = "nothing_open", input = "open_complaint_days", op = "missing",
  en = "no complaint is open", zh = "没有未结投诉",
}
local came_back = kehu.rule{
  id = "came_back",
  en = "complained {1} {1|day|days} ago, served, bought again {2} {2|day|days} ago",
  zh = "{1} 天前投诉并已解决，{2} 天前再次购买",
}
local stayed_away = kehu.rule{
  id = "stayed_away",
  en = "complained {1} {1|day|days} ago, served, and has not bought since", zh = "{1} 天前投诉并已解决，此后未购买",
}
local never_served = kehu.rule{
  id = "never_served", input = "served_complaint_days", op = "missing",
  en = "no complaint was resolved yet", zh = "尚无已解决的投诉",
}

local acknowledge_by = kehu.rule{
  id = "acknowledge_by",
  en = "complaint of {1}, to be acknowledged in {2} hours: by {3}", zh = "{1} 的投诉，须在 {2} 小时内受理：{3} 前",
}
local acknowledge_late = kehu.rule{
  id = "acknowledge_late",
  en = "complaint of {1} not acknowledged in {2} hours: overdue since {3}",
  zh = "{1} 的投诉未在 {2} 小时内受理：{3} 起已超时",
}
local resolve_by = kehu.rule{
  id = "resolve_by",
  en = "complaint of {1}, to be resolved in {2} hours: by {3}", zh = "{1} 的投诉，须在 {2} 小时内解决：{3} 前",
}
local resolve_late = kehu.rule{
  id = "resolve_late",
  en = "complaint of {1} not resolved in {2} hours: overdue since {3}",
  zh = "{1} 的投诉未在 {2} 小时内解决：{3} 起已超时",
}
local confirm_it = kehu.rule{
  id = "confirm_it",
  en = "complaint of {1} resolved on {2}: the customer is to confirm it", zh = "{1} 的投诉于 {2} 解决：请客户确认",
}
local rebuild_it = kehu.rule{
  id = "rebuild_it",
  en = "complaint of {1} confirmed on {2}: {3} {3|day|days} later the relationship is cared for, since a complainant served well becomes loyal",
  zh = "{1} 的投诉于 {2} 确认解决：{3} 天后做关系回访；投诉得到妥善处理的客户会成为忠诚客户",
}
local promised = kehu.rule{
  id = "promised", en = "promised by {1} on {2} for {3}: {4}", zh = "{1} 于 {2} 承诺，{3} 前兑现：{4}",
}
local promise_late = kehu.rule{
  id = "promise_late",
  en = "promised by {1} on {2} for {3}, overdue: {4}", zh = "{1} 于 {2} 承诺，应在 {3} 前兑现，已超期：{4}",
}
local no_day = kehu.rule{
  id = "no_day", en = "no day was said, so it is due after {1} {1|day|days}", zh = "未约定日期，按 {1} 天计",
}

local hear_out = kehu.rule{
  id = "hear_out",
  en = "hear the customer out, do not argue; say what happens next, and by when", zh = "听客户说完，不争辩；告知下一步与时间",
}
local ask_cause = kehu.rule{
  id = "ask_cause",
  en = "record the cause and the improvement: kehu interaction edit {1} --field cause=… --field improvement=…",
  zh = "记录原因与改进措施：kehu interaction edit {1} --field cause=… --field improvement=…",
}
local ask_satisfied = kehu.rule{
  id = "ask_satisfied",
  en = "ask whether all is well now, and what else we can improve", zh = "询问现在是否满意，还有哪些可以改进",
}
local no_cause = kehu.rule{
  id = "no_cause", en = "the complaint {1} is resolved without a cause on file", zh = "投诉 {1} 已解决，但没有记录原因",
}

local function show(day) return kehu.day.format(day) end

-- The day and the words of a deadline some hours after a thread began. A complaint without a time of
-- day counts from the end of its day, as its hours do.
local function deadline(thread, hours)
  local minute = thread.steps[1].minute
  local total = (minute or MINUTES_A_DAY) + hours * 60
  local day = thread.opened + math.floor(total / MINUTES_A_DAY)
  if minute == nil then
    -- Midnight belongs to the day that ends.
    if total % MINUTES_A_DAY == 0 then day = day - 1 end
    return day, show(day)
  end
  local rest = math.floor(total % MINUTES_A_DAY)
  return day, string.format("%s %02d:%02d", show(day), math.floor(rest / 60), rest % 60)
end

-- To a hundredth: a minute past the limit is seen.
local function shown_hours(hours) return math.floor(hours * 100 + 0.5) / 100 end

-- How the open complaints stand: each deadline that one of them is past is a reason.
local function open_standing(c, ctx)
  local hours, unheard = c.open_complaint_hours or 0, c.unacknowledged_hours
  local label
  if hours > settings.resolve_hours then
    label = ctx:label("complaint_standing", "overdue", is_overdue, c.open_complaints, shown_hours(hours), settings.resolve_hours, c.open_complaint_days)
  end
  if unheard and unheard > settings.acknowledge_hours then
    local one, two = shown_hours(unheard), settings.acknowledge_hours
    if label then
      label:because(is_unacknowledged, one, two)
    else
      label = ctx:label("complaint_standing", "overdue", is_unacknowledged, one, two)
    end
  end
  return label or ctx:label("complaint_standing", "open", is_open, c.open_complaints, shown_hours(hours), settings.resolve_hours)
end

local function avoidance(days, c)
  if days < settings.avoid_after then return nil, { too_early, days, settings.avoid_after } end
  if c.last_contact_days == nil or c.last_contact_days > days then return true, { uncontacted, days } end
  if c.contacts_lately < c.contacts_before * settings.avoid_share then
    return true, { falling, days, c.contacts_before, c.contacts_lately, settings.avoid_window }
  end
  return false, { not_avoided, days, c.contacts_lately, settings.avoid_window, c.contacts_before }
end

local function standing(c, ctx)
  local given = {}
  local days = c.open_complaint_days
  if ctx:holds(no_complaint) then
    given.complaint_standing = ctx:label("complaint_standing", "none", no_complaint)
  elseif days == nil then
    given.complaint_standing = ctx:label("complaint_standing", "served", all_served, c.complaints)
  else
    given.complaint_standing = open_standing(c, ctx)
  end
  if days == nil then
    given.avoided = ctx:missing("avoided", nothing_open)
  else
    local is_avoided, why = avoidance(days, c)
    -- Whoever was heard about an old complaint may still wait to be heard about a later one.
    local latest = c.latest_open_complaint_days
    if not is_avoided and latest and latest < days then
      local too, why_too = avoidance(latest, c)
      if too then is_avoided, why = too, why_too end
    end
    given.avoided = ctx:set("avoided", is_avoided == true, why[1], why[2], why[3], why[4], why[5])
  end
  local served, bought = c.served_complaint_days, c.recency_days
  if served == nil then
    given.bought_again = ctx:missing("bought_again", never_served)
  elseif bought and bought < served then
    given.bought_again = ctx:set("bought_again", true, came_back, served, bought)
  else
    given.bought_again = ctx:set("bought_again", false, stayed_away, served)
  end
  return given
end

-- The last step that put a thread into a state.
local function since(thread, state)
  for at = #thread.steps, 1, -1 do
    if thread.steps[at].state == state then return thread.steps[at] end
  end
  return thread.steps[#thread.steps]
end

local function shown_id(thread) return string.format("I-%d", thread.id) end

local function work_on(complaint, c, ctx)
  local is_new = complaint.state == "opened"
  local hours = is_new and settings.acknowledge_hours or settings.resolve_hours
  local due, by = deadline(complaint, hours)
  local is_late = complaint.hours_open > hours
  local by_rule = is_new and acknowledge_by or resolve_by
  local late_rule = is_new and acknowledge_late or resolve_late
  local because = { { is_late and late_rule or by_rule, show(complaint.opened), hours, by } }
  if is_new then
    local _, last_by = deadline(complaint, settings.resolve_hours)
    if complaint.hours_open > settings.resolve_hours then
      because[2] = { resolve_late, show(complaint.opened), settings.resolve_hours, last_by }
    end
  end
  local is_avoided, why = avoidance(complaint.days_open, c)
  if is_avoided then because[#because + 1] = why end
  local guidance = { hear_out }
  if not is_new and complaint.fields.cause == nil then
    guidance[2] = { ask_cause, shown_id(complaint) }
  end
  local step = is_new and "acknowledge" or "resolve"
  return ctx:propose{
    action = step, channel = settings.channel, about = complaint.id,
    state = is_new and "acknowledged" or "resolved", due = due, promised = true, fact_day = complaint.opened,
    priority = is_late and settings.priority.overdue or settings.priority[step],
    group = is_late and "overdue" or "complaint", because = because, guidance = guidance,
  }
end

local function confirm(complaint, ctx)
  local resolved = since(complaint, "resolved")
  local guidance = { ask_satisfied }
  if complaint.fields.cause == nil then guidance[2] = { ask_cause, shown_id(complaint) } end
  return ctx:propose{
    action = "confirm", channel = settings.channel, about = complaint.id, state = "confirmed",
    due = resolved.day + settings.confirm_days, fact_day = resolved.day,
    priority = settings.priority.confirm, group = "complaint",
    because = { { confirm_it, show(complaint.opened), show(resolved.day) } }, guidance = guidance,
  }
end

local function rebuild(complaint, c, ctx)
  local confirmed = since(complaint, "confirmed")
  local last = complaint.steps[#complaint.steps]
  local due = confirmed.day + settings.rebuild_days
  local contacted = c.last_contact_days and ctx.as_of - c.last_contact_days
  -- A call about it after the confirmation, or any contact once it was due, has done it.
  if last.day > confirmed.day or (contacted and contacted >= due) then return nil end
  if ctx.as_of > confirmed.day + settings.rebuild_until then return nil end
  return ctx:propose{
    action = "rebuild", channel = settings.channel, about = complaint.id, due = due,
    fact_day = confirmed.day, priority = settings.priority.rebuild, group = "complaint",
    because = { { rebuild_it, show(complaint.opened), show(confirmed.day), settings.rebuild_days } },
    guidance = { ask_satisfied },
  }
end

local function keep(promise, ctx)
  local due = promise.due or promise.opened + settings.promise_days
  local is_late = due < ctx.as_of
  local because = { {
    is_late and promise_late or promised, promise.rep, show(promise.opened), show(due), promise.text,
  } }
  if promise.due == nil then because[2] = { no_day, settings.promise_days } end
  return ctx:propose{
    action = "keep_promise", channel = settings.channel, about = promise.id, state = "kept",
    due = due, promised = true, fact_day = promise.opened, deal = nil,
    priority = is_late and settings.priority.overdue or settings.priority.promise,
    group = is_late and "overdue" or "promise", because = because,
  }
end

local function follow_up(c, case, ctx)
  local proposals = {}
  for _, thread in ipairs(case.threads) do
    local found
    if thread.kind == "complaint" and thread.open then
      found = work_on(thread, c, ctx)
    elseif thread.kind == "complaint" and thread.state == "resolved" then
      found = confirm(thread, ctx)
    elseif thread.kind == "complaint" and thread.state == "confirmed" then
      found = rebuild(thread, c, ctx)
    elseif thread.kind == "promise" and thread.open then
      found = keep(thread, ctx)
    end
    proposals[#proposals + 1] = found
  end
  return proposals
end

-- Each complaint has a cause: who resolves one without saying it is told.
local function on_event(c, event, ctx)
  if event.record ~= "interaction" or event.change == "removed" then return end
  local complaint = event.about
  if event.after.state ~= "resolved" or complaint == nil or complaint.kind ~= "complaint" then return end
  if complaint.fields.cause or event.after.fields.cause then return end
  local id = string.format("I-%d", complaint.id)
  return ctx:warn{ because = { { no_cause, id } }, advice = { { ask_cause, id } } }
end

return { standing = standing, follow_up = follow_up, on_event = on_event }
