//! Mappings and files that do not fit, and what a mapping declares.

use super::*;

const CUSTOMERS: &str =
    "name = \"x\"\n[[table]]\ninto = \"customer\"\n[table.columns]\nname = \"Name\"\n";

fn error(result: Result<ImportReport, ImportError>) -> String {
    match result {
        Err(ImportError::Mapping(problems)) => {
            problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        }
        Err(error) => error.to_string(),
        Ok(report) => panic!("{report:?}"),
    }
}

#[test]
fn a_column_that_the_file_lacks_is_shown_in_the_mapping_with_the_nearest_name() {
    let workspace = Workspace::new();
    assert_eq!(
        error(workspace.try_import(CUSTOMERS, &[("a.csv", "Names,Id\nA,1\n")])),
        "map.toml:5:8: a.csv has no column \"Name\"\n  5 | name = \"Name\"\nhint: did you mean \"Names\"?"
    );
    assert!(
        error(workspace.try_import(CUSTOMERS, &[("a.csv", "Name;Id\nA;1\n")]))
            .contains("say which delimiter")
    );
}

#[test]
fn a_file_that_is_missing_empty_or_only_a_header_stops_everything() {
    let workspace = Workspace::new();
    assert_eq!(error(workspace.try_import(CUSTOMERS, &[("a.csv", "")])), "a.csv: is empty");
    assert_eq!(
        error(workspace.try_import(CUSTOMERS, &[("a.csv", "Name,Id\n\n")])),
        "a.csv: has a header, but no rows"
    );
    assert_eq!(
        error(workspace.try_import(CUSTOMERS, &[("a.csv", "Name,Name\nA,B\n")])),
        "a.csv:1, column \"Name\": two columns are called \"Name\""
    );
    let missing = CUSTOMERS.replace("into", "file = \"b.csv\"\ninto");
    assert_eq!(error(workspace.try_import(&missing, &[])), "b.csv: is not there");
    assert_eq!(workspace.count(Entity::Customer), 0);
}

#[test]
fn a_bad_row_is_reported_with_its_line_and_the_rest_goes_on() {
    let workspace = Workspace::new();
    let file = "Name,Id\nA,1\nB\nC,1,2\n\"D\nD\",1\nE\0,1\nF,1\n";
    let report = workspace.import(CUSTOMERS, &[("a.csv", file)]);
    assert_eq!(counts(&report, 0), [3, 0, 0, 3]);
    assert_eq!(
        refusals(&report),
        [
            "a.csv:3: has 1 cell, expected 2",
            "a.csv:4: has 3 cells, expected 2",
            "a.csv:7, column \"Name\": holds a NUL byte",
        ]
    );
}

#[test]
fn a_slip_in_the_mapping_names_its_line_and_the_nearest_name() {
    let workspace = Workspace::new();
    let problems = workspace.problems(
        "name = \"x\"\n[[table]]\ninto = \"custmer\"\n[table.columns]\nname = \"n\"\n[[table]]\nfile = \"a\"\ninto = \"deal\"\nmatsch = \"name\"\n[table.columns]\nexternal_id = \"a\"\nnames = \"b\"\nstage = { form = \"b\" }\n",
    );
    let expected = [
        "map.toml:2:1: [table] needs \"file\"",
        "map.toml:3:8: \"table.into\" is \"custmer\"\n  3 | into = \"custmer\"\nhint: did you mean \"customer\"?",
        "map.toml:9:1: unknown key \"matsch\" in [table]\n  9 | matsch = \"name\"\nhint: did you mean \"match\"?",
        "map.toml:12:1: a deal has no field \"names\"\n  12 | names = \"b\"\nhint: did you mean \"name\"?",
        "map.toml:13:9: \"stage\" needs one of \"from\" and \"value\"",
        "map.toml:13:11: unknown key \"form\" in [table.columns.stage]\n  13 | stage = { form = \"b\" }\nhint: did you mean \"from\"?",
    ];
    for expected in expected {
        assert!(
            problems.iter().any(|problem| problem.starts_with(expected)),
            "{expected}\n\namong:\n{}",
            problems.join("\n")
        );
    }
}

