-- My-pack: parts customers at the mean of the last 12 months' purchases.

local above = kehu.rule{
  id = "above", input = "amount_12m",
  en = "bought for {value} in 12 months, the mean is {2}", zh = "近 12 个月购买 {value}，均值为 {2}",
}
local below = kehu.rule{
  id = "below", input = "amount_12m",
  en = "bought for {value} in 12 months, less than the mean of {2}", zh = "近 12 个月购买 {value}，低于均值 {2}",
}
local nothing = kehu.rule{
  id = "nothing", en = "nothing is known of its purchases", zh = "没有购买记录",
}

-- Called once, before the customers are scored: columns look at all of them.
local function fit(columns)
  return { mean = columns.amount_12m:mean() }
end

-- Called for each customer: what fit returned is ctx.state.
local function score(c, ctx)
  local amount, mean = c.amount_12m, ctx.state.mean
  if not amount or not mean then
    return { my_pack = ctx:missing("my_pack", nothing) }
  end
  if amount >= mean then
    return { my_pack = ctx:label("my_pack", "above", above, amount, mean) }
  end
  return { my_pack = ctx:label("my_pack", "below", below, amount, mean) }
end

return { fit = fit, score = score }
