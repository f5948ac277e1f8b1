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
\"field.sector\" = \"sector\"
";

#[test]
fn rows_are_imported_once_and_bad_ones_are_named() {
    let kit = Kit::new();
    kit.write("map.toml", MAP);
    kit.write("old.csv", "id,account,sector\n1,Acme,steel\n2,,trade\n3,Beta,trade\n");
    assert_snapshot!(kit.run("import old.csv --map map.toml --dry-run"), @r#"
    [stderr]
    error: "table.into" is "customers"
     --> map.toml:7:8
      7 | into = "customers"
    hint: did you mean "customer"?
    [exit 1]
    "#);
    assert_snapshot!(kit.run("customer list"), @r"
    [stderr]
    nothing to show
    ");
    assert_snapshot!(kit.run("import old.csv --map map.toml"), @r#"
    [stderr]
    error: "table.into" is "customers"
     --> map.toml:7:8
      7 | into = "customers"
    hint: did you mean "customer"?
    [exit 1]
    "#);
    assert_snapshot!(kit.run("customer list --columns id,name,sector"), @r#"
    [stderr]
    error: there is no column "sector"
    hint: known are: id, name, type, owner, place, lat, lon, phone, email, birthday, parent, source, consent, tags, external_ids, archived, known
    [exit 2]
    "#);
    assert_snapshot!(kit.run("import old.csv --map map.toml"), @r#"
    [stderr]
    error: "table.into" is "customers"
     --> map.toml:7:8
      7 | into = "customers"
    hint: did you mean "customer"?
    [exit 1]
    "#);
    kit.done("undo");
    assert_snapshot!(kit.run("customer list"), @"");
}

#[test]
fn a_mapping_that_does_not_fit_is_shown_with_its_line() {
    let kit = Kit::new();
    kit.write("map.toml", &MAP.replace("\"account\"", "\"acount\""));
    kit.write("old.csv", "id,account,sector\n1,Acme,steel\n");
    assert_snapshot!(kit.run("import old.csv --map map.toml"), @r#"
    [stderr]
    error: "table.into" is "customers"
     --> map.toml:7:8
      7 | into = "customers"
    hint: did you mean "customer"?
    [exit 1]
    "#);
    assert_snapshot!(kit.run("import new.csv --map map.toml"), @r#"
    [stderr]
    error: "table.into" is "customers"
     --> map.toml:7:8
      7 | into = "customers"
    hint: did you mean "customer"?
    [exit 1]
    "#);
    assert_snapshot!(kit.run("import old.csv --map mapp.toml"), @r"
    [stderr]
    error: mapp.toml cannot be read: no such file or directory
    [exit 1]
    ");
}
