//! What features say of a small base, kept in a real store.

mod moments;

use kehu_contract::{Manifest, Value};
use kehu_domain::{
    Contact, Customer, CustomerId, Day, Deal, DealEvent, DealId, FieldValue, Interaction, Money,
    OperationDraft, Product, ProductId, Record,
};
use kehu_sqlite::SqliteStore;
use kehu_store::{CustomerRange, Store as _};

use super::{Catalogue, compute, compute_some};
use crate::settings::Settings;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A store with records, and a pack's features over them.
struct Base {
    _folder: tempfile::TempDir,
    store: SqliteStore,
}

impl Base {
    fn new(records: Vec<Record>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::create(&folder.path().join("kehu.db")).unwrap();
        let base = Self { _folder: folder, store };
        base.put(records, "2020-01-01");
        base
    }

    fn put(&self, records: Vec<Record>, today: &str) {
        let draft = OperationDraft {
            kind: "test".into(),
            by: "test".into(),
            at: "2024-01-01T00:00:00Z".into(),
            summary: String::new(),
            source: None,
            cause: None,
        };
        let mut writer = self.store.write(&draft).unwrap();
        for record in records {
            writer.put(&record, day(today)).unwrap();
        }
        writer.commit().unwrap();
    }

    /// The values of a feature as of a day, customer by customer.
    fn values(&self, features: &str, name: &str, as_of: &str) -> Vec<Value> {
        self.values_at(features, name, as_of, None)
    }

    /// The same as a command sees it that runs at a minute of the day.
    fn values_at(
        &self,
        features: &str,
        name: &str,
        as_of: &str,
        minute: Option<u16>,
    ) -> Vec<Value> {
        let text = format!(
            "name = \"test\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"follow_up\"\n[features]\n{features}\n"
        );
        let manifest = Manifest::parse("pack.toml", &text).unwrap();
        let mut settings = Settings::read(&[(
            "kehu.toml",
            "[fields.interaction.campaign]\ntype = \"text\"\n[fields.customer.credit]\ntype = \"money\"\n[fields.customer.area]\ntype = \"number\"\n[fields.product.launched]\ntype = \"day\"\n[fields.customer.referred_by]\ntype = \"text\"\n",
        )])
        .unwrap();
        settings.now = minute.map(|minute| (day(as_of), minute));
        let catalogue = Catalogue::new(&settings, &[&manifest]).unwrap();
        let tables = [1, 2].map(|threads| {
            let mut readers = self.store.read_many(threads).unwrap();
            let range = CustomerRange::ALL;
            compute(&mut readers, &settings, &catalogue, range, day(as_of)).unwrap()
        });
        let values = tables.map(|table| {
            let column = table.columns.get(name).unwrap();
            (0..column.len()).map(|row| column.value(row)).collect::<Vec<_>>()
        });
        assert_eq!(values[0], values[1], "the threads cannot be seen");
        values[0].clone()
    }

    fn value(&self, feature: &str, as_of: &str) -> Value {
        self.values(&format!("x = {feature}"), "x", as_of).remove(0)
    }
}

fn customer(name: &str) -> Record {
    Customer { name: name.into(), ..Customer::default() }.into()
}

fn happened(kind: &str, on: &str) -> Interaction {
    Interaction::new(CustomerId(1), day(on), kind)
}

fn purchase(on: &str, amount: i64) -> Record {
    Interaction { amount: Some(Money(amount * 100)), ..happened("purchase", on) }.into()
}

