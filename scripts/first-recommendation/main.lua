-- First recommendation: effective joint activities with the dealer's owner. Comfort trap: where rapport
-- is warmest, talk gets rarer and new products sell worst.

local settings = kehu.settings

for _, key in ipairs({ "joint_activity", "present_new" }) do
  for _, name in ipairs({ "priority", "channel" }) do
    if settings[name][key] == nil then error("the setting " .. name .. " lacks \"" .. key .. "\"") end
  end
end
if settings.in_mind_to < settings.in_mind_from then
  error("the setting in_mind_to is " .. settings.in_mind_to .. ", below in_mind_from, which is " .. settings.in_mind_from)
end

local function round(number) return math.floor(number * 100 + 0.5) / 100 end

-- First recommendation

local effective = kehu.rule{
  id = "effective",
  en = "{1} effective: the owner on site and taking part, with an outcome", zh = "有效 {1} 次：老板在场并参与，且有结果",
}
-- Why an activity does not count. Each activity is in one of these at most.
local MISSING = {
  { column = "activities_without_owner", rule = kehu.rule{
    id = "without_owner",
    en = "{1} without the owner on site: only us, or only the staff, does not count", zh = "{1} 次老板不在场：只有我们或只有员工不算",
  } },
  { column = "activities_owner_idle", rule = kehu.rule{
    id = "owner_idle", en = "{1} with the owner on site, who did not take part", zh = "{1} 次老板在场但没有参与",
  } },
  { column = "activities_without_outcome", rule = kehu.rule{
    id = "without_outcome", en = "{1} with the owner, and no outcome is recorded", zh = "{1} 次老板参与但没有记录结果",
  } },
  { column = "activities_no_breakthrough", rule = kehu.rule{
    id = "no_breakthrough",
    en = "{1} whose outcome was no breakthrough beyond what the dealer expected", zh = "{1} 次结果没有超出经销商预期的突破",
  } },
  { column = "activities_site_unsaid", rule = kehu.rule{
    id = "site_unsaid", en = "{1} of which it is not recorded whether the owner was on site", zh = "{1} 次未记录老板是否在场",
  } },
  { column = "activities_part_unsaid", rule = kehu.rule{
    id = "part_unsaid", en = "{1} of which it is not recorded whether the owner took part", zh = "{1} 次未记录老板是否参与",
  } },
}
local not_begun = kehu.rule{
  id = "not_begun",
  en = "no joint activity yet; a dealer can call to mind no more than {1} to {2} products, and ours must be the first it pitches",
  zh = "尚无共同活动；经销商最多记住 {1} 到 {2} 个产品，我方产品要成为它首推的一个",
}
local on_the_way = kehu.rule{
  id = "on_the_way", en = "{1} of {2} effective joint activities", zh = "{2} 次有效共同活动已完成 {1} 次",
}
local reached = kehu.rule{
  id = "reached", en = "{1} effective joint activities, {2} are needed", zh = "有效共同活动 {1} 次，达到所需的 {2} 次",
}

local function counts(c)
  return {
    activities_without_owner = c.activities_without_owner, activities_owner_idle = c.activities_owner_idle,
    activities_without_outcome = c.activities_without_outcome, activities_no_breakthrough = c.activities_no_breakthrough,
    activities_site_unsaid = c.activities_site_unsaid, activities_part_unsaid = c.activities_part_unsaid,
  }
end

local function first_recommendation(c, ctx)
  local found = c.activities_with_outcome - c.activities_no_breakthrough
  local number = ctx:set("effective_activities", found, effective, found)
  local label
  if c.joint_activities > 0 and found == 0 then
    label = ctx:label("first_recommendation", "not_begun", on_the_way, found, settings.activities_needed)
  elseif c.joint_activities == 0 then
    label = ctx:label("first_recommendation", "not_begun", not_begun, settings.in_mind_from, settings.in_mind_to)
  elseif found >= settings.activities_needed then
    label = ctx:label("first_recommendation", "reached", reached, found, settings.activities_needed)
  else
    label = ctx:label("first_recommendation", "on_the_way", on_the_way, found, settings.activities_needed)
  end
  local missing = counts(c)
  for _, each in ipairs(MISSING) do
    local count = missing[each.column]
    if count > 0 then
      number:because(each.rule, count)
      if c.joint_activities > 0 and found < settings.activities_needed then label:because(each.rule, count) end
    end
  end
  return { effective_activities = number, first_recommendation = label }
end

-- Comfort trap

