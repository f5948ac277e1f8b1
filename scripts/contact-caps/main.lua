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

-- What is to be said to a customer on one day is one contact, so a day adds one at most.
local function verdict(p, ctx)
  local c = p.c
  if (c.open_complaints or 0) > 0 and waits[p.group] and p.action ~= "visit" then
    return ctx:withhold(p, complaint_first, c.open_complaints)
  end
  local cap = c.lifecycle and CAPS[c.lifecycle]
  if cap == nil then return nil end
  local made = contacts(c, cap.days)
  if made >= cap.most then return ctx:withhold(p, capped[c.lifecycle], made, cap.days, cap.most) end
end

-- What does not reach the customer, such as a note or the return to the pool, is no contact.
local function review(proposals, ctx)
  local verdicts = {}
  for _, p in ipairs(proposals) do
    if p.contact and p.c and not exempt[p.group] then verdicts[#verdicts + 1] = verdict(p, ctx) end
  end
  return verdicts
end

return { review = review }