#[test]
fn windows_are_calendar_months_with_the_as_of_day_in_them() {
    let base = Base::new(vec![
        customer("A"),
        purchase("2022-06-30", 1),
        purchase("2022-07-01", 2),
        purchase("2023-06-30", 4),
        purchase("2023-07-01", 8),
    ]);
    for (feature, as_of, expected) in [
        ("{ sum = \"amount\", of = \"purchase\", within = \"12 months\" }", "2023-06-30", 6.0),
        (
            "{ sum = \"amount\", of = \"purchase\", within = \"12 months\", back = 1 }",
            "2023-06-30",
            1.0,
        ),
        ("{ sum = \"amount\", of = \"purchase\", within = \"1 day\" }", "2023-06-30", 4.0),
        ("{ sum = \"amount\", of = \"purchase\", within = \"2 days\" }", "2023-07-01", 12.0),
        ("{ count = \"purchase\" }", "2023-06-30", 3.0),
        ("{ days_since = \"purchase\" }", "2023-06-30", 0.0),
        ("{ days_since_first = \"purchase\" }", "2022-07-01", 1.0),
        ("{ count = \"purchase\", after_first_day = true }", "2023-07-01", 3.0),
    ] {
        assert_eq!(base.value(feature, as_of), Value::Number(expected), "{feature} {as_of}");
    }
    assert_eq!(base.value("{ days_since = \"purchase\" }", "2022-06-29"), Value::Missing);
}

#[test]
fn over_no_rows_counts_and_sums_are_0_and_all_else_is_missing() {
    let other = Interaction { customer: CustomerId(2), ..happened("call", "2023-01-01") };
    let base =
        Base::new(vec![customer("A"), customer("B"), purchase("2023-01-01", 5), other.into()]);
    let of = |feature: &str| base.values(&format!("x = {feature}"), "x", "2023-02-01");
    assert_eq!(of("{ sum = \"amount\", of = \"purchase\" }")[1], Value::Number(0.0));
    assert_eq!(of("{ count = \"purchase\" }")[1], Value::Number(0.0));
    assert_eq!(of("{ mean = \"amount\", of = \"purchase\" }")[1], Value::Missing);
    // Nobody's rows carry a margin: its sum is not known for anyone.
    assert_eq!(of("{ sum = \"margin\", of = \"purchase\" }"), [Value::Missing, Value::Missing]);
}

#[test]
fn a_complaint_is_open_until_its_last_word_closes_it() {
    let base = Base::new(vec![customer("A"), happened("complaint", "2023-01-01").into()]);
    let about = Some(kehu_domain::InteractionId(1));
    let word = |state: &str, on: &str| {
        let state = Some(state.to_owned());
        Record::from(Interaction { about, state, ..happened("complaint", on) })
    };
    base.put(vec![word("resolved", "2023-01-05"), word("in_work", "2023-01-07")], "2023-01-07");
    let open = |as_of: &str| base.values("", "open_complaints", as_of).remove(0);
    assert_eq!(open("2023-01-04"), Value::Number(1.0));
    assert_eq!(open("2023-01-06"), Value::Number(0.0));
    assert_eq!(open("2023-01-08"), Value::Number(1.0));
    assert_eq!(base.values("", "complaints", "2023-01-08"), [Value::Number(1.0)]);
    let resolved = "{ count = \"complaint\", where = { state = \"resolved\" } }";
    assert_eq!(base.value(resolved, "2023-01-06"), Value::Number(1.0));
}

#[test]
fn a_purchase_is_left_out_when_a_complaint_follows_in_time() {
    let base = Base::new(vec![
        customer("A"),
        purchase("2023-01-01", 1),
        purchase("2023-03-01", 1),
        happened("complaint", "2023-01-31").into(),
    ]);
    let count = |days: u32| {
        let without = format!("{{ kind = \"complaint\", within = \"{days} days\" }}");
        base.value(&format!("{{ count = \"purchase\", without = {without} }}"), "2023-06-01")
    };
    assert_eq!(count(30), Value::Number(1.0));
    assert_eq!(count(29), Value::Number(2.0));
}

