use crate::kit::Kit;
use insta::assert_snapshot;

#[test]
fn the_people_at_customers_are_listed_and_edited() {
    let kit = Kit::shop();
    kit.done("contact add 武汉钢铁 张敏 --role 采购经理 --birthday 1980-05-17");
    kit.done("contact add 'Ann Lee' 'Bob Lee' --coach no");
    kit.done("contact edit 张敏 --role 采购总监 --wechat zhangmin");
    assert_snapshot!(kit.run("contact list"), @r"
    id   name     customer  role      coach  birthday    wechat
    P-1  张敏     武汉钢铁  采购总监         1980-05-17  zhangmin
    P-2  Bob Lee  Ann Lee             no
    ");
    assert_snapshot!(kit.run("contact list Ann --json"), @r#"
    [
      {
        "id": "P-2",
        "name": "Bob Lee",
        "customer": {
          "id": "C-3",
          "name": "Ann Lee"
        },
        "role": null,
        "department": null,
        "influence": null,
        "coach": false,
        "birthday": null,
        "phone": null,
        "email": null,
        "wechat": null
      }
    ]
    "#);
}

#[test]
fn tasks_are_listed_as_they_fall_due_and_closed() {
    let kit = Kit::shop();
    kit.done("task add 送样品 --customer 武汉钢铁 --due +3");
    kit.done("task add 'call back' --customer 'Ann Lee' --rep 王芳");
    assert_snapshot!(kit.run("task list"), @r"
    id   due         what       customer  rep   state
    T-2  2024-03-01  call back  Ann Lee   王芳  open
    T-1  2024-03-04  送样品     武汉钢铁  李伟  open
    ");
    assert_snapshot!(kit.run("task done T-2 --reason 'she called'"), @r"
    T-2
    [stderr]
    Done: call back.
    ");
    assert_snapshot!(kit.run("task done T-2"), @r"
    [stderr]
    error: T-2 is closed since 2024-03-01
    [exit 1]
    ");
    assert_snapshot!(kit.run("task list --closed --json"), @r#"
    [
      {
        "id": "T-2",
        "due": "2024-03-01",
        "what": "call back",
        "customer": {
          "id": "C-3",
          "name": "Ann Lee"
        },
        "deal": null,
        "rep": {
          "id": "R-2",
          "name": "王芳"
        },
        "state": "done",
        "since": "2024-03-01",
        "reason": "she called"
      },
      {
        "id": "T-1",
        "due": "2024-03-04",
        "what": "送样品",
        "customer": {
          "id": "C-1",
          "name": "武汉钢铁"
        },
        "deal": null,
        "rep": {
          "id": "R-1",
          "name": "李伟"
        },
        "state": "open",
        "since": null,
        "reason": null
      }
    ]
    "#);
    assert_snapshot!(kit.run("task list --due today"), @r"
    [stderr]
    nothing to show
    ");
}

#[test]
fn the_firms_own_lists_are_kept() {
    let kit = Kit::shop();
    assert_snapshot!(kit.run("rep list"), @r"
    id   name  region
    R-1  李伟  华中
    R-2  王芳
    ");
    assert_snapshot!(kit.run("rep add 王芳"), @r"
    [stderr]
    error: R-2 is called 王芳 already
    [exit 1]
    ");
    kit.done("rep edit 王芳 --region 华东 --manager 李伟");
    assert_snapshot!(kit.run("rep edit R-2 --name 李伟"), @"
    [stderr]
    error: R-1 is called 李伟 already
    [exit 1]
    ");
    kit.done("rep edit R-2 --name 王小芳 --manager ''");
    assert_snapshot!(kit.run("rep list"), @"
    id   name    region
    R-1  李伟    华中
    R-2  王小芳  华东
    ");
    kit.done("undo");
    kit.done("undo");
    kit.done("product edit 冷轧板 --category 板材 --price 4950");
    assert_snapshot!(kit.run("product list"), @r"
    id   name    category     price
    G-1  冷轧板  板材      4,950.00
    ");
    assert_snapshot!(kit.run("product edit G-1 --price 4950"), @"
    [stderr]
    error: nothing is changed: G-1 says so already
    hint: name what is to be changed; see --help
    [exit 1]
    ");
    kit.done("target add amount 500000 --from 2024-01-01 --to 2024-03-31 --rep 李伟");
    assert_snapshot!(kit.run("target list"), @r"
    id   measure   value  reached  from        to          rep
    Q-1  amount   500000        0  2024-01-01  2024-03-31  李伟
    ");
    assert_snapshot!(kit.run("target add amount 5 --from 2024-02-01 --to 2024-01-01"), @r"
    [stderr]
    error: the period ends on 2024-01-01, before its first day
    [exit 2]
    ");
}

#[test]
fn a_target_measures_what_is_known_and_shows_what_was_reached() {
    let kit = Kit::shop();
    for line in [
        "target add amount 9000 --from 2024-02-01 --to 2024-03-31 --rep 李伟",
        "target add visits 4 --from 2024-02-01 --to 2024-03-31",
        "target add deals 2 --from 2024-02-01 --to 2024-03-31",
        "target add 拜访 4 --from 2024-02-01 --to 2024-02-20 --rep 王芳",
        "log purchase 武汉钢铁 --amount 5000 --on 2024-02-26",
        "log purchase 武汉钢铁 --amount -300 --on 2024-02-27",
        "log purchase 武汉钢铁 --amount 800 --on 2024-01-26",
        "log purchase 武汉钢铁 --amount 70 --rep 王芳",
        "log visit 武汉钢铁 --on 2024-02-26",
        "log visit 武汉机械 --on 2024-02-20 --rep 王芳",
        "deal add 武汉钢铁 年度合同 --amount 1000 --on 2024-02-20",
        "deal move 年度合同 signed --reason 'on the spot'",
    ] {
        kit.done(line);
    }
    assert_snapshot!(kit.run("target list"), @r"
    id   measure  value  reached  from        to          rep
    Q-1  amount    9000     5700  2024-02-01  2024-03-31  李伟
    Q-2  visit        4        2  2024-02-01  2024-03-31
    Q-3  deals        2        1  2024-02-01  2024-03-31
    Q-4  visit        4        1  2024-02-01  2024-02-20  王芳
    ");
    assert_snapshot!(kit.run("target add bananas 5 --from 2024-02-01 --to 2024-03-31"), @r#"
    [stderr]
    error: unknown measure "bananas"
    hint: what is measured: amount and margin of purchases, deals that were won, or the number of interactions of a kind
    [exit 2]
    "#);
    assert_snapshot!(kit.run("--lang zh target add bananas 5 --from 2024-02-01 --to 2024-03-31"), @r#"
    [stderr]
    错误：未知的指标 "bananas"
    提示：可衡量：购买的 amount（金额）与 margin（毛利），deals（赢单数），或某类互动的次数
    [exit 2]
    "#);
}
