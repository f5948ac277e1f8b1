//! What follows from an event, checked and written.

use std::collections::BTreeMap;

use kehu_contract::{Consequence, Effect, Event, Rule, Words, did_you_mean};
use kehu_domain::{
    Customer, CustomerId, Day, DealId, Entity, FieldType, FieldValue, Interaction, InteractionId,
    Operation, OperationDraft, RepId, Task, TaskId, TaskState,
};
use kehu_store::{Reader, StoreError, Writer};

use super::Asking;
use super::event::Aftermath;
use crate::day::key::key;
use crate::day::{Because, because};
use crate::packs::EnabledPack;
use crate::records::{RecordError, customers, names, values};

/// The kind of the operations that hold what packs write.
pub const KIND: &str = "on_event";

/// Says what was done, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// What.
    pub what: Deed,
    /// Why.
    pub because: Vec<Because>,
}

/// Names what was done.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// A task was added.
    Task(Task),
    /// The task of this fact is there already.
    Standing(TaskId),
    /// A customer got a tag.
    Tag(String, String),
    /// A customer lost a tag.
    Untag(String, String),
    /// A note was written about a customer.
    Note(InteractionId, String),
    /// A flag of a customer was set.
    Flag(String, String, bool),
    /// A customer's record was changed: each field with what it says now.
    Edit(String, Edit),
    /// Nothing was written: people are told, and what to do.
    Warn(Vec<Because>),
}

/// What a record is to say, by field, as people write it.
pub type Edit = BTreeMap<String, String>;

/// Why an effect cannot be.
pub(super) enum Wrong {
    /// The store failed.
    Store(StoreError),
    /// The pack asked for what is not there.
    Effect(String),
}

impl From<StoreError> for Wrong {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// An effect that can be written.
pub(super) struct Planned {
    work: Work,
    because: Vec<Because>,
}

enum Work {
    Task(Box<Task>),
    Tag(CustomerId, String, bool),
    Note(CustomerId, Day, String),
    Flag(CustomerId, String, bool),
    Edit(CustomerId, Edit),
    Warn(Vec<Because>),
}

/// What one pack makes of one operation.
pub(super) struct Effects<'a> {
    pub(super) asking: &'a Asking<'a>,
    pub(super) reader: &'a dyn Reader,
    pub(super) cause: &'a Operation,
    pub(super) pack: &'a EnabledPack,
    pub(super) rules: &'a [Rule],
}

