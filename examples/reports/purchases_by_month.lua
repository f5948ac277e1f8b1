-- Purchases by month: number, customers, amount, and the change to the month before.
local months = kehu.group(kehu.interactions{ where = "kind = 'purchase'", columns = "month, customer, amount" }, "month", "amount")
local buyers = {}
for i in kehu.interactions{ where = "kind = 'purchase'", columns = "month, customer" } do
  local of_month = buyers[i.month] or { count = 0 }
  if not of_month[i.customer] then of_month.count = of_month.count + 1 end
  of_month[i.customer] = true
  buyers[i.month] = of_month
end
for place, m in ipairs(months) do
  local before = months[place - 1]
  m.customers = buyers[m.month].count
  m.change = before and before.amount > 0 and m.amount / before.amount - 1 or nil
end
kehu.table{ "month", { "count", title = "purchases" }, "customers", "amount", { "change", as = "percent" }, rows = months }
