//! Lua line by line, as a pipe types it.

use std::io::Write as _;
use std::process::Stdio;

use insta::assert_snapshot;

use crate::kit::Kit;

/// Types lines into a session, and tells all that it shows.
fn type_in(kit: &Kit, arguments: &[&str], lines: &str) -> String {
    let mut all = vec!["repl"];
    all.extend(arguments);
    let mut child = kit
        .command(&all)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    kit.told(&child.wait_with_output().unwrap())
}

fn shop() -> Kit {
    let kit = Kit::shop();
    kit.done("log purchase 武汉钢铁 --amount 12800 --on 2024-01-15");
    kit.done("log purchase 武汉机械 --amount 960 --on 2023-11-02");
    kit.done("score");
    kit
}

#[test]
fn lines_give_values_rows_and_what_packs_say() {
    let kit = shop();
    let lines = "1 + 1
= 'a' .. 1, nil, true
local n = 5
n * 2
function f(x)
  return { x = x, list = { 1, 2 } }
end
f(3)
kehu.customers{ columns = 'name,amount', limit = 2 }
kehu.group(kehu.customers{ columns = 'owner,amount' }, 'owner', 'amount')
c.name, c.amount
pack('rfm').score(c).rfm_recency
:customer 武汉机械
c.recency_days
:why rfm_frequency
:doc kehu.day.weekday
:doc recency_days
:quit
print('not reached')
";
    assert_snapshot!(type_in(&kit, &["--customer", "武汉钢铁"], lines), @r#"
    2
    "a1"
    nil
    true
    10
    { list = { 1, 2 }, x = 3 }
    id   name         amount
    C-1  武汉钢铁  12,800.00
    C-2  武汉机械     960.00
    owner  count     amount
    李伟       1  12,800.00
    王芳       1     960.00
               1       0.00
    "武汉钢铁"
    12800
    {
      reasons = {
        {
          file = "scripts/rfm/main.lua",
          line = 33,
          rule = "recency",
          text = "46 days since the last purchase",
        },
      },
      value = 46,
    }
    c = C-2 武汉机械
    120

    rfm_frequency = 1  [rfm 0.1.0, score]
      · 1 purchase  scripts/rfm/main.lua:35
      learned from all customers: recency = 83, monetary = 6880, frequency = 1
      recency_days = 120 days  days since the last purchase
      purchases = 1  number of purchases
      amount = 960.00  sum of all purchases less returns
      last_visit_days = missing  days since the last visit
      visits = 0  number of visits
    kehu.day.weekday(day) → whole number
      Gives the day of the week, from 1 for Monday to 7 for Sunday.
      - `day` (day)
      Since 0.1.
        kehu.day.weekday(kehu.day.parse("2025-03-01")) --> 6
    recency_days: number (days)
      days since the last purchase
    "#);
}

#[test]
fn mistakes_end_a_line_and_never_the_session() {
    let kit = shop();
    let lines = "x.y
c.amout
if true then
end end
while true do end
error('no')
function bad() return nil + 1 end
bad()
pack('rmf')
pack('rfm').scor(1)
:customer nobody
:why
:why tier
:nothing
:doc kehu.dya
x = 1
function get() return x end
x = 2
get()
for i = 1, 3 do
";
    assert_snapshot!(type_in(&kit, &["--time", "300ms"], lines), @r#"
    2
    [stderr]
    error: runtime error: global "x" has no value
     --> line 1:1
      1 | x.y
        | ^
    hint: declare it with "local", or give it a value first
    error: runtime error: global "c" has no value
     --> line 2:1
      1 | c.amout
        | ^
    hint: put one at hand: :customer NAME
    error: load error: Expected <eof>, got 'end'
     --> line 3:2
      2 | end end
    error: time limit error: the script took more than 300 ms
     --> line 4:1
      1 | while true do end
        | ^^^^^^^^^^^^^^^^^
      used …, the limit is 300 ms: --time
    hint: look for a loop that does not end; processor time counts, not waiting
    error: runtime error: no
     --> line 5:1
      1 | error('no')
        | ^^^^^^^^^^^
    error: runtime error: attempt to perform arithmetic (add) on nil and number
     --> line 6:1
      1 | function bad() return nil + 1 end
        |                           ^
      called from line 7:1 in the main chunk
    hint: a value is nil here; test it before it is used
    error: argument error: no pack "rmf" is on
     --> line 8:1
      1 | pack('rmf')
        |       ^^^
    hint: known are: rfm, tiers, lifecycle, visit-frequency, day-planner, lifecycle-follow-up, funnel-follow-up, contact-caps
    error: argument error: the pack has no "scor"
     --> line 9:1
      1 | pack('rfm').scor(1)
        |             ^^^^
    hint: did you mean "score"?
    error: argument error: kehu.customer: argument 1: there is no customer "nobody"
    hint: see which there are: kehu customer list
    error: no customer is at hand
    hint: put one at hand: :customer NAME
    error: no customer is at hand
    hint: put one at hand: :customer NAME
    error: there is no :nothing
    hint: known are: :customer, :doc, :help, :quit, :why
    error: nothing is called "kehu.dya"
    hint: did you mean "kehu.day"?
    error: load error: Expected 'end' (to close 'do' at column 14), got <eof>
     --> line 14:1
      1 | for i = 1, 3 do
    "#);
    assert_snapshot!(type_in(&kit, &["--customer", "nobody"], "1"), @r#"
    [stderr]
    error: argument error: kehu.customer: argument 1: there is no customer "nobody"
    hint: see which there are: kehu customer list
    [exit 1]
    "#);
}

#[test]
fn a_session_speaks_chinese_and_needs_no_base() {
    let kit = Kit::empty();
    let lines = "1\nkehu.customers()\n:why tier\n:help\n";
    assert_snapshot!(type_in(&kit, &["--lang", "zh"], lines), @r#"
    1
    逐行输入 Lua：结果立即显示，“local x = …”在后续各行仍有效。
    kehu.customers{ where = "tier = 'A'" }   以表格显示；另有 deals、interactions、reps
    c, c.amount                             当前客户，含特征与评分
    pack("rfm").score(c)                    脚本包当前给出的值及理由
    :customer 名称   :why 列   :doc 名称   :quit
    不会写入任何内容。Tab 补全名称，Ctrl-C 停止当前行。
    [stderr]
    错误：参数错误：此处没有可读取的数据：当前文件夹不在任何工作区内
     --> line 2:1
      1 | kehu.customers()
        | ^^^^^^^^^^^^^^^^
    提示：用 -C 文件夹 指定，或新建：kehu init 文件夹
    错误：当前没有选定客户
    提示：选定客户：:customer 名称
    "#);
}

#[test]
fn a_line_asks_a_pack_what_it_proposes_and_shows_how_it_fails() {
    let kit = shop();
    kit.write(
        "scripts/broken/pack.toml",
        "name = \"broken\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"score\"\nneeds = [\"visits\"]\n[step.gives.broken]\ntype = \"number\"\n",
    );
    kit.write(
        "scripts/broken/main.lua",
        "return { score = function(c, ctx)\n  return { broken = c.vists }\nend }\n",
    );
    let settings = std::fs::read_to_string(kit.path().join("kehu.toml")).unwrap();
    kit.write("kehu.toml", &settings.replacen("on = [", "on = [\"broken\", ", 1));
    let lines = "local p = pack('lifecycle-follow-up').follow_up(c)
#p > 0, p[1].action, p[1].reasons[1].text
pack('contact-caps').review(c)
pack('rfm').scor(c)
pack('broken').score(c)
local ok, e = pcall(pack('broken').score, c)
e
";
    assert_snapshot!(type_in(&kit, &["--customer", "武汉钢铁"], lines), @r#"
    true
    "keep_in_touch"
    "silent: last purchase 46 days ago; keep contacts up, lightly when there is nothing to say, with small offers"
    "line 6:1: pack broken: argument error: c.vists is not in needs"
    [stderr]
    note: packs or their settings changed since the run of 2024-03-01; kehu score --as-of 2024-03-01 brings it up to date
    error: argument error: "review" is not about one customer, so no line can ask it
     --> line 3:1
      1 | pack('contact-caps').review(c)
        |                      ^^^^^^
    hint: kehu pack test tries it, in tests.lua
    error: argument error: the pack has no "scor"
     --> line 4:1
      1 | pack('rfm').scor(c)
        |             ^^^^
    hint: did you mean "score"?
    error: pack broken, score, customer C-1: argument error: c.vists is not in needs
      --> scripts/broken/main.lua:2
      2 | return { broken = c.vists }
        |                   ^^^^^^^
      called from scripts/broken/main.lua:2 in score
      visits = 0
    hint: did you mean visits?
    "#);
}
