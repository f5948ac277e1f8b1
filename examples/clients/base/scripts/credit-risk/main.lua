local late = kehu.rule{
  id = "late", input = "credit_days", op = ">", setting = "days_allowed",
  en = "pays after {value} days, {limit} are allowed", zh = "{value} 天付款，允许 {limit} 天",
}
local on_time = kehu.rule{
  id = "on_time", input = "credit_days", op = "<=", setting = "days_allowed",
  en = "pays after {value} days, {limit} are allowed", zh = "{value} 天付款，允许 {limit} 天",
}
local unknown = kehu.rule{
  id = "unknown", input = "credit_days", op = "missing",
  en = "the credit days are not known", zh = "账期天数未知",
}

return { score = function(c, ctx)
  if not c.credit_days then return { credit_risk = ctx:missing("credit_risk", unknown) } end
  if ctx:holds(late) then return { credit_risk = ctx:label("credit_risk", "high", late) } end
  return { credit_risk = ctx:label("credit_risk", "low", on_time) }
end }
