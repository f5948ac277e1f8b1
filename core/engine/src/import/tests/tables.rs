//! What tables of each sort become.

use kehu_domain::{Contact, Customer, Interaction, Money, Rep};

use super::*;

const CALLS: &str = r#"
name = "phone"
[[table]]
into = "interaction"
create_customers = true
[table.columns]
kind = { value = "call" }
customer = "who"
day = "when"
outcome = "result"
"#;

#[test]
fn a_dry_run_says_what_would_happen_and_writes_nothing() {
    let workspace = Workspace::new();
    let file = "who,when,result\nAcme,2017-03-04,good\nAcme,soon,bad\n";
    let report = workspace.dry_run(CALLS, &[("calls.csv", file)]);
    assert_eq!(counts(&report, 0), [1, 0, 0, 1]);
    assert_eq!(report.operation, None);
    assert!(report.changes_anything());
    assert_eq!(workspace.count(Entity::Customer), 0);
}

#[test]
fn an_ambiguous_date_is_refused_with_the_question() {
    let workspace = Workspace::new();
    let file = "who,when,result\nAcme,03/04/2017,good\n";
    let report = workspace.import(CALLS, &[("calls.csv", file)]);
    assert_eq!(
        refusals(&report),
        [
            "calls.csv:2, column \"when\": \"03/04/2017\" is ambiguous: is 03/04/2017 the 3rd of April or the 4th of March? (say date_order = \"dmy\" or date_order = \"mdy\" for this column)"
        ]
    );
    let told = CALLS.replace("\"when\"", "{ from = \"when\", date_order = \"dmy\" }");
    workspace.import(&told, &[("calls.csv", file)]);
    let calls: Vec<Interaction> = workspace.all(Entity::Interaction);
    assert_eq!(calls[0].happened.to_string(), "2017-04-03");
}

#[test]
fn a_row_that_is_refused_makes_no_customer() {
    let workspace = Workspace::new();
    let file = "who,when,result\nGhost,2017-02-30,good\nAcme,2017-02-28,good\n";
    let report = workspace.import(CALLS, &[("calls.csv", file)]);
    assert_eq!(counts(&report, 0), [1, 0, 0, 1]);
    let names: Vec<Customer> = workspace.all(Entity::Customer);
    assert_eq!(names.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Acme"]);
}

const PEOPLE: &str = r#"
name = "erp"
[fields.customer.size]
type = "choice"
choices = ["small", "large"]
[[table]]
file = "reps.csv"
into = "rep"
[table.columns]
name = "name"
[[table]]
file = "firms.csv"
into = "customer"
[table.columns]
external_id = "no"
name = "firm"
owner = "rep"
known = "since"
tags = "tags"
size = "size"
consent = "ok"
[[table]]
file = "people.csv"
into = "contact"
[table.columns]
customer = "firm"
name = "person"
role = "role"
coach = "coach"
[[table]]
file = "visits.csv"
into = "interaction"
[table.columns]
external_id = "no"
kind = "kind"
customer = "firm"
contact = "person"
rep = "rep"
day = "day"
state = "state"
"#;

const ERP: Files<'_> = &[
    ("reps.csv", "name\nAnn\n"),
    (
        "firms.csv",
        "no,firm,rep,since,tags,size,ok\n7,Acme,Ann,2015-01-02,a; b;a,small,是\n8,Betatech,,,,,\n",
    ),
    ("people.csv", "firm,person,role,coach\n7,Li,buyer,yes\nBetatech,Li,,no\n"),
    (
        "visits.csv",
        "no,kind,firm,person,rep,day,state\nV1,visit,7,Li,Ann,2017-01-02 09:30,\nV2,complaint,8,Li,,2017-01-03,opened\n",
    ),
];

