//! Writing and reading.

use std::collections::BTreeMap;

use kehu_domain::{
    Contact, CustomerId, CustomerType, Day, Deal, DealEvent, DealId, Entity, FieldValue, Fields,
    Money, Override, Product, ProductId, Record, Rep, RepId, StoredPlan, Target, Task, TaskState,
};

use super::{Part, all, customer, day, draft, interaction, operation, put};
use crate::{CustomerRange, Reader, Result, Store, StoreError, Wanted};

pub(super) const PARTS: &[Part] = &[
    a_new_store_is_empty,
    every_sort_of_record_comes_back_as_it_was_written,
    what_is_not_committed_is_not_kept,
    a_record_that_names_what_is_not_there_is_refused,
    a_record_that_others_name_cannot_be_removed,
    customers_are_seen_as_they_were,
    names_are_found_without_regard_to_case_and_width,
    interactions_are_scanned_in_order_and_up_to_the_day,
    deals_come_with_their_events_up_to_the_day,
    each_narrows_to_a_customer,
    readers_keep_their_state_and_several_see_the_same,
    putting_what_is_there_changes_nothing,
    an_operation_tells_what_it_changed,
];

fn an_operation_tells_what_it_changed(store: &dyn Store) -> Result<()> {
    let (made, id) = put(store, customer("one"), "2024-05-01")?;
    let mut one = customer("one");
    one.id = id;
    let mut renamed = one.clone();
    "renamed".clone_into(&mut renamed.name);
    let (mixed, ()) = operation(store, "mixed", |writer| {
        let today = day("2024-05-02");
        writer.put(&renamed.clone().into(), today)?;
        let gone = writer.put(&task(Some(id)).into(), today)?;
        writer.remove(Entity::Task, gone)?;
        writer.put(&interaction(id, "2024-05-02", "call").into(), today).map(drop)
    })?;
    let (void, ()) = operation(store, "void", |writer| writer.remove(Entity::Interaction, 1))?;
    let reader = store.read()?;
    let call =
        Record::from(kehu_domain::Interaction { id: 1, ..interaction(id, "2024-05-02", "call") });
    assert_eq!(reader.changes(made)?, [(None, Some(one.clone().into()))], "seen as it was then");
    assert_eq!(
        reader.changes(mixed)?,
        [(Some(one.into()), Some(renamed.into())), (None, Some(call.clone()))]
    );
    assert_eq!(reader.changes(void)?, [(Some(call), None)]);
    store.undo(Some(void), &draft("undo"))?;
    assert!(store.read()?.changes(void)?.is_empty());
    Ok(())
}

fn a_new_store_is_empty(store: &dyn Store) -> Result<()> {
    let reader = store.read()?;
    assert_eq!(reader.last_operation()?, None);
    assert!(reader.operations(10)?.is_empty() && reader.runs()?.is_empty());
    for entity in Entity::ALL {
        assert_eq!(reader.count(entity)?, 0);
        assert_eq!(reader.get(entity, 1)?, None);
        assert_eq!(reader.last_id(entity)?, 0);
    }
    assert!(store.check()?.is_empty());
    assert!(!store.describe()?.is_empty());
    Ok(())
}

