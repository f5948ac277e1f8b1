-- Guidance: how to talk to whom, and what to ask.

local settings = kehu.settings

-- The facets of each style, in their order: traits, pace, language, what moves, praise, rapport,
-- negotiation; then who was like that.
-- Whose facets they are is said once, of the first.
local STYLES = {
  driver = {
    en = "driver", is = "a driver", zh = "驾驭型",
    traits_en = { "(rational, bold)", "efficient, wants control" }, traits_zh = { "（理性、大胆）", "讲效率，要掌控" },
    pace = { "open at once with the matter, leave when it is settled", "开门见山，谈完即走" },
    language = { "forceful, the point first; ask his view first, let him decide", "语言有力，先说要点；先问他的看法，让他拍板" },
    motive = { "large gains and growth prospects, not small favours", "看重大利与发展前景，不在乎小恩小惠" },
    praise = { "praise him by asking his advice", "以请教来赞美他" },
    rapport = { "results first", "以结果建立关系" },
    negotiation = { "no concession on principle, indifferent to the rest", "原则问题不让步，其余无所谓" },
    figures = { "like Cao Cao, Peter the Great, Napoleon", "如曹操、彼得大帝、拿破仑" },
  },
  analytical = {
    en = "analytical", is = "analytical", zh = "分析型",
    traits_en = { "(rational, timid)", "careful, exact, wants to be right" }, traits_zh = { "（理性、谨慎）", "细致、精确、求无误" },
    pace = { "go step by step, leave time to think, do not press", "循序渐进，留时间思考，不催促" },
    language = { "facts, figures and evidence in writing; no exaggeration", "用书面的事实、数据与证据，不夸大" },
    motive = { "certainty and low risk; guarantees and references", "看重确定与低风险；给保证与案例" },
    praise = { "praise the work and its exactness, with grounds", "有根据地赞美其工作与严谨" },
    rapport = { "be prepared, punctual and consistent", "有备而来，守时，前后一致" },
    negotiation = { "item by item, with reasons for each concession", "逐条谈，每次让步都给出理由" },
    figures = { "the engineer, the auditor, the scholar", "如工程师、审计师、学者" },
  },
  expressive = {
    en = "expressive", is = "expressive", zh = "表现型",
    traits_en = { "(emotional, bold)", "lively, likes attention and ideas" }, traits_zh = { "（感性、大胆）", "热情，喜欢关注与新想法" },
    pace = { "fast and warm; talk of him first, details later and in writing", "节奏快而热情；先谈他，细节随后书面补上" },
    language = { "pictures, stories, the vision; let him talk", "讲画面、故事、愿景；让他多说" },
    motive = { "recognition and fame; show who else will notice", "看重认可与名声；说明会有谁看到" },
    praise = { "praise him openly and before others", "当众公开赞美" },
    rapport = { "share enthusiasm, events and people", "共享热情、活动与人脉" },
    negotiation = { "agree on the whole while he is keen, fix it in writing at once", "趁热达成整体一致，立即落成文字" },
    figures = { "the host, the performer, the campaigner", "如主持人、演员、活动家" },
  },
  amiable = {
    en = "amiable", is = "amiable", zh = "平易型",
    traits_en = { "(emotional, timid)", "friendly, wants harmony and safety" }, traits_zh = { "（感性、谨慎）", "友善，求和气与安稳" },
    pace = { "slowly, first the person, then the matter; do not press for a decision", "慢慢来，先谈人再谈事；不逼其决定" },
    language = { "gentle and personal; ask and listen, offer help to decide", "温和亲切；多问多听，帮其决定" },
    motive = { "security and the good of his people; small attentions count", "看重安全与同事的好处；小关怀有用" },
    praise = { "thank him for his support, in private", "私下感谢其支持" },
    rapport = { "keep in touch and keep every promise", "常联系，守承诺" },
    negotiation = { "bring those whom he relies on, take away the risk", "请他信赖的人参与，替他消除风险" },
    figures = { "the mediator, the good colleague, the host of a family", "如调解人、好同事、好家长" },
  },
}
local ALL = { "traits", "pace", "language", "motive", "praise", "rapport", "negotiation", "figures" }
for key, style in pairs(STYLES) do
  local en_traits, zh_traits = style.traits_en, style.traits_zh
  style.traits = { en_traits[1] .. ": " .. en_traits[2], zh_traits[1] .. "：" .. zh_traits[2] }
  for _, facet in ipairs(ALL) do
    local en, zh = style[facet][1], style[facet][2]
    -- The traits begin with the two axes, in brackets.
    local colon, stop = facet == "traits" and " " or ": ", facet == "traits" and "" or "："
    style[facet] = {
      plain = kehu.rule{ id = key .. "_" .. facet, en = style.en .. colon .. en, zh = style.zh .. stop .. zh },
      named = kehu.rule{ id = key .. "_" .. facet .. "_of", en = "{1} is " .. style.is .. colon .. en, zh = "{1}是" .. style.zh .. stop .. zh },
    }
  end
  -- The label itself, whose it is, and the traits.
  style.who = kehu.rule{
    id = key .. "_who", en = style.en .. " " .. en_traits[1] .. ", {1}: " .. en_traits[2],
    zh = style.zh .. zh_traits[1] .. "，{1}：" .. zh_traits[2],
  }
