//! Names that work wherever an id does.
//!
//! A text is an id (`C-12`), a whole name or external id, or a part of one name alone. What fits several
//! records is refused with the candidates, what fits none with the nearest name. Whoever changes a record by
//! a part of its name tells its whole name afterwards.

use std::cell::RefCell;
use std::collections::BTreeMap;

use kehu_contract::nearest;
use kehu_domain::{
    Contact, ContactId, CustomerId, Day, DealId, Entity, InteractionId, ProductId, Record, RepId,
    TaskId,
};
use kehu_store::{Reader, StoreError};

use super::{RecordError, Result};

/// How many candidates are shown.
pub const CANDIDATES: usize = 8;

/// How many names are compared with a mistyped one: enough for a slip of the pen in most bases,
/// few enough that nobody waits for the error.
const COMPARED: usize = 100_000;

/// Folds a name, so that case and width do not matter: `ＡＢＣ 公司` and `abc 公司` are the same.
pub fn fold(name: &str) -> String {
    let narrow = |each: char| match each {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(each) - 0xfee0).expect("the wide forms mirror ASCII")
        }
        other => other,
    };
    let folded: String = name.chars().map(narrow).flat_map(char::to_lowercase).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// True if two names differ in case or width at most.
pub fn same(left: &str, right: &str) -> bool {
    fold(left) == fold(right)
}

/// Reads an id of a sort, such as `C-12`.
pub fn parse_id(entity: Entity, text: &str) -> Option<i64> {
    let (prefix, number) = text.split_once('-')?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || !prefix.eq_ignore_ascii_case(entity.prefix()) {
        return None;
    }
    number.parse().ok().filter(|id| *id > 0)
}

/// The sort of record whose ids look like the text.
pub fn looks_like_id(text: &str) -> Option<Entity> {
    Entity::ALL.into_iter().find(|entity| parse_id(*entity, text).is_some())
}

/// Shows an id of a sort, such as `C-12`.
pub fn show_id(entity: Entity, id: i64) -> String {
    format!("{}-{id}", entity.prefix())
}

/// Finds the one record of a sort that a text means.
pub fn resolve(reader: &dyn Reader, entity: Entity, text: &str) -> Result<i64> {
    let text = text.trim();
    if let Some(id) = parse_id(entity, text) {
        return match reader.get(entity, id)? {
            Some(_) => Ok(id),
            None => Err(RecordError::Unknown { entity, text: text.to_uppercase(), hint: None }),
        };
    }
    if !has_name(entity) || text.is_empty() {
        return Err(unknown(entity, text, None));
    }
    let found = reader.find(entity, text, CANDIDATES + 1)?;
    let exact: Vec<_> = found.iter().filter(|each| each.exact).collect();
    let among = if exact.is_empty() { found.iter().collect() } else { exact };
    match among[..] {
        [one] => Ok(one.id),
        [] => Err(unknown(entity, text, nearest_name(reader, entity, text)?)),
        _ => {
            let named = among.iter().map(|each| (each.id, each.name.clone()));
            Err(ambiguous(reader, entity, text, named.collect())?)
        }
    }
}

/// Finds a record by its id or whole name: for what cannot be taken back, a part of a name must not choose.
pub fn whole(reader: &dyn Reader, entity: Entity, text: &str) -> Result<i64> {
    let id = resolve(reader, entity, text)?;
    let found = reader.find(entity, text.trim(), CANDIDATES)?;
    if parse_id(entity, text.trim()).is_some() || found.iter().any(|each| each.exact) {
        return Ok(id);
    }
    let name = Directory::new(reader).name(entity, id)?;
    let hint = format!(
        "did you mean {name} ({})? What is done for good needs a whole name or an id",
        show_id(entity, id)
    );
    Err(RecordError::Unknown { entity, text: format!("\"{text}\""), hint: Some(hint) })
}

/// Says that a text may mean several records, and what tells those apart.
fn ambiguous(
    reader: &dyn Reader,
    entity: Entity,
    text: &str,
    named: Vec<(i64, String)>,
) -> Result<RecordError> {
    let more = named.len() > CANDIDATES;
    let mut candidates = Vec::with_capacity(named.len());
    for (id, name) in named.into_iter().take(CANDIDATES) {
        let whose = match reader.get(entity, id)? {
            Some(Record::Contact(contact)) => Some(contact.customer),
            Some(Record::Deal(deal)) => deal.customer,
            _ => None,
        };
        let whose = match whose {
            Some(customer) => reader.get(Entity::Customer, customer.0)?,
            None => None,
        };
        let whose = whose.map(|record| format!(" ({})", name_of(&record))).unwrap_or_default();
        candidates.push((show_id(entity, id), name + &whose));
    }
    Ok(RecordError::Ambiguous { entity, text: text.to_owned(), candidates, more, option: None })
}

