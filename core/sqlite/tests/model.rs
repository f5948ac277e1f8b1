//! Random operations beside a plain model that says what must come of them.

use std::collections::{BTreeMap, BTreeSet};

use kehu_domain::{Customer, CustomerId, Day, Entity, OperationId, Record, Task, TaskState};
use kehu_sqlite::SqliteStore;
use kehu_store::{CustomerRange, Store as _, StoreError};
use proptest::prelude::*;

use crate::{draft, new_store};

#[derive(Debug, Clone)]
enum Step {
    AddCustomer { parent: i64 },
    Rename { id: i64, name: u8, parent: i64, day: i32 },
    AddTask { customer: i64 },
    MoveTask { id: i64, customer: i64 },
    Remove { customer: bool, id: i64 },
}

fn step() -> impl Strategy<Value = Step> {
    let id = || 1..7_i64;
    let maybe = || 0..7_i64;
    prop_oneof![
        maybe().prop_map(|parent| Step::AddCustomer { parent }),
        (id(), 0..3_u8, maybe(), 0..4_i32).prop_map(|(id, name, parent, day)| Step::Rename {
            id,
            name,
            parent,
            day
        }),
        maybe().prop_map(|customer| Step::AddTask { customer }),
        (id(), maybe()).prop_map(|(id, customer)| Step::MoveTask { id, customer }),
        (any::<bool>(), id()).prop_map(|(customer, id)| Step::Remove { customer, id }),
    ]
}

#[derive(Debug, Clone)]
enum Command {
    Do(Vec<Step>),
    Undo(Option<i64>),
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        3 => prop::collection::vec(step(), 1..5).prop_map(Command::Do),
        1 => (1..12_i64).prop_map(|target| Command::Undo(Some(target))),
        1 => Just(Command::Undo(None)),
    ]
}

type Key = (Entity, i64);
type Rows = BTreeMap<Key, Record>;

/// What an operation did: to each record, what was before.
#[derive(Default)]
struct Done {
    before: BTreeMap<Key, Option<Record>>,
    made: BTreeSet<Key>,
    /// What its records named when it was over.
    names: BTreeSet<Key>,
    /// For customers, the day until which what it replaced held.
    until: BTreeMap<i64, i32>,
    undone: bool,
    undo: bool,
}

#[derive(Default)]
struct Model {
    rows: Rows,
    next: BTreeMap<Entity, i64>,
    operations: Vec<Done>,
}

fn day(number: i32) -> Day {
    Day::from_number(number).unwrap()
}

fn named(record: &Record) -> Option<Key> {
    let customer = match record {
        Record::Customer(customer) => customer.parent,
        Record::Task(task) => task.customer,
        _ => None,
    };
    customer.map(|customer| (Entity::Customer, customer.0))
}

fn some(customer: i64) -> Option<CustomerId> {
    (customer > 0).then_some(CustomerId(customer))
}

fn task(id: i64, customer: i64) -> Record {
    Record::Task(Task {
        id,
        what: "call".into(),
        customer: some(customer),
        deal: None,
        rep: None,
        due: day(0),
        state: TaskState::Open,
        since: None,
        until: None,
        reason: None,
        origin: None,
        key: None,
        known: day(0),
    })
}

fn customer(id: i64, name: u8, parent: i64) -> Record {
    let name = format!("customer {name}");
    Record::Customer(Customer { id, name, parent: some(parent), ..Customer::default() })
}

/// The record that a step puts, and the day.
fn put(step: &Step) -> (Record, i32) {
    match *step {
        Step::AddCustomer { parent } => (customer(0, 0, parent), 0),
        Step::Rename { id, name, parent, day } => (customer(id, name, parent), day),
        Step::AddTask { customer } => (task(0, customer), 0),
        Step::MoveTask { id, customer } => (task(id, customer), 0),
        Step::Remove { .. } => unreachable!("a removal puts nothing"),
    }
}

impl Model {
    /// Does a step if it may be done.
    fn step(&mut self, step: &Step, done: &mut Done) -> bool {
        if let Step::Remove { customer, id } = *step {
            let key = (if customer { Entity::Customer } else { Entity::Task }, id);
            let needed = self.rows.values().any(|row| named(row) == Some(key));
            if needed || !self.rows.contains_key(&key) {
                return false;
            }
            done.before.entry(key).or_insert_with(|| self.rows.remove(&key));
            self.rows.remove(&key);
            return true;
        }
        let (mut record, today) = put(step);
        let there = named(&record).is_none_or(|key| self.rows.contains_key(&key));
        let known = record.id() == 0 || self.rows.contains_key(&(record.entity(), record.id()));
        if !there || !known {
            return false;
        }
        if record.id() == 0 {
            let next = self.next.entry(record.entity()).or_insert(1);
            record.set_id(*next);
            *next += 1;
            done.made.insert((record.entity(), record.id()));
        }
        let key = (record.entity(), record.id());
        let old = self.rows.get(&key).cloned();
        if old.as_ref() != Some(&record) {
            if key.0 == Entity::Customer && !done.before.contains_key(&key) {
                done.until.insert(key.1, today);
            }
            done.before.entry(key).or_insert(old);
            self.rows.insert(key, record);
        }
        true
    }

