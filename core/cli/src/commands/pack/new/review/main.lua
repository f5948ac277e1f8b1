-- My-pack: nobody is contacted more than so often in 30 days.

local settings = kehu.settings

local enough = kehu.rule{
  id = "enough",
  en = "{1} {1|contact|contacts} in 30 days, at most {2}", zh = "30 天内已联系 {1} 次，上限 {2} 次",
}

-- Called once for all proposals of a day, in the worklist's order; p.c has the customer's columns.
local function review(proposals, ctx)
  local verdicts = {}
  for _, p in ipairs(proposals) do
    local contacts = p.c.contacts_30d or 0
    if contacts >= settings.most_contacts then
      verdicts[#verdicts + 1] = ctx:withhold(p, enough, contacts, settings.most_contacts)
    end
  end
  return verdicts
end

return { review = review }
