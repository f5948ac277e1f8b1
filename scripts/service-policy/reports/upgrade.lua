-- The way up: who is short of the next tier, by which indicator, and what amount would do.
local rep = kehu.report.rep
if not pcall(function() for _ in kehu.customers{ columns = "tier_gap", limit = 1 } do end end) then
  kehu.fail(kehu.say{ en = "the way up takes the pack tiers: turn it on in [packs]", zh = "升级路径需启用 tiers：请在 [packs] 中启用" })
end
local rows = {}
for c in kehu.customers{
  columns = "name, owner, tier, value_index, tier_gap, upgrade_by, amount_12m, upgrade_amount", where = "tier_gap > 0",
} do
  if rep == nil or c.owner == rep.name then
    rows[#rows + 1] = {
      customer = c.name, owner = c.owner, tier = c.tier, index = c.value_index, short = c.tier_gap, by = c.upgrade_by,
      amount = c.amount_12m, more = c.upgrade_amount,
    }
  end
end

kehu.table{
  name = "upgrades", title = { en = "Short of the next tier, the nearest first", zh = "离上一级的差距（近者在前）" }, limit = 20,
  { "customer", title = { en = "customer", zh = "客户" } }, { "owner", title = { en = "rep", zh = "业务员" } },
  { "tier", title = { en = "tier", zh = "等级" }, labels = "tier" }, { "index", digits = 2, title = { en = "index", zh = "指数" } },
  { "short", digits = 2, title = { en = "points short", zh = "差（分）" } },
  { "by", title = { en = "shortest indicator", zh = "最短的指标" }, labels = "upgrade_by" },
  { "amount", as = "money", title = { en = "12 months", zh = "近12个月" } },
  { "more", as = "money", title = { en = "more than this lifts it", zh = "再买超过即升级" } },
  rows = kehu.sort(rows, "short", "customer"),
}
