//! Rows that become deals: their events by column, and a purchase for each that was won.

use std::collections::HashMap;

use kehu_contract::did_you_mean;
use kehu_domain::rows::Row;
use kehu_domain::{
    CustomerId, Day, Deal, DealEvent, DealId, Entity, Fields, Interaction, Money, Pipeline,
    ProductId, Record, RepId, StageRole,
};
use kehu_store::{Reader, RowFate, StoreError};

use super::interaction::fault_at;
use super::mapping::{EventSpec, Match};
use super::records::{Keys, Values, fate};
use super::run::{Fault, Here, Run};
use super::value::{Bad, Column, Origin, Value};
use super::vocabulary::{Holds, Target};

/// What is stored of deals, beside the records themselves.
#[derive(Default)]
pub(super) struct Deals {
    loaded: bool,
    events: HashMap<i64, Vec<DealEvent>>,
    /// How often each row without an id has come.
    ordinals: HashMap<i64, u32>,
}

impl Deals {
    pub(super) fn load(&mut self, reader: &dyn Reader) -> Result<(), StoreError> {
        if std::mem::replace(&mut self.loaded, true) || reader.count(Entity::Deal)? == 0 {
            return Ok(());
        }
        let events = &mut self.events;
        reader.each(Entity::DealEvent, None, &mut |record| {
            if let Record::DealEvent(event) = record {
                events.entry(event.deal.0).or_default().push(event);
            }
            Ok(())
        })?;
        Ok(())
    }
}

/// One event as a row tells it.
struct Told<'r> {
    stage: &'r str,
    day: Day,
    minute: Option<u16>,
    amount: Option<Money>,
    by: Option<RepId>,
    reason: Option<String>,
    won: bool,
    /// True if the day is the mapping's, not the row's.
    assumed: bool,
}

/// What is stored of a row's deal, and what the row says of it as a whole.
struct Kept {
    events: Vec<DealEvent>,
    customer: Option<CustomerId>,
    /// True if the deal itself is new or changed.
    changed: bool,
    known: Option<Day>,
}

impl<'a> Run<'a> {
    /// Takes a row of deals.
    pub(super) fn deal(&mut self, here: Here<'_>, row: &Row) -> Result<RowFate, Fault> {
        let (values, digest) = self.values(here, row)?;
        let keys = self.deal_keys(here, &values, digest);
        let found = self.matching(here, &keys)?;
        if let Some(fate) = self.said_before(here, found, digest)? {
            return Ok(fate);
        }
        let stored: Option<Deal> = match found {
            Some(id) => self.current(Entity::Deal, id)?.and_then(|record| record.try_into().ok()),
            None => None,
        };
        let mut deal = stored.clone().unwrap_or_else(|| self.empty_deal(&keys));
        set(&mut deal, &values);
        let pipeline = self.pipeline(here, &deal)?;
        let unknown = self.deal_references(here, &mut deal, &values)?;
        let told = self.tell(here, row, &deal, pipeline)?;
        let known = self.deals.events.get(&found.unwrap_or(0)).cloned().unwrap_or_default();
        check_order(&told, &known)?;
        for (target, entity, text) in unknown {
            let id = self.imply(here, entity, text);
            set_reference(&mut deal, target, id);
        }
        self.expect_price(here, &mut deal);
        let book = self.books.entry(Entity::Deal).or_default();
        deal.id = found.unwrap_or_else(|| book.new_id());
        book.remember(deal.id, &keys.name, keys.external.as_deref());
        book.state(deal.id, digest, here.line);
        let fate = fate(stored.as_ref(), &deal);
        if fate != RowFate::Unchanged {
            self.keep(here.table, here.line, deal.clone().into())?;
        }
        let kept = Kept {
            events: known,
            customer: stored.and_then(|stored| stored.customer),
            changed: fate != RowFate::Unchanged,
            known: known_on(&values),
        };
        let moved = self.push_events(here, &deal, &told, &kept)?;
        Ok(if fate == RowFate::Unchanged && moved { RowFate::Changed } else { fate })
    }

    /// The keys of a deal; a row without an id is given one made of all that is mapped.
    fn deal_keys(&mut self, here: Here<'_>, values: &Values<'_>, digest: i64) -> Keys {
        let text = |target: Target| {
            values.iter().find(|(column, _)| column.target == target).map(|(_, v)| v.into_text())
        };
        let name = text(Target::Name);
        let external = match (text(Target::ExternalId), here.spec.matched) {
            (None, Match::ExternalId | Match::Row) => {
                let ordinal = self.deals.ordinals.entry(digest).or_default();
                *ordinal += 1;
                Some(format!("row-{digest:016x}-{ordinal}"))
            }
            (external, _) => external,
        };
        let name = name.or_else(|| external.clone()).unwrap_or_default();
        Keys { name, external }
    }

