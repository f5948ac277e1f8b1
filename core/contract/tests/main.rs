//! What a pack's author sees of the contract: manifests, settings and features, read or refused.

use kehu_contract::{
    Aggregate, ColumnData, ColumnType, Comparison, Manifest, Need, Reason, Reasons, Source, Span,
    TextBuilder, Value,
};

const HEAD: &str = "name = \"credit\"\nversion = \"1.0.0\"\napi = \"0.1\"\n";
const STEP: &str = "[[step]]\nhook = \"score\"\n[step.gives.credit_score]\ntype = \"number\"\n";

fn problems(rest: &str) -> Vec<String> {
    Manifest::parse("pack.toml", &format!("{HEAD}{rest}"))
        .err()
        .unwrap_or_default()
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn parse(rest: &str) -> Manifest {
    Manifest::parse("pack.toml", &format!("{HEAD}{rest}")).expect("the manifest is well-formed")
}

#[test]
fn a_step_is_called_after_its_hook_and_its_function_after_the_step() {
    let manifest = parse(STEP);
    let step = &manifest.steps[0];
    assert_eq!((step.name.as_str(), step.function.as_str()), ("score", "score"));
    assert_eq!(step.gives[0].info.kind, ColumnType::Number);
}

#[test]
fn a_need_may_be_optional_or_a_rank_or_both() {
    for (text, column, optional, rank, read_as) in [
        ("credit", "credit", false, false, "credit"),
        ("credit?", "credit", true, false, "credit"),
        ("credit:rank", "credit", false, true, "credit_rank"),
        ("credit?:rank", "credit", true, true, "credit_rank"),
    ] {
        let need = Need::parse(text).unwrap();
        assert_eq!((need.column.as_str(), need.optional, need.rank), (column, optional, rank));
        assert_eq!(need.name(), read_as);
    }
    for wrong in ["", "Credit", "credit:mean", "credit??", "1st", "信用"] {
        assert_eq!(Need::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn a_slip_in_a_manifest_names_its_line_and_what_to_write() {
    for (rest, message) in [
        (
            "[[step]]\nhook = \"scor\"\n[step.gives.x]\ntype = \"number\"\n",
            "pack.toml:5:8: \"step.hook\" is \"scor\"\n  5 | hook = \"scor\"\nhint: did you mean \"score\"?",
        ),
        (
            "[[step]]\nhook = \"score\"\n",
            "pack.toml:4:1: a score step gives at least one column\n  4 | [[step]]\nhint: add for example [step.gives.score] type = \"number\"",
        ),
        (
            "[[step]]\nhook = \"score\"\n[step.gives.tier]\ntype = \"label\"\n",
            "pack.toml:6:1: label \"tier\" declares no values\n  6 | [step.gives.tier]\nhint: add values = [{ key = …, en = …, zh = … }, …] or values_from = a setting",
        ),
    ] {
        assert_eq!(problems(rest), [message]);
    }
    let other = Manifest::parse("pack.toml", "name = \"x\"\nversion = \"1.0.0\"\napi = \"9.0\"\n");
    let other = other.unwrap_err()[0].to_string();
    assert!(other.contains("written for api 9.0; this build speaks 0.1"), "{other}");
}

#[test]
fn two_same_keys_are_refused_where_the_second_stands() {
    let problem = &problems("name = \"again\"\n")[0];
    assert!(
        problem.starts_with("pack.toml:4:1: the key \"name\" stands here a second time"),
        "{problem}"
    );
}

#[test]
fn a_setting_checks_its_default_and_what_a_workspace_writes() {
    let declared = "[settings.share]\ntype = \"numbers\"\ndefault = [0.2, 2.0]\nrange = [0, 1]\ndoc = \"shares\"\n";
    assert_eq!(
        problems(&format!("{STEP}{declared}")),
        ["pack.toml:10:17: setting \"share\" is 2, expected 0 to 1\n  10 | default = [0.2, 2.0]"]
    );
    let labels = "[settings.tiers]\ntype = \"labels\"\ndefault = [{ key = \"A\" }, { key = \"B\", zh = \"乙\" }]\ndoc = \"tiers\"\n";
    let manifest = parse(&format!("{STEP}{labels}"));
    assert_eq!(
        manifest.settings[0].default.to_string(),
        r#"[{"key":"A","en":"A","zh":""},{"key":"B","en":"B","zh":"乙"}]"#
    );
}

#[test]
fn features_read_as_they_are_written() {
    let manifest = parse(&format!(
        "{STEP}[features]\n\
         calls = {{ count = \"call\", within = \"2 weeks\", where = {{ outcome = [\"won\", \"open\"], minute = \">= 540\" }} }}\n\
         before = {{ sum = \"amount\", of = [\"purchase\", \"receipt\"], within = \"1 year\", back = 1 }}\n\
         satisfied = {{ count = \"purchase\", without = {{ kind = \"complaint\", within = \"30 days\" }}, after_first_day = true }}\n"
    ));
    let [calls, before, satisfied] = manifest.features.as_slice() else { panic!("three features") };
    assert_eq!(calls.aggregate, Aggregate::Count);
    assert_eq!(calls.within, Some(Span::Days(14)));
    assert_eq!(calls.tests[1].comparison, Comparison::AtLeast);
    assert_eq!(before.info.kind, ColumnType::Money);
    assert_eq!(before.within, Some(Span::Months(12)));
    assert_eq!(before.source, Source::Interactions(vec!["purchase".into(), "receipt".into()]));
    assert_eq!(satisfied.without, Some(("complaint".to_owned(), 30)));
    assert!(satisfied.after_first_day);
}

#[test]
fn a_feature_that_says_too_little_or_too_much_is_refused() {
    for (feature, message) in [
        (
            "x = { of = \"call\" }",
            "feature \"x\" needs exactly one of: count, days, days_since, days_since_first, hours_since, hours_since_first, sum, mean, min, max, first, last, top",
        ),
        ("x = { count = \"call\", days = \"call\" }", "feature \"x\" needs exactly one of"),
        ("x = { sum = \"amount\" }", "[features.x] needs \"of\""),
        ("x = { count = \"call\", within = \"soon\" }", "\"soon\" is no window"),
        ("x = { count = \"call\", back = 1 }", "feature \"x\" goes back without a window"),
        (
            "x = { count = \"call\", wihtin = \"30 days\" }",
            "unknown key \"wihtin\" in [features.x]",
        ),
        (
            "x = { count = \"call\", without = { kind = \"visit\", within = \"1 month\" } }",
            "\"within\" is here a number of days",
        ),
    ] {
        let problems = problems(&format!("{STEP}[features]\n{feature}\n"));
        assert!(problems[0].contains(message), "{feature}: {problems:?}");
    }
}

#[test]
fn parts_of_a_text_column_join_whatever_their_dictionaries() {
    let column = |values: &[Option<&str>]| {
        let mut builder = TextBuilder::default();
        for value in values {
            builder.push(*value);
        }
        builder.finish()
    };
    let mut whole = column(&[Some("甲"), None, Some("b")]);
    whole.append(&column(&[Some("b"), Some("c"), Some("甲"), None]));
    let read: Vec<Value> = (0..whole.len()).map(|row| whole.value(row)).collect();
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(
        read,
        [text("甲"), Value::Missing, text("b"), text("b"), text("c"), text("甲"), Value::Missing]
    );
    assert_eq!(whole.slice(2, 4), {
        let ColumnData::Text { values, .. } = &whole else { panic!("text") };
        ColumnData::Text { codes: vec![1, 1], values: values.clone() }
    });
}

#[test]
fn each_row_has_its_own_reasons() {
    let reason = |rule, points, arguments_end| Reason { rule, points, arguments_end };
    let reasons = Reasons {
        ends: vec![2, 2, 3],
        entries: vec![reason(0, 1.5, 1), reason(1, -0.5, 1), reason(0, 2.0, 2)],
        arguments: vec![kehu_contract::Argument::Number(7.0), kehu_contract::Argument::Number(9.0)],
        texts: Vec::new(),
    };
    let counts: Vec<usize> = (0..3).map(|row| reasons.of(row).count()).collect();
    assert_eq!(counts, [2, 0, 1]);
    assert!((reasons.points(0) - 1.0).abs() < f64::EPSILON);
    let (_, arguments) = reasons.of(2).next().unwrap();
    assert_eq!(arguments, [kehu_contract::Argument::Number(9.0)]);
}

#[test]
fn a_manifest_of_one_endless_line_is_told_of_within_bounds() {
    for list in
        ["needs = [\"recency_days\", \"x\"]\ngives.a = { type = \"label\", values = [", "needs = ["]
    {
        let (item, end) = if list.contains("values") {
            ("{key=1},", "] }")
        } else {
            ("\"Amount!\",", "]\ngives.a = { type = \"number\" }")
        };
        let text = format!(
            "name = \"a\"\nversion = \"1.0\"\napi = \"0.1\"\n[[step]]\nhook = \"score\"\n{list}{}{end}\n",
            item.repeat(20_000)
        );
        let told = Manifest::parse("pack.toml", &text).unwrap_err();
        assert!((2..30).contains(&told.len()), "{}", told.len());
        assert!(told.iter().all(|problem| problem.to_string().len() < 3_000));
        let sources: Vec<_> = told.iter().map(|problem| problem.place.source.as_ptr()).collect();
        assert_eq!(sources[0], sources[1], "the places of one line share its text");
    }
    let long = format!("name = \"a\"\n#{}", "x".repeat(300_000));
    assert!(Manifest::parse("pack.toml", &long).unwrap_err()[0].message.contains("the limit is"));
}
