-- My-pack: telephone numbers get a country code; customers without a name are refused.

local settings = kehu.settings

local completed = kehu.rule{ id = "completed", en = "written with its country code", zh = "补上国家代码" }
local too_short = kehu.rule{ id = "too_short", en = "the number {1} is too short", zh = "号码 {1} 太短" }

-- Called for each row of an import: row has the fields of the mapping, nil where the row says nothing.
local function import_row(row, ctx)
  if ctx.record ~= "customer" or not row.phone then return nil end
  if kehu.text.len(row.phone) < 5 then
    return ctx:refuse{ because = { { too_short, row.phone } } }
  end
  if kehu.text.sub(row.phone, 1, 1) ~= "+" then
    return ctx:change{ set = { phone = settings.country_code .. " " .. row.phone }, because = completed }
  end
end

return { import_row = import_row }