end

local axes = kehu.rule{ id = "axes", en = "{1} and {2}", zh = "{2}、{1}" }
local met_last = kehu.rule{
  id = "met_last", en = "of {1} people on file, {2} is the one with a style who was met last, {3} {3|day|days} ago",
  zh = "已登记的 {1} 位联系人中，{2}是最近见过的已登记性格者（{3} 天前）",
}
local met_never = kehu.rule{
  id = "met_never", en = "of {1} people on file nobody with a style was met yet; {2} was recorded last",
  zh = "已登记的 {1} 位联系人中，有性格记录者均未见过；{2}为最近登记",
}
local no_style = kehu.rule{
  id = "no_style",
  en = "no style is recorded: kehu contact edit NAME --field style=…",
  zh = "未记录性格：kehu contact edit 姓名 --field style=…",
}

local BUYERS = {
  rational = kehu.rule{
    id = "rational_buyer",
    en = "{1} is a rational buyer: trust first; value and benefit, expert knowledge, pros and cons, actively help to decide",
    zh = "{1}是理性客户：先建立信任；讲价值与利益，专业清楚，说明利弊，主动帮其决策",
  },
  emotional = kehu.rule{
    id = "emotional_buyer",
    en = "{1} is an emotional buyer: trust first; service and feeling, relationship, little product description",
    zh = "{1}是感性客户：先建立信任；重服务与感受，重关系，少讲产品",
  },
}
local no_buyer = kehu.rule{
  id = "no_buyer",
  en = "no buyer type is recorded: kehu contact edit NAME --field buyer=…",
  zh = "未记录客户特色：kehu contact edit 姓名 --field buyer=…",
}

local MOODS = {
  rising = kehu.rule{ id = "rising", en = "mood rising: the best moment to approach", zh = "心情上升：接近的最好时机" },
  falling = kehu.rule{
    id = "falling",
    en = "mood falling: slower; help in need is the strongest approach of all",
    zh = "心情下降：放慢节奏；雪中送炭是最有力的接近",
  },
  calm = kehu.rule{
    id = "calm",
    en = "mood calm, weighing risk: bring some emotion in",
    zh = "心情平静，权衡风险：带入一些情感",
  },
  complacent = kehu.rule{
    id = "complacent",
    en = "mood complacent: patience, do not contradict; praise to the peak, then guide",
    zh = "心情自满：耐心，不要反驳；先捧到顶点，再引导",
  },
}
local no_mood = kehu.rule{
  id = "no_mood",
  en = "no mood was recorded in {1} {1|day|days}",
  zh = "{1} 天内没有记录心情",
}
local other_mood = kehu.rule{
  id = "other_mood",
  en = "mood \"{1}\" is none of the four",
  zh = "心情“{1}”不在四种之内",
}

local VISITS = {
  first = kehu.rule{
    id = "visit_first",
    en = "visit 1: leave a good impression, learn the basic facts",
    zh = "第一次拜访：留下好印象，了解基本情况",
  },
  second = kehu.rule{
    id = "visit_second",
    en = "visit 2: listen, collect information, explore cooperation, ask high terms rather than low",
    zh = "第二次拜访：倾听，收集信息，探讨合作，条件宁高勿低",
  },
  third = kehu.rule{
    id = "visit_third",
    en = "visit 3: go deep, show willingness and posture",
    zh = "第三次拜访：深入沟通，表明意愿与姿态",
  },
  fourth = kehu.rule{ id = "visit_fourth", en = "visit 4: agree the terms of signing", zh = "第四次拜访：谈定签约条件" },
}
local ORDER = { "first", "second", "third", "fourth" }
local is_customer = kehu.rule{
  id = "is_customer",
  en = "bought already: the four visits are over",
  zh = "已有购买：四步法已完成",
}

