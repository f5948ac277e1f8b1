-- Dealer attitude: towards one supplier. There are no bad customers.

local settings = kehu.settings

if settings.third_up_to > settings.second_from or settings.second_from > settings.first_above then
  error("the settings third_up_to, second_from and first_above must rise: " .. settings.third_up_to
    .. ", " .. settings.second_from .. ", " .. settings.first_above)
end

local average = kehu.rule{
  id = "average", input = "attitude_sales",
  en = "{value} in {3} {3|month|months}", zh = "{3} 个月共 {value}",
}
local no_sales = kehu.rule{
  id = "no_sales", input = "first_sale_days", op = "missing",
  en = "never bought from us, so no attitude yet", zh = "从未向我方购买，尚无态度可言",
}
local share_of = kehu.rule{
  id = "share_of", input = "own_sales",
  en = "our sales within its own of {value} a month", zh = "占其自身月销售额 {value} 的份额",
}
local no_own_sales = kehu.rule{
  id = "no_own_sales", input = "own_sales", op = "missing",
  en = "its own sales are not recorded, so the share is unknown", zh = "未记录其自身销售额，份额未知",
}
local bad_own_sales = kehu.rule{
  id = "bad_own_sales", input = "own_sales",
  en = "its own sales of {value} cannot be: no share", zh = "其自身销售额 {value} 不合理，不计份额",
}
local first = kehu.rule{
  id = "first", input = "attitude_sales",
  en = "{value} a month, more than {limit}", zh = "月均 {value}，超过 {limit}",
}
local second = kehu.rule{
  id = "second", input = "attitude_sales",
  en = "{value} a month, at least {limit}", zh = "月均 {value}，达到 {limit}",
}
local between = kehu.rule{
  id = "between", input = "attitude_sales",
  en = "{value} a month, less than {limit} and more than the third type has: no rule says which, so moves when pushed",
  zh = "月均 {value}，低于 {limit} 而高于第三类：规则未说明，按你推才动",
}
local third = kehu.rule{
  id = "third", input = "attitude_sales",
  en = "{value} a month, at most {limit}", zh = "月均 {value}，不超过 {limit}",
}
local profit = kehu.rule{
  id = "profit", input = "profit_from_us",
  en = "it earns {value} a month with our products", zh = "经营我方产品月利润 {value}",
}
local earns_nothing = kehu.rule{
  id = "earns_nothing", input = "profit_from_us",
  en = "it earns nothing with our products ({value} a month): whoever earns nothing is no first type",
  zh = "经营我方产品没有利润（月 {value}）：不挣钱就不是靠你挣钱的客户",
}
local clear = kehu.rule{ id = "clear", en = "the sales say it", zh = "销售额明确" }
local unsure_sales = kehu.rule{
  id = "unsure_sales", en = "between the second and the third type", zh = "介于第二类与第三类之间",
}
local unsure_share = kehu.rule{
  id = "unsure_share", en = "our share is {1} %, below {2} %", zh = "我方份额 {1}%，低于 {2}%",
}
local unsure_profit = kehu.rule{
  id = "unsure_profit", en = "sales and profit contradict each other", zh = "销售额与利润相互矛盾",
}
local asks = kehu.rule{
  id = "asks", en = "asked for {1} of {2} {2|purchase|purchases} itself", zh = "{2} 次购买中有 {1} 次主动要货",
}
local never_asks = kehu.rule{
  id = "never_asks", en = "asked for none of {1} {1|purchase|purchases} itself", zh = "{1} 次购买均非主动要货",
}
local few_months = kehu.rule{
  id = "few_months", en = "bought first {1} {1|day|days} ago, so the average of {2} {2|month|months} is too low",
  zh = "首次购买仅在 {1} 天前，{2} 个月的月均偏低",
}
local hands_off = kehu.rule{
  id = "hands_off", en = "it acts on its own and calls when it needs us", zh = "它会主动要货，需要时会来电",
}
local dig_in = kehu.rule{
  id = "dig_in", en = "dig in until it earns with you", zh = "死磕，直到它靠你挣钱",
}
local able = kehu.rule{
  id = "able", en = "it is able: dig in", zh = "有能力：死磕",
}
local able_unsaid = kehu.rule{
  id = "able_unsaid", en = "whether it is able is not recorded; it counts as able: dig in",
  zh = "未记录是否有能力，视为有能力：死磕",
}
local unable_unsaid = kehu.rule{
  id = "unable_unsaid", en = "whether it is able is not recorded; it counts as unable: give up",
  zh = "未记录是否有能力，视为没有能力：放弃",
}
local unable = kehu.rule{
  id = "unable", en = "it lacks ability, and cannot be made able: give up", zh = "没有能力，也无法使其有能力：放弃",
}
local HINDRANCES = {
  earns_nothing = kehu.rule{
    id = "hindrance_earns_nothing", en = "it cannot be pushed because it earns nothing", zh = "推不动的原因：不挣钱",
  },
  no_breakthrough = kehu.rule{
    id = "hindrance_no_breakthrough", en = "it cannot be pushed because its sales make no breakthrough", zh = "推不动的原因：销量没有突破",
  },
  no_hope = kehu.rule{
    id = "hindrance_no_hope", en = "it cannot be pushed because it sees no hope", zh = "推不动的原因：看不到希望",
  },
}
local hindrance_unsaid = kehu.rule{
  id = "hindrance_unsaid", en = "find out why it cannot be pushed, and record it in the field \"hindrance\"",
  zh = "查明推不动的原因，并记录下来",
}


