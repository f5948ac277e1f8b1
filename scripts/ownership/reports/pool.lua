-- The public pool: who is in it, who ought to be, and who returns to it soon.

local say, settings, rep = kehu.say, kehu.settings, kehu.report.rep

local pool, due, soon = {}, {}, {}
-- The tier is missing where the pack that gives it is off.
local has_tier = pcall(function() for _ in kehu.customers{ columns = "tier", limit = 1 } do end end)
local columns = "id, name, owner, place, untouched_days, pool_in_days, in_public_pool, amount" .. (has_tier and ", tier" or "")
for c in kehu.customers{ columns = columns, sort = "-untouched_days" } do
  if rep == nil or c.owner == rep.name then
    if c.owner == nil then
      pool[#pool + 1] = c
    elseif c.in_public_pool then
      due[#due + 1] = c
    elseif c.pool_in_days and c.pool_in_days <= settings.warn_days then
      soon[#soon + 1] = c
    end
  end
end

print(say{
  en = "Public pool as of {day}: {n} in it, {due} untouched too long and to return, {soon} to return within {warn} days",
  zh = "公海，截至 {day}：在公海 {n} 个，应退回 {due} 个，{warn} 天内将退回 {soon} 个",
  day = kehu.day.format(kehu.as_of), n = #pool, due = #due, soon = #soon, warn = settings.warn_days,
})
kehu.facts{ customers_in_pool = #pool, customers_to_return = #due, customers_warned = #soon, rep = rep and rep.name }

local function show(name, title, rows, more)
  if #rows == 0 then return end
  local spec = {
    name = name, title = title, limit = 20,
    { "id", as = "customer", title = { en = "id", zh = "编号" } }, { "name", title = { en = "customer", zh = "客户" } },
    { "tier", optional = not has_tier, labels = "tier", title = { en = "tier", zh = "等级" } }, { "place", title = { en = "place", zh = "地点" } },
    { "untouched_days", title = { en = "untouched, days", zh = "未联系天数" } },
    { "amount", as = "money", title = { en = "bought so far", zh = "累计购买" } }, rows = rows,
  }
  for _, column in ipairs(more) do spec[#spec + 1] = column end
  kehu.table(spec)
end
local OWNER = { "owner", title = { en = "owner", zh = "负责人" } }
show("pool", { en = "In the public pool, for whoever takes them", zh = "在公海，可领取" }, pool, {})
show("to_return", { en = "Untouched too long: return or hand over", zh = "超期未联系：退回或移交" }, due, { OWNER })
show("warned", { en = "Returning soon: contact them", zh = "即将退回：请联系" },
  kehu.sort(soon, "pool_in_days", "name"), { OWNER, { "pool_in_days", title = { en = "days left", zh = "剩余天数" } } })
