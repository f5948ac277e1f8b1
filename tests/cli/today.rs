use crate::kit::Kit;
use insta::assert_snapshot;

/// A shop with two open deals, a purchase and a deal that nobody has.
fn shop() -> Kit {
    let kit = Kit::shop();
    for line in [
        "log purchase 武汉钢铁 --amount 5000 --on 2024-02-26",
        "deal add 武汉钢铁 年度合同 --product 冷轧板 --on 2024-02-20",
        "deal add 武汉机械 试用 --rep 李伟 --on 2024-02-21",
        "deal move 年度合同 intent --on 2024-02-25",
    ] {
        kit.done(line);
    }
    kit
}

#[test]
fn today_says_who_what_why_when_and_by_which_channel() {
    let kit = shop();
    assert_snapshot!(kit.run("today"), @"
    李伟, 2024-03-01 Fri: 5 to do

    武汉钢铁  C-1
      62ctkch  advance the deal · D-1 年度合同 · 4,800.00 · meeting · 5 days late
               win probability 30 %, between 25 % and 75 %: the middle needs careful planning
      tfygy0a  ask how the purchase serves · phone · 1 day late
               first purchase 4 days ago: attention is highest, meet its expectations
      566bvxw  visit · care for the customer
               no visit yet, 4 a month wanted

    武汉机械  C-2
      nfta4n3  visit · leave a good impression, learn the basic facts
               no visit yet, 2 a month wanted
      c4144x7  develop the deal · D-2 试用 · phone · 9 days late
               win probability 10 %, below 25 %: the top of the funnel
    [stderr]
    96 minutes are kept for finding new customers
    ");
    let lines = kit.json("today")["lines"].clone();
    assert!(lines.as_array().unwrap().iter().all(|line| !line["because"][0]["en"].is_null()));
}

#[test]
fn a_reason_is_whole_on_the_narrowest_terminal_and_says_how_late_a_line_is() {
    let kit = shop();
    kit.done("deal add 'Ann Lee' 旧单 --rep 李伟 --on 2021-01-05");
    let narrow =
        |line: &[&str]| kit.told(&kit.command(line).env("COLUMNS", "80").output().unwrap());
    assert_snapshot!(narrow(&["today"]), @"
    李伟, 2024-03-01 Fri: 7 to do

    武汉钢铁  C-1
      62ctkch  advance the deal · D-1 年度合同 · 4,800.00 · meeting · 5 days late
               win probability 30 %, between 25 % and 75 %: the middle needs
                 careful planning
      tfygy0a  ask how the purchase serves · phone · 1 day late
               first purchase 4 days ago: attention is highest, meet its
                 expectations
      566bvxw  visit · care for the customer
               no visit yet, 4 a month wanted

    武汉机械  C-2
      nfta4n3  visit · leave a good impression, learn the basic facts
               no visit yet, 2 a month wanted
      c4144x7  develop the deal · D-2 试用 · phone · 9 days late
               win probability 10 %, below 25 %: the top of the funnel

    Ann Lee  C-3
      g06wspb  visit · leave a good impression, learn the basic facts
               no visit yet, 2 a month wanted
      5ked08t  develop the deal · D-3 旧单 · phone · 3 years late
               win probability 10 %, below 25 %: the top of the funnel
    [stderr]
    96 minutes are kept for finding new customers
    ");
    assert_snapshot!(narrow(&["--lang", "zh", "today"]), @"
    李伟，2024-03-01 周五：7 项

    武汉钢铁  C-1
      62ctkch  推进商机 · D-1 年度合同 · 4,800.00 · 会面 · 已过 5 天
               赢单概率 30%，在 25% 与 75% 之间：漏斗中部，需仔细安排
      tfygy0a  购后回访 · 电话 · 已过 1 天
               4 天前首次购买：关注度最高，须满足首次购买的期望
      566bvxw  拜访 · 客户维护
               尚未拜访，应每月 4 次

    武汉机械  C-2
      nfta4n3  拜访 · 留下好印象，了解基本情况
               尚未拜访，应每月 2 次
      c4144x7  培育商机 · D-2 试用 · 电话 · 已过 9 天
               赢单概率 10%，低于 25%：漏斗顶部

    Ann Lee  C-3
      g06wspb  拜访 · 留下好印象，了解基本情况
               尚未拜访，应每月 2 次
      5ked08t  培育商机 · D-3 旧单 · 电话 · 已过 3 年
               赢单概率 10%，低于 25%：漏斗顶部
    [stderr]
    96 分钟留给开发新客户
    ");
    let plan = ["plan", "--from", "2024-03-04", "--to", "2024-03-05"];
    assert_snapshot!(narrow(&plan), @"
    李伟, 2024-03-04 to 2024-03-05: 3 visits on 2 working days, 0 left out

    day             key      customer  minutes  way
    2024-03-04 Mon  xkp7xnr  武汉机械       60   30
        purpose: leave a good impression, learn the basic facts
        topics: introduce ourselves; their business, people and plans
        why: no visit yet, 2 a month wanted; group prospecting: place 2 in the
          order of work
                    566bvxw  武汉钢铁       60   30
        purpose: care for the customer
        topics: use so far, changed needs, complaints, next order
        why: no visit yet, 4 a month wanted; group middle: place 3 in the order of
          work
    2024-03-05 Tue  3hf24at  Ann Lee        60   30
        purpose: leave a good impression, learn the basic facts
        topics: introduce ourselves; their business, people and plans
        why: no visit yet, 2 a month wanted; group prospecting: place 2 in the
          order of work
    ");
}

#[test]
fn a_line_is_done_snoozed_or_skipped_by_its_key() {
    let kit = shop();
    let lines = kit.json("today")["lines"].as_array().unwrap().clone();
    let key = |at: usize| lines[at]["key"].as_str().unwrap().to_owned();
    assert_snapshot!(kit.run(&format!("today done {} --text 样品已送到", key(0))), @r"
    62ctkch
    [stderr]
    Done: advance the deal, 武汉钢铁; logged meeting I-2.
    ");
    assert_snapshot!(kit.run(&format!("today snooze {} --until +3", key(3))), @"
    nfta4n3
    [stderr]
    Snoozed until 2024-03-04: visit, 武汉机械.
    ");
    assert_snapshot!(kit.run(&format!("today skip {} --reason 出差", key(2))), @r"
    566bvxw
    [stderr]
    Skipped: visit, 武汉钢铁.
    ");
    assert_snapshot!(kit.run("history --limit 3"), @r"
    id    when (UTC)            by    command       what was done
    O-13  2024-03-01T01:30:00Z  李伟  today skip    skipped: visit, 武汉钢铁 (C-1)
    O-12  2024-03-01T01:30:00Z  李伟  today snooze  snoozed until 2024-03-04: visit, 武汉机械 (C-2)
    O-11  2024-03-01T01:30:00Z  李伟  today done    done: advance the deal, 武汉钢铁 (C-1)
    [stderr]
    10 more; --limit 0 shows all
    ");
    assert_snapshot!(kit.run("today skip zzzz --reason 出差"), @r#"
    [stderr]
    error: no line of today's list has the key "zzzz"; kehu today shows the keys of what is open
    [exit 1]
    "#);
    assert_snapshot!(kit.run("today --rep 赵云"), @r#"
    [stderr]
    error: there is no rep "赵云"
    hint: see which there are: kehu rep list
    [exit 1]
    "#);
}

#[test]
fn a_plan_names_its_days_and_what_did_not_fit() {
    let kit = shop();
    assert_snapshot!(kit.run("plan --from 2024-03-04 --to 2024-03-15"), @"
    李伟, 2024-03-04 to 2024-03-15: 3 visits on 10 working days, 0 left out

    day             key      customer  minutes  way
    2024-03-04 Mon  xkp7xnr  武汉机械       60   30
        purpose: leave a good impression, learn the basic facts
        topics: introduce ourselves; their business, people and plans
        why: no visit yet, 2 a month wanted; group prospecting: place 2 in the order of work
    2024-03-05 Tue  566bvxw  武汉钢铁       60   30
        purpose: care for the customer
        topics: use so far, changed needs, complaints, next order
        why: no visit yet, 4 a month wanted; group middle: place 3 in the order of work
    2024-03-12 Tue  tb48f48  武汉钢铁       60   30
        purpose: care for the customer
        topics: use so far, changed needs, complaints, next order
        why: last visit on 2024-03-05, one every 7 days: due on 2024-03-12; group middle: place 3 in the order of work
    ");
    assert_snapshot!(kit.run("plan --from 2024-03-15 --to 2024-03-04"), @r"
    [stderr]
    error: the period ends on 2024-03-04, before 2024-03-15
    [exit 2]
    ");
    assert_snapshot!(kit.run("--lang zh plan --from 2027-01-01 --to 2027-01-03 --dry-run"), @"
    李伟，2027-01-01 至 2027-01-03：1 个工作日，2 次拜访，0 次未排入

    日期             键       客户      分钟  路程
    2027-01-01 周五  mb51g83  武汉机械    60    30
        目的：留下好印象，了解基本情况
        话题：自我介绍；对方的业务、人员与打算
        为什么：尚未拜访，应每月 2 次；开发新客户：工作顺序第 2 位
                     a6q4j1t  武汉钢铁    60    30
        目的：客户维护
        话题：使用情况，需求变化，意见，下一单
        为什么：尚未拜访，应每月 4 次；漏斗中部：工作顺序第 3 位
    [stderr]
    注意：没有2027年的节假日数据：只有周末休息
    ");
}

#[test]
fn the_doctor_names_what_is_wrong_with_packs() {
    let kit = Kit::new();
    let told = kit.run("doctor");
    assert!(told.contains("nothing has been scored yet"), "{told}");
    assert!(!told.contains("[exit"), "{told}");
    kit.set("[settings.contact-caps]\nfading_cap = -1\n");
    let told = kit.run("doctor");
    assert!(told.contains("expected 0 to 1000") && told.ends_with("[exit 1]\n"), "{told}");
}

#[test]
fn a_task_that_is_due_stands_in_the_list_and_is_closed_by_its_id() {
    let kit = shop();
    for line in [
        "task add 送样品 --customer 'Ann Lee' --due today",
        "--user 王芳 task add 'file the offers' --rep 李伟 --due 2024-02-27",
        "task add 'not yet' --due 2024-03-09",
        "task add 'not mine' --rep 王芳",
    ] {
        kit.done(line);
    }
    assert_snapshot!(kit.run("today"), @"
    李伟, 2024-03-01 Fri: 7 to do

    without a customer
      T-2      file the offers · 3 days late
               task due 2024-02-27, made by 王芳

    Ann Lee  C-3
      T-1      送样品
               task due 2024-03-01, made by 李伟

    武汉钢铁  C-1
      62ctkch  advance the deal · D-1 年度合同 · 4,800.00 · meeting · 5 days late
               win probability 30 %, between 25 % and 75 %: the middle needs careful planning
      tfygy0a  ask how the purchase serves · phone · 1 day late
               first purchase 4 days ago: attention is highest, meet its expectations
      566bvxw  visit · care for the customer
               no visit yet, 4 a month wanted

    武汉机械  C-2
      nfta4n3  visit · leave a good impression, learn the basic facts
               no visit yet, 2 a month wanted
      c4144x7  develop the deal · D-2 试用 · phone · 9 days late
               win probability 10 %, below 25 %: the top of the funnel
    [stderr]
    96 minutes are kept for finding new customers
    1 due on a later day
    ");
    assert_snapshot!(kit.run("today done T-1 --text '已签收'"), @r"
    T-1
    [stderr]
    Done: 送样品, Ann Lee.
    ");
    assert_snapshot!(kit.run("today snooze t-2 --until +3"), @r"
    T-2
    [stderr]
    Snoozed until 2024-03-04: file the offers.
    ");
    let keys = |kit: &Kit| {
        let lines = kit.json("today")["lines"].as_array().unwrap().clone();
        lines.iter().filter_map(|line| Some(line["task"].as_str()?.to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(keys(&kit), Vec::<String>::new());
    assert_snapshot!(kit.run("task list --rep 李伟 --closed"), @r"
    id   due         what             customer  rep   state    since       reason
    T-2  2024-02-27  file the offers            李伟  snoozed  2024-03-01
    T-1  2024-03-01  送样品           Ann Lee   李伟  done     2024-03-01  已签收
    T-3  2024-03-09  not yet                    李伟  open
    ");
    assert_eq!(keys(&kit.at("2024-03-04T09:00")), ["T-2"]);
}

#[test]
fn every_reason_is_shown_with_why_and_on_a_narrow_terminal_nothing_is_cut() {
    let kit = shop();
    let path = kit.path().join("kehu.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    let caps = "    \"contact-caps\",\n";
    let more = format!("    \"complaints\",\n    \"priority\",\n{caps}");
    std::fs::write(path, settings.replace(caps, &more)).unwrap();
    for line in [
        "log complaint 武汉钢铁 --text 送错货 --on 2024-02-10",
        "log complaint 武汉钢铁 --text 少送 --on 2024-02-12",
        "log call 武汉钢铁 --about 送错 --state resolved --on 2024-02-13",
        "log call 武汉钢铁 --about 少送 --state resolved --on 2024-02-14",
    ] {
        kit.done(line);
    }
    assert_snapshot!(kit.run("today --limit 4"), @"
    李伟, 2024-03-01 Fri: 7 to do

    武汉钢铁  C-1 · important and urgent: 20 points, urgent from 20
      sn33smf  ask whether it is resolved · phone · 16 days late
               complaint of 2024-02-10 resolved on 2024-02-13: the customer is to confirm it
               → record the cause and the improvement: kehu interaction edit I-2 --field cause=… --field improvement=…
      1nphh6s  〃 · 15 days late
               complaint of 2024-02-12 resolved on 2024-02-14: the customer is to confirm it
      62ctkch  advance the deal · D-1 年度合同 · 4,800.00 · meeting · 5 days late
               win probability 30 %, between 25 % and 75 %: the middle needs careful planning
      566bvxw  visit · care for the customer
               no visit yet, 4 a month wanted
      → ask whether all is well now, and what else we can improve
    [stderr]
    3 more; --limit 0 shows all
    96 minutes are kept for finding new customers
    ");
    assert_snapshot!(kit.run("today --why --limit 2"), @"
    李伟, 2024-03-01 Fri: 7 to do

    武汉钢铁  C-1
      sn33smf  ask whether it is resolved · phone · 16 days late
               complaint of 2024-02-10 resolved on 2024-02-13: the customer is to confirm it
               place: important and urgent: 20 points, urgent from 20; tier A is important; 16 days late
               → record the cause and the improvement: kehu interaction edit I-2 --field cause=… --field improvement=…
      1nphh6s  〃 · 15 days late
               complaint of 2024-02-12 resolved on 2024-02-14: the customer is to confirm it
               place: important and urgent: 20 points, urgent from 20; tier A is important; 15 days late
               → record the cause and the improvement: kehu interaction edit I-3 --field cause=… --field improvement=…
      → ask whether all is well now, and what else we can improve
    [stderr]
    5 more; --limit 0 shows all
    96 minutes are kept for finding new customers
    ");
    let narrow =
        kit.command(&["--lang", "zh", "today", "--limit", "3"]).env("COLUMNS", "50").output();
    assert_snapshot!(kit.told(&narrow.unwrap()), @"
    李伟，2024-03-01 周五：7 项

    武汉钢铁  C-1 · 重要且紧急：20 分，20 分起为紧急
      sn33smf  请客户确认已解决 · 电话 · 已过 16 天
        2024-02-10 的投诉于 2024-02-13 解决：请客户
          确认
        → 记录原因与改进措施：kehu interaction edit
          I-2 --field cause=… --field improvement=…
      1nphh6s  〃 · 已过 15 天
        2024-02-12 的投诉于 2024-02-14 解决：请客户
          确认
      62ctkch  推进商机 · D-1 年度合同 · 4,800.00 ·
        会面 · 已过 5 天
        赢单概率 30%，在 25% 与 75% 之间：漏斗中部，
          需仔细安排
      → 询问现在是否满意，还有哪些可以改进
    [stderr]
    还有 4 条；--limit 0 显示全部
    96 分钟留给开发新客户
    ");
}
