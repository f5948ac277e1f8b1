//! Honest scripts, which no guard may stop.

use super::{Attack, End};

pub(super) const SCRIPTS: &[Attack] = &[
    (
        "much garbage",
        "score",
        "local live = {} for i = 1, 50000 do live[i] = { i } end local n = 0 for i = 1, 300000 do local t = { i, i, i } n = n + #t end return { points = ctx:set('points', n, free) }",
        End::Done,
    ),
    (
        "Chinese texts and names",
        "score",
        "local tiers = { ['重要价值客户'] = 'A', ['一般挽留客户'] = 'B' } local name = '重要价值客户' assert(#name == 18 and utf8.len(name) == 6 and kehu.text.sub(name, 3, 4) == '价值') return { tier = ctx:label('tier', tiers[name], free, name) }",
        End::Done,
    ),
    (
        "classes",
        "score",
        "local Point = {} Point.__index = Point function Point.new(x) return setmetatable({ x = x }, Point) end function Point:twice() return self.x * 2 end return { points = ctx:set('points', Point.new(4):twice(), free) }",
        End::Done,
    ),
    (
        "generators",
        "score",
        "local function range(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end local sum = 0 for i in range(100) do sum = sum + i end return { points = ctx:set('points', sum, free) }",
        End::Done,
    ),
    (
        "errors that are caught",
        "score",
        "local ok, e = pcall(function() error({ code = 3 }) end) return { points = ctx:set('points', ok and 0 or e.code, free) }",
        End::Done,
    ),
    (
        "a thousand errors that are caught",
        "score",
        "local n = 0 for i = 1, 1000 do if not pcall(error, 'x') then n = n + 1 end end return { points = ctx:set('points', n, free) }",
        End::Done,
    ),
    (
        "sorting",
        "score",
        "local t = {} for i = 1, 5000 do t[i] = (i * 7919) % 5003 end table.sort(t, function(a, b) return a > b end) return { points = ctx:set('points', t[1], free) }",
        End::Done,
    ),
    (
        "sorting texts",
        "score",
        "local t = { '王', '李', 'b', 'a' } table.sort(t) return { tier = ctx:label('tier', t[1] == 'a' and 'A' or 'B', free) }",
        End::Done,
    ),
    (
        "building texts",
        "score",
        "local parts = {} for i = 1, 20000 do parts[#parts + 1] = tostring(i) end return { points = ctx:set('points', #table.concat(parts, ','), free) }",
        End::Done,
    ),
    (
        "patterns",
        "score",
        "local n = 0 for word in ('one two 三 four'):gmatch('%S+') do n = n + #word end local s = ('2024-01-31'):gsub('(%d+)-(%d+)-(%d+)', '%3.%2.%1') assert(s == '31.01.2024') return { points = ctx:set('points', n, free) }",
        End::Done,
    ),
    (
        "any number of arguments",
        "score",
        "local function sum(...) local n = 0 for i = 1, select('#', ...) do n = n + (select(i, ...)) end return n end return { points = ctx:set('points', sum(1, 2, 3), free) }",
        End::Done,
    ),
    (
        "deep recursion that ends",
        "score",
        "local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end return { points = ctx:set('points', depth(5000), free) }",
        End::Done,
    ),
    (
        "a big list",
        "score",
        "local t = table.create(200000, 1) return { points = ctx:set('points', kehu.list.sum(t), free) }",
        End::Done,
    ),
    (
        "a matrix",
        "score",
        "local a = {} for i = 1, 60 do a[i] = {} for j = 1, 60 do a[i][j] = i * j end end local trace = 0 for i = 1, 60 do trace = trace + a[i][i] end return { points = ctx:set('points', trace, free) }",
        End::Done,
    ),
    (
        "memoised figures",
        "score",
        "local memo = setmetatable({}, { __index = function(t, n) local v = n < 2 and n or t[n - 1] + t[n - 2] t[n] = v return v end }) return { points = ctx:set('points', memo[70], free) }",
        End::Done,
    ),
    (
        "whole numbers",
        "score",
        "assert(7 // 2 == 3 and 7 % 3 == 1 and 2^10 == 1024 and tostring(10 / 2) == '5') return {}",
        End::Done,
    ),
    (
        "lots",
        "score",
        "local n = 0 for i = 1, 1000 do local d = ctx.random(1, 6) assert(d >= 1 and d <= 6 and d % 1 == 0) n = n + d end return { points = ctx:set('points', n, free) }",
        End::Done,
    ),
    (
        "order of text keys",
        "score",
        "local t = {} for i = 1, 200 do t['key' .. i] = i end local order = {} for k in pairs(t) do order[#order + 1] = k end return { points = ctx:set('points', #order, free, order[1], order[2], order[200]) }",
        End::Done,
    ),
    (
        "no addresses",
        "score",
        "local words = { tostring({}), tostring(print), tostring(coroutine.create(print)), string.format('%s %s', {}, print), `{c}`, tostring(ctx), tostring(quiet) } for _, w in ipairs(words) do if w:find('0x') then error('escaped ' .. w) end end return {}",
        End::Done,
    ),
    (
        "all columns of a base",
        "learn",
        "local figures = {} for _, name in ipairs({ 'recency_days', 'amount' }) do local column = columns[name] figures[name] = { column:count(), column:mean(), column:median(), column:quantile(0.9), column:min(), column:max(), column:sum() } end return figures",
        End::Done,
    ),
    (
        "an honest proposal",
        "follow_up",
        "return { ctx:propose{ action = 'call', channel = 'phone', due = ctx.as_of, because = free } }",
        End::Done,
    ),
    (
        "an honest review",
        "review",
        "return { ctx:change(proposals[1], { due = ctx.as_of + 3 }, free) }",
        End::Done,
    ),
    (
        "an honest opinion",
        "stage",
        "return ctx:refuse{ because = { { free, case.deal.name } }, advice = free }",
        End::Done,
    ),
    (
        "honest tasks",
        "on_event",
        "return { ctx:task{ what = '回访', due = event.day + 1, because = free }, ctx:tag{ tag = '重点', because = free } }",
        End::Done,
    ),
    (
        "an honest change",
        "import_row",
        "return ctx:change{ set = { city = kehu.text.upper(row.city) }, because = free }",
        End::Done,
    ),
    (
        "an honest plan",
        "plan_visits",
        "return { days = { { day = problem.days[1].day, stops = { { customer = 1, because = free } } } }, left_out = {} }",
        End::Done,
    ),
];