/// One record of every sort with all that it can hold; each names those before it.
fn one_of_each() -> Vec<Record> {
    let fields = BTreeMap::from([
        ("level".to_owned(), FieldValue::Text("金".to_owned())),
        ("seats".to_owned(), FieldValue::Number(-0.5)),
        ("vip".to_owned(), FieldValue::Flag(true)),
    ]);
    let some = |words: &str| Some(words.to_owned());
    let (from, to) = (day("2024-01-01"), Day::MAX);
    let rep = Rep {
        name: "李雷".to_owned(),
        external_id: some("r1"),
        manager: some("韩梅梅"),
        lat: Some(31.2),
        lon: Some(-0.0),
        fields: fields.clone(),
        ..Rep::default()
    };
    let product = Product {
        name: "GTX \"Pro\"".to_owned(),
        price: Some(Money(i64::MAX)),
        ..Product::default()
    };
    let mut organisation = customer("华星");
    organisation.external_ids = BTreeMap::from([("erp".to_owned(), "k'1".to_owned())]);
    organisation.owner = Some(RepId(1));
    organisation.kind = CustomerType::Person;
    organisation.birthday = Some(Day::MIN);
    organisation.consent = Some(false);
    organisation.tags = vec!["a".to_owned(), "b,c".to_owned()];
    organisation.archived = Some(to);
    organisation.known = Some(from);
    organisation.fields = fields.clone();
    let contact = Contact {
        id: 0,
        customer: CustomerId(1),
        name: "Zoë".to_owned(),
        external_id: None,
        role: some("buyer"),
        department: some(""),
        influence: None,
        coach: Some(true),
        birthday: None,
        phone: some("13800000000"),
        email: None,
        wechat: some("zoe"),
        known: None,
        fields: fields.clone(),
    };
    let mut visit = interaction(1, "2024-03-01", "visit");
    visit.minute = Some(1439);
    visit.rep = Some(RepId(1));
    visit.contact = Some(kehu_domain::ContactId(1));
    visit.deal = Some(DealId(1));
    visit.product = Some(ProductId(1));
    visit.amount = Some(Money(-1));
    visit.quantity = Some(1e300);
    visit.text = some("line\nline");
    visit.identity = Some(i64::MIN);
    visit.fields = fields;
    vec![
        rep.into(),
        product.into(),
        organisation.into(),
        contact.into(),
        deal("Pipeline A", Some(1)).into(),
        event(1, "2024-02-01", "Engaging").into(),
        visit.into(),
        task(Some(1)).into(),
        Target { id: 0, rep: None, measure: "amount".to_owned(), from, to, value: 1.5 }.into(),
        Override {
            id: 0,
            customer: CustomerId(1),
            column: "tier".to_owned(),
            value: "A".to_owned(),
            until: Some(to),
            reason: "friend".to_owned(),
            by: "ann".to_owned(),
            known: from,
        }
        .into(),
        StoredPlan {
            id: 0,
            rep: RepId(1),
            from,
            to,
            as_of: from,
            body: serde_json::json!({ "visits": [1, 2.5, null] }),
        }
        .into(),
    ]
}

pub(super) fn deal(name: &str, customer: Option<i64>) -> Deal {
    Deal {
        id: 0,
        name: name.to_owned(),
        external_id: None,
        customer: customer.map(CustomerId),
        rep: None,
        pipeline: "sales".to_owned(),
        product: None,
        amount: Some(Money(5)),
        expected_close: None,
        fields: BTreeMap::new(),
    }
}

pub(super) fn event(deal: i64, happened: &str, stage: &str) -> DealEvent {
    DealEvent {
        id: 0,
        deal: DealId(deal),
        happened: day(happened),
        minute: None,
        stage: stage.to_owned(),
        by: None,
        reason: None,
        overruled: None,
        amount: None,
        known: None,
    }
}

pub(super) fn task(customer: Option<i64>) -> Task {
    Task {
        id: 0,
        what: "call back".to_owned(),
        customer: customer.map(CustomerId),
        deal: None,
        rep: None,
        due: day("2024-06-01"),
        state: TaskState::Snoozed,
        since: None,
        until: Some(day("2024-06-05")),
        reason: None,
        origin: None,
        key: Some("rfm:C-1:call".to_owned()),
        known: day("2024-05-01"),
    }
}

fn every_sort_of_record_comes_back_as_it_was_written(store: &dyn Store) -> Result<()> {
    let mut records = one_of_each();
    let (id, ()) = operation(store, "fill", |writer| {
        for record in &mut records {
            let id = writer.put(record, day("2024-05-01"))?;
            assert_eq!(id, 1, "ids of each sort begin with 1");
            record.set_id(id);
            assert_eq!(writer.reader().get(record.entity(), id)?.as_ref(), Some(&*record));
        }
        writer.set_summary("all sorts");
        Ok(())
    })?;
    let reader = store.read()?;
    for record in &records {
        let entity = record.entity();
        assert_eq!(reader.get(entity, 1)?.as_ref(), Some(record));
        assert_eq!(all(store, entity)?, std::slice::from_ref(record));
        assert_eq!(reader.count(entity)?, 1);
        assert_eq!(reader.last_id(entity)?, 1);
    }
    assert_eq!(reader.touched(id)?, Entity::ALL.map(|entity| (entity, 1)));
    let found = reader.operation(id)?.expect("the operation is kept");
    assert_eq!((found.summary.as_str(), found.by.as_str()), ("all sorts", "ann"));
    assert_eq!(reader.operations(5)?, std::slice::from_ref(&found));
    assert_eq!(reader.maker(Entity::Task, 1)?, Some(found));
    assert_eq!(reader.maker(Entity::Task, 2)?, None);
    assert_eq!(reader.last_operation()?, Some(id));
    assert_eq!(reader.kinds()?, ["visit"]);
    let mut external = Vec::new();
    reader.external_ids("erp", &mut |id, customer| external.push((id.to_owned(), customer)))?;
    assert_eq!(external, [("k'1".to_owned(), 1)]);
    assert!(store.check()?.is_empty());
    Ok(())
}