    fn empty_deal(&self, keys: &Keys) -> Deal {
        // The mapping's own pipeline, if it declares or the workspace has no more than one.
        let declared = &self.report.declarations.pipelines;
        let pipeline = match (declared.as_slice(), self.settings.pipelines.as_slice()) {
            ([one], _) | (_, [one]) => one.name.clone(),
            _ => String::new(),
        };
        Deal {
            id: 0,
            name: keys.name.clone(),
            external_id: keys.external.clone(),
            customer: None,
            rep: None,
            pipeline,
            product: None,
            amount: None,
            expected_close: None,
            fields: Fields::new(),
        }
    }

    fn pipeline(&self, here: Here<'_>, deal: &Deal) -> Result<&'a Pipeline, Fault> {
        let settings = self.settings;
        settings.pipeline(&deal.pipeline).ok_or_else(|| {
            let known = self.settings.pipelines.iter().map(|pipeline| pipeline.name.as_str());
            if deal.pipeline.is_empty() {
                let known: Vec<&str> = known.collect();
                let hint = format!("say pipeline = {{ value = \"…\" }}: {}", known.join(", "));
                return Fault::row(Bad::new("does not say its pipeline").hint(hint));
            }
            let hint = did_you_mean(&deal.pipeline, known);
            let bad = Bad::new("is no pipeline").hint(hint);
            fault_at(here, Target::Pipeline, &deal.pipeline, bad)
        })
    }

    /// Finds what the row refers to; returns what the row makes itself.
    fn deal_references<'r>(
        &mut self,
        here: Here<'_>,
        deal: &mut Deal,
        values: &Values<'r>,
    ) -> Result<Vec<(Target, Entity, &'r str)>, Fault> {
        let mut unknown = Vec::new();
        for (column, value) in values {
            let (Holds::Reference(entity), Value::Text(text)) = (&column.holds, *value) else {
                continue;
            };
            match self.refer_by(here, column, *entity, text)? {
                Some(id) => set_reference(deal, column.target, id),
                None => unknown.push((column.target, *entity, text)),
            }
        }
        Ok(unknown)
    }

