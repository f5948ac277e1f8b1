local joined = kehu.rule{ id = "joined", en = "{1} has joined", zh = "{1} 到任" }
local ask = kehu.rule{ id = "ask", en = "ask {1}", zh = "问 {1}" }
local open = kehu.rule{ id = "open", en = "{1} complaints are open" }
local gone = kehu.rule{ id = "gone", en = "it is gone" }

return { on_event = function(c, event, ctx)
  if event.record == "contact" and event.change == "added" then
    return {
      ctx:task{ what = { ask, event.after.name }, due = event.day + 1, rep = event.by, because = { { joined, event.after.name } } },
      ctx:note{ text = "met " .. event.after.name, because = joined },
      ctx:tag{ tag = "new contact", because = joined },
    }
  end
  if event.record == "interaction" and c.open_complaints then
    return {
      ctx:flag{ field = "careful", value = c.open_complaints > 0, because = { { open, c.open_complaints } } },
      ctx:untag{ tag = "calm", because = { { open, c.open_complaints } } },
      ctx:warn{ because = { { open, c.open_complaints } }, advice = { { ask, event.by } } },
      ctx:task{ what = ask, due = event.day, deal = event.deal and event.deal.id, fact_day = event.day - 1, because = open },
    }
  end
  if event.change == "removed" then
    return { ctx:warn{ because = gone } }
  end
end }
