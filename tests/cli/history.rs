use crate::kit::Kit;
use insta::assert_snapshot;

#[test]
fn the_history_lists_what_was_done_and_undo_takes_it_back() {
    let kit = Kit::shop().at("2024-03-02T18:00:05+08:00");
    kit.done("customer edit 'Ann Lee' --phone 110");
    assert_snapshot!(kit.run("undo"), @r"
    [stderr]
    Took back O-7: edited C-3 Ann Lee.
    ");
    assert_snapshot!(kit.run("history --limit 3"), @r"
    id   when (UTC)            by    command        what was done                          undone by
    O-8  2024-03-02T10:00:05Z  李伟  undo           O-7 customer edit: edited C-3 Ann Lee
    O-7  2024-03-02T10:00:05Z  李伟  customer edit  edited C-3 Ann Lee                     O-8
    O-6  2024-03-01T01:30:00Z  李伟  customer add   added C-3 Ann Lee
    [stderr]
    5 more; --limit 0 shows all
    ");
    assert_snapshot!(kit.run("customer show 'Ann Lee'"), @r"
    C-3  Ann Lee
      type         person
      known since  2024-03-01
    ");
}

#[test]
fn what_later_operations_rest_on_cannot_be_undone_alone() {
    let kit = Kit::shop();
    kit.done("customer edit 'Ann Lee' --phone 110");
    assert_snapshot!(kit.run("undo O-6"), @r"
    [stderr]
    error: later operations touch the same rows
    hint: undo O-7 first: edited C-3 Ann Lee
    [exit 1]
    ");
    assert_snapshot!(kit.run("undo O-99"), @r"
    [stderr]
    error: there is no operation O-99
    hint: kehu history lists what was done
    [exit 1]
    ");
    assert_snapshot!(kit.run("undo C-3"), @r#"
    [stderr]
    error: "C-3" is no operation
    hint: write its id, such as O-12; kehu history lists them
    [exit 2]
    "#);
    kit.done("undo O-7");
    kit.done("undo O-6");
    assert_snapshot!(kit.run("undo O-6"), @r"
    [stderr]
    error: O-6 is undone already, by O-9
    hint: kehu history lists what was done
    [exit 1]
    ");
}
