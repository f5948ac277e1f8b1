local often = kehu.rule{ id = "often", en = "{1} contacts in 30 days", zh = "30 天内 {1} 次联系" }
local weak = kehu.rule{ id = "weak", en = "priority {1} is low" }

return { review = function(proposals, ctx)
  local verdicts = {}
  for _, p in ipairs(proposals) do
    assert(p.c.contacts_30d == ctx.rows[p.customer].contacts_30d)
    if p.c.contacts_30d and p.c.contacts_30d > 4 then
      verdicts[#verdicts + 1] = ctx:withhold(p, often, p.c.contacts_30d)
    elseif p.priority < 20 then
      verdicts[#verdicts + 1] = ctx:change(p, { due = p.due + 7, channel = "email", priority = 20 }, weak, p.priority)
    end
  end
  return verdicts
end }