#[test]
fn rows_are_chosen_by_their_fields() {
    let call = |on: &str, outcome: &str, campaign: &str| {
        let fields = [("campaign".to_owned(), FieldValue::Text(campaign.to_owned()))];
        let outcome = Some(outcome.to_owned());
        Record::from(Interaction { outcome, fields: fields.into(), ..happened("call", on) })
    };
    let base = Base::new(vec![
        customer("A"),
        call("2023-01-01", "reached", "spring"),
        call("2023-01-02", "missed", "spring"),
        call("2023-01-03", "reached", "autumn"),
    ]);
    for (feature, expected) in [
        ("{ count = \"call\", where = { outcome = \"reached\" } }", Value::Number(2.0)),
        (
            "{ count = \"call\", where = { outcome = [\"reached\", \"missed\"] } }",
            Value::Number(3.0),
        ),
        ("{ count = \"call\", where = { outcome = \"~= reached\" } }", Value::Number(1.0)),
        ("{ count = \"call\", where = { happened = \">= 2023-01-02\" } }", Value::Number(2.0)),
        ("{ top = \"campaign\", of = \"call\" }", Value::Text("spring".into())),
        ("{ last = \"outcome\", of = \"call\", type = \"text\" }", Value::Text("reached".into())),
        ("{ first = \"happened\", of = \"call\" }", Value::Day(day("2023-01-01").number())),
    ] {
        assert_eq!(base.value(feature, "2023-02-01"), expected, "{feature}");
    }
}

#[test]
fn the_base_holds_those_who_were_known_and_not_archived() {
    let known = Some(day("2023-06-01"));
    let archived = Some(day("2023-03-01"));
    let base = Base::new(vec![
        customer("since ever"),
        Customer { name: "later".into(), known, ..Customer::default() }.into(),
        Customer { name: "gone".into(), archived, ..Customer::default() }.into(),
    ]);
    let size = |as_of: &str| base.values("", "purchases", as_of).len();
    assert_eq!(size("2023-02-01"), 2);
    assert_eq!(size("2023-03-01"), 1);
    assert_eq!(size("2023-06-01"), 2);
}

#[test]
fn a_field_is_seen_as_it_was_on_the_day() {
    let with = |id: i64, credit: f64| {
        let fields = [("credit".to_owned(), kehu_domain::FieldValue::Number(credit))].into();
        Record::from(Customer { id, name: "A".into(), fields, ..Customer::default() })
    };
    let base = Base::new(vec![with(0, 10_000.0)]);
    base.put(vec![with(1, 25_000.0)], "2023-05-01");
    assert_eq!(base.values("", "credit", "2023-04-30"), [Value::Number(100.0)]);
    assert_eq!(base.values("", "credit", "2023-05-01"), [Value::Number(250.0)]);
}

#[test]
fn the_likeliest_open_deal_speaks_for_the_customer() {
    let deal = |name: &str, amount: i64| {
        Record::from(Deal {
            id: 0,
            name: name.into(),
            external_id: None,
            customer: Some(CustomerId(1)),
            rep: None,
            pipeline: "sales".into(),
            product: None,
            amount: Some(Money(amount * 100)),
            expected_close: None,
            fields: kehu_domain::Fields::new(),
        })
    };
    let event = |deal: i64, on: &str, stage: &str| {
        Record::from(DealEvent {
            id: 0,
            deal: DealId(deal),
            happened: day(on),
            minute: None,
            stage: stage.into(),
            by: None,
            reason: None,
            overruled: None,
            amount: None,
            known: None,
        })
    };
    let birthday = Contact {
        id: 0,
        customer: CustomerId(1),
        name: "Li".into(),
        external_id: None,
        role: None,
        department: None,
        influence: None,
        coach: None,
        birthday: Some(day("1980-02-11")),
        phone: None,
        email: None,
        wechat: None,
        known: None,
        fields: kehu_domain::Fields::new(),
    };
    let base = Base::new(vec![
        customer("A"),
        deal("one", 10),
        deal("two", 20),
        event(1, "2023-01-01", "prospect"),
        event(2, "2023-01-10", "prospect"),
        event(2, "2023-02-01", "stable_intent"),
        event(2, "2023-03-01", "lost"),
        birthday.into(),
    ]);
    let of = |name: &str, as_of: &str| base.values("", name, as_of).remove(0);
    assert_eq!(of("probability", "2023-01-31"), Value::Number(0.1));
    assert_eq!(of("days_in_stage", "2023-01-31"), Value::Number(30.0));
    assert_eq!(of("probability", "2023-02-10"), Value::Number(0.8));
    assert_eq!(of("days_in_stage", "2023-02-10"), Value::Number(9.0));
    assert_eq!(of("open_deal_amount", "2023-02-10"), Value::Number(30.0));
    assert_eq!(of("open_deals", "2023-03-02"), Value::Number(1.0));
    assert_eq!(of("probability", "2022-12-31"), Value::Missing);
    assert_eq!(of("birthday_in_days", "2023-02-10"), Value::Number(1.0));
}