    /// The events that the row tells, in the mapping's order.
    fn tell<'r>(
        &mut self,
        here: Here<'r>,
        row: &'r Row,
        deal: &Deal,
        pipeline: &Pipeline,
    ) -> Result<Vec<Told<'r>>, Fault> {
        let mut told: Vec<Told<'r>> = Vec::new();
        for event in &here.spec.events {
            if let Some(event) = self.tell_one(here, row, deal, pipeline, event)? {
                if told.last().is_some_and(|before| before.day > event.day) {
                    let why = format!("lies before the day of \"{}\"", told[told.len() - 1].stage);
                    let column = event_column(&here.spec.events[told.len()], Target::Day);
                    let day = event.day.to_string();
                    return Err(match column {
                        Some(column) => Fault::of(column, Some(&day), Bad::new(why)),
                        None => Fault::row(Bad::new(why)),
                    });
                }
                told.push(event);
            }
        }
        let stands = standing(here, row);
        if told.is_empty() {
            return Ok(vec![undated(here, stands, pipeline)?]);
        }
        match (here.spec.columns.iter().find(|column| column.target == Target::Stage), stands) {
            (Some(column), Some((_, stands))) if told.last().is_none_or(|e| e.stage != stands) => {
                let bad = Bad::new("is where the deal stands, but no day says when it got there");
                Err(Fault::of(column, Some(stands), bad))
            }
            _ => Ok(told),
        }
    }

    fn tell_one<'r>(
        &mut self,
        here: Here<'r>,
        row: &'r Row,
        deal: &Deal,
        pipeline: &Pipeline,
        event: &'r EventSpec,
    ) -> Result<Option<Told<'r>>, Fault> {
        let mut told = Told {
            stage: "",
            day: Day::MIN,
            minute: None,
            amount: None,
            by: deal.rep,
            reason: None,
            won: false,
            assumed: false,
        };
        let day = event_column(event, Target::Day).map(|column| (column, column.text(row)));
        if !matches!(day, Some((_, Some(_)))) {
            return Ok(None);
        }
        for column in &event.columns {
            let value = column
                .read(row, &self.settings.currency)
                .map_err(|bad| Fault::of(column, column.text(row), bad))?;
            match (column.target, value) {
                (Target::Day, Some(Value::Moment(day, minute))) => {
                    self.check_come(column, row, day)?;
                    (told.day, told.minute) = (day, minute);
                }
                (Target::Stage, Some(Value::Text(stage))) => {
                    told.won = role(pipeline, column, stage)? == StageRole::Won;
                    told.stage = stage;
                }
                (Target::Stage, None) => {
                    let bad = Bad::new("is empty, and its day is given");
                    return Err(Fault::of(column, None, bad));
                }
                (Target::Amount, Some(value)) => told.amount = value.money(),
                (Target::Reason, Some(value)) => told.reason = Some(value.into_text()),
                (Target::By, Some(Value::Text(text))) => {
                    told.by = self.refer_by(here, column, Entity::Rep, text)?.map(RepId);
                }
                _ => {}
            }
        }
        Ok(Some(told))
    }

    fn expect_price(&self, here: Here<'_>, deal: &mut Deal) {
        let priced = here.spec.columns.iter().any(|column| column.origin == Origin::ProductPrice);
        if let (true, Some(product)) = (priced, deal.product) {
            deal.amount = self.prices.get(&product.0).copied().or(deal.amount);
        }
    }

    /// Stages the events that are not stored, and the purchases of those that won; true if an event
    /// was.
    fn push_events(
        &mut self,
        here: Here<'_>,
        deal: &Deal,
        told: &[Told<'_>],
        kept: &Kept,
    ) -> Result<bool, StoreError> {
        let mut moved = false;
        for event in told {
            let before = same_event(event, &kept.events);
            let amount = event.amount.or(before.and_then(|before| before.amount));
            let changed = before.is_none_or(|before| before.amount != amount);
            if changed {
                let fate = if before.is_some() { RowFate::Changed } else { RowFate::Created };
                self.push_event(here, deal, event, before, kept.known)?;
                self.report.tables[here.table].count_besides(Entity::DealEvent, fate);
                moved = true;
            }
            if event.won && (changed || kept.changed) {
                self.push_purchase(here, deal, event, amount.or(deal.amount), kept)?;
            }
        }
        Ok(moved)
    }

    fn push_event(
        &mut self,
        here: Here<'_>,
        deal: &Deal,
        event: &Told<'_>,
        before: Option<&DealEvent>,
        known: Option<Day>,
    ) -> Result<(), StoreError> {
        let book = self.books.entry(Entity::DealEvent).or_default();
        let record = match before {
            Some(before) => DealEvent { amount: event.amount.or(before.amount), ..before.clone() },
            None => DealEvent {
                id: book.new_id(),
                deal: DealId(deal.id),
                happened: event.day,
                minute: event.minute,
                stage: event.stage.to_owned(),
                by: event.by,
                reason: event.reason.clone(),
                overruled: None,
                amount: event.amount,
                known,
            },
        };
        self.staging.push(here.table, here.line, record.into())
    }

    /// Entering a won stage writes one purchase, if it is known whose; one that is stored is changed.
    fn push_purchase(
        &mut self,
        here: Here<'_>,
        deal: &Deal,
        event: &Told<'_>,
        amount: Option<Money>,
        kept: &Kept,
    ) -> Result<(), StoreError> {
        let Some(customer) = deal.customer else { return Ok(()) };
        let stored = match kept.customer {
            Some(customer) => self.stored_purchase(customer, deal.id)?,
            None => None,
        };
        let purchase = stored.unwrap_or_else(|| {
            let key = deal.external_id.as_deref().unwrap_or(&deal.name);
            Interaction {
                id: self.books.entry(Entity::Interaction).or_default().new_id(),
                external_id: Some(format!("deal/{key}")),
                known: kept.known,
                ..Interaction::new(customer, event.day, "purchase")
            }
        });
        let purchase = Interaction {
            customer,
            happened: event.day,
            minute: event.minute,
            rep: deal.rep,
            deal: Some(DealId(deal.id)),
            product: deal.product,
            amount,
            ..purchase
        };
        // Behind the mapping's tables, so that it is not counted among the rows.
        self.staging.push(self.tables + here.table, here.line, purchase.into())
    }

    /// The purchase that a deal has written, by an import or by hand.
    fn stored_purchase(
        &self,
        customer: CustomerId,
        deal: i64,
    ) -> Result<Option<Interaction>, StoreError> {
        let mut found = None;
        if customer.0 > 0 && deal > 0 {
            self.reader.each(Entity::Interaction, Some(customer), &mut |record| {
                if let Record::Interaction(interaction) = record
                    && interaction.deal == Some(DealId(deal))
                    && interaction.kind == "purchase"
                {
                    found.get_or_insert(interaction);
                }
                Ok(())
            })?;
        }
        Ok(found)
    }
}

