//! Deals: opened, won or lost, and given to a customer.
//!
//! Where a deal stands is told by its events; the last one by day, minute and id counts. Entering a won
//! stage writes one purchase, as soon as the deal has a customer.

use kehu_contract::{Direction, did_you_mean};
use kehu_domain::{
    CustomerId, Day, Deal, DealEvent, DealId, Entity, Interaction, InteractionId, Money, Pipeline,
    Product, ProductId, RepId, Stage, StageRole,
};
use kehu_store::{CustomerRange, Reader, StoreError, Writer};

use super::customers::{nothing_changed, optional};
use super::moves::{Intent, Judge};
use super::{Desk, RecordError, Result, names, values};
use crate::settings::Settings;

/// The kind of interaction that a won deal writes.
const PURCHASE: &str = "purchase";

/// Holds a deal with its events in order.
#[derive(Debug, Clone, PartialEq)]
pub struct DealState {
    /// The deal.
    pub deal: Deal,
    /// Its events, in the order of day, minute and id; at least one.
    pub events: Vec<DealEvent>,
}

impl DealState {
    /// The last event, if any is known.
    pub fn last(&self) -> Option<&DealEvent> {
        self.events.last()
    }

    /// The stage that it is in.
    pub fn stage(&self) -> &str {
        self.last().map_or("", |event| &event.stage)
    }

    /// The amount: that of the last event that states one, else the expected one.
    pub fn amount(&self) -> Option<Money> {
        self.events.iter().rev().find_map(|event| event.amount).or(self.deal.amount)
    }

    /// What its stage means; a stage that is no longer declared goes on.
    pub fn role(&self, settings: &Settings) -> StageRole {
        settings
            .stage(&self.deal.pipeline, self.stage())
            .map_or(StageRole::Open, |stage| stage.role)
    }
}

/// Holds what is to be said about a new deal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewDeal {
    /// With whom, by name or id; a deal may have no customer yet.
    pub customer: Option<String>,
    /// The name.
    pub name: String,
    /// The pipeline; the first that the workspace declares if nothing is said, else the built-in one.
    pub pipeline: Option<String>,
    /// The stage; the pipeline's first one if nothing is said.
    pub stage: Option<String>,
    /// Why it is opened there.
    pub reason: Option<String>,
    /// The expected amount; the product's price if nothing is said.
    pub amount: Option<String>,
    /// Whose it is; the one who acts if nothing is said.
    pub rep: Option<String>,
    /// What is to be sold.
    pub product: Option<String>,
    /// The day on which it was opened.
    pub on: Option<Day>,
    /// The day on which it is expected to close.
    pub expected_close: Option<Day>,
    /// Custom fields, as `name=value`.
    pub fields: Vec<String>,
}

/// Holds what was done to a deal.
#[derive(Debug, Clone, PartialEq)]
pub struct DealChange {
    /// The deal as it stands now.
    pub state: DealState,
    /// The purchase that was written.
    pub purchase: Option<InteractionId>,
    /// A purchase that an earlier win wrote and that still stands.
    pub earlier_purchase: Option<InteractionId>,
}

/// Opens a deal; none if the judge stops it.
pub fn add(desk: &Desk<'_>, new: &NewDeal, judge: Judge<'_>) -> Result<Option<DealChange>> {
    let pipeline = pipeline(desk.settings, new.pipeline.as_deref())?;
    let stage = match &new.stage {
        Some(text) => stage(pipeline, text)?,
        None => pipeline.stages.first().ok_or_else(|| {
            RecordError::invalid(format!("pipeline \"{}\" has no stages", pipeline.name))
        })?,
    };
    let happened = desk.happened(new.on)?;
    let reason = values::line("reason", new.reason.as_deref().unwrap_or_default())?;
    let mut ask = |reader: &dyn Reader| {
        let deal = new_deal(desk, reader, new, pipeline)?;
        let intent = Intent {
            deal: &deal,
            events: &[],
            pipeline,
            to: stage,
            direction: Direction::Open,
            passed: Vec::new(),
            reason: reason.as_deref(),
            amount: None,
            day: happened,
        };
        judge(reader, &intent)
    };
    desk.write_judged("deal add", &mut ask, &mut |writer, overruled| {
        let deal = new_deal(desk, writer.reader(), new, pipeline)?;
        let rep = deal.rep;
        let deal = desk.put(writer, deal)?;
        let id = DealId(deal.id);
        let summary = format!("opened {id} {} in {}", deal.name, stage.name);
        let mut event = event(desk, id, happened, &stage.name);
        event.by = rep;
        event.reason.clone_from(&reason);
        event.overruled = overruled;
        let event = desk.put(writer, event)?;
        let change = closed(desk, writer, DealState { deal, events: vec![event] }, stage)?;
        Ok((change, summary))
    })
}

