local silent = kehu.rule{ id = "silent", en = "no contact for {1} {1|day|days}", zh = "{1} 天未联系" }
local stuck = kehu.rule{ id = "stuck", en = "{1} for {2} days, at most {3}" }

return { follow_up = function(c, case, ctx)
  local proposals = {}
  for _, deal in ipairs(case.deals) do
    if deal.longest_stay and deal.days_in_stage > deal.longest_stay then
      proposals[#proposals + 1] = ctx:propose{ action = "push", channel = "visit", due = ctx.as_of, fact_day = deal.since,
        priority = 80, group = "middle", deal = deal.id,
        because = { { stuck, deal.name, deal.days_in_stage, deal.longest_stay, points = 5 } } }
    end
  end
  local last = case.interactions[1]
  if last and last.outcome == "no_answer" then
    proposals[#proposals + 1] = ctx:propose{ action = "call_again", channel = last.channel, due = ctx.as_of + 1,
      fact_day = last.happened, priority = 10, because = { { silent, c.last_contact_days or 0 } } }
  end
  if #proposals > 0 then return proposals end
end }
