-- Group customers: each head with its members' figures rolled up, then the members of each.
local columns = "id, name, owner, parent, group_role, group_name, members, amount_12m, group_amount_12m, "
  .. "group_amount_previous_12m, group_margin_12m, group_open_deal_amount, sales_goal_reached, account_strategy, account_team"

local heads, members, single = {}, {}, { customers = 0, amount = 0 }
for c in kehu.customers{ columns = columns } do
  if c.group_role == "head" then
    local before, now = c.group_amount_previous_12m, c.group_amount_12m
    heads[#heads + 1] = {
      group = c.name, owner = c.owner, members = c.members, amount = now, before = before,
      growth = before and now and before > 0 and now / before - 1 or nil, margin = c.group_margin_12m,
      open_deals = c.group_open_deal_amount, goal = c.sales_goal_reached and c.sales_goal_reached / 100,
      strategy = c.account_strategy, team = c.account_team,
    }
    members[#members + 1] = { group = c.name, member = c.name, role = c.group_role, owner = c.owner, amount = c.amount_12m }
  elseif c.group_role == "single" then
    single.customers, single.amount = single.customers + 1, single.amount + (c.amount_12m or 0)
  else
    members[#members + 1] = { group = c.group_name, member = c.name, role = c.group_role, owner = c.owner, amount = c.amount_12m }
  end
end

local whole = kehu.sum(heads, "amount") + single.amount
for _, each in ipairs(heads) do each.share = whole > 0 and each.amount and each.amount / whole or nil end
for _, each in ipairs(members) do
  for _, head in ipairs(heads) do
    if head.group == each.group and head.amount and head.amount ~= 0 then each.share = (each.amount or 0) / head.amount end
  end
end

kehu.table{
  name = "groups", title = { en = "Groups", zh = "集团客户" },
  { "group", title = { en = "group", zh = "集团" } }, { "owner", title = { en = "rep", zh = "业务员" } },
  { "members", title = { en = "members", zh = "成员数" } }, { "amount", as = "money", title = { en = "12 months", zh = "近12个月" } },
  { "growth", as = "percent", title = { en = "growth", zh = "增长" } }, { "margin", as = "money", title = { en = "margin", zh = "毛利" } },
  { "open_deals", as = "money", title = { en = "open deals", zh = "进行中商机" } },
  { "share", as = "percent", title = { en = "of all sales", zh = "占全部销售" } },
  { "goal", as = "percent", title = { en = "of its goal", zh = "目标完成" } },
  { "strategy", title = { en = "strategy", zh = "策略" } }, { "team", title = { en = "team", zh = "团队" } },
  rows = kehu.sort(heads, "-amount", "group"),
}
kehu.table{
  name = "members", title = { en = "Members", zh = "成员" },
  { "group", title = { en = "group", zh = "集团" } }, { "member", title = { en = "customer", zh = "客户" } },
  { "role", title = { en = "place", zh = "位置" }, labels = "group_role" }, { "owner", title = { en = "rep", zh = "业务员" } },
  { "amount", as = "money", title = { en = "12 months, alone", zh = "近12个月（自身）" } },
  { "share", as = "percent", title = { en = "of the group", zh = "占集团" } },
  rows = kehu.sort(members, "group", "-amount", "member"),
}
kehu.table{
  name = "single", title = { en = "Customers of no group", zh = "独立客户" },
  { "customers", title = { en = "customers", zh = "客户数" } }, { "amount", as = "money", title = { en = "12 months", zh = "近12个月" } },
  rows = { single },
}