fn what_is_not_committed_is_not_kept(store: &dyn Store) -> Result<()> {
    let mut writer = store.write(&draft("put"))?;
    writer.put(&customer("Huaxing").into(), day("2024-05-01"))?;
    drop(writer);
    assert_eq!(store.read()?.last_operation()?, None);
    assert!(all(store, Entity::Customer)?.is_empty());
    assert_eq!(store.read()?.count(Entity::Customer)?, 0);
    Ok(())
}

fn a_record_that_names_what_is_not_there_is_refused(store: &dyn Store) -> Result<()> {
    let mut writer = store.write(&draft("put"))?;
    let today = day("2024-05-01");
    let stray = writer.put(&interaction(7, "2024-05-01", "call").into(), today);
    assert!(matches!(stray, Err(StoreError::Missing { entity: "customer", .. })), "{stray:?}");
    let mut unknown = customer("Huaxing");
    unknown.id = 3;
    let changed = writer.put(&unknown.into(), today);
    assert!(matches!(changed, Err(StoreError::Missing { .. })), "{changed:?}");
    let removed = writer.remove(Entity::Deal, 1);
    assert!(matches!(removed, Err(StoreError::Missing { .. })), "{removed:?}");
    Ok(())
}

fn a_record_that_others_name_cannot_be_removed(store: &dyn Store) -> Result<()> {
    put(store, customer("Huaxing"), "2024-05-01")?;
    put(store, interaction(1, "2024-05-01", "call"), "2024-05-01")?;
    let removed = store.write(&draft("remove"))?.remove(Entity::Customer, 1);
    assert!(matches!(removed, Err(StoreError::Needed { .. })), "{removed:?}");
    operation(store, "remove", |writer| {
        writer.remove(Entity::Interaction, 1)?;
        writer.remove(Entity::Customer, 1)
    })?;
    assert_eq!(store.read()?.count(Entity::Customer)?, 0);
    assert!(names_at(&*store.read()?, "2024-04-01")?.is_empty());
    Ok(())
}

fn names_at(reader: &dyn Reader, as_of: &str) -> Result<Vec<String>> {
    let (mut names, mut whole) = (Vec::new(), Vec::new());
    reader.customers(CustomerRange::ALL, day(as_of), &mut |customer| {
        names.push(customer.name.clone());
        whole.push((customer.id, customer.birthday, customer.archived, customer.fields.clone()));
        Ok(())
    })?;
    let mut parts = Vec::new();
    reader.customer_rows(CustomerRange::ALL, day(as_of), &mut |row| {
        let fields = row.fields.map_or_else(Fields::new, |text| {
            serde_json::from_str(text).expect("custom fields are JSON")
        });
        parts.push((row.id, row.birthday, row.archived, fields));
        Ok(())
    })?;
    assert_eq!(parts, whole, "the rows of customers show what the customers do");
    Ok(names)
}

fn customers_are_seen_as_they_were(store: &dyn Store) -> Result<()> {
    let mut one = customer("one");
    one.known = Some(day("2024-01-10"));
    one.birthday = Some(day("1980-05-06"));
    one.fields.insert("credit".to_owned(), FieldValue::Number(1.5));
    one.id = put(store, one.clone(), "2024-01-10")?.1;
    put(store, customer("two"), "2024-01-10")?;
    for (name, today) in [("one b", "2024-02-01"), ("one c", "2024-02-01"), ("one d", "2024-03-01")]
    {
        name.clone_into(&mut one.name);
        put(store, one.clone(), today)?;
    }
    let reader = store.read()?;
    let seen = |as_of| names_at(&*reader, as_of);
    assert_eq!(seen("2024-01-09")?, ["two"], "not known yet");
    assert_eq!(seen("2024-01-31")?, ["one", "two"]);
    assert_eq!(seen("2024-02-01")?, ["one c", "two"], "new values hold from the day itself");
    assert_eq!(seen("2024-02-29")?, ["one c", "two"]);
    assert_eq!(seen("2024-03-01")?, ["one d", "two"]);
    let mut only = Vec::new();
    reader.customers(CustomerRange::one(CustomerId(2)), Day::MAX, &mut |customer| {
        only.push(customer.id);
        Ok(())
    })?;
    assert_eq!(only, [2]);
    Ok(())
}

