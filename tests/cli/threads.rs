//! Threads in the day's list: complaints and the like, worked step by step.

use super::hooks::shop_with;
use crate::kit::Kit;
use insta::assert_snapshot;

const CARE: [(&str, &str); 2] = [
    (
        "scripts/care-desk/pack.toml",
        r#"name = "care-desk"
version = "1.0.0"
api = "0.1"
[actions]
answer = { en = "answer the complaint", zh = "答复投诉" }
[fields.interaction.method]
type = "choice"
choices = ["visit", "letter"]
[[step]]
hook = "follow_up"
[[step]]
hook = "review"
[settings.order]
type = "texts"
default = ["late", "*"]
doc = { en = "order", zh = "顺序" }
[worklist]
order = "order"
"#,
    ),
    (
        "scripts/care-desk/main.lua",
        r#"local open = kehu.rule{ id = "open", en = "{1} since {2} days, {3}", zh = "{1} 已 {2} 天，{3}" }
local listen = kehu.rule{ id = "listen", en = "hear {1} out", zh = "听{1}说完" }
local late = kehu.rule{ id = "late", en = "late", zh = "已晚" }
return {
  follow_up = function(c, case, ctx)
    local made = {}
    for _, thread in ipairs(case.threads) do
      if thread.kind == "complaint" and thread.open then
        made[#made + 1] = ctx:propose{ action = "answer", channel = "phone", due = thread.opened, fact_day = thread.opened,
          priority = 10, about = thread.id, state = "acknowledged", fields = { method = "letter" },
          because = { { open, thread.text, thread.days_open, thread.steps[1].by } } }
      end
    end
    return made
  end,
  review = function(proposals, ctx)
    local made = {}
    for _, p in ipairs(proposals) do
      if p.about then
        made[#made + 1] = ctx:advise(p, listen, p.state)
        if p.due < ctx.as_of then made[#made + 1] = ctx:change(p, { group = "late" }, late) end
      end
    end
    return made
  end,
}
"#,
    ),
];

fn desk() -> Kit {
    let kit = shop_with(&[&CARE]);
    for line in [
        "deal add 武汉钢铁 年度合同 --on 2024-02-20",
        "log complaint 武汉钢铁 --text 送错货 --on 2024-02-28 --at 15:00",
        "log complaint 武汉钢铁 --text 发票 --on 2024-02-28",
    ] {
        kit.done(line);
    }
    kit
}

#[test]
fn what_is_done_about_a_complaint_moves_it_on() {
    let kit = desk();
    assert_snapshot!(kit.run("today"), @"
    李伟, 2024-03-01 Fri: 1 to do, 1 h 30 min of 8 h

    武汉钢铁  C-1 · late
      0ysax9h  visit · 90 min · due since 2024-02-28
               • answer the complaint — 送错货 since 2 days, 李伟
      9mszw9h  • answer the complaint — 发票 since 2 days, 李伟
      rz2e629  • leave a good impression, learn the basic facts — no visit yet, 1 a month wanted
               → hear acknowledged out
    [stderr]
    96 minutes are kept for finding new customers
    1 withheld; --withheld shows it
    ");
    let lines = kit.json("today")["lines"].as_array().unwrap().clone();
    assert_eq!(lines[0]["about"]["kind"], "complaint");
    assert_eq!(lines[0]["guidance"][0]["zh"], "听已受理说完");
    let key = lines[0]["key"].as_str().unwrap();
    assert_snapshot!(kit.run(&format!("today done {key} --text '已道歉'")), @"
    0ysax9h
    [stderr]
    Done: answer the complaint, 武汉钢铁; logged visit I-3.
    With it rz2e629: visit.
    Still open 9mszw9h: answer the complaint.
    ");
    assert_snapshot!(kit.run("interaction show I-3"), @"
    I-3  visit  2024-03-01
      kind      visit
      customer  武汉钢铁
      day       2024-03-01
      time      09:30
      rep       李伟
      about     I-1
      state     acknowledged
      text      已道歉
      method    letter
    ");
    kit.done("today done 9mszw9h --text '发票已重开'");
    let step = kit.json("interaction show I-4");
    assert_eq!((&step["about"], &step["state"]), (&"I-2".into(), &"acknowledged".into()));
    kit.done("log call 武汉钢铁 --about I-1 --state resolved");
    kit.done("score");
    assert_eq!(kit.json("customer list --columns name,open_complaints")[0]["open_complaints"], 1.0);
}

#[test]
fn the_workspace_orders_the_groups_as_it_likes() {
    let kit = desk();
    let first = |kit: &Kit| kit.json("today")["lines"][0]["group"].as_str().unwrap().to_owned();
    assert_eq!(first(&kit), "late", "the pack's order");
    kit.set("[worklist]\norder = [\"prospecting\", \"*\"]\n");
    assert_eq!(first(&kit), "prospecting");
}

#[test]
fn a_state_that_the_thread_does_not_have_switches_the_pack_off_with_the_nearest_name() {
    let kit = desk();
    let main = CARE[1].1.replace("state = \"acknowledged\"", "state = \"acknowleged\"");
    kit.write("scripts/care-desk/main.lua", &main);
    let told = kit.run("today");
    assert!(told.contains("no state of a complaint; did you mean \"acknowledged\"?"), "{told}");
    assert!(told.ends_with("[exit 3]\n"), "{told}");
}

#[test]
fn a_complaint_is_overdue_a_minute_after_its_hours() {
    let mut kit = super::methods::shop_with(&["complaints"]).at("2024-03-01T10:00");
    kit.done("log complaint 武汉钢铁 --text 送错货 --rep 李伟");
    // Nothing is said of a time of day: it counts from the end of its day.
    kit.done("log complaint 武汉机械 --text 发票 --rep 李伟 --on 2024-03-01");
    for (now, steel, machines) in [
        ("2024-03-02T10:00", "open", "open"),
        ("2024-03-02T10:01", "overdue", "open"),
        ("2024-03-03T00:00", "overdue", "open"),
        ("2024-03-03T00:01", "overdue", "overdue"),
    ] {
        kit = kit.at(now);
        kit.done("score");
        let rows =
            kit.json("customer list --columns name,complaint_standing --where 'complaints > 0'");
        let standing = |at: usize| rows[at]["complaint_standing"].as_str().unwrap().to_owned();
        assert_eq!([standing(0), standing(1)], [steel, machines], "{now}");
        let late = kit.json("report complaints")["overdue_complaints"].as_i64().unwrap();
        let expected = [steel, machines].iter().filter(|each| **each == "overdue").count();
        assert_eq!(late, expected as i64, "{now}");
    }
    // Acknowledged, it has until 72 hours after its opening; solved a minute before that, it was in time.
    kit.done("log call 武汉钢铁 --about complaint --state acknowledged");
    kit = kit.at("2024-03-04T09:59");
    kit.done("log call 武汉钢铁 --about complaint --state resolved --field cause=label");
    kit = kit.at("2024-03-06T15:00");
    kit.done("log call 武汉钢铁 --about I-1 --state confirmed");
    kit.done("score");
    let report = kit.json("report complaints");
    assert_eq!((&report["closed_complaints"], &report["closed_in_time"]), (&1.into(), &1.into()));
}
