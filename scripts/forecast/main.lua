-- Forecast: what a customer's open deals are worth, each by its win probability.

local settings = kehu.settings

for _, key in ipairs({ "renew_close", "set_close" }) do
  if settings.priority[key] == nil then error("the setting priority lacks \"" .. key .. "\"") end
end

local no_deal = kehu.rule{
  id = "no_deal", input = "open_deals", op = "==", limit = 0,
  en = "no deal is open", zh = "没有进行中的商机",
}
local weighted = kehu.rule{
  id = "weighted", input = "open_deal_amount",
  en = "{3} open {3|deal|deals} of {value} in all, each by its win probability",
  zh = "{3} 个进行中商机共 {value}，各按赢单概率计",
}
local none_known = kehu.rule{
  id = "none_known",
  en = "{1} open {1|deal|deals}, none with amount and win probability: no forecast",
  zh = "{1} 个进行中商机，均缺金额或赢单概率：无法预测",
}
local not_counted = kehu.rule{
  id = "not_counted",
  en = "{1} open {1|deal|deals} not counted: no amount, or no win probability",
  zh = "另有 {1} 个商机未计入：缺金额或赢单概率",
}
local undated = kehu.rule{
  id = "undated",
  en = "{1} open {1|deal|deals} without an expected close day: in no month of the forecast",
  zh = "{1} 个商机没有预计成交日：不属于任何预测月份",
}
local overdue = kehu.rule{
  id = "overdue",
  en = "{1} open {1|deal|deals} whose expected close day has passed: ask anew",
  zh = "{1} 个商机的预计成交日已过：请重新确认",
}

local day_passed = kehu.rule{
  id = "day_passed",
  en = "expected to close on {1}, {2} {2|day|days} ago, and still open in {3}",
  zh = "预计 {1} 成交，已过 {2} 天，仍处于 {3}",
}
local no_day = kehu.rule{
  id = "no_day",
  en = "win probability {1} %, and no day on which it is expected to close",
  zh = "赢单概率 {1}%，却没有预计成交日",
}
local what_hinders = kehu.rule{
  id = "what_hinders",
  en = "ask what hinders it, and for an honest day; then: kehu deal edit {1} --expected-close …",
  zh = "问清受阻之处与切实的日期；然后：kehu deal edit {1} --expected-close …",
}
local fix_day = kehu.rule{
  id = "fix_day",
  en = "fix the day while they are willing; then: kehu deal edit {1} --expected-close …",
  zh = "趁对方有意定下日期；然后：kehu deal edit {1} --expected-close …",
}

local function pipeline(c, ctx)
  if ctx:holds(no_deal) then
    return { weighted_pipeline = ctx:missing("weighted_pipeline", no_deal) }
  end
  if c.weighted_deals == 0 then
    return { weighted_pipeline = ctx:missing("weighted_pipeline", none_known, c.open_deals) }
  end
  local value = ctx:set("weighted_pipeline", c.weighted_amount, weighted, c.open_deal_amount, nil, c.open_deals)
  if c.weighted_deals < c.open_deals then value:because(not_counted, c.open_deals - c.weighted_deals) end
  if c.dated_deals < c.open_deals then value:because(undated, c.open_deals - c.dated_deals) end
  if c.overdue_closes > 0 then value:because(overdue, c.overdue_closes) end
  return { weighted_pipeline = value }
end

local function ask(ctx, action, deal, fact, due, because, how)
  return ctx:propose{
    action = action, channel = settings.channel, deal = deal.id, due = due, fact_day = fact, priority = settings.priority[action],
    group = "forecast", because = { because }, guidance = { { how, string.format("D-%d", deal.id) } },
  }
end

local function about_day(deal, ctx)
  local close = deal.expected_close
  if close then
    if close >= ctx.as_of then return nil end
    local because = { day_passed, kehu.day.format(close), ctx.as_of - close, deal.stage }
    return ask(ctx, "renew_close", deal, close, close + 1, because, what_hinders)
  end
  if deal.probability == nil or deal.probability <= settings.day_above then return nil end
  local because = { no_day, kehu.number.round(100 * deal.probability, 1) }
  return ask(ctx, "set_close", deal, deal.since, deal.since + settings.day_after, because, fix_day)
end

local function follow_up(_, case, ctx)
  local made = {}
  for _, deal in ipairs(case.deals) do
    if #made == 20 then break end
    made[#made + 1] = about_day(deal, ctx)
  end
  return made
end

return { pipeline = pipeline, follow_up = follow_up }