#[test]
fn records_refer_to_one_another_by_name_or_external_id() {
    let workspace = Workspace::new();
    let report = workspace.import(PEOPLE, ERP);
    assert_eq!(refusals(&report), [""; 0]);
    let customers: Vec<Customer> = workspace.all(Entity::Customer);
    let reps: Vec<Rep> = workspace.all(Entity::Rep);
    assert_eq!(customers[0].external_ids["erp"], "7");
    assert_eq!(customers[0].owner.map(|id| id.0), Some(reps[0].id));
    assert_eq!(customers[0].known.map(|day| day.to_string()).as_deref(), Some("2015-01-02"));
    assert_eq!(customers[0].tags, ["a", "b"]);
    assert_eq!(customers[0].consent, Some(true));
    let people: Vec<Contact> = workspace.all(Entity::Contact);
    assert_eq!(people.iter().map(|one| one.customer.0).collect::<Vec<_>>(), [1, 2]);
    let visits: Vec<Interaction> = workspace.all(Entity::Interaction);
    assert_eq!(visits[0].contact.map(|id| id.0), Some(people[0].id));
    assert_eq!(visits[1].contact.map(|id| id.0), Some(people[1].id));
    assert_eq!(visits[0].minute, Some(570));
    assert!(!workspace.import(PEOPLE, ERP).changes_anything());
}

#[test]
fn a_changed_cell_changes_the_record_and_an_empty_one_says_nothing() {
    let workspace = Workspace::new();
    workspace.import(PEOPLE, ERP);
    let firms = "no,firm,rep,since,tags,size,ok\n7,Acme Ltd,,,,large,\n8,Betatech,,,,,\n";
    let report = workspace.import(PEOPLE, &[ERP[0], ("firms.csv", firms), ERP[2], ERP[3]]);
    assert_eq!(counts(&report, 1), [0, 1, 1, 0]);
    let customers: Vec<Customer> = workspace.all(Entity::Customer);
    assert_eq!(customers[0].name, "Acme Ltd");
    assert!(customers[0].owner.is_some() && customers[0].consent == Some(true));
}

#[test]
fn the_same_key_twice_is_passed_over_or_refused() {
    let workspace = Workspace::new();
    let firms = "no,firm,rep,since,tags,size,ok\n7,Acme,,,,,\n7,Acme,,,,,\n7,Acme,,,,large,\n";
    let visits = "no,kind,firm,person,rep,day,state\nV1,visit,7,,,2017-01-02,\nV1,visit,7,,,2017-01-02,\nV1,visit,7,,,2017-01-03,\n";
    let people = "firm,person,role,coach\n7,Li,,\n";
    let report = workspace.import(
        PEOPLE,
        &[ERP[0], ("firms.csv", firms), ("people.csv", people), ("visits.csv", visits)],
    );
    assert_eq!(counts(&report, 1), [1, 0, 1, 1]);
    assert_eq!(counts(&report, 3), [1, 0, 1, 1]);
    assert_eq!(
        refusals(&report),
        [
            "firms.csv:4: line 2 says otherwise about the same customer (keep one of the two rows)",
            "visits.csv:4: line 2 says otherwise about the same interaction (keep one of the two rows)"
        ]
    );
}

#[test]
fn wrong_words_are_refused_with_the_nearest_right_one() {
    let workspace = Workspace::new();
    let firms = "no,firm,rep,since,tags,size,ok\n7,Acme,,,,smal,\n8,Betatech,Anne,,,,maybe\n9,Gamma,,,,,\n,,,,,,\n";
    let visits = "no,kind,firm,person,rep,day,state\nV1,vist,9,,,2017-01-02,\nV2,visit,Gama,,,2017-01-02,\nV3,complaint,9,,,2017-01-02,openend\nV4,visit,9,,,,\nV5,visit,9,,,2017-01-02,opened\n";
    let people = "firm,person,role,coach\n9,Li,,\n";
    let report = workspace.import(
        PEOPLE,
        &[ERP[0], ("firms.csv", firms), ("people.csv", people), ("visits.csv", visits)],
    );
    assert_eq!(
        refusals(&report),
        [
            "firms.csv:2, column \"size\": \"smal\" is none of the choices of size (did you mean \"small\"?)",
            "firms.csv:3, column \"ok\": \"maybe\" is neither yes nor no (write yes or no, or say aliases)",
            "firms.csv:5, column \"firm\": is empty (name it there, or leave the column out to go by the external id)",
            "visits.csv:2, column \"kind\": \"vist\" is no kind of interaction (did you mean \"visit\"?)",
            "visits.csv:3, column \"firm\": \"Gama\" is no customer that is known (did you mean \"Gamma\"? An alias in the mapping says so for all rows)",
            "visits.csv:4, column \"state\": \"openend\" is no state of a complaint (did you mean \"opened\"?)",
            "visits.csv:5, column \"day\": is empty, and an interaction needs \"day\"",
            "visits.csv:6, column \"state\": \"opened\" is a state, and a visit has none",
        ]
    );
}

