use crate::kit::Kit;
use insta::assert_snapshot;

#[test]
fn a_new_workspace_is_a_folder_with_settings_and_a_private_database() {
    let kit = Kit::empty();
    assert_snapshot!(kit.run("init ."), @r"
    [stderr]
    Made a workspace: .
    hint: add a customer with: kehu -C . customer add NAME
    ");
    let names = ["kehu.toml", "kehu.db", "scripts", "plugins"];
    assert!(names.iter().all(|name| kit.path().join(name).exists()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(kit.path().join("kehu.db")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert_snapshot!(kit.run("init ."), @r"
    [stderr]
    error: . is a workspace already
    hint: work in it with: kehu -C . …
    [exit 1]
    ");
}

#[test]
fn a_workspace_is_found_from_its_sub_folders_and_by_its_name() {
    let kit = Kit::new();
    kit.done("-C scripts rep add 王芳");
    assert_snapshot!(kit.run("rep list"), @r"
    id   name
    R-1  王芳
    ");
    assert_snapshot!(kit.run("-C ../home rep list"), @r"
    [stderr]
    error: $DIR/home lies in no workspace: no kehu.toml here or above
    hint: name one with -C DIR
    hint: make one with: kehu init DIR
    [exit 1]
    ");
    assert_snapshot!(kit.run("-C nowhere rep list"), @r"
    [stderr]
    error: nowhere cannot be read: no such file or directory
    [exit 1]
    ");
}

#[test]
fn every_value_is_shown_with_the_file_and_line_that_sets_it() {
    let kit = Kit::new();
    kit.write("../base/kehu.toml", "[planning]\nhours_a_day = 7\n[limits]\nrun_seconds = 30\n");
    kit.write("kehu.toml", "extends = \"../base\"\n[limits]\nrun_seconds = 90\n");
    assert_snapshot!(kit.run("config show planning.h"), @r"
    key                   value  set at
    planning.hours_a_day  7      ../base/kehu.toml:2
    ");
    kit.set("[packs]\non = [\"lifecycle\"]\n[settings.lifecycle]\nsilent_days = 60\n");
    assert_snapshot!(kit.run("config show settings"), @r#"
    key                             value            set at
    settings.lifecycle.silent_days  60               kehu.toml:7
    settings.lifecycle.active_days  30               (default of lifecycle)
    settings.lifecycle.fading_days  180              (default of lifecycle)
    settings.lifecycle.soon_days    14               (default of lifecycle)
    settings.lifecycle.count_from   "last_purchase"  (default of lifecycle)
    "#);
    kit.set("[packs.lifecycle]\n");
    assert_snapshot!(kit.run("config show settings"), @r#"
    [stderr]
    error: unknown key "lifecycle" in [packs]
     --> kehu.toml:8:8
      8 | [packs.lifecycle]
    hint: the settings of a pack stand under [settings.lifecycle]
    [exit 1]
    "#);
    kit.write("kehu.toml", "extends = \"../base\"\n[limits]\nrun_seconds = 90\n");
    assert_snapshot!(kit.run("config show limits --json"), @r#"
    [
      {
        "key": "limits.call_milliseconds",
        "value": 50,
        "set_at": "(default)"
      },
      {
        "key": "limits.batch_seconds",
        "value": 20,
        "set_at": "(default)"
      },
      {
        "key": "limits.run_seconds",
        "value": 90,
        "set_at": "kehu.toml:3"
      },
      {
        "key": "limits.load_milliseconds",
        "value": 200,
        "set_at": "(default)"
      },
      {
        "key": "limits.memory_mib",
        "value": 256,
        "set_at": "(default)"
      }
    ]
    "#);
}

#[test]
fn workspaces_that_extend_one_another_in_a_circle_are_refused() {
    let kit = Kit::new();
    kit.write("../base/kehu.toml", "extends = \"../shop\"\n");
    kit.write("kehu.toml", "extends = \"../base\"\n");
    assert_snapshot!(kit.run("config show"), @r#"
    [stderr]
    error: "../shop" extends this workspace in turn: a circle
     --> ../base/kehu.toml:1:11
      1 | extends = "../shop"
    [exit 1]
    "#);
    kit.write("kehu.toml", "extends = \"../bass\"\n");
    assert_snapshot!(kit.run("config show"), @r#"
    [stderr]
    error: "../bass" is no workspace that could be extended
     --> kehu.toml:1:11
      1 | extends = "../bass"
    hint: write the folder of a kehu.toml, as seen from this one
    [exit 1]
    "#);
}

#[test]
fn a_slip_in_the_settings_is_shown_with_its_line_and_the_nearest_name() {
    let kit = Kit::new();
    kit.write("kehu.toml", "[calender]\ncountry = \"CN\"\n\n[limits]\nrun_seconds = 0\n");
    assert_snapshot!(kit.run("customer list"), @r#"
    [stderr]
    error: unknown key "calender"
     --> kehu.toml:1:2
      1 | [calender]
    hint: did you mean "calendar"?
    error: "run_seconds" is 0, expected 1 to 86400
     --> kehu.toml:5:15
      5 | run_seconds = 0
    [exit 1]
    "#);
}

#[test]
fn who_acts_is_named_or_set_or_logged_in() {
    let kit = Kit::new();
    kit.done("rep add one");
    kit.write("../home/.config/kehu/config.toml", "[user]\nname = \"王芳\"\nlanguage = \"zh\"\n");
    kit.done("rep add two");
    kit.done("--user Zoë rep add three");
    assert_snapshot!(kit.run("history"), @r"
    编号  时间 (UTC)            经手  命令     操作内容
    O-3   2024-03-01T01:30:00Z  Zoë   rep add  添加 R-3 three
    O-2   2024-03-01T01:30:00Z  王芳  rep add  添加 R-2 two
    O-1   2024-03-01T01:30:00Z  李伟  rep add  添加 R-1 one
    ");
}

#[test]
fn who_gave_no_name_is_told_how_to_and_sizes_can_be_read() {
    let kit = Kit::new();
    let nameless =
        |line: &[&str]| kit.told(&kit.command(line).env_remove("USER").output().unwrap());
    assert!(!kit.run("history").contains("hint"));
    assert!(nameless(&["rep", "add", "one"]).contains("Added rep one."));
    let told = nameless(&["history"]);
    let hint = "hint: unknown is whoever gave no name; set [user] name in";
    assert_eq!(told.matches(hint).count(), 1, "{told}");
    let doctor = kit.run("doctor");
    assert!(doctor.lines().any(|line| line.contains("size") && line.ends_with(" KiB")), "{doctor}");
    let doctor = kit.json("doctor");
    let size = doctor.as_array().unwrap().iter().find(|row| row["check"] == "size").unwrap();
    assert!(size["found"].as_u64().unwrap() > 8_192, "{size}");
}
