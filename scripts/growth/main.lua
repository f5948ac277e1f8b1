-- Growth types, and the hollow key account: size is not quality.

local settings = kehu.settings

local never = kehu.rule{
  id = "never", input = "first_purchase_days", op = "missing",
  en = "no purchase yet: worth cultivating", zh = "尚无购买：值得培养",
}
local sleeping = kehu.rule{
  id = "sleeping", input = "recency_days", op = ">", setting = "sleeping_after",
  en = "was a customer, nothing for {value} {value|day|days}, more than {limit}", zh = "曾是客户，已 {value} 天没有购买，超过 {limit} 天",
}
local fast = kehu.rule{
  id = "fast", en = "grew by {1} % over the period before, at least {2} %", zh = "较上期增长 {1}%，达到 {2}%",
}
local steady = kehu.rule{
  id = "steady",
  en = "growth {1} %, from {5} % to below {2} %; {3} {3|day|days} with purchases, customer for {4} {4|day|days}: steady",
  zh = "增长 {1}%，不低于 {5}%，低于 {2}%；有购买的天数 {3}，成为客户已 {4} 天：稳定",
}
local declining = kehu.rule{
  id = "declining", en = "growth {1} %, below {2} %: declining", zh = "增长 {1}%，低于 {2}%：下滑",
}
local new = kehu.rule{
  id = "new",
  en = "first purchase {1} {1|day|days} ago, so there was no previous period to grow over: new",
  zh = "首次购买在 {1} 天前，没有上期可比：新客户",
}
local returned = kehu.rule{
  id = "returned", input = "amount_previous_period",
  en = "customer for {2} {2|day|days}, but {value} in the period before, so no growth is known: not called steady",
  zh = "成为客户已 {2} 天，但上期为 {value}，增长率未知，不算稳定",
}
local satisfied = kehu.rule{
  id = "satisfied", en = "mean satisfaction {1} of 5", zh = "平均满意度 {1}（满分 5）",
}
local dissatisfied = kehu.rule{
  id = "dissatisfied", en = "mean satisfaction {1} of 5, below {2}: not loyal", zh = "平均满意度 {1}（满分 5），低于 {2}：不算忠诚",
}
local young = kehu.rule{
  id = "young", en = "customer for {1} {1|day|days}, less than {2}", zh = "成为客户 {1} 天，不足 {2} 天",
}
local rare = kehu.rule{
  id = "rare", en = "{1} {1|day|days} with purchases in the period, less than {2}", zh = "本期有购买的天数 {1}，不足 {2}",
}
local no_before = kehu.rule{
  id = "no_before", input = "amount_previous_period",
  en = "{value} in the period before, so no rate of growth", zh = "上期为 {value}，无法计算增长率",
}
local rate = kehu.rule{
  id = "rate", input = "amount_period",
  en = "{value} in the period, {2:amount} before", zh = "本期 {value}，上期 {2:amount}",
}
local TYPES = {
  loyal = { "secure_satisfaction", kehu.rule{ id = "do_loyal", en = "steady, little growth", zh = "稳定而增长不大" } },
  fast_growing = { "add_people", kehu.rule{ id = "do_fast", en = "growing fast", zh = "成长快" } },
  sleeping = { "create_needs", kehu.rule{ id = "do_sleeping", en = "asleep", zh = "处于睡眠" } },
  worth_cultivating = { "follow_actively", kehu.rule{ id = "do_cultivate", en = "may yet become more", zh = "尚可培养" } },
  declining = { "find_cause", kehu.rule{ id = "do_declining", en = "buys less than before", zh = "购买减少" } },
  new = { "meet_expectations", kehu.rule{ id = "do_new", en = "the first purchases decide whether it stays", zh = "最初的购买决定其去留" } },
}

local WHOSE = settings.population == "all" and { en = "all customers", zh = "全部客户" }
  or { en = "those who bought in the period", zh = "本期有购买的客户" }
local not_large = kehu.rule{
  id = "not_large", input = "amount_period",
  en = "volume {value}, below {limit}, the least of the largest {3} % of " .. WHOSE.en,
  zh = "量 {value}，低于" .. WHOSE.zh .. "前 {3}% 的下限 {limit}",
}
local nobody = kehu.rule{
  id = "nobody", input = "amount_period", en = "volume {value}; " .. WHOSE.en .. ": nobody", zh = "量 {value}；" .. WHOSE.zh .. "：无",
}
local large = kehu.rule{
  id = "large", input = "amount_period",
  en = "volume {value}, at least {limit}, the least of the largest {3} % of " .. WHOSE.en,
  zh = "量 {value}，达到" .. WHOSE.zh .. "前 {3}% 的下限 {limit}",
}
local no_profit = kehu.rule{
  id = "no_profit", input = "margin_period",
  en = "but its margin of {value} is negative", zh = "但毛利 {value} 为负",
}
local low_profit = kehu.rule{
  id = "low_profit", input = "margin_period",
  en = "but its margin of {value} is below {limit}, the median of " .. WHOSE.en, zh = "但毛利 {value} 低于" .. WHOSE.zh .. "的中位数 {limit}",
}
local falling = kehu.rule{
  id = "falling", en = "but its growth is {1} %, below {2} %", zh = "但增长率 {1}%，低于 {2}%",
}
local overdue = kehu.rule{
  id = "overdue", input = "overdue_amount",
  en = "but {value} is overdue", zh = "但有逾期货款 {value}",
}
local sound = kehu.rule{
  id = "sound", en = "profit and growth bear it out, as far as they are known", zh = "就已知数据，利润与增长均正常",
}
local unknown_profit = kehu.rule{
  id = "unknown_profit", input = "margin_period", op = "missing",
  en = "its margin is not recorded", zh = "未记录毛利",
}

