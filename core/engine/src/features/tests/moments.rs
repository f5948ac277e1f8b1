//! Sums of what nobody has said, hours from the moments of rows, and people in the order of meeting them.

use kehu_contract::Value;
use kehu_domain::{Contact, ContactId, CustomerId, Interaction, Money, Record};

use super::{Base, customer, day, happened, purchase};

#[test]
fn a_sum_over_rows_of_which_none_says_the_field_is_not_known() {
    let sale = |who: i64, on: &str, margin: Option<i64>| {
        let bought = Interaction::new(CustomerId(who), day(on), "purchase");
        let margin = margin.map(|margin| Money(margin * 100));
        Record::from(Interaction { amount: Some(Money(900)), margin, ..bought })
    };
    let base = Base::new(vec![
        customer("A"),
        customer("B"),
        customer("C"),
        customer("D"),
        sale(1, "2023-05-01", Some(3)),
        sale(1, "2023-06-01", None),
        sale(2, "2023-06-01", None),
        sale(3, "2022-01-01", None),
    ]);
    let margin = "x = { sum = \"margin\", of = \"purchase\", within = \"12 months\" }";
    let expected = [Value::Number(3.0), Value::Missing, Value::Number(0.0), Value::Number(0.0)];
    assert_eq!(base.values(margin, "x", "2023-06-30"), expected);
}

#[test]
fn a_return_counts_in_sums_only() {
    let base =
        Base::new(vec![customer("A"), purchase("2023-01-01", 10), purchase("2023-01-05", -4)]);
    for (feature, expected) in [
        ("{ sum = \"amount\", of = \"purchase\" }", 6.0),
        ("{ count = \"purchase\" }", 1.0),
        ("{ days = \"purchase\" }", 1.0),
        ("{ mean = \"amount\", of = \"purchase\" }", 10.0),
        ("{ min = \"amount\", of = \"purchase\" }", 10.0),
        ("{ days_since = \"purchase\" }", 9.0),
        ("{ last = \"amount\", of = \"purchase\" }", 10.0),
    ] {
        assert_eq!(base.value(feature, "2023-01-10"), Value::Number(expected), "{feature}");
    }
}

#[test]
fn hours_count_from_the_minute_or_else_from_the_end_of_the_day() {
    let complaint = |on: &str, minute: Option<u16>, state: &str| {
        let state = Some(state.to_owned());
        Record::from(Interaction { minute, state, ..happened("complaint", on) })
    };
    let base = Base::new(vec![
        customer("A"),
        complaint("2024-03-01", Some(600), "resolved"),
        complaint("2024-03-02", Some(600), "opened"),
        complaint("2024-03-03", None, "acknowledged"),
        complaint("2024-03-05", None, "opened"),
    ]);
    let hours = |feature: &str, as_of: &str, minute| {
        base.values_at(&format!("x = {feature}"), "x", as_of, minute).remove(0)
    };
    let open = "{ hours_since_first = \"complaint\", where = { open = true } }";
    let opened = "{ hours_since_first = \"complaint\", where = { state = \"opened\" } }";
    let last = "{ hours_since = \"complaint\" }";
    for (feature, as_of, minute, expected) in [
        // At ten the next day it is 24 hours, a minute later it is more.
        (open, "2024-03-03", Some(600), 24.0),
        (open, "2024-03-03", Some(601), 24.0 + 1.0 / 60.0),
        (open, "2024-03-03", Some(599), 24.0 - 1.0 / 60.0),
        // A day that is past is seen at its end.
        (open, "2024-03-03", None, 38.0),
        (opened, "2024-03-04", Some(0), 38.0),
        // Without a time of day it happened at the end of its day; never less than nothing.
        (last, "2024-03-05", Some(600), 0.0),
        (last, "2024-03-06", Some(90), 1.5),
        (last, "2024-03-04", None, 24.0),
    ] {
        let found = hours(feature, as_of, minute);
        let Value::Number(found) = found else { panic!("{feature} {as_of}: {found:?}") };
        assert!((found - expected).abs() < 1e-9, "{feature} {as_of} {minute:?}: {found}");
    }
    assert_eq!(hours(open, "2024-02-29", None), Value::Missing);
    assert_eq!(hours("{ hours_since = \"visit\" }", "2024-03-06", None), Value::Missing);
}

#[test]
fn contacts_may_stand_in_the_order_in_which_they_were_last_met() {
    let person = |name: &str, role: Option<&str>| {
        Record::from(Contact {
            id: 0,
            customer: CustomerId(1),
            name: name.into(),
            external_id: None,
            role: role.map(str::to_owned),
            department: None,
            influence: None,
            coach: None,
            birthday: None,
            phone: None,
            email: None,
            wechat: None,
            known: None,
            fields: kehu_domain::Fields::new(),
        })
    };
    let met = |on: &str, who: i64| {
        let contact = Some(ContactId(who));
        Record::from(Interaction { contact, ..happened("call", on) })
    };
    let base = Base::new(vec![
        customer("A"),
        person("Li", Some("buyer")),
        person("Wang", None),
        person("Zhao", Some("manager")),
        person("Sun", Some("clerk")),
        met("2024-03-01", 3),
        met("2024-03-01", 1),
        met("2024-02-01", 3),
        met("2024-03-05", 2),
    ]);
    let text = |text: &str| Value::Text(text.to_owned());
    for (feature, as_of, expected) in [
        ("{ last = \"name\", of = \"contact\", type = \"text\" }", "2024-03-09", text("Sun")),
        (
            "{ last = \"name\", of = \"contact\", type = \"text\", by_meeting = true }",
            "2024-03-09",
            text("Wang"),
        ),
        (
            "{ last = \"role\", of = \"contact\", type = \"text\", by_meeting = true }",
            "2024-03-09",
            text("buyer"),
        ),
        (
            "{ last = \"name\", of = \"contact\", type = \"text\", by_meeting = true }",
            "2024-02-09",
            text("Zhao"),
        ),
        // Nobody was met yet: the one recorded last.
        (
            "{ last = \"name\", of = \"contact\", type = \"text\", by_meeting = true }",
            "2024-01-09",
            text("Sun"),
        ),
        (
            "{ days_since = \"contact\", by_meeting = true, where = { role = \"*\" } }",
            "2024-03-09",
            Value::Number(8.0),
        ),
        ("{ days_since = \"contact\", by_meeting = true }", "2024-01-09", Value::Missing),
    ] {
        assert_eq!(base.value(feature, as_of), expected, "{feature} {as_of}");
    }
}