    fn finish(&mut self, mut done: Done) {
        let own = done.before.keys().filter_map(|key| self.rows.get(key));
        done.names = own.filter_map(named).collect();
        self.operations.push(done);
    }

    /// Takes an operation back, or names those that are in the way; none if there is nothing.
    fn undo(&mut self, target: Option<i64>) -> Option<Result<i64, BTreeSet<i64>>> {
        let free = |done: &Done| !done.undone && !done.undo;
        let place = match target {
            Some(target) => usize::try_from(target - 1).ok()?,
            None => self.operations.iter().rposition(free)?,
        };
        let own = self.operations.get(place).filter(|done| free(done))?;
        let mut by = BTreeSet::new();
        for (later, done) in self.operations.iter().enumerate().skip(place + 1) {
            let touches = done.before.keys().any(|key| own.before.contains_key(key));
            if !done.undone && (touches || !done.names.is_disjoint(&own.made)) {
                by.insert(later as i64 + 1);
            }
        }
        if !by.is_empty() {
            return Some(Err(by));
        }
        let mut rows = self.rows.clone();
        for (key, before) in &own.before {
            match before {
                Some(record) => rows.insert(*key, record.clone()),
                None => rows.remove(key),
            };
        }
        if rows.values().filter_map(named).any(|key| !rows.contains_key(&key)) {
            return Some(Err(BTreeSet::new()));
        }
        self.rows = rows;
        self.operations[place].undone = true;
        self.operations.push(Done { undo: true, ..Done::default() });
        Some(Ok(place as i64 + 1))
    }

    /// The names of customers as of a day.
    fn as_of(&self, day: i32) -> Vec<(i64, String)> {
        let customers = self.rows.values().filter_map(|record| match record {
            Record::Customer(customer) => Some(customer),
            _ => None,
        });
        let at = |current: &Customer| {
            let versions = self.operations.iter().filter(|done| !done.undone).filter_map(|done| {
                let until = done.until.get(&current.id).filter(|until| **until > day)?;
                match done.before.get(&(Entity::Customer, current.id))? {
                    Some(Record::Customer(old)) => Some((until, old.name.clone())),
                    _ => None,
                }
            });
            // Of those that held until the same day, the one that was replaced first.
            versions.min_by_key(|(until, _)| **until).map(|(_, name)| name)
        };
        let name = |one: &Customer| at(one).unwrap_or_else(|| one.name.clone());
        customers.map(|one| (one.id, name(one))).collect()
    }
}

/// Does steps as one operation, each of which the store must take if and only if the model does.
fn write(store: &SqliteStore, model: &mut Model, steps: &[Step]) {
    let mut writer = store.write(&draft("steps")).unwrap();
    let mut done = Done::default();
    for step in steps {
        let outcome = match step {
            Step::Remove { customer, id } => {
                let entity = if *customer { Entity::Customer } else { Entity::Task };
                writer.remove(entity, *id)
            }
            step => {
                let (record, today) = put(step);
                writer.put(&record, day(today)).map(|_| ())
            }
        };
        let taken = model.step(step, &mut done);
        assert_eq!(outcome.is_ok(), taken, "{step:?}: {outcome:?}");
    }
    model.finish(done);
    assert_eq!(writer.commit().unwrap().0, model.operations.len() as i64);
}

fn undo(store: &SqliteStore, model: &mut Model, target: Option<i64>) {
    let outcome = store.undo(target.map(OperationId), &draft("undo"));
    match (model.undo(target), outcome) {
        (None, Err(StoreError::NothingToUndo(_))) => {}
        (Some(Ok(target)), Ok(undone)) => assert_eq!(undone.operation.id.0, target),
        (Some(Err(expected)), Err(StoreError::Refused { by })) => {
            let by: BTreeSet<i64> = by.iter().map(|one| one.id.0).collect();
            assert!(expected.is_subset(&by) && !by.is_empty(), "{expected:?} in {by:?}");
        }
        (expected, outcome) => panic!("expected {expected:?}, got {outcome:?}"),
    }
}

fn compare(store: &SqliteStore, model: &Model) {
    let reader = store.read().unwrap();
    let mut rows = Rows::new();
    for entity in [Entity::Customer, Entity::Task] {
        let visit = &mut |record: Record| {
            rows.insert((entity, record.id()), record);
            Ok(())
        };
        reader.each(entity, None, visit).unwrap();
    }
    assert_eq!(rows, model.rows);
    for number in -1..5 {
        let mut names = Vec::new();
        let visit = &mut |one: &Customer| {
            names.push((one.id, one.name.clone()));
            Ok(())
        };
        reader.customers(CustomerRange::ALL, day(number), visit).unwrap();
        assert_eq!(names, model.as_of(number), "as of day {number}");
    }
    assert_eq!(store.check().unwrap(), [""; 0]);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn the_store_does_what_the_model_says(commands in prop::collection::vec(command(), 1..25)) {
        let (_folder, _, store) = new_store();
        let mut model = Model::default();
        for command in &commands {
            match command {
                Command::Do(steps) => write(&store, &mut model, steps),
                Command::Undo(target) => undo(&store, &mut model, *target),
            }
            compare(&store, &model);
        }
    }
}