/// The one of some records of a customer whose name a text is, or is a part of; none if there is none.
fn among(
    reader: &dyn Reader,
    entity: Entity,
    named: &[(i64, String)],
    text: &str,
) -> Result<Option<i64>> {
    let wanted = fold(text);
    if wanted.is_empty() {
        return Ok(None);
    }
    let exact = named.iter().filter(|(_, name)| fold(name) == wanted);
    let mut fitting: Vec<&(i64, String)> = exact.collect();
    if fitting.is_empty() {
        fitting = named.iter().filter(|(_, name)| fold(name).contains(&wanted)).collect();
    }
    match fitting[..] {
        [] => Ok(None),
        [(id, _)] => Ok(Some(*id)),
        _ => Err(ambiguous(reader, entity, text, fitting.into_iter().cloned().collect())?),
    }
}

/// The records of a sort that belong to a customer, each with its name.
fn at_customer(
    reader: &dyn Reader,
    entity: Entity,
    customer: CustomerId,
) -> Result<Vec<(i64, String)>> {
    let mut named = Vec::new();
    reader.each(entity, Some(customer), &mut |record| {
        named.push((record.id(), name_of(&record).to_owned()));
        Ok(())
    })?;
    Ok(named)
}

fn has_name(entity: Entity) -> bool {
    matches!(
        entity,
        Entity::Rep | Entity::Product | Entity::Customer | Entity::Contact | Entity::Deal
    )
}

fn unknown(entity: Entity, text: &str, near: Option<(i64, String)>) -> RecordError {
    let hint = match (near, looks_like_id(text)) {
        (Some((id, name)), _) => format!("did you mean {name} ({})?", show_id(entity, id)),
        (None, Some(other)) => format!("{text} is the id of a {}", other.name()),
        (None, None) if !has_name(entity) => {
            format!("write its id, such as {}-5", entity.prefix())
        }
        (None, None) => format!("see which there are: {}", listing(entity)),
    };
    RecordError::Unknown { entity, text: format!("\"{text}\""), hint: Some(hint) }
}

fn listing(entity: Entity) -> &'static str {
    match entity {
        Entity::Rep => "kehu rep list",
        Entity::Product => "kehu product list",
        Entity::Contact => "kehu contact list",
        Entity::Deal => "kehu deal list",
        _ => "kehu customer list",
    }
}

/// The name that lies nearest to a mistyped one.
fn nearest_name(reader: &dyn Reader, entity: Entity, text: &str) -> Result<Option<(i64, String)>> {
    let mut names = Vec::new();
    let visited = reader.each(entity, None, &mut |record| {
        names.push((fold(name_of(&record)), record.id()));
        if names.len() < COMPARED { Ok(()) } else { Err(StoreError::Stopped) }
    });
    match visited {
        Ok(()) | Err(StoreError::Stopped) => {}
        Err(error) => return Err(error.into()),
    }
    let wrong = fold(text);
    let Some(near) = nearest(&wrong, names.iter().map(|(name, _)| name.as_str())) else {
        return Ok(None);
    };
    let id = names.iter().find(|(name, _)| name == near).map_or(0, |(_, id)| *id);
    let record = reader.get(entity, id)?;
    Ok(record.map(|record| (id, name_of(&record).to_owned())))
}

/// What people call a record: its name, or what it says.
pub fn name_of(record: &Record) -> &str {
    match record {
        Record::Rep(rep) => &rep.name,
        Record::Product(product) => &product.name,
        Record::Customer(customer) => &customer.name,
        Record::Contact(contact) => &contact.name,
        Record::Deal(deal) => &deal.name,
        Record::DealEvent(event) => &event.stage,
        Record::Interaction(interaction) => &interaction.kind,
        Record::Task(task) => &task.what,
        Record::Target(target) => &target.measure,
        Record::Override(over) => &over.column,
        Record::Plan(_) => "plan",
    }
}

/// Gets a record that must be there.
pub fn get<T: TryFrom<Record>>(reader: &dyn Reader, entity: Entity, id: i64) -> Result<T> {
    reader
        .get(entity, id)?
        .and_then(|record| T::try_from(record).ok())
        .ok_or_else(|| RecordError::Unknown { entity, text: show_id(entity, id), hint: None })
}

/// Finds a customer.
pub fn customer(reader: &dyn Reader, text: &str) -> Result<CustomerId> {
    resolve(reader, Entity::Customer, text).map(CustomerId)
}

/// Finds a rep.
pub fn rep(reader: &dyn Reader, text: &str) -> Result<RepId> {
    resolve(reader, Entity::Rep, text).map(RepId)
}