#[test]
fn a_feature_of_an_unknown_kind_or_field_is_refused_with_the_nearest_name() {
    let text = "name = \"test\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"follow_up\"\n[features]\na = { count = \"purchas\" }\nb = { sum = \"amout\", of = \"purchase\" }\n";
    let manifest = Manifest::parse("pack.toml", text).unwrap();
    let settings = Settings::read(&[]).unwrap();
    let errors = Catalogue::new(&settings, &[&manifest]).unwrap_err();
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "pack test, feature \"a\": there is no kind \"purchas\"; did you mean \"purchase\"?",
            "pack test, feature \"b\": there is no field \"amout\"; did you mean \"amount\"?",
        ]
    );
}

#[test]
fn tests_name_any_value_the_as_of_day_and_stretches_of_days() {
    let with = |on: &str, campaign: &str| {
        let mut row = happened("purchase", on);
        row.fields.insert("campaign".into(), FieldValue::Text(campaign.to_owned()));
        Record::from(row)
    };
    let promise = |due: &str, state: &str| {
        let (due, state) = (Some(day(due)), Some(state.to_owned()));
        Record::from(Interaction { due, state, ..happened("promise", "2024-01-01") })
    };
    let base = Base::new(vec![
        customer("A"),
        with("2023-06-18", "618"),
        purchase("2024-06-19", 1),
        purchase("2024-06-20", 1),
        happened("complaint", "2024-07-20").into(),
        promise("2024-06-29", "made"),
        promise("2024-06-30", "made"),
        promise("2024-06-01", "kept"),
    ]);
    for (feature, expected) in [
        ("{ count = \"purchase\", where = { campaign = \"*\" } }", 1.0),
        (
            "{ count = \"purchase\", where = { happened = [\"06-01..06-18\", \"2024-06-20\"] } }",
            2.0,
        ),
        ("{ count = \"purchase\", where = { happened = [] } }", 0.0),
        ("{ count = \"promise\", where = { open = true, due = \"< today\" } }", 1.0),
        ("{ count = \"promise\", where = { open = true, due = \"<= today\" } }", 2.0),
        ("{ count = \"purchase\", without = { kind = \"complaint\", within = \"30 days\" } }", 3.0),
    ] {
        assert_eq!(base.value(feature, "2024-06-30"), Value::Number(expected), "{feature}");
    }
    let followed = |word: &str| {
        format!(
            "{{ count = \"purchase\", {word} = {{ kind = \"complaint\", within = \"30 days\" }} }}"
        )
    };
    assert_eq!(base.value(&followed("with"), "2024-07-20"), Value::Number(1.0));
    assert_eq!(base.value(&followed("without"), "2024-07-20"), Value::Number(2.0));
}