fn names_are_found_without_regard_to_case_and_width(store: &dyn Store) -> Result<()> {
    let mut named = customer("ABC 商贸");
    named.external_ids = BTreeMap::from([("erp".to_owned(), "K-100".to_owned())]);
    put(store, named.clone(), "2024-05-01")?;
    put(store, customer("abc"), "2024-05-01")?;
    put(store, customer("100% Abcess"), "2024-05-01")?;
    let reader = store.read()?;
    let find = |text: &str, limit| -> Result<Vec<(i64, bool)>> {
        let found = reader.find(Entity::Customer, text, limit)?;
        Ok(found.into_iter().map(|one| (one.id, one.exact)).collect())
    };
    assert_eq!(find("ＡＢＣ", 9)?, [(2, true), (1, false), (3, false)]);
    assert_eq!(find("abc", 2)?, [(2, true), (1, false)]);
    assert_eq!(find("k-100", 9)?, [(1, true)]);
    assert_eq!(find("商", 9)?, [(1, false)]);
    assert_eq!(find("%", 9)?, [(3, false)]);
    assert_eq!(find("nobody", 9)?, []);
    drop(reader);
    named.id = 1;
    "Other".clone_into(&mut named.name);
    named.external_ids.clear();
    put(store, named, "2024-05-02")?;
    let reader = store.read()?;
    assert!(reader.find(Entity::Customer, "商贸", 9)?.is_empty());
    assert!(reader.find(Entity::Customer, "K-100", 9)?.is_empty());
    let mut external = 0;
    reader.external_ids("erp", &mut |_, _| external += 1)?;
    assert_eq!(external, 0);
    Ok(())
}

fn interactions_are_scanned_in_order_and_up_to_the_day(store: &dyn Store) -> Result<()> {
    operation(store, "log", |writer| {
        let today = day("2024-05-01");
        for name in ["one", "two", "three"] {
            writer.put(&customer(name).into(), today)?;
        }
        for (customer, happened) in
            [(3, "2024-01-02"), (1, "2024-02-02"), (1, "2024-01-02"), (2, "2024-01-03")]
        {
            let mut call = interaction(customer, happened, "call");
            call.amount = Some(Money(customer));
            call.channel = Some("phone".to_owned());
            writer.put(&call.into(), today)?;
        }
        let mut late = interaction(1, "2024-01-02", "purchase");
        late.known = Some(day("2024-03-01"));
        writer.put(&late.into(), today)
    })?;
    let reader = store.read()?;
    let scan = |range, as_of: &str| -> Result<Vec<(i64, i64)>> {
        let mut seen = Vec::new();
        reader.interactions(range, day(as_of), Wanted::default(), &mut |row| {
            assert_eq!((row.amount, row.channel), (None, None), "not asked for");
            seen.push((row.customer, row.id));
            Ok(())
        })?;
        Ok(seen)
    };
    assert_eq!(scan(CustomerRange::ALL, "2024-02-29")?, [(1, 3), (1, 2), (2, 4), (3, 1)]);
    assert_eq!(scan(CustomerRange::ALL, "2024-03-01")?, [(1, 3), (1, 5), (1, 2), (2, 4), (3, 1)]);
    assert_eq!(scan(CustomerRange { after: 1, through: 2 }, "2024-03-01")?, [(2, 4)]);
    assert_eq!(scan(CustomerRange::ALL, "2024-01-02")?, [(1, 3), (3, 1)]);
    let wanted =
        Wanted { money: true, words: true, links: true, thread: true, fields: true, text: true };
    let kinds = reader.kinds()?;
    let mut amounts = 0;
    reader.interactions(CustomerRange::ALL, Day::MAX, wanted, &mut |row| {
        amounts += row.amount.unwrap_or(0);
        assert_eq!(row.channel.is_some(), kinds[row.kind] == "call");
        Ok(())
    })?;
    assert_eq!(amounts, 3 + 1 + 1 + 2);
    let mut seen = 0;
    let stopped = reader.interactions(CustomerRange::ALL, Day::MAX, wanted, &mut |_| {
        seen += 1;
        Err(StoreError::Stopped)
    });
    assert!(matches!(stopped, Err(StoreError::Stopped)) && seen == 1);
    Ok(())
}

