//! Targets: what is to be reached in a period.

use kehu_contract::nearest;
use kehu_domain::{Day, Deal, DealEvent, Entity, RepId, StageRole, Target, TargetId};
use kehu_store::{CustomerRange, InteractionRow, Reader, StoreError, Wanted};

use super::customers::optional;
use super::{Desk, RecordError, Result, interactions, names, values};
use crate::settings::Settings;

/// What is summed over purchases, and the number of deals that were won. Any other measure is a kind of
/// interaction, and counts those.
const MEASURES: [&str; 3] = ["amount", "margin", "deals"];

const KNOWN: &str = "what is measured: amount and margin of purchases, deals that were won, or the number of interactions of a kind";

/// Holds what is to be said about a target.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetFacts {
    /// What is measured: `amount` or `margin` of purchases, `deals` that were won, or how many
    /// interactions of a kind there were, such as `visit` or `visits`.
    pub measure: String,
    /// What is to be reached, in major units where it is money.
    pub value: f64,
    /// The first day of the period.
    pub from: Day,
    /// The last day of the period.
    pub to: Day,
    /// Whose it is, by name or id; none for the whole firm.
    pub rep: Option<String>,
}

/// Adds a target.
pub fn add(desk: &Desk<'_>, facts: &TargetFacts) -> Result<Target> {
    if facts.to < facts.from {
        let message = format!("the period ends on {}, before its first day", facts.to);
        return Err(RecordError::invalid(message));
    }
    desk.write("target add", |writer| {
        let rep = facts.rep.as_deref().unwrap_or_default();
        let target = Target {
            id: 0,
            rep: optional(rep, |text| names::rep(writer.reader(), text))?,
            measure: measure(desk.settings, &facts.measure)?,
            from: facts.from,
            to: facts.to,
            value: values::number("value", facts.value)?,
        };
        let target = desk.put(writer, target)?;
        let summary = format!("added {} {}", TargetId(target.id), target.measure);
        Ok((target, summary))
    })
}

/// Reads a measure; a kind may be in the plural.
fn measure(settings: &Settings, text: &str) -> Result<String> {
    if let Some(measure) = MEASURES.iter().find(|measure| names::same(measure, text)) {
        return Ok((*measure).to_owned());
    }
    let singular = text.strip_suffix('s').unwrap_or(text);
    if let Ok(kind) =
        interactions::kind(settings, text).or_else(|_| interactions::kind(settings, singular))
    {
        return Ok(kind.name.clone());
    }
    let kinds = settings.kinds.iter().map(|kind| kind.name.as_str());
    let known: Vec<&str> = MEASURES.into_iter().chain(kinds).collect();
    let hint = match nearest(text, known.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None => KNOWN.to_owned(),
    };
    Err(RecordError::invalid(format!("unknown measure \"{text}\"")).hint(hint))
}

/// What each target has reached by a day, in its own unit; none for a measure that nobody knows any more.
pub fn reached(
    settings: &Settings,
    reader: &dyn Reader,
    targets: &[Target],
    today: Day,
) -> Result<Vec<Option<f64>>, StoreError> {
    let kinds = reader.kinds()?;
    let is_known = |target: &Target| {
        MEASURES.contains(&target.measure.as_str()) || settings.kind(&target.measure).is_some()
    };
    let mut sums: Vec<Option<f64>> =
        targets.iter().map(|target| is_known(target).then_some(0.0)).collect();
    let mut add = |day: i32, rep: Option<i64>, part: &dyn Fn(&Target) -> Option<f64>| {
        for (target, sum) in targets.iter().zip(&mut sums) {
            let is_within = target.from.number() <= day && day <= target.to.number();
            let is_theirs = target.rep.is_none_or(|RepId(theirs)| rep == Some(theirs));
            if let (true, Some(sum), Some(part)) = (is_within && is_theirs, sum, part(target)) {
                *sum += part;
            }
        }
    };
    let wanted = Wanted { money: true, links: true, thread: true, ..Wanted::default() };
    reader.interactions(CustomerRange::ALL, today, wanted, &mut |row| {
        let kind = kinds.get(row.kind).map_or("", String::as_str);
        add(row.happened, row.rep, &|target| interaction_part(settings, target, kind, row));
        Ok(())
    })?;
    let mut won = |deal: &Deal, events: &[DealEvent]| {
        if let Some(day) = won_on(settings, deal, events) {
            let is_deals = |target: &Target| (target.measure == "deals").then_some(1.0);
            add(day.number(), deal.rep.map(|rep| rep.0), &is_deals);
        }
        Ok(())
    };
    reader.deals(CustomerRange::ALL, today, &mut won)?;
    reader.deals_without_customer(today, &mut won)?;
    Ok(sums)
}

/// What an interaction adds to a target.
fn interaction_part(
    settings: &Settings,
    target: &Target,
    kind: &str,
    row: &InteractionRow<'_>,
) -> Option<f64> {
    let money = |amount: i64| settings.currency.to_major(kehu_domain::Money(amount));
    match target.measure.as_str() {
        "amount" => row.amount.filter(|_| kind == "purchase").map(money),
        "margin" => row.margin.filter(|_| kind == "purchase").map(money),
        // A row about an earlier one of its own kind moves that one's state and is no new one.
        measure => (measure == kind && (row.about.is_none() || row.state.is_none())).then_some(1.0),
    }
}

/// The day since which a deal is won.
fn won_on(settings: &Settings, deal: &Deal, events: &[DealEvent]) -> Option<Day> {
    let last = events.last()?;
    let stage = settings.stage(&deal.pipeline, &last.stage)?;
    (stage.role == StageRole::Won).then_some(last.happened)
}

/// All targets in id order.
pub fn list(reader: &dyn Reader) -> Result<Vec<Target>, StoreError> {
    let mut targets = Vec::new();
    reader.each(Entity::Target, None, &mut |record| {
        targets.extend(Target::try_from(record));
        Ok(())
    })?;
    Ok(targets)
}
