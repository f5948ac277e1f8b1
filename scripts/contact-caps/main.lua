-- Contact caps: fading and churned customers are contacted rarely, or they block us.

local settings = kehu.settings

local capped = {
  fading = kehu.rule{
    id = "fading",
    en = "fading: {1} {1|contact|contacts} in {3} {3|day|days} and {2} more on today's list, at most {4}",
    zh = "遗忘期：{3} 天内已联系 {1} 次，今日清单已有 {2} 次，上限 {4} 次",
  },
  churned = kehu.rule{
    id = "churned",
    en = "churned: {1} {1|contact|contacts} in {3} {3|day|days} and {2} more on today's list, at most {4}",
    zh = "流失期：{3} 天内已联系 {1} 次，今日清单已有 {2} 次，上限 {4} 次",
  },
}
local CAPS = {
  fading = { most = settings.fading_cap, days = tonumber(settings.fading_window) },
  churned = { most = settings.churned_cap, days = tonumber(settings.churned_window) },
}

local exempt = {}
for _, group in ipairs(settings.exempt_groups) do exempt[group] = true end

local function contacts(c, days)
  if days == 30 then return c.contacts_30d or 0 end
  return c.contacts_90d or 0
end

-- The list comes in the worklist's order, so that what matters most is let through first. What is
-- exempt is on the list whatever its place, so it counts before all others.
local function review(proposals, ctx)
  local listed, verdicts = {}, {}
  for _, p in ipairs(proposals) do
    if exempt[p.group] then listed[p.customer] = (listed[p.customer] or 0) + 1 end
  end
  for _, p in ipairs(proposals) do
    local phase = p.c.lifecycle
    local cap = phase and CAPS[phase]
    if cap and not exempt[p.group] then
      local made, today = contacts(p.c, cap.days), listed[p.customer] or 0
      if made + today >= cap.most then
        verdicts[#verdicts + 1] = ctx:withhold(p, capped[phase], made, today, cap.days, cap.most)
      else
        listed[p.customer] = today + 1
      end
    end
  end
  return verdicts
end

return { review = review }