local ask_coach = kehu.rule{
  id = "ask_coach",
  en = "ask the coach {1}: what has changed lately, what should we do, is this plan right",
  zh = "问教练{1}：最近有什么变化、我们该怎么做、这个方案对不对",
}
local ask_again = kehu.rule{
  id = "ask_again",
  en = "the coach {1} was last asked {2} {2|day|days} ago: ask what has changed lately, what we should do, whether this plan is right",
  zh = "上次问教练{1}已是 {2} 天前：再问最近有什么变化、我们该怎么做、这个方案对不对",
}
local find_coach = kehu.rule{
  id = "find_coach",
  en = "no coach is known: first an acquaintance inside; else survey the organisation and begin with whoever is easiest to approach",
  zh = "尚无教练：先找内部熟人；没有则摸清整个组织，从最容易接近的人开始",
}

local no_coach = kehu.rule{
  id = "no_coach", input = "coaches", op = "==", limit = 0,
  en = "no coach is known", zh = "尚无教练",
}
local coach_unsaid = kehu.rule{
  id = "coach_unsaid",
  en = "of the coach {1} none of the four criteria is recorded: kehu contact edit {1} --field supports_us=yes …",
  zh = "教练{1}的四条标准均未记录：kehu contact edit {1} --field supports_us=yes …",
}
-- The four criteria of a coach: the column, what is said where it is met, where it is not, where nobody knows.
local CRITERIA = {
  {
    "coach_gives_true_information",
    kehu.rule{
      id = "true_information",
      en = "{1} gives true information without betraying secrets or law",
      zh = "{1}提供真实信息，不泄密、不违法",
    },
    kehu.rule{ id = "no_true_information", en = "{1} does not give true information", zh = "{1}提供的信息不真实" },
    kehu.rule{
      id = "information_unsaid",
      en = "not recorded: whether {1} gives true information",
      zh = "未记录：{1}是否提供真实信息",
    },
  },
  {
    "coach_close_to_decision",
    kehu.rule{
      id = "close_to_decision",
      en = "{1} is close to the decision, at least middle management",
      zh = "{1}接近决策层，至少中层",
    },
    kehu.rule{ id = "far_from_decision", en = "{1} is far from the decision", zh = "{1}远离决策层" },
    kehu.rule{
      id = "closeness_unsaid",
      en = "not recorded: whether {1} is close to the decision",
      zh = "未记录：{1}是否接近决策层",
    },
  },
  {
    "coach_supports_us",
    kehu.rule{ id = "supports_us", en = "{1} supports us", zh = "{1}支持我方" },
    kehu.rule{ id = "no_support", en = "{1} does not support us", zh = "{1}不支持我方" },
    kehu.rule{
      id = "support_unsaid",
      en = "not recorded: whether {1} supports us",
      zh = "未记录：{1}是否支持我方",
    },
  },
  {
    "coach_comes_unasked",
    kehu.rule{ id = "comes_unasked", en = "{1} comes to us unasked with news", zh = "{1}主动通报消息" },
    kehu.rule{ id = "must_be_asked", en = "{1} tells news only when asked", zh = "{1}不问不说" },
    kehu.rule{
      id = "unasked_unsaid",
      en = "not recorded: whether {1} comes to us unasked",
      zh = "未记录：{1}是否主动通报",
    },
  },
}
local weak_coach = kehu.rule{
  id = "weak_coach",
  en = "{1} meets {2} of the four criteria of a coach, fewer than {3}: look on for a better one",
  zh = "{1}符合教练四条标准中的 {2} 条，少于 {3} 条：继续寻找更合适的人",
}
local needs_coach = kehu.rule{
  id = "needs_coach",
  en = "key customer with an open deal in {1}, and no coach is known",
  zh = "重点客户，商机处于 {1}，尚无教练",
}
local ask_acquaintance = kehu.rule{
  id = "ask_acquaintance",
  en = "first an acquaintance inside: {1}",
  zh = "先找内部熟人：{1}",
}
local survey_all = kehu.rule{
  id = "survey_all",
  en = "no acquaintance inside is known: survey the whole organisation, the key person of each department",
  zh = "没有内部熟人：摸清整个组织，找出各部门的关键人物",
}
local easiest = kehu.rule{
  id = "easiest",
  en = "begin with whoever is easiest to approach: so far {1}",
  zh = "从最容易接近的人开始：目前是{1}",
}
local easiest_unknown = kehu.rule{
  id = "easiest_unknown",
  en = "begin with whoever is easiest to approach",
  zh = "从最容易接近的人开始",
}
local DEPARTMENTS = {
  { "management", kehu.rule{ id = "nobody_management", en = "nobody is known in management", zh = "管理部门尚无认识的人" } },
  { "technical", kehu.rule{ id = "nobody_technical", en = "nobody is known in the technical department", zh = "技术部门尚无认识的人" } },
  { "finance", kehu.rule{ id = "nobody_finance", en = "nobody is known in finance", zh = "财务部门尚无认识的人" } },
  { "purchasing", kehu.rule{ id = "nobody_purchasing", en = "nobody is known in purchasing", zh = "采购部门尚无认识的人" } },
  { "administration", kehu.rule{ id = "nobody_administration", en = "nobody is known in administration", zh = "行政部门尚无认识的人" } },
  { "logistics", kehu.rule{ id = "nobody_logistics", en = "nobody is known in logistics", zh = "物流部门尚无认识的人" } },
}

