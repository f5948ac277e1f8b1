-- The customer files: how complete by tier, which are stale, what is missing most.

local say, rep = kehu.say, kehu.report.rep
local LABELS = require("facts").labels

local tiers, by_tier, missing, by_fact, worst = {}, {}, {}, {}, {}
local customers, stale, sum, measured = 0, 0, 0, 0
local consent = { given = 0, refused = 0, not_asked = 0 }
-- The tier is missing where the pack that gives it is off.
local has_tier = pcall(function() for _ in kehu.customers{ columns = "tier", limit = 1 } do end end)
local columns = "id, name, owner, completeness, missing_facts, missing_list, file_age_days, file_stale, consent_standing"
for c in kehu.customers{ columns = columns .. (has_tier and ", tier" or "") } do
  if rep == nil or c.owner == rep.name then
    customers = customers + 1
    local its_tier = has_tier and c.tier or nil
    local key = its_tier or "none"
    local tier = by_tier[key]
    if tier == nil then
      tier = { tier = its_tier, customers = 0, complete = 0, stale = 0, sum = 0, measured = 0 }
      by_tier[key] = tier
      tiers[#tiers + 1] = tier
    end
    tier.customers = tier.customers + 1
    if c.completeness then
      tier.sum, tier.measured = tier.sum + c.completeness, tier.measured + 1
      sum, measured = sum + c.completeness, measured + 1
      if c.completeness >= 100 then tier.complete = tier.complete + 1 end
    end
    if c.file_stale then
      tier.stale, stale = tier.stale + 1, stale + 1
    end
    if c.consent_standing then consent[c.consent_standing] = consent[c.consent_standing] + 1 end
    local names = {}
    for _, fact in ipairs(c.missing_list and kehu.text.split(c.missing_list, ", ") or {}) do
      if by_fact[fact] == nil then
        by_fact[fact] = { fact = fact, customers = 0 }
        missing[#missing + 1] = by_fact[fact]
      end
      by_fact[fact].customers = by_fact[fact].customers + 1
      names[#names + 1] = LABELS[fact] and say(LABELS[fact]) or fact
    end
    if #names > 0 or c.file_stale then
      worst[#worst + 1] = {
        id = c.id, name = c.name, owner = c.owner, tier = its_tier, completeness = c.completeness, stale = c.file_stale, age = c.file_age_days,
        missing = table.concat(names, kehu.language == "zh" and "、" or ", "),
      }
    end
  end
end
for _, tier in ipairs(tiers) do tier.mean = tier.measured > 0 and tier.sum / tier.measured or nil end

local mean = measured > 0 and sum / measured or nil
print(say{
  en = "Customer files as of {day}: {n}, {mean} % complete on average, {stale} stale; consent given by {given}, refused by {refused}, not recorded of {unasked}",
  zh = "客户档案，截至 {day}：{n} 份，平均完整度 {mean}%，过期 {stale} 份；已授权 {given}，已拒绝 {refused}，未登记 {unasked}",
  day = kehu.day.format(kehu.as_of), n = customers, mean = mean and kehu.number.round(mean, 1) or "–", stale = stale,
  given = consent.given, refused = consent.refused, unasked = consent.not_asked,
})
kehu.facts{
  customers = customers, completeness = mean, stale = stale, consent_given = consent.given, consent_refused = consent.refused,
  consent_not_recorded = consent.not_asked, rep = rep and rep.name,
}

local TIER = { "tier", optional = not has_tier, labels = "tier", title = { en = "tier", zh = "等级" } }
if customers > 0 then
  kehu.table{
    name = "tiers", title = { en = "By tier", zh = "按等级" }, TIER,
    { "customers", title = { en = "files", zh = "档案数" } }, { "complete", title = { en = "complete", zh = "齐全" } },
    { "mean", digits = 1, title = { en = "completeness, %", zh = "平均完整度 %" } }, { "stale", title = { en = "stale", zh = "过期" } },
    rows = kehu.sort(tiers, "tier"),
  }
end
if #missing > 0 then
  kehu.table{
    name = "missing", title = { en = "What is missing most", zh = "最常缺失的项" },
    { "fact", labels = LABELS, title = { en = "fact", zh = "项目" } }, { "customers", title = { en = "customers", zh = "客户数" } },
    rows = kehu.sort(missing, "-customers", "fact"),
  }
end
if #worst > 0 then
  kehu.table{
    name = "files", title = { en = "Files to complete or review", zh = "待补全或核对的档案" }, limit = 50,
    { "id", as = "customer", title = { en = "id", zh = "编号" } }, { "name", title = { en = "customer", zh = "客户" } },
    { "owner", title = { en = "owner", zh = "负责人" } }, TIER,
    { "completeness", digits = 1, title = { en = "completeness, %", zh = "完整度 %" } },
    { "stale", title = { en = "stale", zh = "过期" } }, { "age", title = { en = "days since reviewed, else known", zh = "距核对（或得知）天数" } },
    { "missing", title = { en = "missing", zh = "缺失项" } },
    rows = kehu.sort(worst, "tier", "completeness", "name"),
  }
end
