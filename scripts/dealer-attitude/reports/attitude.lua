-- The three kinds of dealer, with what they sell and the time that goes to them.

local say, rep = kehu.say, kehu.report.rep
local columns = { "id", "attitude", "attitude_strategy", "monthly_sales", "our_share", "visits", "contacts_90d" }
if rep then columns[#columns + 1] = "owner" end

local sums, n, without, total, contacts = {}, 0, 0, 0, 0
for c in kehu.customers{ columns = columns } do
  if rep == nil or c.owner == rep.name then
    n = n + 1
    if c.attitude == nil then
      without = without + 1
    else
      local sum = sums[c.attitude]
      if sum == nil then
        sum = { attitude = c.attitude, customers = 0, sales = 0, contacts = 0, shares = 0, share_sum = 0, hands_off = 0, dig_in = 0, give_up = 0 }
        sums[c.attitude] = sum
      end
      sum.customers = sum.customers + 1
      sum.sales = sum.sales + (c.monthly_sales or 0)
      sum.contacts = sum.contacts + (c.contacts_90d or 0)
      if c.our_share then
        sum.shares, sum.share_sum = sum.shares + 1, sum.share_sum + c.our_share
      end
      local strategy = c.attitude_strategy
      if strategy and sum[strategy] then sum[strategy] = sum[strategy] + 1 end
      total, contacts = total + (c.monthly_sales or 0), contacts + (c.contacts_90d or 0)
    end
  end
end

print(say{
  en = "Dealer attitude{of} as of {day}: {n} {n|customer|customers}, {without} not judged",
  zh = "客户态度{of}，截至 {day}：客户 {n} 个，{without} 个未判断",
  of = rep and say{ en = " of {rep}", zh = "（{rep}）", rep = rep.name } or "", day = kehu.day.format(kehu.as_of), n = n, without = without,
})
kehu.facts{ customers = n, not_judged = without, monthly_sales = total, contacts_90d = contacts, rep = rep and rep.name }
local rows = {}
for _, label in ipairs(kehu.labels("attitude")) do
  local sum = sums[label.key]
  if sum then
    sum.share = sum.customers / (n - without)
    sum.sales_share = total > 0 and sum.sales / total or nil
    sum.contacts_share = contacts > 0 and sum.contacts / contacts or nil
    sum.our_share = sum.shares > 0 and sum.share_sum / sum.shares / 100 or nil
    rows[#rows + 1] = sum
  end
end
if #rows == 0 then return end
local STRATEGY = {}
for _, label in ipairs(kehu.labels("attitude_strategy")) do STRATEGY[label.key] = label.text end
kehu.table{
  name = "attitudes", title = { en = "Attitudes", zh = "三种客户" },
  { "attitude", labels = "attitude", title = { en = "attitude", zh = "态度" } }, { "customers", title = { en = "customers", zh = "客户数" } },
  { "share", as = "percent", title = { en = "share", zh = "占比" } }, { "sales", as = "money", title = { en = "sales a month", zh = "月销售额" } },
  { "sales_share", as = "percent", title = { en = "share of sales", zh = "销售额占比" } },
  { "our_share", optional = true, as = "percent", title = { en = "our share with them", zh = "我方份额" } },
  { "contacts", title = { en = "contacts in 90 days", zh = "90 天内联系" } },
  { "contacts_share", as = "percent", title = { en = "share of contacts", zh = "联系占比" } },
  { "hands_off", title = STRATEGY.hands_off }, { "dig_in", title = STRATEGY.dig_in }, { "give_up", title = STRATEGY.give_up },
  rows = rows,
}