local function set(list)
  local found = {}
  for _, each in ipairs(list) do found[each] = true end
  return found
end
local coach_groups, key_tiers = set(settings.coach_groups), set(settings.key_tiers)

local BY_AXES = {
  rational = { bold = "driver", timid = "analytical" },
  emotional = { bold = "expressive", timid = "amiable" },
}

-- The recorded style, or what two axes come to: of two people, that of the one who was met last.
local function style_of(c, ctx)
  local style, person, days, from_axes = c.known_style, c.style_person, c.style_met_days, false
  local later = c.axes_met_days and (days == nil or c.axes_met_days < days)
  if c.known_thinking and c.known_boldness and (style == nil or later) then
    style = BY_AXES[c.known_thinking] and BY_AXES[c.known_thinking][c.known_boldness]
    person, days, from_axes = c.axes_person, c.axes_met_days, true
  end
  local facets = style and STYLES[style]
  if facets == nil then return ctx:missing("style", no_style), ctx:missing("style_of", no_style) end
  person = person or "?"
  local label = ctx:label("style", style, facets.who, person)
  if from_axes then label:because(axes, c.known_thinking, c.known_boldness) end
  if c.people and c.people > 1 then label:because(days and met_last or met_never, c.people, person, days) end
  for at = 2, #ALL do label:because(facets[ALL[at]].plain) end
  return label, ctx:set("style_of", person, facets.who, person)
end

local function mood_of(c, ctx)
  local said = c.recent_mood
  if said == nil then return ctx:missing("mood", no_mood, settings.mood_days) end
  local mood = MOODS[said] and said or settings.mood_words[said]
  if mood == nil then return ctx:missing("mood", other_mood, said) end
  return ctx:label("mood", mood, MOODS[mood])
end

