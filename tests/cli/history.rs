use crate::kit::Kit;
use insta::assert_snapshot;

#[test]
fn the_history_lists_what_was_done_and_undo_takes_it_back() {
    let kit = Kit::shop().at("2024-03-02T18:00:05+08:00");
    kit.done("customer edit 'Ann Lee' --phone 1");
    assert_snapshot!(kit.run("undo"), @"");
    assert_snapshot!(kit.run("history --limit 3"), @"");
    assert_snapshot!(kit.run("customer show 'Ann Lee'"), @"");
}

#[test]
fn what_later_operations_rest_on_cannot_be_undone_alone() {
    let kit = Kit::shop();
    kit.done("customer edit 'Ann Lee' --phone 1");
    assert_snapshot!(kit.run("undo O-6"), @"");
    assert_snapshot!(kit.run("undo O-99"), @"");
    assert_snapshot!(kit.run("undo C-3"), @"");
    kit.done("undo O-7");
    kit.done("undo O-6");
    assert_snapshot!(kit.run("undo O-6"), @"");
}
