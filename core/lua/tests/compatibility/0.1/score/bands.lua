local bands = {}

function bands.of(amount, bounds)
  return amount >= bounds.big and "big" or "small"
end

function bands.shorten(name)
  if not name or not kehu.text.contains(name, "钢铁") then return kehu.text.trim("  none ") end
  return kehu.text.sub(name, 1, 2)
end

return bands
