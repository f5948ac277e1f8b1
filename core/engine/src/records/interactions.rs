//! Interactions: logged, corrected and voided.
//!
//! A correction is a full replacement row under the same customer and day. One that was logged for
//! the wrong customer or day is voided and logged anew.

use kehu_contract::{Language, did_you_mean};
use kehu_domain::{CustomerId, Day, Deal, Entity, Interaction, InteractionId, Kind};
use kehu_store::Reader;

use super::customers::{nothing_changed, optional};
use super::{Desk, RecordError, Result, names, threads, values};
use crate::settings::Settings;

/// Holds what is to be said about an interaction; what is not given stays as it is, an empty text
/// clears.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InteractionFacts {
    /// The minute of the day.
    pub minute: Option<u16>,
    /// By whom, by name or id; the one who acts if nothing is said.
    pub rep: Option<String>,
    /// With which person, by name or id.
    pub contact: Option<String>,
    /// About which deal, by name or id.
    pub deal: Option<String>,
    /// About which product, by name or id.
    pub product: Option<String>,
    /// By which channel.
    pub channel: Option<String>,
    /// The amount; negative for a return.
    pub amount: Option<String>,
    /// What was earned by it.
    pub margin: Option<String>,
    /// How many pieces.
    pub quantity: Option<f64>,
    /// What came of it.
    pub outcome: Option<String>,
    /// How the customer felt.
    pub mood: Option<String>,
    /// The earlier interaction that it is about, by id, kind or words.
    pub about: Option<String>,
    /// The state that it puts its thread into.
    pub state: Option<String>,
    /// True if it begins a new thread even where its state is a later one.
    pub is_new: bool,
    /// By when a promise is to be kept.
    pub due: Option<Day>,
    /// Words.
    pub text: Option<String>,
    /// Custom fields, as `name=value`.
    pub fields: Vec<String>,
}

/// Finds a kind by its name or one of its titles.
pub fn kind<'a>(settings: &'a Settings, text: &str) -> Result<&'a Kind> {
    let called = |kind: &Kind| [&kind.name, &kind.en, &kind.zh].map(|name| names::fold(name));
    let known: Vec<Vec<String>> = settings.kinds.iter().map(|kind| called(kind).to_vec()).collect();
    let wanted = names::fold(text);
    let at = known.iter().position(|names| names.contains(&wanted));
    let found = at.or_else(|| values::part_of_one(&known, text)).map(|at| &settings.kinds[at]);
    found.ok_or_else(|| {
        let is_zh = settings.language == Language::Zh;
        let title =
            |kind: &'a Kind| if is_zh && !kind.zh.is_empty() { &kind.zh } else { &kind.name };
        let known = settings.kinds.iter().map(|kind| title(kind).as_str());
        RecordError::undeclared("kind", text, format!("unknown kind of interaction \"{text}\""))
            .hint(did_you_mean(text, known))
    })
}

/// Logs what happened with a customer, today or on an earlier day.
pub fn log(
    desk: &Desk<'_>,
    kind_name: &str,
    customer: &str,
    on: Option<Day>,
    facts: &InteractionFacts,
) -> Result<Interaction> {
    let kind = kind(desk.settings, kind_name)?;
    let happened = desk.happened(on)?;
    desk.write("log", |writer| {
        let reader = writer.reader();
        let customer = names::customer(reader, customer)?;
        let mut interaction = Interaction::new(customer, happened, &kind.name);
        interaction.known = desk.known(happened);
        if facts.rep.is_none() {
            interaction.rep = desk.acting_rep(reader)?;
        }
        apply(desk, reader, facts, &mut interaction)?;
        if interaction.state.is_none() && interaction.about.is_none() {
            interaction.state = kind.states.first().cloned();
        }
        // Threads have deadlines by the hour: their step that is told without a day or time happens now.
        let is_step = !kind.states.is_empty() || interaction.about.is_some();
        if is_step && on.is_none() && interaction.minute.is_none() {
            interaction.minute = desk.settings.now_on(happened);
        }
        let interaction = desk.put(writer, interaction)?;
        let id = InteractionId(interaction.id);
        let summary = format!("logged {id} {} with {customer} on {happened}", kind.name);
        Ok((interaction, summary))
    })
}

/// Finds the interaction that a text means; at a customer also by its kind or its words.
pub fn find(
    desk: &Desk<'_>,
    reader: &dyn Reader,
    customer: Option<&str>,
    text: &str,
) -> Result<InteractionId> {
    let Some(customer) = customer else { return names::interaction(reader, text) };
    let customer = names::customer(reader, customer)?;
    threads::any(desk.settings, reader, customer, text, desk.act.today)
}

