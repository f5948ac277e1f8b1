local no_need = kehu.rule{ id = "no_need", en = "no need is recorded", zh = "尚未记录需求" }
local record = kehu.rule{ id = "record", en = "record it in the field \"need\"", zh = "请在“need”字段记录" }
local stalled = kehu.rule{ id = "stalled", en = "{1} days in {2}", zh = "在 {2} 已 {1} 天" }
local fine = kehu.rule{ id = "fine", en = "{1} purchases, {2} moves, {3}" }

return { stage = function(c, case, ctx)
  if case.move and case.move.to.name == "offer" and not c.need then
    return ctx:refuse{ because = no_need, advice = record }
  end
  if not case.move and case.deal.days_in_stage > (case.stage.longest_stay or 30) then
    return ctx:warn{ because = { { stalled, case.deal.days_in_stage, case.stage.name } } }
  end
  if case.customer then
    return ctx:allow{ because = { { fine, c.purchases or 0, #case.history, case.move.direction } } }
  end
end }
