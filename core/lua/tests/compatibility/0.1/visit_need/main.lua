local by_tier = kehu.rule{ id = "by_tier", en = "tier {1}: {2} a month", zh = "{1} 级：每月 {2} 次" }
local nobody = kehu.rule{ id = "nobody", input = "tier", op = "missing", en = "no tier" }

return { visit_need = function(c, ctx)
  local visits = c.tier and ctx.settings.visits[c.tier]
  if not visits then
    return { visits_per_month = ctx:missing("visits_per_month", nobody) }
  end
  return {
    visits_per_month = ctx:set("visits_per_month", visits, by_tier, c.tier, visits),
    visit_minutes = ctx:set("visit_minutes", 45, by_tier, c.tier, visits),
    visit_gap_days = ctx:set("visit_gap_days", math.floor(30 / visits), by_tier, c.tier, visits),
    visit_mode = ctx:set("visit_mode", "visit", by_tier, c.tier, visits),
    visit_purpose = ctx:set("visit_purpose", "care", by_tier, c.tier, visits),
    visit_topics = ctx:set("visit_topics", "stock; price", by_tier, c.tier, visits),
    visit_value = ctx:set("visit_value", 10 * visits - (c.visits_90d or 0), by_tier, c.tier, visits),
    visit_group = ctx:set("visit_group", "bottom", by_tier, c.tier, visits),
  }
end }
