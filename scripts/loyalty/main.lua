-- Loyalty is built by satisfying purchases.

local settings = kehu.settings

if settings.loyal_from <= settings.forming_from then
  error("the setting loyal_from is " .. settings.loyal_from .. ", not above forming_from, which is " .. settings.forming_from)
end
local satisfying = kehu.rule{
  id = "satisfying",
  en = "{1} satisfying {1|purchase|purchases} of {2}: no complaint within {3} {3|day|days} after, or a satisfaction of at least {4}",
  zh = "{2} 次购买中 {1} 次满意：其后 {3} 天内没有投诉，或满意度不低于 {4}",
}
local unproven = kehu.rule{
  id = "unproven",
  en = "{1} of them less than {2} {2|day|days} ago: a complaint may yet come", zh = "其中 {1} 次不足 {2} 天，仍可能有投诉",
}
local no_purchase = kehu.rule{
  id = "no_purchase", input = "purchases", op = "==", limit = 0,
  en = "no purchase yet", zh = "尚无购买",
}
local bounds = kehu.rule{
  id = "bounds", en = "forming from {1}, loyal from {2}", zh = "{1} 次起为形成中，{2} 次起为忠诚",
}
local campaign = kehu.rule{
  id = "campaign", en = "{1} of {2} {2|purchase|purchases} on campaign days, promotion-driven from {3} %",
  zh = "{2} 次购买中 {1} 次在活动日，占比 {3}% 起为活动期活跃",
}
local no_campaigns = kehu.rule{
  id = "no_campaigns", en = "no campaign days are set, so no habit can be told", zh = "未设置活动日，无法判断购买习惯",
}
local too_few = kehu.rule{
  id = "too_few", en = "{1} {1|purchase|purchases}, a habit is told from {2}", zh = "购买 {1} 次，满 {2} 次才判断习惯",
}
local bought_before = kehu.rule{
  id = "bought_before", en = "what was bought last decides the next offer", zh = "上次购买的品类决定下次推荐",
}
local no_category = kehu.rule{
  id = "no_category", input = "last_category", op = "missing",
  en = "no purchase has a product with a category", zh = "没有带品类的购买记录",
}

local function one_place(number) return math.floor(number * 10 + 0.5) / 10 end

local function loyalty(c, ctx)
  local given = {}
  local good = c.clean_purchases + c.satisfying_all_the_same
  local step = "none"
  if good >= settings.loyal_from then
    step = "loyal"
  elseif good >= settings.forming_from then
    step = "forming"
  elseif good >= 1 then
    step = "trial"
  end
  if ctx:holds(no_purchase) then
    given.loyalty = ctx:label("loyalty", "none", no_purchase)
  else
    given.loyalty = ctx:label("loyalty", step, satisfying, good, c.purchases, settings.complaint_days, settings.satisfied_from)
    given.loyalty:because(bounds, settings.forming_from, settings.loyal_from)
    if c.unproven_purchases > 0 then
      given.loyalty:because(unproven, c.unproven_purchases, settings.complaint_days)
    end
  end

  if #settings.campaign_days == 0 then
    given.buying_habit = ctx:missing("buying_habit", no_campaigns)
  elseif c.purchases < settings.habit_from then
    given.buying_habit = ctx:missing("buying_habit", too_few, c.purchases, settings.habit_from)
  else
    local is_driven = c.campaign_purchases >= c.purchases * settings.campaign_share
    given.buying_habit = ctx:label("buying_habit", is_driven and "promotion_driven" or "regular", campaign,
      c.campaign_purchases, c.purchases, one_place(100 * settings.campaign_share))
  end

  if c.last_category then
    given.next_offer = ctx:set("next_offer", c.last_category, bought_before)
  else
    given.next_offer = ctx:missing("next_offer", no_category)
  end
  return given
end

return { loyalty = loyalty }