#[test]
fn two_tables_may_speak_of_the_same_customers() {
    let mapping = r#"
        name = "two"
        [[table]]
        file = "calls.csv"
        into = "interaction"
        create_customers = true
        [table.columns]
        kind = { value = "call" }
        customer = "who"
        day = "day"
        [[table]]
        file = "names.csv"
        into = "customer"
        [table.columns]
        external_id = "id"
        name = "name"
        [[table]]
        file = "places.csv"
        into = "customer"
        [table.columns]
        external_id = "id"
        place = "city"
    "#;
    let files = [
        ("calls.csv", "who,day\n1,2017-01-01\n2,2017-01-01\n"),
        ("names.csv", "id,name\n1,Acme\n"),
        ("places.csv", "id,city\n1,上海\n3,北京\n"),
    ];
    let workspace = Workspace::new();
    workspace.import(mapping, &files);
    let customers: Vec<Customer> = workspace.all(Entity::Customer);
    let seen: Vec<_> =
        customers.iter().map(|one| (one.name.as_str(), one.place.as_deref())).collect();
    assert_eq!(seen, [("Acme", Some("上海")), ("2", None), ("3", Some("北京"))]);
    assert!(!workspace.import(mapping, &files).changes_anything());
}

const TREE: &str =
    "name = \"t\"\n[[table]]\ninto = \"customer\"\n[table.columns]\nname = \"n\"\nparent = \"p\"\n";

#[test]
fn a_parent_may_stand_anywhere_but_not_nowhere_and_not_in_a_circle() {
    let workspace = Workspace::new();
    let rows = "n,p\nleaf,twig\ntwig,root\nroot,\na,b\nb,a\nself,self\nlost,nobody\nchild,lost\n";
    let report = workspace.import(TREE, &[("tree.csv", rows)]);
    assert_eq!(counts(&report, 0), [3, 0, 0, 5]);
    let lines: Vec<u64> = {
        let mut lines: Vec<u64> = report.refusals.iter().map(|one| one.line).collect();
        lines.sort_unstable();
        lines
    };
    assert_eq!(lines, [5, 6, 7, 8, 9]);
    assert_eq!(workspace.count(Entity::Customer), 3);
    assert_eq!(workspace.import(TREE, &[("tree.csv", rows)]).tables[0].unchanged, 3);
}

#[test]
fn two_stored_customers_of_one_name_are_told_apart_by_ids_only() {
    let workspace = Workspace::new();
    let twice = "name = \"x\"\n[[table]]\ninto = \"customer\"\n[table.columns]\nexternal_id = \"id\"\nname = \"n\"\n";
    workspace.import(twice, &[("a.csv", "id,n\n1,Li Wei\n2,Li Wei\n")]);
    let calls = CALLS.replace("\"phone\"", "\"x\"");
    let file = "who,when,result\nLi Wei,2017-03-04,\n2,2017-03-04,\n";
    let report = workspace.import(&calls, &[("calls.csv", file)]);
    assert_eq!(
        refusals(&report),
        [
            "calls.csv:2, column \"who\": \"Li Wei\" is the name of several customers (give their external ids, which tell them apart)"
        ]
    );
    assert_eq!(counts(&report, 0), [1, 0, 0, 1]);
}

#[test]
fn amounts_in_another_currency_are_refused_by_name() {
    let workspace = Workspace::new();
    let mapping = CALLS.replace("outcome = \"result\"", "amount = \"result\"\ncurrency = \"code\"");
    let file = "who,when,result,code\nA,2017-03-04,5,CNY\nA,2017-03-04,5,EUR\nA,2017-03-04,€5,\nA,2017-03-04,1.005,\n";
    let report = workspace.import(&mapping, &[("calls.csv", file)]);
    assert_eq!(
        refusals(&report),
        [
            "calls.csv:3, column \"code\": \"EUR\" is another currency than the workspace's CNY",
            "calls.csv:4, column \"result\": \"€5\" is in EUR, another currency than the workspace's",
            "calls.csv:5, column \"result\": \"1.005\" has more decimal places than the currency",
        ]
    );
    let named = format!("currency = \"USD\"\n{CALLS}");
    assert!(workspace.problems(&named)[0].contains("the amounts are in USD"));
}

