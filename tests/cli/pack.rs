//! Packs from the command line: which there are, what they promise, how they come and go.

use insta::assert_snapshot;

use crate::kit::Kit;

/// The manifest of a pack that gives one number.
pub(super) fn manifest(version: &str) -> String {
    format!(
        r#"name = "silence"
version = "{version}"
api = "0.1"
title = {{ en = "Silence", zh = "沉默" }}
[[step]]
hook = "score"
needs = ["recency_days"]
[step.gives.silence]
type = "number"
doc = {{ en = "Points for silence", zh = "沉默分" }}
[settings.silent_after]
type = "integer"
default = 60
range = [7, 365]
doc = {{ en = "Days without a purchase before the points rise", zh = "多少天未购买后加分" }}
"#
    )
}

/// Writes that pack into a folder.
pub(super) fn silence(kit: &Kit, folder: &str, version: &str) {
    kit.write(&format!("{folder}/pack.toml"), &manifest(version));
    kit.write(&format!("{folder}/main.lua"), SILENCE);
}

pub(super) const SILENCE: &str = r#"local quiet = kehu.rule{
  id = "quiet", input = "recency_days", op = ">", setting = "silent_after", points = 40,
  en = "silent for {value} days, more than {limit}", zh = "{value} 天未购买，超过 {limit} 天",
}
return { score = function(c, ctx)
  local s = ctx:column("silence")
  s:apply(quiet)
  return { silence = s }
end }
"#;

/// A client's workspace over a base that has a pack too.
fn client() -> Kit {
    let kit = Kit::new();
    kit.write("../base/kehu.toml", "[packs]\non = [\"tiers\", \"rfm\", \"silence\"]\n");
    silence(&kit, "../base/scripts/silence", "1.0.0");
    kit.write("kehu.toml", "extends = \"../base\"\n");
    kit
}

/// Takes out the packs that come with kehu and are off, and the widths that their names make.
fn without_others(told: &str) -> String {
    let is_other = |line: &&str| {
        let mut words = line.split_whitespace().skip(2);
        matches!(words.next(), Some("off" | "停用")) && words.next() == Some("kehu")
    };
    let even = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    told.lines().filter(|line| !is_other(line)).map(even).collect::<Vec<_>>().join("\n")
}

