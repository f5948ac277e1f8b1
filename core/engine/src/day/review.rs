//! Review: packs look at the whole list and withhold or change lines.

use std::collections::BTreeSet;
use std::sync::Arc;

use kehu_contract::{Batch, Columns, Decision, Hook, Proposal, Rule, Verdict};
use kehu_domain::Day;

use super::ask::{self, Because};
use super::order::Order;
use super::sheet::{Sheet, pick};
use super::worklist::Line;
use super::{DayError, Work};
use crate::packs::EnabledPack;

/// Lets every pack of `review` look, in the workspace's order; each sees what those before it left.
pub(super) fn review(
    work: &Work<'_>,
    sheet: &Sheet<'_>,
    lines: &mut [Line],
    failures: &mut Vec<(String, String)>,
    order: &Order,
) -> Result<(), DayError> {
    order.sort(lines);
    for (pack, step) in work.packs.answering(Hook::Review, work.settings) {
        if failures.iter().any(|(name, _)| name == pack.name()) {
            continue;
        }
        if let Err(failure) = ask_one(work, pack, step, sheet, lines)? {
            failures.push((pack.name().to_owned(), failure));
        }
        // Each pack sees the list in the order that those before it made.
        order.sort(lines);
    }
    Ok(())
}

fn ask_one(
    work: &Work<'_>,
    pack: &EnabledPack,
    step: usize,
    sheet: &Sheet<'_>,
    lines: &mut [Line],
) -> Result<Result<(), String>, DayError> {
    // Lines that are due later take no contact today, so nobody counts them.
    let open: Vec<usize> = (0..lines.len())
        .filter(|at| lines[*at].withheld.is_empty() && lines[*at].due <= work.as_of)
        .collect();
    if open.is_empty() {
        return Ok(Ok(()));
    }
    let inputs = match sheet.inputs(pack, step)? {
        Ok(inputs) => inputs,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let proposals: Vec<Proposal> = open.iter().map(|at| proposal(&lines[*at])).collect();
    let batch = batch(sheet, &inputs, &proposals);
    let asked = ask::load(work, pack).and_then(|mut instance| {
        let verdicts = instance.review(step, &batch, &proposals)?;
        Ok((instance.rules().to_vec(), verdicts))
    });
    let (rules, verdicts) = match asked {
        Ok(asked) => asked,
        Err(error) => return Ok(Err(error.to_string())),
    };
    Ok(apply(pack, &rules, &verdicts, &open, lines)
        .map_err(|error| format!("pack {}, review: {error}", pack.name())))
}

fn proposal(line: &Line) -> Proposal {
    Proposal {
        customer: line.customer.map_or(0, |customer| customer.0),
        deal: line.deal.as_ref().map(|(id, _)| id.0),
        action: line.action.clone(),
        channel: line.channel.clone(),
        due: line.due.number(),
        promised: line.promised,
        contact: line.contact,
        fact_day: line.fact_day.number(),
        priority: line.priority,
        group: line.group.clone(),
        about: line.about.as_ref().map(|(id, _)| id.0),
        state: line.state.clone(),
        ..Proposal::default()
    }
}

/// The columns of the customers that the proposals are for.
fn batch(sheet: &Sheet<'_>, inputs: &Columns, proposals: &[Proposal]) -> Batch {
    let mut ids: Vec<i64> = proposals.iter().map(|each| each.customer).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut columns = Columns::new(ids.len());
    for (name, kind, data) in inputs.iter() {
        let rows = ids.iter().map(|id| sheet.ids.binary_search(id).ok());
        columns.insert(name, kind, Arc::new(pick(data, rows)));
    }
    Batch { ids, columns }
}

/// Applies verdicts to the lines that were reviewed: all of them, or none if one is wrong.
fn apply(
    pack: &EnabledPack,
    rules: &[Rule],
    verdicts: &[Verdict],
    reviewed: &[usize],
    lines: &mut [Line],
) -> Result<(), String> {
    let mut decided: BTreeSet<usize> = BTreeSet::new();
    let mut checked: Vec<(usize, &Decision, Vec<Because>)> = Vec::new();
    for (place, verdict) in verdicts.iter().enumerate() {
        let place = format!("verdicts[{}]", place + 1);
        let at = *reviewed
            .get(verdict.proposal)
            .ok_or_else(|| format!("{place} is about a proposal that was not reviewed"))?;
        if verdict.decision != Decision::Advise && !decided.insert(at) {
            return Err(format!("{place} is the second one about one proposal"));
        }
        if let Decision::Change { due, priority, .. } = &verdict.decision {
            if due.is_some_and(|due| Day::from_number(due).is_none()) {
                return Err(format!("{place} names no day of the calendar"));
            }
            if priority.is_some_and(|priority| !(0.0..=100.0).contains(&priority)) {
                return Err(format!("{place} states a priority outside 0 to 100"));
            }
        }
        let because = ask::because(pack, rules, &verdict.causes)
            .map_err(|error| format!("{place} {error}"))?;
        checked.push((at, &verdict.decision, because));
    }
    for (at, decision, because) in checked {
        let line = &mut lines[at];
        match decision {
            Decision::Withhold => line.withheld = because,
            Decision::Advise => line.guide(because),
            Decision::Change { due, channel, priority, group } => {
                line.due = due.and_then(Day::from_number).unwrap_or(line.due);
                line.priority = priority.unwrap_or(line.priority);
                if let Some(channel) = channel {
                    line.channel.clone_from(channel);
                }
                if let Some(group) = group {
                    line.group.clone_from(group);
                }
                // Another day or channel is another thing to do; another place is not.
                if due.is_none() && channel.is_none() {
                    line.placed.extend(because);
                } else {
                    line.because.extend(because);
                }
            }
        }
    }
    Ok(())
}
