-- Customers by loyalty and by buying habit, with what they buy.

local say, rep = kehu.say, kehu.report.rep
local columns = { "id", "loyalty", "buying_habit", "purchases", "amount", "amount_12m" }
if rep then columns[#columns + 1] = "owner" end

local GROUPS = { "loyalty", "buying_habit" }
local sums, n, total = { loyalty = {}, buying_habit = {} }, 0, 0
for c in kehu.customers{ columns = columns } do
  if rep == nil or c.owner == rep.name then
    n, total = n + 1, total + (c.amount_12m or 0)
    for _, group in ipairs(GROUPS) do
      local key = c[group]
      if key then
        local sum = sums[group][key]
        if sum == nil then
          sum = { key = key, customers = 0, purchases = 0, amount = 0, amount_12m = 0 }
          sums[group][key] = sum
        end
        sum.customers = sum.customers + 1
        sum.purchases = sum.purchases + (c.purchases or 0)
        sum.amount = sum.amount + (c.amount or 0)
        sum.amount_12m = sum.amount_12m + (c.amount_12m or 0)
      end
    end
  end
end

print(say{
  en = "Loyalty{of} as of {day}: {n} {n|customer|customers}, {amount} in 12 months",
  zh = "忠诚度{of}，截至 {day}：客户 {n} 个，近 12 个月金额 {amount}",
  of = rep and say{ en = " of {rep}", zh = "（{rep}）", rep = rep.name } or "", day = kehu.day.format(kehu.as_of), n = n,
  amount = kehu.amount(total),
})
kehu.facts{ customers = n, amount_12m = total, rep = rep and rep.name }
if n == 0 then return end

local TITLES = {
  loyalty = { en = "Loyalty, by satisfying purchases", zh = "忠诚度，按满意购买次数" },
  buying_habit = { en = "Buying habit", zh = "购买习惯" },
}
for _, group in ipairs(GROUPS) do
  local rows = {}
  for _, label in ipairs(kehu.labels(group)) do
    local sum = sums[group][label.key]
    if sum then
      sum.share = sum.customers / n
      sum.amount_share = total > 0 and sum.amount_12m / total or nil
      sum.per_customer = sum.amount_12m / sum.customers
      rows[#rows + 1] = sum
    end
  end
  if #rows > 0 then
    kehu.table{
      name = group, title = TITLES[group],
      { "key", labels = group, title = { en = "class", zh = "类别" } }, { "customers", title = { en = "customers", zh = "客户数" } },
      { "share", as = "percent", title = { en = "share", zh = "占比" } }, { "purchases", title = { en = "purchases", zh = "购买次数" } },
      { "amount", as = "money", title = { en = "amount so far", zh = "累计金额" } },
      { "amount_12m", as = "money", title = { en = "of 12 months", zh = "近 12 个月" } },
      { "amount_share", as = "percent", title = { en = "share", zh = "占比" } },
      { "per_customer", as = "money", title = { en = "a customer", zh = "户均" } },
      rows = rows,
    }
  end
end
