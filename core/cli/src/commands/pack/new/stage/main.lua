-- My-pack: a deal moves forward only if somebody is known at the customer, and does not stay for ever.

local settings = kehu.settings

local nobody = kehu.rule{ id = "nobody", en = "nobody is known at the customer", zh = "客户尚无联系人" }
local add_one = kehu.rule{ id = "add_one", en = "add a contact first: kehu contact add", zh = "请先添加联系人：kehu contact add" }
local long = kehu.rule{ id = "long", en = "{1} days in {2}, more than {3}", zh = "在 {2} 已 {1} 天，超过 {3} 天" }

-- Called for each deal that moves, is opened, or stays; case.move is nil for one that stays.
local function stage(c, case, ctx)
  if case.move and case.move.direction == "forward" and #case.contacts == 0 then
    return ctx:refuse{ because = nobody, advice = add_one }
  end
  if not case.move and case.deal.days_in_stage > settings.longest_stay then
    return ctx:warn{ because = { { long, case.deal.days_in_stage, case.stage.name, settings.longest_stay } } }
  end
end

return { stage = stage }
