-- Forecast: what a customer's open deals are worth, each by its win probability.

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

return { pipeline = pipeline }
