use crate::kit::Kit;
use insta::assert_snapshot;

const MAP: &str = "\
name = \"old_crm\"

[fields.customer]
sector = { type = \"text\" }

[[table]]
into = \"customer\"
match = \"external_id\"
[table.columns]
external_id = \"id\"
name = \"account\"
sector = \"sector\"
";

#[test]
fn rows_are_imported_once_and_bad_ones_are_named() {
    let kit = Kit::new();
    kit.write("map.toml", MAP);
    kit.write("old.csv", "id,account,sector\n1,Acme,steel\n2,,trade\n3,Beta,trade\n");
    assert_snapshot!(kit.run("import old.csv --map map.toml --dry-run"), @r#"
    file     encoding  into      rows  new  changed  unchanged  refused
    old.csv  UTF-8     customer     3    2        0          0        1
    [stderr]
    Nothing was written: this was a dry run.
    refused: old.csv:3, column "account": is empty
    hint: name it there, or leave the column out to go by the external id
    To be added to kehu.toml:
    [fields.customer.sector]
    type = "text"
    title = "sector"
    [exit 3]
    "#);
    assert_snapshot!(kit.run("customer list"), @r"
    [stderr]
    nothing to show
    ");
    assert_snapshot!(kit.run("import old.csv --map map.toml"), @r#"
    file     encoding  into      rows  new  changed  unchanged  refused
    old.csv  UTF-8     customer     3    2        0          0        1
    [stderr]
    refused: old.csv:3, column "account": is empty
    hint: name it there, or leave the column out to go by the external id
    Added to kehu.toml:
    [fields.customer.sector]
    type = "text"
    title = "sector"
    [exit 3]
    "#);
    assert_snapshot!(kit.run("customer list --columns id,name,sector"), @r"
    id   name  sector
    C-1  Acme  steel
    C-2  Beta  trade
    ");
    assert_snapshot!(kit.run("import old.csv --map map.toml"), @r#"
    file     encoding  into      rows  new  changed  unchanged  refused
    old.csv  UTF-8     customer     3    0        0          2        1
    [stderr]
    refused: old.csv:3, column "account": is empty
    hint: name it there, or leave the column out to go by the external id
    [exit 3]
    "#);
    kit.done("undo");
    assert_snapshot!(kit.run("customer list"), @r"
    [stderr]
    nothing to show
    ");
}

#[test]
fn a_mapping_that_does_not_fit_is_shown_with_its_line() {
    let kit = Kit::new();
    kit.write("map.toml", &MAP.replace("\"account\"", "\"acount\""));
    kit.write("old.csv", "id,account,sector\n1,Acme,steel\n");
    assert_snapshot!(kit.run("import old.csv --map map.toml"), @r#"
    [stderr]
    error: old.csv has no column "acount"
     --> map.toml:11:8
      11 | name = "acount"
    hint: did you mean "account"?
    [exit 1]
    "#);
    assert_snapshot!(kit.run("import new.csv --map map.toml"), @r"
    [stderr]
    error: new.csv: is not there
    [exit 1]
    ");
    assert_snapshot!(kit.run("import old.csv --map mapp.toml"), @r"
    [stderr]
    error: mapp.toml cannot be read: no such file or directory
    [exit 1]
    ");
}

#[test]
fn what_a_mapping_declares_is_kept_though_nobody_reads_the_report() {
    let kit = Kit::new();
    kit.write("firms.csv", "name,headcount\nHuaxing,12\n");
    kit.write(
        "map.toml",
        "name = \"firms\"\n[fields.customer.headcount]\ntype = \"number\"\n[[table]]\ninto = \"customer\"\n[table.columns]\nname = \"name\"\nheadcount = \"headcount\"\n",
    );
    let mut command = kit.command(&["import", "firms.csv", "--map", "map.toml"]);
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", kit.told(&output));
    assert_eq!(kit.json("customer list --columns name,headcount")[0]["headcount"], 12.0);
    assert!(!kit.path().join("kehu.toml.new").exists());
}

#[test]
fn a_file_of_which_no_row_fits_stops_the_import() {
    let kit = Kit::shop();
    kit.write("people.csv", "who\n张三\n李四\n");
    kit.write("sales.csv", "who,day\n张三,soon\n李四,later\n");
    kit.write(
        "map.toml",
        "name = \"till\"\n[[table]]\nfile = \"people.csv\"\ninto = \"customer\"\n[table.columns]\nname = \"who\"\n[[table]]\nfile = \"sales.csv\"\ninto = \"interaction\"\n[table.columns]\nkind = { value = \"purchase\" }\ncustomer = \"who\"\nday = \"day\"\n",
    );
    assert_snapshot!(kit.run("import . --map map.toml"), @r#"
    [stderr]
    error: none of the 2 rows of sales.csv fits: column "day" is no date; nothing was written
    hint: write it as 2017-03-04, or say how it is written with date_format or date_order
    hint: the first is line 2 of sales.csv
    [exit 1]
    "#);
    assert_eq!(kit.json("customer list").as_array().unwrap().len(), 3, "nothing is kept");
    assert!(kit.run("history").lines().all(|line| !line.contains("import")));
    // Where some rows go in, the others are named.
    kit.write("sales.csv", "who,day\n张三,soon\n李四,2024-02-01\n");
    assert!(kit.run("import . --map map.toml").ends_with("[exit 3]\n"));
}

#[test]
fn a_day_that_has_not_come_is_refused() {
    let kit = Kit::shop();
    kit.write(
        "map.toml",
        "name = \"calls\"\n[[table]]\ninto = \"interaction\"\n[table.columns]\ncustomer = \"who\"\nday = \"day\"\nkind = { value = \"call\" }\n",
    );
    kit.write("calls.csv", "who,day\nAnn Lee,2024-03-01\nAnn Lee,2024-03-02\n");
    assert_snapshot!(kit.run("import calls.csv --map map.toml"), @r#"
    file       encoding  into         rows  new  changed  unchanged  refused
    calls.csv  UTF-8     interaction     2    1        0          0        1
    [stderr]
    refused: calls.csv:3, column "day": "2024-03-02" has not come yet: today is 2024-03-01
    hint: check date_order of the mapping; what is still to come is a task or expected_close
    [exit 3]
    "#);
}
