-- Competitors: who uses whom, who is tied, and what to do when one appears at a customer.

local settings = kehu.settings

for _, key in ipairs({ "counter", "tie_ends" }) do
  for _, name in ipairs({ "priority", "channel" }) do
    if settings[name][key] == nil then error("the setting " .. name .. " lacks \"" .. key .. "\"") end
  end
end

local none_known = kehu.rule{
  id = "none_known",
  en = "no competitor is recorded: ask which one is in use",
  zh = "没有竞争对手记录：询问在用哪家",
}
local from_file = kehu.rule{ id = "from_file", en = "uses {1}", zh = "在用 {1}" }
local from_record = kehu.rule{
  id = "from_record",
  en = "{1} recorded {2} {2|day|days} ago",
  zh = "{2} 天前记录：{1}",
}
local unnamed = kehu.rule{
  id = "unnamed",
  en = "a competitor was recorded {1} {1|day|days} ago, without its name",
  zh = "{1} 天前记录了竞争对手，但没有名称",
}
local old_facts = kehu.rule{
  id = "old_facts",
  en = "recorded {1} {1|day|days} ago, more than {2}: see whether it still holds",
  zh = "记录于 {1} 天前，超过 {2} 天：请核实是否仍然如此",
}
local tied_by_day = kehu.rule{ id = "tied_by_day", en = "tied until {1}", zh = "受牵制至 {1}" }
local tie_over = kehu.rule{ id = "tie_over", en = "its tie ended on {1}", zh = "其约束已于 {1} 到期" }
local tied_by_failure = kehu.rule{
  id = "tied_by_failure",
  en = "the last visit failed, because it is interested but tied to a competitor (d)",
  zh = "最近一次拜访失败：有意向，但受竞争对手牵制（d）",
}
local cannot_be_won = kehu.rule{
  id = "cannot_be_won",
  en = "recorded as one that cannot be won",
  zh = "记录为不能争取",
}
local can_be_shared = kehu.rule{
  id = "can_be_shared",
  en = "recorded as one that can be shared",
  zh = "记录为可以共享",
}
local can_be_won = kehu.rule{ id = "can_be_won", en = "recorded as one that can be won", zh = "记录为可以争取" }
local unsaid = kehu.rule{
  id = "unsaid",
  en = "whether it can be won is not recorded: --field can_be_won=yes|shared|no",
  zh = "未记录能否争取：--field can_be_won=yes|shared|no",
}

local appears = kehu.rule{
  id = "appears",
  en = "{1} appears at this customer for the first time, on {2}",
  zh = "{1} 于 {2} 首次出现在该客户处",
}
local facts_are = kehu.rule{ id = "facts_are", en = "what is known: {1}", zh = "已知情况：{1}" }
local lacks_facts = kehu.rule{
  id = "lacks_facts",
  en = "find out and record {1}: kehu interaction edit {2} --field …",
  zh = "了解并记录 {1}：kehu interaction edit {2} --field …",
}
local ends_in_measure = kehu.rule{
  id = "ends_in_measure",
  en = "decide on a measure, or on none and why; speak of our strengths, not badly of theirs",
  zh = "定出措施，或写明不采取措施的原因；讲自己的长处，不贬低对手",
}
local tie_ends = kehu.rule{
  id = "tie_ends",
  en = "the tie to {1} ends on {2}, in {3} {3|day|days}",
  zh = "与 {1} 的约束 {2} 到期，还有 {3} 天",
}
local prepare_offer = kehu.rule{
  id = "prepare_offer",
  en = "ask what would make it change, and bring an offer before the tie is renewed",
  zh = "问清怎样才会更换，在续约前拿出方案",
}
local find_out = kehu.rule{ id = "find_out", en = "find out about {1}: policy, assortment, price, promotion, can it be won", zh = "了解 {1} 的政策、品种、价格、促销，以及能否争取" }
local now_uses = kehu.rule{ id = "now_uses", en = "the customer uses {1} now", zh = "客户改用 {1}" }
local no_name = kehu.rule{
  id = "no_name",
  en = "the record {1} does not say which competitor it is",
  zh = "记录 {1} 没有写明是哪家竞争对手",
}
local give_name = kehu.rule{
  id = "give_name",
  en = "say it: kehu interaction edit {1} --field competitor=…",
  zh = "请写明：kehu interaction edit {1} --field competitor=…",
}

local function show(day) return kehu.day.format(day) end

local function said(text)
  local trimmed = type(text) == "string" and kehu.text.trim(text)
  return trimmed and trimmed ~= "" and trimmed or nil
end

-- Names as they are compared: full-width and capital letters are the same as others.
local function plain_name(text) return kehu.text.lower(kehu.text.narrow(text)) end

