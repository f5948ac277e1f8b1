-- Brands as people write them, and whose they are.

local text = kehu.text

local function plain(word) return text.trim(text.lower(text.narrow(word))) end

-- Brands as people write them, with any sort of comma between.
local function list(written)
  local brands = {}
  for _, sign in ipairs({ "，", "、", "；", ";", "/", "\n" }) do written = text.replace(written, sign, ",") end
  for _, each in ipairs(text.split(written, ",")) do
    local brand = text.trim(each)
    if brand ~= "" then brands[#brands + 1] = brand end
  end
  return brands
end

-- The reference company whose product a brand is: "宝洁" is also that of "宝洁洗衣粉".
local function reference_of(brand)
  for _, company in ipairs(kehu.settings.reference_companies) do
    local name = plain(company)
    if name ~= "" and text.starts_with(plain(brand), name) then return company end
  end
  return nil
end

-- The reference company of the first brand in a list that has one.
local function carried(written)
  if written == nil then return nil end
  for _, brand in ipairs(list(written)) do
    local company = reference_of(brand)
    if company then return company end
  end
  return nil
end

return { plain = plain, list = list, carried = carried }
