//! The one pass over interactions, for all features that are folded over them.

use std::collections::HashMap;

use kehu_contract::{ColumnData, Source};
use kehu_domain::{Day, FieldType};
use kehu_store::{CustomerRange, InteractionRow, Reader, Result, Wanted};

use super::base::Base;
use super::catalogue::Catalogue;
use super::field::{Datum, FieldRef, Names, Row, number, text};
use super::fold::{Folder, Thread};
use crate::settings::Settings;

/// An interaction as features see it.
struct Seen<'a> {
    row: &'a InteractionRow<'a>,
    names: &'a Names,
    is_return: bool,
    /// Parsed only where a feature reads custom fields.
    fields: Option<serde_json::Map<String, serde_json::Value>>,
}

impl Row for Seen<'_> {
    fn day(&self) -> i32 {
        self.row.happened
    }

    fn is_return(&self) -> bool {
        self.is_return
    }

    fn get(&self, field: &FieldRef) -> Datum<'_> {
        let row = self.row;
        match field {
            FieldRef::Amount => number(row.amount.map(|amount| amount as f64)),
            FieldRef::Margin => number(row.margin.map(|margin| margin as f64)),
            FieldRef::Quantity => number(row.quantity),
            FieldRef::Minute => number(row.minute.map(f64::from)),
            FieldRef::Channel => text(row.channel),
            FieldRef::Outcome => text(row.outcome),
            FieldRef::Mood => text(row.mood),
            FieldRef::State => text(row.state),
            FieldRef::Due => row.due.map_or(Datum::Missing, Datum::Day),
            FieldRef::Happened => Datum::Day(row.happened),
            FieldRef::Rep => self.names.rep(row.rep),
            FieldRef::Product => self.names.product(row.product),
            FieldRef::Category => self.names.category(row.product),
            FieldRef::Custom(name, kind) => custom(self.fields.as_ref(), name, *kind),
            field if field.is_of_product() => {
                self.names.of_product(field, row.product, row.happened)
            }
            _ => Datum::Missing,
        }
    }
}

/// The value of a custom field from a record's JSON.
pub(super) fn custom<'a>(
    fields: Option<&'a serde_json::Map<String, serde_json::Value>>,
    name: &str,
    kind: FieldType,
) -> Datum<'a> {
    match fields.and_then(|fields| fields.get(name)) {
        Some(serde_json::Value::Number(value)) => number(value.as_f64()),
        Some(serde_json::Value::Bool(flag)) => Datum::Flag(*flag),
        Some(serde_json::Value::String(text)) if kind == FieldType::Day => {
            Day::parse(text).map_or(Datum::Missing, |day| Datum::Day(day.number()))
        }
        Some(serde_json::Value::String(text)) => Datum::Text(text),
        _ => Datum::Missing,
    }
}

/// A thread of a customer: an interaction of a kind with states, and how it stands.
struct Head {
    id: i64,
    kind: usize,
    state: Option<String>,
}

/// What the pass knows of a stored kind.
#[derive(Default)]
struct KindPlan {
    /// The folders that take its rows.
    folders: Vec<usize>,
    /// The folders for which its rows are what must not follow.
    following: Vec<usize>,
    is_purchase: bool,
    /// All its states in order, and those that close; none for a kind without.
    states: Option<(Vec<String>, Vec<String>)>,
}

struct Pass<'a> {
    folders: Vec<(usize, Folder<'a>)>,
    kinds: Vec<KindPlan>,
    heads: Vec<Head>,
    names: &'a Names,
    parses_fields: bool,
}

/// When each contact was last met: the day, and the place among all rows of the pass.
pub(super) type Met = HashMap<i64, (i32, usize)>;

/// Folds the features of interactions, and tells when contacts were last met where a feature asks for it.
#[expect(clippy::too_many_arguments, reason = "the pass joins all that the computation knows")]
pub(super) fn fold(
    reader: &dyn Reader,
    settings: &Settings,
    catalogue: &Catalogue,
    names: &Names,
    base: &Base,
    range: CustomerRange,
    as_of: Day,
    place: &mut dyn FnMut(usize, ColumnData, bool),
) -> Result<Met> {
    let (mut met, mut meetings) = (Met::new(), 0);
    let asks = catalogue.features().any(|(_, feature)| feature.by_meeting);
    let folders: Vec<_> = catalogue
        .features()
        .filter(|(_, feature)| matches!(feature.source, Source::Interactions(_)))
        .map(|(at, feature)| (at, Folder::new(feature, settings, as_of)))
        .collect();
    let kinds = plan_kinds(reader, settings, catalogue, &folders)?;
    let mut wanted = wanted(&folders, &kinds);
    wanted.links |= asks;
    let mut pass = Pass { folders, kinds, heads: Vec::new(), names, parses_fields: wanted.fields };
    let mut at = 0;
    reader.interactions(range, as_of, wanted, &mut |row| {
        // The rows come in the order of the base; customers outside it are passed over.
        while at < base.ids.len() && base.ids[at] < row.customer {
            pass.flush();
            at += 1;
        }
        if at < base.ids.len() && base.ids[at] == row.customer {
            pass.add(row);
            if let Some(contact) = row.contact.filter(|_| asks) {
                meetings += 1;
                met.insert(contact, (row.happened, meetings));
            }
        }
        Ok(())
    })?;
    for _ in at..base.ids.len() {
        pass.flush();
    }
    for (at, folder) in pass.folders {
        let seen = folder.seen;
        place(at, folder.finish(), seen);
    }
    Ok(met)
}

