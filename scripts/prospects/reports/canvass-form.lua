-- 客户调查表: the customer form, from what the canvasses found, item by item with the day.

local canvass = require("canvass")(kehu)
local say = kehu.say

local wanted, names = nil, {}
for _, word in ipairs(kehu.args) do
  wanted = wanted or {}
  local customer = kehu.customer(word)
  if customer == nil then kehu.fail(say{ en = "there is no customer {word}", zh = "没有客户 {word}", word = word }) end
  wanted[customer.id] = true
  names[#names + 1] = customer
end

-- The last answer to each item counts.
local found, order = {}, {}
for _, row in ipairs(canvass.canvasses(nil, kehu.report.rep)) do
  if wanted == nil or wanted[row.customer] then
    local form = found[row.customer]
    if form == nil then
      form = { id = row.customer, name = row.customer_name, items = {}, canvasses = 0 }
      found[row.customer] = form
      order[#order + 1] = form
    end
    form.canvasses = form.canvasses + 1
    for _, item in ipairs(canvass.items) do
      local value = row[item.field]
      local known = form.items[item.field]
      if value ~= nil and (known == nil or row.happened >= known.day) then
        form.items[item.field] = { value = value, day = row.happened, rep = row.rep }
      end
    end
  end
end
for _, customer in ipairs(names) do
  if found[customer.id] == nil then
    found[customer.id] = { id = customer.id, name = customer.name, items = {}, canvasses = 0 }
    order[#order + 1] = found[customer.id]
  end
end
order = kehu.sort(order, "name", "id")

local MONEY = { shop_sales = true, rival_wholesale_price = true, rival_retail_price = true }
local function words(field, value)
  if type(value) == "string" then return value end
  if MONEY[field] then return kehu.amount(value) end
  return tostring(kehu.number.round(value, 3))
end

local rows, complete = {}, {}
for _, form in ipairs(order) do
  local filled = 0
  for _, item in ipairs(canvass.items) do
    local known = form.items[item.field]
    if known then filled = filled + 1 end
    -- The form of a customer that was asked for shows its blanks; a list of all leaves them out.
    if known or wanted then
      rows[#rows + 1] = {
        customer = form.name, side = item.side, item = item.field, value = known and words(item.field, known.value),
        day = known and known.day, rep = known and known.rep,
      }
    end
  end
  complete[#complete + 1] = { customer = form.name, id = form.id, canvasses = form.canvasses, filled = filled, of = #canvass.items, share = filled / #canvass.items }
end

if #order == 0 then
  print(say{ en = "No customer was canvassed yet: kehu log canvass CUSTOMER --field …", zh = "尚未调查客户：kehu log canvass 客户 --field …" })
end
local CUSTOMER = { "customer", title = { en = "customer", zh = "客户" } }
kehu.table{
  name = "form", title = { en = "Customer form", zh = "客户调查表" }, CUSTOMER,
  { "side", labels = canvass.sides, title = { en = "side", zh = "方面" } },
  { "item", labels = canvass.labels, title = { en = "item", zh = "项目" } },
  { "value", labels = canvass.words, title = { en = "finding", zh = "调查结果" } },
  { "day", as = "day", title = { en = "found on", zh = "日期" } },
  { "rep", title = { en = "rep", zh = "业务员" } },
  rows = rows,
}
kehu.table{
  name = "completeness", title = { en = "How complete the forms are", zh = "填写完整度" }, CUSTOMER,
  { "canvasses", title = { en = "canvasses", zh = "调查次数" } },
  { "filled", title = { en = "items filled", zh = "已填项" } }, { "of", title = { en = "of", zh = "总项" } },
  { "share", as = "percent", digits = 0, title = { en = "share", zh = "比例" } },
  rows = complete,
}

-- The two questions and the evaluation, as the latest run has them.
local judged = {}
for _, form in ipairs(order) do judged[#judged + 1] = form.id end
if #judged > 0 then
  kehu.table{
    name = "evaluation", title = { en = "Is this a target customer?", zh = "目标客户识别与评价" },
    { "name", title = { en = "customer", zh = "客户" } },
    { "fits_direction", title = { en = "fits our direction", zh = "符合方向" } },
    { "willing_to_cooperate", title = { en = "willing", zh = "有意愿" } },
    { "target_customer", labels = "target_customer", title = { en = "target customer", zh = "目标客户" } },
    { "evaluation", digits = 3, title = { en = "evaluation", zh = "加权评价" } },
    { "evaluation_known", digits = 1, title = { en = "weights known, %", zh = "已知权重 %" } },
    { "suggested_role", labels = "suggested_role", title = { en = "suggested role", zh = "建议" } },
    { "carries_reference", title = { en = "follow the leader", zh = "亦步亦趋" } },
    rows = kehu.gather(kehu.customers{
      where = "id in (" .. table.concat(judged, ", ") .. ")",
      columns = "name, fits_direction, willing_to_cooperate, target_customer, evaluation, evaluation_known, suggested_role, carries_reference",
    }),
  }
end
