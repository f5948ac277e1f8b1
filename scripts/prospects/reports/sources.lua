-- Where customers come from: conversion and value by source, and who brings others along.

local say, settings, asked = kehu.say, kehu.settings, kehu.report
local plain = require("brands").plain
local text = kehu.text

local SOURCES, LABELS, order = {}, {}, {}
for at, source in ipairs(settings.sources) do
  order[source.key] = at
  LABELS[source.key] = { en = source.en, zh = source.zh }
  for _, word in ipairs({ source.key, source.en, source.zh }) do
    if word and word ~= "" then SOURCES[plain(word)] = source.key end
  end
end
LABELS.unrecorded = { en = "not recorded", zh = "未登记" }
order.unrecorded = 10000

-- Of a large base only those are kept in mind who referred somebody, or were referred.
local is_named, named_ids = {}, {}
local function id_in(written) return tonumber(string.match(plain(written), "^c%-(%d+)$")) end
for c in kehu.customers{ columns = "referred_by", where = "referred_by is not null" } do
  is_named[plain(c.referred_by)] = true
  named_ids[id_in(c.referred_by) or 0] = true
end

-- Sources that nobody listed keep their own words, behind the listed ones.
local by_source, sources, undated = {}, {}, 0
local function of(key)
  local found = by_source[key]
  if found == nil then
    found = { source = key, order = order[key] or 1000, customers = 0, converted = 0, amount = 0 }
    by_source[key] = found
    sources[#sources + 1] = found
  end
  return found
end

local by_name, by_id = {}, {}
local function keep_in_mind(c)
  local name = plain(c.name)
  if is_named[name] then by_name[name] = by_name[name] or c end
  if named_ids[c.id] then by_id[c.id] = c end
end

local function is_asked(c)
  if asked.rep and c.owner ~= asked.rep.name then return false end
  if asked.from == nil and asked.to == nil then return true end
  if c.known == nil then
    undated = undated + 1
    return false
  end
  return (asked.from == nil or c.known >= asked.from) and (asked.to == nil or c.known <= asked.to)
end

local function referrer_of(c)
  local written = c.referred_by
  local id = id_in(written)
  local found = id and by_id[id] or by_name[plain(written)]
  if found and found.id == c.id then return nil end
  return found and found.name or text.trim(written), found and found.id
end

local function count(sum, c)
  sum.customers = sum.customers + 1
  sum.converted = sum.converted + ((c.purchases or 0) > 0 and 1 or 0)
  sum.amount = sum.amount + (c.amount or 0)
end

local all, referred = { customers = 0, converted = 0, amount = 0 }, {}
for c in kehu.customers{ columns = "id, name, owner, source, known, referred_by, purchases, amount" } do
  keep_in_mind(c)
  if is_asked(c) then
    count(all, c)
    count(of(c.source == nil and "unrecorded" or SOURCES[c.source] or SOURCES[plain(c.source)] or c.source), c)
    if c.referred_by then referred[#referred + 1] = c end
  end
end

-- Whoever referred may come later in the base than those who were referred.
local referrers, by_referrer = {}, {}
for _, c in ipairs(referred) do
  local name, id = referrer_of(c)
  if name then
    local referrer = by_referrer[name]
    if referrer == nil then
      referrer = { referrer = name, id = id, customers = 0, converted = 0, amount = 0 }
      by_referrer[name] = referrer
      referrers[#referrers + 1] = referrer
    end
    count(referrer, c)
  end
end
local counted, converted, amount = all.customers, all.converted, all.amount
for _, list in ipairs({ sources, referrers }) do
  for _, sum in ipairs(list) do
    sum.conversion = sum.converted / sum.customers
    sum.each = sum.converted > 0 and sum.amount / sum.converted or nil
  end
end

print(say{
  en = "Sources as of {day}: {n} {n|customer|customers}, {converted} of them bought, for {amount}",
  zh = "客户来源，截至 {day}：客户 {n} 个，其中 {converted} 个已购买，金额 {amount}",
  day = kehu.day.format(kehu.as_of), n = counted, converted = converted, amount = kehu.amount(amount),
})
if undated > 0 then
  print(say{
    en = "{n} {n|customer|customers} without a day since when known {n|is|are} left out of the period.",
    zh = "{n} 个客户没有得知日期，未计入该期间。", n = undated,
  })
end
kehu.facts{ customers = counted, converted = converted, amount = amount, without_day = undated, rep = asked.rep and asked.rep.name }

local function columns(first)
  return {
    first,
    { "customers", title = { en = "customers", zh = "客户数" } },
    { "converted", title = { en = "bought", zh = "已购买" } },
    { "conversion", as = "percent", digits = 1, title = { en = "conversion", zh = "转化率" } },
    { "amount", as = "money", title = { en = "value", zh = "价值" } },
    { "each", as = "money", title = { en = "value of each that bought", zh = "每个已购客户价值" } },
  }
end

local shown = columns{ "source", labels = LABELS, title = { en = "source", zh = "来源" } }
shown.name, shown.title, shown.rows = "sources", { en = "Conversion and value by source", zh = "各来源的转化与价值" }, kehu.sort(sources, "order", "source")
kehu.table(shown)
if #referrers > 0 then
  shown = columns{ "referrer", title = { en = "who referred", zh = "引荐人" } }
  shown.name, shown.title, shown.rows = "word_of_mouth", { en = "Word of mouth: who referred, and what came of it", zh = "口碑：引荐人及其成果" },
    kehu.sort(referrers, "-amount", "-customers", "referrer")
  kehu.table(shown)
end
