//! Packs that are told what a command has written.

use super::hooks::shop_with;
use insta::assert_snapshot;

/// A pack that asks the coach when somebody joins, looks after those who complained, and warns of a
/// presentation that comes too early.
const COACH: [(&str, &str); 2] = [
    (
        "scripts/coach/pack.toml",
        r#"name = "coach"
version = "1.0.0"
api = "0.1"
[[step]]
hook = "on_event"
needs = ["need?"]
[settings.follow_up_days]
type = "integer"
default = 7
doc = { en = "Days after which the relationship is renewed", zh = "多少天后维护关系" }
"#,
    ),
    (
        "scripts/coach/main.lua",
        r#"local joined = kehu.rule{ id = "joined", en = "{1} has joined the customer", zh = "{1} 到任" }
local ask = kehu.rule{ id = "ask", en = "ask the coach what {1} means", zh = "问教练：{1} 意味着什么" }
local confirmed = kehu.rule{ id = "confirmed", en = "the complaint of {1} is confirmed as settled", zh = "{1} 的投诉已确认解决" }
local renew = kehu.rule{ id = "renew", en = "renew the relationship", zh = "维护关系" }
local early = kehu.rule{ id = "early", en = "a presentation before any need is recorded", zh = "尚未记录需求就做演示" }
local listen = kehu.rule{ id = "listen", en = "find the need first", zh = "先了解需求" }
local complains = kehu.rule{ id = "complains", en = "a complaint is open", zh = "有未决投诉" }
return { on_event = function(c, event, ctx)
  if event.record == "contact" and event.change == "added" then
    return ctx:task{ what = { ask, event.after.name }, due = event.day + 1, because = { { joined, event.after.name } } }
  end
  if event.record ~= "interaction" or event.change ~= "added" then return end
  if event.kind == "complaint" then
    return { ctx:tag{ tag = "投诉中", because = complains }, ctx:flag{ field = "at_risk", because = complains } }
  end
  if event.about and event.about.kind == "complaint" and event.after.state == "confirmed" then
    local why = { { confirmed, kehu.day.format(event.about.happened) } }
    return {
      ctx:untag{ tag = "投诉中", because = why },
      ctx:flag{ field = "at_risk", value = false, because = why },
      ctx:task{ what = renew, due = event.day + ctx.settings.follow_up_days, because = why },
      ctx:note{ text = { confirmed, kehu.day.format(event.about.happened) }, because = why },
    }
  end
  if event.kind == "demo" and not c.need then
    return ctx:warn{ because = early, advice = listen }
  end
end }
"#,
    ),
];

const BROKEN: [(&str, &str); 2] = [
    (
        "scripts/broken/pack.toml",
        "name = \"broken\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"on_event\"\n",
    ),
    (
        "scripts/broken/main.lua",
        "return { on_event = function(c, event, ctx)\n  while true do end\nend }",
    ),
];

