//! The methods of selling, as a rep and a manager meet them: visits that failed, objections, the coach.

use insta::assert_snapshot;

use super::methods::shop_with;

#[test]
fn a_failed_visit_leads_to_the_next_step_of_its_reason() {
    let kit = shop_with(&["visit-results"]);
    kit.done("log visit 武汉钢铁 --on 2024-01-20 --field failure=d");
    kit.done("log visit 武汉钢铁 --on 2024-02-25 --field failure=d --text 与华新有合同");
    assert_snapshot!(kit.run("log visit 武汉机械 --on 2024-02-26 --field failure=e"), @"
    I-3
    [stderr]
    Logged visit with 武汉机械 on 2024-02-26.
    warning: visit-results: the visit failed for another reason (e), and no words say which (scripts/visit-results/main.lua:131)
    advice: visit-results: say it: kehu interaction edit I-3 --text …
    ");
    assert_snapshot!(kit.run("log finding 武汉钢铁 --field heading=competitors --text 华新降价"), @r#"
    I-4
    [stderr]
    Logged finding of the week with 武汉钢铁 on 2024-03-01.
    warning: visit-results: the finding ends neither in a measure nor in "none, because" (scripts/visit-results/main.lua:151)
    advice: visit-results: say it: kehu interaction edit I-4 --field measure=…, or --field none_because=…
    "#);
    kit.done("score");
    assert_snapshot!(kit.run("explain 武汉钢铁 failure"), @"
    武汉钢铁 (C-1), 2024-03-01

    failure = d: interested, but tied to a competitor (d)  [visit-results 0.1.0, failures]
      · failed 5 days ago (d): interested, but tied to a competitor  scripts/visit-results/main.lua:55
      · the next step is due 30 days after a failure of this sort: d: interested, but tied to a competitor  scripts/visit-results/main.lua:115
      last_failure = d: interested, but tied to a competitor (d)  why the last failed visit failed
      last_failure_days = 5 days  days since the last failed visit
      last_visit_days = 5 days  days since the last visit
      recency_days = missing  days since the last purchase
      failed_visits_lately = 2  failed visits within count_months months
      failures_a = 0  failed, since our offer does not meet the need
      failures_b = 0  failed, since the two sides do not match
      failures_c = 0  failed, since the customer is short of money or hindered
      failures_d = 2  failed, since the customer is tied to a competitor
      failures_e = 0  failed for other reasons
    ");
    let kit = kit.at("2024-03-26T09:00");
    let lines = kit.purposes();
    let found = lines.iter().find(|line| line["action"] == "loosen_tie").unwrap();
    assert_eq!(found["due"], "2024-03-26");
    assert_snapshot!(kit.run("--lang zh today --limit 1"), @"
    李伟，2024-03-26 周二：1 项，用时 1 小时 30 分，全天 8 小时

    武汉钢铁  C-1
      43sj5sn  拜访 · 90 分钟
               • 化解竞争对手的牵制 — 30 天前拜访失败（d）：有意向，但受竞争对手牵制
      d227k7x  • 深入沟通，表明诚意与姿态 — 上次拜访 2024-02-25，每 30 天一次：2024-03-26 到期
               → 弄清受什么牵制、到何时；记录对手的政策与价格；寻找可以共享的部分
               → 老办法还会失败：请经理出面另想办法，或先放一放
    [stderr]
    96 分钟留给开发新客户
    ");
}

#[test]
fn an_open_objection_is_an_obstacle_until_it_is_answered() {
    let kit = shop_with(&["stage-rules", "feedback"]);
    for line in [
        "deal add 武汉钢铁 年度合同 --amount 90000 --on 2024-02-01",
        "log need 武汉钢铁 --text 交期 --on 2024-02-02 --state met --new",
        "deal move 年度合同 intent --on 2024-02-03",
        "log objection 武汉钢铁 --deal 年度合同 --text 太贵 --on 2024-02-25",
    ] {
        kit.done(line);
    }
    assert_snapshot!(kit.run("deal move 年度合同 stable_intent"), @"
    [stderr]
    error: pack stage-rules refuses: an obstacle is open: 太贵
      scripts/stage-rules/main.lua:70
    hint: work on the plan against it, with a manager if needed; then: kehu log objection C-1 --about I-2 --state answered
    hint: to do it all the same: --overrule --reason WHY; the deal's history keeps both
    [exit 1]
    ");
    kit.done("score");
    let lines = kit.purposes();
    let found = lines.iter().find(|line| line["action"] == "answer_objection").unwrap();
    assert_eq!((&found["group"], &found["due"]), (&"overdue".into(), &"2024-02-28".into()));
    let key = found["key"].as_str().unwrap();
    kit.done(&format!("today done {key} --text 三年总成本更低"));
    kit.done("deal move 年度合同 stable_intent");
}

#[test]
fn a_coach_is_looked_for_and_judged_by_four_criteria() {
    let kit = shop_with(&["guidance"]);
    for line in [
        "log purchase 武汉钢铁 --amount 5000 --on 2024-02-26",
        "deal add 武汉钢铁 年度合同 --on 2024-02-20",
        "contact add 武汉钢铁 张敏 --department 采购部",
        "score",
    ] {
        kit.done(line);
    }
    let find = |kit: &crate::kit::Kit| {
        let lines = kit.purposes();
        lines.into_iter().find(|line| line["action"] == "find_coach")
    };
    let guidance = find(&kit).unwrap()["guidance"].as_array().unwrap().clone();
    let said: Vec<&str> = guidance.iter().filter_map(|each| each["zh"].as_str()).collect();
    assert_eq!(said[0], "没有内部熟人：摸清整个组织，找出各部门的关键人物");
    assert!(!said.contains(&"采购部门尚无认识的人") && said.contains(&"财务部门尚无认识的人"));
    kit.done("contact edit 张敏 --coach yes --field supports_us=yes --field close_to_decision=no");
    kit.done("score");
    assert_eq!(find(&kit), None);
    assert_snapshot!(kit.run("explain 武汉钢铁 coach_fit"), @"
    武汉钢铁 (C-1), 2024-03-01

    coach_fit = 1 of 4  [guidance 0.1.0, portrait]
      · not recorded: whether 张敏 gives true information  scripts/guidance/main.lua:196
      · 张敏 is far from the decision  scripts/guidance/main.lua:209
      · 张敏 supports us  scripts/guidance/main.lua:218
      · not recorded: whether 张敏 comes to us unasked  scripts/guidance/main.lua:230
      known_style = missing  style of the person met last
      style_person = missing  name of the person met last whose style is on file
      style_met_days = missing  days since a person whose style is on file was met
      known_thinking = missing  thinking of the person met last of whom both axes are on file
      known_boldness = missing  boldness of the person met last of whom both axes are on file
      axes_person = missing  name of the person met last of whom both axes are on file
      axes_met_days = missing  days since a person was met of whom both axes are on file
      known_buyer = missing  buyer type of the person met last
      known_buyer_person = missing  name of the person met last whose buyer type is on file
      people = 1  people on file at the customer
      recent_mood = missing  the last mood within mood_days days
      visits = 0  number of visits
      purchases = 1  number of purchases
      coaches = 1  coaches at the customer
      coach_name = 张敏  name of the coach
      coach_gives_true_information = missing  whether the coach gives true information
      coach_close_to_decision = no  whether the coach is close to the decision
      coach_supports_us = yes  whether the coach supports us
      coach_comes_unasked = missing  whether the coach comes to us unasked
    ");
}

#[test]
fn open_deals_are_worth_their_probability() {
    let kit = shop_with(&["forecast"]);
    for line in [
        "deal add 武汉钢铁 年度合同 --amount 90000 --stage intent --reason 已有需求 --expected-close 2024-03-20",
        "deal add 武汉钢铁 试用 --amount 3000 --expected-close 2024-02-20",
        "deal add 武汉钢铁 零单",
        "deal add 武汉机械 零单",
        "score",
    ] {
        kit.done(line);
    }
    assert_snapshot!(kit.run("explain 武汉钢铁 weighted_pipeline"), @"
    武汉钢铁 (C-1), 2024-03-01

    weighted_pipeline = 27,300.00  [forecast 0.1.0, pipeline]
      · 3 open deals of 93,000.00 in all, each by its win probability  scripts/forecast/main.lua:13
      · 1 open deal not counted: no amount, or no win probability  scripts/forecast/main.lua:23
      · 1 open deal without an expected close day: in no month of the forecast  scripts/forecast/main.lua:28
      · 1 open deal whose expected close day has passed: ask anew  scripts/forecast/main.lua:33
      open_deals = 3  number of open deals
      open_deal_amount = 93,000.00  amount of the open deals
      weighted_amount = 27,300.00  amount × win probability of the open deals
      weighted_deals = 2  open deals of which amount and win probability are known
      dated_deals = 2  open deals with an expected close day
      overdue_closes = 1  open deals whose expected close day has passed
    ");
    assert_snapshot!(kit.run("--lang zh explain 武汉机械 weighted_pipeline"), @"
    武汉机械 (C-2), 2024-03-01

    加权商机额 (weighted_pipeline) = 缺失  [forecast 0.1.0, pipeline]
      · 1 个进行中商机，均缺金额或赢单概率：无法预测  scripts/forecast/main.lua:18
      进行中商机数 (open_deals) = 1
      进行中商机金额 (open_deal_amount) = 缺失
      进行中商机的金额 × 赢单概率 (weighted_amount) = 缺失
      金额与赢单概率均已知的进行中商机数 (weighted_deals) = 0
      有预计成交日的进行中商机数 (dated_deals) = 0
      预计成交日已过的进行中商机数 (overdue_closes) = 0
    ");
    let lines = kit.purposes();
    let found = lines.iter().find(|line| line["action"] == "renew_close").unwrap();
    assert_eq!((&found["due"], &found["deal"]["name"]), (&"2024-02-21".into(), &"试用".into()));
}

#[test]
fn a_competitor_that_appears_is_countered() {
    let kit = shop_with(&["competitors"]);
    kit.done(
        "log competitor 武汉钢铁 --field competitor=华新 --field can_be_won=可争取 --on 2024-02-25",
    );
    assert_snapshot!(kit.run("customer edit 武汉机械 --field competitor_in_use=金力"), @"
    C-2
    [stderr]
    Changed customer 武汉机械.
    competitors added T-1 for 王芳, due 2024-03-08: find out about 金力: policy, assortment, price, promotion, can it be won
      because the customer uses 金力 now (scripts/competitors/main.lua:83)
    hint: to take back what competitors wrote: kehu undo O-9
    ");
    kit.done("score");
    let label = kit.json("explain 武汉钢铁 competitor_tie")["explanations"][0]["value"].clone();
    assert_eq!(label, "winnable");
    let kit = kit.at("2024-03-03T09:00");
    let lines = kit.purposes();
    let found = lines.iter().find(|line| line["action"] == "counter").unwrap();
    assert_eq!(found["due"], "2024-03-03");
    kit.done(&format!("today done {} --text 与经理同访", found["key"].as_str().unwrap()));
    let all = kit.json("interaction list 武汉钢铁");
    let states: Vec<&str> =
        all.as_array().unwrap().iter().filter_map(|it| it["state"].as_str()).collect();
    assert_eq!(states, ["countered", "countered"], "the call says so, and so the thread stands");
}

#[test]
fn each_class_has_its_strategy_and_a_promotion_its_day() {
    let kit = shop_with(&["development-plan"]);
    for line in [
        "log purchase 武汉钢铁 --amount 5000 --on 2024-02-26",
        "log promotion 武汉钢铁 --text 店庆周 --due 2024-03-05 --rep 李伟",
        "rep edit 李伟 --field manager_note='每周两次'",
        "score",
    ] {
        kit.done(line);
    }
    assert_snapshot!(kit.run("--lang zh explain 武汉机械 plan_strategy"), @"
    武汉机械 (C-2), 2024-03-01

    开发策略 (plan_strategy) = 争取成交 (win)  [development-plan 0.1.0, plan]
      · 计划对潜在客户的策略  scripts/development-plan/main.lua:16
      级别 (tier) = B 级 (B)  [tiers 0.1.0, tier]
        · 指数 25，达到 B 级的分界 25  scripts/tiers/main.lua:56
        从全体客户得出：分界 1 = 100, 分界 2 = 25, 分界 3 = 25
        价值指数 (value_index) = 25 分  [tiers 0.1.0, index]
          +25 近 12 个月金额 0.00：百分位排名 25，权重 100%  scripts/tiers/main.lua:29
          · 缺少近 12 个月毛利：其权重 30% 分摊到其他指标  scripts/tiers/main.lua:34
          · 缺少信用：其权重 20% 分摊到其他指标  scripts/tiers/main.lua:34
          近12个月购买金额（扣除退货） (amount_12m) = 0.00
          近12个月毛利 (margin_12m) = 缺失
          购买频率 (rfm_frequency) = 缺失  购买（或拜访）次数
      购买次数 (purchases) = 0
      每月拜访 (visits_per_month) = 2 次/月  [visit-frequency 0.1.0, visit_need]
        · B 级：每月拜访 2 次  scripts/visit-frequency/main.lua:14
        拜访次数 (visits) = 0
        进行中商机金额 (open_deal_amount) = 缺失
        最有望商机的赢单概率 (probability) = 缺失
        级别 = B 级 (B)（见上）
        漏斗部分 (funnel_part) = 缺失  [funnel-follow-up 0.1.0, part]
          · 没有带赢单概率的进行中商机  scripts/funnel-follow-up/main.lua:41
    ");
    let lines = kit.purposes();
    assert!(
        lines.iter().any(|line| line["action"] == "run_promotion" && line["due"] == "2024-03-01")
    );
}
