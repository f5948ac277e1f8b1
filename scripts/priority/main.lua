-- Importance and urgency: important and urgent first, then important, then urgent, then the rest.

local settings = kehu.settings

for name, keys in pairs({
  points = { "complaint", "promise", "stalled", "risk", "task" },
  band = { "important_urgent", "important", "urgent", "neither" },
}) do
  for _, key in ipairs(keys) do
    if settings[name][key] == nil then error("the setting " .. name .. " lacks \"" .. key .. "\"") end
  end
end

local WIDTH = 25

local function set(list)
  local found = {}
  for _, each in ipairs(list) do found[each] = true end
  return found
end
local important_tiers, important_segments = set(settings.important_tiers), set(settings.important_segments)
local risk_phases, keep_groups = set(settings.risk_phases), set(settings.keep_groups)

local complaints = kehu.rule{
  id = "complaints", en = "{1} open {1|complaint|complaints}", zh = "{1} 宗未结投诉",
}
local promises = kehu.rule{
  id = "promises", en = "{1} overdue {1|promise|promises}", zh = "{1} 项承诺超期",
}
local stalled = kehu.rule{
  id = "stalled", en = "{1} stalled {1|deal|deals}", zh = "{1} 个商机停滞",
}
local risk = kehu.rule{
  id = "risk", en = "lifecycle {1}: the risk of loss is high", zh = "生命周期 {1}：流失风险高",
}
local tasks = kehu.rule{
  id = "tasks", en = "{1} due {1|task|tasks}", zh = "{1} 项任务到期",
}
local late = kehu.rule{
  id = "late", en = "{1} {1|day|days} late, which raises it by {2}", zh = "已逾期 {1} 天，优先级提高 {2}",
}
local waiting = kehu.rule{
  id = "waiting", en = "due for {1} {1|day|days}, which raises it by {2}", zh = "到期已 {1} 天，优先级提高 {2}",
}
local calm = kehu.rule{ id = "calm", en = "nothing presses", zh = "没有紧迫事项" }

local by_key = kehu.rule{ id = "by_key", en = "on the key list", zh = "在重点客户名单上" }
local by_tier = kehu.rule{ id = "by_tier", en = "tier {1} is important", zh = "{1} 属于重要客户" }
local by_segment = kehu.rule{ id = "by_segment", en = "RFM segment {1} is important", zh = "RFM 分类 {1} 属于重要客户" }
local other_tier = kehu.rule{ id = "other_tier", en = "tier {1} is not important", zh = "{1} 不属于重要客户" }
local other_segment = kehu.rule{
  id = "other_segment", en = "RFM segment {1} is not important", zh = "RFM 分类 {1} 不属于重要客户",
}
local unknown = kehu.rule{
  id = "unknown", en = "neither tier nor segment is known, so not important", zh = "等级与分类均未知，视为不重要",
}
local quadrants = {
  important_urgent = kehu.rule{
    id = "important_urgent", en = "important and urgent: {1} points, urgent from {2}", zh = "重要且紧急：{1} 分，{2} 分起为紧急",
  },
  important = kehu.rule{
    id = "important", en = "important, not urgent: {1} points, urgent from {2}", zh = "重要不紧急：{1} 分，{2} 分起为紧急",
  },
  urgent = kehu.rule{
    id = "urgent", en = "urgent, not important: {1} points, urgent from {2}", zh = "紧急不重要：{1} 分，{2} 分起为紧急",
  },
  neither = kehu.rule{
    id = "neither", en = "neither important nor urgent: {1} points, urgent from {2}", zh = "不重要不紧急：{1} 分，{2} 分起为紧急",
  },
}

