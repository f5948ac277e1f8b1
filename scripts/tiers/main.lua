-- Value tiers: an index of weighted percentile ranks, then tiers by shares of customers.

local settings = kehu.settings
local shares, labels = settings.shares, settings.labels

if #labels ~= #shares then
  error("the setting labels has " .. #labels .. " tiers and shares has " .. #shares
    .. " figures; give each tier one share")
end
local sum = 0
for _, share in ipairs(shares) do sum = sum + share end
if math.abs(sum - 1) > 1e-6 then
  error("the setting shares sums to " .. string.format("%.4g", sum) .. ", expected 1")
end

-- Each indicator: its rank among the customers that have it, its weight, its words.
local INDICATORS = {
  { column = "amount_12m", key = "amount", share = "index_share_amount", weight = settings.weight_amount, en = "amount of 12 months", zh = "近 12 个月金额" },
  { column = "margin_12m", key = "margin", share = "index_share_margin", weight = settings.weight_margin, en = "margin of 12 months", zh = "近 12 个月毛利" },
  { column = "credit", key = "credit", share = "index_share_credit", weight = settings.weight_credit, en = "credit", zh = "信用" },
  { column = "rfm_frequency", key = "frequency", share = "index_share_frequency", weight = settings.weight_frequency, en = "number of purchases", zh = "购买次数" },
}

