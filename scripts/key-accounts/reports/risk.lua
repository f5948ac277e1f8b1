-- Key customers by risk, with what warns, and which reviews are due.
local rep = kehu.report.rep
-- Columns of packs that may be off.
local function knows(column)
  return (pcall(function() for _ in kehu.customers{ columns = column, limit = 1 } do end end))
end
local has_tier = knows("tier")
local columns = "id, name, owner, key_list, key_reason, key_review, risk, risk_score, risk_reviewed, contract_end, group_amount_12m"
  .. (has_tier and ", tier" or "")

-- What warns has points; what is not on file has none.
local function words(customer)
  local warns, lacks, stop = {}, {}, kehu.say{ en = "; ", zh = "；" }
  for _, reason in ipairs(kehu.explain(customer, "risk_score").reasons) do
    local list = (reason.points or 0) ~= 0 and warns or lacks
    list[#list + 1] = reason.text
  end
  return table.concat(warns, stop), #lacks, table.concat(lacks, stop)
end

local rows, lists = {}, {}
for c in kehu.customers{ columns = columns, where = "key_list <> 'not_listed'" } do
  if rep == nil or c.owner == rep.name then
    local tier = has_tier and c.tier or nil
    rows[#rows + 1] = {
      id = c.id, customer = c.name, owner = c.owner, tier = tier, key_list = c.key_list, score = c.risk_score, risk = c.risk,
      amount = c.group_amount_12m, reviewed = c.risk_reviewed, contract_end = c.contract_end,
    }
    if c.key_list ~= "by_tier" then
      lists[#lists + 1] = { customer = c.name, owner = c.owner, tier = tier, reason = c.key_reason, review = c.key_review, key_list = c.key_list }
    end
  end
end

-- Reasons are looked up customer by customer, which takes its time: beyond so many the highest risks have them.
local shown, all = tonumber(kehu.args[1]) or kehu.settings.report_shown, #rows
rows = kehu.sort(rows, "-score", "customer")
for at = 1, math.min(all, math.max(shown, kehu.settings.report_explained)) do
  local each = rows[at]
  each.warns, each.lacking, each.lacks = words(each.id)
end

local names = {
  customer = { en = "customer", zh = "客户" }, owner = { en = "rep", zh = "业务员" }, tier = { en = "computed tier", zh = "计算等级" },
  key_list = { en = "key list", zh = "重点客户名单" },
}
kehu.table{
  name = "risks", limit = shown, title = { en = "Key customers by risk", zh = "重点客户风险" },
  { "customer", title = names.customer }, { "owner", title = names.owner }, { "key_list", title = names.key_list, labels = "key_list" },
  { "risk", title = { en = "risk", zh = "风险" }, labels = "risk" }, { "score", title = { en = "points", zh = "分" } },
  { "amount", as = "money", title = { en = "12 months", zh = "近12个月" } },
  { "reviewed", as = "day", title = { en = "reviewed", zh = "评审日" } },
  { "contract_end", as = "day", title = { en = "contract ends", zh = "合同到期" } },
  { "warns", title = { en = "warnings", zh = "预警" } }, { "lacking", title = { en = "not on file", zh = "缺少资料（项）" } },
  rows = rows,
}
if all > shown then
  print(kehu.say{
    en = "{rest} more key customers of lower risk; kehu report risk {all} shows all of them", zh = "另有 {rest} 个风险较低的重点客户；kehu report risk {all} 显示全部",
    rest = all - shown, all = all,
  })
end
local lacking = {}
for _, each in ipairs(rows) do
  if (each.lacking or 0) > 0 then lacking[#lacking + 1] = each end
end
kehu.table{
  name = "not_on_file", limit = shown, title = { en = "Not on file, so not judged", zh = "缺少资料，未能判断" },
  { "customer", title = names.customer }, { "owner", title = names.owner }, { "lacks", title = { en = "what", zh = "内容" } },
  rows = kehu.sort(lacking, "-lacking", "customer"),
}
kehu.table{
  name = "key_list", title = { en = "Key list by hand", zh = "人工重点客户名单" },
  { "customer", title = names.customer }, { "owner", title = names.owner }, { "tier", title = names.tier, labels = has_tier and "tier" or nil },
  { "reason", title = { en = "strategic significance", zh = "战略意义" } },
  { "review", as = "day", title = { en = "review", zh = "复审日" } }, { "key_list", title = names.key_list, labels = "key_list" },
  rows = kehu.sort(lists, "review", "customer"),
}
