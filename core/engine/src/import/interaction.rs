//! Rows that become interactions: the many, so that nothing is done twice for them.

use kehu_contract::did_you_mean;
use kehu_domain::rows::Row;
use kehu_domain::{
    ContactId, CustomerId, Day, DealId, Entity, Interaction, InteractionId, Kind, ProductId, RepId,
};
use kehu_store::RowFate;

use super::book::{Book, Found, contact_key};
use super::records::otherwise;
use super::run::{Fault, Here, Run};
use super::value::{Bad, Column, Identity, Origin, Value};
use super::vocabulary::{Holds, Target};
use crate::records::values;

/// A reference to a record that the row itself makes.
type Unknown<'r> = (&'r Column, Entity, &'r str);

impl Run<'_> {
    /// Takes a row of interactions; its fate is known when the store has matched it, unless it only
    /// says again what an earlier row of the table says.
    pub(super) fn interaction(
        &mut self,
        here: Here<'_>,
        row: &Row,
    ) -> Result<Option<RowFate>, Fault> {
        let mut interaction = Interaction::new(CustomerId(0), Day::MIN, String::new());
        let mut identity = Identity::new();
        let mut unknown: Vec<Unknown<'_>> = Vec::new();
        for (at, column) in here.spec.columns.iter().enumerate() {
            let value = here
                .read(at, column, row, &self.settings.currency)
                .map_err(|bad| Fault::of(column, column.text(row), bad))?;
            let Some(value) = value else {
                refuse_if_needed(column)?;
                continue;
            };
            if column.target == Target::Currency {
                self.check_currency(column, value)?;
                continue;
            }
            identity.add(&column.field, value);
            if let (Holds::Reference(entity), Value::Text(text)) = (&column.holds, value) {
                match self.find_for(here, &interaction, column, *entity, text)? {
                    Some(id) => set_reference(&mut interaction, column.target, id),
                    None => unknown.push((column, *entity, text)),
                }
            } else {
                set(&mut interaction, column, value);
            }
            if column.target == Target::Day {
                self.check_come(column, row, interaction.happened)?;
            }
        }
        self.check_words(here, &interaction)?;
        for (what, said) in [
            ("mood", &mut interaction.mood),
            ("channel", &mut interaction.channel),
            ("outcome", &mut interaction.outcome),
        ] {
            self.put_key(what, said);
        }
        let digest = identity.finish();
        match &interaction.external_id {
            None => interaction.identity = Some(digest),
            Some(external) if self.repeats(here, &interaction.kind, external, digest)? => {
                return Ok(Some(RowFate::Unchanged));
            }
            Some(_) => {}
        }
        // What is unknown is made only now, when nothing can refuse the row any more.
        for (column, entity, text) in unknown {
            let id = self.imply(here, entity, text);
            set_reference(&mut interaction, column.target, id);
        }
        self.price(here, &mut interaction);
        let book = self.books.entry(Entity::Interaction).or_default();
        interaction.id = book.new_id();
        if self.threads {
            book.remember(interaction.id, "", interaction.external_id.as_deref());
        }
        self.staging.push(here.table, here.line, interaction.into())?;
        Ok(None)
    }

    /// True if an earlier row of the table says the same under this id.
    fn repeats(
        &mut self,
        here: Here<'_>,
        kind: &str,
        external: &str,
        digest: i64,
    ) -> Result<bool, Fault> {
        let mut key = Identity::new();
        key.add(kind, Value::Text(external));
        let book = self.books.entry(Entity::Interaction).or_default();
        match book.repeat(key.finish(), digest, here.line) {
            None => Ok(false),
            Some((earlier, _)) if earlier == digest => Ok(true),
            Some((_, line)) => Err(Fault::row(otherwise(Entity::Interaction, line))),
        }
    }

    fn find_for(
        &mut self,
        here: Here<'_>,
        interaction: &Interaction,
        column: &Column,
        entity: Entity,
        text: &str,
    ) -> Result<Option<i64>, Fault> {
        if entity != Entity::Contact {
            return self.refer_by(here, column, entity, text);
        }
        let book = self.books.entry(entity).or_default();
        match contact(book, interaction.customer.0, text) {
            Found::One(id) => Ok(Some(id)),
            Found::Many => Err(Fault::of(column, Some(text), super::run::ambiguous(entity))),
            Found::None => {
                let bad = self.missing(here, entity, text);
                Err(Fault::of(column, Some(text), bad))
            }
        }
    }

    /// Puts the key of a fact in the place of what people call it.
    fn put_key(&self, what: &str, said: &mut Option<String>) {
        let (Some(text), Some(choices)) = (&said, self.settings.choices.get(what)) else { return };
        if let Some(at) = values::written(choices, text) {
            *said = Some(choices[at].0.clone());
        }
    }

    /// Checks the kind, and the state that must be one of its states.
    fn check_words(&self, here: Here<'_>, interaction: &Interaction) -> Result<(), Fault> {
        let Some(kind) = self.settings.kind(&interaction.kind) else {
            let known = self.settings.kinds.iter().map(|kind| kind.name.as_str());
            let hint = did_you_mean(&interaction.kind, known);
            let bad = Bad::new("is no kind of interaction").hint(hint);
            return Err(fault_at(here, Target::Kind, &interaction.kind, bad));
        };
        match &interaction.state {
            Some(state) if !kind.states.contains(state) => {
                Err(fault_at(here, Target::State, state, unknown_state(kind, state)))
            }
            _ => Ok(()),
        }
    }

    fn price(&self, here: Here<'_>, interaction: &mut Interaction) {
        let priced = |column: &&Column| column.origin == Origin::ProductPrice;
        if interaction.amount.is_none() && here.spec.columns.iter().any(|each| priced(&each)) {
            let product = interaction.product;
            interaction.amount = product.and_then(|id| self.prices.get(&id.0)).copied();
        }
    }
}

