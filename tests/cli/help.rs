use crate::kit::Kit;
use insta::assert_snapshot;

#[test]
fn an_unknown_command_names_the_nearest_one() {
    let kit = Kit::empty();
    assert_snapshot!(kit.run("custmer list"), @"");
}

#[test]
fn every_command_tells_what_it_does() {
    let kit = Kit::empty();
    kit.done("help");
    for command in ["customer", "deal move", "log", "import", "undo"] {
        kit.done(&format!("help {command}"));
    }
    assert_snapshot!(kit.run("deal move --help"), @"");
}

#[test]
fn completions_are_written_for_a_shell() {
    assert!(Kit::empty().run("completions bash").contains("_kehu"));
}