#[test]
fn a_change_at_the_customer_makes_a_task_that_is_due_in_the_day() {
    let kit = shop_with(&[&COACH]);
    assert_snapshot!(kit.run("contact add 武汉钢铁 王总 --role 采购经理"), @"
    P-1
    [stderr]
    Added contact 王总 at 武汉钢铁.
    coach added T-1 for 李伟, due 2024-03-02: ask the coach what 王总 means
      because 王总 has joined the customer (scripts/coach/main.lua:1)
    hint: to take back what coach wrote: kehu undo O-8
    ");
    assert_snapshot!(kit.run("task list"), @r"
    id   due         what                           customer  rep   state  reason
    T-1  2024-03-02  ask the coach what 王总 means  武汉钢铁  李伟  open   王总 has joined the customer
    ");
    assert_snapshot!(kit.run("history --limit 3"), @r"
    id   when (UTC)            by    command       what was done                                                                            follows from
    O-8  2024-03-01T01:30:00Z  李伟  on_event      coach after O-7: added T-1 ask the coach what 王总 means (王总 has joined the customer)  O-7
    O-7  2024-03-01T01:30:00Z  李伟  contact add   added P-1 王总 at C-1
    O-6  2024-03-01T01:30:00Z  李伟  customer add  added C-3 Ann Lee
    [stderr]
    5 more; --limit 0 shows all
    ");
    let told = kit.at("2024-03-02T09:00").run("today --rep 李伟");
    assert!(told.contains("T-1") && told.contains("ask the coach what 王总 means"), "{told}");
    assert!(told.contains("made by coach: 王总 has joined the customer"), "{told}");
}

#[test]
fn a_complaint_is_followed_until_it_is_confirmed() {
    let kit = shop_with(&[&COACH]);
    assert_snapshot!(kit.run("log complaint 武汉钢铁 --text '货不对板'"), @r"
    I-1
    [stderr]
    Logged complaint with 武汉钢铁 on 2024-03-01.
    coach tagged 武汉钢铁: 投诉中
      because a complaint is open (scripts/coach/main.lua:7)
    coach set at_risk of 武汉钢铁 to yes
      because a complaint is open (scripts/coach/main.lua:7)
    hint: to take back what coach wrote: kehu undo O-8
    ");
    assert_snapshot!(kit.run("log call 武汉钢铁 --about I-1 --state confirmed"), @"
    I-2
    [stderr]
    Logged call with 武汉钢铁 on 2024-03-01.
    It is about I-1, the complaint of 2024-03-01.
    coach took the tag 投诉中 off 武汉钢铁
      because the complaint of 2024-03-01 is confirmed as settled (scripts/coach/main.lua:3)
    coach set at_risk of 武汉钢铁 to no
      because the complaint of 2024-03-01 is confirmed as settled (scripts/coach/main.lua:3)
    coach added T-1 for 李伟, due 2024-03-08: renew the relationship
      because the complaint of 2024-03-01 is confirmed as settled (scripts/coach/main.lua:3)
    coach wrote note I-3 about 武汉钢铁
      because the complaint of 2024-03-01 is confirmed as settled (scripts/coach/main.lua:3)
    hint: to take back what coach wrote: kehu undo O-10
    ");
    let customer = kit.json("customer show 武汉钢铁");
    assert_eq!(customer["tags"], serde_json::json!(["重点"]), "{customer}");
    assert_eq!(kit.json("task list")[0]["due"], "2024-03-08");
    assert_snapshot!(kit.run("--lang zh log complaint 武汉机械"), @r"
    I-4
    [stderr]
    已记录 2024-03-01 与 武汉机械 的投诉。
    coach 给 武汉机械 加了标签：投诉中
      原因：有未决投诉 (scripts/coach/main.lua:7)
    coach 将 武汉机械 的 at_risk 设为是
      原因：有未决投诉 (scripts/coach/main.lua:7)
    提示：撤销 coach 所写内容：kehu undo O-12
    ");
}

#[test]
fn what_packs_wrote_can_be_taken_back_alone_or_with_what_gave_rise_to_it() {
    let kit = shop_with(&[&COACH]);
    kit.done("customer add 上海重工 --owner 李伟");
    kit.done("contact add 上海重工 王总");
    assert_snapshot!(kit.run("undo"), @r"
    [stderr]
    Took back O-9: coach after O-8: added T-1 ask the coach what 王总 means (王总 has joined the customer).
    hint: what gave rise to it stands; to take that back too: kehu undo O-8
    ");
    kit.done("undo");
    kit.done("contact add 上海重工 李总");
    let history = kit.json("history");
    let (cause, follows) = (&history[1]["id"], &history[0]["cause"]);
    assert_eq!(cause, follows);
    let line = format!("undo {}", cause.as_str().unwrap());
    assert_snapshot!(kit.run(&line), @r"
    [stderr]
    Took back O-12: added P-2 李总 at C-4.
    With it O-13, which followed from it: coach after O-12: added T-2 ask the coach what 李总 means (李总 has joined the customer).
    ");
    assert_eq!(kit.json("task list").as_array().unwrap().len(), 0);
    kit.done("contact add 上海重工 赵总");
    kit.done("task done T-3");
    let history = kit.json("history");
    let line = format!("undo {}", history[2]["id"].as_str().unwrap());
    assert_snapshot!(kit.run(&line), @r"
    [stderr]
    error: later operations touch the same rows
    hint: undo O-17 first: done T-3 ask the coach what 赵总 means
    [exit 1]
    ");
}

#[test]
fn a_warning_writes_nothing() {
    let kit = shop_with(&[&COACH]);
    kit.set("[[kind]]\nname = \"demo\"\ntitle = { en = \"presentation\", zh = \"演示\" }\n");
    let before = kit.json("history").as_array().unwrap().len();
    assert_snapshot!(kit.run("log demo 武汉钢铁"), @r"
    I-1
    [stderr]
    Logged presentation with 武汉钢铁 on 2024-03-01.
    warning: coach: a presentation before any need is recorded (scripts/coach/main.lua:5)
    advice: coach: find the need first
    ");
    assert_eq!(kit.json("history").as_array().unwrap().len(), before + 1);
}

#[test]
fn what_is_answered_in_the_day_is_told_too() {
    let tells = [
        (
            "scripts/tells/pack.toml",
            "name = \"tells\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"on_event\"\n",
        ),
        (
            "scripts/tells/main.lua",
            "local seen = kehu.rule{ id = \"seen\", en = \"{1} {2} by {3}\" }\nreturn { on_event = function(c, event, ctx)\n  return ctx:warn{ because = { { seen, event.record, event.change, event.command } } }\nend }",
        ),
    ];
    let kit = shop_with(&[&tells]);
    assert!(
        kit.run("task add '送样品' --customer 武汉钢铁").contains("tells: task added by task add")
    );
    let told = kit.run("today done T-1 --rep 李伟");
    assert!(told.contains("tells: task changed by today done"), "{told}");
    let json = kit.command(&["log", "call", "武汉钢铁", "--json"]).output().unwrap();
    assert!(serde_json::from_slice::<serde_json::Value>(&json.stdout).is_ok(), "data stays data");
    let told = kit.run("score");
    assert!(!told.contains("tells"), "{told}");
}

#[test]
fn a_pack_that_never_ends_leaves_what_was_written_as_it_is() {
    let kit = shop_with(&[&BROKEN, &COACH]);
    assert_snapshot!(kit.run("contact add 武汉钢铁 王总"), @"
    P-1
    [stderr]
    Added contact 王总 at 武汉钢铁.
    coach added T-1 for 李伟, due 2024-03-02: ask the coach what 王总 means
      because 王总 has joined the customer (scripts/coach/main.lua:1)
    hint: to take back what coach wrote: kehu undo O-8
    error: pack broken, on_event, customer C-1, contact P-1: time limit error: one event took more than 50 ms
      --> scripts/broken/main.lua:2
      2 | while true do end
        | ^^^^^^^^^^^^^^^^^
      called from scripts/broken/main.lua:2 in on_event
      used …, the limit is 50 ms: call_milliseconds in [limits]
    hint: look for a loop that does not end; processor time counts, not waiting
    pack broken could not be heard; the others were
    [exit 3]
    ");
    assert_eq!(kit.json("contact list 武汉钢铁")[0]["name"], "王总");
    assert_eq!(kit.json("task list").as_array().unwrap().len(), 1, "the others are heard");
    kit.write("scripts/broken/pack.toml", "name = \"broken\"\nhook = \"on_event\"\n");
    let told = kit.run("log call 武汉钢铁");
    assert!(
        told.contains("I-1\n") && told.contains("no pack was asked at the hook on_event"),
        "{told}"
    );
    assert!(told.ends_with("[exit 3]\n"), "{told}");
}

#[test]
fn imports_and_undos_are_told_to_nobody() {
    let kit = shop_with(&[&COACH]);
    kit.write("people.csv", "customer,name\n武汉钢铁,王总\n");
    kit.write("map.toml", "name = \"m\"\n[[table]]\ninto = \"contact\"\n[table.columns]\ncustomer = \"customer\"\nname = \"name\"\n");
    let told = kit.run("import people.csv --map map.toml");
    assert!(!told.contains("coach"), "{told}");
    assert_eq!(kit.json("task list").as_array().unwrap().len(), 0);
    kit.done("undo");
    assert_eq!(kit.json("task list").as_array().unwrap().len(), 0);
}
