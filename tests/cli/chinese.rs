use crate::kit::Kit;
use insta::assert_snapshot;

/// A shop that has been scored, whose person speaks Chinese.
fn shop() -> Kit {
    let kit = Kit::shop();
    let settings = std::fs::read_to_string(kit.path().join("kehu.toml")).unwrap();
    kit.write("kehu.toml", &settings.replace("language = \"en\"", "language = \"zh\""));
    for line in [
        "log purchase 武汉钢铁 --amount 5000 --on 2024-02-26",
        "log complaint 武汉钢铁 --state opened --channel wechat --mood falling",
        "deal add 武汉钢铁 年度合同 --on 2024-02-20",
        "deal move 年度合同 intent --on 2024-02-25",
        "score",
    ] {
        kit.done(line);
    }
    kit
}

#[test]
fn the_days_work_is_told_in_chinese() {
    let kit = shop();
    assert_snapshot!(kit.run("today"), @"
    李伟，2024-03-01 周五：1 项，用时 1 小时 30 分，全天 8 小时

    武汉钢铁  C-1
      62ctkch  拜访 · 90 分钟
               • 推进商机 · D-1 年度合同 — 赢单概率 30%，在 25% 与 75% 之间：漏斗中部，需仔细安排
      566bvxw  • 客户维护 — 尚未拜访，应每月 4 次
    [stderr]
    96 分钟留给开发新客户
    1 项暂缓；--withheld 可查看
    ");
    let lines = kit.json("today")["lines"].clone();
    let key = lines[0]["key"].as_str().unwrap().to_owned();
    assert_snapshot!(kit.run(&format!("today done {key} --outcome interested")), @"
    62ctkch
    [stderr]
    已完成：推进商机，武汉钢铁；已记录拜访 I-3。
    同一次联系也包括 566bvxw：拜访。
    ");
    assert_snapshot!(kit.run("plan --from 2024-03-04 --to 2024-03-05"), @"
    李伟，2024-03-04 至 2024-03-05：2 个工作日，0 次拜访，0 次未排入

    [stderr]
    注意：2024-03-01 评分之后，数据已有变化；kehu score --as-of 2024-03-01 可更新
    没有可显示的内容
    ");
    assert_snapshot!(kit.run("log call 武汉机械 --outcome no_answer"), @r"
    I-4
    [stderr]
    已记录 2024-03-01 与 武汉机械 的电话。
    ");
    assert_snapshot!(kit.run("interaction list 武汉钢铁"), @"
    编号  日期        时间   类型      金额  业务员  商机  状态    结果    心情
    I-2   2024-03-01  09:30  投诉            李伟          已提出          下降
    I-3   2024-03-01         拜访            李伟    D-1           有意向
    I-1   2024-02-26         购买  5,000.00  李伟
    ");
    assert_snapshot!(kit.run("history --limit 4"), @r"
    编号  时间 (UTC)            经手  命令        操作内容
    O-14  2024-03-01T01:30:00Z  李伟  log         记录 I-4：2024-03-01 与 C-2 的电话
    O-13  2024-03-01T01:30:00Z  李伟  plan        李伟 的计划，2024-03-04 至 2024-03-05
    O-12  2024-03-01T01:30:00Z  李伟  today done  完成：advance the deal, 武汉钢铁 (C-1)
    O-11  2024-03-01T01:30:00Z  李伟  score       按 2024-03-01 评分
    [stderr]
    还有 10 条；--limit 0 显示全部
    ");
    assert_snapshot!(kit.run("deal move 年度合同 signed"), @r"
    [stderr]
    错误：跳过了阶段 stable_intent，须写明原因
    提示：请加 --reason
    [exit 1]
    ");
    let moved = kit.run("deal move 年度合同 signed --reason x");
    assert!(moved.contains("武汉钢铁 的商机 年度合同 处于签约阶段。"), "{moved}");
    assert!(moved.contains("已记录购买 I-5：未填金额。"), "{moved}");
}

#[test]
fn scores_and_their_reasons_are_told_in_chinese() {
    let kit = shop();
    assert_snapshot!(kit.run("explain 武汉钢铁 visit_group"), @"
    武汉钢铁 (C-1), 2024-03-01

    工作类别 (visit_group) = 中部 (middle)  [visit-frequency 0.1.0, visit_need]
      · 最有望的商机位于漏斗中部  scripts/visit-frequency/main.lua:90
      购买次数 (purchases) = 1
      拜访次数 (visits) = 0
      近12个月购买金额（扣除退货） (amount_12m) = 5,000.00
      进行中商机金额 (open_deal_amount) = 缺失
      最有望商机的赢单概率 (probability) = 0.3
      级别 (tier) = A 级 (A)  [tiers 0.1.0, tier]
        · 指数 100，达到 A 级的分界 100  scripts/tiers/main.lua:56
        从全体客户得出：分界 1 = 100, 分界 2 = 25, 分界 3 = 25
        价值指数 (value_index) = 100 分  [tiers 0.1.0, index]
          +100 近 12 个月金额 5,000.00：百分位排名 100，权重 100%  scripts/tiers/main.lua:29
          · 缺少近 12 个月毛利：其权重 30% 分摊到其他指标  scripts/tiers/main.lua:34
          · 缺少信用：其权重 20% 分摊到其他指标  scripts/tiers/main.lua:34
          近12个月毛利 (margin_12m) = 缺失
          购买频率 (rfm_frequency) = 1  购买（或拜访）次数
      漏斗部分 (funnel_part) = 中部 (middle)  [funnel-follow-up 0.1.0, part]
        · 赢单概率 30%，在 25% 与 75% 之间：漏斗中部，需仔细安排  scripts/funnel-follow-up/main.lua:25
    ");
    assert_snapshot!(kit.run("explain 武汉钢铁 lifecycle --why-not"), @"
    武汉钢铁 (C-1), 2024-03-01

    生命周期 (lifecycle) = 活跃期 (active)  [lifecycle 0.1.0, score]
      · 上次购买在 4 天前，不超过 30 天  scripts/lifecycle/main.lua:15
      未检验到 silent: recency_days = 4, 应为 <= 90 (设置 silent_days)  scripts/lifecycle/main.lua:19
      未检验到 fading: recency_days = 4, 应为 <= 180 (设置 fading_days)  scripts/lifecycle/main.lua:23
      未触发 churned: recency_days = 4, 应为 > 180 (设置 fading_days)  scripts/lifecycle/main.lua:27
      未触发 never_bought: recency_days = 4, 应为 缺失  scripts/lifecycle/main.lua:31
      距上次购买的天数 (recency_days) = 4 天
      距首次购买的天数 (first_purchase_days) = 4 天
    ");
    kit.done("log call 武汉机械");
    assert_snapshot!(kit.run("customer list --where 'lifecycle is not null'"), @"
    编号  名称      负责人  地点  标签  生命周期
    C-1   武汉钢铁  李伟    武汉  重点  活跃期
    [stderr]
    注意：2024-03-01 评分之后，数据已有变化；kehu score --as-of 2024-03-01 可更新
    ");
    let doctor = kit.run("doctor");
    let last = doctor.lines().filter(|line| line.contains("评分") || line.contains("业务员"));
    assert_snapshot!(last.collect::<Vec<_>>().join("\n"), @r"
    正常  业务员        2
    警告  最近评分      S-1，截至 2024-03-01，3 位客户；之后数据已有变化     kehu score
    ");
}

#[test]
fn what_is_wrong_is_told_in_chinese() {
    let kit = shop();
    for line in [
        "customer list --where 'tire = 1'",
        "customer list --where 'amount >'",
        "customer show 武汉",
        "customer show 上海",
        "log foo 武汉钢铁",
        "override 武汉钢铁 tier Q --reason x",
        "today skip zzzz --reason x",
        "plan --from 2024-03-15 --to 2024-03-04",
        "undo O-99",
        "log call 武汉钢铁 --on tomorrow",
    ] {
        let told = kit.run(line);
        let english = told.lines().filter(|line| line.contains("error") || line.contains("hint"));
        assert_eq!(english.count(), 0, "{line}: {told}");
        let said = told.lines().filter(|line| line.contains("错误："));
        let is_chinese = |line: &str| line.chars().filter(|each| !each.is_ascii()).count() > 4;
        assert!(said.clone().count() == 1 && said.into_iter().all(is_chinese), "{line}: {told}");
    }
    assert_snapshot!(kit.run("customer list --where 'name = \"武汉\" and'"), @r#"
    [stderr]
    错误：条件不完整：此处应有列名或数值
      --where name = "武汉" and
                               ^ 第 16 个字符
    提示：条件写法例如：tier = 'A' and recency_days > 90
    [exit 2]
    "#);
    let outside = kit.command(&["-C", "/", "--lang", "zh", "today"]).output().unwrap();
    assert_snapshot!(kit.told(&outside), @r"
    [stderr]
    错误：/ 不在任何工作区中：此处及上级文件夹都没有 kehu.toml
    提示：用 -C 文件夹 指明工作区
    提示：新建：kehu init DIR
    [exit 1]
    ");
}

#[test]
fn refused_rows_are_told_in_chinese() {
    let kit = Kit::shop();
    kit.write("sales.csv", "who,day\n武汉钢铁,soon\n武汉机械,2024-02-01\n张三,2024-02-01\n");
    kit.write(
        "map.toml",
        "name = \"till\"\n[[table]]\ninto = \"interaction\"\n[table.columns]\nkind = { value = \"purchase\" }\ncustomer = \"who\"\nday = \"day\"\n",
    );
    let told = kit.run("--lang zh import sales.csv --map map.toml");
    assert!(told.contains("已拒绝：sales.csv:2，列 \"day\"：\"soon\" 不是日期\n"), "{told}");
    assert!(told.contains("已拒绝：sales.csv:4，列 \"who\"：\"张三\" 不是已知的客户\n"), "{told}");
}
