-- Visit results: why a visit failed, what each reason leads to, and what each week's findings end in.

local settings = kehu.settings

local CODES = { "a", "b", "c", "d", "e" }
for _, code in ipairs(CODES) do
  for _, name in ipairs({ "next_days", "priority", "channel" }) do
    if settings[name][code] == nil then error("the setting " .. name .. " lacks \"" .. code .. "\"") end
  end
end

-- What each reason of a failure means, and what it leads to.
local REASONS = {
  a = {
    action = "adapt_offer",
    why = kehu.rule{
      id = "a_offer",
      en = "failed {1} {1|day|days} ago (a): our product, service or sales policy does not meet the need",
      zh = "{1} 天前拜访失败（a）：我方产品、服务或营销政策不能满足需求",
    },
    advice = kehu.rule{
      id = "a_advice",
      en = "record the need, ask what would have to be different, come back with that, with the manager where the policy has to bend",
      zh = "记录需求，问清差在哪里，带着调整后的方案再去；须变通政策时请经理同去",
    },
  },
  b = {
    action = "review_fit",
    why = kehu.rule{
      id = "b_match",
      en = "failed {1} {1|day|days} ago (b): the two sides do not match in size or ideas",
      zh = "{1} 天前拜访失败（b）：双方规模或理念不匹配",
    },
    advice = kehu.rule{
      id = "b_advice",
      en = "ask the two questions again: does it fit our direction, is it willing? If not, spend the time on others",
      zh = "重新问两个问题：是否符合我方方向，是否愿意合作？若否，把时间用在别处",
    },
  },
  c = {
    action = "support",
    why = kehu.rule{
      id = "c_money",
      en = "failed {1} {1|day|days} ago (c): the customer is short of money or hindered in developing the business",
      zh = "{1} 天前拜访失败（c）：客户资金短缺或业务发展受阻",
    },
    advice = kehu.rule{
      id = "c_advice",
      en = "do not press; ask what holds the business back, see whether terms of payment or a smaller start would help",
      zh = "不要催促；了解业务受阻之处，看付款方式或小规模起步能否帮上忙",
    },
  },
  d = {
    action = "loosen_tie",
    why = kehu.rule{
      id = "d_tied",
      en = "failed {1} {1|day|days} ago (d): interested, but tied to a competitor",
      zh = "{1} 天前拜访失败（d）：有意向，但受竞争对手牵制",
    },
    advice = kehu.rule{
      id = "d_advice",
      en = "find out what ties it, and until when; record the competitor's policy and prices; look for a part that can be shared",
      zh = "弄清受什么牵制、到何时；记录对手的政策与价格；寻找可以共享的部分",
    },
  },
  e = {
    action = "find_reason",
    why = kehu.rule{
      id = "e_other",
      en = "failed {1} {1|day|days} ago (e): for another reason",
      zh = "{1} 天前拜访失败（e）：其他原因",
    },
    advice = kehu.rule{
      id = "e_advice",
      en = "find out the reason, and record it: --field failure=a…d, or words",
      zh = "弄清原因并记录：--field failure=a…d，或用文字说明",
    },
  },
}

local no_failure = kehu.rule{
  id = "no_failure", input = "last_failure_days", op = "missing",
  en = "no visit is recorded as failed", zh = "没有拜访失败的记录",
}
local visited_since = kehu.rule{
  id = "visited_since",
  en = "failed {1} {1|day|days} ago, but the visit {2} {2|day|days} ago did not",
  zh = "{1} 天前拜访失败，但 {2} 天前的拜访没有失败",
}
local bought_since = kehu.rule{
  id = "bought_since",
  en = "failed {1} {1|day|days} ago, but bought {2} {2|day|days} ago",
  zh = "{1} 天前拜访失败，但 {2} 天前已购买",
}
local unknown_code = kehu.rule{
  id = "unknown_code",
  en = "the reason \"{1}\" is none of a to e",
  zh = "失败原因“{1}”不在 a 至 e 之内",
}
local failed_lately = kehu.rule{
  id = "failed_lately",
  en = "{1} {1|visit|visits} failed in {2} {2|month|months}",
  zh = "近 {2} 个月拜访失败 {1} 次",
}
local by_code = kehu.rule{
  id = "by_code",
  en = "of these a {1}, b {2}, c {3}, d {4}, e {5}",
  zh = "其中 a {1} 次、b {2} 次、c {3} 次、d {4} 次、e {5} 次",
}
local same_reason = kehu.rule{
  id = "same_reason",
  en = "{1} {1|visit|visits} failed for one reason in {3} {3|month|months}: {2}",
  zh = "近 {3} 个月因同一原因失败 {1} 次：{2}",
}
local next_after = kehu.rule{
  id = "next_after",
  en = "the next step is due {2} {2|day|days} after a failure of this sort: {1}",
  zh = "此类失败 {2} 天后采取下一步：{1}",
}
local repeated = kehu.rule{
  id = "repeated",
  en = "failed {1} times for the same reason in {2} {2|month|months}",
  zh = "近 {2} 个月因同一原因失败 {1} 次",
}
local another_way = kehu.rule{
  id = "another_way",
  en = "the same again will fail again: find another way, with the manager, or let it rest",
  zh = "老办法还会失败：请经理出面另想办法，或先放一放",
}