fn deals_come_with_their_events_up_to_the_day(store: &dyn Store) -> Result<()> {
    operation(store, "deal", |writer| {
        let today = day("2024-05-01");
        for name in ["one", "two"] {
            writer.put(&customer(name).into(), today)?;
        }
        for (name, customer) in [("a", Some(2)), ("b", None), ("c", Some(1)), ("d", Some(2))] {
            writer.put(&deal(name, customer).into(), today)?;
        }
        for (deal, happened, stage) in [
            (1, "2024-02-01", "won"),
            (1, "2024-01-01", "open"),
            (2, "2024-01-01", "open"),
            (3, "2024-01-01", "open"),
            (4, "2024-02-01", "open"),
        ] {
            writer.put(&event(deal, happened, stage).into(), today)?;
        }
        Ok(())
    })?;
    let reader = store.read()?;
    let seen = |as_of: &str| -> Result<Vec<(String, Vec<String>)>> {
        let mut seen = Vec::new();
        reader.deals(CustomerRange::ALL, day(as_of), &mut |deal, events| {
            let stages = events.iter().map(|event| event.stage.clone()).collect();
            seen.push((deal.name.clone(), stages));
            Ok(())
        })?;
        Ok(seen)
    };
    let stages = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let (open, won) = (stages(&["open"]), stages(&["open", "won"]));
    let early = [("c".to_owned(), open.clone()), ("a".to_owned(), open.clone())];
    assert_eq!(seen("2024-01-31")?, early);
    let late = [("c".to_owned(), open.clone()), ("a".to_owned(), won), ("d".to_owned(), open)];
    assert_eq!(seen("2024-02-01")?, late);
    assert!(seen("2023-12-31")?.is_empty());
    let mut without = Vec::new();
    reader.deals_without_customer(Day::MAX, &mut |deal, events| {
        without.push((deal.id, events.len()));
        Ok(())
    })?;
    assert_eq!(without, [(2, 1)]);
    Ok(())
}

fn each_narrows_to_a_customer(store: &dyn Store) -> Result<()> {
    operation(store, "fill", |writer| {
        let today = day("2024-05-01");
        for customer_id in 1..=2 {
            writer.put(&customer("someone").into(), today)?;
            writer.put(&deal("deal", Some(customer_id)).into(), today)?;
            writer.put(&event(customer_id, "2024-01-01", "open").into(), today)?;
            writer.put(&task(Some(customer_id)).into(), today)?;
            writer.put(&interaction(customer_id, "2024-01-01", "call").into(), today)?;
        }
        writer.put(&task(None).into(), today)
    })?;
    let reader = store.read()?;
    for entity in
        [Entity::Customer, Entity::Deal, Entity::DealEvent, Entity::Task, Entity::Interaction]
    {
        let mut ids = Vec::new();
        reader.each(entity, Some(CustomerId(2)), &mut |record| {
            ids.push(record.id());
            Ok(())
        })?;
        assert_eq!(ids, [2], "{}", entity.name());
    }
    Ok(())
}

fn readers_keep_their_state_and_several_see_the_same(store: &dyn Store) -> Result<()> {
    let before = store.read()?;
    put(store, customer("one"), "2024-05-01")?;
    assert_eq!(before.last_operation()?, None);
    assert_eq!(before.count(Entity::Customer)?, 0);
    let readers = store.read_many(4)?;
    assert_eq!(readers.len(), 4);
    put(store, customer("two"), "2024-05-01")?;
    for reader in readers {
        assert_eq!(reader.count(Entity::Customer)?, 1);
    }
    assert_eq!(store.read()?.count(Entity::Customer)?, 2);
    Ok(())
}

fn putting_what_is_there_changes_nothing(store: &dyn Store) -> Result<()> {
    let mut one = customer("one");
    one.id = put(store, one.clone(), "2024-05-01")?.1;
    let (again, _) = put(store, one, "2024-06-01")?;
    assert!(store.read()?.touched(again)?.is_empty());
    Ok(())
}