local function competition(c, ctx)
  local in_use = said(c.competitor_in_use)
  local recorded, days = said(c.last_competitor), c.last_competitor_days
  local given = {}
  local function add(label, rule, ...)
    if given.competitor_tie then
      given.competitor_tie:because(rule, ...)
    else
      given.competitor_tie = ctx:label("competitor_tie", label, rule, ...)
    end
  end
  if in_use then
    given.competitor = ctx:set("competitor", in_use, from_file, in_use)
  elseif recorded then
    given.competitor = ctx:set("competitor", recorded, from_record, recorded, days)
  elseif days then
    given.competitor = ctx:missing("competitor", unnamed, days)
  else
    given.competitor = ctx:missing("competitor", none_known)
  end
  local until_day = c.last_tied_until
  if until_day and until_day >= ctx.as_of then add("tied", tied_by_day, show(until_day)) end
  if c.failure == "d" then add("tied", tied_by_failure) end
  if c.last_can_be_won == "no" and not (until_day and until_day < ctx.as_of) then add("tied", cannot_be_won) end
  if given.competitor_tie == nil then
    if c.last_can_be_won == "shared" then
      add("shared", can_be_shared)
    elseif c.last_can_be_won == "yes" then
      add("winnable", can_be_won)
    elseif in_use or days then
      add("in_use", in_use and from_file or recorded and from_record or unnamed, in_use or recorded or days,
        not in_use and recorded and days or nil)
      if c.last_can_be_won == nil then add("in_use", unsaid) end
    else
      add("none_known", none_known)
    end
    if until_day and until_day < ctx.as_of then add(nil, tie_over, show(until_day)) end
  end
  if days and days > settings.stale_days then add(nil, old_facts, days, settings.stale_days) end
  return given
end

local FACTS = {
  { "competitor_policy", "policy", "政策" }, { "competitor_assortment", "assortment", "品种" },
  { "competitor_price", "price", "价格" }, { "competitor_promotion", "promotion", "促销" },
}

-- What is known of the competitor, and the names of the fields that are empty.
local function facts_of(thread)
  local known, lacking = {}, {}
  for _, fact in ipairs(FACTS) do
    local text = said(thread.fields[fact[1]])
    if text then known[#known + 1] = text else lacking[#lacking + 1] = fact[1] end
  end
  if thread.fields.can_be_won == nil then lacking[#lacking + 1] = "can_be_won" end
  return table.concat(known, "; "), table.concat(lacking, ", ")
end

local function counter(thread, name, ctx)
  local known, lacking = facts_of(thread)
  local because = { { appears, name, show(thread.opened) } }
  if known ~= "" then because[2] = { facts_are, known } end
  local guidance = { ends_in_measure }
  if lacking ~= "" then guidance[2] = { lacks_facts, lacking, string.format("I-%d", thread.id) } end
  return ctx:propose{
    action = "counter", channel = settings.channel.counter, about = thread.id, state = "countered",
    due = thread.opened + settings.counter_days, fact_day = thread.opened, priority = settings.priority.counter,
    group = "competitor", because = because, guidance = guidance,
  }
end

local function follow_up(c, case, ctx)
  local made, met = {}, {}
  for _, thread in ipairs(case.threads) do
    local name = thread.kind == "competitor" and said(thread.fields.competitor)
    local key = name and plain_name(name)
    if key and not met[key] then
      met[key] = true
      local is_new = ctx.as_of - thread.opened <= settings.new_days
      if is_new and thread.open and #made < 10 then made[#made + 1] = counter(thread, name, ctx) end
    end
  end
  local until_day = c.last_tied_until
  local left = until_day and until_day - ctx.as_of
  if left and left >= 0 and left <= settings.tie_ahead then
    made[#made + 1] = ctx:propose{
      action = "tie_ends", channel = settings.channel.tie_ends, due = until_day - math.ceil(settings.tie_ahead / 2), fact_day = until_day,
      priority = settings.priority.tie_ends, group = "competitor",
      because = { { tie_ends, said(c.last_competitor) or "?", show(until_day), left } }, guidance = { prepare_offer },
    }
  end
  return made
end

local function on_event(_, event, ctx)
  local before, after = event.before, event.after
  if event.record == "interaction" and event.change == "added" and event.kind == "competitor" and event.about == nil then
    if said(after.fields and after.fields.competitor) then return nil end
    local id = string.format("I-%d", event.id)
    return ctx:warn{ because = { { no_name, id } }, advice = { { give_name, id } } }
  elseif event.record == "customer" and event.change == "changed" and after then
    local was = said(before and before.fields and before.fields.competitor_in_use)
    local is = said(after.fields and after.fields.competitor_in_use)
    if is and (was == nil or plain_name(was) ~= plain_name(is)) then
      return ctx:task{ what = { find_out, is }, due = event.day + settings.counter_days, because = { { now_uses, is } } }
    end
  end
  return nil
end

return { competition = competition, follow_up = follow_up, on_event = on_event }
