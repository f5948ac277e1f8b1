//! Mistakes in scripts, as the person reads them who made them.

use insta::assert_snapshot;

use crate::kit::Kit;

const MANIFEST: &str = "name = \"t\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"score\"\nneeds = [\"recency_days\"]\n[step.gives.t]\ntype = \"number\"\n";

/// A shop with one pack, whose score has this body.
fn shop_with(body: &str) -> Kit {
    let kit = Kit::shop();
    kit.write("scripts/t/pack.toml", MANIFEST);
    kit.write(
        "scripts/t/main.lua",
        &format!("return {{ score = function(c, ctx)\n  {body}\nend }}\n"),
    );
    kit.write("kehu.toml", "name = \"shop\"\n[packs]\non = [\"t\"]\n");
    kit
}

#[test]
fn a_caught_error_is_a_text_with_the_scripts_own_line() {
    let kit = Kit::shop();
    kit.write(
        "caught.lua",
        "local ok, e = pcall(kehu.customers, { were = 1 })\nprint(ok, type(e), e)\n\
         print(select(2, pcall(function() return kehu.sum({ { x = 'a' } }, 'x') end)))\n\
         print(xpcall(function() return os end, function(problem) return #problem end))\n\
         print(select(2, pcall(error, { code = 1 })).code)\n\
         print(coroutine.resume(coroutine.create(function() return kehu.ruel end)))\n\
         print(select(2, pcall(function() error('mine') end)))\n",
    );
    assert_snapshot!(kit.run("run caught.lua"), @r#"
    false	string	caught.lua:1: kehu.customers has no field "were"
    caught.lua:3: kehu.sum: "x" is a string, expected a number
    false	34
    1
    false	caught.lua:6: kehu has no "ruel"
    caught.lua:7: mine
    "#);
}

#[test]
fn an_error_of_the_language_is_told_in_chinese_throughout() {
    let kit = shop_with("if c.recency_days > 5 then return {} end");
    assert_snapshot!(kit.run("score --lang zh --dry-run"), @"
    [stderr]
    错误：脚本包 t，score，客户 C-1 武汉钢铁：运行错误：不能比较：number < nil
      --> scripts/t/main.lua:2
      2 | if c.recency_days > 5 then return {} end
        |    ^^^^^^^^^^^^^^
      调用自 scripts/t/main.lua:2，score
      recency_days = 缺失
    提示：该客户的 c.recency_days 缺失；请先判断：if c.recency_days then … end
    脚本包 t 在本次评分中已停用，其余照常
    没有可显示的内容
    [exit 3]
    ");
    let kit = shop_with("while true do end");
    assert_snapshot!(kit.run("score --lang zh --dry-run"), @"
    [stderr]
    错误：脚本包 t，score，客户 C-1 武汉钢铁：超出时间限制：一位客户用时超过 50 ms
      --> scripts/t/main.lua:2
      2 | while true do end
        | ^^^^^^^^^^^^^^^^^
      调用自 scripts/t/main.lua:2，score
      recency_days = 缺失
      已用 …，上限 50 ms：call_milliseconds in [limits]
    提示：请检查是否有不会结束的循环；计入的是处理器时间，不含等待
    脚本包 t 在本次评分中已停用，其余照常
    没有可显示的内容
    [exit 3]
    ");
    kit.write("scripts/t/main.lua", "return { score = function(c, ctx) return r end }\n");
    kit.write("scripts/t/tests.lua", "it('scores', function() test.score{ customer = {} } end)\n");
    assert_snapshot!(kit.run("pack test t --lang zh"), @"
    t
      失败  scores
          score 出错：全局变量“r”没有值
          --> scripts/t/tests.lua:1
           1 | it('scores', function() test.score{ customer = {} } end)
          脚本包 t，score，the customer：运行错误：全局变量“r”没有值
            --> scripts/t/main.lua:1
            1 | return { score = function(c, ctx) return r end }
              |                                          ^
            调用自 scripts/t/main.lua:1，score
            recency_days = 缺失
          提示：请用 local 声明，或先赋值
    [stderr]
    1 项测试中有 1 项失败。
    [exit 1]
    ");
}

#[test]
fn a_program_finds_line_customer_and_kind_of_a_failure_and_strict_names_the_customer() {
    let kit = shop_with("return { t = c.recency_days + 1 }");
    let output = kit.command(&["score", "--dry-run", "--json"]).output().unwrap();
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut failure = told["failures"][0].clone();
    failure.as_object_mut().unwrap().remove("error");
    assert_snapshot!(serde_json::to_string_pretty(&failure).unwrap(), @r#"
    {
      "pack": "t",
      "kind": "runtime",
      "message": "attempt to perform arithmetic (add) on nil and number",
      "name": "武汉钢铁",
      "hook": "score",
      "customer": 1,
      "file": "scripts/t/main.lua",
      "line": 2,
      "source": "return { t = c.recency_days + 1 }",
      "called_from": [
        "scripts/t/main.lua:2 in score"
      ],
      "inputs": {
        "recency_days": "missing"
      },
      "hint": "c.recency_days is missing for this customer; test it first: if c.recency_days then … end"
    }
    "#);
    let told = kit.run("score --strict");
    assert!(told.contains("customer C-1 武汉钢铁: runtime error"), "{told}");
}

#[test]
fn what_is_logged_strictly_is_taken_back_where_a_pack_fails() {
    let kit = Kit::shop();
    kit.write(
        "scripts/ear/pack.toml",
        "name = \"ear\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"on_event\"\nneeds = [\"visits\"]\n",
    );
    kit.write(
        "scripts/ear/main.lua",
        "return { on_event = function(c, event, ctx)\n  error(\"no\")\nend }\n",
    );
    kit.write("kehu.toml", "name = \"shop\"\n[packs]\non = [\"ear\"]\n");
    assert_snapshot!(kit.run("log complaint 武汉钢铁 --strict"), @r#"
    I-1
    [stderr]
    Logged complaint with 武汉钢铁 on 2024-03-01.
    error: pack ear, on_event, customer C-1, interaction I-1: runtime error: no
      --> scripts/ear/main.lua:2
      2 | error("no")
        | ^^^^^^^^^^^
      called from scripts/ear/main.lua:2 in on_event
      visits = 0
    pack ear could not be heard; the others were
    error: O-7 was taken back, because a pack failed and the command is strict
    hint: without --strict what was done stands
    [exit 1]
    "#);
    assert_eq!(kit.json("interaction list 武汉钢铁").as_array().unwrap().len(), 0);
    let told = kit.run("log complaint 武汉钢铁");
    assert!(told.ends_with("[exit 3]\n"), "{told}");
    assert_eq!(kit.json("interaction list 武汉钢铁").as_array().unwrap().len(), 1);
}

#[test]
fn a_misspelt_limit_is_named_and_nothing_runs() {
    let kit = shop_with("return {}");
    kit.set("[limits]\ncall_miliseconds = 9\n[limits.t]\nmemry_mib = 64\n");
    assert_snapshot!(kit.run("score"), @r#"
    [stderr]
    error: unknown key "call_miliseconds" in [limits]
     --> kehu.toml:5:1
      5 | call_miliseconds = 9
    hint: did you mean "call_milliseconds"?
    error: unknown key "memry_mib" in [limits.t]
     --> kehu.toml:7:1
      7 | memry_mib = 64
    hint: did you mean "memory_mib"?
    [exit 1]
    "#);
}

#[test]
fn a_script_of_its_own_is_marked_measured_and_helped() {
    let kit = Kit::shop();
    let mut all = String::new();
    for script in [
        "for _, c in kehu.customers{} do\n  print(c.name)\nend",
        "goto done",
        "local t = {}\nlocal u = table.create(8000000, 1)\nreturn #u",
        "local s = 'x'\nlocal t = {}\nfor i = 1, 1e9 do t[i] = s .. i end",
        "error({ code = 1, why = 'no' })",
        "local rows = kehu.customers{ limit = 1 }\nfor c in rows do print(c.name) end\nprint(rows())",
        "print(kehu.group(kehu.gather(kehu.customers{}), 'count'))",
        "local t = { ['a b'] = nil }\nt['a b'].y = 1",
        "error(('x'):rep(1e7), 0)",
    ] {
        kit.write("wrong.lua", script);
        let told = kit.run("run wrong.lua --memory 16");
        let short: Vec<String> =
            told.lines().map(|line| line.chars().take(100).collect()).collect();
        all += &(short.join("\n") + "\n");
    }
    assert_snapshot!(all, @r#"
    [stderr]
    error: runtime error: attempt to index nil with 'name'
     --> wrong.lua:2
      2 | print(c.name)
        |         ^^^^
    hint: kehu.customers gives one value a turn: for c in kehu.customers{…} do
    [exit 1]
    [stderr]
    error: load error: Incomplete statement: expected assignment or a function call
     --> wrong.lua:1:1
      1 | goto done
    hint: scripts are Luau, which has no goto; continue ends one turn of a loop, break the loop
    [exit 1]
    [stderr]
    error: memory limit error: the script used more than 16 MiB
     --> wrong.lua:2
      2 | local u = table.create(8000000, 1)
        | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      used …, the limit is 16 MiB: --memory
    hint: look for a table or text that grows with every turn of a loop
    [exit 1]
    [stderr]
    error: memory limit error: the script used more than 16 MiB
     --> wrong.lua:3
      3 | for i = 1, 1e9 do t[i] = s .. i end
        | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      used …, the limit is 16 MiB: --memory
    hint: look for a table or text that grows with every turn of a loop
    [exit 1]
    [stderr]
    error: runtime error: error was called with { code = 1, why = "no" }
     --> wrong.lua:1
      1 | error({ code = 1, why = 'no' })
        | ^^^^^
    hint: give it a text: error("…")
    [exit 1]
    武汉钢铁
    nil
    [stderr]
    error: argument error: kehu.group: "count" is where a group says how many rows it has
     --> wrong.lua:1
      1 | print(kehu.group(kehu.gather(kehu.customers{}), 'count'))
        |                                                  ^^^^^
    hint: group under another name: { number = function(row) return row.count end }
    [exit 1]
    [stderr]
    error: runtime error: attempt to index nil with 'y'
     --> wrong.lua:2
      2 | t['a b'].y = 1
        |          ^
    hint: what stands before it is nil; test it first
    [exit 1]
    [stderr]
    error: runtime error: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
     --> wrong.lua:1
      1 | error(('x'):rep(1e7), 0)
        | ^^^^^^^^^^^^^^^^^^^^^^^^
    [exit 1]
    "#);
    kit.write("rows.lua", "return kehu.customers{ columns = 'name', limit = 2 }");
    assert_snapshot!(kit.run("run rows.lua"), @"
    id   name
    C-1  武汉钢铁
    C-2  武汉机械
    ");
}

#[test]
fn what_became_known_later_is_said_where_a_value_is_missing() {
    let kit = shop_with("return { t = ctx:missing(\"t\", none) }");
    kit.write(
        "scripts/t/main.lua",
        "local none = kehu.rule{ id = \"none\", en = \"unknown\", zh = \"未知\" }\nreturn { score = function(c, ctx)\n  return { t = ctx:missing(\"t\", none) }\nend }\n",
    );
    kit.write("scripts/t/pack.toml", &MANIFEST.replace("\"recency_days\"", "\"credit_days?\""));
    kit.set("[fields.customer.credit_days]\ntype = \"number\"\n");
    let kit = kit.at("2024-03-10T09:00");
    kit.done("customer edit 武汉钢铁 --field credit_days=90");
    kit.done("score --as-of 2024-03-01");
    assert_snapshot!(kit.run("explain 武汉钢铁 t"), @"
    武汉钢铁 (C-1), 2024-03-01

    t = missing  [t 1.0.0, score]
      · unknown  scripts/t/main.lua:1
      credit_days = missing  credit days
    [stderr]
    note: credit_days is known today, and was not yet on 2024-03-01
    hint: what is typed counts from the day on which it became known; to see it: --as-of today
    ");
}

#[test]
fn the_old_name_of_log_is_still_taken() {
    let kit = shop_with("ctx.log.debug(\"seen\")\n  return {}");
    for option in ["--log", "--plugin-log"] {
        let told = kit.run(&format!("score --dry-run {option} debug"));
        assert!(told.contains("debug: pack t: seen"), "{told}");
    }
}

#[test]
fn a_manifest_that_is_no_file_is_named_as_such() {
    let kit = shop_with("return {}");
    let manifest = kit.path().join("scripts/t/pack.toml");
    std::fs::remove_file(&manifest).unwrap();
    std::os::unix::fs::symlink("nowhere.toml", &manifest).unwrap();
    let told = kit.run("score");
    assert!(told.contains("error: pack.toml is no plain file\n --> scripts/t/pack.toml"), "{told}");
    assert!(told.contains("hint: put a copy of the file in its place\n"), "{told}");
}