local function type_of(monthly)
  if monthly > settings.first_above then return "earns_with_you", first, settings.first_above end
  if monthly >= settings.second_from then return "moves_when_pushed", second, settings.second_from end
  if monthly > settings.third_up_to then return "moves_when_pushed", between, settings.second_from end
  return "cannot_be_pushed", third, settings.third_up_to
end

local function strategy(c, ctx, kind)
  local function label(value, rule) return ctx:label("attitude_strategy", value, rule) end
  if kind == "earns_with_you" then return label("hands_off", hands_off) end
  if kind == "moves_when_pushed" then return label("dig_in", dig_in) end
  local given
  if c.able == nil then
    local counts_as_able = settings.able_unless_said
    given = label(counts_as_able and "dig_in" or "give_up", counts_as_able and able_unsaid or unable_unsaid)
  else
    given = label(c.able and "dig_in" or "give_up", c.able and able or unable)
  end
  given:because(HINDRANCES[c.hindrance] or hindrance_unsaid)
  return given
end

local function attitude(c, ctx)
  if ctx:holds(no_sales) then
    return {
      monthly_sales = ctx:missing("monthly_sales", no_sales), our_share = ctx:missing("our_share", no_sales),
      attitude = ctx:missing("attitude", no_sales),
      attitude_confidence = ctx:missing("attitude_confidence", no_sales),
      attitude_strategy = ctx:missing("attitude_strategy", no_sales),
    }
  end
  local sales = c.attitude_sales or 0
  local monthly = sales / settings.months
  local share
  local given = {
    monthly_sales = ctx:set("monthly_sales", monthly, average, sales, nil, settings.months),
  }
  if c.own_sales == nil then
    given.our_share = ctx:missing("our_share", no_own_sales)
  elseif c.own_sales <= 0 then
    given.our_share = ctx:missing("our_share", bad_own_sales, c.own_sales)
  else
    share = 100 * monthly / c.own_sales
    given.our_share = ctx:set("our_share", share, share_of, c.own_sales)
  end

  local kind, rule, limit = type_of(monthly)
  local contradicted = kind == "earns_with_you" and c.profit_from_us ~= nil and c.profit_from_us <= 0
  if contradicted then kind = "moves_when_pushed" end
  local label = ctx:label("attitude", kind, rule, monthly, limit)
  if contradicted then
    label:because(earns_nothing, c.profit_from_us)
  elseif c.profit_from_us then
    label:because(profit, c.profit_from_us)
  end
  if c.own_initiative > 0 then
    label:because(asks, c.own_initiative, c.known_initiative)
  elseif c.known_initiative > 0 then
    label:because(never_asks, c.known_initiative)
  end
  given.attitude = label

  local confidence
  local function lower(why, one, two)
    if confidence then
      confidence:because(why, one, two)
    else
      confidence = ctx:label("attitude_confidence", "lower", why, one, two)
    end
  end
  if rule == between then lower(unsure_sales) end
  if contradicted then lower(unsure_profit) end
  if kind == "earns_with_you" and share and share < settings.share_first then
    lower(unsure_share, share, settings.share_first)
  end
  if kind == "earns_with_you" and c.known_initiative > 0 and c.own_initiative == 0 then
    lower(never_asks, c.known_initiative)
  end
  if kind ~= "earns_with_you" and c.first_sale_days < 28 * settings.months then
    lower(few_months, c.first_sale_days, settings.months)
  end
  given.attitude_confidence = confidence or ctx:label("attitude_confidence", "usual", clear)
  given.attitude_strategy = strategy(c, ctx, kind)
  return given
end

return { attitude = attitude }