-- The same in few words, for the list.
local PLACES = {
  important_urgent = kehu.rule{ id = "place_important_urgent", en = "important and urgent", zh = "重要且紧急" },
  important = kehu.rule{ id = "place_important", en = "important, not urgent", zh = "重要不紧急" },
  urgent = kehu.rule{ id = "place_urgent", en = "urgent, not important", zh = "紧急不重要" },
  neither = kehu.rule{ id = "place_neither", en = "neither important nor urgent", zh = "不重要不紧急" },
}
local urgency_of = kehu.rule{
  id = "urgency_of", en = "{1} {1|point|points} of urgency, urgent from {2}", zh = "紧迫程度 {1} 分，{2} 分起为紧急",
}

-- Whether a customer is important, and why.
local function importance(c)
  if c.key_account then return true, { by_key } end
  if c.tier then
    if important_tiers[c.tier] then return true, { by_tier, c.tier } end
    return false, { other_tier, c.tier }
  end
  if c.rfm_segment then
    if important_segments[c.rfm_segment] then return true, { by_segment, c.rfm_segment } end
    return false, { other_segment, c.rfm_segment }
  end
  return false, { unknown }
end

-- What presses, each with its points.
local function pressing(c)
  local found, points = {}, settings.points
  local function add(rule, weight, value)
    if weight > 0 then found[#found + 1] = { rule = rule, points = weight, value = value } end
  end
  if c.open_complaints > 0 then add(complaints, points.complaint, c.open_complaints) end
  if c.overdue_promises > 0 then add(promises, points.promise, c.overdue_promises) end
  if c.stalled_deals > 0 then add(stalled, points.stalled, c.stalled_deals) end
  if c.lifecycle and risk_phases[c.lifecycle] then add(risk, points.risk, c.lifecycle) end
  if c.due_tasks > 0 then add(tasks, points.task, c.due_tasks) end
  return found
end

local function total(found)
  local sum = 0
  for _, each in ipairs(found) do sum = sum + each.points end
  return sum
end

local function quadrant_of(is_important, points)
  local is_urgent = points >= settings.urgent_from
  if is_important then return is_urgent and "important_urgent" or "important" end
  return is_urgent and "urgent" or "neither"
end

local function quadrant(c, ctx)
  local is_important, why = importance(c)
  local found = pressing(c)
  local urgency = ctx:column("urgency")
  for _, each in ipairs(found) do urgency:add(each.rule, each.points, each.value) end
  if #found == 0 then urgency:add(calm, 0) end
  local points = total(found)
  local key = quadrant_of(is_important, points)
  local given = ctx:label("quadrant", key, quadrants[key], points, settings.urgent_from)
  given:because(why[1], why[2])
  return { urgency = urgency, quadrant = given }
end

-- How much waiting raises a line within its quadrant: it grows to a bound, so that what has waited for a year is
-- not before all that was due last month.
local function raised(p, ctx)
  local days = ctx.as_of - p.due
  if days <= 0 or settings.wait_most == 0 then return 0, nil end
  local more = settings.wait_most * math.min(1, days / settings.wait_days)
  local shown = math.floor(more * 10 + 0.5) / 10
  return more, { p.promised and late or waiting, days, shown }
end

-- The quadrant is the customer's: all lines of one customer lie in the same.
local function review(proposals, ctx)
  local verdicts = {}
  for _, p in ipairs(proposals) do
    if p.c and not keep_groups[p.group] then
      local is_important, why = importance(p.c)
      local found = pressing(p.c)
      local points = total(found)
      local key = quadrant_of(is_important, points)
      local because = { { PLACES[key] }, why, { urgency_of, points, settings.urgent_from } }
      for _, each in ipairs(found) do because[#because + 1] = { each.rule, each.value } end
      local more, waited = raised(p, ctx)
      because[#because + 1] = waited
      local priority = math.min(100, settings.band[key] + math.min(100, p.priority + more) * WIDTH / 100)
      verdicts[#verdicts + 1] = ctx:change(p, { priority = priority }, because)
    end
  end
  return verdicts
end

return { quadrant = quadrant, review = review }
