-- RFM: recency, frequency and monetary value, each high or low against a threshold.
-- The population is every customer with at least one purchase (or visit).

local settings = kehu.settings
local by_visits = settings.basis == "visits"
local recency_input = by_visits and "last_visit_days" or "recency_days"
local frequency_input = by_visits and "visits" or "purchases"

local function rule(id, input, en, zh)
  return kehu.rule{ id = id, input = input, en = en, zh = zh }
end

local what_en = by_visits and "visit" or "purchase"
local what_zh = by_visits and "拜访" or "购买"

local recent = rule("recent", recency_input,
  "last " .. what_en .. " {1} {1|day|days} ago, threshold {2}: recent", "最近" .. what_zh .. "在 {1} 天前，分界 {2}：近")
local distant = rule("distant", recency_input,
  "last " .. what_en .. " {1} {1|day|days} ago, threshold {2}: long ago", "最近" .. what_zh .. "在 {1} 天前，分界 {2}：远")
local frequent = rule("frequent", frequency_input,
  "{1} {1|" .. what_en .. "|" .. what_en .. "s}, threshold {2}: frequent", what_zh .. " {1} 次，分界 {2}：频")
local rare = rule("rare", frequency_input,
  "{1} {1|" .. what_en .. "|" .. what_en .. "s}, threshold {2}: rare", what_zh .. " {1} 次，分界 {2}：疏")
local large = rule("large", "amount",
  "bought for {value}, threshold {limit}: high", "购买金额 {value}，分界 {limit}：高")
local small = rule("small", "amount",
  "bought for {value}, threshold {limit}: low", "购买金额 {value}，分界 {limit}：低")
local none = rule("none", recency_input,
  "no " .. what_en .. " yet, so no segment", "尚无" .. what_zh .. "记录，不划分类别")
local no_amount = rule("no_amount", "amount",
  "no amounts are recorded, so monetary value counts as low", "没有金额记录，金额按低计算")

local days_since = kehu.rule{ id = "recency", input = recency_input,
  en = "{value} {value|day|days} since the last " .. what_en, zh = "距最近" .. what_zh .. " {value} 天" }
local times = kehu.rule{ id = "frequency", input = frequency_input,
  en = "{value} {value|" .. what_en .. "|" .. what_en .. "s}", zh = what_zh .. " {value} 次" }
local total = kehu.rule{ id = "monetary", input = "amount",
  en = "purchases less returns: {value}", zh = "购买金额扣除退货：{value}" }

local SEGMENTS = { -- recent, frequent, large
  [7] = "important_value", [5] = "important_develop",
  [3] = "important_reengage", [1] = "important_winback",
  [6] = "ordinary_value", [4] = "ordinary_develop",
  [2] = "ordinary_reengage", [0] = "no_intent",
}

-- The figures of the population: customers without a purchase have no recency, but a count of 0 and
-- an amount of 0, which must not draw the thresholds down.
local function thresholds(columns)
  local recency = columns[recency_input]
  local frequency = columns[frequency_input]:where(recency)
  local monetary = columns.amount:where(recency)
  if settings.threshold == "fixed" then
    return {
      recency = settings.fixed_recency_days,
      frequency = settings.fixed_frequency,
      monetary = settings.fixed_monetary,
    }
  elseif settings.threshold == "median" then
    return { recency = recency:median(), frequency = frequency:median(), monetary = monetary:median() }
  elseif settings.threshold == "quintile" then
    local high = settings.quintiles_high / 5
    return {
      recency = recency:quantile(high),
      frequency = frequency:quantile(1 - high),
      monetary = monetary:quantile(1 - high),
    }
  end
  return { recency = recency:mean(), frequency = frequency:mean(), monetary = monetary:mean() }
end

local function score(c, ctx)
  local recency, frequency, monetary = c[recency_input], c[frequency_input], c.amount
  if not recency then
    local given = {}
    for _, column in ipairs({ "rfm_recency", "rfm_frequency", "rfm_monetary", "rfm_segment" }) do
      given[column] = ctx:missing(column, none)
    end
    return given
  end
  local limits = ctx.state
  local given = {
    rfm_recency = ctx:set("rfm_recency", recency, days_since),
    rfm_frequency = ctx:set("rfm_frequency", frequency, times),
  }
  local is_recent = recency <= limits.recency
  local is_frequent = frequency >= limits.frequency
  local is_large = monetary ~= nil and limits.monetary ~= nil and monetary >= limits.monetary
  local key = SEGMENTS[(is_recent and 4 or 0) + (is_frequent and 2 or 0) + (is_large and 1 or 0)]
  local segment = ctx:label("rfm_segment", key, is_recent and recent or distant, recency, limits.recency)
  segment:because(is_frequent and frequent or rare, frequency, limits.frequency)
  if monetary then
    given.rfm_monetary = ctx:set("rfm_monetary", monetary, total)
    segment:because(is_large and large or small, monetary, limits.monetary)
  else
    given.rfm_monetary = ctx:missing("rfm_monetary", no_amount)
    segment:because(no_amount)
  end
  given.rfm_segment = segment
  return given
end

return { score = score, thresholds = thresholds }
