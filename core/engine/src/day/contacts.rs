//! Contacts: what reaches the customer, how long it takes, and one contact for the visits, calls and messages of a day.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use kehu_contract::Hook;
use kehu_domain::{CustomerId, Day, DealId, InteractionId};

use super::worklist::Line;
use crate::settings::Settings;

/// Which kind of interaction a channel makes, where the two have different names.
pub(super) const KINDS: [(&str, &str); 3] =
    [("phone", "call"), ("telephone", "call"), ("wechat", "message")];

/// The kinds of which one contact is any. What is of another kind, such as a joint activity, a trade show or a
/// survey, takes its own preparation and is a record of its own: it stays a line of its own.
const PLAIN: [&str; 5] = ["visit", "call", "message", "email", "meeting"];

/// Stands in `[worklist.minutes]` for every other channel that reaches the customer.
const OTHER: &str = "other";

/// Stands there for what does not.
const NOTE: &str = "note";

/// The kind of interaction that is logged for a channel; it need not be one that the workspace knows.
pub(super) fn kind_of(channel: &str) -> &str {
    KINDS.iter().find(|(name, _)| *name == channel).map_or(channel, |(_, kind)| kind)
}

/// True if what is done by a channel reaches the customer. A channel that is no kind of interaction is one
/// that people have their own word for.
pub(super) fn is_contact(settings: &Settings, channel: &str) -> bool {
    let kind = settings.kind(kind_of(channel));
    !channel.is_empty() && kind.is_none_or(|kind| kind.contact)
}

/// The seconds that something takes by its channel.
pub(super) fn seconds(settings: &Settings, channel: &str, contact: bool) -> i32 {
    let usual = if contact { OTHER } else { NOTE };
    let minutes = &settings.worklist.minutes;
    let of = |name: &str| minutes.get(name).copied();
    let minutes = of(channel).or_else(|| of(kind_of(channel))).or_else(|| of(usual));
    (minutes.unwrap_or_default() * 60.0).round() as i32
}

/// Says of each line whether it reaches the customer, and how long it takes.
pub(super) fn measure(settings: &Settings, lines: &mut [Line]) {
    for line in lines {
        line.contact = line.customer.is_some() && is_contact(settings, &line.channel);
        line.seconds = match &line.visit {
            Some(visit) => visit.seconds + visit.travel_seconds,
            None => seconds(settings, &line.channel, line.contact),
        };
    }
}

/// What makes two lines the same: customer, deal, action, and what they are about.
type Place = (Option<CustomerId>, Option<DealId>, String, Option<InteractionId>);

/// Joins lines of the same customer, action, deal and subject; the one of highest priority leads, the reasons
/// of all are kept.
pub(super) fn join_same(mut lines: Vec<Line>) -> Vec<Line> {
    lines.sort_by(|left, right| right.priority.total_cmp(&left.priority));
    let mut places: BTreeMap<Place, usize> = BTreeMap::new();
    let mut kept: Vec<Line> = Vec::new();
    for line in lines {
        let deal = line.deal.as_ref().map(|(id, _)| *id);
        let about = line.about.as_ref().map(|(id, _)| *id);
        match places.entry((line.customer, deal, line.action.clone(), about)) {
            Entry::Vacant(entry) => {
                entry.insert(kept.len());
                kept.push(line);
            }
            Entry::Occupied(entry) => {
                let leading = &mut kept[*entry.get()];
                leading.due = leading.due.min(line.due);
                leading.promised |= line.promised;
                leading.keys.extend(line.keys);
                leading.edit.extend(line.edit);
                leading.because.extend(line.because);
                leading.guide(line.guidance);
                if leading.visit.is_none() {
                    leading.visit = line.visit;
                }
            }
        }
    }
    kept
}

/// Makes one contact a customer of the lines that are due and let through: a person is met, called or written
/// to once a day. `lines` are in the order of work; the first of a customer leads. What reaches nobody, what is
/// due later and what is withheld stays as it is.
pub(super) fn merge(settings: &Settings, lines: Vec<Line>, as_of: Day) -> Vec<Line> {
    let mut contacts: BTreeMap<CustomerId, usize> = BTreeMap::new();
    let mut kept: Vec<Line> = Vec::new();
    for line in lines {
        let is_plain = PLAIN.contains(&kind_of(&line.channel));
        let is_due = line.contact && is_plain && line.withheld.is_empty() && line.due <= as_of;
        let Some(customer) = line.customer.filter(|_| is_due) else {
            kept.push(line);
            continue;
        };
        match contacts.entry(customer) {
            Entry::Vacant(entry) => {
                entry.insert(kept.len());
                kept.push(line);
            }
            Entry::Occupied(entry) => add(settings, &mut kept[*entry.get()], line),
        }
    }
    kept
}

/// Adds a line to the contact that leads: by the more personal channel of the two, with the earlier day.
fn add(settings: &Settings, contact: &mut Line, line: Line) {
    if contact.merged.is_empty() {
        contact.merged.push(contact.clone());
    }
    let is_planned = line.hook == Some(Hook::PlanVisits);
    let length = |channel: &str| seconds(settings, channel, true);
    if is_planned || length(&line.channel) > length(&contact.channel) {
        contact.channel.clone_from(&line.channel);
    }
    if line.visit.is_some() && contact.visit.is_none() {
        contact.visit.clone_from(&line.visit);
    }
    contact.seconds = contact.seconds.max(line.seconds);
    contact.due = contact.due.min(line.due);
    contact.promised |= line.promised;
    contact.keys.extend(line.keys.iter().cloned());
    contact.because.extend(line.because.iter().cloned());
    contact.guide(line.guidance.clone());
    contact.merged.push(line);
}
