//! The registry: its examples run, the files written from it are up to date, and it names what there is.

use std::path::Path;

use kehu_contract::{Hook, Language, Limits, PackError};
use kehu_lua::api::{self, Entry, Format, Shape, Subject};
use kehu_lua::testing::{Options, Outcome, Suite};

use crate::every_hook::{MANIFEST, call, main_file, open_within, pack_of};

/// An example as a script that fails if it does not give what it says.
fn checked(example: &str) -> String {
    example
        .lines()
        .map(|line| match line.split_once(" --> ") {
            Some((expression, given)) => format!("expect({given:?}, {expression})\n"),
            None => format!("{line}\n"),
        })
        .collect()
}

/// Runs a body as the function of a hook, about one customer. Rules are declared at the top of the file.
fn run(function: &str, body: &str) -> Result<(), PackError> {
    let main = if body.contains("kehu.rule") {
        main_file(body, &[])
    } else if function == "score" && !body.contains("return") {
        main_file("", &[(function, &format!("{body}\nreturn {{}}"))])
    } else {
        main_file("", &[(function, body)])
    };
    let mut pack = open_within(&pack_of(&main), Limits::default())?;
    call(&mut pack, function, 1).map(|_| ())
}

/// The function in which a subject's examples run.
fn function_of(subject: &Subject) -> &'static str {
    match (subject.name, subject.hooks.first()) {
        ("kehu.FitContext" | "kehu.Column", _) => "learn",
        (_, Some(Hook::FollowUp)) => "follow_up",
        (_, Some(Hook::Review)) => "review",
        (_, Some(Hook::Stage)) => "stage",
        (_, Some(Hook::OnEvent)) => "on_event",
        (_, Some(Hook::ImportRow)) => "import_row",
        (_, Some(Hook::PlanVisits)) => "plan_visits",
        _ => "score",
    }
}

/// A body that returns what the planner must.
fn plan_too(function: &str, body: &str) -> String {
    let end = if function == "plan_visits" { "return { days = {} }" } else { "" };
    format!("{body}\n{end}")
}

