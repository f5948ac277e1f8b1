use crate::kit::Kit;
use insta::assert_snapshot;

/// A shop with a pack that fails at every hook at which commands ask.
fn broken_shop() -> Kit {
    let kit = Kit::shop();
    kit.write(
        "scripts/broken/pack.toml",
        "name = \"broken\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"score\"\nneeds = [\"visits\"]\n[step.gives.broken]\ntype = \"number\"\n[[step]]\nhook = \"stage\"\nneeds = [\"visits\"]\n",
    );
    kit.write(
        "scripts/broken/main.lua",
        "return {\n  score = function(c, ctx)\n    return { broken = c.vists }\n  end,\n  stage = function(c, case, ctx)\n    error(\"no\")\n  end,\n}\n",
    );
    let settings = kit.path().join("kehu.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, text.replacen("on = [", "on = [\"broken\", ", 1)).unwrap();
    kit
}

#[test]
fn a_strict_command_fails_and_writes_nothing_where_a_pack_fails() {
    let kit = broken_shop();
    let told = kit.run("deal add 武汉钢铁 年度合同");
    assert!(told.contains("D-1") && told.ends_with("[exit 3]\n"), "{told}");
    assert_snapshot!(kit.run("score --strict"), @"
    [stderr]
    error: packs failed: broken; --strict does nothing without them
    hint: nothing was written; without --strict the other packs go on
    error: pack broken, score, customer C-1 武汉钢铁: argument error: c.vists is not in needs
      --> scripts/broken/main.lua:3
      3 | return { broken = c.vists }
        |                   ^^^^^^^
      called from scripts/broken/main.lua:3 in score
      visits = 0
    hint: did you mean visits?
    [exit 1]
    ");
    assert_eq!(kit.json("runs list").as_array().unwrap().len(), 0);
    let told = kit.run("deal move 年度合同 intent --strict");
    assert!(told.ends_with("without --strict the other packs go on\n[exit 1]\n"), "{told}");
    assert_eq!(kit.json("deal list")[0]["stage"], "prospect");
    for line in ["today --strict", "plan --from 2024-03-04 --to 2024-03-05 --strict"] {
        let told = kit.run(line);
        assert!(told.contains("packs failed: broken;") && told.ends_with("[exit 1]\n"), "{told}");
    }
    // Without it the other packs go on, and programs are told what kind of failure it was.
    let told = kit.run("score --json");
    assert!(told.contains("\"kind\": \"argument\"") && told.ends_with("[exit 3]\n"), "{told}");
}

#[test]
fn what_a_script_logs_is_shown_with_its_place_and_customer() {
    let kit = Kit::shop();
    kit.write(
        "scripts/chatty/pack.toml",
        "name = \"chatty\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"score\"\nneeds = [\"visits\"]\n[step.gives.chatty]\ntype = \"number\"\n",
    );
    kit.write(
        "scripts/chatty/main.lua",
        "return { score = function(c, ctx)\n  kehu.log.warn(\"never visited\", { visits = c.visits, odd = true })\n  ctx.log.debug(\"seen\\27[31m\")\n  return {}\nend }\n",
    );
    kit.write("kehu.toml", "name = \"shop\"\n[packs]\non = [\"chatty\"]\n");
    assert_snapshot!(kit.run("score --dry-run --threads 1"), @r"
    column  pack    with a value  missing  values
    chatty  chatty             0        3
    [stderr]
    warning: pack chatty: never visited odd=true visits=0 (scripts/chatty/main.lua:2, C-1)
    warning: pack chatty: never visited odd=true visits=0 (scripts/chatty/main.lua:2, C-2)
    warning: pack chatty: never visited odd=true visits=0 (scripts/chatty/main.lua:2, C-3)
    ");
    let told = kit.run("score --dry-run --threads 1 --log debug");
    assert!(
        told.contains("debug: pack chatty: seen\\u{1b}[31m (scripts/chatty/main.lua:3, C-1)\n"),
        "{told}"
    );
}
