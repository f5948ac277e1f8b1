-- Each rep's week under three headings; each finding ends in a measure, or in "none, because".

local report, day = kehu.report, kehu.day
local rep = report.rep and report.rep.name

local HEADINGS = { "changed_needs", "product_satisfaction", "competitors" }
local TITLES = {
  changed_needs = { en = "changed needs", zh = "需求变化" }, product_satisfaction = { en = "product satisfaction", zh = "产品满意度" },
  competitors = { en = "competitors", zh = "竞争对手" }, none = { en = "no heading", zh = "无栏目" },
}
local ENDS = {
  measure = { en = "measure", zh = "措施" }, none_because = { en = "none, because", zh = "无，因为" },
  open = { en = "NO MEASURE YET", zh = "尚无措施" }, nothing = { en = "nothing recorded", zh = "无记录" },
}
local PLACE = {}
for place, heading in ipairs(HEADINGS) do PLACE[heading] = place end

local function said(text) return type(text) == "string" and kehu.text.trim(text) ~= "" end
local function monday(number) return number - day.weekday(number) + 1 end

-- Without a period: the week of the as-of day.
local from = report.from or (report.to and monday(report.to)) or monday(kehu.as_of)
local to = report.to or kehu.as_of

local function ends_in(row)
  if said(row.measure) then return "measure", row.measure end
  if said(row.none_because) then return "none_because", row.none_because end
  return "open"
end

local rows, weeks, order = {}, {}, {}
local function week_of(whose, happened)
  local key = day.format(monday(happened)) .. "\n" .. (whose or "")
  if weeks[key] == nil then
    weeks[key] = { week = monday(happened), rep = whose, seen = {}, findings = 0, open = 0 }
    order[#order + 1] = weeks[key]
  end
  return weeks[key]
end
local asked = "kind, happened, rep, customer_name, text, heading, measure, none_because"
for row in kehu.interactions{ where = "kind = 'finding' or kind = 'visit'", columns = asked } do
  if row.happened >= from and row.happened <= to and (rep == nil or row.rep == rep) then
    local week = week_of(row.rep, row.happened)
    if row.kind == "finding" then
      local ends, measure = ends_in(row)
      week.findings, week.open = week.findings + 1, week.open + (ends == "open" and 1 or 0)
      if row.heading then week.seen[row.heading] = true end
      rows[#rows + 1] = { week = week.week, rep = row.rep, place = PLACE[row.heading] or 9, heading = row.heading or "none", ends = ends,
        customer = row.customer_name, finding = row.text, measure = measure, day = row.happened }
    end
  end
end
-- A heading under which a week has nothing is said too.
for _, week in ipairs(order) do
  for place, heading in ipairs(HEADINGS) do
    if not week.seen[heading] then
      rows[#rows + 1] = { week = week.week, rep = week.rep, place = place, heading = heading, ends = "nothing", day = week.week }
    end
  end
end
kehu.table{
  name = "headings", title = { en = "Findings of the week", zh = "每周三栏" },
  { "week", title = { en = "week of", zh = "周（周一）" }, as = "day" }, { "rep", title = { en = "rep", zh = "业务员" } },
  { "heading", title = { en = "heading", zh = "栏目" }, labels = TITLES }, { "customer", title = { en = "customer", zh = "客户" } },
  { "finding", title = { en = "finding", zh = "内容" } }, { "ends", title = { en = "ends in", zh = "结论" }, labels = ENDS },
  { "measure", title = { en = "which, or why none", zh = "措施或原因" } },
  rows = kehu.sort(rows, "week", "rep", "place", "day", "customer"),
}
local open, findings = 0, 0
for _, week in ipairs(order) do open, findings = open + week.open, findings + week.findings end
kehu.facts{ from = day.format(from), to = day.format(to), findings = findings, without_measure = open }
print(kehu.say{
  en = "{findings} {findings|finding|findings} from {from} to {to}, {open} without a measure.", zh = "{from} 至 {to} 共 {findings} 条，其中 {open} 条尚无措施。",
  findings = findings, open = open, from = day.format(from), to = day.format(to),
})