fn event_column(event: &EventSpec, target: Target) -> Option<&Column> {
    event.columns.iter().find(|column| column.target == target)
}

fn same_event<'s>(told: &Told<'_>, stored: &'s [DealEvent]) -> Option<&'s DealEvent> {
    stored
        .iter()
        .find(|event| event.stage == told.stage && (event.happened == told.day || told.assumed))
}

/// The role of a stage that a column names.
fn role(pipeline: &Pipeline, column: &Column, stage: &str) -> Result<StageRole, Fault> {
    pipeline.stage(stage).map(|stage| stage.role).ok_or_else(|| {
        let known = pipeline.stages.iter().map(|stage| stage.name.as_str());
        let hint = did_you_mean(stage, known);
        let why = format!("is no stage of the pipeline \"{}\"", pipeline.name);
        Fault::of(column, Some(stage), Bad::new(why).hint(hint))
    })
}

/// Where the row says that the deal stands: by its own column, else by that of an event.
fn standing<'r>(here: Here<'r>, row: &'r Row) -> Option<(&'r Column, &'r str)> {
    let own = here.spec.columns.iter().filter(|column| column.target == Target::Stage);
    let of_events = here.spec.events.iter().filter_map(|event| event_column(event, Target::Stage));
    own.chain(of_events.filter(|column| matches!(column.origin, Origin::Column(_))))
        .find_map(|column| Some((column, column.text(row)?)))
}

/// A row without a date opens in its stage on the day that the mapping names.
fn undated<'r>(
    here: Here<'r>,
    stands: Option<(&'r Column, &'r str)>,
    pipeline: &Pipeline,
) -> Result<Told<'r>, Fault> {
    let Some((column, stage)) = stands else {
        return Err(Fault::row(Bad::new("says neither a stage nor a day")));
    };
    let role = role(pipeline, column, stage)?;
    let Some(day) = here.spec.undated_on else {
        let bad = Bad::new("is a stage without a day")
            .hint("say undated_on = \"2017-12-31\" in the mapping to open such deals on that day");
        return Err(Fault::of(column, Some(stage), bad));
    };
    Ok(Told {
        stage,
        day,
        minute: None,
        amount: None,
        by: None,
        reason: None,
        won: role == StageRole::Won,
        assumed: true,
    })
}

/// The last event must not lie before what is stored: the deal would stand elsewhere than the row
/// says.
fn check_order(told: &[Told<'_>], stored: &[DealEvent]) -> Result<(), Fault> {
    let latest = stored.iter().max_by_key(|event| (event.happened, event.minute, event.id));
    let (Some(latest), Some(event)) = (latest, told.last()) else { return Ok(()) };
    if same_event(event, stored).is_some() || event.day >= latest.happened {
        return Ok(());
    }
    let why = format!(
        "enters \"{}\" on {}, but is stored in \"{}\" since {}",
        event.stage, event.day, latest.stage, latest.happened
    );
    Err(Fault::row(Bad::new(why).hint("the row is older than what is known; correct it by hand")))
}

fn known_on(values: &Values<'_>) -> Option<Day> {
    values.iter().find(|(column, _)| column.target == Target::Known).and_then(|(_, v)| v.day())
}

fn set(deal: &mut Deal, values: &Values<'_>) {
    for (column, value) in values {
        match column.target {
            Target::Name => deal.name = value.into_text(),
            Target::ExternalId => deal.external_id = Some(value.into_text()),
            Target::Pipeline => deal.pipeline = value.into_text(),
            Target::Amount => deal.amount = value.money(),
            Target::ExpectedClose => deal.expected_close = value.day(),
            Target::Custom => {
                deal.fields.insert(column.field.clone(), Column::custom(*value));
            }
            _ => {}
        }
    }
}

fn set_reference(deal: &mut Deal, target: Target, id: i64) {
    match target {
        Target::Customer => deal.customer = Some(CustomerId(id)),
        Target::Rep => deal.rep = Some(RepId(id)),
        Target::Product => deal.product = Some(ProductId(id)),
        _ => {}
    }
}
