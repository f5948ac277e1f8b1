-- The sales funnel: how much lies where, whether it is healthy, and in which order to work.

local settings, say = kehu.settings, kehu.say
local rep = kehu.report.rep

local PARTS = { "top", "middle", "bottom", "unknown" }
local WORK = { bottom = 1, middle = 2, top = 3, unknown = 4 }
local LABELS = {
  top = { en = "top", zh = "顶部" },
  middle = { en = "middle", zh = "中部" },
  bottom = { en = "bottom", zh = "底部" },
  unknown = { en = "no probability", zh = "无赢单概率" },
}

local function part_of(probability)
  if probability == nil then return "unknown" end
  if probability > settings.bottom_above then return "bottom" end
  if probability >= settings.middle_from then return "middle" end
  return "top"
end

local function new_sum(part)
  return { part = part, deals = 0, amount = 0, weighted = 0, longest = nil, top = 0, middle = 0, bottom = 0, unknown = 0 }
end

local function add(sum, deal)
  sum.deals = sum.deals + 1
  sum[deal.part] = sum[deal.part] + 1
  sum.amount = sum.amount + (deal.amount or 0)
  sum.weighted = sum.weighted + (deal.weighted or 0)
  sum.longest = math.max(sum.longest or 0, deal.days_in_stage or 0)
end

local deals, by_part, by_stage, by_rep = {}, {}, {}, {}
local stages, reps, without_amount = {}, {}, 0
for _, part in ipairs(PARTS) do by_part[part] = new_sum(part) end

