//! Scripts over the records: rows, sums, tables, and what is wrong with them.

use std::io::{Read as _, Write as _};
use std::process::Stdio;

use insta::assert_snapshot;

use crate::kit::Kit;

/// A shop with purchases, deals and a complaint, scored.
fn shop() -> Kit {
    let kit = Kit::shop();
    for line in [
        "log purchase 武汉钢铁 --amount 12800 --on 2024-01-15",
        "log purchase 武汉钢铁 --amount 4800.50 --on 2024-02-20",
        "log purchase 武汉机械 --amount 960 --on 2023-11-02",
        "log complaint 武汉机械 --on 2024-02-10",
        "deal add 武汉钢铁 冷轧大单 --amount 90000 --on 2024-02-01",
        "deal add 武汉机械 试用 --amount 3000 --on 2024-02-25 --rep 王芳",
        "score",
    ] {
        kit.done(line);
    }
    kit
}

#[test]
fn a_report_in_a_few_lines_lists_sums_and_explains() {
    let kit = shop();
    kit.write(
        "report.lua",
        r#"
local all = kehu.gather(kehu.customers{ columns = "name,owner,amount", sort = "-amount" })
local total = kehu.sum(all, "amount")
print("as of " .. kehu.day.format(kehu.as_of), kehu.args[1], #all .. " customers")
local rows = {}
for _, c in ipairs(all) do
  rows[#rows + 1] = { id = c.id, name = c.name, amount = c.amount, share = c.amount / total }
end
kehu.table{ "name", { "amount", title = "bought", as = "money" }, { "share", as = "percent" }, rows = rows }
kehu.table{ "id", "name", "amount", rows = all }
kehu.table{ "rep", "count", "amount", rows = kehu.group(kehu.deals{ where = "open" }, "rep", "amount") }
for i in kehu.interactions{ where = "kind = 'complaint' and open" } do
  print(i.customer_name, i.happened == kehu.day.parse("2024-02-10"), i.days_ago)
end
local c = kehu.customer("武汉钢铁")
print(c.id, c.amount, c.recency_days, kehu.explain(c, "rfm_segment").pack)
"#,
    );
    assert_snapshot!(kit.run("run report.lua Q1"), @r"
    as of 2024-03-01	Q1	3 customers
    name         bought  share
    武汉钢铁  17,600.50  94.8%
    武汉机械     960.00   5.2%
    Ann Lee        0.00   0.0%
    id   name         amount
    C-1  武汉钢铁  17,600.50
    C-2  武汉机械     960.00
    C-3  Ann Lee        0.00
    rep   count     amount
    李伟      1  90,000.00
    王芳      1   3,000.00
    武汉机械	true	20
    1	17600.5	10	rfm
    ");
    assert_snapshot!(kit.run("run report.lua Q1 --csv"), @r"
    as of 2024-03-01	Q1	3 customers
    name,amount,share
    武汉钢铁,17600.5,0.9482772554618679
    武汉机械,960,0.051722744538132054
    Ann Lee,0,0
    id,name,amount
    C-1,武汉钢铁,17600.5
    C-2,武汉机械,960
    C-3,Ann Lee,0
    rep,count,amount
    李伟,1,90000
    王芳,1,3000
    武汉机械	true	20
    1	17600.5	10	rfm
    ");
    kit.write("top.lua", "kehu.table{ 'id', 'amount', rows = kehu.customers{ where = 'amount > 1000', columns = 'amount' } }");
    assert_snapshot!(kit.run("run top.lua --json"), @r#"
    [
      {
        "id": "C-1",
        "amount": 17600.5
      }
    ]
    "#);
}

#[test]
fn moves_targets_and_what_was_said_can_be_read() {
    let kit = shop();
    for line in [
        "deal move 冷轧大单 intent --on 2024-02-11 --reason 'asked for an offer'",
        "deal move 试用 lost --on 2024-02-27",
        "target add amount 20000 --from 2024-01-01 --to 2024-02-29",
        "target add visits 12 --from 2024-01-01 --to 2024-03-31 --rep 李伟",
        "log visit 武汉钢铁 --on 2024-02-12 --text 谈年度合同",
    ] {
        kit.done(line);
    }
    kit.write(
        "moves.lua",
        r#"
kehu.table{ "deal", "name", "rep", "stage", "role", "probability", "happened", "days", "reason", rows = kehu.moves() }
kehu.table{ "id", "measure", "value", "reached", "from", "to", "rep", rows = kehu.targets() }
kehu.table{ "name", "amount", "weighted", rows = kehu.deals() }
for i in kehu.interactions{ where = "text = '谈年度合同'", columns = "kind, text" } do print(i.kind, i.text) end
"#,
    );
    assert_snapshot!(kit.run("run moves.lua"), @"
    deal  name      rep   stage     role  probability  happened    days  reason
    D-1   冷轧大单  李伟  prospect  open          0.1  2024-02-01    10
    D-1   冷轧大单  李伟  intent    open          0.3  2024-02-11    19  asked for an offer
    D-2   试用      王芳  prospect  open          0.1  2024-02-25     2
    D-2   试用      王芳  lost      lost               2024-02-27     3
    id   measure  value  reached  from        to          rep
    Q-1  amount   20000  17600.5  2024-01-01  2024-02-29
    Q-2  visit       12        1  2024-01-01  2024-03-31  李伟
    name         amount   weighted
    冷轧大单  90,000.00  27,000.00
    试用       3,000.00
    visit	谈年度合同
    ");
}

#[test]
fn what_is_wrong_is_shown_with_its_line_and_the_nearest_name() {
    let kit = shop();
    let mut all = String::new();
    for script in [
        "local n = 0\nfor c in kehu.customers() do n = n + c.naem end",
        "for c in kehu.customers{ where = \"teir = 'A'\" } do end",
        "for c in kehu.customers{ columns = 'name' } do print(c.amount) end",
        "for d in kehu.deals{ wher = 'open' } do end",
        "print(kehu.customer('武汉').name)",
        "print(kehu.explain('C-1', 'amout'))",
        "kehu.table{ { 'x', as = 'monay' }, rows = { { x = 1 } } }",
        "print(kehu.custmers)",
        "print(os.time())",
        "if 1 then",
        "local t = nil\nlocal function f() return t.x end\nf()",
        "kehu.fail('no figures for ' .. kehu.day.format(kehu.as_of))",
    ] {
        kit.write("wrong.lua", script);
        let told = kit.run("run wrong.lua");
        assert!(told.ends_with("[exit 1]\n"), "{script}\n{told}");
        all += &told;
    }
    assert_snapshot!(all, @r#"
    [stderr]
    error: argument error: the row has no "naem"
     --> wrong.lua:2
      2 | for c in kehu.customers() do n = n + c.naem end
        |                                        ^^^^
    hint: did you mean "name"?
    [exit 1]
    [stderr]
    error: argument error: where: there is no column "teir" (character 1)
     --> wrong.lua:1
      1 | for c in kehu.customers{ where = "teir = 'A'" } do end
        |                                   ^^^^
    hint: did you mean "tier"?
    [exit 1]
    [stderr]
    error: argument error: the row has no "amount"
     --> wrong.lua:1
      1 | for c in kehu.customers{ columns = 'name' } do print(c.amount) end
        |                                                        ^^^^^^
    hint: add it: kehu.customers{ columns = { …, "amount" } }
    [exit 1]
    [stderr]
    error: argument error: kehu.deals has no field "wher"
     --> wrong.lua:1
      1 | for d in kehu.deals{ wher = 'open' } do end
        |                      ^^^^
    hint: did you mean "where"?
    [exit 1]
    [stderr]
    error: argument error: kehu.customer: argument 1: "武汉" may be any of several customers
     --> wrong.lua:1
      1 | print(kehu.customer('武汉').name)
        |                      ^^^^
    hint: say which one by its id: C-1 武汉钢铁, C-2 武汉机械
    [exit 1]
    [stderr]
    error: argument error: there is no column "amout"
     --> wrong.lua:1
      1 | print(kehu.explain('C-1', 'amout'))
        |                            ^^^^^
    hint: did you mean "amount"?
    [exit 1]
    [stderr]
    error: argument error: kehu.table: no column is shown as "monay"
     --> wrong.lua:1
      1 | kehu.table{ { 'x', as = 'monay' }, rows = { { x = 1 } } }
        |                          ^^^^^
    hint: did you mean "money"?
    [exit 1]
    [stderr]
    error: argument error: kehu has no "custmers"
     --> wrong.lua:1
      1 | print(kehu.custmers)
        |            ^^^^^^^^
    hint: did you mean "customers"?
    [exit 1]
    [stderr]
    error: runtime error: a script has no "os"
     --> wrong.lua:1
      1 | print(os.time())
        |       ^^
    hint: a script has no clock and no system; use kehu.as_of and kehu.day
    [exit 1]
    [stderr]
    error: load error: Expected 'end' (to close 'then' at column 6), got <eof>
     --> wrong.lua:1:1
      1 | if 1 then
    [exit 1]
    [stderr]
    error: runtime error: attempt to index nil with 'x'
     --> wrong.lua:2
      2 | local function f() return t.x end
        |                             ^
      called from wrong.lua:3 in the main chunk
    hint: t is nil here; test it first: if t then … end
    [exit 1]
    [stderr]
    error: no figures for 2024-03-01
    [exit 1]
    "#);
    kit.write("wrong.lua", "while true do end");
    assert_snapshot!(kit.run("run wrong.lua --time 50ms --lang zh"), @"
    [stderr]
    错误：超出时间限制：脚本运行超过 50 ms
     --> wrong.lua:1
      1 | while true do end
        | ^^^^^^^^^^^^^^^^^
      已用 …，上限 50 ms：--time
    提示：请检查是否有不会结束的循环；计入的是处理器时间，不含等待
    [exit 1]
    ");
}

#[test]
fn a_script_may_come_from_elsewhere_and_needs_no_base() {
    let kit = Kit::empty();
    let mut child = kit
        .command(&["run", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all("print('客户', 1.5)\nreturn 2, { b = 1, a = {} }".as_bytes())
        .unwrap();
    assert_snapshot!(kit.told(&child.wait_with_output().unwrap()), @r"
    客户	1.5
    2	{ a = {}, b = 1 }
    ");
    kit.write("ask.lua", "\nfor c in kehu.customers() do print(c.name) end");
    assert_snapshot!(kit.run("run ask.lua"), @"
    [stderr]
    error: argument error: there is no base here to read: this folder lies in no workspace
     --> ask.lua:2
      2 | for c in kehu.customers() do print(c.name) end
        | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    hint: name one with -C DIR, or make one with: kehu init DIR
    [exit 1]
    ");
    assert_snapshot!(kit.run("run nothing.lua"), @r"
    [stderr]
    error: nothing.lua cannot be read: no such file or directory
    [exit 1]
    ");
    assert_snapshot!(kit.run("run ."), @r"
    [stderr]
    error: . is a folder, not a script
    [exit 2]
    ");
    kit.write("long.lua", &"-- long\n".repeat(40_000));
    assert_snapshot!(kit.run("run long.lua"), @r"
    [stderr]
    error: long.lua is too long for a script: more than 262144 bytes
    hint: what holds data is imported: kehu import
    [exit 1]
    ");
}

#[test]
fn functions_of_a_pack_are_tried_on_two_customers() {
    let kit = shop();
    kit.write(
        "main.lua",
        r#"
local big = kehu.rule{ id = "big", input = "amount", op = ">", limit = 5000, points = 20, en = "big" }
local late = kehu.rule{ id = "late", en = "late" }
return { score = function(c, ctx)
  local s = ctx:column("risk")
  s:apply(big)
  s:add(late, c.recency_days / 10)
  return { risk = s, mood = ctx:label("mood", "calm", late) }
end }
"#,
    );
    assert_snapshot!(kit.run("run main.lua"), @r#"
    score of C-1 武汉钢铁
      mood = "calm"
        late
      risk = 21
        big +20
        late +1
    score of C-2 武汉机械
      mood = "calm"
        late
      risk = 12
        late +12
    "#);
    kit.write("main.lua", "return { score = function(c) return 0 / 0 end }");
    kit.write("pack.toml", "");
    assert_snapshot!(kit.run("run main.lua"), @r"
    [stderr]
    error: score, customer C-1: result error: score returned a number, expected a table from column to value
    hint: this is a script of a pack; kehu pack test runs it with its pack.toml
    [exit 1]
    ");
}

#[test]
fn every_example_of_the_reference_runs() {
    let kit = shop();
    let mut wrong = String::new();
    for (_, entry) in kehu_lua::api::of_reports() {
        kit.write("example.lua", entry.example);
        let told = kit.run("run example.lua");
        if told.contains("[stderr]") && !told.contains("nothing to show") {
            wrong += &format!("{}\n{told}", entry.name);
        }
        assert!(!entry.en.is_empty() && !entry.zh.is_empty(), "{}", entry.name);
    }
    assert!(wrong.is_empty(), "{wrong}");
    kit.write("names.lua", "for name in pairs(kehu) do print(name) end");
    let known: Vec<&str> = kehu_lua::api::entries()
        .chain(kehu_lua::api::of_reports())
        .map(|(_, entry)| entry.name)
        .collect();
    for name in kit.run("run names.lua").lines() {
        assert!(known.contains(&format!("kehu.{name}").as_str()), "kehu.{name}");
    }
}

#[test]
fn the_person_stops_a_script_at_any_time() {
    let kit = Kit::new();
    // What is written is kept back until there is much of it: so the first of it says that it runs.
    kit.write("endless.lua", "print(('x'):rep(100000)) while true do end");
    let mut child = kit
        .command(&["run", "endless.lua", "--time", "60s"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 1];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "stopped\n");
}

#[test]
fn a_report_sees_one_day_and_says_which() {
    let kit = shop();
    kit.write("day.lua", "print(kehu.day.format(kehu.as_of), kehu.sum(kehu.customers{ columns = 'amount' }, 'amount'), kehu.sum(kehu.interactions(), 'amount'))");
    let later = Kit::at(kit, "2024-03-05T10:00");
    later.done("log purchase 武汉机械 --amount 40 --on 2024-03-04");
    assert_snapshot!(later.run("run day.lua"), @r"
    2024-03-01	18560.5	18560.5
    [stderr]
    note: all is seen as of 2024-03-01, the day of the latest run
    hint: to see it as it is now: --as-of today
    ");
    assert_snapshot!(later.run("run day.lua --as-of today"), @r"2024-03-05	18600.5	18600.5");
    assert_snapshot!(later.run("run day.lua --as-of 2023-12-31"), @r"2023-12-31	0	0");
}