local trapped = kehu.rule{
  id = "trapped",
  en = "rapport {1} of 5 is warm; contacts fell from {2} to {3} in {4} days", zh = "客情 {1}（满分 5）；{4} 天内联系由 {2} 次降到 {3} 次",
}
local share_fell = kehu.rule{
  id = "share_fell",
  en = "the share of new products fell from {1} % to {2} % in {3} {3|month|months}", zh = "{3} 个月内新品份额由 {1}% 降到 {2}%",
}
local not_warm = kehu.rule{ id = "not_warm", en = "rapport {1} of 5, warm from {2}", zh = "客情 {1}（满分 5），{2} 起为好" }
local talk_holds = kehu.rule{
  id = "talk_holds", en = "contacts did not fall: {1}, before {2}", zh = "联系没有减少：{1} 次，此前 {2} 次",
}
local share_holds = kehu.rule{
  id = "share_holds",
  en = "the share of new products did not fall: {2} %, before {1} %", zh = "新品份额没有下降：{2}%，此前 {1}%",
}
local no_rapport = kehu.rule{ id = "no_rapport", en = "rapport is not recorded", zh = "未记录客情" }
local no_launch = kehu.rule{
  id = "no_launch", en = "no product that was sold has its launch recorded", zh = "售出的产品都没有登记上市日期",
}
local no_purchases = kehu.rule{
  id = "no_purchases", en = "nothing was bought in {1} {1|month|months}, or returns only", zh = "近 {1} 个月没有购买，或只有退货",
}
local none_before = kehu.rule{
  id = "none_before",
  en = "nothing was bought in the {1} {1|month|months} before: the share cannot be compared", zh = "再前 {1} 个月没有购买，无法比较新品份额",
}
local new_share = kehu.rule{
  id = "new_share", input = "new_lately",
  en = "new products {value} of {limit} in {3} {3|month|months}; new for {4} days after the launch",
  zh = "近 {3} 个月购买 {limit}，其中新品 {value}；上市 {4} 天内为新品",
}

-- Whether any product that was sold has a launch on file: else a share of 0 would mean nothing.
local function launches(columns)
  return { known = columns.launch_known:sum() }
end

local function share(new, all)
  if all == nil or all <= 0 then return nil end
  return 100 * (new or 0) / all
end

local function share_of_new(c, ctx)
  if (ctx.state.known or 0) == 0 then return nil, no_launch end
  local lately = share(c.new_lately, c.bought_lately)
  if lately == nil then return nil, no_purchases end
  return lately, nil
end

local function has_fallen(before, lately, least)
  return lately < before and before - lately >= least
end

local function trap(c, ctx)
  local function no(rule, one, two) return ctx:set("comfort_trap", false, rule, one, two) end
  if c.rapport ~= nil and c.rapport < settings.warm_from then return no(not_warm, c.rapport, settings.warm_from) end
  local fall = c.talks_before > 0 and 100 * (c.talks_before - c.talks_lately) / c.talks_before or 0
  if not (fall > 0 and fall >= settings.contact_fall) then return no(talk_holds, c.talks_lately, c.talks_before) end
  local lately, lack = share_of_new(c, ctx)
  local before = share(c.new_before, c.bought_before)
  if lately and before and not has_fallen(before, lately, settings.share_fall) then
    return no(share_holds, round(before), round(lately))
  end
  if c.rapport == nil then return ctx:missing("comfort_trap", no_rapport) end
  if lately == nil then return ctx:missing("comfort_trap", lack, settings.share_months) end
  if before == nil then return ctx:missing("comfort_trap", none_before, settings.share_months) end
  local flag = ctx:set("comfort_trap", true, trapped, c.rapport, c.talks_before, c.talks_lately, settings.contact_days)
  flag:because(share_fell, round(before), round(lately), settings.share_months)
  return flag
end

local function comfort_trap(c, ctx)
  local lately, lack = share_of_new(c, ctx)
  local given = { comfort_trap = trap(c, ctx) }
  if lately == nil then
    given.new_product_share = ctx:missing("new_product_share", lack, settings.share_months)
  else
    given.new_product_share = ctx:set("new_product_share", lately, new_share, c.new_lately or 0, c.bought_lately, settings.share_months, settings.new_days)
  end
  return given
end

-- The next step