-- How many of the four criteria the coach meets; what is not recorded is named, and counts for nothing.
local function fit_of(c, ctx)
  if ctx:holds(no_coach) then return ctx:missing("coach_fit", no_coach) end
  local name, fit, known, because = c.coach_name or "?", 0, 0, {}
  for _, criterion in ipairs(CRITERIA) do
    local is = c[criterion[1]]
    if is ~= nil then known = known + 1 end
    if is then fit = fit + 1 end
    because[#because + 1] = is and criterion[2] or is == false and criterion[3] or criterion[4]
  end
  if known == 0 then return ctx:missing("coach_fit", coach_unsaid, name) end
  local value = ctx:set("coach_fit", fit, because[1], name)
  for at = 2, #because do value:because(because[at], name) end
  return value
end

local function portrait(c, ctx)
  local given = { mood = mood_of(c, ctx), coach_fit = fit_of(c, ctx) }
  given.style, given.style_of = style_of(c, ctx)
  local buyer, person = c.known_buyer and BUYERS[c.known_buyer], c.known_buyer_person or "?"
  given.buyer = buyer and ctx:label("buyer", c.known_buyer, buyer, person) or ctx:missing("buyer", no_buyer)
  given.buyer_of = buyer and ctx:set("buyer_of", person, buyer, person) or ctx:missing("buyer_of", no_buyer)
  if c.purchases > 0 then
    given.visit_step = ctx:missing("visit_step", is_customer)
  else
    local step = ORDER[math.min(c.visits + 1, #ORDER)]
    given.visit_step = ctx:label("visit_step", step, VISITS[step])
  end
  return given
end

local function is_key(c) return c.key_account or (c.tier and key_tiers[c.tier]) end

-- Whom of the people at the customer we deal with most, of late; those met equally often in their order.
local function met_most(case)
  local count, best = {}, nil
  for _, each in ipairs(case.interactions) do
    if each.contact then count[each.contact] = (count[each.contact] or 0) + 1 end
  end
  for _, contact in ipairs(case.contacts) do
    local times = count[contact.id] or 0
    if times > 0 and (best == nil or times > count[best.id]) then best = contact end
  end
  return best
end

-- How to find a coach: first an acquaintance, else survey the departments.
local function way_to_coach(case)
  local guidance, known = {}, {}
  for _, contact in ipairs(case.contacts) do
    if contact.fields.acquaintance then guidance[#guidance + 1] = { ask_acquaintance, contact.name } end
    local department = contact.department and settings.departments[kehu.text.lower(contact.department)]
    if department then known[department] = true end
  end
  if #guidance > 0 then return guidance end
  guidance[1] = survey_all
  for _, department in ipairs(DEPARTMENTS) do
    if not known[department[1]] then guidance[#guidance + 1] = department[2] end
  end
  local first = met_most(case)
  guidance[#guidance + 1] = first and { easiest, first.name } or easiest_unknown
  return guidance
end

-- A coach is looked for where a key customer has an open deal: the earliest one counts.
local function follow_up(c, case, ctx)
  if c.coaches > 0 or not is_key(c) then return nil end
  local first
  for _, deal in ipairs(case.deals) do
    if first == nil or deal.since < first.since then first = deal end
  end
  if first == nil then return nil end
  return ctx:propose{
    action = "find_coach", channel = settings.find_channel, deal = first.id, due = first.since + settings.find_days,
    fact_day = first.since, priority = settings.find_priority, group = "coach", because = { { needs_coach, first.stage } },
    guidance = way_to_coach(case),
  }
end

local function about_coach(p, ctx)
  if not coach_groups[p.group] then return nil end
  local c = p.c
  if (c.coaches or 0) > 0 then
    if c.coach_talk_days == nil then return ctx:advise(p, ask_coach, c.coach_name) end
    if c.coach_talk_days > settings.coach_days then return ctx:advise(p, ask_again, c.coach_name, c.coach_talk_days) end
    return nil
  end
  if is_key(c) and p.action ~= "find_coach" then return ctx:advise(p, find_coach) end
  return nil
end

local function about_fit(p, ctx)
  local c = p.c
  if not coach_groups[p.group] or c.coach_fit == nil or c.coach_fit >= settings.coach_fit_from then return nil end
  return ctx:advise(p, weak_coach, c.coach_name or "?", c.coach_fit, settings.coach_fit_from)
end

local function review(proposals, ctx)
  local made = {}
  for _, p in ipairs(proposals) do
    local c = p.c
    if c then
      local facets = c.style and STYLES[c.style]
      for at, facet in ipairs(facets and settings.facets or {}) do
        local is_named = at == 1 and c.style_of
        made[#made + 1] = ctx:advise(p, is_named and facets[facet].named or facets[facet].plain, is_named or nil)
      end
      if c.buyer then made[#made + 1] = ctx:advise(p, BUYERS[c.buyer], c.buyer_of or "?") end
      if c.mood then made[#made + 1] = ctx:advise(p, MOODS[c.mood]) end
      if c.visit_step and p.channel == "visit" then made[#made + 1] = ctx:advise(p, VISITS[c.visit_step]) end
      made[#made + 1] = about_coach(p, ctx)
      made[#made + 1] = about_fit(p, ctx)
    end
  end
  return made
end

return { portrait = portrait, follow_up = follow_up, review = review }