/// Finds a product.
pub fn product(reader: &dyn Reader, text: &str) -> Result<ProductId> {
    resolve(reader, Entity::Product, text).map(ProductId)
}

/// Finds a deal.
pub fn deal(reader: &dyn Reader, text: &str) -> Result<DealId> {
    resolve(reader, Entity::Deal, text).map(DealId)
}

/// Finds an interaction by its id.
pub fn interaction(reader: &dyn Reader, text: &str) -> Result<InteractionId> {
    resolve(reader, Entity::Interaction, text).map(InteractionId)
}

/// Finds a task by its id.
pub fn task(reader: &dyn Reader, text: &str) -> Result<TaskId> {
    resolve(reader, Entity::Task, text).map(TaskId)
}

/// Finds a contact; by name among those of a customer, if one is given.
pub fn contact(reader: &dyn Reader, customer: Option<CustomerId>, text: &str) -> Result<ContactId> {
    let Some(customer) = customer else {
        return resolve(reader, Entity::Contact, text).map(ContactId);
    };
    let id = match parse_id(Entity::Contact, text.trim()) {
        Some(id) => id,
        None => contact_at(reader, customer, text)?,
    };
    let found: Contact = get(reader, Entity::Contact, id)?;
    if found.customer != customer {
        let whose = Directory::new(reader).name(Entity::Customer, found.customer.0)?;
        return Err(RecordError::refused(format!(
            "{} ({}) is a contact at {whose} ({}), not at {customer}",
            found.name,
            ContactId(id),
            found.customer
        )));
    }
    Ok(ContactId(id))
}

fn contact_at(reader: &dyn Reader, customer: CustomerId, text: &str) -> Result<i64> {
    let people = at_customer(reader, Entity::Contact, customer)?;
    if let Some(id) = among(reader, Entity::Contact, &people, text)? {
        return Ok(id);
    }
    let hint = match nearest(text, people.iter().map(|(_, name)| name.as_str())) {
        Some(name) => format!("did you mean {name}?"),
        None => format!("add the person first: kehu contact add {customer} NAME"),
    };
    let text = format!("\"{text}\" at {customer}");
    Err(RecordError::Unknown { entity: Entity::Contact, text, hint: Some(hint) })
}

/// Finds a deal of a customer, by its name among the customer's own first.
pub fn deal_at(reader: &dyn Reader, customer: CustomerId, text: &str) -> Result<DealId> {
    if parse_id(Entity::Deal, text.trim()).is_none() {
        let deals = at_customer(reader, Entity::Deal, customer)?;
        if let Some(id) = among(reader, Entity::Deal, &deals, text)? {
            return Ok(DealId(id));
        }
    }
    deal(reader, text)
}

/// Tells the names of records, each looked up once.
pub struct Directory<'a> {
    reader: &'a dyn Reader,
    seen: RefCell<BTreeMap<(Entity, i64), String>>,
}

impl std::fmt::Debug for Directory<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Directory").field("seen", &self.seen).finish_non_exhaustive()
    }
}

impl<'a> Directory<'a> {
    /// Makes a directory of what a reader sees.
    pub fn new(reader: &'a dyn Reader) -> Self {
        Self { reader, seen: RefCell::default() }
    }

    /// The name of a record; empty if it is not there.
    pub fn name(&self, entity: Entity, id: i64) -> Result<String> {
        if let Some(name) = self.seen.borrow().get(&(entity, id)) {
            return Ok(name.clone());
        }
        let record = self.reader.get(entity, id)?;
        let name = record.map(|record| name_of(&record).to_owned()).unwrap_or_default();
        self.seen.borrow_mut().insert((entity, id), name.clone());
        Ok(name)
    }
}

/// Reads a day as people write it, for facts that may be cleared with an empty text.
pub fn day(what: &str, text: &str) -> Result<Option<Day>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    Day::read(text).map(Some).ok_or_else(|| {
        RecordError::invalid(format!("{what}: \"{text}\" is no day"))
            .hint("write YYYY-MM-DD, such as 2024-02-29")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_width_and_spaces_do_not_matter_in_a_name() {
        assert!(same("ＡＢＣ　公司", " abc 公司 "));
        assert!(!same("abc", "abd"));
    }

    #[test]
    fn only_a_letter_a_hyphen_and_digits_make_an_id() {
        assert_eq!(parse_id(Entity::Customer, "c-12"), Some(12));
        for wrong in ["C--1", "C-0", "C-+1", "12", "D-1", "C-", "C-99999999999999999999", "-1"] {
            assert_eq!(parse_id(Entity::Customer, wrong), None, "{wrong}");
        }
    }
}