local used = {}
local total_weight = 0
for _, indicator in ipairs(INDICATORS) do
  if indicator.weight > 0 then
    indicator.rank = indicator.column .. "_rank"
    indicator.counts = kehu.rule{
      id = indicator.column, input = indicator.column,
      en = indicator.en .. " {value}: percentile rank {2}, weight {3} %",
      zh = indicator.zh .. " {value}：百分位排名 {2}，权重 {3}%",
    }
    indicator.shared = kehu.rule{
      id = indicator.column .. "_missing", input = indicator.column, op = "missing",
      en = indicator.en .. " is missing: its weight of {2} % is shared out over the others",
      zh = "缺少" .. indicator.zh .. "：其权重 {2}% 分摊到其他指标",
    }
    indicator.shortest = kehu.rule{
      id = indicator.column .. "_short", input = indicator.rank,
      en = "{1} {1|point|points} short of {2}; the shortest indicator is " .. indicator.en .. ", at percentile rank {3}",
      zh = "距 {2} 差 {1} 分；最短的指标是" .. indicator.zh .. "，百分位排名仅 {3}",
    }
    used[#used + 1] = indicator
    total_weight = total_weight + indicator.weight
  end
end
if #used == 0 then error("all weights are 0; give at least one indicator a weight") end

local share_of = kehu.rule{
  id = "share_of", en = "its weight over {1}, the sum of the weights of the known indicators", zh = "其权重 ÷ 已知指标权重之和 {1}",
}
local no_indicator = kehu.rule{
  id = "no_indicator", en = "no indicator is known, so no index and no tier", zh = "没有任何指标，不计算指数，也不分级",
}
local in_tier = kehu.rule{
  id = "in_tier", input = "value_index",
  en = "index {1}, at or above the cut-off {2} of tier {3}", zh = "指数 {1}，达到 {3} 的分界 {2}",
}
local below = kehu.rule{
  id = "below", input = "value_index",
  en = "index {1}, below the cut-off {2} of tier {3}", zh = "指数 {1}，低于 {3} 的分界 {2}",
}
local only_tier = kehu.rule{
  id = "only_tier", input = "value_index",
  en = "index {1}; the scheme has no cut-off above this tier", zh = "指数 {1}；此级之上没有分界",
}
local idle = kehu.rule{
  id = "idle", input = "value_index",
  en = "all indicators are 0, so the lowest tier {2}, though the index {1} reaches that of {3}",
  zh = "所有指标均为 0，归入最低级 {2}，虽然指数 {1} 达到 {3} 的分界",
}
local idle_gap = kehu.rule{
  id = "idle_gap", en = "all indicators are 0: points say nothing of the way up",
  zh = "所有指标均为 0：分差无意义",
}
local at_top = kehu.rule{
  id = "at_top", en = "already in the highest tier", zh = "已在最高级",
}

local function percent(share)
  return math.floor(share * 1000 + 0.5) / 10
end

-- A millionth of a point is far below the distance of two ranks, and keeps the figures readable.
local function point(points)
  return math.floor(points * 1e6 + 0.5) / 1e6
end

local function index(c, ctx)
  local known = 0
  for _, indicator in ipairs(used) do
    if c[indicator.rank] then known = known + indicator.weight end
  end
  if known == 0 then
    return { value_index = ctx:missing("value_index", no_indicator) }
  end
  local s = ctx:column("value_index")
  local given = { value_index = s }
  for _, indicator in ipairs(INDICATORS) do
    if indicator.weight == 0 then given[indicator.share] = ctx:set(indicator.share, 0, share_of, point(known)) end
  end
  for _, indicator in ipairs(used) do
    local rank = c[indicator.rank]
    if rank then
      local weight = indicator.weight / known
      s:add(indicator.counts, point(100 * weight * rank), c[indicator.column], percent(rank), percent(weight))
      given[indicator.share] = ctx:set(indicator.share, weight, share_of, point(known))
    else
      s:because(indicator.shared, nil, percent(indicator.weight / total_weight))
    end
  end
  return given
end

-- The lowest index of each tier but the last, after the cumulative share of customers.
local function cut_offs(columns)
  local cuts, share = {}, 0
  for tier = 1, #shares - 1 do
    share = math.min(share + shares[tier], 1)
    -- A tier of share 0 at the top holds nobody: no index reaches its cut-off.
    cuts[tier] = { value = columns.value_index:cut_after(share) }
  end
  return { cuts = cuts }
end

local function shortest(c)
  local found, least
  for _, indicator in ipairs(used) do
    local rank = c[indicator.rank]
    if rank and (not least or rank < least) then
      found, least = indicator, rank
    end
  end
  return found, least
end

local function round(points)
  return math.floor(points * 100 + 0.5) / 100
end

-- An index for a sentence that names a cut-off: rounded only as far as it stays on its side of it.
local function beside(value, cut)
  if value ~= cut and round(value) == round(cut) then return value, cut end
  return round(value), round(cut)
end

-- Indexes are sums of parts that are given to a millionth: what differs by no more is a tie.
local TIE = 0.5e-6 * #used + 1e-9

-- True if all that is known of the customer is 0. Where most customers bought nothing lately, they tie, and
-- with the rule for ties go together to the tier that their block begins in. Returns are not nothing.
local function is_idle(c)
  if not settings.idle_last then return false end
  for _, indicator in ipairs(used) do
    local value = c[indicator.column]
    if value and value ~= 0 then return false end
  end
  return true
end

local function tier(c, ctx)
  local value = c.value_index
  if not value then
    return { tier = ctx:missing("tier", no_indicator), tier_gap = ctx:missing("tier_gap", no_indicator) }
  end
  local cuts = ctx.state.cuts
  local at, above = #labels, nil
  for place = 1, #labels - 1 do
    local cut = cuts[place].value
    if cut and value >= cut - TIE then
      at = place
      break
    elseif cut then
      above = place
    end
  end
  if at < #labels and is_idle(c) then
    local lowest = labels[#labels].key
    return {
      tier = ctx:label("tier", lowest, idle, round(value), lowest, labels[at].key),
      tier_gap = ctx:missing("tier_gap", idle_gap),
    }
  end
  local label
  if at < #labels then
    -- A tie may lie a hair below the cut-off.
    local shown, cut = beside(math.max(value, cuts[at].value), cuts[at].value)
    label = ctx:label("tier", labels[at].key, in_tier, shown, cut, labels[at].key)
  elseif above then
    local shown, cut = beside(value, cuts[above].value)
    label = ctx:label("tier", labels[at].key, below, shown, cut, labels[above].key)
  else
    label = ctx:label("tier", labels[at].key, only_tier, round(value))
  end
  if not above then
    return { tier = label, tier_gap = ctx:missing("tier_gap", at_top) }
  end
  local gap = cuts[above].value - value
  local indicator, rank = shortest(c)
  return {
    tier = label,
    tier_gap = ctx:set("tier_gap", gap, indicator.shortest, round(gap), labels[above].key, percent(rank)),
  }
end

return { index = index, cut_offs = cut_offs, tier = tier }
