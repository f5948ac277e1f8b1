use crate::kit::Kit;
use insta::assert_snapshot;

#[test]
fn a_deal_goes_its_way_and_writes_one_purchase_when_it_is_won() {
    let kit = Kit::shop();
    assert_snapshot!(kit.run("deal add 武汉钢铁 年度合同 --product 冷轧板 --on 2024-01-10"), @r"
    D-1
    [stderr]
    年度合同 with 武汉钢铁 is in prospect.
    ");
    kit.done("deal move 年度合同 intent --on 2024-02-01");
    kit.done("deal move 年度合同 'stable intent' --on 2024-02-20 --amount 5000");
    assert_snapshot!(kit.run("deal move 年度合同 签约 --on 2024-02-28 --by 王芳"), @r"
    D-1
    [stderr]
    年度合同 with 武汉钢铁 is in signed.
    Wrote purchase I-1 of 5,000.00.
    ");
    assert_snapshot!(kit.run("deal show 年度合同"), @r"
    D-1  年度合同
      customer  武汉钢铁
      pipeline  sales
      stage     signed
      amount    5,000.00
      rep       李伟
      product   冷轧板

    History
      day         stage          by      amount  known since
      2024-01-10  prospect       李伟            2024-03-01
      2024-02-01  intent         李伟            2024-03-01
      2024-02-20  stable intent  李伟  5,000.00  2024-03-01
      2024-02-28  signed         王芳            2024-03-01
    ");
    assert_snapshot!(kit.run("interaction show I-1"), @r"
    I-1  purchase  2024-02-28
      kind         purchase
      customer     武汉钢铁
      day          2024-02-28
      amount       5,000.00
      rep          李伟
      deal         年度合同
      product      冷轧板
      known since  2024-03-01
    ");
    kit.done("deal move D-1 lost --reason cancelled");
    assert_snapshot!(kit.run("deal move D-1 signed --reason 'back again'"), @r"
    D-1
    [stderr]
    年度合同 with 武汉钢铁 is in signed.
    Purchase I-1 stands; if it was not to be: kehu interaction void I-1.
    ");
    assert_eq!(kit.json("interaction list 武汉钢铁").as_array().unwrap().len(), 1);
}

#[test]
fn leaving_the_order_of_the_stages_needs_a_reason() {
    let kit = Kit::shop();
    kit.done("deal add 武汉钢铁 合同");
    assert_snapshot!(kit.run("deal move 合同 signed"), @r"
    [stderr]
    error: the move passes over intent, stable_intent: that needs a reason
    hint: add --reason
    [exit 1]
    ");
    assert_snapshot!(kit.run("deal move 合同 prospect"), @r"
    [stderr]
    error: the deal is in prospect already
    [exit 1]
    ");
    assert_snapshot!(kit.run("deal move 合同 singed"), @r#"
    [stderr]
    error: pipeline "sales" has no stage "singed"
    hint: did you mean "signed"?
    [exit 2]
    "#);
    kit.done("deal move 合同 intent");
    assert_snapshot!(kit.run("deal move 合同 prospect"), @r"
    [stderr]
    error: the move goes back from intent to prospect: that needs a reason
    hint: add --reason
    [exit 1]
    ");
    kit.done("deal move 合同 lost");
    assert_snapshot!(kit.run("deal move 合同 intent"), @r"
    [stderr]
    error: the move leaves lost, a closed stage: that needs a reason
    hint: add --reason
    [exit 1]
    ");
    assert_snapshot!(kit.run("deal move 合同 intent --reason again --on 2024-02-01"), @r"
    [stderr]
    error: the deal entered lost on 2024-03-01, later than 2024-02-01
    [exit 1]
    ");
}

#[test]
fn a_deal_may_find_its_customer_late() {
    let kit = Kit::shop();
    kit.done("deal add 'Trade fair lead' --amount 700");
    assert_snapshot!(kit.run("deal list --no-customer"), @r"
    id   name             pipeline  stage     since       amount  rep
    D-1  Trade fair lead  sales     prospect  2024-03-01  700.00  李伟
    ");
    kit.done("deal move 'trade FAIR lead' signed --reason 'on the spot'");
    assert_snapshot!(kit.run("deal assign D-1 'Ann Lee'"), @r"
    D-1
    [stderr]
    Trade fair lead with Ann Lee is in signed.
    Wrote purchase I-1 of 700.00.
    ");
    assert_snapshot!(kit.run("deal assign D-1 武汉钢铁"), @r"
    [stderr]
    error: D-1 is C-3's already
    [exit 1]
    ");
    kit.done("undo");
    kit.done("deal assign D-1 武汉钢铁");
}

#[test]
fn what_is_known_of_a_deal_changes_with_its_prospects() {
    let kit = Kit::shop();
    kit.done("deal add 武汉钢铁 合同");
    kit.done("deal edit 合同 --amount 90000 --expected-close 2024-05-20 --rep 王芳");
    let deal = kit.json("deal show 合同");
    let known = [&deal["amount"], &deal["expected_close"], &deal["rep"]["name"], &deal["stage"]];
    assert_eq!(
        serde_json::json!(known),
        serde_json::json!([90000, "2024-05-20", "王芳", "prospect"])
    );
    // An amount that a move stated is corrected where it counts.
    kit.done("deal move 合同 intent --amount 80000");
    kit.done("deal edit 合同 --amount 70000");
    assert_eq!(kit.json("deal show 合同")["amount"], 70000);
    kit.done("undo");
    assert_eq!(kit.json("deal show 合同")["amount"], 80000);
    assert_snapshot!(kit.run("deal edit 合同 --rep 王芳"), @"
    [stderr]
    error: nothing is changed: D-1 says so already
    hint: name what is to be changed; see --help
    [exit 1]
    ");
    kit.done("deal move 合同 lost --reason price");
    assert_snapshot!(kit.run("deal edit 合同 --amount 1"), @"
    [stderr]
    error: D-1 is closed, so its amount stands
    hint: what was bought is corrected with kehu interaction edit
    [exit 1]
    ");
}

#[test]
fn undoing_a_win_takes_its_purchase_back() {
    let kit = Kit::shop();
    kit.done("deal add 武汉钢铁 合同 --amount 5");
    kit.done("deal move 合同 signed --reason quick");
    kit.done("undo");
    assert_eq!(kit.json("interaction list 武汉钢铁"), serde_json::json!([]));
    assert_eq!(kit.json("deal show 合同")["stage"], "prospect");
}

#[test]
fn deals_are_listed_by_what_is_asked_for() {
    let kit = Kit::shop();
    kit.done("deal add 武汉钢铁 合同 --amount 1234567.5");
    kit.done("deal add 'Ann Lee' order --rep 王芳");
    kit.done("deal move order lost");
    assert_snapshot!(kit.run("deal list"), @r"
    id   name   customer  pipeline  stage     since             amount  rep
    D-1  合同   武汉钢铁  sales     prospect  2024-03-01  1,234,567.50  李伟
    D-2  order  Ann Lee   sales     lost      2024-03-01                王芳
    ");
    assert_snapshot!(kit.run("deal list --open --json"), @r#"
    [
      {
        "id": "D-1",
        "name": "合同",
        "customer": {
          "id": "C-1",
          "name": "武汉钢铁"
        },
        "pipeline": "sales",
        "stage": "prospect",
        "since": "2024-03-01",
        "amount": 1234567.5,
        "rep": {
          "id": "R-1",
          "name": "李伟"
        },
        "expected_close": null
      }
    ]
    "#);
    assert_snapshot!(kit.run("deal list --rep 王芳 --stage 失败 --customer Ann"), @r"
    id   name   customer  pipeline  stage  since       rep
    D-2  order  Ann Lee   sales     lost   2024-03-01  王芳
    ");
}

#[test]
fn a_new_deal_takes_the_first_pipeline_that_the_workspace_declares() {
    let kit = Kit::shop();
    kit.done("deal add 武汉钢铁 first");
    kit.set("\n[[pipeline]]\nname = \"projects\"\nstage = [{ name = \"asked\" }, { name = \"signed\", role = \"won\" }]\n");
    let told = kit.run("deal add 武汉钢铁 second");
    assert!(told.contains("Took the pipeline projects; --pipeline names another one.\n"), "{told}");
    let told = kit.run("deal add 武汉钢铁 third --pipeline sales");
    assert!(!told.contains("Took the pipeline"), "{told}");
    let deals = kit.json("deal list");
    let pipelines: Vec<_> =
        deals.as_array().unwrap().iter().map(|deal| &deal["pipeline"]).collect();
    assert_eq!(pipelines, ["sales", "projects", "sales"]);
}

#[test]
fn a_customers_name_alone_opens_no_deal() {
    let kit = Kit::shop();
    assert_snapshot!(kit.run("deal add 'ann lee'"), @r"
    [stderr]
    error: Ann Lee (C-3) is a customer, and the deal has no name
    hint: for a deal with that customer: kehu deal add C-3 NAME; for one that has no customer yet, choose a name that is no customer's
    [exit 2]
    ");
    kit.done("deal add 'Ann Lee 2'");
    kit.done("deal add 'Ann Lee' 'Ann Lee'");
}

#[test]
fn the_development_pipeline_of_the_examples_goes_from_research_to_feedback() {
    let kit = Kit::shop();
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/pipelines.toml");
    kit.set(&std::fs::read_to_string(file).unwrap());
    kit.done("deal add 武汉钢铁 大单 --pipeline development");
    let stages = ["prospecting", "first_contact", "needs_confirmed", "negotiation", "contract"];
    for stage in
        stages.into_iter().chain(["conversion", "delivery", "account_care", "feedback_review"])
    {
        kit.done(&format!("deal move 大单 {stage}"));
    }
    let shown = kit.run("deal show 大单");
    assert!(shown.contains("  task of   marketing\n"), "{shown}");
    assert!(shown.contains("customer feedback review"), "{shown}");
}