local function one_place(number) return math.floor(number * 10 + 0.5) / 10 end

-- A figure for a sentence that names its limits: rounded only as far as it stays on its side of them.
local function beside(number, one, two)
  local shown = one_place(number)
  if number ~= shown and (shown == one or shown == two) then return number end
  return shown
end

-- True if all purchases lie in the period, which ends today: it has no previous one.
local function is_new(c, ctx)
  return ctx.as_of - c.first_purchase_days > kehu.day.add_months(ctx.as_of, -settings.period)
end

local function growth_of(c)
  local now, before = c.amount_period, c.amount_previous_period
  if now == nil or before == nil or before <= 0 then return nil end
  -- Amounts are sums of decimal fractions: a billionth of a per cent is no growth.
  return math.floor(1e11 * (now - before) / before + 0.5) / 1e9
end

local function typed(ctx, kind, rule, ...)
  local what = TYPES[kind]
  return ctx:label("growth_type", kind, rule, ...), ctx:label("growth_strategy", what[1], what[2])
end

local function growth(c, ctx)
  local grown = growth_of(c)
  local given = {}
  if grown then
    given.growth_rate = ctx:set("growth_rate", grown, rate, c.amount_period, c.amount_previous_period)
  else
    given.growth_rate = ctx:missing("growth_rate", no_before, c.amount_previous_period)
  end
  local label, strategy
  local from, upto = settings.declining_below, settings.fast_from
  if ctx:holds(never) then
    label, strategy = typed(ctx, "worth_cultivating", never)
  elseif ctx:holds(sleeping) then
    label, strategy = typed(ctx, "sleeping", sleeping)
  elseif grown == nil and is_new(c, ctx) then
    label, strategy = typed(ctx, "new", new, c.first_purchase_days)
  elseif grown == nil then
    label, strategy = typed(ctx, "worth_cultivating", returned, c.amount_previous_period or 0, c.first_purchase_days)
  elseif grown >= upto then
    label, strategy = typed(ctx, "fast_growing", fast, one_place(grown), upto)
  elseif grown < from then
    label, strategy = typed(ctx, "declining", declining, beside(grown, from), from)
  elseif c.first_purchase_days < settings.loyal_since then
    label, strategy = typed(ctx, "worth_cultivating", young, c.first_purchase_days, settings.loyal_since)
  elseif c.purchase_months < settings.loyal_days then
    label, strategy = typed(ctx, "worth_cultivating", rare, c.purchase_months, settings.loyal_days)
  elseif c.satisfaction_mean and c.satisfaction_mean < settings.loyal_satisfaction then
    label, strategy = typed(ctx, "worth_cultivating", dissatisfied, one_place(c.satisfaction_mean), settings.loyal_satisfaction)
  else
    label, strategy = typed(ctx, "loyal", steady, beside(grown, from, upto), upto, c.purchase_months, c.first_purchase_days, from)
    if c.satisfaction_mean then label:because(satisfied, one_place(c.satisfaction_mean)) end
  end
  given.growth_type, given.growth_strategy = label, strategy
  return given
end

-- Who bought nothing has neither volume nor margin to compare with: where most did not buy, a median over
-- all would be 0, and everybody would be large.
local function volume(columns)
  local amounts, margins = columns.amount_period, columns.margin_period
  if settings.population == "buyers" then
    amounts, margins = amounts:where(columns.period_recency_days), margins:where(columns.period_recency_days)
  end
  return { least = amounts:cut_after(settings.large_share), median = margins:median() }
end

local function hollow(c, ctx)
  local least, median = ctx.state.least, ctx.state.median
  local share = one_place(100 * settings.large_share)
  local amount = c.amount_period or 0
  if least == nil then return { hollow_account = ctx:set("hollow_account", false, nobody, amount) } end
  if amount < least or amount <= 0 then
    return { hollow_account = ctx:set("hollow_account", false, not_large, amount, least, share) }
  end
  local against = {}
  if c.margin_period and c.margin_period < 0 then
    against[#against + 1] = { no_profit, c.margin_period }
  elseif c.margin_period and median and c.margin_period < median then
    against[#against + 1] = { low_profit, c.margin_period, median }
  end
  if c.growth_rate and c.growth_rate < settings.falling_below then
    against[#against + 1] = { falling, beside(c.growth_rate, settings.falling_below), settings.falling_below }
  end
  if c.overdue_amount and c.overdue_amount > 0 then
    against[#against + 1] = { overdue, c.overdue_amount }
  end
  local flag = ctx:set("hollow_account", #against > 0, large, amount, least, share)
  for _, why in ipairs(against) do flag:because(why[1], why[2], why[3]) end
  if #against == 0 then flag:because(sound) end
  if c.margin_period == nil then flag:because(unknown_profit) end
  return { hollow_account = flag }
end

return { growth = growth, volume = volume, hollow = hollow }
