-- The day of each rep; another day is one of --as-of.
local show = require("reports/work")
show(kehu.as_of, kehu.as_of)