#[test]
fn a_feature_may_look_at_the_settings_of_its_pack() {
    let base = Base::new(vec![customer("A"), purchase("2024-06-01", 1), purchase("2024-06-29", 1)]);
    let text = "x = { count = \"purchase\", within = \"{window} days\", where = { happened = \"{days}\" } }\n[settings.window]\ntype = \"integer\"\ndefault = 5\nrange = [1, 99]\ndoc = \"days\"\n[settings.days]\ntype = \"texts\"\ndefault = [\"2024-06-01..2024-06-30\"]\ndoc = \"days\"";
    assert_eq!(base.values(text, "x", "2024-06-30"), [Value::Number(1.0)]);
    let manifest = format!(
        "name = \"test\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"review\"\n[features]\n{text}"
    );
    let manifest = Manifest::parse("pack.toml", &manifest).unwrap();
    let settings = Settings::read(&[("kehu.toml", "[settings.test]\nwindow = 40\n")]).unwrap();
    let catalogue = Catalogue::new(&settings, &[&manifest]).unwrap();
    let mut readers = base.store.read_many(1).unwrap();
    let table = compute(&mut readers, &settings, &catalogue, CustomerRange::ALL, day("2024-06-30"))
        .unwrap();
    assert_eq!(table.columns.get("x").unwrap().value(0), Value::Number(2.0));
    let wrong = "name = \"test\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[features]\nx = { count = \"purchase\", within = \"{widow} days\" }\n[settings.window]\ntype = \"integer\"\ndefault = 5\ndoc = \"days\"\n[[step]]\nhook = \"review\"\n";
    let told = Manifest::parse("pack.toml", wrong).unwrap_err()[0].to_string();
    assert!(
        told.starts_with("pack.toml:5:") && told.contains("did you mean \"window\"?"),
        "{told}"
    );
}

#[test]
fn a_call_about_a_complaint_moves_it_and_counts_itself() {
    let call = |on: &str, state: &str| {
        let about = Some(kehu_domain::InteractionId(1));
        Record::from(Interaction { about, state: Some(state.into()), ..happened("call", on) })
    };
    let base = Base::new(vec![
        customer("A"),
        happened("complaint", "2024-03-01").into(),
        call("2024-03-02", "acknowledged"),
        call("2024-03-05", "resolved"),
    ]);
    let open = "{ count = \"complaint\", where = { open = true } }";
    for (as_of, expected) in [("2024-03-01", 1.0), ("2024-03-04", 1.0), ("2024-03-05", 0.0)] {
        assert_eq!(base.value(open, as_of), Value::Number(expected), "{as_of}");
    }
    assert_eq!(base.value("{ count = \"call\" }", "2024-03-05"), Value::Number(2.0));
}

/// A holding with two firms, one of which has a shop, and a customer of nobody.
fn group() -> Vec<Record> {
    let member = |name: &str, parent: Option<i64>, credit: f64| {
        let fields = [("credit".to_owned(), FieldValue::Number(credit * 100.0))].into();
        let parent = parent.map(CustomerId);
        Customer { name: name.into(), parent, fields, ..Customer::default() }
    };
    let bought = |customer: i64, on: &str, cents: i64| {
        let customer = CustomerId(customer);
        Interaction { customer, amount: Some(Money(cents)), ..happened("purchase", on) }
    };
    vec![
        member("Holding", None, 1000.0).into(),
        member("North", Some(1), 10.0).into(),
        member("South", Some(1), 100.0).into(),
        member("Shop", Some(2), 1.0).into(),
        member("Alone", None, 5.0).into(),
        bought(4, "2024-03-01", 10).into(),
        bought(2, "2024-02-01", 20).into(),
        bought(3, "2023-01-01", 100).into(),
        bought(3, "2024-02-15", -30).into(),
        bought(5, "2024-01-01", 7).into(),
    ]
}

