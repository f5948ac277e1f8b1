//! What packs bring to a workspace's vocabulary.

use super::hooks::shop_with;
use crate::kit::Kit;
use insta::assert_snapshot;

const OBSTACLES: [(&str, &str); 2] = [
    (
        "scripts/obstacles/pack.toml",
        r#"name = "obstacles"
version = "1.0.0"
api = "0.1"
[[kind]]
name = "obstacle"
title = { en = "obstacle", zh = "阻碍因素" }
states = ["open", "removed"]
closing = ["removed"]
[fields.contact.style]
type = "choice"
title = { en = "style", zh = "性格" }
choices = ["driver", "amiable"]
[features]
open_obstacles = { count = "obstacle", where = { open = true } }
drivers = { count = "contact", where = { style = "driver" } }
[[step]]
hook = "score"
needs = ["open_obstacles"]
[step.gives.blocked]
type = "number"
"#,
    ),
    (
        "scripts/obstacles/main.lua",
        r#"local open = kehu.rule{ id = "open", en = "{1} open", zh = "{1} 项未解决" }
return { score = function(c, ctx)
  local s = ctx:column("blocked")
  s:add(open, c.open_obstacles, c.open_obstacles)
  return { blocked = s }
end }
"#,
    ),
];

#[test]
fn what_a_pack_brings_is_recorded_counted_and_listed_at_once() {
    let kit = shop_with(&[&OBSTACLES]);
    kit.done("log obstacle 武汉钢铁 --text '价格太高'");
    kit.done("log 阻碍因素 武汉钢铁 --text 账期");
    kit.done("log obstacle 武汉钢铁 --about I-1 --state removed");
    kit.done("contact add 武汉钢铁 张敏");
    kit.done("contact edit 张敏 --field style=driver");
    kit.done("score");
    assert_eq!(kit.json("customer list --columns name,blocked,drivers")[0]["blocked"], 1.0);
    assert_snapshot!(kit.run("contact edit 张敏 --field style=owl"), @r#"
    [stderr]
    error: style: "owl" is no choice
    hint: choose one of: driver; amiable
    [exit 2]
    "#);
    assert_snapshot!(kit.run("config show kind.obstacle"), @r#"
    key                     value               set at
    kind.obstacle.name      "obstacle"          scripts/obstacles/pack.toml:5
    kind.obstacle.title.en  "obstacle"          scripts/obstacles/pack.toml:6
    kind.obstacle.title.zh  "阻碍因素"          scripts/obstacles/pack.toml:6
    kind.obstacle.states    ["open","removed"]  scripts/obstacles/pack.toml:7
    kind.obstacle.closing   ["removed"]         scripts/obstacles/pack.toml:8
    "#);
    let told = kit.run("--lang zh log obstacle 武汉钢铁 --about I-1 --state shelved");
    assert!(told.contains("removed") && told.ends_with("[exit 2]\n"), "{told}");
}

#[test]
fn packs_that_contradict_each_other_are_named_with_their_lines() {
    let other = [(
        "scripts/other/pack.toml",
        "name = \"other\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[kind]]\nname = \"obstacle\"\n",
    )];
    let kit = shop_with(&[&OBSTACLES, &other]);
    assert_snapshot!(kit.run("customer list"), @r#"
    [stderr]
    error: packs other and obstacles mean different things by kind "obstacle"
     --> scripts/other/pack.toml:4:1
      4 | [[kind]]
    hint: pack obstacles declares it at scripts/obstacles/pack.toml:4; let the two agree, or take a pack out of [packs] on
    [exit 1]
    "#);
}

#[test]
fn a_choice_is_typed_and_shown_as_people_call_it_and_kept_as_its_key() {
    let kit = Kit::shop();
    kit.set(
        "\n[fields.customer.stance]\ntype = \"choice\"\ntitle = { en = \"stance\", zh = \"立场\" }\n\
         choices = [{ key = \"for\", en = \"for us\", zh = \"支持\" }, \"open\"]\n",
    );
    kit.done("customer edit 武汉钢铁 --field stance=支持");
    kit.done("customer edit 武汉机械 --field 'stance=For us'");
    kit.done("customer edit 'Ann Lee' --field stance=open");
    assert_snapshot!(kit.run("--lang zh customer list --columns name,stance"), @"
    名称      立场
    武汉钢铁  支持
    武汉机械  支持
    Ann Lee   open
    ");
    assert_snapshot!(kit.run("customer show 武汉钢铁"), @"
    C-1  武汉钢铁
      type         organisation
      owner        李伟
      place        武汉
      tags         重点
      known since  2024-03-01
      stance       for us
    ");
    assert_eq!(kit.json("customer show 武汉钢铁")["stance"], "for");
    assert_snapshot!(kit.run("customer edit 武汉钢铁 --field stance=fro"), @r#"
    [stderr]
    error: stance: "fro" is no choice
    hint: choose one of: for – for us; open
    [exit 2]
    "#);
}
