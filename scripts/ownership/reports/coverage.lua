-- Who covers which area: overlaps, uncovered areas, and customers that are nobody's.

local say, rep = kehu.say, kehu.report.rep

local ORDER = { uncovered = 1, overlap = 2, other_rep = 3, unowned = 4, owned = 5 }
local areas, by_area, counts, wrong = {}, {}, {}, {}

-- Places are gathered under the areas that the setting names, the longer name before the shorter one.
local named = {}
for key in pairs(kehu.settings.rep_by_area) do
  local area = kehu.text.trim(kehu.text.split(key, "/")[1])
  if area ~= "*" then named[#named + 1] = { area = area, word = kehu.text.lower(kehu.text.narrow(area)) } end
end
table.sort(named, function(one, other)
  if #one.word ~= #other.word then return #one.word > #other.word end
  return one.area < other.area
end)
local function area_of(written)
  if written == nil then return nil end
  local place = kehu.text.lower(kehu.text.narrow(written))
  for _, each in ipairs(named) do
    if kehu.text.contains(place, each.word) then return each.area end
  end
  return written
end

for _, key in ipairs({ "owned", "other_rep", "overlap", "uncovered", "unowned" }) do counts[key] = 0 end
for c in kehu.customers{ columns = "id, name, type, area, place, owner, ownership, rep_by_area, amount" } do
  if rep == nil or c.owner == rep.name or c.rep_by_area == rep.name then
    local where = area_of(c.area or c.place)
    local key = (where or "") .. "/" .. c.type
    local area = by_area[key]
    if area == nil then
      area = { area = where, type = c.type, by_setting = nil, customers = 0, unowned = 0, reps = 0, owners = {}, amount = 0, several = false }
      by_area[key] = area
      areas[#areas + 1] = area
    end
    area.customers, area.amount = area.customers + 1, area.amount + (c.amount or 0)
    area.by_setting = c.rep_by_area or area.by_setting
    if c.owner == nil then
      area.unowned = area.unowned + 1
    elseif area.owners[c.owner] == nil then
      area.owners[c.owner] = true
      area.reps = area.reps + 1
    end
    if c.ownership == "overlap" then area.several = true end
    if c.ownership == "uncovered" then area.bare = true end
    if c.ownership then counts[c.ownership] = counts[c.ownership] + 1 end
    if c.ownership and c.ownership ~= "owned" then
      wrong[#wrong + 1] = {
        id = c.id, name = c.name, area = where, owner = c.owner, rep_by_area = c.rep_by_area, ownership = c.ownership,
        order = ORDER[c.ownership], amount = c.amount,
      }
    end
  end
end

local overlaps, uncovered, named_areas = {}, {}, 0
for _, area in ipairs(areas) do
  if area.area then named_areas = named_areas + 1 end
  local names = {}
  for name in pairs(area.owners) do names[#names + 1] = name end
  table.sort(names)
  area.owners = #names > 0 and table.concat(names, kehu.language == "zh" and "、" or ", ") or nil
  if area.area and (area.several or area.reps > 1) then overlaps[#overlaps + 1] = area end
  if area.bare or (area.area and area.reps == 0) then uncovered[#uncovered + 1] = area end
end

print(say{
  en = "Coverage as of {day}: {n} areas, {overlaps} with several reps, {uncovered} with none; {unowned} {unowned|customer is|customers are} nobody's",
  zh = "区域归属，截至 {day}：区域 {n} 个，重叠 {overlaps} 个，空白 {uncovered} 个；无负责人的客户 {unowned} 个",
  day = kehu.day.format(kehu.as_of), n = named_areas, overlaps = #overlaps, uncovered = #uncovered, unowned = counts.unowned,
})
kehu.facts{
  areas = named_areas, areas_overlapping = #overlaps, areas_uncovered = #uncovered, owned = counts.owned, with_another_rep = counts.other_rep,
  customers_in_overlaps = counts.overlap, customers_uncovered = counts.uncovered, unowned = counts.unowned, rep = rep and rep.name,
}

local function show(name, title, rows)
  if #rows == 0 then return end
  kehu.table{
    name = name, title = title, limit = 50,
    { "area", title = { en = "area", zh = "区域" } },
    { "type", labels = { organisation = { en = "organisation", zh = "商业客户" }, person = { en = "person", zh = "个人客户" } }, title = { en = "type", zh = "类别" } },
    { "by_setting", title = { en = "responsible", zh = "应由谁负责" } },
    { "owners", title = { en = "owners", zh = "现负责人" } },
    { "reps", title = { en = "reps", zh = "业务员数" } },
    { "customers", title = { en = "customers", zh = "客户数" } },
    { "unowned", title = { en = "nobody's", zh = "无负责人" } },
    { "amount", as = "money", title = { en = "bought so far", zh = "累计购买" } },
    rows = kehu.sort(rows, "area", "type"),
  }
end
show("coverage", { en = "Areas", zh = "各区域" }, areas)
show("overlaps", { en = "Overlaps: several reps in one area", zh = "重叠：一个区域多名业务员" }, overlaps)
show("uncovered", { en = "Uncovered areas", zh = "空白区域" }, uncovered)
if #wrong > 0 then
  kehu.table{
    name = "customers", title = { en = "Customers to settle", zh = "待明确归属的客户" }, limit = 50,
    { "id", as = "customer", title = { en = "id", zh = "编号" } }, { "name", title = { en = "customer", zh = "客户" } },
    { "area", title = { en = "area", zh = "区域" } }, { "owner", title = { en = "owner", zh = "负责人" } },
    { "rep_by_area", title = { en = "by area", zh = "按区域应为" } },
    { "ownership", labels = "ownership", title = { en = "ownership", zh = "归属" } },
    rows = kehu.sort(wrong, "order", "area", "name"),
  }
end
