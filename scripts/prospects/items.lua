-- What a street canvass asks, on its four sides.

local ITEMS = {
  { field = "market_economy", side = "market", en = "economy", zh = "经济状况" },
  { field = "market_size", side = "market", en = "size", zh = "市场规模" },
  { field = "customer_locations", side = "market", en = "where customers sit", zh = "客户分布" },
  { field = "shop_location", side = "channel", en = "location", zh = "位置" },
  { field = "shop_area", side = "channel", en = "area in square metres", zh = "面积（平方米）" },
  { field = "years_in_business", side = "channel", en = "history, years in business", zh = "经营历史（年）" },
  { field = "shop_staff", side = "channel", en = "staff", zh = "人员" },
  { field = "display", side = "channel", en = "display", zh = "陈列" },
  { field = "brands_carried", side = "channel", en = "brands carried", zh = "经营品牌" },
  { field = "lead_brand", side = "channel", en = "lead brand", zh = "主推品牌" },
  { field = "shop_sales", side = "channel", en = "sales a month", zh = "月销售额" },
  { field = "boss_style", side = "channel", en = "the owner's style and ideas", zh = "老板风格与思路" },
  { field = "shop_management", side = "channel", en = "management", zh = "管理" },
  { field = "distribution_ability", side = "channel", en = "distribution ability", zh = "分销能力" },
  { field = "rival_policy", side = "competitors", en = "sales policy", zh = "销售政策" },
  { field = "rival_assortment", side = "competitors", en = "assortment", zh = "产品结构" },
  { field = "rival_channel", side = "competitors", en = "channel", zh = "渠道" },
  { field = "rival_density", side = "competitors", en = "density", zh = "网点密度" },
  { field = "rival_wholesale_price", side = "competitors", en = "wholesale price", zh = "批发价" },
  { field = "rival_retail_price", side = "competitors", en = "retail price", zh = "零售价" },
  { field = "rival_promotions", side = "competitors", en = "promotions", zh = "促销" },
  { field = "rival_dealers", side = "competitors", en = "can their dealers be shared or won", zh = "其经销商可否共享或争取" },
  { field = "consumer_criteria", side = "consumers", en = "what they weigh, in which order", zh = "看重什么（按顺序）" },
  { field = "high_demand", side = "consumers", en = "share of high demand in per cent", zh = "高端需求比例（%）" },
  { field = "middle_demand", side = "consumers", en = "share of middle demand in per cent", zh = "中端需求比例（%）" },
  { field = "low_demand", side = "consumers", en = "share of low demand in per cent", zh = "低端需求比例（%）" },
}
local SIDES = {
  market = { en = "market", zh = "市场环境" }, channel = { en = "channel", zh = "渠道" },
  competitors = { en = "competitors", zh = "竞争对手" }, consumers = { en = "consumers", zh = "消费者" },
}

-- How many of the four sides a record of fields has found something about.
local function sides_of(fields)
  local seen, count = {}, 0
  for _, item in ipairs(ITEMS) do
    if fields[item.field] ~= nil and not seen[item.side] then
      seen[item.side] = true
      count = count + 1
    end
  end
  return count
end

return { items = ITEMS, sides = SIDES, sides_of = sides_of }
