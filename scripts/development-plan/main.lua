-- Development plan: which strategy and how many visits each class of customers has.

local settings = kehu.settings

local by_class = kehu.rule{
  id = "by_class", en = "class {1}", zh = "{1} 客户",
}
local no_purchase = kehu.rule{
  id = "no_purchase", input = "purchases", op = "==", limit = 0,
  en = "never bought: a prospect", zh = "从未购买：潜在客户",
}
local no_class = kehu.rule{
  id = "no_class", input = "tier", op = "missing",
  en = "bought, but has no tier: no class of the plan", zh = "已购买但没有等级：不属于计划中的类别",
}
local strategy_of = kehu.rule{
  id = "strategy_of", en = "the plan's strategy for class {1}", zh = "计划对 {1} 客户的策略",
}
local not_named = kehu.rule{
  id = "not_named", en = "the plan names no strategy for class {1}: the one for all others", zh = "计划未列出 {1} 客户：按其余类别的策略",
}
local visits_of_class = kehu.rule{
  id = "visits_of_class", en = "{1} {1|visit|visits} a month for class {2}", zh = "{2} 客户每月拜访 {1} 次",
}
local visits_of_need = kehu.rule{
  id = "visits_of_need", input = "visits_per_month",
  en = "{value} {value|visit|visits} a month, by its need", zh = "按需要每月拜访 {value} 次",
}
local planned_for = kehu.rule{
  id = "planned_for", en = "promotion planned for {1}: {2}", zh = "计划于 {1} 的促销：{2}",
}
local planned_late = kehu.rule{
  id = "planned_late", en = "promotion planned for {1} was not carried out: {2}", zh = "计划于 {1} 的促销尚未执行：{2}",
}
local note_effect = kehu.rule{
  id = "note_effect",
  en = "afterwards note what it brought: kehu interaction edit {1} --field effect=…",
  zh = "之后记录效果：kehu interaction edit {1} --field effect=…",
}

local PROSPECT = "prospect"

local function plan(c, ctx)
  local class, why
  if c.purchases == 0 then
    class, why = PROSPECT, no_purchase
  elseif c.tier then
    class, why = c.tier, by_class
  else
    return {
      plan_class = ctx:missing("plan_class", no_class), plan_strategy = ctx:missing("plan_strategy", no_class),
      planned_visits = ctx:missing("planned_visits", no_class),
    }
  end
  local strategy = settings.strategy[class]
  local visits = c.visits_per_month
  local planned
  if visits then
    planned = ctx:set("planned_visits", visits, visits_of_need, visits)
  else
    visits = settings.visits_a_month[class] or settings.visits_otherwise
    planned = ctx:set("planned_visits", visits, visits_of_class, visits, class)
  end
  return {
    plan_class = class == PROSPECT and ctx:set("plan_class", class, why) or ctx:set("plan_class", class, why, class),
    plan_strategy = ctx:label("plan_strategy", strategy or settings.strategy_otherwise, strategy and strategy_of or not_named, class),
    planned_visits = planned,
  }
end

local function follow_up(_, case, ctx)
  local made = {}
  for _, thread in ipairs(case.threads) do
    local due = thread.due
    if thread.kind == "promotion" and thread.open and due and due - settings.promotion_ahead <= ctx.as_of and #made < 10 then
      local rule = due < ctx.as_of and planned_late or planned_for
      -- What is to be prepared is in the list from then on, not on the day itself alone.
      local in_list = math.min(due, ctx.as_of)
      made[#made + 1] = ctx:propose{
        action = "run_promotion", channel = settings.channel, about = thread.id, state = "done", due = in_list, fact_day = thread.opened,
        priority = settings.priority, group = "promotion", because = { { rule, kehu.day.format(due), thread.text or "…" } },
        guidance = { { note_effect, string.format("I-%d", thread.id) } },
      }
    end
  end
  return made
end

return { plan = plan, follow_up = follow_up }