fn new_deal(
    desk: &Desk<'_>,
    reader: &dyn Reader,
    new: &NewDeal,
    pipeline: &Pipeline,
) -> Result<Deal> {
    let text = |fact: &'_ Option<String>| fact.clone().unwrap_or_default();
    if new.customer.is_none() {
        refuse_a_customer(reader, &new.name)?;
    }
    let product = optional(&text(&new.product), |text| names::product(reader, text))?;
    let mut amount = values::worth(desk.settings, "amount", &text(&new.amount))?;
    if let (None, Some(ProductId(product))) = (amount, product) {
        amount = names::get::<Product>(reader, Entity::Product, product)?.price;
    }
    let mut deal = Deal {
        id: 0,
        name: values::name("name", &new.name)?,
        external_id: None,
        customer: optional(&text(&new.customer), |text| names::customer(reader, text))?,
        rep: rep_or_acting(desk, reader, new.rep.as_deref())?,
        pipeline: pipeline.name.clone(),
        product,
        amount,
        expected_close: new.expected_close,
        fields: kehu_domain::Fields::new(),
    };
    values::set_fields(desk.settings, Entity::Deal, &mut deal.fields, &new.fields)?;
    Ok(deal)
}

/// The one word of a new deal is its name; a customer's name there is most likely half of what was meant.
fn refuse_a_customer(reader: &dyn Reader, name: &str) -> Result<()> {
    let found = reader.find(Entity::Customer, name, names::CANDIDATES)?;
    let Some(customer) = found.iter().find(|each| names::same(&each.name, name)) else {
        return Ok(());
    };
    let (name, id) = (&customer.name, names::show_id(Entity::Customer, customer.id));
    Err(RecordError::invalid(format!("{name} ({id}) is a customer, and the deal has no name")).hint(format!(
        "for a deal with that customer: kehu deal add {id} NAME; for one that has no customer yet, choose a name that is no customer's"
    )))
}

pub(super) fn rep_or_acting(
    desk: &Desk<'_>,
    reader: &dyn Reader,
    rep: Option<&str>,
) -> Result<Option<RepId>> {
    match rep {
        Some(rep) => optional(rep, |text| names::rep(reader, text)),
        None => desk.acting_rep(reader),
    }
}

pub(super) fn event(desk: &Desk<'_>, deal: DealId, happened: Day, stage: &str) -> DealEvent {
    DealEvent {
        id: 0,
        deal,
        happened,
        minute: None,
        stage: stage.to_owned(),
        by: None,
        reason: None,
        overruled: None,
        amount: None,
        known: desk.known(happened),
    }
}

/// Finds a pipeline by its name or one of its titles; the first one if no name is given.
pub fn pipeline<'a>(settings: &'a Settings, text: Option<&str>) -> Result<&'a Pipeline> {
    let Some(text) = text else {
        return settings.pipelines.first().ok_or_else(|| {
            RecordError::invalid("no pipeline is declared").hint("declare one with [[pipeline]]")
        });
    };
    let titled = |each: &&Pipeline| {
        [&each.name, &each.en, &each.zh].iter().any(|title| names::same(title, text))
    };
    settings.pipelines.iter().find(titled).ok_or_else(|| {
        let known = settings.pipelines.iter().map(|each| each.name.as_str());
        RecordError::invalid(format!("unknown pipeline \"{text}\"")).hint(did_you_mean(text, known))
    })
}

/// Finds a stage of a pipeline by its name or one of its titles.
pub fn stage<'a>(pipeline: &'a Pipeline, text: &str) -> Result<&'a Stage> {
    let titled = |each: &&Stage| {
        [&each.name, &each.en, &each.zh].iter().any(|title| names::same(title, text))
    };
    pipeline.stages.iter().find(titled).ok_or_else(|| {
        let known = pipeline.stages.iter().map(|each| each.name.as_str());
        RecordError::invalid(format!("pipeline \"{}\" has no stage \"{text}\"", pipeline.name))
            .hint(did_you_mean(text, known))
    })
}

