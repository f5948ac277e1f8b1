-- Each fact that a file may have: its word in the settings, its column, its names.
local ITEMS = {
  { "phone", "recorded_phone", "telephone", "电话" },
  { "email", "recorded_email", "e-mail", "邮箱" },
  { "place", "recorded_place", "place", "地点" },
  { "owner", "recorded_owner", "responsible rep", "负责人" },
  { "source", "recorded_source", "source", "来源" },
  { "consent", "recorded_consent", "consent", "授权" },
  { "birthday", "recorded_birthday", "birthday", "生日" },
  { "contact", "contact_people", "a contact person", "联系人" },
  { "decision_maker", "decision_makers", "the decision structure: a contact with influence", "决策结构：有影响力的联系人" },
  { "industry", "industry", "industry", "行业" },
  { "company_size", "company_size", "size", "规模" },
  { "region", "region", "region", "地区" },
  { "background", "background", "background", "背景" },
  { "business_goals", "business_goals", "business goals", "经营目标" },
  { "pain_points", "pain_points", "pain points", "痛点" },
  { "needs", "customer_needs", "needs", "需求" },
  { "preferences", "preferences", "preferences", "偏好" },
  { "price_sensitivity", "price_sensitivity", "price sensitivity", "价格敏感度" },
  { "purchase_intent", "purchase_intent", "purchase intent", "购买意向" },
  { "competitor_in_use", "competitor_in_use", "competitor in use", "在用竞品" },
  { "credit", "credit", "credit", "信用" },
}

local labels = {}
for _, each in ipairs(ITEMS) do labels[each[1]] = { en = each[3], zh = each[4] } end

return { items = ITEMS, labels = labels }