fn plan_kinds(
    reader: &dyn Reader,
    settings: &Settings,
    catalogue: &Catalogue,
    folders: &[(usize, Folder<'_>)],
) -> Result<Vec<KindPlan>> {
    let sources: Vec<_> = catalogue.features().collect();
    let plan = |name: &String| {
        let mut plan = KindPlan { is_purchase: name == "purchase", ..KindPlan::default() };
        for (place, (at, _)) in folders.iter().enumerate() {
            let Some((_, feature)) = sources.iter().find(|(each, _)| each == at) else { continue };
            if let Source::Interactions(kinds) = &feature.source
                && (kinds.is_empty() || kinds.contains(name))
            {
                plan.folders.push(place);
            }
            if feature.following().is_some_and(|(kind, ..)| kind == name) {
                plan.following.push(place);
            }
        }
        plan.states = settings
            .kind(name)
            .filter(|kind| !kind.states.is_empty())
            .map(|kind| (kind.states.clone(), kind.closing.clone()));
        plan
    };
    Ok(reader.kinds()?.iter().map(plan).collect())
}

fn wanted(folders: &[(usize, Folder<'_>)], kinds: &[KindPlan]) -> Wanted {
    // Returns are known by their amount.
    let mut wanted = Wanted {
        money: kinds.iter().any(|kind| kind.is_purchase && !kind.folders.is_empty()),
        thread: kinds.iter().any(|kind| kind.states.is_some() && !kind.folders.is_empty()),
        ..Wanted::default()
    };
    for field in folders.iter().flat_map(|(_, folder)| folder.fields()) {
        match field {
            FieldRef::Amount | FieldRef::Margin => wanted.money = true,
            FieldRef::Quantity | FieldRef::Rep => wanted.links = true,
            field if field.is_of_product() => wanted.links = true,
            FieldRef::Channel | FieldRef::Outcome | FieldRef::Mood | FieldRef::Minute => {
                wanted.words = true;
            }
            FieldRef::State | FieldRef::Open | FieldRef::Due => wanted.thread = true,
            FieldRef::Custom(..) => wanted.fields = true,
            _ => {}
        }
    }
    wanted
}

impl Pass<'_> {
    fn add(&mut self, row: &InteractionRow<'_>) {
        let Some(kind) = self.kinds.get(row.kind) else { return };
        let about = row.about.and_then(|about| self.heads.iter_mut().find(|it| it.id == about));
        // A row about an earlier one of its kind moves that one; it is none of its own. One of a kind
        // without states, such as a call about a complaint, moves it too.
        if let Some(head) = about
            && (head.kind == row.kind || kind.states.is_none())
        {
            let known = self.kinds[head.kind].states.as_ref();
            let is_known =
                |state: &str| known.is_some_and(|(all, _)| all.iter().any(|it| it == state));
            if let Some(state) = row.state.filter(|state| is_known(state)) {
                head.state = Some(state.to_owned());
            }
            if head.kind == row.kind {
                return;
            }
        } else if let Some((states, _)) = &kind.states
            && !(kind.folders.is_empty() && kind.following.is_empty())
        {
            let state = row.state.map(str::to_owned).or_else(|| states.first().cloned());
            self.heads.push(Head { id: row.id, kind: row.kind, state });
        }
        if kind.folders.is_empty() && kind.following.is_empty() {
            return;
        }
        let fields = row.fields.filter(|_| self.parses_fields);
        let seen = Seen {
            row,
            names: self.names,
            is_return: kind.is_purchase && row.amount.is_some_and(|amount| amount < 0),
            fields: fields.and_then(|text| serde_json::from_str(text).ok()),
        };
        for place in &kind.folders {
            self.folders[*place].1.add(&seen, row.id);
        }
        for place in &kind.following {
            self.folders[*place].1.add_following(row.happened);
        }
    }

    fn flush(&mut self) {
        let (heads, kinds) = (&self.heads, &self.kinds);
        let thread = |id: i64| {
            let head = heads.iter().find(|head| head.id == id)?;
            let (_, closing) = kinds[head.kind].states.as_ref()?;
            let closed = head.state.as_ref().is_some_and(|state| closing.contains(state));
            Some(Thread { state: head.state.as_deref(), open: !closed })
        };
        for (_, folder) in &mut self.folders {
            folder.flush(&thread);
        }
        self.heads.clear();
    }
}