#[test]
fn packs_are_listed_with_where_they_come_from_and_the_order_in_which_they_are_asked() {
    let kit = client();
    assert_snapshot!(without_others(&kit.run("pack list")), @r"
    [packs] on: ../base/kehu.toml:2

    Packs
    name version state from written in title where
    tiers 0.1.0 on kehu Lua Value tiers
    rfm 0.1.0 on kehu Lua RFM, eight segments
    silence 1.0.0 on base Lua Silence ../base/scripts/silence

    In this order
    place hook pack step why
    1 score rfm score number 2 in [packs] on
    2 score tiers index it needs rfm.rfm_frequency
    3 score tiers tier it needs tiers.value_index, rfm.rfm_frequency
    4 score silence score number 3 in [packs] on
    ");
    silence(&kit, "scripts/silence", "1.1.0");
    kit.write("scripts/tiers/pack.toml", "name = \"tiers\"\n");
    kit.set("[packs]\non = [\"rfm\", \"silence\", \"lifecicle\"]\n");
    assert_snapshot!(without_others(&kit.run("pack list --lang zh")), @r#"
    [packs] on: kehu.toml:3

    脚本包
    名称 版本 状态 来源 语言 标题 位置
    rfm 0.1.0 启用 kehu Lua RFM 八类客户
    silence 1.1.0 启用 工作区 Lua 沉默 scripts/silence
    注意：它优先于 ../base/scripts/silence 1.0.0 中的同名包
    tiers 停用 工作区 Lua scripts/tiers
    问题：scripts/tiers/pack.toml:1: 文件缺少 "version"; scripts/tiers/pack.toml:1: 文件缺少 "api"; scripts/tiers/pack.toml:1: 文件缺少 "step"; scripts/tiers/main.lua:1: 脚本包没有 main.lua
    注意：它优先于 kehu 0.1.0 中的同名包
    lifecicle 不存在
    问题：没有这个脚本包
    [stderr]
    注意：脚本包的询问顺序无法确定
    错误：没有脚本包 "lifecicle"
    --> kehu.toml:3:25
    3 | on = ["rfm", "silence", "lifecicle"]
    提示：是不是 "lifecycle"？
    [exit 3]
    "#);
}

/// Takes out the hash of a pack that comes with kehu and may change any day.
fn steady(told: &str) -> String {
    let lines = told.lines().map(|line| {
        let is_hash = line.trim_start().starts_with("hash ");
        if is_hash { "  hash             …" } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_pack_shows_all_that_it_promises_whatever_it_is_written_in() {
    let kit = client();
    kit.set("[settings.silence]\nsilent_after = 90\n");
    assert_snapshot!(kit.run("pack show silence --lang zh"), @"
    silence 1.0.0: 沉默
      状态      启用
      来源      基础
      位置      ../base/scripts/silence
      语言      Lua
      接口版本  0.1 – 0.x
      哈希      c90c88b140a5fda9ac59a77762cfa16719be0a77e5c5d579bbd04d02de74a713
      单次上限  50 ms, (default)
      单批上限  20 s, (default)
      整次上限  60 s, (default)
      加载上限  200 ms, (default)
      内存上限  256 MiB, (default)

    步骤
      步骤   钩子   函数
      score  score  score

    所需
      步骤   所需          脚本中        类型    单位
      score  recency_days  recency_days  number  天
          含义：距上次购买的天数

    给出
      步骤   列       类型
      score  silence  number
          含义：沉默分

    设置
      设置          类型     数值  出处         默认  允许
      silent_after  integer  90    kehu.toml:3  60    7 – 365
          含义：多少天未购买后加分

    规则
      规则   条件                              分  出处
      quiet  recency_days > 90 (silent_after)  40  ../base/scripts/silence/main.lua:1
          说明：{value} 天未购买，超过 {limit} 天
    ");
    assert_snapshot!(steady(&kit.run("pack show clv")), @r#"
    clv 0.1.0: Customer lifetime value
      does              Expected purchases by BG/NBD, expected spend by gamma-gamma, and their discounted value
      state             off
      from              kehu
      written in        native
      api               0.1 – 0.x
      hash             …
      limit a call      50 ms, (default)
      limit a batch     20 s, (default)
      limit a run       60 s, (default)
      limit of loading  200 ms, (default)
      limit of memory   256 MiB, (default)

    Steps
      step   hook   function  fit
      score  score  score     model

    Needs
      step   need                 read as              type    unit  given by
      score  first_purchase_days  first_purchase_days  number  days
          meaning: days since the first purchase
      score  recency_days         recency_days         number  days
          meaning: days since the last purchase
      score  clv_purchase_days    clv_purchase_days    number  days  clv
          meaning: Days on which the customer bought
      score  clv_repeat_amount    clv_repeat_amount    money         clv
          meaning: Purchases after the first day, less returns

    Gives
      step   column              title               type
      score  expected_purchases  expected purchases  number
          meaning: Days of purchase that are expected within the horizon
      score  probability_alive   probability alive   number
          meaning: Probability that the customer has not left, 0 to 1; 1 without a repeat, since the model sees nobody leave before one
      score  expected_spend      expected spend      money
          meaning: Amount that is expected of a day of purchase
      score  lifetime_value      lifetime value      money
          meaning: Discounted value of the purchases that are expected within the horizon

    Own features
      name               type    unit  declared as
      clv_purchase_days  number  days  { days = "purchase" }
          meaning: Days on which the customer bought
      clv_repeat_amount  money         { sum = "amount", of = "purchase", after_first_day = true }
          meaning: Purchases after the first day, less returns

    Settings
      setting         type     value   set at  default  allowed
      horizon_months  integer  12      –       12       1 – 120
          meaning: How many months the value looks ahead
      discount        number   0.01    –       0.01     0 – 1
          meaning: Discount of each month, as a share
      margin          number   1       –       1        0 – 1
          meaning: Share of the spend that counts as value: 1 is sales, 0.25 a margin of a quarter
      fit_customers   integer  100000  –       100000   100 – 10000000
          meaning: The model is fitted on at most so many customers, evenly spread over the base

    Rules
      rule             declared at
      bought           plugins/clv/src/pack.rs:11
          says: {1} days of purchase after the first, the last {2} weeks after it, seen for {3} weeks
      alive            plugins/clv/src/pack.rs:16
          says: silent for {1} weeks, against {2} weeks between purchases before
      never_back       plugins/clv/src/pack.rs:21
          says: no repeat yet: drop-out is only seen after one
      own_spend        plugins/clv/src/pack.rs:26
          says: {1} a day of purchase on {2} days, drawn towards {3}, the mean of all
      spend_of_all     plugins/clv/src/pack.rs:31
          says: no repeat yet, so the mean of all: {1}
      worth            plugins/clv/src/pack.rs:36
          says: {1} days of purchase in {2} months, {3} once discounted, of {4} each
      never            plugins/clv/src/pack.rs:41
          says: has never bought
      no_amounts       plugins/clv/src/pack.rs:42
          says: amounts are known of {1} customers who came back, {2} are needed to tell what a day of purchase brings
      amounts_alike    plugins/clv/src/pack.rs:47
          says: the amounts of {1} repeat customers are too much alike, or too wild, to tell how customers differ: no mean amount explains them best
      too_few          plugins/clv/src/pack.rs:52
          says: {1} of {2} customers bought on a second day, {3} are needed to tell how customers differ
      purchases_alike  plugins/clv/src/pack.rs:57
          says: the purchases of {1} customers are too much alike to tell how customers differ: no rates of purchase and of drop-out explain them best
    "#);
    let contract = kit.json("pack show silence");
    assert_eq!(contract["settings"][0]["set_at"], "kehu.toml:3");
    assert_eq!(contract["rules"][0]["test"]["limit"], 90);
    assert_eq!(contract["needs"][0]["doc"]["en"], "days since the last purchase");
}

#[test]
fn a_pack_is_shown_as_far_as_it_goes_where_something_is_wrong_with_it() {
    let kit = client();
    kit.set("[settings.silence]\nsilent_after = 400\nsilent_affter = 1\n");
    assert_snapshot!(kit.run("pack show silence").split("[stderr]").nth(1).unwrap(), @r#"
    error: setting "silent_after" is 400, expected 7 to 365
     --> kehu.toml:3:16
      3 | silent_after = 400
    hint: the pack's own default is 60
    error: pack silence has no setting "silent_affter"
     --> kehu.toml:4:1
      4 | silent_affter = 1
    hint: did you mean "silent_after"?
    [exit 3]
    "#);
    assert_snapshot!(kit.run("pack show lifecicle"), @r#"
    [stderr]
    error: there is no pack "lifecicle"
    hint: did you mean "lifecycle"?
    hint: see which there are: kehu pack list
    [exit 1]
    "#);
    kit.write("scripts/lifecycle/pack.toml", "name = \"lifecycle\"\nname = \"other\"\n");
    assert_snapshot!(kit.run("pack show lifecycle"), @r#"
    [stderr]
    error: the key "name" stands here a second time
     --> scripts/lifecycle/pack.toml:2:1
      2 | name = "other"
    hint: keep one of the two, and take the other out
    error: the pack has no main.lua
     --> scripts/lifecycle/main.lua:1:1
    [exit 1]
    "#);
}

#[test]
fn the_page_about_a_pack_is_read_in_both_languages() {
    let kit = client();
    let page = kit.run("pack show lifecycle --readme");
    assert!(page.starts_with("# lifecycle\n\n**Measures** how long"), "{page}");
    assert!(kit.run("pack show lifecycle --readme --lang zh").contains("活跃"));
    assert_snapshot!(kit.run("pack show silence --readme"), @r"
    [stderr]
    error: pack silence has no README.md
    hint: what it promises is shown by: kehu pack show silence
    [exit 1]
    ");
}

#[test]
fn what_is_not_asked_or_does_not_count_says_why() {
    let kit = client();
    let two = |text: &str| {
        text.replace("silence", "stillness").replace("step.gives.stillness", "step.gives.silence")
    };
    let visits = "[[step]]\nhook = \"visit_need\"\nneeds = [\"recency_days\"]\n";
    kit.write("scripts/stillness/pack.toml", &format!("{}{visits}", two(&manifest("1.0.0"))));
    kit.write(
        "scripts/stillness/main.lua",
        &SILENCE.replace("end }", "end, visit_need = function() return {} end }"),
    );
    kit.set("[packs]\non = [\"silence\", \"stillness\", \"visit-frequency\"]\n[columns]\nsilence = \"stillness\"\n[hooks]\nvisit_need = \"visit-frequency\"\n");
    assert_snapshot!(kit.run("pack list").split("In this order").nth(1).unwrap(), @r"
    place  hook        pack             step        why
        1  score       silence          score       number 1 in [packs] on; its silence does not count: [columns] names stillness
        2  score       stillness        score       number 2 in [packs] on
        3  visit_need  visit-frequency  visit_need  number 1 in [hooks] visit_need
        –  visit_need  stillness        visit_need  it is not asked: visit-frequency answers visit_need
    ");
}
