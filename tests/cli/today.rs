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
    李伟, 2024-03-01 Fri: 2 to do, 3 h of 8 h

    武汉钢铁  C-1
      62ctkch  visit · 90 min · due since 2024-02-29
               • advance the deal · D-1 年度合同 4,800.00 — win probability 30 %, between 25 % and 75 %: the middle needs careful planning
      tfygy0a  • ask how the purchase serves — first purchase 4 days ago: attention is highest, meet its expectations
      566bvxw  • care for the customer — no visit yet, 4 a month wanted

    武汉机械  C-2
      nfta4n3  visit · 90 min
               • leave a good impression, learn the basic facts — no visit yet, 2 a month wanted
      c4144x7  • develop the deal · D-2 试用 — win probability 10 %, below 25 %: the top of the funnel
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
    李伟, 2024-03-01 Fri: 3 to do, 4 h 30 min of 8 h

    武汉钢铁  C-1
      62ctkch  visit · 90 min · due since 2024-02-29
               • advance the deal · D-1 年度合同 4,800.00 — win probability 30 %,
                 between 25 % and 75 %: the middle needs careful planning
      tfygy0a  • ask how the purchase serves — first purchase 4 days ago:
                 attention is highest, meet its expectations
      566bvxw  • care for the customer — no visit yet, 4 a month wanted

    武汉机械  C-2
      nfta4n3  visit · 90 min
               • leave a good impression, learn the basic facts — no visit yet, 2
                 a month wanted
      c4144x7  • develop the deal · D-2 试用 — win probability 10 %, below 25 %:
                 the top of the funnel

    Ann Lee  C-3
      g06wspb  visit · 90 min
               • leave a good impression, learn the basic facts — no visit yet, 2
                 a month wanted
      5ked08t  • develop the deal · D-3 旧单 — win probability 10 %, below 25 %:
                 the top of the funnel
    [stderr]
    96 minutes are kept for finding new customers
    ");
    assert_snapshot!(narrow(&["--lang", "zh", "today"]), @"
    李伟，2024-03-01 周五：3 项，用时 4 小时 30 分，全天 8 小时

    武汉钢铁  C-1
      62ctkch  拜访 · 90 分钟 · 2024-02-29 起应做
               • 推进商机 · D-1 年度合同 4,800.00 — 赢单概率 30%，在 25% 与 75% 之
                 间：漏斗中部，需仔细安排
      tfygy0a  • 购后回访 — 4 天前首次购买：关注度最高，须满足首次购买的期望
      566bvxw  • 客户维护 — 尚未拜访，应每月 4 次

    武汉机械  C-2
      nfta4n3  拜访 · 90 分钟
               • 留下好印象，了解基本情况 — 尚未拜访，应每月 2 次
      c4144x7  • 培育商机 · D-2 试用 — 赢单概率 10%，低于 25%：漏斗顶部

    Ann Lee  C-3
      g06wspb  拜访 · 90 分钟
               • 留下好印象，了解基本情况 — 尚未拜访，应每月 2 次
      5ked08t  • 培育商机 · D-3 旧单 — 赢单概率 10%，低于 25%：漏斗顶部
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
    let one = lines[0]["merged"][1]["key"].as_str().unwrap();
    assert_snapshot!(kit.run(&format!("today skip {one} --reason 出差")), @"
    tfygy0a
    [stderr]
    Skipped: ask how the purchase serves, 武汉钢铁.
    ");
    assert_snapshot!(kit.run(&format!("today done {} --text 样品已送到", key(0))), @"
    62ctkch
    [stderr]
    Done: advance the deal, 武汉钢铁; logged visit I-2.
    With it 566bvxw: visit.
    ");
    assert_snapshot!(kit.run(&format!("today snooze {} --until +3", key(1))), @"
    nfta4n3
    [stderr]
    Snoozed until 2024-03-04: visit, 武汉机械.
    With it c4144x7: develop the deal.
    ");
    assert_snapshot!(kit.run("history --limit 3"), @"
    id    when (UTC)            by    command       what was done
    O-13  2024-03-01T01:30:00Z  李伟  today snooze  snoozed until 2024-03-04: visit, 武汉机械 (C-2)
    O-12  2024-03-01T01:30:00Z  李伟  today done    done: advance the deal, 武汉钢铁 (C-1)
    O-11  2024-03-01T01:30:00Z  李伟  today skip    skipped: ask how the purchase serves, 武汉钢铁 (C-1)
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
    李伟, 2024-03-01 Fri: 4 to do, 3 h 20 min of 8 h

    without a customer
      T-2      file the offers · 3 days late
               task due 2024-02-27, made by 王芳

    Ann Lee  C-3
      T-1      送样品
               task due 2024-03-01, made by 李伟

    武汉钢铁  C-1
      62ctkch  visit · 90 min · due since 2024-02-29
               • advance the deal · D-1 年度合同 4,800.00 — win probability 30 %, between 25 % and 75 %: the middle needs careful planning
      tfygy0a  • ask how the purchase serves — first purchase 4 days ago: attention is highest, meet its expectations
      566bvxw  • care for the customer — no visit yet, 4 a month wanted

    武汉机械  C-2
      nfta4n3  visit · 90 min
               • leave a good impression, learn the basic facts — no visit yet, 2 a month wanted
      c4144x7  • develop the deal · D-2 试用 — win probability 10 %, below 25 %: the top of the funnel
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
    李伟, 2024-03-01 Fri: 2 to do, 3 h of 8 h

    武汉钢铁  C-1 · important, not urgent
      sn33smf  visit · 90 min · due since 2024-02-14
               • ask whether it is resolved — complaint of 2024-02-10 resolved on 2024-02-13: the customer is to confirm it
      1nphh6s  • ask whether it is resolved — complaint of 2024-02-12 resolved on 2024-02-14: the customer is to confirm it
      62ctkch  • advance the deal · D-1 年度合同 4,800.00 — win probability 30 %, between 25 % and 75 %: the middle needs careful planning
      566bvxw  • care for the customer — no visit yet, 4 a month wanted
      tfygy0a  • ask how the purchase serves — first purchase 4 days ago: attention is highest, meet its expectations
               → ask whether all is well now, and what else we can improve
               → record the cause and the improvement: kehu interaction edit I-2 --field cause=… --field improvement=…; kehu interaction edit I-3 --field cause=… --field improvement=…

    武汉机械  C-2 · neither important nor urgent
      nfta4n3  visit · 90 min
               • leave a good impression, learn the basic facts — no visit yet, 2 a month wanted
      c4144x7  • develop the deal · D-2 试用 — win probability 10 %, below 25 %: the top of the funnel
    [stderr]
    96 minutes are kept for finding new customers
    ");
    assert_snapshot!(kit.run("today --why --limit 2"), @"
    李伟, 2024-03-01 Fri: 2 to do, 3 h of 8 h

    武汉钢铁  C-1
      sn33smf  visit · 90 min · due since 2024-02-14
               • ask whether it is resolved — complaint of 2024-02-10 resolved on 2024-02-13: the customer is to confirm it
      1nphh6s  • ask whether it is resolved — complaint of 2024-02-12 resolved on 2024-02-14: the customer is to confirm it
      62ctkch  • advance the deal · D-1 年度合同 4,800.00 — win probability 30 %, between 25 % and 75 %: the middle needs careful planning; last contact 16 days ago, due every 7 days
      566bvxw  • care for the customer — no visit yet, 4 a month wanted; group middle: place 3 in the order of work
      tfygy0a  • ask how the purchase serves — first purchase 4 days ago: attention is highest, meet its expectations
               place: important, not urgent; tier A is important; 0 points of urgency, urgent from 20; due for 16 days, which raises it by 10.7
               → ask whether all is well now, and what else we can improve
               → record the cause and the improvement: kehu interaction edit I-2 --field cause=… --field improvement=…; kehu interaction edit I-3 --field cause=… --field improvement=…

    武汉机械  C-2
      nfta4n3  visit · 90 min
               • leave a good impression, learn the basic facts — no visit yet, 2 a month wanted; group prospecting: place 2 in the order of work
      c4144x7  • develop the deal · D-2 试用 — win probability 10 %, below 25 %: the top of the funnel; never contacted since it entered the stage on 2024-02-21
               place: neither important nor urgent; tier B is not important; 0 points of urgency, urgent from 20
    [stderr]
    96 minutes are kept for finding new customers
    ");
    let narrow =
        kit.command(&["--lang", "zh", "today", "--limit", "3"]).env("COLUMNS", "50").output();
    assert_snapshot!(kit.told(&narrow.unwrap()), @"
    李伟，2024-03-01 周五：2 项，用时 3 小时，全天 8
      小时

    武汉钢铁  C-1 · 重要不紧急
      sn33smf  拜访 · 90 分钟 · 2024-02-14 起应做
        • 请客户确认已解决 — 2024-02-10 的投诉于
          2024-02-13 解决：请客户确认
        • 请客户确认已解决 — 2024-02-12 的投诉于
          2024-02-14 解决：请客户确认
        • 推进商机 · D-1 年度合同 4,800.00 — 赢单概
          率 30%，在 25% 与 75% 之间：漏斗中部，需仔细
          安排
        • 客户维护 — 尚未拜访，应每月 4 次
        • 购后回访 — 4 天前首次购买：关注度最高，须
          满足首次购买的期望
        → 询问现在是否满意，还有哪些可以改进
        → 记录原因与改进措施：kehu interaction edit
          I-2 --field cause=… --field improvement=…；
          kehu interaction edit I-3 --field cause=…
          --field improvement=…

    武汉机械  C-2 · 不重要不紧急
      nfta4n3  拜访 · 90 分钟
        • 留下好印象，了解基本情况 — 尚未拜访，应每
          月 2 次
        • 培育商机 · D-2 试用 — 赢单概率 10%，低于
          25%：漏斗顶部
    [stderr]
    96 分钟留给开发新客户
    ");
}

#[test]
fn what_the_day_has_no_room_for_waits_and_is_named() {
    let kit = shop();
    kit.set("[planning]\nhours_a_day = 1.5\n");
    assert_snapshot!(kit.run("today"), @"
    李伟, 2024-03-01 Fri: 1 to do, 45 min of 1 h 30 min

    武汉钢铁  C-1
      62ctkch  meeting · 45 min · due since 2024-02-29
               • advance the deal · D-1 年度合同 4,800.00 — win probability 30 %, between 25 % and 75 %: the middle needs careful planning
      tfygy0a  • ask how the purchase serves — first purchase 4 days ago: attention is highest, meet its expectations

    1 more waits for another day: 武汉机械, visit; kehu today --all shows it
    [stderr]
    18 minutes are kept for finding new customers
    ");
    assert_snapshot!(kit.run("--lang zh today"), @"
    李伟，2024-03-01 周五：1 项，用时 45 分钟，全天 1 小时 30 分

    武汉钢铁  C-1
      62ctkch  会面 · 45 分钟 · 2024-02-29 起应做
               • 推进商机 · D-1 年度合同 4,800.00 — 赢单概率 30%，在 25% 与 75% 之间：漏斗中部，需仔细安排
      tfygy0a  • 购后回访 — 4 天前首次购买：关注度最高，须满足首次购买的期望

    另有 1 项今天排不下，第一项：武汉机械，拜访；kehu today --all 可查看
    [stderr]
    18 分钟留给开发新客户
    ");
    assert!(kit.run("today --all").contains("develop the deal"));
    let list = kit.json("today");
    let lines = list["lines"].as_array().unwrap();
    let waiting = lines.iter().filter(|line| line["fits"] == false).count();
    assert_eq!(list["waiting"], waiting);
    assert!(waiting > 0 && lines.iter().all(|line| line["minutes"].as_i64() > Some(0)));
}

#[test]
fn whoever_is_no_rep_sees_the_days_of_all_reps() {
    let kit = shop();
    kit.done("task add 'not mine' --rep 王芳");
    assert_snapshot!(kit.run("--user 老板 today"), @"
    李伟, 2024-03-01 Fri: 2 to do, 3 h of 8 h

    武汉钢铁  C-1
      62ctkch  visit · 90 min · due since 2024-02-29
               • advance the deal · D-1 年度合同 4,800.00 — win probability 30 %, between 25 % and 75 %: the middle needs careful planning
      tfygy0a  • ask how the purchase serves — first purchase 4 days ago: attention is highest, meet its expectations
      566bvxw  • care for the customer — no visit yet, 4 a month wanted

    武汉机械  C-2
      nfta4n3  visit · 90 min
               • leave a good impression, learn the basic facts — no visit yet, 2 a month wanted
      c4144x7  • develop the deal · D-2 试用 — win probability 10 %, below 25 %: the top of the funnel

    王芳, 2024-03-01 Fri: 2 to do, 1 h 40 min of 8 h

    without a customer
      T-1      not mine
               task due 2024-03-01, made by 李伟

    武汉机械  C-2
      nfta4n3  visit · leave a good impression, learn the basic facts
               no visit yet, 2 a month wanted
    ");
    let list = kit.json("today --all-reps");
    let reps = |lines: &serde_json::Value| -> Vec<String> {
        lines.as_array().unwrap().iter().map(|line| line["rep"].to_string()).collect()
    };
    assert_eq!(reps(&list["lines"]), ["\"李伟\"", "\"李伟\"", "\"王芳\"", "\"王芳\""]);
    assert_eq!(reps(&list["reps"])[..2], ["\"李伟\"", "\"王芳\""]);
    let key = list["lines"][3]["key"].as_str().unwrap().to_owned();
    assert_snapshot!(kit.run(&format!("--user 老板 today done {key}")), @"
    nfta4n3
    [stderr]
    Done: visit, 武汉机械; logged visit I-2.
    With it c4144x7: develop the deal.
    ");
}

#[test]
fn a_customer_that_complains_is_called_about_that_and_nothing_is_sold_to_it() {
    let kit = shop();
    let path = kit.path().join("kehu.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    let caps = "    \"contact-caps\",\n";
    let more = format!("    \"complaints\",\n    \"priority\",\n{caps}");
    std::fs::write(path, settings.replace(caps, &more)).unwrap();
    kit.done("log complaint 武汉钢铁 --text 送错货 --on 2024-02-26");
    kit.done("log promise 武汉钢铁 --text 送样品 --due 2024-02-28 --on 2024-02-26");
    assert_snapshot!(kit.run("today --withheld"), @"
    李伟, 2024-03-01 Fri: 2 to do, 3 h of 8 h

    武汉钢铁  C-1 · important and urgent
      xmy77cy  visit · 90 min · 3 days late
               • acknowledge the complaint — complaint of 2024-02-26 not acknowledged in 24 hours: overdue since 2024-02-27
      hfztkay  • keep the promise — promised by 李伟 on 2024-02-26 for 2024-02-28, overdue: 送样品
      62ctkch  • advance the deal · D-1 年度合同 4,800.00 — win probability 30 %, between 25 % and 75 %: the middle needs careful planning
      566bvxw  • care for the customer — no visit yet, 4 a month wanted
               → hear the customer out, do not argue; say what happens next, and by when

    武汉机械  C-2 · neither important nor urgent
      nfta4n3  visit · 90 min
               • leave a good impression, learn the basic facts — no visit yet, 2 a month wanted
      c4144x7  • develop the deal · D-2 试用 — win probability 10 %, below 25 %: the top of the funnel

    武汉钢铁  C-1 · important and urgent
      tfygy0a  ask how the purchase serves · phone · due since 2024-02-29
               first purchase 4 days ago: attention is highest, meet its expectations
               withheld: 1 complaint is open: first resolve what the customer complains of, then care and sell
    [stderr]
    96 minutes are kept for finding new customers
    ");
    let first = kit.json("today")["lines"][0].clone();
    let merged = first["merged"].as_array().unwrap();
    let told: Vec<_> = merged.iter().map(|each| each["action"].as_str().unwrap()).collect();
    assert_eq!(told, ["acknowledge", "keep_promise", "advance_deal", "visit"]);
    assert_snapshot!(kit.run(&format!("today done {}", first["key"].as_str().unwrap())), @"
    xmy77cy
    [stderr]
    Done: acknowledge the complaint, 武汉钢铁; logged visit I-4.
    With it 62ctkch: advance the deal.
    With it 566bvxw: visit.
    Still open hfztkay: keep the promise.
    ");
    assert_snapshot!(kit.run("interaction list 武汉钢铁"), @"
    id   day         time   kind         amount  rep   about  state         text
    I-4  2024-03-01  09:30  visit                李伟  I-2    acknowledged
    I-3  2024-02-26         promise              李伟         made          送样品
    I-2  2024-02-26         complaint            李伟         acknowledged  送错货
    I-1  2024-02-26         purchase   5,000.00  李伟
    ");
}
