-- My-pack: a call after some days without a contact.

local long_ago = kehu.rule{
  id = "long_ago", setting = "call_after",
  en = "the last contact was {value} {value|day|days} ago, a call is due after {limit}",
  zh = "上次联系在 {value} 天前，满 {limit} 天应致电",
}

-- Called for each customer: case has its name, its open deals and its last interactions.
local function follow_up(c, case, ctx)
  local days = c.last_contact_days
  if not days or days < ctx.settings.call_after then return nil end
  return {
    ctx:propose{
      action = "call_again", channel = "phone", due = ctx.as_of,
      fact_day = ctx.as_of - days, priority = 40, because = { { long_ago, days } },
    },
  }
end

return { follow_up = follow_up }
