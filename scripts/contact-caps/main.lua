-- Contact caps: fading and churned customers are contacted rarely, or they block us. While a complaint is open,
-- nobody sells to the customer.

local settings = kehu.settings

local capped = {
  fading = kehu.rule{
    id = "fading",
    en = "fading: {1} {1|contact|contacts} in {2} {2|day|days}, at most {3}",
    zh = "遗忘期：{2} 天内已联系 {1} 次，上限 {3} 次",
  },
  churned = kehu.rule{
    id = "churned",
    en = "churned: {1} {1|contact|contacts} in {2} {2|day|days}, at most {3}",
    zh = "流失期：{2} 天内已联系 {1} 次，上限 {3} 次",
  },
}
local capped_today = {
  fading = kehu.rule{
    id = "fading_today",
    en = "fading: {1} {1|contact|contacts} in {2} {2|day|days} and {4} more on today's list, at most {3}",
    zh = "遗忘期：{2} 天内已联系 {1} 次，今日清单已有 {4} 次，上限 {3} 次",
  },
  churned = kehu.rule{
    id = "churned_today",
    en = "churned: {1} {1|contact|contacts} in {2} {2|day|days} and {4} more on today's list, at most {3}",
    zh = "流失期：{2} 天内已联系 {1} 次，今日清单已有 {4} 次，上限 {3} 次",
  },
}
local complaint_first = kehu.rule{
  id = "complaint_first",
  en = "{1} {1|complaint is|complaints are} open: first resolve what the customer complains of, then care and sell",
  zh = "有 {1} 宗投诉未结：先解决投诉，再谈关怀与销售",
}
local CAPS = {
  fading = { most = settings.fading_cap, days = tonumber(settings.fading_window) },
  churned = { most = settings.churned_cap, days = tonumber(settings.churned_window) },
}

local function set(list)
  local found = {}
  for _, each in ipairs(list) do found[each] = true end
  return found
end
local exempt, waits = set(settings.exempt_groups), set(settings.wait_for_complaint)

local function contacts(c, days)
  if days == 30 then return c.contacts_30d or 0 end
  return c.contacts_90d or 0
end

-- What is said in one visit, call or message is one contact however much it is; an event or a survey is one more.
local PLAIN = { visit = true, meeting = true, call = true, phone = true, telephone = true, message = true, wechat = true, email = true }

local function verdict(p, ctx, today)
  local c = p.c
  if (c.open_complaints or 0) > 0 and waits[p.group] and p.action ~= "visit" then
    return ctx:withhold(p, complaint_first, c.open_complaints)
  end
  local cap = c.lifecycle and CAPS[c.lifecycle]
  if cap == nil then return nil end
  local made = contacts(c, cap.days)
  local listed = today[p.customer]
  if listed == nil then
    listed = { count = 0, plain = false }
    today[p.customer] = listed
  end
  local is_plain = PLAIN[p.channel] == true
  if is_plain and listed.plain then return nil end
  if made >= cap.most then return ctx:withhold(p, capped[c.lifecycle], made, cap.days, cap.most) end
  if made + listed.count >= cap.most then
    return ctx:withhold(p, capped_today[c.lifecycle], made, cap.days, cap.most, listed.count)
  end
  listed.count, listed.plain = listed.count + 1, listed.plain or is_plain
end

-- What does not reach the customer, such as a note or the return to the pool, is no contact.
local function review(proposals, ctx)
  local verdicts, today = {}, {}
  for _, p in ipairs(proposals) do
    if p.contact and p.c and not exempt[p.group] then verdicts[#verdicts + 1] = verdict(p, ctx, today) end
  end
  return verdicts
end

return { review = review }
