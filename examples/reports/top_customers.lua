-- The customers that buy most, with their share of all sales: kehu run top_customers.lua [HOW MANY]
local most = tonumber(kehu.args[1]) or 10
local everyone = kehu.gather(kehu.customers{ columns = "name, owner, amount", where = "amount > 0", sort = "-amount" })
local total, so_far, rows = kehu.sum(everyone, "amount"), 0, {}
for place, c in ipairs(everyone) do
  if place > most then break end
  so_far = so_far + c.amount
  rows[place] = {
    place = place, name = c.name, owner = c.owner, amount = c.amount,
    share = c.amount / total, together = so_far / total,
  }
end
print(#everyone .. " customers have bought, as of " .. kehu.day.format(kehu.as_of))
kehu.table{
  "place", "name", "owner", { "amount", as = "money" }, { "share", as = "percent" }, { "together", as = "percent" },
  rows = rows,
}
