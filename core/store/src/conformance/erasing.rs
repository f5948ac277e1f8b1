//! A person is erased: nothing that was said of it is read anywhere, and what firms account by stays.

use kehu_domain::{
    Contact, ContactId, CustomerId, Deal, DealEvent, DealId, Entity, Money, Record, RepId,
    StoredPlan,
};

use super::{Part, all, customer, day, draft, interaction, operation, put};
use crate::{Mention, Result, Store, StoreError};

pub(super) const PARTS: &[Part] =
    &[a_customer_is_erased_for_good, a_contact_is_erased_and_the_customer_stays];

/// All that a store shows anywhere, as text.
fn everything(store: &dyn Store) -> Result<String> {
    let reader = store.read()?;
    let mut text = String::new();
    for entity in Entity::ALL {
        text += &format!("{:?}\n", all(store, entity)?);
    }
    for made in reader.operations(1_000)? {
        text += &format!("{made:?} {:?}\n", reader.changes(made.id)?);
    }
    for as_of in ["2023-01-01", "2024-05-01", "2024-05-02", "2024-06-01"] {
        reader.customers(crate::CustomerRange::ALL, day(as_of), &mut |customer| {
            text += &format!("{customer:?}\n");
            Ok(())
        })?;
    }
    Ok(text)
}

fn person(at: i64, name: &str) -> Contact {
    let record = serde_json::json!({
        "id": 0, "customer": at, "name": name, "external_id": null, "role": "buyer", "department": null,
        "influence": null, "coach": null, "birthday": "1980-05-17", "phone": "021-5555", "email": null,
        "wechat": null, "known": null,
    });
    serde_json::from_value(record).expect("a contact is written as its fields")
}

/// Ann Lee, with a rep, a contact, a deal that moved, a call, and a plan that names her.
fn base(store: &dyn Store) -> Result<()> {
    let rep = serde_json::json!({
        "rep": { "id": 0, "name": "Li", "external_id": null, "manager": null, "region": null,
                 "email": null, "lat": null, "lon": null },
    });
    let rep: Record = serde_json::from_value(rep).expect("a rep is written as its fields");
    put(store, rep, "2024-05-01")?;
    let mut ann = customer("Ann Lee");
    ann.phone = Some("139-0000".to_owned());
    ann.known = Some(day("2024-01-01"));
    ann.external_ids.insert("shop".to_owned(), "al-77".to_owned());
    operation(store, "customer add", |writer| {
        writer.set_summary("added C-1 Ann Lee");
        writer.put(&ann.clone().into(), day("2024-05-01"))
    })?;
    ann.id = 1;
    ann.name = "Ann Lee-Wong".to_owned();
    put(store, ann, "2024-05-02")?;
    put(store, person(1, "Bob Kane"), "2024-05-02")?;
    put(store, customer("Other"), "2024-05-02")?;
    let mut call = interaction(1, "2024-05-01", "call");
    call.amount = Some(Money(1_250));
    call.contact = Some(ContactId(1));
    call.text = Some("spoke with Bob".to_owned());
    put(store, call, "2024-05-02")?;
    let mut note = interaction(2, "2024-05-01", "note");
    note.text = Some("knows Ann Lee-Wong".to_owned());
    put(store, note, "2024-05-02")?;
    let deal = Deal {
        id: 0,
        name: "Ann Lee's kitchen".to_owned(),
        external_id: None,
        customer: Some(CustomerId(1)),
        rep: Some(RepId(1)),
        pipeline: "sales".to_owned(),
        product: None,
        amount: Some(Money(900)),
        expected_close: None,
        fields: kehu_domain::Fields::new(),
    };
    put(store, deal, "2024-05-02")?;
    let event = DealEvent {
        id: 0,
        deal: DealId(1),
        happened: day("2024-05-02"),
        minute: None,
        stage: "won".to_owned(),
        by: None,
        reason: Some("Ann Lee signed".to_owned()),
        overruled: None,
        amount: Some(Money(950)),
        known: None,
    };
    put(store, event, "2024-05-02")?;
    let plan = StoredPlan {
        id: 0,
        rep: RepId(1),
        from: day("2024-05-03"),
        to: day("2024-05-03"),
        as_of: day("2024-05-02"),
        body: serde_json::json!({ "Ann Lee": [{ "customer": 1, "why": "Ann Lee-Wong waits" }] }),
    };
    put(store, plan, "2024-05-02")?;
    Ok(())
}

fn a_customer_is_erased_for_good(store: &dyn Store) -> Result<()> {
    base(store)?;
    let missing = store.erase(Entity::Customer, 9, &draft("erase"), day("2024-06-01"));
    assert!(matches!(missing, Err(StoreError::Missing { .. })), "{missing:?}");
    let erased = store.erase(Entity::Customer, 1, &draft("erase"), day("2024-06-01"))?;
    assert_eq!((erased.records, erased.versions), (5, 1));
    assert_eq!(erased.mentions, [Mention { entity: Entity::Interaction, id: 2 }]);
    let text = everything(store)?;
    for word in ["139-0000", "al-77", "Bob", "021-5555", "kitchen", "signed", "spoke"] {
        assert!(!text.contains(word), "{word} is still there:\n{text}");
    }
    // The name of a field is none of a person, and others' words are theirs to change.
    let rest = text.replace("\"Ann Lee\": Array", "").replace("knows Ann Lee-Wong", "");
    assert!(!rest.contains("Ann Lee"), "{rest}");
    let reader = store.read()?;
    assert!(reader.find(Entity::Customer, "Ann", 5)?.is_empty());
    assert!(reader.find(Entity::Contact, "Bob", 5)?.is_empty());
    assert_eq!(reader.find(Entity::Customer, "[erased] C-1", 5)?.len(), 1);
    let Some(Record::Customer(ann)) = reader.get(Entity::Customer, 1)? else { panic!() };
    assert_eq!(ann.archived, Some(day("2024-06-01")));
    let Some(Record::Interaction(call)) = reader.get(Entity::Interaction, 1)? else { panic!() };
    assert_eq!((call.amount, call.happened), (Some(Money(1_250)), day("2024-05-01")));
    let Some(Record::DealEvent(won)) = reader.get(Entity::DealEvent, 1)? else { panic!() };
    assert_eq!((won.amount, won.stage.as_str()), (Some(Money(950)), "won"));
    let undone = store.undo(None, &draft("undo"));
    assert!(matches!(undone, Err(StoreError::NothingToUndo(_))), "{undone:?}");
    assert!(store.check()?.is_empty());
    Ok(())
}

fn a_contact_is_erased_and_the_customer_stays(store: &dyn Store) -> Result<()> {
    base(store)?;
    let erased = store.erase(Entity::Contact, 1, &draft("erase"), day("2024-06-01"))?;
    assert_eq!(erased.records, 2, "the contact, and the call with it");
    let text = everything(store)?;
    assert!(!text.contains("Bob") && !text.contains("021-5555"), "{text}");
    assert!(text.contains("Ann Lee-Wong") && text.contains("139-0000"), "{text}");
    let refused = store.erase(Entity::Deal, 1, &draft("erase"), day("2024-06-01"));
    assert!(refused.is_err(), "a deal is no person");
    assert!(store.check()?.is_empty());
    Ok(())
}