local function sum_of(sums, list, name)
  if not sums[name] then
    sums[name] = new_sum(name)
    list[#list + 1] = sums[name]
  end
  return sums[name]
end

for d in kehu.deals{ where = "open" } do
  if rep == nil or d.rep == rep.name then
    local part = part_of(d.probability)
    local deal = {
      id = d.id, part = part, work = WORK[part], name = d.name, customer = d.customer_name, rep = d.rep, stage = d.stage,
      probability = d.probability, amount = d.amount, days_in_stage = d.days_in_stage,
      weighted = d.amount and d.probability and d.amount * d.probability,
    }
    deals[#deals + 1] = deal
    add(by_part[part], deal)
    local stage = sum_of(by_stage, stages, d.pipeline .. "/" .. (d.stage or ""))
    stage.pipeline, stage.stage, stage.order = d.pipeline, d.stage, d.stage_order
    stage.probability = d.probability
    add(stage, deal)
    local owner = sum_of(by_rep, reps, d.rep or "")
    owner.rep = d.rep
    add(owner, deal)
    if d.amount == nil then without_amount = without_amount + 1 end
  end
end

-- Healthy: the most at the top, the fewest at the bottom. Deals without a probability are not judged.
local top, middle, bottom = by_part.top.deals, by_part.middle.deals, by_part.bottom.deals
local judged = top + middle + bottom
local healthy = nil
local reasons, codes = {}, {}
if judged > 0 then
  local most, fewest = top > math.max(middle, bottom), bottom < math.min(top, middle)
  healthy = most and fewest
  if healthy then
    reasons[1] = say{
      en = "Healthy: the most deals are at the top ({top}), the fewest at the bottom ({bottom}).",
      zh = "漏斗健康：顶部商机最多（{top}），底部最少（{bottom}）。", top = top, bottom = bottom,
    }
  end
  if not most then
    codes[#codes + 1] = "top_is_not_the_most"
    reasons[#reasons + 1] = say{
      en = "Not healthy: the top has {top} {top|deal|deals}, the middle {middle}, the bottom {bottom}. The most should be at the top: keep time for finding new customers.",
      zh = "漏斗不健康：顶部 {top} 个商机，中部 {middle} 个，底部 {bottom} 个。顶部应最多：请留出时间开发新客户。",
      top = top, middle = middle, bottom = bottom,
    }
  end
  if not fewest then
    codes[#codes + 1] = "bottom_is_not_the_fewest"
    reasons[#reasons + 1] = say{
      en = "Not healthy: the bottom has {bottom} {bottom|deal|deals}, the top {top}, the middle {middle}. The fewest should be at the bottom: close these first, before they are lost.",
      zh = "漏斗不健康：底部 {bottom} 个商机，顶部 {top} 个，中部 {middle} 个。底部应最少：请先促成，以免丢单。",
      top = top, middle = middle, bottom = bottom,
    }
  end
end

local of = rep and say{ en = " of {rep}", zh = "（{rep}）", rep = rep.name } or ""
print(say{
  en = "Sales funnel{of} as of {day}: {n} open {n|deal|deals}, {amount}, weighted {weighted}",
  zh = "销售漏斗{of}，截至 {day}：进行中商机 {n} 个，金额 {amount}，加权 {weighted}",
  of = of, day = kehu.day.format(kehu.as_of), n = #deals, amount = kehu.amount(kehu.sum(deals, "amount")),
  weighted = kehu.amount(kehu.sum(deals, "weighted")),
})
for _, reason in ipairs(reasons) do print(reason) end
if without_amount > 0 then
  print(say{
    en = "{n} {n|deal has|deals have} no amount, and {n|counts|count} nothing in the amounts.",
    zh = "{n} 个商机没有金额，不计入金额。", n = without_amount,
  })
end

local shown = {}
for _, part in ipairs(PARTS) do
  local sum = by_part[part]
  sum.share = judged > 0 and part ~= "unknown" and sum.deals / judged or nil
  if part ~= "unknown" or sum.deals > 0 then shown[#shown + 1] = sum end
end
kehu.facts{
  healthy = healthy, reasons = codes, deals = #deals, deals_without_amount = without_amount,
  amount = kehu.sum(deals, "amount"), weighted = kehu.sum(deals, "weighted"), rep = rep and rep.name,
  middle_from = settings.middle_from, bottom_above = settings.bottom_above,
}
if #deals == 0 then return end

local DEALS = { "deals", title = { en = "deals", zh = "商机数" } }
local AMOUNT = { "amount", as = "money", title = { en = "amount", zh = "金额" } }
local WEIGHTED = { "weighted", as = "money", title = { en = "weighted", zh = "加权金额" } }
local LONGEST = { "longest", title = { en = "longest stay, days", zh = "最长停留天数" } }
local PROBABILITY = { "probability", as = "percent", digits = 0, title = { en = "probability", zh = "赢单概率" } }
local REP = { "rep", title = { en = "rep", zh = "业务员" } }
local STAGE = { "stage", labels = "stage", title = { en = "stage", zh = "阶段" } }

kehu.table{
  name = "parts",
  title = say{
    en = "Parts: top below {low} %, middle {low} to {high} %, bottom above {high} %",
    zh = "各部分：顶部低于 {low}%，中部 {low}% 至 {high}%，底部高于 {high}%",
    low = kehu.number.round(100 * settings.middle_from, 1), high = kehu.number.round(100 * settings.bottom_above, 1),
  },
  { "part", labels = LABELS, title = { en = "part", zh = "部分" } }, DEALS,
  { "share", as = "percent", title = { en = "share", zh = "占比" } }, AMOUNT, WEIGHTED, LONGEST,
  rows = shown,
}

kehu.table{
  name = "stages", title = { en = "Stages", zh = "各阶段" },
  { "pipeline", labels = "pipeline", title = { en = "pipeline", zh = "流程" } }, STAGE, PROBABILITY, DEALS, AMOUNT, WEIGHTED, LONGEST,
  rows = kehu.sort(stages, "pipeline", "order"),
}

if rep == nil then
  kehu.table{
    name = "reps", title = { en = "Reps", zh = "各业务员" },
    REP, DEALS,
    { "top", title = LABELS.top }, { "middle", title = LABELS.middle }, { "bottom", title = LABELS.bottom }, AMOUNT, WEIGHTED,
    rows = kehu.sort(reps, "-weighted", "rep"),
  }
end

kehu.table{
  name = "work", limit = 20,
  title = {
    en = "Order of work: close the bottom, keep time for new customers, then the middle",
    zh = "工作顺序：先促成底部，再留出时间开发新客户，然后推进中部",
  },
  { "id", as = "deal", title = { en = "id", zh = "编号" } }, { "part", labels = LABELS, title = { en = "part", zh = "部分" } },
  { "name", title = { en = "deal", zh = "商机" } }, { "customer", title = { en = "customer", zh = "客户" } }, REP, STAGE,
  PROBABILITY, AMOUNT, { "days_in_stage", title = { en = "days in stage", zh = "停留天数" } },
  rows = kehu.sort(deals, "work", "-weighted", "-days_in_stage", "id"),
}
