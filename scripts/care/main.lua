-- Customer care: return calls, birthdays, surveys, and something beyond the product for key customers.

local settings = kehu.settings

for _, key in ipairs({ "birthday", "return_call", "survey", "attention" }) do
  for _, name in ipairs({ "priority", "channel" }) do
    if settings[name][key] == nil then error("the setting " .. name .. " lacks \"" .. key .. "\"") end
  end
end

local by_tier = kehu.rule{
  id = "by_tier",
  en = "last contact {1} {1|day|days} ago; tier {2} gets a return call every {3}",
  zh = "上次联系在 {1} 天前；{2} 每 {3} 天回访一次",
}
local by_key_list = kehu.rule{
  id = "by_key_list",
  en = "last contact {1} {1|day|days} ago; on the key list, counts as tier {2}, which gets a return call every {3}",
  zh = "上次联系在 {1} 天前；在重点客户名单上，按 {2} 每 {3} 天回访一次",
}
local otherwise = kehu.rule{
  id = "otherwise",
  en = "last contact {1} {1|day|days} ago; a return call every {2}",
  zh = "上次联系在 {1} 天前；每 {2} 天回访一次",
}
local never_called = kehu.rule{
  id = "never_called",
  en = "never contacted since the purchase {1} {1|day|days} ago; a return call every {2} {2|day|days}",
  zh = "自 {1} 天前购买以来从未联系；每 {2} 天回访一次",
}
local birthday_today = kehu.rule{ id = "birthday_today", en = "birthday today", zh = "今天生日" }
local birthday_soon = kehu.rule{
  id = "birthday_soon",
  en = "birthday in {1} {1|day|days}, on {2}",
  zh = "{1} 天后（{2}）生日",
}
local first_survey = kehu.rule{
  id = "first_survey",
  en = "never asked how satisfied since the first purchase {1} {1|day|days} ago",
  zh = "自 {1} 天前首次购买以来从未调查满意度",
}
local survey_due = kehu.rule{
  id = "survey_due",
  en = "last survey {1} {1|day|days} ago, every {2}",
  zh = "上次调查在 {1} 天前，每 {2} 天一次",
}
local attention_due = kehu.rule{
  id = "attention_due",
  en = "key customer; last training, event, gift or service {1} {1|day|days} ago, every {2}",
  zh = "重点客户；上次培训、活动、礼品或增值服务在 {1} 天前，每 {2} 天一次",
}
local no_attention = kehu.rule{
  id = "no_attention",
  en = "key customer; no training, event, gift or service since the first purchase {2} {2|day|days} ago, one every {1}",
  zh = "重点客户；自 {2} 天前首次购买以来没有培训、活动、礼品或增值服务，每 {1} 天一次",
}

local to_new = kehu.rule{ id = "to_new", en = "new customer: speak of the brand", zh = "新客户：谈品牌" }
local to_existing = kehu.rule{
  id = "to_existing",
  en = "existing customer: speak of the experience in use",
  zh = "老客户：谈使用体验",
}
local bring = kehu.rule{
  id = "bring",
  en = "attentive care, a customised product, technical support, useful content, training, an event or a gift",
  zh = "贴心关怀、定制产品、技术支持、有用内容、培训、活动或礼品",
}
local ask_why = kehu.rule{
  id = "ask_why",
  en = "last satisfaction {1} of 5: ask why, and what to improve",
  zh = "上次满意度 {1}（满分 5）：询问原因与改进",
}
local record_mark = kehu.rule{
  id = "record_mark",
  en = "record the mark: --field satisfaction=1…5",
  zh = "记录评分：--field satisfaction=1…5",
}
local in_person = kehu.rule{
  id = "in_person",
  en = "a greeting in person, without selling",
  zh = "亲自问候，不谈销售",
}

local function set(list)
  local found = {}
  for _, each in ipairs(list) do found[each] = true end
  return found
end
local key_tiers, quiet = set(settings.key_tiers), set(settings.not_in_phases)

-- What has never been done falls due once its interval is over, and then is simply due: nobody has promised a day.
local function first_due(ctx, fact, interval) return math.max(fact + interval, ctx.as_of) end

local function proposal(ctx, action, due, fact, because, guidance)
  return ctx:propose{
    action = action, channel = settings.channel[action], due = due, fact_day = fact,
    priority = settings.priority[action], group = "care", because = because, guidance = guidance,
  }
end

local function return_call(c, ctx)
  local tier = c.key_account and settings.key_account_as or c.tier
  local every = tier and settings.call_days[tier]
  local is_new = c.first_purchase_days < settings.new_days
  local guidance = { is_new and to_new or to_existing }
  if c.last_contact_days == nil then
    every = every or settings.call_days_otherwise
    local fact = ctx.as_of - c.recency_days
    return proposal(ctx, "return_call", first_due(ctx, fact, every), fact, { { never_called, c.recency_days, every } }, guidance)
  end
  local fact = ctx.as_of - c.last_contact_days
  local because = every and { c.key_account and by_key_list or by_tier, c.last_contact_days, tier, every }
    or { otherwise, c.last_contact_days, settings.call_days_otherwise }
  return proposal(ctx, "return_call", fact + (every or settings.call_days_otherwise), fact, { because }, guidance)
end

local function birthday(c, ctx)
  local days = c.birthday_in_days
  if days == nil or days > settings.birthday_ahead then return nil end
  local on = ctx.as_of + days
  local because = days == 0 and { birthday_today } or { birthday_soon, days, kehu.day.format(on) }
  -- The greeting belongs to the day itself; it comes into the list some days before, to be prepared.
  return proposal(ctx, "birthday", ctx.as_of, on, { because }, { in_person })
end

local function survey(c, ctx)
  local guidance = { record_mark }
  if c.last_satisfaction and c.last_satisfaction < settings.low_satisfaction then
    guidance[2] = { ask_why, c.last_satisfaction }
  end
  if c.survey_days == nil then
    local fact = ctx.as_of - c.first_purchase_days
    return proposal(ctx, "survey", first_due(ctx, fact, settings.survey_after), fact, { { first_survey, c.first_purchase_days } }, guidance)
  end
  local fact = ctx.as_of - c.survey_days
  return proposal(ctx, "survey", fact + settings.survey_days, fact, { { survey_due, c.survey_days, settings.survey_days } }, guidance)
end

local function attention(c, ctx)
  if not (c.key_account or (c.tier and key_tiers[c.tier])) then return nil end
  if c.attention_days == nil then
    local fact = ctx.as_of - c.first_purchase_days
    return proposal(ctx, "attention", first_due(ctx, fact, settings.attention_days), fact,
      { { no_attention, settings.attention_days, c.first_purchase_days } }, { bring })
  end
  local fact = ctx.as_of - c.attention_days
  return proposal(ctx, "attention", fact + settings.attention_days, fact,
    { { attention_due, c.attention_days, settings.attention_days } }, { bring })
end

local function follow_up(c, case, ctx)
  local made = { birthday(c, ctx) }
  local is_quiet = c.lifecycle and quiet[c.lifecycle]
  if c.purchases > 0 and c.recency_days and c.first_purchase_days and not is_quiet then
    made[#made + 1] = return_call(c, ctx)
    made[#made + 1] = survey(c, ctx)
    made[#made + 1] = attention(c, ctx)
  end
  return made
end

return { follow_up = follow_up }