#[test]
fn deals_without_ids_are_known_again_by_all_that_is_mapped() {
    let workspace = Workspace::new();
    let mapping = r#"
        name = "d"
        undated_on = "2017-12-31"
        [[table]]
        into = "deal"
        create_customers = true
        [table.columns]
        customer = "who"
        amount = "worth"
        pipeline = { value = "sales" }
        stage = "stage"
    "#;
    let file = "who,worth,stage\nAcme,5,intent\nAcme,5,intent\nAcme,6,signed\n";
    let report = workspace.import(mapping, &[("deals.csv", file)]);
    assert_eq!((refusals(&report), counts(&report, 0)), (vec![], [3, 0, 0, 0]));
    assert_eq!(workspace.count(Entity::Deal), 3);
    let purchases: Vec<Interaction> = workspace.all(Entity::Interaction);
    assert_eq!(purchases.len(), 1);
    assert_eq!(
        purchases[0].amount,
        Some(Money(600)),
        "the deal's own amount, where its event has none"
    );
    assert!(!workspace.import(mapping, &[("deals.csv", file)]).changes_anything());
    let undated = mapping.replace("undated_on = \"2017-12-31\"", "");
    let report = workspace.import(&undated, &[("deals.csv", "who,worth,stage\nAcme,7,intent\n")]);
    assert!(refusals(&report)[0].contains("is a stage without a day (say undated_on"));
}

#[test]
fn an_import_that_is_undone_can_be_made_again() {
    let workspace = Workspace::new();
    workspace.import(PEOPLE, ERP);
    let draft = OperationDraft {
        kind: "undo".to_owned(),
        by: "ann".to_owned(),
        at: "2018-01-03T08:00:00Z".to_owned(),
        summary: String::new(),
        source: None,
        cause: None,
    };
    workspace.store.undo(None, &draft).unwrap();
    assert_eq!(workspace.count(Entity::Customer), 0);
    let report = workspace.import(PEOPLE, ERP);
    assert_eq!(counts(&report, 1), [2, 0, 0, 0]);
    assert_eq!(counts(&report, 3), [2, 0, 0, 0]);
}

#[test]
fn an_interaction_may_be_about_an_earlier_one() {
    let workspace = Workspace::new();
    let mapping = r#"
        name = "desk"
        [[table]]
        into = "interaction"
        create_customers = true
        [table.columns]
        external_id = "no"
        kind = { value = "complaint" }
        customer = "who"
        day = "day"
        state = "state"
        about = "about"
    "#;
    let file = "no,who,day,state,about\n1,Acme,2017-01-01,opened,\n2,Acme,2017-01-05,resolved,1\n3,Acme,2017-01-06,resolved,9\n";
    let report = workspace.import(mapping, &[("desk.csv", file)]);
    assert_eq!(
        refusals(&report),
        [
            "desk.csv:4, column \"about\": \"9\" is no interaction that is known (import the interactions first)"
        ]
    );
    let all: Vec<Interaction> = workspace.all(Entity::Interaction);
    assert_eq!(all[1].about.map(|id| id.0), Some(all[0].id));
    assert!(!workspace.import(mapping, &[("desk.csv", file)]).changes_anything());
}

#[test]
fn deals_of_one_name_without_ids_stay_apart() {
    let workspace = Workspace::new();
    let mapping = r#"
        name = "d"
        [[table]]
        into = "deal"
        [table.columns]
        name = "name"
        pipeline = { value = "sales" }
        [[table.event]]
        day = "day"
        stage_from = "stage"
    "#;
    let file = "name,day,stage\nFridge,2017-01-01,intent\nFridge,2017-01-02,signed\n";
    workspace.import(mapping, &[("deals.csv", file)]);
    assert_eq!(workspace.count(Entity::Deal), 2);
    assert!(!workspace.import(mapping, &[("deals.csv", file)]).changes_anything());
}