/// Holds what is to be changed about a deal; an empty text clears.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DealFacts {
    /// The name.
    pub name: Option<String>,
    /// The expected amount.
    pub amount: Option<String>,
    /// Whose it is.
    pub rep: Option<String>,
    /// What is to be sold.
    pub product: Option<String>,
    /// The day on which it is expected to close.
    pub expected_close: Option<Day>,
    /// Custom fields, as `name=value`.
    pub fields: Vec<String>,
}

/// Changes what is known of a deal; where it stands is changed by moves alone.
pub fn edit(desk: &Desk<'_>, deal: &str, facts: &DealFacts) -> Result<DealChange> {
    desk.write("deal edit", |writer| {
        let reader = writer.reader();
        let id = names::deal(reader, deal)?;
        let before = state(desk, reader, id)?;
        let mut after = before.clone();
        apply(desk, reader, facts, &mut after)?;
        if after == before {
            return Err(nothing_changed(&id.to_string()));
        }
        for (event, old) in after.events.iter_mut().zip(&before.events) {
            if event != old {
                *event = desk.put(writer, event.clone())?;
            }
        }
        after.deal = desk.put(writer, after.deal)?;
        let summary = format!("edited {id} {}", after.deal.name);
        Ok((DealChange { state: after, purchase: None, earlier_purchase: None }, summary))
    })
}

fn apply(
    desk: &Desk<'_>,
    reader: &dyn Reader,
    facts: &DealFacts,
    state: &mut DealState,
) -> Result<()> {
    if let Some(text) = &facts.amount {
        if state.role(desk.settings) != StageRole::Open {
            let id = DealId(state.deal.id);
            return Err(RecordError::refused(format!("{id} is closed, so its amount stands"))
                .hint("what was bought is corrected with kehu interaction edit"));
        }
        let amount = values::worth(desk.settings, "amount", text)?;
        // The amount of the last move that states one counts, so that it is the one to be corrected.
        match state.events.iter_mut().rev().find(|event| event.amount.is_some()) {
            Some(event) => event.amount = amount,
            None => state.deal.amount = amount,
        }
    }
    let deal = &mut state.deal;
    if let Some(name) = &facts.name {
        deal.name = values::name("name", name)?;
    }
    if let Some(rep) = &facts.rep {
        deal.rep = optional(rep, |text| names::rep(reader, text))?;
    }
    if let Some(product) = &facts.product {
        deal.product = optional(product, |text| names::product(reader, text))?;
    }
    deal.expected_close = facts.expected_close.or(deal.expected_close);
    values::set_fields(desk.settings, Entity::Deal, &mut deal.fields, &facts.fields)
}

/// Gives a deal its customer; if it is won already, the purchase is written now.
pub fn assign(desk: &Desk<'_>, deal: &str, customer: &str) -> Result<DealChange> {
    desk.write("deal assign", |writer| {
        let reader = writer.reader();
        let id = names::deal(reader, deal)?;
        let customer = names::customer(reader, customer)?;
        let mut state = state(desk, reader, id)?;
        if let Some(other) = state.deal.customer {
            return Err(RecordError::refused(format!("{id} is {other}'s already")));
        }
        state.deal.customer = Some(customer);
        state.deal = desk.put(writer, state.deal)?;
        let change = match desk.settings.stage(&state.deal.pipeline, state.stage()) {
            Some(stage) => closed(desk, writer, state, stage)?,
            None => DealChange { state, purchase: None, earlier_purchase: None },
        };
        Ok((change, format!("gave {id} to {customer}")))
    })
}

/// Writes the purchase of a deal that has entered a won stage, unless it is written already.
pub(super) fn closed(
    desk: &Desk<'_>,
    writer: &mut dyn Writer,
    state: DealState,
    stage: &Stage,
) -> Result<DealChange> {
    let Some(customer) = state.deal.customer else {
        return Ok(DealChange { state, purchase: None, earlier_purchase: None });
    };
    let deal = DealId(state.deal.id);
    let earlier = purchase_of(writer.reader(), customer, deal)?;
    let (StageRole::Won, None, Some(event)) = (stage.role, earlier, state.last()) else {
        return Ok(DealChange { state, purchase: None, earlier_purchase: earlier });
    };
    let purchase = Interaction {
        minute: event.minute,
        rep: state.deal.rep.or(event.by),
        deal: Some(deal),
        product: state.deal.product,
        amount: state.amount(),
        known: desk.known(event.happened),
        ..Interaction::new(customer, event.happened, PURCHASE)
    };
    let purchase = desk.put(writer, purchase)?;
    let purchase = Some(InteractionId(purchase.id));
    Ok(DealChange { state, purchase, earlier_purchase: None })
}