impl Effects<'_> {
    /// Checks what follows from an event.
    pub(super) fn plan(
        &self,
        one: &Consequence,
        events: &[Event],
        customers: &[Option<CustomerId>],
    ) -> Result<Planned, Wrong> {
        let Some(event) = events.get(one.event) else {
            return Err(Wrong::Effect(format!("pack {}, on_event: of no event", self.pack.name())));
        };
        let customer = customers.get(one.event).copied().flatten();
        let wrong = |what: String| self.wrong(event, one, &what);
        let because = because(self.pack, self.rules, &one.causes).map_err(wrong)?;
        let someone =
            || customer.ok_or_else(|| wrong("the event belongs to no customer".to_owned()));
        let work = match &one.effect {
            Effect::Task { what, due, rep, deal, fact_day } => {
                let what = self.words("what", what).map_err(wrong)?;
                let due =
                    Day::from_number(*due).ok_or_else(|| wrong(format!("due: {due} is no day")))?;
                let deal = deal.map(DealId);
                let rep = match rep {
                    Some(name) => Some(self.rep(name).map_err(|it| Self::typed(it, &wrong))?),
                    None => self.usual_rep(event, customer)?,
                };
                let rule = because.first().map_or("", |because| because.rule.as_str());
                let key = self.key(customer, deal, rule, *fact_day);
                Work::Task(Box::new(self.task(what, customer, deal, rep, due, key, &because)))
            }
            Effect::Tag(tag) => Work::Tag(someone()?, checked_tag(tag).map_err(wrong)?, true),
            Effect::Untag(tag) => Work::Tag(someone()?, checked_tag(tag).map_err(wrong)?, false),
            Effect::Note(text) => {
                let day = Day::from_number(event.day).unwrap_or(self.today()).min(self.today());
                Work::Note(someone()?, day, self.words("text", text).map_err(wrong)?)
            }
            Effect::Flag { field, value } => {
                self.flag(field).map_err(wrong)?;
                Work::Flag(someone()?, field.clone(), *value)
            }
            Effect::Edit(set) => {
                let id = someone()?;
                let mut customer = customer_of(self.reader, id)?;
                let settings = self.asking.desk.settings;
                let checked = customers::set(settings, self.reader, &mut customer, set);
                checked.map_err(|error| Self::typed(error, &wrong))?;
                Work::Edit(id, set.clone())
            }
            Effect::Warn { advice } if advice.is_empty() => Work::Warn(Vec::new()),
            Effect::Warn { advice } => {
                Work::Warn(crate::day::because(self.pack, self.rules, advice).map_err(wrong)?)
            }
        };
        Ok(Planned { work, because })
    }

    fn today(&self) -> Day {
        self.asking.desk.act.today
    }

    /// A complaint with the pack, the hook, the record, and the line of the first rule.
    fn wrong(&self, event: &Event, one: &Consequence, what: &str) -> Wrong {
        let rule = one.causes.first().and_then(|cause| self.rules.get(usize::from(cause.rule)));
        let place = rule.map(|rule| format!("\n  --> {}:{}", rule.file, rule.line));
        let (record, shown) = (&event.record, &event.shown);
        let place = place.unwrap_or_default();
        Wrong::Effect(format!(
            "pack {}, on_event, {record} {shown}: {what}{place}",
            self.pack.name()
        ))
    }

    fn typed(error: RecordError, wrong: &dyn Fn(String) -> Wrong) -> Wrong {
        match error {
            RecordError::Store(error) => Wrong::Store(error),
            other => {
                let hints = other.hints();
                let lines = std::iter::once(other.to_string());
                let lines = lines.chain(hints.iter().map(|hint| format!("hint: {hint}")));
                wrong(lines.collect::<Vec<_>>().join("\n"))
            }
        }
    }

    fn rep(&self, name: &str) -> Result<RepId, RecordError> {
        names::rep(self.reader, name)
    }

    /// Whose the task is where nothing is said: the deal's rep, the customer's owner, the one who acted.
    fn usual_rep(
        &self,
        event: &Event,
        customer: Option<CustomerId>,
    ) -> Result<Option<RepId>, Wrong> {
        let of_deal = event.deal.as_ref().and_then(|deal| deal.get("rep")?.as_str());
        let of_customer = event.customer.as_ref().and_then(|it| it.get("owner")?.as_str());
        let known = of_deal.or(of_customer.filter(|_| customer.is_some()));
        if let Some(name) = known
            && let Ok(rep) = self.rep(name)
        {
            return Ok(Some(rep));
        }
        match self.asking.desk.acting_rep(self.reader) {
            Ok(rep) => Ok(rep),
            Err(RecordError::Store(error)) => Err(Wrong::Store(error)),
            Err(_) => Ok(None),
        }
    }

    fn key(
        &self,
        customer: Option<CustomerId>,
        deal: Option<DealId>,
        rule: &str,
        fact: i32,
    ) -> String {
        let customer = customer.map_or(0, |customer| customer.0);
        key(self.pack.name(), customer, deal.map(|deal| deal.0), &format!("{KIND}.{rule}"), fact)
    }

    #[expect(clippy::too_many_arguments, reason = "a task joins all that is known of it")]
    fn task(
        &self,
        what: String,
        customer: Option<CustomerId>,
        deal: Option<DealId>,
        rep: Option<RepId>,
        due: Day,
        key: String,
        because: &[Because],
    ) -> Task {
        let language = self.asking.desk.settings.language;
        let why: Vec<&str> = because.iter().map(|each| each.text.get(language)).collect();
        Task {
            id: 0,
            what,
            customer,
            deal,
            rep,
            due,
            state: TaskState::Open,
            since: None,
            until: None,
            reason: Some(why.join("; ")),
            origin: Some(format!("{}.{KIND}", self.pack.name())),
            key: Some(key),
            known: self.today(),
        }
    }

    fn words(&self, what: &str, words: &Words) -> Result<String, String> {
        let text = match words {
            Words::Text(text) => text.clone(),
            Words::Rule(cause) => {
                let said = because(self.pack, self.rules, std::slice::from_ref(cause))?;
                let language = self.asking.desk.settings.language;
                said.first().map(|said| said.text.get(language).to_owned()).unwrap_or_default()
            }
        };
        let line = values::line(what, &text).map_err(|error| error.to_string())?;
        line.ok_or_else(|| format!("{what} is empty"))
    }

    fn flag(&self, field: &str) -> Result<(), String> {
        let fields = self.asking.desk.settings.fields_of(Entity::Customer);
        let flags = fields.filter(|field| field.kind == FieldType::Flag);
        let flags: Vec<&str> = flags.map(|field| field.name.as_str()).collect();
        if flags.contains(&field) {
            return Ok(());
        }
        let hint = if flags.is_empty() {
            format!("declare it in kehu.toml: [fields.customer.{field}] type = \"flag\"")
        } else {
            did_you_mean(field, flags)
        };
        Err(format!("no customer field \"{field}\" of type flag is declared\nhint: {hint}"))
    }

    /// Writes what was planned, as one operation; what is so already is not written again.
    pub(super) fn apply(&self, planned: Vec<Planned>) -> Result<Option<Aftermath>, StoreError> {
        if planned.is_empty() {
            return Ok(None);
        }
        let is_written = planned.iter().any(|planned| !matches!(planned.work, Work::Warn(_)));
        let mut done = Vec::new();
        let mut operation = None;
        if is_written {
            let cause = Some(self.cause.id);
            let draft = OperationDraft { cause, ..self.asking.desk.draft(KIND) };
            let mut writer = self.asking.desk.store.write(&draft)?;
            for planned in planned {
                let deed = self.write(writer.as_mut(), planned.work)?;
                done.extend(deed.map(|what| Done { what, because: planned.because }));
            }
            let written: Vec<String> = done.iter().filter_map(summary).collect();
            if !written.is_empty() {
                let (pack, cause) = (self.pack.name(), self.cause.id);
                writer.set_summary(&format!("{pack} after {cause}: {}", written.join("; ")));
                operation = Some(writer.commit()?);
            }
        } else {
            for planned in planned {
                if let Work::Warn(advice) = planned.work {
                    done.push(Done { what: Deed::Warn(advice), because: planned.because });
                }
            }
        }
        let pack = self.pack.name().to_owned();
        Ok((!done.is_empty()).then_some(Aftermath { pack, operation, done }))
    }

    /// Writes one effect; none if it is so already.
    fn write(&self, writer: &mut dyn Writer, work: Work) -> Result<Option<Deed>, StoreError> {
        Ok(match work {
            Work::Warn(advice) => Some(Deed::Warn(advice)),
            Work::Task(mut task) => match standing(writer.reader(), &task)? {
                Some(id) => Some(Deed::Standing(id)),
                None => {
                    task.id = writer.put(&(*task).clone().into(), self.today())?;
                    Some(Deed::Task(*task))
                }
            },
            Work::Note(customer, day, text) => {
                let note = Interaction {
                    text: Some(text),
                    known: self.asking.desk.known(day),
                    ..Interaction::new(customer, day, "note")
                };
                let name = customer_of(writer.reader(), customer)?.name;
                let id = writer.put(&note.into(), self.today())?;
                Some(Deed::Note(InteractionId(id), name))
            }
            Work::Tag(id, tag, on) => {
                let mut customer = customer_of(writer.reader(), id)?;
                let had = customer.tags.iter().any(|each| names::same(each, &tag));
                if had == on {
                    return Ok(None);
                }
                if on {
                    customer.tags.push(tag.clone());
                } else {
                    customer.tags.retain(|each| !names::same(each, &tag));
                }
                let name = customer.name.clone();
                writer.put(&customer.into(), self.today())?;
                Some(if on { Deed::Tag(name, tag) } else { Deed::Untag(name, tag) })
            }
            Work::Edit(id, set) => {
                let before = customer_of(writer.reader(), id)?;
                let mut customer = before.clone();
                let settings = self.asking.desk.settings;
                match customers::set(settings, writer.reader(), &mut customer, &set) {
                    Err(RecordError::Store(error)) => return Err(error),
                    // What was checked a moment ago can only fail if another effect stands against it.
                    Err(_) => return Ok(None),
                    Ok(()) if customer == before => return Ok(None),
                    Ok(()) => {}
                }
                let name = customer.name.clone();
                writer.put(&customer.into(), self.today())?;
                Some(Deed::Edit(name, set))
            }
            Work::Flag(id, field, value) => {
                let mut customer = customer_of(writer.reader(), id)?;
                let said = FieldValue::Flag(value);
                if customer.fields.get(&field) == Some(&said) {
                    return Ok(None);
                }
                customer.fields.insert(field.clone(), said);
                let name = customer.name.clone();
                writer.put(&customer.into(), self.today())?;
                Some(Deed::Flag(name, field, value))
            }
        })
    }
}

