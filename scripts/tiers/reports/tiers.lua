-- Customers beside profit, tier by tier: does the first fifth bring four fifths here?

local say, rep = kehu.say, kehu.report.rep
local settings = kehu.settings
local FEW, MUCH = settings.few, settings.much

local columns = { "tier", "amount_12m", "margin_12m" }
if rep then columns[#columns + 1] = "owner" end

local function new_sum(tier)
  return { tier = tier, customers = 0, amount = 0, margin = 0, with_margin = 0 }
end

local sums, all = {}, new_sum()
local amounts, margins = {}, {}
for c in kehu.customers{ columns = columns } do
  if rep == nil or c.owner == rep.name then
    local tier = c.tier or ""
    local sum = sums[tier]
    if sum == nil then
      sum = new_sum(c.tier)
      sums[tier] = sum
    end
    local amount, margin = c.amount_12m or 0, c.margin_12m
    for _, each in ipairs({ sum, all }) do
      each.customers = each.customers + 1
      each.amount = each.amount + amount
      if margin then
        each.margin = each.margin + margin
        each.with_margin = each.with_margin + 1
      end
    end
    amounts[#amounts + 1] = amount
    margins[#margins + 1] = margin or 0
  end
end

-- Profit where the records have it, else the amount, and the report says which.
local by_margin = all.with_margin > 0
local measure = by_margin and { en = "margin", zh = "毛利" } or { en = "amount", zh = "金额" }
local values = by_margin and margins or amounts
table.sort(values)
local n, total = #values, by_margin and all.margin or all.amount

-- What the first so many bring, the greatest first; and how many bring a share.
local function brought_by(count)
  local sum = 0
  for at = n, math.max(n - count + 1, 1), -1 do sum = sum + values[at] end
  return sum
end
local function needed_for(share)
  local sum = 0
  for count = 1, n do
    sum = sum + values[n - count + 1]
    -- Sums of many cents differ in their last digits.
    if sum >= share * total - 1e-6 * math.abs(total) then return count end
  end
  return n
end

-- The first share × n, rounded up, as the cut-offs of tiers are.
local function first(share, of)
  return math.ceil(share * of - 1e-9)
end

local of = rep and say{ en = " of {rep}", zh = "（{rep}）", rep = rep.name } or ""
print(say{
  en = "Value tiers{of} as of {day}: {n} {n|customer|customers}, {total} {measure} in 12 months",
  zh = "客户分级{of}，截至 {day}：客户 {n} 个，近 12 个月{measure} {total}",
  of = of, day = kehu.day.format(kehu.as_of), n = n, total = kehu.amount(total), measure = say(measure),
})
local facts = { customers = n, without_margin = by_margin and n - all.with_margin or nil, measure = by_margin and "margin" or "amount", total = total, rep = rep and rep.name }
if n == 0 then
  kehu.facts(facts)
  return
end
if not by_margin then
  print(say{ en = "No purchase of the 12 months has a margin, so amounts stand for profit.", zh = "近 12 个月的购买均无毛利，因此以金额代替利润。" })
end

if by_margin and all.with_margin < n then
  print(say{
    en = "{n} {n|customer|customers} bought in the 12 months without any margin on record: they count nothing here, and are not known to bring nothing.",
    zh = "{n} 个客户在近 12 个月有购买而未记录毛利：此处不计其毛利，并不表示没有毛利。", n = n - all.with_margin,
  })
end

local function percent(share) return string.format("%.1f", 100 * share) end

if total <= 0 then
  print(say{ en = "There is no {measure} to share out.", zh = "没有可分配的{measure}。", measure = say(measure) })
else
  local few = first(FEW, n)
  local share, count = brought_by(few) / total, needed_for(MUCH)
  local buyers = 0
  while buyers < n and values[n - buyers] > 0 do buyers = buyers + 1 end
  local few_buyers = first(FEW, buyers)
  local share_of_buyers = brought_by(few_buyers) / total
  facts.first_fifth, facts.first_fifth_share, facts.brings_four_fifths = few, share, share >= MUCH
  facts.customers_for_four_fifths, facts.share_for_four_fifths = count, count / n
  facts.with_some, facts.first_fifth_of_those, facts.first_fifth_of_those_share = buyers, few_buyers, share_of_buyers
  print(say{
    en = "Do {a} % of customers bring {b} % here? {answer}: the first {a} % ({few} of {n}) bring {share} % of the {measure}; {b} % come from the first {count} ({of_all} %).",
    zh = "{a}% 的客户是否带来 {b}% 的{measure}？{answer}：前 {a}%（{n} 个中的 {few} 个）带来 {share}%；{b}% 来自前 {count} 个客户（{of_all}%）。",
    a = 100 * FEW, b = 100 * MUCH,
    answer = share >= MUCH and say{ en = "Yes", zh = "是" } or say{ en = "No", zh = "否" },
    few = few, n = n, share = percent(share), count = count, of_all = percent(count / n), measure = say(measure),
  })
  if buyers < n then
    print(say{
      en = "Of the {buyers} customers with some {measure} in the 12 months, the first {a} % ({few}) bring {share} %.",
      zh = "在近 12 个月有{measure}的 {buyers} 个客户中，前 {a}%（{few} 个）带来 {share}%。", a = 100 * FEW,
      buyers = buyers, few = few_buyers, share = percent(share_of_buyers), measure = say(measure),
    })
  end
end
kehu.facts(facts)

local rows = {}
local together, together_value = 0, 0
local function add(sum)
  together = together + sum.customers
  sum.share = sum.customers / n
  sum.together = together / n
  sum.per_customer = sum.customers > 0 and (by_margin and sum.margin or sum.amount) / sum.customers or nil
  if not by_margin then sum.margin = nil end
  if total > 0 then
    local value = by_margin and sum.margin or sum.amount
    together_value = together_value + value
    sum.profit_share, sum.profit_together = value / total, together_value / total
  end
  rows[#rows + 1] = sum
end
-- A tier that holds far more than its share is one that many tie for; it is said, since those below it are short of them.
local tiered = n - (sums[""] and sums[""].customers or 0)
local most
for at, tier in ipairs(kehu.labels("tier")) do
  local sum = sums[tier.key] or new_sum(tier.key)
  add(sum)
  -- The scheme is one of the whole base, whatever a rep's own customers are.
  if rep == nil and settings.shares[at] then
    sum.stated = settings.shares[at]
    local over = sum.customers - math.ceil(sum.stated * tiered)
    if over > sum.stated * tiered / 2 and (most == nil or over > most.over) then most = { over = over, text = tier.text, sum = sum } end
  end
end
if sums[""] then add(sums[""]) end
if most then
  print(say{
    en = settings.idle_last and "{tier} holds {n} {n|customer|customers}, {share} % rather than {stated} %: those of whom all indicators are 0 belong to the last tier (idle_last), and those who tie at a cut-off go to the higher one."
      or "{tier} holds {n} {n|customer|customers}, {share} % rather than {stated} %: many have the same index, and those who tie at a cut-off go to the higher tier.",
    zh = settings.idle_last and "{tier}有 {n} 个客户，占 {share}%，而非 {stated}%：所有指标均为 0 的归入最低级（idle_last），分界处并列的归入较高一级。"
      or "{tier}有 {n} 个客户，占 {share}%，而非 {stated}%：许多客户指数相同，分界处并列的归入较高一级。",
    tier = most.text, n = most.sum.customers, share = percent(most.sum.share), stated = 100 * most.sum.stated,
  })
end

local SHARE = { en = "share", zh = "占比" }
local TOGETHER = { en = "together", zh = "累计" }
local PROFIT = { en = "share of " .. measure.en, zh = measure.zh .. "占比" }
kehu.table{
  name = "tiers", title = { en = "Tiers", zh = "各级客户" },
  { "tier", labels = "tier", title = { en = "tier", zh = "级别" } }, { "customers", title = { en = "customers", zh = "客户数" } },
  { "stated", as = "percent", digits = 0, optional = true, title = { en = "by the scheme", zh = "设定比例" } }, { "share", as = "percent", title = SHARE }, { "together", as = "percent", title = TOGETHER },
  { "amount", as = "money", title = { en = "amount", zh = "金额" } }, { "margin", as = "money", optional = true, title = { en = "margin", zh = "毛利" } },
  { "profit_share", as = "percent", optional = true, title = PROFIT }, { "profit_together", optional = true, as = "percent", title = TOGETHER },
  { "per_customer", as = "money", title = { en = measure.en .. " a customer", zh = "户均" .. measure.zh } },
  rows = rows,
}

if total > 0 then
  local curve = {}
  for _, share in ipairs({ 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1 }) do
    local count = first(share, n)
    curve[#curve + 1] = { share = share, customers = count, profit_share = brought_by(count) / total }
  end
  kehu.table{
    name = "first", title = { en = "What the first customers bring", zh = "前列客户的贡献" },
    { "share", as = "percent", digits = 0, title = { en = "first", zh = "前" } }, { "customers", title = { en = "customers", zh = "客户数" } },
    { "profit_share", as = "percent", title = PROFIT },
    rows = curve,
  }
end
