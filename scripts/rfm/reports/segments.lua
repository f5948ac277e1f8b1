-- The eight segments of recency, frequency and monetary value, with what they bring.

local say, settings, rep = kehu.say, kehu.settings, kehu.report.rep
local columns = { "id", "rfm_segment", "rfm_recency", "rfm_frequency", "rfm_monetary" }
if rep then columns[#columns + 1] = "owner" end

local HIGH = {
  important_value = "HHH", important_develop = "HLH", important_reengage = "LHH", important_winback = "LLH",
  ordinary_value = "HHL", ordinary_develop = "HLL", ordinary_reengage = "LHL", no_intent = "LLL",
}

local function new_sum(segment)
  return { segment = segment, customers = 0, recency = 0, frequency = 0, amount = 0 }
end
local sums, all, n, example = {}, new_sum(), 0, nil
for c in kehu.customers{ columns = columns } do
  if rep == nil or c.owner == rep.name then
    n = n + 1
    local segment = c.rfm_segment
    if segment then
      example = example or c.id
      local sum = sums[segment]
      if sum == nil then
        sum = new_sum(segment)
        sums[segment] = sum
      end
      for _, each in ipairs({ sum, all }) do
        each.customers = each.customers + 1
        each.recency = each.recency + c.rfm_recency
        each.frequency = each.frequency + c.rfm_frequency
        each.amount = each.amount + c.rfm_monetary
      end
    end
  end
end

local of = rep and say{ en = " of {rep}", zh = "（{rep}）", rep = rep.name } or ""
print(say{
  en = "RFM segments{of} as of {day}: {n} {n|customer|customers} in segments, {without} without, because they never bought; {amount} in all",
  zh = "RFM 八类客户{of}，截至 {day}：已分类客户 {n} 个，{without} 个因从未购买而未分类；金额合计 {amount}",
  of = of, day = kehu.day.format(kehu.as_of), n = all.customers, without = n - all.customers, amount = kehu.amount(all.amount),
})
kehu.facts{ customers = n, in_segments = all.customers, amount = all.amount, threshold = settings.threshold, basis = settings.basis, rep = rep and rep.name }
if example == nil then return end

-- The thresholds stand in the reasons of every customer of the run.
for _, reason in ipairs(kehu.explain(example, "rfm_segment").reasons) do
  print(say{ en = "For example {id}: {why}", zh = "例如 {id}：{why}", id = string.format("C-%d", example), why = reason.text })
end

local KEYS = { H = "high", L = "low" }
local WORDS = { high = { en = "high", zh = "高" }, low = { en = "low", zh = "低" } }
local rows = {}
for _, label in ipairs(kehu.labels("rfm_segment")) do
  local sum = sums[label.key] or new_sum(label.key)
  local code = HIGH[label.key]
  sum.r, sum.f, sum.m = KEYS[code:sub(1, 1)], KEYS[code:sub(2, 2)], KEYS[code:sub(3, 3)]
  sum.share = sum.customers / all.customers
  sum.amount_share = all.amount > 0 and sum.amount / all.amount or nil
  if sum.customers > 0 then
    sum.mean_recency, sum.mean_frequency = sum.recency / sum.customers, sum.frequency / sum.customers
    sum.mean_amount = sum.amount / sum.customers
  end
  rows[#rows + 1] = sum
end
kehu.table{
  name = "segments", title = { en = "Segments", zh = "八类客户" },
  { "segment", labels = "rfm_segment", title = { en = "segment", zh = "类别" } },
  { "r", labels = WORDS, title = { en = "recency", zh = "最近" } }, { "f", labels = WORDS, title = { en = "frequency", zh = "频率" } }, { "m", labels = WORDS, title = { en = "monetary", zh = "金额" } },
  { "customers", title = { en = "customers", zh = "客户数" } }, { "share", as = "percent", title = { en = "share", zh = "占比" } },
  { "amount", as = "money", title = { en = "amount", zh = "金额合计" } }, { "amount_share", as = "percent", title = { en = "share of amount", zh = "金额占比" } },
  { "mean_recency", digits = 0, title = { en = "mean days", zh = "平均天数" } }, { "mean_frequency", digits = 1, title = { en = "mean number", zh = "平均次数" } },
  { "mean_amount", as = "money", title = { en = "mean amount", zh = "户均金额" } },
  rows = rows,
}
