-- Lifecycle: active, silent, fading, churned. Every bound belongs to the earlier phase.

local settings = kehu.settings
local from_first = settings.count_from == "first_purchase"

if settings.silent_days <= settings.active_days or settings.fading_days <= settings.silent_days then
  error("the settings active_days, silent_days and fading_days must rise: "
    .. settings.active_days .. ", " .. settings.silent_days .. ", " .. settings.fading_days)
end

local input = from_first and "first_purchase_days" or "recency_days"
local en = from_first and "first purchase {value} {value|day|days} ago, " or "last purchase {value} {value|day|days} ago, "
local zh = from_first and "首次购买在 {value} 天前，" or "上次购买在 {value} 天前，"

local active = kehu.rule{
  id = "active", input = input, op = "<=", setting = "active_days",
  en = en .. "at most {limit}", zh = zh .. "不超过 {limit} 天",
}
local silent = kehu.rule{
  id = "silent", input = input, op = "<=", setting = "silent_days",
  en = en .. "at most {limit}", zh = zh .. "不超过 {limit} 天",
}
local fading = kehu.rule{
  id = "fading", input = input, op = "<=", setting = "fading_days",
  en = en .. "at most {limit}", zh = zh .. "不超过 {limit} 天",
}
local churned = kehu.rule{
  id = "churned", input = input, op = ">", setting = "fading_days",
  en = en .. "more than {limit}", zh = zh .. "超过 {limit} 天",
}
local never = kehu.rule{
  id = "never_bought", input = input, op = "missing",
  en = "no purchase yet, so no phase", zh = "尚无购买记录，不划分阶段",
}

local function phase(c, ctx)
  if ctx:holds(never) then
    return { lifecycle = ctx:missing("lifecycle", never) }
  elseif ctx:holds(active) then
    return { lifecycle = ctx:label("lifecycle", "active", active) }
  elseif ctx:holds(silent) then
    return { lifecycle = ctx:label("lifecycle", "silent", silent) }
  elseif ctx:holds(fading) then
    return { lifecycle = ctx:label("lifecycle", "fading", fading) }
  end
  return { lifecycle = ctx:label("lifecycle", "churned", churned) }
end

return { score = phase }
