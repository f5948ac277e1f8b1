//! Rows that packs look at before they become records.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

use kehu_contract::{Origin, PackFactory};
use kehu_domain::{Entity, Interaction};
use kehu_lua::PackFiles;

use super::Workspace;
use crate::import::{ImportError, ImportReport};
use crate::packs::PackSet;
use crate::settings::Settings;

const MAPPING: &str = "name = \"crm\"\n[[table]]\ninto = \"customer\"\ncreate_reps = true\n[table.columns]\nname = \"name\"\nphone = \"phone\"\nowner = \"rep\"\nconsent = \"consent\"\nlat = \"lat\"\n";
const PURCHASES: &str = "name = \"crm\"\n[[table]]\ninto = \"interaction\"\ncreate_customers = true\n[table.columns]\ncustomer = \"customer\"\nday = \"day\"\namount = \"amount\"\nkind = { value = \"purchase\" }\n";

/// Scripts of packs a, b, … that are on in this order.
fn office(scripts: &[&str]) -> Workspace {
    let mut workspace = Workspace::new();
    let names: Vec<String> =
        (b'a'..).take(scripts.len()).map(|letter| char::from(letter).to_string()).collect();
    let pack = |(name, script): (&String, &&str)| -> Arc<dyn PackFactory> {
        let manifest = format!(
            "name = \"{name}\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"import_row\"\n"
        );
        let rules = "local why = kehu.rule{ id = \"why\", en = \"because {1}\" }\nlocal other = kehu.rule{ id = \"other\", en = \"another reason\" }";
        let main = format!("{rules}\nreturn {{ import_row = function(row, ctx)\n{script}\nend }}");
        let own = |text: &str| Cow::Owned(text.as_bytes().to_vec());
        let files =
            vec![("pack.toml".to_owned(), own(&manifest)), ("main.lua".to_owned(), own(&main))];
        let (origin, dir) = (Origin::Workspace, format!("scripts/{name}"));
        Arc::new(kehu_lua::load(PackFiles { origin, dir, files }).unwrap())
    };
    let available: Vec<_> = names.iter().zip(scripts).map(pack).collect();
    let on: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let text = format!("[packs]\non = [{}]\n", on.join(", "));
    let settings = Settings::read(&[("kehu.toml", &text)]).unwrap();
    workspace.packs = PackSet::new(&settings, &available, Vec::new()).unwrap();
    workspace.settings = settings;
    workspace
}

fn refusals(report: &ImportReport) -> Vec<String> {
    report.refusals.iter().map(ToString::to_string).collect()
}

fn names(workspace: &Workspace) -> Vec<String> {
    let customers: Vec<kehu_domain::Customer> = workspace.all(Entity::Customer);
    customers.into_iter().map(|customer| customer.name).collect()
}