#[test]
fn a_parent_counts_what_its_members_have_at_all_levels() {
    let base = Base::new(group());
    let of = |feature: &str| base.values(&format!("x = {feature}"), "x", "2024-03-31");
    let numbers = |values: [f64; 5]| values.map(Value::Number).to_vec();
    for (feature, expected) in [
        (
            "{ sum = \"amount\", of = \"purchase\", with_members = true }",
            [1.0, 0.3, 0.7, 0.1, 0.07],
        ),
        ("{ count = \"purchase\", with_members = true }", [3.0, 2.0, 1.0, 1.0, 1.0]),
        (
            "{ sum = \"amount\", of = \"purchase\", within = \"12 months\", with_members = true }",
            [0.0, 0.3, -0.3, 0.1, 0.07],
        ),
        ("{ days_since = \"purchase\", with_members = true }", [30.0, 30.0, 455.0, 30.0, 90.0]),
        (
            "{ days_since_first = \"purchase\", with_members = true }",
            [455.0, 59.0, 455.0, 30.0, 90.0],
        ),
        ("{ count = \"member\" }", [3.0, 1.0, 0.0, 0.0, 0.0]),
        ("{ count = \"parent\" }", [0.0, 1.0, 1.0, 2.0, 0.0]),
        ("{ sum = \"credit\", of = \"member\", type = \"money\" }", [111.0, 1.0, 0.0, 0.0, 0.0]),
        ("{ count = \"member\", where = { credit = \"> 5\" } }", [2.0, 0.0, 0.0, 0.0, 0.0]),
    ] {
        assert_eq!(of(feature), numbers(expected), "{feature}");
    }
    // Nobody has the field: its sum is not known for anyone.
    let nobodys = "{ sum = \"area\", of = \"member\" }";
    assert_eq!(of(nobodys), vec![Value::Missing; 5]);
    let text = |text: &str| Value::Text(text.to_owned());
    let top = [Value::Missing, text("Holding"), text("Holding"), text("Holding"), Value::Missing];
    assert_eq!(of("{ last = \"name\", of = \"parent\", type = \"text\" }"), top);
    let direct = [Value::Missing, text("Holding"), text("Holding"), text("North"), Value::Missing];
    assert_eq!(of("{ first = \"name\", of = \"parent\", type = \"text\" }"), direct);
}

#[test]
fn an_archived_member_joins_those_below_to_those_above_and_counts_nothing() {
    let mut records = group();
    if let Record::Customer(north) = &mut records[1] {
        north.archived = Some(day("2024-03-10"));
    }
    let base = Base::new(records);
    let sum = "x = { sum = \"amount\", of = \"purchase\", with_members = true }";
    let number = |values: [f64; 4]| values.map(Value::Number).to_vec();
    assert_eq!(base.values(sum, "x", "2024-03-31"), number([0.8, 0.7, 0.1, 0.07]));
    assert_eq!(base.values(sum, "x", "2024-03-09")[0], Value::Number(1.0), "not yet archived");
}

#[test]
fn some_customers_alone_have_the_same_values_as_in_the_whole_base() {
    let base = Base::new(group());
    let text = "name = \"test\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"follow_up\"\n[features]\n\
                sum = { sum = \"amount\", of = \"purchase\", with_members = true }\n\
                top = { last = \"name\", of = \"parent\", type = \"text\" }\n";
    let manifest = Manifest::parse("pack.toml", text).unwrap();
    let settings = Settings::read(&[("kehu.toml", "")]).unwrap();
    let catalogue = Catalogue::new(&settings, &[&manifest]).unwrap();
    let (reader, as_of) = (base.store.read().unwrap(), day("2024-03-31"));
    let wanted = [2, 5].into();
    let some = compute_some(reader.as_ref(), &settings, &catalogue, &wanted, as_of).unwrap().table;
    assert_eq!(some.ids, [2, 5]);
    let value = |name: &str, row: usize| some.columns.get(name).unwrap().value(row);
    assert_eq!((value("sum", 0), value("sum", 1)), (Value::Number(0.3), Value::Number(0.07)));
    assert_eq!(value("top", 0), Value::Text("Holding".to_owned()));
}

