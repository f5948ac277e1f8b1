-- What a street canvass asks, on its four sides, and how it is shown in the forms.

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
local WORDS = {
  can_be_shared = { en = "can be shared", zh = "可共享" }, can_be_won = { en = "can be won", zh = "可争取" },
  neither = { en = "neither", zh = "均不可" },
  observed = { en = "observed", zh = "观察" }, asked_directly = { en = "asked directly", zh = "直接询问" },
  asked_indirectly = { en = "asked indirectly", zh = "间接询问" }, from_the_side = { en = "from the side", zh = "旁敲侧击" },
}

local labels, columns = {}, { "id", "customer", "customer_name", "happened", "rep", "asked_how", "countermeasure" }
for _, item in ipairs(ITEMS) do
  labels[item.field] = { en = item.en, zh = item.zh }
  columns[#columns + 1] = item.field
end

-- What reports alone may call is handed in: packs load this file too.
return function(api)
  -- The canvasses of a rep, or of all, that a condition picks.
  local function canvasses(condition, rep)
    local found = {}
    local where = "kind = 'canvass'" .. (condition and " and " .. condition or "")
    for row in api.interactions{ where = where, columns = columns } do
      if rep == nil or row.rep == rep.name then found[#found + 1] = row end
    end
    return found
  end

  -- How many of the four sides a canvass has found something about.
  local function sides_of(row)
    local seen, count = {}, 0
    for _, item in ipairs(ITEMS) do
      if row[item.field] ~= nil and not seen[item.side] then
        seen[item.side] = true
        count = count + 1
      end
    end
    return count
  end

  -- What to do, as the canvasses say, and what follows from what they found: each with whose word it is.
  local function countermeasures(rows, reference_of)
    local list, customers = {}, {}
    local function add(row, key, words)
      list[#list + 1] = { customer = row.customer_name, countermeasure = words, by = key, day = row.happened, rep = row.rep }
    end
    for _, row in ipairs(rows) do
      if row.countermeasure then add(row, "rep", row.countermeasure) end
      if row.rival_dealers == "can_be_won" then
        add(row, "found", api.say{ en = "win it: the competitor's dealer can be won", zh = "争取：竞争对手的经销商可争取" })
      elseif row.rival_dealers == "can_be_shared" then
        add(row, "found", api.say{ en = "share it: the competitor's dealer can be shared", zh = "共享：竞争对手的经销商可共享" })
      end
      local company = reference_of(row.brands_carried)
      if company then
        add(row, "found", api.say{ en = "follow the leader: it already carries {company}", zh = "亦步亦趋：已经营 {company}", company = company })
      end
      local missing = {}
      for _, item in ipairs(ITEMS) do
        if row[item.field] ~= nil then missing[item.side] = true end
      end
      local sides = {}
      for _, side in ipairs({ "market", "channel", "competitors", "consumers" }) do
        if not missing[side] then sides[#sides + 1] = api.say(SIDES[side]) end
      end
      if #sides > 0 and not customers[row.customer] then
        local separator = api.language == "zh" and "、" or ", "
        add(row, "found", api.say{ en = "ask again: nothing found about {sides}", zh = "补充调查：缺 {sides}", sides = table.concat(sides, separator) })
      end
      customers[row.customer] = true
    end
    return list
  end

  local function show_countermeasures(list)
    api.table{
      name = "countermeasures", title = { en = "Suggested countermeasures", zh = "建议对策" },
      { "customer", title = { en = "customer", zh = "客户" } },
      { "countermeasure", title = { en = "countermeasure", zh = "对策" } },
      { "by", title = { en = "from", zh = "依据" }, labels = { rep = { en = "the rep", zh = "业务员建议" }, found = { en = "what was found", zh = "调查结果" } } },
      rows = list,
    }
  end

  return {
    items = ITEMS, sides = SIDES, words = WORDS, labels = labels, canvasses = canvasses, sides_of = sides_of,
    countermeasures = countermeasures, show_countermeasures = show_countermeasures,
  }
end