local other_unsaid = kehu.rule{
  id = "other_unsaid",
  en = "the visit failed for another reason (e), and no words say which",
  zh = "拜访因其他原因（e）失败，但没有文字说明",
}
local say_reason = kehu.rule{
  id = "say_reason",
  en = "say it: kehu interaction edit {1} --text …",
  zh = "请说明：kehu interaction edit {1} --text …",
}
local no_heading = kehu.rule{
  id = "no_heading",
  en = "the finding has no heading: changed_needs, product_satisfaction or competitors",
  zh = "该所得没有栏目：changed_needs（需求变化）、product_satisfaction（产品满意度）或 competitors（竞争对手）",
}
local give_heading = kehu.rule{
  id = "give_heading",
  en = "say it: kehu interaction edit {1} --field heading=…",
  zh = "请注明：kehu interaction edit {1} --field heading=…",
}
local no_measure = kehu.rule{
  id = "no_measure",
  en = "the finding ends neither in a measure nor in \"none, because\"",
  zh = "该所得既没有措施，也没有写明不采取措施的原因",
}
local give_measure = kehu.rule{
  id = "give_measure",
  en = "say it: kehu interaction edit {1} --field measure=…, or --field none_because=…",
  zh = "请补上：kehu interaction edit {1} --field measure=…，或 --field none_because=…",
}

local function repeats_of(code, c) return c["failures_" .. code] or 0 end

-- Why the customer stands as failed no more; nothing while it does.
local function overcome(c)
  local failed = c.last_failure_days
  if c.last_visit_days and c.last_visit_days < failed then return { visited_since, failed, c.last_visit_days } end
  if c.recency_days and c.recency_days < failed then return { bought_since, failed, c.recency_days } end
  return nil
end

local function failures(c, ctx)
  local given = {
    failed_visits = ctx:set("failed_visits", c.failed_visits_lately, failed_lately, c.failed_visits_lately, settings.count_months),
  }
  if c.failed_visits_lately > 0 then
    given.failed_visits:because(by_code, c.failures_a, c.failures_b, c.failures_c, c.failures_d, c.failures_e)
  end
  local function none(rule, first, second)
    given.failure = ctx:missing("failure", rule, first, second)
    given.failure_repeats = ctx:missing("failure_repeats", rule, first, second)
    return given
  end
  if ctx:holds(no_failure) then return none(no_failure) end
  local over = overcome(c)
  if over then return none(over[1], over[2], over[3]) end
  local code = c.last_failure
  local reason = code and REASONS[code]
  if reason == nil then return none(unknown_code, code or "") end
  local repeats = repeats_of(code, c)
  given.failure = ctx:label("failure", code, reason.why, c.last_failure_days)
  given.failure:because(next_after, code, settings.next_days[code])
  given.failure_repeats = ctx:set("failure_repeats", repeats, same_reason, repeats, code, settings.count_months)
  return given
end

local function follow_up(c, _, ctx)
  if c.last_failure_days == nil or overcome(c) then return nil end
  local code = c.last_failure
  local reason = code and REASONS[code]
  if reason == nil then return nil end
  local day = ctx.as_of - c.last_failure_days
  local because = { { reason.why, c.last_failure_days }, { next_after, code, settings.next_days[code] } }
  local guidance = { reason.advice }
  local priority, due = settings.priority[code], day + settings.next_days[code]
  local repeats = repeats_of(code, c)
  if repeats >= settings.repeated_from then
    because[#because + 1] = { repeated, repeats, settings.count_months }
    guidance[#guidance + 1] = another_way
    priority = math.min(100, priority + settings.repeated_more)
  end
  return ctx:propose{
    action = reason.action, channel = settings.channel[code], due = due, fact_day = day,
    priority = priority, group = "failed_visit", because = because, guidance = guidance,
  }
end

local function is_said(text) return type(text) == "string" and kehu.text.trim(text) ~= "" end

local function on_event(_, event, ctx)
  if event.record ~= "interaction" or event.change ~= "added" then return nil end
  local after, made = event.after, {}
  local fields = after.fields or {}
  local id = string.format("I-%d", event.id)
  if fields.failure == "e" and not is_said(after.text) then
    made[#made + 1] = ctx:warn{ because = other_unsaid, advice = { { say_reason, id } } }
  end
  if event.kind == "finding" then
    if fields.heading == nil then
      made[#made + 1] = ctx:warn{ because = no_heading, advice = { { give_heading, id } } }
    end
    if not is_said(fields.measure) and not is_said(fields.none_because) then
      made[#made + 1] = ctx:warn{ because = no_measure, advice = { { give_measure, id } } }
    end
  end
  return made
end

return { failures = failures, follow_up = follow_up, on_event = on_event }