fn purchase_of(
    reader: &dyn Reader,
    customer: CustomerId,
    deal: DealId,
) -> Result<Option<InteractionId>> {
    let mut found = None;
    reader.each(Entity::Interaction, Some(customer), &mut |record| {
        if let Ok(interaction) = Interaction::try_from(record)
            && interaction.deal == Some(deal)
            && interaction.kind == PURCHASE
        {
            found = Some(InteractionId(interaction.id));
        }
        Ok(())
    })?;
    Ok(found)
}

/// A deal as it stands today.
pub fn state(desk: &Desk<'_>, reader: &dyn Reader, id: DealId) -> Result<DealState> {
    let deal: Deal = names::get(reader, Entity::Deal, id.0)?;
    let mut found = None;
    let mut visit = |deal: &Deal, events: &[DealEvent]| {
        if deal.id == id.0 {
            found = Some(DealState { deal: deal.clone(), events: events.to_vec() });
            return Err(StoreError::Stopped);
        }
        Ok(())
    };
    let today = desk.act.today;
    let visited = match deal.customer {
        Some(customer) => reader.deals(CustomerRange::one(customer), today, &mut visit),
        None => reader.deals_without_customer(today, &mut visit),
    };
    stopped(visited)?;
    found.ok_or_else(|| RecordError::refused(format!("{id} is opened later than today")))
}

fn stopped(visited: Result<(), StoreError>) -> Result<()> {
    match visited {
        Ok(()) | Err(StoreError::Stopped) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Says which deals are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DealFilter {
    /// Those with one customer, by name or id.
    pub customer: Option<String>,
    /// Those without a customer.
    pub without_customer: bool,
    /// Those of one rep, by name or id.
    pub rep: Option<String>,
    /// Those in one stage.
    pub stage: Option<String>,
    /// Those that are neither won nor lost.
    pub open: bool,
}

/// The deals that are wanted as they stand today, in id order.
pub fn list(desk: &Desk<'_>, reader: &dyn Reader, filter: &DealFilter) -> Result<Vec<DealState>> {
    let rep = filter.rep.as_deref().map(|text| names::rep(reader, text)).transpose()?;
    let stage = filter.stage.as_deref().map(|text| any_stage(desk.settings, text)).transpose()?;
    let range = match &filter.customer {
        Some(text) => CustomerRange::one(names::customer(reader, text)?),
        None => CustomerRange::ALL,
    };
    let mut states = Vec::new();
    let mut visit = |deal: &Deal, events: &[DealEvent]| {
        if rep.is_some() && deal.rep != rep {
            return Ok(());
        }
        let state = DealState { deal: deal.clone(), events: events.to_vec() };
        let in_stage = stage.as_ref().is_none_or(|stage| stage == state.stage());
        if in_stage && (!filter.open || state.role(desk.settings) == StageRole::Open) {
            states.push(state);
        }
        Ok(())
    };
    let today = desk.act.today;
    if !filter.without_customer {
        reader.deals(range, today, &mut visit)?;
    }
    if filter.customer.is_none() {
        reader.deals_without_customer(today, &mut visit)?;
    }
    states.sort_by_key(|state| state.deal.id);
    Ok(states)
}

/// The name of a stage of any pipeline, from its name or one of its titles.
fn any_stage(settings: &Settings, text: &str) -> Result<String> {
    let found = settings.pipelines.iter().find_map(|pipeline| stage(pipeline, text).ok());
    found.map(|stage| stage.name.clone()).ok_or_else(|| {
        let stages = settings.pipelines.iter().flat_map(|pipeline| &pipeline.stages);
        RecordError::invalid(format!("no pipeline has a stage \"{text}\""))
            .hint(did_you_mean(text, stages.map(|stage| stage.name.as_str())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_known_by_its_name_and_by_its_titles() {
        let settings = Settings::read(&[("kehu.toml", "")]).unwrap();
        let pipeline = pipeline(&settings, Some("销售")).unwrap();
        assert_eq!(stage(pipeline, "签约").unwrap().name, "signed");
        assert_eq!(stage(pipeline, "Stable Intent").unwrap().name, "stable_intent");
        assert!(stage(pipeline, "singed").is_err());
    }
}