#[test]
fn rows_are_changed_and_refused_in_the_order_of_the_packs() {
    let workspace = office(&[
        "if row.phone and not row.phone:find(\"^%+\") then
           return ctx:change{ set = { phone = \"+86 \" .. row.phone }, because = { { why, row.phone } } }
         end",
        "assert(ctx.record == \"customer\" and ctx.file == \"all.csv\" and row.tags == nil)
         if not row.phone then return ctx:refuse{ because = other } end
         assert(row.phone:sub(1, 1) == \"+\")
         if row.name == \"three\" then
           return ctx:change{ set = { owner = \"Li\", name = \"Three\" }, clear = { \"consent\" }, because = other }
         end",
    ]);
    let csv = "name,phone,rep,consent,lat\none,1234,Li,yes,30\ntwo,,Li,no,30\nthree,+44 12,Wang,yes,91\nthree,+44 12,Wang,yes,\n";
    let report = workspace.import(MAPPING, &[("all.csv", csv)]);
    assert_eq!(
        refusals(&report),
        [
            "all.csv:3: pack b refuses: another reason (scripts/b/main.lua:2)",
            "all.csv:4, column \"lat\": \"91\" is no latitude: it lies beyond 90"
        ],
        "what cannot be read is refused without asking"
    );
    let [a, b] = &report.packs[..] else { panic!("{:?}", report.packs) };
    assert_eq!((a.changed, a.refused, a.rules["why"]), (1, 0, 1));
    assert_eq!((b.changed, b.refused, b.rules["other"]), (1, 1, 2));
    let customers: Vec<kehu_domain::Customer> = workspace.all(Entity::Customer);
    assert_eq!(names(&workspace), ["one", "Three"]);
    assert_eq!(customers[0].phone.as_deref(), Some("+86 1234"));
    assert_eq!((customers[1].consent, customers[1].owner), (None, customers[0].owner));
    let again = workspace.import(MAPPING, &[("all.csv", csv)]);
    assert!(!again.changes_anything(), "twice the same changes nothing");
}

#[test]
fn amounts_days_and_numbers_come_and_go_as_packs_see_them() {
    let workspace = office(&[
        "assert(row.amount == 12.5 and kehu.day.format(row.day) == \"2018-01-01\" and row.kind == \"purchase\")
         return ctx:change{ set = { amount = row.amount * 2, day = row.day - 1 }, because = other }",
    ]);
    workspace.import(PURCHASES, &[("all.csv", "customer,day,amount\none,2018-01-01,12.50\n")]);
    let found: Vec<Interaction> = workspace.all(Entity::Interaction);
    assert_eq!(found[0].amount, Some(kehu_domain::Money(2_500)));
    assert_eq!(found[0].happened.to_string(), "2017-12-31");
}

#[test]
fn a_pack_that_fails_lets_no_row_in() {
    let cases = [
        ("return nil + 1", "pack a, import_row, all.csv:2: runtime error"),
        ("while true do end", "time limit error"),
        ("return {}", "returned a table, expected a verdict"),
        (
            "return ctx:change{ set = { phone = 7 }, because = other }",
            "phone is a number, expected a text",
        ),
        (
            "return ctx:change{ set = { lat = 0/0 }, because = other }",
            "lat is a number, expected a finite number",
        ),
        ("return ctx:change{ set = { lat = 91 }, because = other }", "lat 91 is no latitude"),
        ("return ctx:change{ set = { lat = \"north\" }, because = other }", "lat is a string"),
        (
            "return ctx:change{ set = { consent = \"yes\" }, because = other }",
            "expected true or false",
        ),
        ("return ctx:change{ set = { phon = \"1\" }, because = other }", "has no field \"phon\""),
        (
            "return ctx:change{ set = { email = \"a\" }, because = other }",
            "this import maps no field \"email\"",
        ),
        ("return ctx:change{ because = other }", "changes nothing"),
        ("return ctx:change{ set = 1, because = other }", "set is a number, expected a table"),
        (
            "return ctx:change{ set = { phone = \"\\27[31m\" }, because = other }",
            "phone holds the unprintable character U+001B",
        ),
        (
            "return ctx:change{ set = { phone = (\"x\"):rep(500000) }, because = other }",
            "longer than 400000 bytes",
        ),
        (
            "return ctx:change{ set = { phone = \"1\" }, clear = { \"phone\" }, because = other }",
            "sets and clears one field",
        ),
        ("return ctx:change{ set = { phone = \"1\" } }", "because is nothing"),
        ("return ctx:refuse{ because = other, hint = 1 }", "has no field \"hint\""),
        ("return row.phne", "has no \"phne\""),
    ];
    let mut wrong = String::new();
    for (script, expected) in cases {
        let workspace = office(&[script]);
        let csv = "name,phone,rep,consent,lat\none,1234,Li,yes,30\ntwo,12,Li,no,30\n";
        match workspace.try_import(MAPPING, &[("all.csv", csv)]) {
            Err(ImportError::Pack(told)) if told.contains(expected) => {}
            other => {
                let _ = writeln!(wrong, "{script}\nwants {expected}\n{other:?}\n");
            }
        }
        assert!(names(&workspace).is_empty(), "{script}");
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn what_a_row_is_stays_as_it_is() {
    let workspace = office(&["return ctx:change{ set = { kind = \"visit\" }, because = other }"]);
    let csv = "customer,day,amount\none,2018-01-01,12.50\n";
    let told = workspace.try_import(PURCHASES, &[("all.csv", csv)]).unwrap_err().to_string();
    assert!(told.contains("\"kind\" says what the row is, and stays as it is"), "{told}");
}

#[test]
fn many_rows_come_in_batches_and_in_their_order() {
    let workspace =
        office(&["if row.name == \"c9000\" then return ctx:refuse{ because = other } end"]);
    let mut csv = String::from("name,phone,rep,consent,lat\n");
    for at in 0..20_000 {
        let lat = if at == 8_192 || at == 19_999 { "x" } else { "1" };
        let _ = writeln!(csv, "c{at},,,,{lat}");
    }
    let report = workspace.import(MAPPING, &[("all.csv", &csv)]);
    let lines: Vec<u64> = report.refusals.iter().map(|refusal| refusal.line).collect();
    assert_eq!(lines, [8_194, 9_002, 20_001]);
    assert_eq!((report.tables[0].rows, report.tables[0].created), (20_000, 19_997));
    assert_eq!(workspace.dry_run(MAPPING, &[("all.csv", &csv)]).packs[0].refused, 1);
}
