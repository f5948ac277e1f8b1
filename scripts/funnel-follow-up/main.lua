-- Funnel: close the bottom first, before it is lost; then plan the middle; then develop the top.

local settings = kehu.settings

if settings.middle_from > settings.bottom_above then
  error("the setting middle_from is " .. settings.middle_from .. ", above bottom_above, which is "
    .. settings.bottom_above)
end
for _, part in ipairs({ "bottom", "middle", "top", "unknown" }) do
  for _, name in ipairs({ "priority", "repeat_days", "channel" }) do
    if settings[name][part] == nil then
      error("the setting " .. name .. " lacks \"" .. part .. "\"")
    end
  end
end

local ACTIONS = { bottom = "close_deal", middle = "advance_deal", top = "develop_deal", unknown = "develop_deal" }

local rules = {
  bottom = kehu.rule{
    id = "bottom",
    en = "win probability {1} %, above {2} %: close it before it is lost",
    zh = "赢单概率 {1}%，高于 {2}%：尽快促成，以免丢单",
  },
  middle = kehu.rule{
    id = "middle",
    en = "win probability {1} %, between {2} % and {3} %: the middle needs careful planning",
    zh = "赢单概率 {1}%，在 {2}% 与 {3}% 之间：漏斗中部，需仔细安排",
  },
  top = kehu.rule{
    id = "top",
    en = "win probability {1} %, below {2} %: the top of the funnel",
    zh = "赢单概率 {1}%，低于 {2}%：漏斗顶部",
  },
  unknown = kehu.rule{
    id = "unknown",
    en = "stage \"{1}\" has no win probability, so the deal comes last",
    zh = "阶段“{1}”没有赢单概率，排在最后",
  },
}
local no_deal = kehu.rule{
  id = "no_deal", input = "probability", op = "missing",
  en = "no open deal with a win probability", zh = "没有带赢单概率的进行中商机",
}
local stalled = kehu.rule{
  id = "stalled",
  en = "{1} {1|day|days} in stage \"{2}\", which allows {3}", zh = "在阶段“{2}”已 {1} 天，时限 {3} 天",
}
local last_contact = kehu.rule{
  id = "last_contact",
  en = "last contact {1} {1|day|days} ago, due every {2} {2|day|days}", zh = "上次联系在 {1} 天前，每 {2} 天跟进一次",
}
local no_contact = kehu.rule{
  id = "no_contact", en = "never contacted since it entered the stage on {1}", zh = "自 {1} 进入该阶段以来从未联系",
}

local function percent(share)
  return 100 * share
end

local function part_of(probability)
  if probability == nil then return "unknown" end
  if probability > settings.bottom_above then return "bottom" end
  if probability >= settings.middle_from then return "middle" end
  return "top"
end

-- The rule of a part with its figures, as a reason.
local function why(part, probability, stage)
  if part == "unknown" then return { rules.unknown, stage } end
  local low, high = percent(settings.middle_from), percent(settings.bottom_above)
  if part == "bottom" then return { rules.bottom, percent(probability), high } end
  return { rules[part], percent(probability), low, high }
end

local function part(c, ctx)
  if c.probability == nil then
    return { funnel_part = ctx:missing("funnel_part", no_deal) }
  end
  local found = part_of(c.probability)
  local reason = why(found, c.probability)
  return { funnel_part = ctx:label("funnel_part", found, reason[1], reason[2], reason[3], reason[4]) }
end

local function propose(deal, days_ago, ctx)
  local found = part_of(deal.probability)
  local because = { why(found, deal.probability, deal.stage) }
  local priority = settings.priority[found]
  if deal.longest_stay and deal.days_in_stage > deal.longest_stay then
    priority = math.min(100, priority + settings.stalled_bonus)
    because[#because + 1] = { stalled, deal.days_in_stage, deal.stage, deal.longest_stay }
  end
  local fact, due = deal.since, deal.since
  if days_ago then
    local contact = ctx.as_of - days_ago
    fact = math.max(fact, contact)
    due = math.max(due, contact + settings.repeat_days[found])
    because[#because + 1] = { last_contact, days_ago, settings.repeat_days[found] }
  else
    -- Nobody has promised a day: it is due, not late.
    due = math.max(due, ctx.as_of)
    because[#because + 1] = { no_contact, kehu.day.format(deal.since) }
  end
  return ctx:propose{
    action = ACTIONS[found], channel = settings.channel[found], deal = deal.id, due = due,
    fact_day = fact, priority = priority, group = found, because = because,
  }
end

local function follow_up(c, case, ctx)
  local proposals = {}
  for _, deal in ipairs(case.deals) do
    proposals[#proposals + 1] = propose(deal, c.last_contact_days, ctx)
  end
  return proposals
end

return { part = part, follow_up = follow_up }