local next_one = kehu.rule{
  id = "next_one",
  en = "{1} of {2} effective joint activities; the last one {3} {3|day|days} ago", zh = "{2} 次有效共同活动已完成 {1} 次；上次在 {3} 天前",
}
local first_one = kehu.rule{
  id = "first_one",
  en = "no joint activity yet, {1} effective ones are needed to be its first recommendation", zh = "尚无共同活动，需 {1} 次有效活动才能成为首推",
}
local with_owner = kehu.rule{
  id = "with_owner",
  en = "the owner on site and taking part: only us, or only the staff, does not count", zh = "老板在场并参与：只有我们或只有员工不算",
}
local surprise = kehu.rule{
  id = "surprise",
  en = "aim at a breakthrough beyond what the dealer expects, and record the outcome: --outcome … --field owner_on_site=true --field owner_took_part=true",
  zh = "争取超出经销商预期的突破，并记录结果：--outcome … --field owner_on_site=true --field owner_took_part=true",
}
local record_missing = kehu.rule{
  id = "record_missing",
  en = "complete what is on file of I-{1}: kehu interaction edit I-{1} --outcome … --field owner_on_site=… --field owner_took_part=…",
  zh = "补全 I-{1} 的记录：kehu interaction edit I-{1} --outcome … --field owner_on_site=… --field owner_took_part=…",
}
local still_trapped = kehu.rule{
  id = "still_trapped",
  en = "comfort trap: rapport {1} of 5, contacts fell from {2} to {3}, new products down to {4} %", zh = "客情陷阱：客情 {1}（满分 5），联系由 {2} 次降到 {3} 次，新品份额降到 {4}%",
}
local business_first = kehu.rule{
  id = "business_first",
  en = "warm rapport is no result: speak of the new products and what they earn", zh = "客情好不等于结果：谈新品，谈新品能挣什么钱",
}

-- An activity of which something is not on file.
local function incomplete(case)
  for _, each in ipairs(case.interactions) do
    local fields = each.fields
    if each.kind == "activity" and (fields.owner_on_site == nil or (fields.owner_on_site and fields.owner_took_part == nil)
      or (fields.owner_on_site and fields.owner_took_part and each.outcome == nil)) then
      return each
    end
  end
end

local function next_activity(c, case, ctx)
  if c.first_recommendation == "reached" or c.first_recommendation == nil then return nil end
  local strategy = c.attitude_strategy
  if strategy == "give_up" or strategy == "hands_off" then return nil end
  -- Who was never worked this way, and of whom nobody knows whether it is worth it, is left alone.
  if c.joint_activities == 0 and (strategy == nil or c.first_purchase_days == nil) then return nil end
  local because, fact, due
  if c.joint_activities == 0 then
    because = { { first_one, settings.activities_needed } }
    fact = ctx.as_of - c.first_purchase_days
    due = math.max(fact + settings.activity_days, ctx.as_of)
  else
    because = { { next_one, c.effective_activities, settings.activities_needed, c.last_activity_days } }
    fact = ctx.as_of - c.last_activity_days
    due = fact + settings.activity_days
    local missing = counts(c)
    for _, each in ipairs(MISSING) do
      if missing[each.column] > 0 then because[#because + 1] = { each.rule, missing[each.column] } end
    end
  end
  local guidance, open = { with_owner, surprise }, incomplete(case)
  if open then guidance[3] = { record_missing, string.format("%d", open.id) } end
  return ctx:propose{
    action = "joint_activity", channel = settings.channel.joint_activity, due = due, fact_day = fact,
    priority = settings.priority.joint_activity, group = "first_recommendation", because = because, guidance = guidance,
  }
end

local function follow_up(c, case, ctx)
  local made = { next_activity(c, case, ctx) }
  if c.comfort_trap and c.attitude_strategy ~= "give_up" then
    made[#made + 1] = ctx:propose{
      action = "present_new", channel = settings.channel.present_new, due = ctx.as_of,
      -- A trap has no day of its own: it is told again in each stretch of repeat_days.
      fact_day = ctx.as_of - ctx.as_of % settings.repeat_days,
      priority = settings.priority.present_new, group = "first_recommendation",
      because = { { still_trapped, c.rapport, c.talks_before, c.talks_lately, round(c.new_product_share or 0) } },
      guidance = { business_first },
    }
  end
  return made
end

-- Whoever logs an activity that does not count is told at once, while it can still be completed.
local no_owner = kehu.rule{
  id = "no_owner", en = "without the owner on site it does not count towards the first recommendation", zh = "老板不在场，不计入首推的有效活动",
}
local no_part = kehu.rule{
  id = "no_part", en = "the owner did not take part: it does not count towards the first recommendation", zh = "老板没有参与，不计入首推的有效活动",
}
local no_outcome = kehu.rule{
  id = "no_outcome", en = "without an outcome it does not count towards the first recommendation", zh = "没有结果，不计入首推的有效活动",
}

local function on_event(c, event, ctx)
  if event.record ~= "interaction" or event.change == "removed" or event.after.kind ~= "activity" then return nil end
  local fields, why = event.after.fields, nil
  if not fields.owner_on_site then why = no_owner
  elseif not fields.owner_took_part then why = no_part
  elseif event.after.outcome == nil then why = no_outcome end
  if why == nil then return nil end
  return ctx:warn{ because = why, advice = { { record_missing, string.format("%d", event.id) } } }
end

return {
  first_recommendation = first_recommendation, launches = launches, comfort_trap = comfort_trap, follow_up = follow_up, on_event = on_event,
}
