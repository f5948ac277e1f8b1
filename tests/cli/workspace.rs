use crate::kit::Kit;
use insta::assert_snapshot;

#[test]
fn a_new_workspace_is_a_folder_with_settings_and_a_private_database() {
    let kit = Kit::empty();
    assert_snapshot!(kit.run("init ."), @"");
    let names = ["kehu.toml", "kehu.db", "scripts", "plugins"];
    assert!(names.iter().all(|name| kit.path().join(name).exists()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(kit.path().join("kehu.db")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert_snapshot!(kit.run("init ."), @"");
}

#[test]
fn a_workspace_is_found_from_its_sub_folders_and_by_its_name() {
    let kit = Kit::new();
    kit.done("-C scripts rep add 王芳");
    assert_snapshot!(kit.run("rep list"), @"");
    assert_snapshot!(kit.run("-C ../home rep list"), @"");
    assert_snapshot!(kit.run("-C nowhere rep list"), @"");
}

#[test]
fn every_value_is_shown_with_the_file_and_line_that_sets_it() {
    let kit = Kit::new();
    kit.write("../base/kehu.toml", "[planning]\nhours_a_day = 7\n[limits]\nrun_seconds = 30\n");
    kit.write("kehu.toml", "extends = \"../base\"\n[limits]\nrun_seconds = 90\n");
    assert_snapshot!(kit.run("config show planning.h"), @"");
    assert_snapshot!(kit.run("config show limits --json"), @"");
}

#[test]
fn workspaces_that_extend_one_another_in_a_circle_are_refused() {
    let kit = Kit::new();
    kit.write("../base/kehu.toml", "extends = \"../shop\"\n");
    kit.write("kehu.toml", "extends = \"../base\"\n");
    assert_snapshot!(kit.run("config show"), @"");
    kit.write("kehu.toml", "extends = \"../bass\"\n");
    assert_snapshot!(kit.run("config show"), @"");
}

#[test]
fn a_slip_in_the_settings_is_shown_with_its_line_and_the_nearest_name() {
    let kit = Kit::new();
    kit.write("kehu.toml", "[calender]\ncountry = \"CN\"\n\n[limits]\nrun_seconds = 0\n");
    assert_snapshot!(kit.run("customer list"), @"");
}

#[test]
fn who_acts_is_named_or_set_or_logged_in() {
    let kit = Kit::new();
    kit.done("rep add one");
    kit.write("../home/.config/kehu/config.toml", "[user]\nname = \"王芳\"\nlanguage = \"zh\"\n");
    kit.done("rep add two");
    kit.done("--user Zoë rep add three");
    assert_snapshot!(kit.run("history"), @"");
}
