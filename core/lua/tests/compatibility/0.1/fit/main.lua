local part = kehu.rule{ id = "part", en = "{1} of {2}", zh = "{2} 中的 {1}" }

local function look(columns, ctx)
  local amount = columns.amount
  return {
    mean = amount:mean(), median = amount:median(), low = amount:quantile(0.25),
    least = amount:min(), most = amount:max(), sum = amount:sum(), count = amount:count(),
    kinds = columns.kind:count_by(), vips = columns.vip:count_by(),
    cuts = { amount:cut_after(0.2), amount:cut_after(0.5), amount:cut_after_count(2) },
    of_known = amount:where(columns.kind):sum(), day = ctx.as_of, from = ctx.settings.from,
  }
end

local function score(c, ctx)
  local s = ctx:column("share")
  if c.amount then
    s:add(part, c.amount / ctx.state.sum, c.amount, ctx.state.sum)
  else
    return { share = ctx:missing("share", part, 0, ctx.state.sum) }
  end
  return { share = s }
end

return { look = look, score = score }
