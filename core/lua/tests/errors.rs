//! Mistakes, and what their authors are told. One line a case: kind, line, message, hint.

use kehu_contract::{FailureKind, PackError};

use crate::kit::{error_of, open, score, scored, three, usual, usual_main};

fn told(error: &PackError) -> String {
    let place = error.place.as_ref().map_or("?".to_owned(), |(_, line)| line.to_string());
    let customer = error.customer.map_or(String::new(), |id| format!(" C-{id}"));
    let hint = error.hint.as_deref().map_or(String::new(), |hint| format!(" | {hint}"));
    format!("{} {place}{customer}: {}{hint}", error.kind.name(), error.message)
}

#[test]
fn a_mistake_in_a_script_is_told_with_kind_line_customer_and_hint() {
    let cases = [
        (
            "return { points = c.recency }",
            "argument 4 C-1: c.recency is not in needs | did you mean recency_days?",
        ),
        (
            "return { note = ctx:set(\"note\", c.recency_days > 5, free) }",
            "result 4 C-1: column \"note\" is a boolean, expected a text",
        ),
        (
            "if c.recency_days > 5 then return {} end",
            "runtime 4 C-2: attempt to compare number < nil | c.recency_days is missing for this customer; test it first: if c.recency_days then … end",
        ),
        (
            "local s = ctx:column(\"points\")\ns:apply(quiet)",
            "result 3 C-1: score returned nothing, expected a table from column to value | end it with: return { column = … }; an empty table gives nothing",
        ),
        (
            "local s = ctx.column(\"points\")",
            "argument 4 C-1: ctx.column is called with a dot | write a colon: ctx:column(…)",
        ),
        (
            "local s = ctx:column(\"points\")\ns.apply(quiet)",
            "argument 5 C-1: s.apply is called with a dot | write a colon: s:apply(…)",
        ),
        (
            "local s = ctx:column(\"point\")",
            "argument 4 C-1: the step gives no column \"point\" | did you mean \"points\"?",
        ),
        (
            "return { tier = ctx:label(\"tier\", \"C\", free) }",
            "result 4 C-1: label \"tier\" has no value \"C\" | known are: A, B",
        ),
        (
            "return { tier = \"A\" }",
            "result 3 C-1: column \"tier\" is a bare string, without a reason | use ctx:column, ctx:label or ctx:set",
        ),
        (
            "return { tiers = ctx:label(\"tier\", \"A\", free) }",
            "result 3 C-1: score returned a column that the step does not give \"tiers\" | did you mean \"tier\"?",
        ),
        (
            "return { note = ctx:label(\"tier\", \"A\", free) }",
            "result 3 C-1: column \"note\" was given what belongs to \"tier\"",
        ),
        (
            "return { points = ctx:column(\"points\") }",
            "result 3 C-1: column \"points\" is given without a reason | test or add at least one rule before returning it",
        ),
        (
            "return { tier = ctx:label(\"tier\", \"A\") }",
            "result 4 C-1: column \"tier\" is given without a reason | name the rule: ctx:label(column, value, rule, …)",
        ),
        (
            "ctx:label(\"tier\", \"A\", free)\nreturn {}",
            "result 3 C-1: column \"tier\" has reasons but is not returned | return { tier = … }",
        ),
        (
            "ctx:label(\"tier\", \"A\", free)\nreturn { tier = ctx:label(\"tier\", \"B\", free) }",
            "result 5 C-1: column \"tier\" is given twice for one customer",
        ),
        (
            "return { points = ctx:set(\"points\", 0/0, free) }",
            "result 4 C-1: column \"points\" is not a number (0/0)",
        ),
        (
            "return { due = ctx:set(\"due\", 1.5, free) }",
            "result 4 C-1: column \"due\" is no whole number of days | days count from 1970-01-01; see kehu.day",
        ),
        (
            "local s = ctx:column(\"points\")\ns:add(free)",
            "argument 5 C-1: s:add: the points are missing | write s:add(rule, points, arguments…); the first argument fills {1}",
        ),
        (
            "local s = ctx:column(\"points\")\ns:apply(free)",
            "argument 5 C-1: rule \"free\" has no op, so it cannot be tested | use s:add(rule, points, …) for free code",
        ),
        (
            "local s = ctx:column(\"points\")\ns:add(free, 1e308) s:add(free, 1e308)\nreturn { points = s }",
            "result 3 C-1: the points of column \"points\" have no finite sum",
        ),
        (
            "c.amount = 1",
            "runtime 4 C-1: attempt to modify a readonly table | what the host hands over stays as it is; keep what is yours in a table of your own",
        ),
        (
            "return { points = ctx:column(\"tier\") }",
            "argument 4 C-1: column \"tier\" is a label, not a sum | use ctx:label(column, value, rule, …)",
        ),
        (
            "helper()",
            "runtime 4 C-1: global \"helper\" has no value | declare it with \"local\", or give it a value first",
        ),
        (
            "return { points = tostrin(1) }",
            "runtime 4 C-1: global \"tostrin\" has no value | did you mean \"tostring\"?",
        ),
        (
            "return os.time()",
            "runtime 4 C-1: a pack has no \"os\" | a pack has no clock and no system; use ctx.as_of and kehu.day",
        ),
        (
            "ctx.now()",
            "argument 4 C-1: ctx has no \"now\" | known are: as_of, column, holds, label, log, missing, random, set, settings, state",
        ),
        (
            "kehu.rule{ id = \"late\", en = \"late\" }",
            "argument 4 C-1: kehu.rule is called while the pack works | declare rules at the top level of main.lua, once",
        ),
        (
            "coroutine.yield(1)",
            "runtime 4 C-1: attempt to yield across metamethod/C-call boundary | a hook returns its result; it cannot wait",
        ),
        (
            "error({ code = 7 })",
            "runtime 4 C-1: error was called with { code = 7 } | give it a text: error(\"…\")",
        ),
        (
            "local s = ctx:column(\"points\")\ns:add(free, 0/0)",
            "argument 5 C-1: s:add: the points are not a number (0/0) | a division by zero gives this; test the divisor first",
        ),
        (
            "local s = ctx:column(\"points\")\ns:add(nil, 5)",
            "argument 5 C-1: s:add: the first argument is nothing, expected a rule | declare it with kehu.rule{…} at the top of main.lua",
        ),
        (
            "require(\"util\")",
            "load 4 C-1: the pack has no file \"util.lua\" | main.lua is the only script here; put util.lua beside it",
        ),
        (
            "local ok, e = pcall(kehu.day.parse, 5)\nerror(e, 0)",
            "runtime 5 C-1: main.lua:4: kehu.day.parse: argument 1 'text': text expected, got number 5",
        ),
        (
            "local x = kehu.settings.silent",
            "argument 4 C-1: kehu.settings has no \"silent\" | none is declared",
        ),
        (
            "kehu.day.parse(\"2025-13-01\")",
            "argument 4 C-1: kehu.day.parse: argument 1 'text': a day such as \"2025-03-01\" expected, got text \"2025-13-01\"",
        ),
        (
            "local s = ctx:column(\"points\")\ns:add(free, 1, {})",
            "argument 5 C-1: argument 1 of the reason is a table, expected a number or a text",
        ),
    ];
    let mut wrong = String::new();
    for (body, expected) in cases {
        let error = error_of(body);
        if told(&error) != expected {
            wrong += &format!("{body}\n  got      {}\n  expected {expected}\n", told(&error));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn an_error_shows_the_line_the_calls_and_the_inputs_of_the_customer() {
    let main = "
local function inner(c) return c.recency_days + 1 end
local function outer(c) local x = inner(c) return x end
return { score = function(c, ctx)
  local x = outer(c)
  return {}
end }";
    let error = scored(main).map(|_| ()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "pack test, score, customer C-2: runtime error: attempt to perform arithmetic (add) on nil and number
  --> scripts/test/main.lua:2
  2 | local function inner(c) return c.recency_days + 1 end
    |                                ^^^^^^^^^^^^^^
  called from scripts/test/main.lua:2 in inner
  called from scripts/test/main.lua:3 in outer
  called from scripts/test/main.lua:5 in score
  recency_days = missing
  amount = 20
  name = \"Li & Sons\"
  vip = false
  credit = missing
hint: c.recency_days is missing for this customer; test it first: if c.recency_days then … end"
    );
}

#[test]
fn a_script_cannot_write_the_position_of_its_error() {
    let error = error_of("error(\"scripts/other/main.lua:12: division by zero\\n\\27[31m\", 0)");
    assert_eq!(
        error.place.as_ref().map(|(file, line)| (file.as_str(), *line)),
        Some(("scripts/test/main.lua", 4))
    );
    assert_eq!(error.message, "scripts/other/main.lua:12: division by zero\\n\\u{1b}[31m");
    let forged =
        error_of("error(\"x\\nstack traceback:\\n\\tmain.lua:99: in function 'other'\", 0)");
    assert_eq!(forged.place.map(|(_, line)| line), Some(4));
    let long = error_of("error(string.rep(\"长\", 100000), 0)");
    assert!(long.message.len() < 4_200);
}

#[test]
fn mistakes_at_the_top_of_the_file_are_errors_of_loading() {
    let cases = [
        (
            "kehu.rule{ id = \"a\" }",
            "load 1: rule \"a\" needs a sentence | add en = \"…\", and zh = \"…\" for the Chinese one",
        ),
        (
            "kehu.rule{ id = \"a\", en = \"x\" }\nkehu.rule{ id = \"a\", en = \"y\" }",
            "load 2: rule \"a\" is declared twice | the other one is at scripts/test/main.lua:1",
        ),
        (
            "kehu.rule{ id = \"a\", en = \"x\", input = \"recency\", op = \">\", limit = 1 }",
            "load 1: rule \"a\": no step needs \"recency\" | needs in pack.toml has \"recency_days\": write the same name in both",
        ),
        (
            "kehu.rule{ id = \"a\", en = \"x\", input = \"amount\", op = \"=>\", limit = 1 }",
            "load 1: rule \"a\": op \"=>\" is no comparison | known are: <, <=, >, >=, ==, ~=, missing",
        ),
        (
            "kehu.rule{ id = \"a\", en = \"x {days}\" }",
            "load 1: rule \"a\": nothing fills {days} | {1} to {8}, {value} and {limit} are known, {1|day|days} and {1:amount}",
        ),
        (
            "kehu.rule{ id = \"a\", en = \"x\", inputs = \"amount\" }",
            "load 1: kehu.rule has no field \"inputs\" | did you mean \"input\"?",
        ),
        (
            "kehu.rule{ id = \"a\", en = \"x\", input = \"amount\", op = \">\" }",
            "load 1: rule \"a\" has op \">\" and no limit | add limit = a number, or setting = the name of a setting",
        ),
        (
            "return 1",
            "load ?: main.lua returned a number, expected a table of functions | end the file with: return { score = function(c, ctx) … end }",
        ),
        (
            "return { scor = function() end }",
            "load ?: main.lua returns \"scor\", which no step in pack.toml names | did you mean \"score\"?",
        ),
        (
            "return {}",
            "load ?: main.lua returns no function \"score\" | a step in pack.toml names it; add score = function(…) … end",
        ),
        ("kehu.ruel{}", "load 1: kehu has no \"ruel\" | did you mean \"rule\"?"),
        (
            "while true do end",
            "time limit 1: loading main.lua took more than 200 ms | look for a loop that does not end; processor time counts, not waiting",
        ),
    ];
    let mut wrong = String::new();
    for (main, expected) in cases {
        let error = open(&usual(), main).unwrap_err();
        if told(&error) != expected {
            wrong += &format!("{main}\n  got      {}\n  expected {expected}\n", told(&error));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_lowest_customer_of_a_batch_is_the_one_that_is_named() {
    let mut pack = open(&usual(), &usual_main("error(c.name or \"nobody\")")).unwrap();
    let error = score(&mut pack, &three()).unwrap_err();
    assert_eq!((error.customer, error.kind), (Some(1), FailureKind::Runtime));
    assert_eq!(error.message, "上海一号");
    // The pack goes on serving after its error.
    assert!(score(&mut pack, &three()).is_err());
}