fn contact(book: &Book, customer: i64, text: &str) -> Found {
    match book.by_external(text) {
        Found::None => book.by_name(&contact_key(customer, text)),
        found => found,
    }
}

fn unknown_state(kind: &Kind, state: &str) -> Bad {
    if kind.states.is_empty() {
        return Bad::new(format!("is a state, and a {} has none", kind.name));
    }
    let hint = did_you_mean(state, kind.states.iter().map(String::as_str));
    Bad::new(format!("is no state of a {}", kind.name)).hint(hint)
}

/// A fault in the column of a field.
pub(super) fn fault_at(here: Here<'_>, target: Target, value: &str, bad: Bad) -> Fault {
    match here.spec.columns.iter().find(|column| column.target == target) {
        Some(column) => Fault::of(column, Some(value), bad),
        None => Fault::row(bad),
    }
}

fn refuse_if_needed(column: &Column) -> Result<(), Fault> {
    match column.target {
        Target::Customer | Target::Day | Target::Kind => {
            let bad = Bad::new(format!("is empty, and an interaction needs \"{}\"", column.field));
            Err(Fault::of(column, None, bad))
        }
        _ => Ok(()),
    }
}

fn set(interaction: &mut Interaction, column: &Column, value: Value<'_>) {
    match (column.target, value) {
        (Target::Day, Value::Moment(day, minute)) => {
            interaction.happened = day;
            interaction.minute = minute;
        }
        (Target::Kind, Value::Text(text)) => interaction.kind.push_str(text),
        (Target::Amount, _) => interaction.amount = value.money(),
        (Target::Margin, _) => interaction.margin = value.money(),
        (Target::Quantity, _) => interaction.quantity = value.number(),
        (Target::Channel, _) => interaction.channel = Some(value.into_text()),
        (Target::Outcome, _) => interaction.outcome = Some(value.into_text()),
        (Target::Mood, _) => interaction.mood = Some(value.into_text()),
        (Target::State, _) => interaction.state = Some(value.into_text()),
        (Target::Due, _) => interaction.due = value.day(),
        (Target::Text, _) => interaction.text = Some(value.into_text()),
        (Target::ExternalId, _) => interaction.external_id = Some(value.into_text()),
        (Target::Known, _) => interaction.known = value.day(),
        (Target::Custom, _) => {
            interaction.fields.insert(column.field.clone(), Column::custom(value));
        }
        _ => {}
    }
}

fn set_reference(interaction: &mut Interaction, target: Target, id: i64) {
    match target {
        Target::Customer => interaction.customer = CustomerId(id),
        Target::Rep => interaction.rep = Some(RepId(id)),
        Target::Contact => interaction.contact = Some(ContactId(id)),
        Target::Deal => interaction.deal = Some(DealId(id)),
        Target::Product => interaction.product = Some(ProductId(id)),
        Target::About => interaction.about = Some(InteractionId(id)),
        _ => {}
    }
}
