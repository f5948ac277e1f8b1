-- Lifecycle: what each phase asks for, as often as it bears.

local settings = kehu.settings

for name, keys in pairs({
  priority = { "first_purchase", "active", "silent", "fading", "churned" },
  channel = { "active", "silent", "fading", "churned" },
}) do
  for _, key in ipairs(keys) do
    if settings[name][key] == nil then error("the setting " .. name .. " lacks \"" .. key .. "\"") end
  end
end

local first_purchase = kehu.rule{
  id = "first_purchase",
  en = "first purchase {1} {1|day|days} ago: attention is highest, meet its expectations",
  zh = "{1} 天前首次购买：关注度最高，须满足首次购买的期望",
}
local active = kehu.rule{
  id = "active",
  en = "active: bought {1} {1|day|days} ago and was not contacted since",
  zh = "活跃期：{1} 天前购买，此后未联系",
}
local silent = kehu.rule{
  id = "silent",
  en = "silent: last purchase {1} {1|day|days} ago; keep contacts up, lightly when there is nothing to say, with small offers",
  zh = "沉默期：上次购买在 {1} 天前；保持联系次数，无事时轻度联系，可给小优惠",
}
local fading = kehu.rule{
  id = "fading",
  en = "fading: last purchase {1} {1|day|days} ago; the risk of loss is high, but too many greetings annoy",
  zh = "遗忘期：上次购买在 {1} 天前；流失风险高，但问候过多会招致反感",
}
local churned = kehu.rule{
  id = "churned",
  en = "churned: last purchase {1} {1|day|days} ago; only a large promotion or deep discount, by a dedicated person",
  zh = "流失期：上次购买在 {1} 天前；只宜大促或深度折扣，由专人唤醒",
}
local last_contact = kehu.rule{
  id = "last_contact",
  en = "last contact {1} {1|day|days} ago, due every {2} {2|day|days}", zh = "上次联系在 {1} 天前，每 {2} 天一次",
}
local no_contact = kehu.rule{
  id = "no_contact", en = "never contacted since that purchase", zh = "自该次购买以来从未联系",
}

local PHASES = {
  silent = { action = "keep_in_touch", rule = silent, every = settings.silent_every },
  fading = { action = "special_price", rule = fading, every = settings.fading_every },
  churned = { action = "wake_up", rule = churned, every = settings.churned_every },
}

local function after_purchase(c, ctx)
  local bought, contacted = c.recency_days, c.last_contact_days
  if contacted and contacted < bought then return nil end
  local is_first = c.purchases == 1
  return ctx:propose{
    action = "after_purchase", channel = settings.channel.active,
    due = ctx.as_of - bought + settings.after_purchase_days, fact_day = ctx.as_of - bought,
    priority = is_first and settings.priority.first_purchase or settings.priority.active,
    group = "active", because = { { is_first and first_purchase or active, bought } },
  }
end

local function follow_up(c, case, ctx)
  local phase = c.lifecycle
  if phase == nil or c.recency_days == nil then return nil end
  if phase == "active" then return after_purchase(c, ctx) end
  local what = PHASES[phase]
  if what == nil then return nil end
  -- A contact before the last purchase belongs to what came before it.
  local contacted = c.last_contact_days
  local fact = ctx.as_of - math.min(c.recency_days, contacted or c.recency_days)
  local because = { { what.rule, c.recency_days } }
  because[2] = contacted and { last_contact, contacted, what.every } or { no_contact }
  return ctx:propose{
    action = what.action, channel = settings.channel[phase],
    -- An interval that was never kept falls due once it is over, and then is simply due.
    due = contacted and fact + what.every or math.max(fact + what.every, ctx.as_of),
    fact_day = fact, priority = settings.priority[phase], group = phase, because = because,
  }
end

return { follow_up = follow_up }
