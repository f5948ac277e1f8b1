//! Packs from the command line: which there are, what they promise, how they come and go.

use insta::assert_snapshot;

use crate::kit::Kit;

/// A pack that gives one number.
fn silence(kit: &Kit, folder: &str, version: &str) {
    let manifest = format!(
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
    );
    kit.write(&format!("{folder}/pack.toml"), &manifest);
    kit.write(&format!("{folder}/main.lua"), SILENCE);
}

const SILENCE: &str = r#"local quiet = kehu.rule{
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

#[test]
fn packs_are_listed_with_where_they_come_from_and_the_order_in_which_they_are_asked() {
    let kit = client();
    assert_snapshot!(kit.run("pack list"), @r"
    [packs] on: ../base/kehu.toml:2

    Packs
      name                 version  state  from  written in  title                    where
      tiers                0.1.0    on     kehu  Lua         Value tiers
      rfm                  0.1.0    on     kehu  Lua         RFM, eight segments
      silence              1.0.0    on     base  Lua         Silence                  $DIR/base/scripts/silence
      clv                  0.1.0    off    kehu  native      Customer lifetime value
      contact-caps         0.1.0    off    kehu  Lua         Contact caps
      day-planner          0.1.0    off    kehu  Lua         Day planner
      funnel-follow-up     0.1.0    off    kehu  Lua         Funnel follow-up
      lifecycle            0.1.0    off    kehu  Lua         Lifecycle
      lifecycle-follow-up  0.1.0    off    kehu  Lua         Lifecycle follow-up
      visit-frequency      0.1.0    off    kehu  Lua         Visit frequency

    In this order
      place  hook   pack     step   why
          1  score  rfm      score  number 2 in [packs] on
          2  score  tiers    index  it needs rfm.rfm_frequency
          3  score  tiers    tier   it needs tiers.value_index, rfm.rfm_frequency
          4  score  silence  score  number 3 in [packs] on
    ");
    silence(&kit, "scripts/silence", "1.1.0");
    kit.write("scripts/tiers/pack.toml", "name = \"tiers\"\n");
    kit.set("[packs]\non = [\"rfm\", \"silence\", \"lifecicle\"]\n");
    assert_snapshot!(kit.run("pack list --lang zh"), @r#"
    [packs] on: kehu.toml:3

    脚本包
      名称                 版本   状态    来源    语言    标题          位置
      rfm                  0.1.0  启用    kehu    Lua     RFM 八类客户
      silence              1.1.0  启用    工作区  Lua     沉默          scripts/silence
          注意：它优先于 $DIR/base/scripts/silence 1.0.0 中的同名包
      clv                  0.1.0  停用    kehu    native  客户终身价值
      contact-caps         0.1.0  停用    kehu    Lua     联系上限
      day-planner          0.1.0  停用    kehu    Lua     日程安排
      funnel-follow-up     0.1.0  停用    kehu    Lua     漏斗跟进
      lifecycle            0.1.0  停用    kehu    Lua     客户生命周期
      lifecycle-follow-up  0.1.0  停用    kehu    Lua     生命周期跟进
      tiers                       停用    工作区  Lua                   scripts/tiers
          问题：scripts/tiers/pack.toml:1: 文件缺少 "version"; scripts/tiers/pack.toml:1: 文件缺少 "api"; scripts/tiers/pack.toml:1: 文件缺少 "step"; scripts/tiers/main.lua:1: the pack has no main.lua
          注意：它优先于 kehu 0.1.0 中的同名包
      visit-frequency      0.1.0  停用    kehu    Lua     拜访频率
      lifecicle                   不存在
          问题：没有这个脚本包
    [stderr]
    注意：脚本包的询问顺序无法确定
    错误：没有脚本包 "lifecicle"
    提示：是不是 "lifecycle"？
    [exit 3]
    "#);
}
