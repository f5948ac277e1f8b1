-- How the findings of street canvasses are shown in the forms.

local asked = require("items")
local ITEMS, SIDES = asked.items, asked.sides
local WORDS = {
  can_be_shared = { en = "can be shared", zh = "可共享" }, can_be_won = { en = "can be won", zh = "可争取" },
  neither = { en = "neither", zh = "均不可" },
  observed = { en = "observed", zh = "观察" }, asked_directly = { en = "asked directly", zh = "直接询问" },
  asked_indirectly = { en = "asked indirectly", zh = "间接询问" }, from_the_side = { en = "from the side", zh = "旁敲侧击" },
}

local labels, columns = {}, { "id", "customer", "customer_name", "happened", "rep", "asked_how", "countermeasure" }
for _, item in ipairs(ITEMS) do
  labels[item.field] = { en = item.en, zh = item.zh }
  columns[#columns + 1] = item.field
end

-- What reports alone may call is handed in: packs load this file too.
return function(api)
  -- The canvasses of a rep, or of all, that a condition picks.
  local function canvasses(condition, rep)
    local found = {}
    local where = "kind = 'canvass'" .. (condition and " and " .. condition or "")
    for row in api.interactions{ where = where, columns = columns } do
      if rep == nil or row.rep == rep.name then found[#found + 1] = row end
    end
    return found
  end

  -- What to do, as the canvasses say, and what follows from what they found: each with whose word it is.
  local function countermeasures(rows, reference_of)
    local list, customers = {}, {}
    local function add(row, key, words)
      list[#list + 1] = { customer = row.customer_name, countermeasure = words, by = key, day = row.happened, rep = row.rep }
    end
    for _, row in ipairs(rows) do
      if row.countermeasure then add(row, "rep", row.countermeasure) end
      if row.rival_dealers == "can_be_won" then
        add(row, "found", api.say{ en = "win it: the competitor's dealer can be won", zh = "争取：竞争对手的经销商可争取" })
      elseif row.rival_dealers == "can_be_shared" then
        add(row, "found", api.say{ en = "share it: the competitor's dealer can be shared", zh = "共享：竞争对手的经销商可共享" })
      end
      local company = reference_of(row.brands_carried)
      if company then
        add(row, "found", api.say{ en = "follow the leader: it already carries {company}", zh = "亦步亦趋：已经营 {company}", company = company })
      end
      local missing = {}
      for _, item in ipairs(ITEMS) do
        if row[item.field] ~= nil then missing[item.side] = true end
      end
      local sides = {}
      for _, side in ipairs({ "market", "channel", "competitors", "consumers" }) do
        if not missing[side] then sides[#sides + 1] = api.say(SIDES[side]) end
      end
      if #sides > 0 and not customers[row.customer] then
        local separator = api.language == "zh" and "、" or ", "
        add(row, "found", api.say{ en = "ask again: nothing found about {sides}", zh = "补充调查：缺 {sides}", sides = table.concat(sides, separator) })
      end
      customers[row.customer] = true
    end
    return list
  end

  local function show_countermeasures(list)
    api.table{
      name = "countermeasures", title = { en = "Suggested countermeasures", zh = "建议对策" },
      { "customer", title = { en = "customer", zh = "客户" } },
      { "countermeasure", title = { en = "countermeasure", zh = "对策" } },
      { "by", title = { en = "from", zh = "依据" }, labels = { rep = { en = "the rep", zh = "业务员建议" }, found = { en = "what was found", zh = "调查结果" } } },
      rows = list,
    }
  end

  return {
    items = ITEMS, sides = SIDES, words = WORDS, labels = labels, canvasses = canvasses, sides_of = asked.sides_of,
    countermeasures = countermeasures, show_countermeasures = show_countermeasures,
  }
end