fn checked_tag(tag: &str) -> Result<String, String> {
    values::name("tag", tag).map_err(|error| error.to_string())
}

/// The task of the same fact, whatever has become of it.
fn standing(reader: &dyn Reader, task: &Task) -> Result<Option<TaskId>, StoreError> {
    let mut found = None;
    reader.each(Entity::Task, task.customer, &mut |record| {
        if let Ok(other) = Task::try_from(record)
            && other.key == task.key
            && other.customer == task.customer
        {
            found = Some(TaskId(other.id));
        }
        Ok(())
    })?;
    Ok(found)
}

fn customer_of(reader: &dyn Reader, id: CustomerId) -> Result<Customer, StoreError> {
    let found = reader.get(Entity::Customer, id.0)?;
    let missing = || StoreError::Missing { entity: Entity::Customer.name(), id: id.to_string() };
    found.and_then(|record| Customer::try_from(record).ok()).ok_or_else(missing)
}

/// A line of the operation's summary; none for what was not written.
fn summary(done: &Done) -> Option<String> {
    let what = match &done.what {
        Deed::Task(task) => format!("added {} {}", TaskId(task.id), task.what),
        Deed::Tag(name, tag) => format!("tagged {name} {tag}"),
        Deed::Untag(name, tag) => format!("took the tag {tag} off {name}"),
        Deed::Note(id, name) => format!("wrote {id} about {name}"),
        Deed::Flag(name, field, value) => {
            format!("set {field} of {name} to {}", if *value { "yes" } else { "no" })
        }
        Deed::Edit(name, set) => format!("changed {name}: {}", edited(set)),
        Deed::Standing(_) | Deed::Warn(_) => return None,
    };
    let why: Vec<&str> = done.because.iter().map(|each| each.text.en.as_str()).collect();
    Some(format!("{what} ({})", why.join("; ")))
}

/// What a record says after an edit, in one line.
pub fn edited(set: &Edit) -> String {
    let said = set.iter().map(|(field, value)| match value.as_str() {
        "" => format!("no {field}"),
        value => format!("{field} {value}"),
    });
    said.collect::<Vec<_>>().join(", ")
}