#[test]
fn every_example_gives_what_it_says() {
    let mut wrong = String::new();
    let of_entries = api::entries().map(|(subject, entry)| (subject, entry.name, entry.example));
    let of_subjects = api::subjects().map(|subject| (subject, subject.name, subject.example));
    let all = of_entries.chain(of_subjects).filter(|(.., example)| !example.is_empty());
    for (subject, name, example) in all {
        let function = function_of(subject);
        if let Err(error) = run(function, &plan_too(function, &checked(example))) {
            wrong += &format!("{name}: {error}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_entry_says_what_it_does_in_both_languages_and_shows_it() {
    let mut wrong = Vec::new();
    for (subject, entry) in api::entries() {
        let shown = if entry.example.is_empty() {
            matches!(entry.shape, Shape::Field(..))
                && subject.example.contains(&format!(".{}", entry.short()))
        } else {
            entry.example.contains(entry.short())
        };
        let told = [entry.en, entry.zh, subject.en, subject.zh].iter().all(|text| !text.is_empty());
        let paired = entry.more_en.is_empty() == entry.more_zh.is_empty();
        let ends = entry.en.ends_with('.') && entry.zh.ends_with('。');
        if !(shown && told && paired && ends && entry.since == "0.1") {
            wrong.push(entry.name);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// A pack that answers what the examples of tests ask.
const ASKED: &str = r#"
[[step]]
hook = "visit_need"
needs = ["amount"]
"#;

fn asked() -> String {
    let main = main_file(
        "",
        &[
            ("learn", "return { mean = columns.amount:mean() }"),
            ("score", "local s = ctx:column(\"points\") s:apply(quiet) return { points = s }"),
            (
                "follow_up",
                "return ctx:propose{ action = \"call\", channel = \"phone\", due = ctx.as_of, because = free }",
            ),
        ],
    );
    let visits = "visit_need = function(c, ctx) return { visits_per_month = ctx:set(\"visits_per_month\", 2, free) } end,\n}";
    format!("{}{visits}\n", main.trim_end().strip_suffix('}').unwrap())
}

#[test]
fn what_tests_have_is_told_shown_and_all_there_is() {
    let manifest = MANIFEST.replacen("\n[[step]]", &format!("{ASKED}[[step]]"), 1);
    let mut tests = crate::every_hook::EXPECT.to_owned();
    for (subject, entry) in api::of_tests() {
        let told = [entry.en, entry.zh, subject.en, subject.zh, entry.example];
        assert!(told.iter().all(|text| !text.is_empty()), "{}", entry.name);
        assert!(entry.en.ends_with('.') && entry.zh.ends_with('。'), "{}", entry.name);
        assert!(entry.example.contains(entry.short()), "{}", entry.name);
        tests += &match subject.name {
            "tests" => format!("describe(\"a\", function()\n{}\nend)\n", entry.example),
            _ => format!("it(\"{}\", function()\n{}\nend)\n", entry.name, checked(entry.example)),
        };
    }
    for name in ["test", "assert"] {
        let body = format!(
            "local names = {{}} for name in next, {name} do names[#names + 1] = name end table.sort(names) error(table.concat(names, \" \"), 0)"
        );
        tests += &format!("it(\"names of {name}\", function() {body} end)\n");
    }
    let files = crate::kit::files(&manifest, &[("main.lua", &asked()), ("tests.lua", &tests)]);
    let suite = Suite::new(files, false).unwrap_or_else(|refused| panic!("{:?}", refused.problems));
    let report = suite.run(&Options::default()).unwrap_or_else(|error| panic!("{error}"));
    for test in &report.tests {
        let name = test.name();
        match (&test.outcome, name.strip_prefix("names of ")) {
            (Outcome::Failed(failure), Some(table)) => {
                let told = api::of_tests().filter(|(subject, _)| subject.name == table);
                let mut told: Vec<&str> = told.map(|(_, entry)| entry.short()).collect();
                told.sort_unstable();
                assert_eq!(failure.error.message, told.join(" "), "{table}");
            }
            (Outcome::Failed(failure), None) => panic!("{name}: {}", failure.error),
            _ => {}
        }
    }
}

/// The names in a table of the VM.
fn seen(function: &str, table: &str) -> Vec<String> {
    let body = format!(
        "local names = {{}} for name in next, {table} do names[#names + 1] = name end table.sort(names) error(table.concat(names, \" \"), 0)"
    );
    let error = run(function, &body).unwrap_err();
    error.message.split_whitespace().map(str::to_owned).collect()
}

fn named(names: &[&str]) -> Vec<String> {
    let mut found: Vec<String> = api::subjects()
        .filter(|subject| names.contains(&subject.name))
        .flat_map(|subject| subject.entries.iter().map(|entry| entry.short().to_owned()))
        .collect();
    found.sort();
    found
}

#[test]
fn the_registry_names_what_scripts_see_and_nothing_else() {
    for name in ["kehu", "kehu.day", "kehu.text", "kehu.number", "kehu.list", "kehu.log"] {
        assert_eq!(named(&[name]), seen("score", name), "{name}");
    }
    for (subject, function) in [
        ("kehu.FitContext", "learn"),
        ("kehu.FollowUpContext", "follow_up"),
        ("kehu.ReviewContext", "review"),
        ("kehu.StageContext", "stage"),
        ("kehu.EventContext", "on_event"),
        ("kehu.RowContext", "import_row"),
        ("kehu.PlanContext", "plan_visits"),
    ] {
        assert_eq!(named(&["kehu.Context", subject]), seen(function, "ctx"), "{subject}");
    }
    for (subject, function, table) in [
        ("kehu.Deal", "follow_up", "case.deals[1]"),
        ("kehu.Interaction", "follow_up", "case.interactions[1]"),
        ("kehu.Thread", "follow_up", "case.threads[1]"),
        ("kehu.ThreadStep", "follow_up", "case.threads[1].steps[1]"),
        ("kehu.Proposal", "review", "proposals[1]"),
        ("kehu.StageCase", "stage", "case"),
        ("kehu.Stage", "stage", "case.stage"),
        ("kehu.MoveAsked", "stage", "case.move"),
        ("kehu.Move", "stage", "case.history[1]"),
        ("kehu.Event", "on_event", "event"),
        ("kehu.Problem", "plan_visits", "problem"),
        ("kehu.WorkDay", "plan_visits", "problem.days[1]"),
        ("kehu.PlanCustomer", "plan_visits", "problem.customers[1]"),
        ("kehu.Point", "plan_visits", "problem.home"),
    ] {
        let named = named(&[subject]);
        // What is nil is not in a table: reading every name that is told finds no error, and all that is in
        // the table is told.
        let body = format!("local t = {table} local all = {{ {} }}", {
            let reads: Vec<String> = named.iter().map(|name| format!("t.{name}")).collect();
            reads.join(", ")
        });
        run(function, &plan_too(function, &body)).unwrap();
        for name in seen(function, table) {
            assert!(named.contains(&name), "{subject} has {name}");
        }
    }
    let mut score = named(&["kehu.Context", "kehu.ScoreContext"]);
    // Without a fit the state is nil, which a table does not hold.
    score.retain(|name| name != "state");
    assert_eq!(score, seen("score", "ctx"));
    assert_eq!(named(&["kehu.Points"]), seen("score", "ctx:column(\"points\")"));
    let globals: Vec<&str> = api::globals().collect();
    for name in seen("score", "_G") {
        assert!(globals.contains(&name.as_str()), "{name}");
    }
    for name in &globals {
        run("score", &format!("assert(_G[\"{name}\"] ~= nil)\n")).unwrap();
    }
}

#[test]
fn the_files_that_are_written_from_the_registry_are_up_to_date() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts");
    let files = [
        ("reference.md", Format::Markdown, Language::En, "kehu api --format markdown"),
        ("reference.zh.md", Format::Markdown, Language::Zh, "kehu --lang zh api --format markdown"),
        ("types/kehu.d.lua", Format::LuaCats, Language::En, "kehu api --format luacats"),
        ("types/kehu.d.luau", Format::Luau, Language::En, "kehu api --format luau"),
        ("types/kehu.yml", Format::Selene, Language::En, "kehu api --format selene"),
    ];
    for (name, format, language, command) in files {
        if std::env::var_os("KEHU_WRITE_REFERENCE").is_some() {
            std::fs::write(scripts.join(name), api::write(format, language)).unwrap();
        }
        let kept = std::fs::read_to_string(scripts.join(name)).unwrap_or_default();
        assert!(
            kept == api::write(format, language),
            "scripts/{name} is out of date; it is what {command} shows; to write all of them anew: \
             KEHU_WRITE_REFERENCE=1 cargo test --workspace --test lua up_to_date"
        );
    }
}

#[test]
fn the_files_for_editors_are_lua_that_can_be_read() {
    let lua = api::write(Format::LuaCats, Language::En);
    crate::kit::factory(MANIFEST, &lua).unwrap();
    let luau = api::write(Format::Luau, Language::En);
    // The compiler reads types, not declarations.
    let mut types = String::new();
    for line in luau.lines() {
        types += &match line.strip_prefix("declare ").and_then(|rest| rest.split_once(": ")) {
            Some((name, kind)) => format!("type Declared_{name} = {kind}\n"),
            None => format!("{line}\n"),
        };
    }
    crate::kit::factory(MANIFEST, &types)
        .unwrap_or_else(|problems| panic!("{problems:?}\n{types}"));
    for (subject, entry) in api::entries().filter(|(subject, _)| subject.is_global()) {
        let in_lua = lua.contains(&format!("function {}(", entry.name))
            || lua.contains(&format!("---@field {} ", entry.short()));
        assert!(in_lua, "{} {}", subject.name, entry.name);
    }
}

#[test]
fn a_wrong_argument_is_told_by_its_place_name_and_type() {
    let cases = [
        (
            "kehu.day.add_months(1, \"3\")",
            "kehu.day.add_months: argument 2 'months': whole number expected, got text \"3\"",
        ),
        ("kehu.day.format()", "kehu.day.format: argument 1 'day': day expected, got nothing"),
        ("kehu.day.format(1.5)", "kehu.day.format: argument 1 'day': day expected, got number 1.5"),
        (
            "kehu.day.format(1e9)",
            "kehu.day.format: argument 1 'day': day expected, got number 1000000000",
        ),
        (
            "kehu.day.parse(\"2025-13-01\")",
            "kehu.day.parse: argument 1 'text': a day such as \"2025-03-01\" expected, got text \"2025-13-01\"",
        ),
        ("kehu.day.of(2023, 2, 29)", "kehu.day.of: there is no day 2023-2-29"),
        (
            "kehu.day.add_months(0, 2^53)",
            "kehu.day.add_months: argument 2 'months': that leaves the calendar",
        ),
        (
            "kehu.day:format(1)",
            "kehu.day.format: argument 1 'day': day expected, got table | write a dot: kehu.day.format(…)",
        ),
        (
            "kehu.text.len(0/0)",
            "kehu.text.len: argument 1 'text': text expected, got not a number (0/0)",
        ),
        (
            "kehu.text.len(\"\\255\")",
            "kehu.text.len: argument 1 'text': text expected, got bytes that are no text (UTF-8)",
        ),
        (
            "kehu.text.pad(\"a\", 3, \"lift\")",
            "kehu.text.pad: argument 3 'side': one of its words expected, got text \"lift\" | did you mean \"left\"?",
        ),
        (
            "kehu.text.split(\"a\", \"\")",
            "kehu.text.split: argument 2 'separator': text expected, got an empty one",
        ),
        (
            "kehu.list.mean({ 1, \"2\" })",
            "kehu.list.mean: argument 1 'list': item 2: number expected, got text \"2\"",
        ),
        (
            "kehu.list.quantile({ 1 }, 50)",
            "kehu.list.quantile: argument 2 'share': 0 to 1 expected, got number 50",
        ),
        (
            "kehu.number.clamp(1, 9, 3)",
            "kehu.number.clamp: argument 3 'most': 3 is below the least, 9",
        ),
        (
            "kehu.number.round(1, 99)",
            "kehu.number.round: argument 2 'digits': -15 to 15 expected, got number 99",
        ),
    ];
    let mut wrong = String::new();
    for (call, expected) in cases {
        let error = run("score", call).unwrap_err();
        let hint = error.hint.map(|hint| format!(" | {hint}")).unwrap_or_default();
        let told = format!("{}{hint}", error.message);
        if told != expected || error.kind.name() != "argument" {
            wrong += &format!("{call}\n  got      {told}\n  expected {expected}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_name_is_found_however_it_is_written() {
    let found = |name: &str| -> Vec<&str> {
        api::find(name).iter().map(|(_, entry): &(_, &Entry)| entry.name).collect()
    };
    assert_eq!(found("kehu.day.parse"), ["kehu.day.parse"]);
    assert_eq!(found("ctx.column"), ["ctx:column"]);
    assert_eq!(found("add_months"), ["kehu.day.add_months"]);
    assert_eq!(found("ctx:warn").len(), 2);
    assert!(found("kehu.list").len() > 5);
    assert!(found("kehu.dya").is_empty());
    assert_eq!(found("test.score"), ["test.score"]);
    assert_eq!(found("assert.reason"), ["assert.reason"]);
    let tables = |name: &str| -> Vec<&str> {
        api::tables(name).iter().map(|subject| subject.name).collect()
    };
    assert!(tables("ctx").len() > 6, "each hook's ctx");
    assert_eq!(tables("case"), ["kehu.Case", "kehu.StageCase"]);
    assert_eq!(tables("event"), ["kehu.Event"]);
    assert_eq!(tables("proposals"), ["kehu.Proposal"]);
    assert_eq!(tables("c"), ["kehu.Row"]);
    assert_eq!(tables("row"), ["kehu.Row"]);
    assert_eq!(tables("kehu"), ["kehu"]);
    assert_eq!(tables("test"), ["test"]);
    assert!(tables("nothing").is_empty());
    assert_eq!(api::nearest_name("kehu.day.prase"), Some("kehu.day.parse"));
    assert_eq!(api::nearest_name("add_month"), Some("kehu.day.add_months"));
}
