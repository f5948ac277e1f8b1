-- Customers by kind of growth, and the hollow accounts: volume without profit or potential.

local say, settings, rep = kehu.say, kehu.settings, kehu.report.rep
local columns = { "id", "growth_type", "growth_rate", "hollow_account", "amount_period", "amount_previous_period", "margin_period" }
if rep then columns[#columns + 1] = "owner" end

local sums, hollow, n, without, total = {}, {}, 0, 0, 0
for c in kehu.customers{ columns = columns } do
  if rep == nil or c.owner == rep.name then
    n = n + 1
    total = total + (c.amount_period or 0)
    if c.growth_type then
      local sum = sums[c.growth_type]
      if sum == nil then
        sum = { growth_type = c.growth_type, customers = 0, amount = 0, before = 0 }
        sums[c.growth_type] = sum
      end
      sum.customers = sum.customers + 1
      sum.amount = sum.amount + (c.amount_period or 0)
      sum.before = sum.before + (c.amount_previous_period or 0)
    else
      without = without + 1
    end
    if c.hollow_account then
      hollow[#hollow + 1] = { id = c.id, amount = c.amount_period, margin = c.margin_period, growth = c.growth_rate and c.growth_rate / 100 }
    end
  end
end

print(say{
  en = "Growth{of} as of {day}, over {months} months: {n} {n|customer|customers}, {without} without a type, {hollow} hollow {hollow|account|accounts}",
  zh = "客户成长{of}，截至 {day}，每期 {months} 个月：客户 {n} 个，{without} 个未分类，假大户 {hollow} 个",
  of = rep and say{ en = " of {rep}", zh = "（{rep}）", rep = rep.name } or "", day = kehu.day.format(kehu.as_of),
  months = settings.period, n = n, without = without, hollow = #hollow,
})
kehu.facts{ customers = n, without_type = without, hollow_accounts = #hollow, amount = total, months = settings.period, rep = rep and rep.name }
if n == 0 then return end

local ADVICE = {
  loyal = { en = "secure after-sales satisfaction", zh = "保证售后满意度" },
  fast_growing = { en = "add sales people, full service", zh = "增派销售人员，全方位服务" },
  sleeping = { en = "create new needs", zh = "创造新需求" },
  worth_cultivating = { en = "follow up actively, keep informed", zh = "积极跟进，保持信息沟通" },
  declining = { en = "find out why, and win the volume back", zh = "查明下滑原因，挽回销量" },
  new = { en = "meet the expectations of the first purchase", zh = "满足首次购买的期望" },
}
local rows = {}
for _, label in ipairs(kehu.labels("growth_type")) do
  local sum = sums[label.key] or { growth_type = label.key, customers = 0, amount = 0, before = 0 }
  sum.share = sum.customers / n
  sum.amount_share = total > 0 and sum.amount / total or nil
  sum.growth = sum.before > 0 and sum.amount / sum.before - 1 or nil
  sum.advice = ADVICE[label.key] and label.key
  rows[#rows + 1] = sum
end
local AMOUNT = { "amount", as = "money", title = { en = "amount of the period", zh = "本期金额" } }
local GROWTH = { "growth", as = "percent", title = { en = "growth", zh = "增长率" } }
kehu.table{
  name = "types", title = { en = "Types", zh = "成长类型" },
  { "growth_type", labels = "growth_type", title = { en = "type", zh = "类型" } }, { "customers", title = { en = "customers", zh = "客户数" } },
  { "share", as = "percent", title = { en = "share", zh = "占比" } }, AMOUNT,
  { "amount_share", as = "percent", title = { en = "share of amount", zh = "金额占比" } },
  { "before", as = "money", title = { en = "period before", zh = "上期金额" } }, GROWTH, { "advice", labels = ADVICE, title = { en = "what to do", zh = "做法" } },
  rows = rows,
}

local rows_of = {}
for _, row in ipairs(hollow) do rows_of[row.id] = row end
if #hollow > 0 then
  for c in kehu.customers{ where = "hollow_account", columns = "id, name, owner" } do
    local row = rows_of[c.id]
    if row then row.name, row.owner = c.name, c.owner end
  end
end
-- Why is said of the first ones; kehu explain says it of each.
local sorted = kehu.sort(hollow, "-amount", "id")
for at = 1, math.min(#sorted, 20) do
  local why = {}
  for _, reason in ipairs(kehu.explain(sorted[at].id, "hollow_account").reasons) do why[#why + 1] = reason.text end
  sorted[at].why = table.concat(why, say{ en = "; ", zh = "；" })
end
kehu.table{
  name = "hollow", limit = 20, title = { en = "Hollow accounts, the largest first", zh = "假大户，量大者在前" },
  { "id", as = "customer", title = { en = "id", zh = "编号" } }, { "name", title = { en = "customer", zh = "客户" } },
  { "owner", optional = true, title = { en = "owner", zh = "负责人" } }, AMOUNT, { "margin", as = "money", title = { en = "margin", zh = "毛利" } }, GROWTH,
  { "why", optional = true, title = { en = "why", zh = "原因" } },
  rows = sorted,
}
