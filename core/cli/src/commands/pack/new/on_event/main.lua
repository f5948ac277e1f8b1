-- My-pack: whoever complains is called back.

local settings = kehu.settings

local complained = kehu.rule{ id = "complained", en = "{1} has complained", zh = "{1} 有投诉" }
local call_back = kehu.rule{ id = "call_back", en = "call back about the complaint", zh = "就投诉回电" }

-- Called for each record that a command has written, after it is kept.
local function on_event(c, event, ctx)
  if event.change ~= "added" or event.kind ~= "complaint" or not event.customer then return nil end
  return ctx:task{
    what = call_back, due = event.day + settings.call_within, because = { { complained, event.customer.name } },
  }
end

return { on_event = on_event }
