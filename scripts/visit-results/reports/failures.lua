-- Failed visits by code and by rep, and where visits failed again for the same reason.

local settings, report = kehu.settings, kehu.report
local rep = report.rep and report.rep.name

local CODES = { "a", "b", "c", "d", "e" }
local MEANINGS = {
  a = { en = "our offer does not meet the need", zh = "产品、服务或营销政策不能满足需求" },
  b = { en = "no match in size or ideas", zh = "双方规模或理念不匹配" },
  c = { en = "short of money, or hindered", zh = "资金短缺或业务发展受阻" },
  d = { en = "interested, but tied to a competitor", zh = "有意向，但受竞争对手牵制" },
  e = { en = "other", zh = "其他" },
}

local function in_period(number)
  return (report.from == nil or number >= report.from) and (report.to == nil or number <= report.to)
end

-- Everything with a code counts as failed; visits without one as made.
local visits, failed = 0, {}
for row in kehu.interactions{
  where = "kind = 'visit' or failure is not null", columns = "kind, happened, rep, customer, customer_name, failure",
} do
  if in_period(row.happened) and (rep == nil or row.rep == rep) then
    visits = visits + 1
    if row.failure then failed[#failed + 1] = row end
  end
end

local by_code, by_rep, by_customer, reps, customers = {}, {}, {}, {}, {}
for _, code in ipairs(CODES) do by_code[code] = { code = code, meaning = code, count = 0, ids = {}, customers = 0 } end
for _, row in ipairs(failed) do
  local code, whose = row.failure, row.rep or ""
  local line = by_code[code]
  if line then
    line.count = line.count + 1
    if not line.ids[row.customer] then
      line.ids[row.customer] = true
      line.customers = line.customers + 1
    end
  end
  if by_rep[whose] == nil then
    by_rep[whose] = { rep = row.rep, count = 0, a = 0, b = 0, c = 0, d = 0, e = 0 }
    reps[#reps + 1] = by_rep[whose]
  end
  by_rep[whose].count = by_rep[whose].count + 1
  if by_rep[whose][code] then by_rep[whose][code] = by_rep[whose][code] + 1 end
  local key = row.customer .. code
  if by_customer[key] == nil then
    by_customer[key] = { customer = row.customer, name = row.customer_name, code = code, meaning = code, count = 0, last = row.happened }
    customers[#customers + 1] = by_customer[key]
  end
  by_customer[key].count = by_customer[key].count + 1
  by_customer[key].last = math.max(by_customer[key].last, row.happened)
end

local codes = {}
for _, code in ipairs(CODES) do
  local line = by_code[code]
  line.share = #failed > 0 and line.count / #failed or nil
  codes[#codes + 1] = line
end
kehu.facts{ visits = visits, failed = #failed, share = visits > 0 and #failed / visits or nil }
kehu.table{
  name = "codes", title = { en = "By code", zh = "按代码" },
  { "code", title = { en = "code", zh = "代码" } }, { "meaning", title = { en = "the visit failed because", zh = "失败原因" }, labels = MEANINGS },
  { "count", title = { en = "failed", zh = "失败次数" }, as = "number" }, { "share", title = { en = "share", zh = "占比" }, as = "percent" },
  { "customers", title = { en = "customers", zh = "客户数" }, as = "number" }, rows = codes,
}
for _, row in ipairs(reps) do row.share = row.count / #failed end
kehu.table{
  name = "reps", title = { en = "By rep", zh = "按业务员" },
  { "rep", title = { en = "rep", zh = "业务员" } }, { "count", title = { en = "failed", zh = "失败次数" }, as = "number" },
  { "share", title = { en = "share", zh = "占比" }, as = "percent" },
  { "a", as = "number" }, { "b", as = "number" }, { "c", as = "number" }, { "d", as = "number" }, { "e", as = "number" },
  rows = kehu.sort(reps, "-count", "rep"),
}
local again = {}
for _, row in ipairs(customers) do if row.count >= settings.repeated_from then again[#again + 1] = row end end
kehu.table{
  name = "again", title = { en = "Failed again for the same reason", zh = "因同一原因再次失败" },
  { "name", title = { en = "customer", zh = "客户" } }, { "code", title = { en = "code", zh = "代码" } },
  { "meaning", title = { en = "the visit failed because", zh = "失败原因" }, labels = MEANINGS }, { "count", title = { en = "times", zh = "次数" }, as = "number" },
  { "last", title = { en = "last", zh = "最近" }, as = "day" }, rows = kehu.sort(again, "-count", "-last", "customer"),
}
print(kehu.say{
  en = "{failed} of {visits} {visits|visit|visits} failed, {share} %.", zh = "{visits} 次拜访中失败 {failed} 次，占 {share}%。",
  failed = #failed, visits = visits, share = kehu.number.percent(#failed, visits, 1) or 0,
})
