-- Ownership: one responsible rep for each customer; untouched ones return to the public pool.

local settings = kehu.settings
local text = kehu.text

for _, key in ipairs({ "warning", "return" }) do
  if settings.priority[key] == nil then error("the setting priority lacks \"" .. key .. "\"") end
end

local function plain(word) return text.trim(text.lower(text.narrow(word))) end

local function names_in(written)
  for _, sign in ipairs({ "，", "、", "；", ";" }) do written = text.replace(written, sign, ",") end
  local names = {}
  for _, each in ipairs(text.split(written, ",")) do
    local name = text.trim(each)
    if name ~= "" then names[#names + 1] = name end
  end
  return names
end

-- The setting as a list, in the order of the names, so that its order cannot be seen.
local TYPES = { organisation = true, person = true }
local function read_areas()
  local list = {}
  for key, reps in pairs(settings.rep_by_area) do
    local parts = text.split(key, "/")
    local area, kind = text.trim(parts[1]), parts[2] and text.trim(parts[2])
    if #parts > 2 or area == "" or (kind and not TYPES[kind]) then
      error("the setting rep_by_area has \"" .. key .. "\", expected an area, or area/organisation or area/person")
    end
    list[#list + 1] = { key = key, area = plain(area), kind = kind, reps = names_in(reps) }
  end
  table.sort(list, function(one, other) return one.key < other.key end)
  return list
end
local areas = read_areas()

local owner_is = kehu.rule{ id = "owner_is", en = "{1} is responsible", zh = "负责人 {1}" }
local nobodys = kehu.rule{ id = "nobodys", input = "recorded_owner", op = "missing", en = "no rep is responsible", zh = "没有负责人" }
local by_area = kehu.rule{ id = "by_area", en = "{1} has {2}, by the division of areas", zh = "按区域分工：{2} 由 {1} 负责" }
local no_areas = kehu.rule{ id = "no_areas", en = "no division of areas is set", zh = "未设置区域分工" }
local no_area = kehu.rule{
  id = "no_area", en = "its area is not recorded: fill in the area, or --place", zh = "未登记区域：填写区域或 --place",
}
local nobody_has = kehu.rule{
  id = "nobody_has", en = "nobody has the area {1}, by the division of areas", zh = "区域分工中没有人负责 {1}",
}
local several_have = kehu.rule{
  id = "several_have", en = "{1} have it alike, by the division of areas: {2}", zh = "区域分工中有多人负责：{1}（{2}）",
}
local another = kehu.rule{
  id = "another", en = "{1} is responsible, but the area is {2}'s", zh = "负责人为 {1}，但该区域属于 {2}",
}

-- The entries that fit a customer: those of its area before "*", those of its type before those of every type.
local function entries_for(where, kind)
  local best, found = 0, {}
  for _, entry in ipairs(areas) do
    local fits = entry.area == "*" or (where ~= nil and text.contains(where, entry.area))
    if fits and (entry.kind == nil or entry.kind == kind) then
      local rank = (entry.area ~= "*" and 2 or 0) + (entry.kind and 1 or 0) + 1
      if rank > best then best, found = rank, {} end
      if rank == best then found[#found + 1] = entry end
    end
  end
  return found
end

local function reps_of(entries)
  local seen, reps, keys = {}, {}, {}
  for _, entry in ipairs(entries) do
    keys[#keys + 1] = entry.key
    for _, rep in ipairs(entry.reps) do
      if not seen[rep] then
        seen[rep] = true
        reps[#reps + 1] = rep
      end
    end
  end
  return reps, table.concat(keys, ", ")
end

local function written_place(area, place)
  local written = area or place
  return written, written and plain(written)
end

local function ownership(c, ctx)
  local owner = c.recorded_owner
  local written, where = written_place(c.area, c.recorded_place)
  local reps, keys = reps_of(entries_for(where, c.recorded_type))
  local given = {}
  if #reps == 1 then
    given.rep_by_area = ctx:set("rep_by_area", reps[1], by_area, reps[1], keys)
  elseif #reps > 1 then
    given.rep_by_area = ctx:missing("rep_by_area", several_have, table.concat(reps, "、"), keys)
  elseif #areas == 0 then
    given.rep_by_area = ctx:missing("rep_by_area", no_areas)
  elseif written == nil then
    given.rep_by_area = ctx:missing("rep_by_area", no_area)
  else
    given.rep_by_area = ctx:missing("rep_by_area", nobody_has, written)
  end

  local label
  if #areas > 0 and #reps == 0 and written ~= nil then
    label = ctx:label("ownership", "uncovered", nobody_has, written)
    if owner then label:because(owner_is, owner) else label:because(nobodys) end
  elseif owner == nil then
    label = ctx:label("ownership", "unowned", nobodys)
  elseif #reps > 1 then
    label = ctx:label("ownership", "overlap", several_have, table.concat(reps, "、"), keys)
    label:because(owner_is, owner)
  elseif #reps == 1 and plain(reps[1]) ~= plain(owner) then
    label = ctx:label("ownership", "other_rep", another, owner, reps[1])
  else
    label = ctx:label("ownership", "owned", owner_is, owner)
    if #areas > 0 and written == nil then label:because(no_area) end
  end
  given.ownership = label
  return given
end

-- The public pool.

local TOUCHES = {
  { "last_contact_days", kehu.rule{ id = "contacted", en = "last contact {1} {1|day|days} ago", zh = "{1} 天前联系过" } },
  { "recency_days", kehu.rule{ id = "bought", en = "last purchase {1} {1|day|days} ago", zh = "{1} 天前购买过" } },
  { "last_handover_days", kehu.rule{ id = "handed_over", en = "handed over {1} {1|day|days} ago", zh = "{1} 天前移交" } },
  { "known_days", kehu.rule{ id = "became_known", en = "never touched, known for {1} {1|day|days}", zh = "从未联系，得知已 {1} 天" } },
}
local never_touched = kehu.rule{
  id = "never_touched", en = "never touched, and since when it is known is not recorded", zh = "从未联系，也未登记得知日期",
}
local tier_limit = kehu.rule{
  id = "tier_limit", en = "tier {1}: it returns to the public pool after {2} {2|day|days} untouched", zh = "{1}：{2} 天未联系即退回公海",
}
local else_limit = kehu.rule{
  id = "else_limit", en = "it returns to the public pool after {1} {1|day|days} untouched", zh = "{1} 天未联系即退回公海",
}
local in_pool = kehu.rule{ id = "in_pool", en = "no rep is responsible: it is in the public pool", zh = "没有负责人：在公海" }
local not_yet = kehu.rule{ id = "not_yet", en = "{1} {1|day|days} left", zh = "还剩 {1} 天" }

local function touched(c)
  local days, why
  for _, touch in ipairs(TOUCHES) do
    local since = c[touch[1]]
    -- That a customer became known counts only while nothing else is on file.
    if since ~= nil and (days == nil or (since < days and touch[1] ~= "known_days")) then days, why = since, touch[2] end
  end
  return days, why
end

local function limit_of(c)
  local own = c.tier and settings.pool_days[c.tier]
  if own then return own, { tier_limit, c.tier, own } end
  return settings.pool_days_else, { else_limit, settings.pool_days_else }
end

local function pool(c, ctx)
  local days, why = touched(c)
  local limit, limit_why = limit_of(c)
  local given = {}
  if days then
    given.untouched_days = ctx:set("untouched_days", days, why, days)
  else
    given.untouched_days = ctx:missing("untouched_days", never_touched)
  end
  if c.recorded_owner == nil then
    given.pool_in_days = ctx:missing("pool_in_days", in_pool)
    given.in_public_pool = ctx:set("in_public_pool", true, in_pool)
    return given
  end
  local left = days and math.max(limit - days, 0) or 0
  given.pool_in_days = ctx:set("pool_in_days", left, limit_why[1], limit_why[2], limit_why[3])
  local flag
  if days then
    flag = ctx:set("in_public_pool", days >= limit, why, days)
  else
    flag = ctx:set("in_public_pool", true, never_touched)
  end
  flag:because(limit_why[1], limit_why[2], limit_why[3])
  if left > 0 then flag:because(not_yet, left) end
  given.in_public_pool = flag
  return given
end

local untouched_for = kehu.rule{
  id = "untouched_for", en = "untouched for {1} {1|day|days}", zh = "已 {1} 天未联系",
}
local returns_on = kehu.rule{
  id = "returns_on", en = "it returns to the public pool on {1}, in {2} {2|day|days}", zh = "{2} 天后（{1}）退回公海",
}
local returned = kehu.rule{ id = "returned", en = "the days of its tier are over: it belongs to the public pool", zh = "已超过所属等级的天数：应退回公海" }
local how_to_return = kehu.rule{
  id = "how_to_return", en = "done returns it: nobody is responsible for {1} then; or contact it, and say so with kehu log",
  zh = "标记完成即退回：{1} 不再有负责人；或联系客户并用 kehu log 记录",
}
local how_to_hand_over = kehu.rule{
  id = "how_to_hand_over", en = "hand it over: kehu log handover {1} --text REASON, then kehu customer edit {1} --owner REP",
  zh = "移交：kehu log handover {1} --text 原因，再 kehu customer edit {1} --owner 业务员",
}

local function follow_up(c, case, ctx)
  if c.recorded_owner == nil then return nil end
  local days, left = c.untouched_days, c.pool_in_days
  local because = { days and { untouched_for, days } or { never_touched } }
  if c.in_public_pool then
    local limit = limit_of(c)
    if days and days >= limit + settings.remind_days then return nil end
    because[2] = { returned }
    return ctx:propose{
      action = "return_to_pool", channel = "note", due = ctx.as_of, fact_day = days and ctx.as_of - days or 0,
      priority = settings.priority["return"], because = because, edit = { owner = kehu.none },
      guidance = { { how_to_return, case.name }, { how_to_hand_over, case.name } },
    }
  end
  if left == nil or left > settings.warn_days then return nil end
  because[2] = { returns_on, kehu.day.format(ctx.as_of + left), left }
  return ctx:propose{
    action = "keep_from_pool", channel = settings.channel, due = ctx.as_of + left - 1, fact_day = ctx.as_of - days,
    priority = settings.priority.warning, because = because,
  }
end

-- What people do about owners.

local no_reason = kehu.rule{
  id = "no_reason", en = "{1} hands it over to {2} without a reason", zh = "{1} 移交给 {2}，没有写明原因",
}
local given_up = kehu.rule{
  id = "given_up", en = "{1} returns it to the public pool without a reason", zh = "{1} 将其退回公海，没有写明原因",
}
local say_reason = kehu.rule{
  id = "say_reason", en = "record the reason: kehu log handover {1} --text …", zh = "写明原因：kehu log handover {1} --text …",
}
local new_owner = kehu.rule{ id = "new_owner", en = "{1} has handed it over to {2}", zh = "{1} 已移交给 {2}" }
local introduce = kehu.rule{
  id = "introduce", en = "introduce yourself to {1}", zh = "拜会 {1}，说明由你负责",
}
local belongs_to = kehu.rule{
  id = "belongs_to", en = "the area {1} is {2}'s, by the division of areas", zh = "按区域分工：{1} 由 {2} 负责",
}
local say_owner = kehu.rule{
  id = "say_owner", en = "put it right with kehu customer edit {1} --owner {2}", zh = "更正：kehu customer edit {1} --owner {2}",
}
local wordless = kehu.rule{ id = "wordless", en = "the handover has no reason", zh = "移交没有写明原因" }
local say_text = kehu.rule{
  id = "say_text", en = "record it: kehu interaction edit {1} --text …", zh = "写明原因：kehu interaction edit {1} --text …",
}

local function has_handover(event)
  for _, each in ipairs(event.interactions) do
    if each.kind == "handover" and each.happened == event.day then return true end
  end
  return false
end

local function handed_over(event, ctx)
  local before, after = event.before.owner, event.after.owner
  local made, id = {}, string.format("C-%d", event.id)
  -- Who returns it from the day's list has the reason there.
  if not has_handover(event) and event.command ~= "today done" then
    local why = after and { no_reason, before, after } or { given_up, before }
    made[1] = ctx:warn{ because = { why }, advice = { { say_reason, id } } }
  end
  if after then
    made[#made + 1] = ctx:task{
      what = { introduce, event.after.name }, due = event.day + settings.introduce_days, rep = after,
      because = { { new_owner, before, after } },
    }
  end
  return made
end

-- Whoever adds a customer, or moves it, is told if its area is another rep's.
local function placed(event, ctx)
  local after = event.after
  local written, where = written_place(after.fields.area, after.place)
  local reps = reps_of(entries_for(where, after.kind))
  if #reps ~= 1 or written == nil or (after.owner and plain(after.owner) == plain(reps[1])) then return nil end
  local id = string.format("C-%d", event.id)
  return { ctx:warn{ because = { { belongs_to, written, reps[1] } }, advice = { { say_owner, id, reps[1] } } } }
end

local function on_event(c, event, ctx)
  local before, after = event.before, event.after
  if event.record == "interaction" and event.kind == "handover" and event.change ~= "removed" then
    local id = string.format("I-%d", event.id)
    if after.text == nil then return { ctx:warn{ because = wordless, advice = { { say_text, id } } } } end
  elseif event.record == "customer" and event.change == "added" then
    return placed(event, ctx)
  elseif event.record == "customer" and event.change == "changed" and before.owner and before.owner ~= after.owner then
    return handed_over(event, ctx)
  end
end

return { ownership = ownership, pool = pool, follow_up = follow_up, on_event = on_event }