#[test]
fn a_customer_s_own_record_is_a_row() {
    let known = Customer {
        name: "Huaxing".into(),
        source: Some("referral".into()),
        known: Some(day("2024-01-10")),
        consent: Some(true),
        ..Customer::default()
    };
    let base = Base::new(vec![known.into(), customer("since ever")]);
    let features = "source = { last = \"source\", of = \"customer\", type = \"text\" }
        known_days = { days_since = \"customer\" }
        agreed = { count = \"customer\", where = { consent = true } }";
    let values = |name| base.values(features, name, "2024-01-20");
    assert_eq!(values("source"), [Value::Text("referral".into()), Value::Missing]);
    assert_eq!(values("known_days"), [Value::Number(10.0), Value::Missing]);
    assert_eq!(values("agreed"), [Value::Number(1.0), Value::Number(0.0)]);
}

#[test]
fn customers_that_name_another_one_are_its_rows() {
    let named = |name: &str, by: &str, known: &str| {
        let fields = [("referred_by".to_owned(), FieldValue::Text(by.into()))];
        let known = Some(day(known));
        Record::from(Customer {
            name: name.into(),
            known,
            fields: fields.into(),
            ..Customer::default()
        })
    };
    let archived = Customer {
        name: "gone".into(),
        fields: [("referred_by".to_owned(), FieldValue::Text("C-1".into()))].into(),
        archived: Some(day("2024-02-01")),
        ..Customer::default()
    };
    let base = Base::new(vec![
        customer("华兴 Trading"),
        named("by name", "华兴 ＴＲＡＤＩＮＧ", "2024-01-01"),
        named("by id", "c-1", "2024-03-01"),
        named("itself", "C-4", "2024-01-01"),
        named("of nobody", "somebody", "2024-01-01"),
        archived.into(),
    ]);
    let features = "referrals = { count = \"customer\", linked_by = \"referred_by\" }
        last_name = { last = \"name\", of = \"customer\", linked_by = \"referred_by\", type = \"text\" }";
    let first = |name, as_of| base.values(features, name, as_of).remove(0);
    assert_eq!(first("referrals", "2024-01-31"), Value::Number(2.0), "known by then");
    assert_eq!(first("referrals", "2024-02-29"), Value::Number(1.0), "one is archived");
    assert_eq!(first("referrals", "2024-03-01"), Value::Number(2.0));
    assert_eq!(first("last_name", "2024-03-01"), Value::Text("by id".into()));
    let all = base.values(features, "referrals", "2024-03-01");
    assert_eq!(all[3], Value::Number(0.0), "who names itself");
}

#[test]
fn rows_are_chosen_by_fields_of_their_product_and_by_its_age_on_their_day() {
    let product = |name: &str, launched: Option<&str>| {
        let fields = launched.map(|day| ("launched".to_owned(), FieldValue::Text(day.into())));
        Product { name: name.into(), fields: fields.into_iter().collect(), ..Product::default() }
    };
    let bought = |product: i64, on: &str, amount: i64| Interaction {
        amount: Some(Money(amount * 100)),
        product: Some(ProductId(product)),
        ..happened("purchase", on)
    };
    let base = Base::new(vec![
        customer("A"),
        product("old", Some("2020-01-01")).into(),
        product("new", Some("2023-01-01")).into(),
        product("unknown", None).into(),
        bought(1, "2023-06-01", 1).into(),
        bought(2, "2024-01-01", 2).into(),
        bought(2, "2024-01-02", 4).into(),
        bought(3, "2024-01-02", 8).into(),
        purchase("2024-01-03", 16),
    ]);
    for (test, expected) in [
        ("\"product.launched.age\" = \"<= 365\"", 2.0),
        ("\"product.launched.age\" = \"> 365\"", 5.0),
        ("\"product.launched\" = \"*\"", 7.0),
        ("\"product.launched\" = \"~= *\"", 24.0),
        ("\"product.launched\" = \">= 2023-01-01\"", 6.0),
    ] {
        let feature = format!("{{ sum = \"amount\", of = \"purchase\", where = {{ {test} }} }}");
        assert_eq!(base.value(&feature, "2024-06-01"), Value::Number(expected), "{test}");
    }
}