#[test]
fn a_mapping_needs_what_its_sort_of_record_needs() {
    let workspace = Workspace::new();
    for (columns, expected) in [
        (
            "into = \"interaction\"\n[table.columns]\nday = \"d\"",
            "an interaction needs \"customer\"",
        ),
        (
            "into = \"customer\"\n[table.columns]\nplace = \"d\"",
            "a customer needs \"name\" or \"external_id\"",
        ),
        ("into = \"deal\"\n[table.columns]\nname = \"d\"", "a deal needs a stage"),
        (
            "into = \"deal\"\n[table.columns]\nname = \"d\"\n[[table.event]]\nday = \"x\"",
            "an event needs one of",
        ),
        (
            "into = \"rep\"\nmatch = \"external_id\"\n[table.columns]\nname = \"d\"",
            "match = \"external_id\" needs a column",
        ),
        ("into = \"rep\"\nheader = false\n[table.columns]\nname = \"d\"", "needs \"names\""),
        (
            "into = \"rep\"\ndelimiter = \"::\"\n[table.columns]\nname = \"d\"",
            "\"::\" is no delimiter",
        ),
        (
            "into = \"rep\"\ndate_format = \"%d.%m.%y\"\n[table.columns]\nname = \"d\"",
            "a year of two digits",
        ),
        (
            "into = \"interaction\"\n[table.columns]\ncustomer = \"c\"\nday = \"d\"\nkind = { value = \"purchse\" }",
            "\"purchse\" is no kind of interaction",
        ),
        (
            "into = \"deal\"\n[table.columns]\nname = \"n\"\npipeline = { value = \"sale\" }\nstage = \"s\"",
            "\"sale\" is no pipeline",
        ),
        (
            "into = \"deal\"\n[table.columns]\nname = \"n\"\n[[table.event]]\nday = \"d\"\nstage = \"singed\"",
            "\"singed\" is no stage",
        ),
    ] {
        let problems = workspace.problems(&format!("name = \"x\"\n[[table]]\n{columns}\n"));
        assert!(
            problems.iter().any(|problem| problem.contains(expected)),
            "{expected}\namong {problems:?}"
        );
    }
}

#[test]
fn declarations_are_written_behind_what_stands_in_kehu_toml() {
    let workspace = Workspace::new();
    let mapping = workspace.mapping(
        r#"
        name = "x"
        [[kind]]
        name = "demo"
        contact = true
        states = ["set", "held"]
        closing = ["held"]
        [[pipeline]]
        name = "way"
        title = { en = "the \"way\"", zh = "路" }
        [[pipeline.stage]]
        name = "in"
        probability = 0.25
        longest_stay = 9
        exit_criteria = ["a", "b"]
        [[pipeline.stage]]
        name = "out"
        role = "won"
        [fields.customer.size]
        type = "choice"
        choices = ["s", "l"]
        [fields.deal.weight]
        type = "number"
        unit = "kg"
        [[table]]
        into = "customer"
        [table.columns]
        name = "n"
        size = "s"
    "#,
    );
    let before = "# mine\nname = \"firm\" # keep\n\n[fields.customer]\nvip = { type = \"flag\" }\n";
    let after = mapping.declarations().append_to("kehu.toml", before, "From x.").unwrap();
    assert!(after.starts_with(before.trim_end()));
    let settings = Settings::read(&[("kehu.toml", &after)]).unwrap();
    assert_eq!(settings.pipeline("way"), mapping.settings().pipeline("way"));
    assert_eq!(settings.kind("demo"), mapping.settings().kind("demo"));
    assert_eq!(settings.fields.len(), 3);
    assert_eq!(
        settings.field(Entity::Deal, "weight"),
        mapping.settings().field(Entity::Deal, "weight")
    );
    let again = Mapping::parse(
        "map.toml",
        "name = \"x\"\n[[kind]]\nname = \"demo\"\n[[table]]\ninto = \"rep\"\n[table.columns]\nname = \"n\"\n",
        &settings,
    );
    assert!(again.unwrap().declarations().is_empty(), "what is declared already stays");
    let inline = mapping.declarations().append_to("kehu.toml", "fields = {}\n", "From x.");
    assert!(inline.is_err());
}
