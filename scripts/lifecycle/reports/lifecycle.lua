-- Customers by phase of their lifecycle, what they are worth, and who passes into the next phase soon.

local say, settings, rep = kehu.say, kehu.settings, kehu.report.rep
local SOON = settings.soon_days

local clock = settings.count_from == "first_purchase" and "first_purchase_days" or "recency_days"
local columns = { "id", "lifecycle", clock, "amount", "amount_12m", "contacts_30d" }
if rep then columns[#columns + 1] = "owner" end

local NEXT = {
  active = { after = settings.active_days, into = "silent" },
  silent = { after = settings.silent_days, into = "fading" },
  fading = { after = settings.fading_days, into = "churned" },
}

local sums, soon = {}, {}
local n, without = 0, 0
local total = { amount = 0, amount_12m = 0 }
for c in kehu.customers{ columns = columns } do
  if rep == nil or c.owner == rep.name then
    n = n + 1
    local phase = c.lifecycle
    if phase == nil then
      without = without + 1
    else
      local sum = sums[phase]
      if sum == nil then
        sum = { lifecycle = phase, customers = 0, amount = 0, amount_12m = 0, days = 0, contacts = 0 }
        sums[phase] = sum
      end
      sum.customers = sum.customers + 1
      sum.amount = sum.amount + (c.amount or 0)
      sum.amount_12m = sum.amount_12m + (c.amount_12m or 0)
      sum.days = sum.days + c[clock]
      sum.contacts = sum.contacts + (c.contacts_30d or 0)
      local next_phase = NEXT[phase]
      local left = next_phase and next_phase.after - c[clock] + 1
      if left and left <= SOON then
        soon[#soon + 1] = { id = c.id, lifecycle = phase, into = next_phase.into, left = left, amount_12m = c.amount_12m or 0, amount = c.amount or 0 }
      end
    end
  end
end

local rows, in_phase = {}, n - without
for _, phase in ipairs(kehu.labels("lifecycle")) do
  local sum = sums[phase.key]
  if sum then
    sum.share = sum.customers / in_phase
    sum.mean_days = sum.days / sum.customers
    sum.mean_contacts = sum.contacts / sum.customers
    total.amount = total.amount + sum.amount
    total.amount_12m = total.amount_12m + sum.amount_12m
    rows[#rows + 1] = sum
  end
end
for _, sum in ipairs(rows) do
  sum.amount_share = total.amount > 0 and sum.amount / total.amount or nil
end

local of = rep and say{ en = " of {rep}", zh = "（{rep}）", rep = rep.name } or ""
print(say{
  en = "Lifecycle{of} as of {day}: {n} {n|customer|customers}, {without} without a purchase and so without a phase",
  zh = "客户生命周期{of}，截至 {day}：客户 {n} 个，其中 {without} 个尚无购买，不划分阶段",
  of = of, day = kehu.day.format(kehu.as_of), n = n, without = without,
})
kehu.facts{
  customers = n, without_phase = without, active_days = settings.active_days, silent_days = settings.silent_days,
  fading_days = settings.fading_days, rep = rep and rep.name,
}
if in_phase == 0 then return end

local POLICY = {
  active = { en = "attention is highest: meet what the purchase promised", zh = "关注度最高：满足购买时的期望" },
  silent = { en = "keep contacts up, lightly; small offers for returning customers", zh = "保持联系次数，轻度互动；给老客户小优惠" },
  fading = { en = "risk of loss: few contacts, targeted special prices", zh = "流失风险高：控制联系次数，定向特价" },
  churned = { en = "few contacts: only large promotions; one person wakes them up", zh = "减少联系：只发大促或大折扣；由专人唤醒" },
}
for _, sum in ipairs(rows) do sum.policy = sum.lifecycle end

local PHASE = { "lifecycle", labels = "lifecycle", title = { en = "phase", zh = "阶段" } }
local AMOUNT = { "amount", as = "money", title = { en = "amount so far", zh = "累计金额" } }
local AMOUNT_12M = { "amount_12m", as = "money", title = { en = "of 12 months", zh = "近 12 个月" } }
kehu.table{
  name = "phases",
  title = say{
    en = "Phases: active up to {a} days, silent up to {s}, fading up to {f}, churned after them",
    zh = "各阶段：{a} 天内活跃期，{s} 天内沉默期，{f} 天内遗忘期，此后流失期",
    a = settings.active_days, s = settings.silent_days, f = settings.fading_days,
  },
  PHASE, { "customers", title = { en = "customers", zh = "客户数" } }, { "share", as = "percent", title = { en = "share", zh = "占比" } },
  AMOUNT, { "amount_share", as = "percent", title = { en = "share of amount", zh = "金额占比" } }, AMOUNT_12M,
  { "mean_days", digits = 0, title = { en = "mean days", zh = "平均天数" } },
  { "mean_contacts", digits = 1, title = { en = "contacts in 30 days", zh = "30 天内户均联系" } },
  { "policy", labels = POLICY, title = { en = "contact policy", zh = "联系方式" } },
  rows = rows,
}

-- Names are read for these alone.
local rows_of = {}
for _, row in ipairs(soon) do rows_of[row.id] = row end
local tests = {}
for phase, next_phase in pairs(NEXT) do
  tests[#tests + 1] = string.format("(lifecycle = '%s' and %s > %d)", phase, clock, next_phase.after - SOON)
end
table.sort(tests)
if #soon > 0 then
  for c in kehu.customers{ where = table.concat(tests, " or "), columns = "id, name, owner" } do
    local row = rows_of[c.id]
    if row then row.name, row.owner = c.name, c.owner end
  end
end
kehu.facts{ soon = #soon }
kehu.table{
  name = "next", limit = 20,
  title = say{
    en = "{n} {n|passes|pass} into the next phase within {days} days unless they buy; those of most value first",
    zh = "{n} 个客户若不购买，将在 {days} 天内进入下一阶段；价值高者在前", n = #soon, days = SOON,
  },
  { "id", as = "customer", title = { en = "id", zh = "编号" } }, { "name", title = { en = "customer", zh = "客户" } },
  { "owner", optional = true, title = { en = "owner", zh = "负责人" } }, PHASE, { "into", labels = "lifecycle", title = { en = "into", zh = "将进入" } },
  { "left", title = { en = "days left", zh = "剩余天数" } }, AMOUNT_12M, AMOUNT,
  rows = kehu.sort(soon, "-amount_12m", "-amount", "id"),
}
