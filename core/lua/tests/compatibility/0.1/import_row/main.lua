local code = kehu.rule{ id = "code", en = "{1} written with its country code", zh = "{1} 补上国家代码" }
local none = kehu.rule{ id = "none", en = "no telephone number in {1}", zh = "{1} 中没有电话号码" }
local old = kehu.rule{ id = "old", en = "the day says nothing" }

return { import_row = function(row, ctx)
  if ctx.record ~= "customer" then return end
  if not row.phone then return ctx:refuse{ because = { { none, ctx.file } } } end
  if kehu.text.sub(row.phone, 1, 1) ~= "+" then
    return ctx:change{ set = { phone = ctx.settings.code .. " " .. row.phone, credit = (row.credit or 0) + 1 }, because = { { code, row.name } } }
  end
  if row.since and row.since < 0 then
    return ctx:change{ clear = { "since" }, because = old }
  end
end }
