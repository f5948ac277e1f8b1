-- The customer file: what a tier's file must have, what is missing, and when it was looked over last.

local settings = kehu.settings
local text = kehu.text
local ITEMS = require("facts").items

local BY_NAME, FACTS = {}, {}
for _, each in ipairs(ITEMS) do
  local item = {
    name = each[1], column = each[2],
    missing = kehu.rule{ id = "missing_" .. each[1], en = "missing: " .. each[3], zh = "缺：" .. each[4] },
    ask = kehu.rule{ id = "ask_" .. each[1], en = "fill in: " .. each[3], zh = "补全：" .. each[4] },
  }
  BY_NAME[item.name] = item
  FACTS[#FACTS + 1] = item.name
end

-- A list of facts as the settings write it.
local function facts_in(setting, written)
  local list, seen = {}, {}
  for _, each in ipairs(text.split(text.replace(written, "，", ","), ",")) do
    local name = text.trim(each)
    if name ~= "" and not seen[name] then
      if BY_NAME[name] == nil then
        error("the setting " .. setting .. " names \"" .. name .. "\", expected one of " .. table.concat(FACTS, ", "))
      end
      seen[name] = true
      list[#list + 1] = BY_NAME[name]
    end
  end
  return list
end

local REQUIRED = {}
for tier, written in pairs(settings.required) do REQUIRED[tier] = facts_in("required", written) end
local REQUIRED_ELSE = facts_in("required_else", settings.required_else)
local REQUIRED_PERSON = facts_in("required_person", settings.required_person)
local TOP = {}
for _, tier in ipairs(settings.top_tiers) do TOP[tier] = true end
for _, key in ipairs({ "complete_file", "review_file", "archive_closed" }) do
  if settings.priority[key] == nil then error("the setting priority lacks \"" .. key .. "\"") end
end

local filled = kehu.rule{ id = "filled", en = "{1} of {2} required facts are on file", zh = "{2} 项必填中已填 {1} 项" }
local of_tier = kehu.rule{ id = "of_tier", en = "required of tier {1}", zh = "按 {1} 的必填项" }
local of_person = kehu.rule{ id = "of_person", en = "required of a private customer", zh = "按个人客户的必填项" }
local of_others = kehu.rule{ id = "of_others", en = "required of customers without a tier of the list", zh = "按未列等级客户的必填项" }
local nothing_required = kehu.rule{ id = "nothing_required", en = "nothing is required of its file", zh = "没有必填项" }
local complete = kehu.rule{ id = "complete", en = "nothing required is missing", zh = "必填项齐全" }
local reviewed = kehu.rule{
  id = "reviewed", en = "reviewed {1} {1|day|days} ago, at most {2} are allowed", zh = "{1} 天前核对过，上限 {2} 天",
}
local unreviewed = kehu.rule{
  id = "unreviewed", en = "never reviewed, known for {1} {1|day|days}, at most {2} are allowed", zh = "从未核对，得知已 {1} 天，上限 {2} 天",
}
local never = kehu.rule{
  id = "never", en = "never reviewed, and since when it is known is not recorded", zh = "从未核对，也未登记得知日期",
}
local agreed = kehu.rule{ id = "agreed", en = "it agreed that its data is used", zh = "已同意使用其数据" }
local refused = kehu.rule{
  id = "refused", en = "it did not agree that its data is used: nothing outside of the business purpose", zh = "未同意使用其数据：不得用于业务以外的用途",
}
local not_asked = kehu.rule{
  id = "not_asked", input = "recorded_consent", op = "missing", en = "its consent is not recorded: --consent yes or no", zh = "未登记授权：--consent yes 或 no",
}

local function required_of(c)
  if c.recorded_type == "person" then return REQUIRED_PERSON, { of_person } end
  local own = c.tier and REQUIRED[c.tier]
  if own then return own, { of_tier, c.tier } end
  return REQUIRED_ELSE, { of_others }
end

-- A number of people is there if it is one at least; a text if it says anything.
local function is_filled(item, c)
  local value = c[item.column]
  if value == nil then return false end
  if item.column == "contact_people" or item.column == "decision_makers" then return value > 0 end
  return type(value) ~= "string" or text.trim(value) ~= ""
end

local function limit_of(c) return c.tier and TOP[c.tier] and settings.stale_after_top or settings.stale_after end

local function age_of(c)
  if c.last_review_days then return c.last_review_days, reviewed end
  return c.known_days, unreviewed
end

local function completeness(c, ctx, given)
  local required, whose = required_of(c)
  if #required == 0 then
    given.completeness = ctx:missing("completeness", nothing_required)
    given.missing_facts = ctx:set("missing_facts", 0, nothing_required)
    given.missing_list = ctx:missing("missing_list", nothing_required)
    return
  end
  local missing, names = {}, {}
  for _, item in ipairs(required) do
    if not is_filled(item, c) then
      missing[#missing + 1] = item
      names[#names + 1] = item.name
    end
  end
  local there = #required - #missing
  given.completeness = ctx:set("completeness", 100 * there / #required, filled, there, #required)
  given.missing_facts = ctx:set("missing_facts", #missing, filled, there, #required)
  given.completeness:because(whose[1], whose[2])
  for _, item in ipairs(missing) do given.completeness:because(item.missing) end
  if #missing == 0 then
    given.missing_list = ctx:missing("missing_list", complete)
  else
    given.missing_list = ctx:set("missing_list", table.concat(names, ", "), filled, there, #required)
  end
end

local function file(c, ctx)
  local given = {}
  completeness(c, ctx, given)
  local age, why = age_of(c)
  local limit = limit_of(c)
  if age == nil then
    given.file_age_days = ctx:missing("file_age_days", never)
    given.file_stale = ctx:set("file_stale", true, never)
  else
    given.file_age_days = ctx:set("file_age_days", age, why, age, limit)
    given.file_stale = ctx:set("file_stale", age > limit, why, age, limit)
  end
  if c.recorded_consent == nil then
    given.consent_standing = ctx:label("consent_standing", "not_asked", not_asked)
  elseif c.recorded_consent then
    given.consent_standing = ctx:label("consent_standing", "given", agreed)
  else
    given.consent_standing = ctx:label("consent_standing", "refused", refused)
  end
  return given
end

-- What to do about a file.

local is_closed = kehu.rule{ id = "is_closed", en = "it has closed: archive it, do not delete it", zh = "已停业：归档而不删除" }
local how_to_archive = kehu.rule{
  id = "how_to_archive", en = "kehu customer archive {1} keeps all that is on file; kehu customer restore takes it back", zh = "kehu customer archive {1} 保留全部档案；kehu customer restore 可恢复",
}
local is_stale = kehu.rule{
  id = "is_stale", en = "not reviewed for {1} {1|day|days}, more than {2}", zh = "已 {1} 天未核对，超过 {2} 天",
}
local is_short = kehu.rule{
  id = "is_short", en = "the file is {1} % complete", zh = "档案完整度 {1}%",
}
local how_to_review = kehu.rule{
  id = "how_to_review", en = "look it over, put right what has changed, then kehu log file_review {1}", zh = "逐项核对并更正，然后 kehu log file_review {1}",
}
local how_to_fill = kehu.rule{
  id = "how_to_fill", en = "record it with kehu customer edit {1} and kehu contact add {1}", zh = "登记：kehu customer edit {1}，kehu contact add {1}",
}
local and_more = kehu.rule{ id = "and_more", en = "fill in: {1} more at later visits", zh = "补全：另有 {1} 项留待以后" }

-- The first missing facts as sentences, and how many more there are. Who is responsible is asked of nobody.
local function asks(missing_list)
  local list, more = {}, 0
  if missing_list == nil then return list end
  for _, name in ipairs(text.split(missing_list, ", ")) do
    local item = name ~= "owner" and BY_NAME[name]
    if item and #list < settings.ask_at_once then
      list[#list + 1] = { item.ask }
    elseif item then
      more = more + 1
    end
  end
  if more > 0 then list[#list + 1] = { and_more, more } end
  return list
end

local function follow_up(c, case, ctx)
  local function propose(action, channel, due, fact_day, because, guidance)
    return ctx:propose{
      action = action, channel = channel, due = due, fact_day = fact_day, priority = settings.priority[action],
      because = because, guidance = guidance,
    }
  end
  if c.closed then return propose("archive_closed", "note", ctx.as_of, 0, { { is_closed } }, { { how_to_archive, case.name } }) end
  if c.last_contact_days == nil or c.last_contact_days > settings.worked_days then return nil end
  if c.file_stale then
    local age = age_of(c)
    local since = age and ctx.as_of - age or 0
    local limit = limit_of(c)
    return propose("review_file", "file_review", age and since + limit + settings.review_days or ctx.as_of, since,
      { age and { is_stale, age, limit } or { never } }, { { how_to_review, case.name } })
  end
  if c.completeness == nil or c.completeness >= settings.propose_below then return nil end
  local guidance = asks(c.missing_list)
  guidance[#guidance + 1] = { how_to_fill, case.name }
  local since = ctx.as_of - (c.last_visit_days or c.last_contact_days)
  return propose("complete_file", "visit", since + settings.fill_days, since,
    { { is_short, c.completeness } }, guidance)
end

-- Other lines at which the customer is seen anyway say what to fill in, and whose data is not ours to use.
local CHANNELS = {}
for _, channel in ipairs(settings.visit_channels) do CHANNELS[channel] = true end

local function review(proposals, ctx)
  local made = {}
  for _, p in ipairs(proposals) do
    if CHANNELS[p.channel] and p.action ~= "complete_file" then
      for _, ask in ipairs(asks(p.c.missing_list)) do made[#made + 1] = ctx:advise(p, ask[1], ask[2]) end
    end
    if p.c.consent_standing == "refused" then made[#made + 1] = ctx:advise(p, refused) end
  end
  return made
end

local say_consent = kehu.rule{
  id = "say_consent", en = "ask, and record it with kehu customer edit {1} --consent yes, or no", zh = "询问并登记：kehu customer edit {1} --consent yes 或 no",
}

local function on_event(c, event, ctx)
  if event.record ~= "customer" or event.after == nil then return end
  local before, after = event.before, event.after
  local id = string.format("C-%d", event.id)
  local made = {}
  if event.change == "added" and after.kind == "person" and after.consent == nil then
    made[1] = ctx:warn{ because = not_asked, advice = { { say_consent, id } } }
  end
  local was_closed = before ~= nil and before.fields.closed == true
  if after.fields.closed == true and not was_closed and after.archived == nil then
    made[#made + 1] = ctx:warn{ because = is_closed, advice = { { how_to_archive, id } } }
  end
  return made
end

return { file = file, follow_up = follow_up, review = review, on_event = on_event }
