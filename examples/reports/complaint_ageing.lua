-- Open complaints by age, and the oldest of them.
local open = kehu.gather(kehu.interactions{
  where = "kind = 'complaint' and open", sort = "happened",
  columns = "id, customer, customer_name, happened, days_ago, state, rep",
})
local ages = kehu.group(open, { age = function(i)
  return i.days_ago <= 2 and "0 to 2 days" or i.days_ago <= 7 and "3 to 7 days" or i.days_ago <= 30 and "8 to 30 days" or "more than 30"
end })
kehu.table{ "age", { "count", title = "complaints" }, rows = ages }
print("")
kehu.table{ "id", "customer_name", "happened", "days_ago", "state", "rep", rows = table.move(open, 1, math.min(#open, 10), 1, {}) }
