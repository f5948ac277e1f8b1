-- Customers that have bought and now are silent, by rep: kehu run silent_customers.lua [DAYS]
local days = tonumber(kehu.args[1]) or 90
local silent = kehu.customers{
  columns = "name, owner, recency_days, amount_12m, amount",
  where = "recency_days > " .. days, sort = "-amount",
}
local all = kehu.gather(silent)
local reps = kehu.sort(kehu.group(all, "owner", { "amount" }), "-amount")
print(#all .. " customers have not bought for more than " .. days .. " days")
kehu.table{ { "owner", title = "rep" }, { "count", title = "customers" }, { "amount", title = "bought so far" }, rows = reps }
print("")
kehu.table{ "id", "name", "owner", "recency_days", "amount", rows = table.move(all, 1, math.min(#all, 10), 1, {}) }