/// Corrects an interaction: the whole row is replaced, under the same customer and day.
pub fn edit(
    desk: &Desk<'_>,
    customer: Option<&str>,
    interaction: &str,
    kind_name: Option<&str>,
    facts: &InteractionFacts,
) -> Result<Interaction> {
    desk.write("interaction edit", |writer| {
        let reader = writer.reader();
        let id = find(desk, reader, customer, interaction)?;
        let mut interaction: Interaction = names::get(reader, Entity::Interaction, id.0)?;
        let before = interaction.clone();
        if let Some(text) = kind_name {
            interaction.kind.clone_from(&kind(desk.settings, text)?.name);
        }
        apply(desk, reader, facts, &mut interaction)?;
        if interaction == before {
            return Err(nothing_changed(&id.to_string()));
        }
        let interaction = desk.put(writer, interaction)?;
        Ok((interaction, format!("corrected {id}")))
    })
}

/// Voids an interaction that did not happen, or not so.
pub fn void(
    desk: &Desk<'_>,
    customer: Option<&str>,
    interaction: &str,
    reason: Option<&str>,
) -> Result<Interaction> {
    desk.write("interaction void", |writer| {
        let reader = writer.reader();
        let id = find(desk, reader, customer, interaction)?;
        let interaction: Interaction = names::get(reader, Entity::Interaction, id.0)?;
        writer.remove(Entity::Interaction, id.0)?;
        let reason = reason.map(|text| values::line("reason", text)).transpose()?.flatten();
        let why = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        Ok((interaction, format!("voided {id}{why}")))
    })
}

/// A customer's interactions, the latest first.
pub fn list(reader: &dyn Reader, customer: CustomerId) -> Result<Vec<Interaction>> {
    let mut interactions: Vec<Interaction> = Vec::new();
    reader.each(Entity::Interaction, Some(customer), &mut |record| {
        interactions.extend(Interaction::try_from(record));
        Ok(())
    })?;
    interactions.sort_by_key(|each| std::cmp::Reverse((each.happened, each.minute, each.id)));
    Ok(interactions)
}

fn apply(
    desk: &Desk<'_>,
    reader: &dyn Reader,
    facts: &InteractionFacts,
    interaction: &mut Interaction,
) -> Result<()> {
    let customer = interaction.customer;
    if let Some(rep) = &facts.rep {
        interaction.rep = optional(rep, |text| names::rep(reader, text))?;
    }
    if let Some(text) = &facts.contact {
        interaction.contact = optional(text, |text| names::contact(reader, Some(customer), text))?;
    }
    if let Some(text) = &facts.product {
        interaction.product = optional(text, |text| names::product(reader, text))?;
    }
    if let Some(text) = &facts.deal {
        interaction.deal = optional(text, |text| deal_of(reader, customer, text))?;
    }
    for (what, fact, place) in [
        ("channel", &facts.channel, &mut interaction.channel),
        ("outcome", &facts.outcome, &mut interaction.outcome),
        ("mood", &facts.mood, &mut interaction.mood),
    ] {
        if let Some(text) = fact {
            *place = values::word(desk.settings, what, text)?;
        }
    }
    for (what, fact, place) in [
        ("amount", &facts.amount, &mut interaction.amount),
        ("margin", &facts.margin, &mut interaction.margin),
    ] {
        if let Some(text) = fact {
            *place = values::amount(desk.settings, what, text)?;
        }
    }
    if let Some(quantity) = facts.quantity {
        interaction.quantity = Some(values::number("quantity", quantity)?);
    }
    if let Some(text) = &facts.text {
        interaction.text = values::text("text", text)?;
    }
    interaction.minute = facts.minute.or(interaction.minute);
    interaction.due = facts.due.or(interaction.due);
    apply_thread(desk, reader, facts, interaction)?;
    let fields = &mut interaction.fields;
    values::set_fields(desk.settings, Entity::Interaction, fields, &facts.fields)
}

fn deal_of(reader: &dyn Reader, customer: CustomerId, text: &str) -> Result<kehu_domain::DealId> {
    let id = names::deal_at(reader, customer, text)?;
    let deal: Deal = names::get(reader, Entity::Deal, id.0)?;
    match deal.customer {
        Some(other) if other == customer => Ok(id),
        Some(other) => Err(RecordError::refused(format!("{id} is {other}'s, not {customer}'s"))),
        None => Err(RecordError::refused(format!("{id} has no customer yet"))
            .hint(format!("kehu deal assign {id} {customer}"))),
    }
}

