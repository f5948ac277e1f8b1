//! The page that a rep reads before a call.

use crate::kit::Kit;
use insta::assert_snapshot;

/// A customer about whom there is something to say in every section.
fn before_a_call() -> Kit {
    let kit = Kit::shop();
    let path = kit.path().join("kehu.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    let more = ["complaints", "stage-rules", "guidance", "priority"];
    let more = more.map(|name| format!("    \"{name}\",\n")).concat();
    let caps = "    \"contact-caps\",\n";
    std::fs::write(path, settings.replace(caps, &format!("{more}{caps}"))).unwrap();
    for line in [
        "log purchase 武汉钢铁 --amount 5000 --on 2024-02-26",
        "deal add 武汉钢铁 年度合同 --product 冷轧板 --on 2024-01-10",
        "log need 武汉钢铁 --text '稳定供货' --deal 年度合同 --on 2024-01-20",
        "deal move 年度合同 intent --on 2024-01-20",
        "contact add 武汉钢铁 王总 --role 采购总监 --field style=driver --coach yes --birthday 1980-03-04",
        "log call 武汉钢铁 --contact 王总 --mood rising --on 2024-02-27 --text '愿意谈二季度'",
        "log complaint 武汉钢铁 --text 送错货 --on 2024-02-27 --at 15:00",
        "log call 武汉钢铁 --about I-4 --state acknowledged --on 2024-02-28 --text '已致歉'",
        "log promise 武汉钢铁 --text 样品 --due 2024-02-29",
        "log obstacle 武汉钢铁 --text '价格高于对手' --deal 年度合同",
        "task add 送样册 --customer 武汉钢铁 --due 2024-03-02 --rep 王芳",
        "plan --from 2024-03-04 --to 2024-03-08",
        "override 武汉钢铁 tier B --until 2024-06-30 --reason 战略意义待定",
        "score",
    ] {
        kit.done(line);
    }
    kit
}

fn at_width(kit: &Kit, width: &str, line: &[&str]) -> String {
    kit.told(&kit.command(line).env("COLUMNS", width).output().unwrap())
}

#[test]
fn the_page_says_what_to_do_how_and_with_whom_on_a_narrow_terminal() {
    let kit = before_a_call();
    assert_snapshot!(at_width(&kit, "60", &["show", "钢铁"]), @"
    武汉钢铁  C-1
      type organisation · owner 李伟 · place 武汉 · tags 重点

    To do (+1 due later)
      vrpwt2k  phone · 1 day late
        • keep the promise — promised by 李伟 on 2024-03-01
          for 2024-02-29, overdue: 样品
        • resolve the complaint — complaint of 2024-02-27, to
          be resolved in 72 hours: by 2024-03-01 15:00
        → 王总 is a driver: open at once with the matter,
          leave when it is settled
        → driver: forceful, the point first; ask his view
          first, let him decide
        → driver: no concession on principle, indifferent to
          the rest
        → mood rising: the best moment to approach
        → hear the customer out, do not argue; say what
          happens next, and by when
        → record the cause and the improvement: kehu
          interaction edit I-4 --field cause=… --field
          improvement=…

    Not settled
      promise  I-6 · made · of today ·
        due 2024-02-29, 1 day late
        样品
      need  I-2 · recorded · 41 days old · D-1
        稳定供货
      complaint  I-4 · acknowledged · 3 days old
        送错货
        last: 2024-02-28 · call · acknowledged · 李伟 · 已致歉
      obstacle  I-7 · open · of today · D-1
        价格高于对手

    Open deals
      D-1  年度合同 · intent · 41 days of at most 30 ·
        4,800.00 · 30 %
        41 days in intent, at most 30: the deal is stalled; 1
          obstacle or objection open
        → draw out the real need, then show the functions that
          meet it, on site where needed; record each obstacle
          with its plan
        → give each a plan or an answer; hear objections out,
          never argue
        stops stable intent: a need is not met yet: 稳定供货;
          an obstacle is open: 价格高于对手
        → show the functions that meet it, on site where
          needed; then: kehu log need C-1 --about I-2 --state
          met
        → work on the plan against it, with a manager if
          needed; then: kehu log obstacle C-1 --about I-7
          --state removed

    People
      王总 · 采购总监 · coach · style driver ·
        birthday in 3 days
        last call 2024-02-27, mood rising

    Standing as of 2024-03-01
      RFM segment: important: value · last purchase 4 days
        ago, threshold 4: recent
      tier: B · overridden by 李伟 until 2024-06-30: 战略意义
        待定 (the pack says A)
      lifecycle: active · last purchase 4 days ago, at most 30
      funnel part: middle · win probability 30 %, between 25 %
        and 75 %: the middle needs careful planning
      complaint standing: open · 1 complaint open, the first
        for 66.5 hours; 72 hours to resolve one
      style: driver (rational, bold), 王总: efficient, wants
        control
      mood: rising · mood rising: the best moment to approach
      quadrant: urgent, not important: 100 points, urgent from
        20

    Tasks
      T-1  送样册 · due 2024-03-02 · 王芳

    Next planned visit
      2024-03-04 Mon · 60 minutes · care for the customer ·
        use so far, changed needs, complaints, next order

    Latest
      2024-03-01  obstacle · open · D-1 · 价格高于对手
      2024-03-01  promise · made · 样品
      2024-02-28  call · acknowledged · 已致歉
      2024-02-27  complaint · opened · 送错货
      2024-02-27  call · 王总 · rising · 愿意谈二季度
    ");
}

#[test]
fn the_page_is_in_chinese_and_aligned_on_a_wide_terminal() {
    let kit = before_a_call();
    assert_snapshot!(at_width(&kit, "100", &["--lang", "zh", "show", "武汉钢铁", "--limit", "2"]), @"
    武汉钢铁  C-1
      类型 商业客户 · 负责人 李伟 · 地点 武汉 · 标签 重点

    要做的事（另有 1 项之后到期）
      vrpwt2k  电话 · 已过 1 天
        • 兑现承诺 — 李伟 于 2024-03-01 承诺，应在 2024-02-29 前兑现，已超期：样品
        • 解决投诉 — 2024-02-27 的投诉，须在 72 小时内解决：2024-03-01 15:00 前
        → 王总是驾驭型：开门见山，谈完即走
        → 驾驭型：语言有力，先说要点；先问他的看法，让他拍板
        → 驾驭型：原则问题不让步，其余无所谓
        → 心情上升：接近的最好时机
        → 听客户说完，不争辩；告知下一步与时间
        → 记录原因与改进措施：kehu interaction edit I-4 --field cause=… --field improvement=…

    未了结
      承诺  I-6 · 已作出 · 今天 · 2024-02-29 到期，已过 1 天
        样品
      需求  I-2 · 已记录 · 已 41 天 · D-1
        稳定供货
      投诉  I-4 · 已受理 · 已 3 天
        送错货
        最近一步：2024-02-28 · 电话 · 已受理 · 李伟 · 已致歉
      阻碍因素  I-7 · 未解决 · 今天 · D-1
        价格高于对手

    进行中的商机
      D-1  年度合同 · 意向 · 41 天，最长 30 天 · 4,800.00 · 30 %
        在意向已 41 天，最长 30 天：商机停滞；1 项阻碍或异议未解决
        → 先引出真实需求，再演示能满足它的功能，必要时到现场；逐项记录阻碍与对策
        → 逐项给出对策或答复；听完异议，绝不争辩
        不能进入稳定意向：有需求尚未满足：稳定供货；有阻碍因素未解决：价格高于对手
        → 演示能满足该需求的功能，必要时到现场；然后：kehu log need C-1 --about I-2 --state met
        → 按对策解决，必要时请经理出面；然后：kehu log obstacle C-1 --about I-7 --state removed

    联系人
      王总 · 采购总监 · 教练 · 性格 驾驭型 · 3 天后生日
        2024-02-27 电话，心情上升

    客户状况（截至 2024-03-01）
      RFM 类别        重要价值 · 最近购买在 4 天前，分界 4：近
      级别            B 级 · 李伟 人工改为，至 2024-06-30：战略意义待定（脚本给出 A）
      生命周期        活跃期 · 上次购买在 4 天前，不超过 30 天
      漏斗部分        中部 · 赢单概率 30%，在 25% 与 75% 之间：漏斗中部，需仔细安排
      投诉状况        处理中 · 1 宗投诉未结，最早一宗已 66.5 小时；须在 72 小时内解决
      性格            驾驭型（理性、大胆），王总：讲效率，要掌控
      心情            上升 · 心情上升：接近的最好时机
      重要性与紧迫性  紧急不重要：100 分，20 分起为紧急

    待办
      T-1  送样册 · 2024-03-02 到期 · 王芳

    下次计划拜访
      2024-03-04 周一 · 60 分钟 · 客户维护 · 使用情况，需求变化，意见，下一单

    最近互动
      2024-03-01  阻碍因素 · 未解决 · D-1 · 价格高于对手
      2024-03-01  承诺 · 已作出 · 样品
    ");
}

#[test]
fn programs_read_the_page_as_one_object_with_every_reason() {
    let kit = before_a_call();
    let page = kit.json("show C-1");
    assert_eq!(page["customer"]["owner"]["name"], "李伟");
    assert_eq!(page["run"]["as_of"], "2024-03-01");
    let standing = page["standing"].as_array().unwrap();
    let tier = standing.iter().find(|each| each["column"] == "tier").unwrap();
    assert_eq!((&tier["value"], &tier["override"]["machine"]), (&"B".into(), &"A".into()));
    assert!(standing.iter().all(|each| each["because"][0]["en"].is_string()));
    assert_eq!(page["open_deals"][0]["next"]["stage"], "stable_intent");
    assert_eq!(page["open_deals"][0]["next"]["said"][0]["judgement"], "refuse");
    let complaint = &page["threads"][1];
    assert_eq!((&complaint["id"], &complaint["state"]), (&"I-4".into(), &"acknowledged".into()));
    assert_eq!(complaint["steps"][1]["kind"], "call");
    let person = &page["contacts"][0];
    assert_eq!((&person["style"], &person["coach"]), (&"driver".into(), &true.into()));
    assert_eq!(person["last_contact"]["mood"], "rising");
    assert!(page["next_visit"]["day"].is_string());
    // What the page proposes is what the day's list holds for the customer, key by key.
    let keys = |lines: &serde_json::Value, only: Option<&str>| -> Vec<String> {
        let lines = lines.as_array().unwrap().iter();
        let theirs = lines.filter(|line| {
            line["task"].is_null() && only.is_none_or(|id| line["customer"]["id"] == id)
        });
        theirs.map(|line| line["key"].as_str().unwrap().to_owned()).collect()
    };
    let today = kit.json("today");
    let listed = keys(&today["lines"], Some("C-1"));
    let proposed = keys(&page["to_do"], None);
    assert!(!proposed.is_empty());
    assert!(proposed.iter().all(|key| listed.contains(key)), "{proposed:?} {listed:?}");
}

#[test]
fn what_is_empty_is_left_out_and_a_missing_run_is_named() {
    let kit = Kit::shop();
    assert_snapshot!(kit.run("show 'Ann Lee'"), @"
    Ann Lee  C-3
      type person
    [stderr]
    note: nothing has been scored yet, so the page has neither standing nor proposals
    hint: first: kehu score
    ");
    assert_snapshot!(kit.run("show 武汉"), @r#"
    [stderr]
    error: "武汉" may be any of several customers
    hint: say which one by its id: C-1 武汉钢铁, C-2 武汉机械
    [exit 1]
    "#);
    assert_snapshot!(kit.run("--lang zh show 武汉钢铁 --as-of 2024-02-01"), @"
    [stderr]
    错误：2024-02-01 时尚不知道 武汉钢铁 (C-1)
    提示：--as-of 请用更晚的日期；不写则为今天
    [exit 1]
    ");
    kit.done("score");
    kit.done("log complaint 'Ann Lee' --text 送错货");
    kit.done("customer archive 'Ann Lee'");
    assert_snapshot!(kit.run("show 'Ann Lee'"), @"
    Ann Lee  C-3
      type person · archived 2024-03-01

    Not settled
      complaint  I-1 · opened · of today
        送错货

    Latest
      2024-03-01  complaint · opened · 李伟 · 送错货
    [stderr]
    note: data changed since the run of 2024-03-01; kehu score --as-of 2024-03-01 brings it up to date
    ");
}