/// Sets what the interaction is about and the state that it puts that into: one that its own kind
/// declares, or the kind of the one that it is about.
fn apply_thread(
    desk: &Desk<'_>,
    reader: &dyn Reader,
    facts: &InteractionFacts,
    interaction: &mut Interaction,
) -> Result<()> {
    if let Some(text) = &facts.about {
        interaction.about =
            optional(text, |text| about(desk, reader, interaction, text, facts.state.as_deref()))?;
    }
    let Some(state) = &facts.state else { return Ok(()) };
    let Some(state) = values::line("state", state)? else {
        interaction.state = None;
        return Ok(());
    };
    let mut kinds = vec![interaction.kind.clone()];
    if let Some(about) = interaction.about {
        kinds.push(names::get::<Interaction>(reader, Entity::Interaction, about.0)?.kind);
    }
    let states: Vec<&str> = kinds
        .iter()
        .filter_map(|kind| desk.settings.kind(kind))
        .flat_map(|kind| kind.states.iter().map(String::as_str))
        .collect();
    if states.is_empty() {
        return Err(stateless(desk.settings, &interaction.kind, &state));
    }
    let Some(known) = known_state(&states, &state) else {
        let kind = kinds.last().unwrap_or(&interaction.kind);
        return Err(RecordError::invalid(format!("\"{state}\" is no state of a {kind}"))
            .hint(did_you_mean(&state, states)));
    };
    interaction.state = Some(known.to_owned());
    let begins = interaction.about.is_none() && facts.about.is_none() && !facts.is_new;
    if begins && interaction.id == 0 && states.first() != Some(&known) {
        let id = to_go_on_with(desk, reader, interaction, known)?;
        interaction.about = Some(id);
    }
    Ok(())
}

/// The state that a text names: by its key, or by the beginning of one alone.
fn known_state<'s>(states: &[&'s str], text: &str) -> Option<&'s str> {
    let exact = states.iter().find(|state| **state == text);
    let mut begins = states.iter().filter(|state| state.starts_with(text));
    exact.or_else(|| begins.next().filter(|_| begins.next().is_none())).copied()
}

/// Says that a kind has no states, and which kinds have the state.
fn stateless(settings: &Settings, kind: &str, state: &str) -> RecordError {
    let has = |each: &&Kind| each.states.iter().any(|known| known == state);
    let of: Vec<&str> = settings.kinds.iter().filter(has).map(|kind| kind.name.as_str()).collect();
    let error = RecordError::invalid(format!("a {kind} has no states"));
    if of.is_empty() {
        return error;
    }
    error.hint(format!("say what it is about: --about {}", of.join(", or --about ")))
}

/// The open thread of an interaction's own kind that it puts into a later state: whoever removes an obstacle
/// means the one that is there, and no new one.
fn to_go_on_with(
    desk: &Desk<'_>,
    reader: &dyn Reader,
    interaction: &Interaction,
    state: &str,
) -> Result<InteractionId> {
    match about(desk, reader, interaction, &interaction.kind, Some(state)) {
        Err(RecordError::Ambiguous { entity, text, candidates, more, .. }) => {
            let option = Some("--about");
            Err(RecordError::Ambiguous { entity, text, candidates, more, option })
        }
        Err(error @ RecordError::Refused { .. }) => {
            Err(error.hint_more(&format!("one that is new and {state} already: add --new")))
        }
        other => other,
    }
}

fn about(
    desk: &Desk<'_>,
    reader: &dyn Reader,
    interaction: &Interaction,
    text: &str,
    state: Option<&str>,
) -> Result<InteractionId> {
    let (settings, today) = (desk.settings, desk.act.today);
    let id = threads::open(settings, reader, interaction.customer, text, state, today)?;
    let earlier: Interaction = names::get(reader, Entity::Interaction, id.0)?;
    if earlier.customer != interaction.customer {
        return Err(RecordError::refused(format!(
            "{id} happened with {}, not with {}",
            earlier.customer, interaction.customer
        )));
    }
    if earlier.id == interaction.id || earlier.happened > interaction.happened {
        return Err(RecordError::refused(format!("{id} is no earlier interaction")));
    }
    Ok(id)
}
