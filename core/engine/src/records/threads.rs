//! Interactions by what people call them: the customer's open complaint, the promise about samples, the last
//! visit.

use kehu_contract::ThreadView;
use kehu_domain::{CustomerId, Day, DealId, Entity, Interaction, InteractionId, Kind};
use kehu_store::Reader;

use super::{RecordError, Result, interactions, names};
use crate::day::cases::Cases;
use crate::settings::Settings;

/// How many words of what was said tell interactions apart.
const SAID: usize = 40;

/// Finds a customer's interaction that something new is about: by id, by a kind that has states (the one
/// that is open, or that has yet to come into `state`, such as a complaint that is resolved and not
/// confirmed), by another kind (the last one), or by a part of what such a one says.
///
/// # Errors
/// That there is none, or several: then with what tells them apart.
pub fn open(
    settings: &Settings,
    reader: &dyn Reader,
    customer: CustomerId,
    text: &str,
    state: Option<&str>,
    today: Day,
) -> Result<InteractionId> {
    if names::parse_id(Entity::Interaction, text.trim()).is_some() {
        return names::interaction(reader, text);
    }
    Search::new(settings, reader, customer, today)?.open(text, state)
}

/// Finds any of a customer's interactions in the same way; where none is open, among those that are closed.
///
/// # Errors
/// That there is none, or several: then with what tells them apart.
pub fn any(
    settings: &Settings,
    reader: &dyn Reader,
    customer: CustomerId,
    text: &str,
    today: Day,
) -> Result<InteractionId> {
    if names::parse_id(Entity::Interaction, text.trim()).is_some() {
        let id = names::interaction(reader, text)?;
        let found: Interaction = names::get(reader, Entity::Interaction, id.0)?;
        if found.customer != customer {
            return Err(RecordError::refused(format!(
                "{id} happened with {}, not with {customer}",
                found.customer
            )));
        }
        return Ok(id);
    }
    Search::new(settings, reader, customer, today)?.any(text)
}

/// What there is to choose from.
struct Search<'a> {
    settings: &'a Settings,
    reader: &'a dyn Reader,
    customer: CustomerId,
    threads: Vec<ThreadView>,
}

impl<'a> Search<'a> {
    fn new(
        settings: &'a Settings,
        reader: &'a dyn Reader,
        customer: CustomerId,
        today: Day,
    ) -> Result<Self> {
        let threads = Cases::new(reader, settings, today)?.happened(customer)?.1;
        Ok(Self { settings, reader, customer, threads })
    }

    fn open(&self, text: &str, state: Option<&str>) -> Result<InteractionId> {
        let Ok(kind) = interactions::kind(self.settings, text) else {
            let saying = self.threads.iter().filter(|each| says(each, text));
            return match self.one(text, &self.going_on(saying, state))? {
                Some(id) => Ok(id),
                None => Err(self.nothing_says(text)?),
            };
        };
        if kind.states.is_empty() {
            return self.last_of(kind, text);
        }
        let of_kind = || self.threads.iter().filter(|thread| thread.kind == kind.name);
        match self.one(text, &self.going_on(of_kind(), state))? {
            Some(id) => Ok(id),
            None => Err(self.none_open(kind, of_kind().next_back())?),
        }
    }

    /// Those of some threads that have yet to come into the state that is given, unless nothing follows
    /// theirs; where there are none, those that are open.
    fn going_on<'t>(
        &self,
        threads: impl Iterator<Item = &'t ThreadView>,
        state: Option<&str>,
    ) -> Vec<&'t ThreadView> {
        let threads: Vec<&ThreadView> =
            threads.filter(|each| each.open || !self.is_final(each)).collect();
        let before = threads.iter().filter(|each| self.is_before(each, state));
        let before: Vec<&ThreadView> = before.copied().collect();
        if !before.is_empty() {
            return before;
        }
        threads.into_iter().filter(|each| each.open).collect()
    }

    /// True if nothing follows the state of a thread.
    fn is_final(&self, thread: &ThreadView) -> bool {
        let finals = self.settings.kind(&thread.kind).map_or(&[][..], |kind| &kind.finals);
        thread.state.as_ref().is_some_and(|state| finals.contains(state))
    }

    /// True if a thread has yet to come into a state of its kind.
    fn is_before(&self, thread: &ThreadView, state: Option<&str>) -> bool {
        let states = self.settings.kind(&thread.kind).map_or(&[][..], |kind| &kind.states);
        let at = |state: &str| {
            let exact = states.iter().position(|each| each == state);
            exact.or_else(|| states.iter().position(|each| each.starts_with(state)))
        };
        let (now, then) = (thread.state.as_deref().and_then(at), state.and_then(at));
        now.zip(then).is_some_and(|(now, then)| now < then)
    }

    fn any(&self, text: &str) -> Result<InteractionId> {
        let Ok(kind) = interactions::kind(self.settings, text) else {
            let saying = self.threads.iter().filter(|each| says(each, text));
            return match self.one(text, &saying.collect::<Vec<_>>())? {
                Some(id) => Ok(id),
                None => self.last_saying(text),
            };
        };
        let of_kind = || self.threads.iter().filter(|thread| thread.kind == kind.name);
        let open: Vec<&ThreadView> = of_kind().filter(|thread| thread.open).collect();
        for threads in [open, of_kind().collect()] {
            if let Some(id) = self.one(text, &threads)? {
                return Ok(id);
            }
        }
        self.last_of(kind, text)
    }

    /// The only one of some threads; none if there is none.
    fn one(&self, text: &str, threads: &[&ThreadView]) -> Result<Option<InteractionId>> {
        match threads {
            [] => Ok(None),
            [one] => Ok(Some(InteractionId(one.id))),
            _ => {
                let shown = threads.iter().take(names::CANDIDATES);
                Err(RecordError::Ambiguous {
                    entity: Entity::Interaction,
                    text: text.to_owned(),
                    candidates: shown
                        .map(|thread| (InteractionId(thread.id).to_string(), self.shown(thread)))
                        .collect(),
                    more: threads.len() > names::CANDIDATES,
                    option: None,
                })
            }
        }
    }

    /// What tells a thread from others: its kind, day and deal, and what it says.
    fn shown(&self, thread: &ThreadView) -> String {
        let title = title(self.settings, &thread.kind);
        let day = Day::from_number(thread.opened).map(|day| day.to_string()).unwrap_or_default();
        let deal = thread.deal.map(|deal| format!(" {}", DealId(deal))).unwrap_or_default();
        let said: String = thread.text.as_deref().unwrap_or_default().chars().take(SAID).collect();
        format!("{title} {day}{deal} {said}").trim_end().to_owned()
    }

    /// The last interaction of a kind.
    fn last_of(&self, kind: &Kind, text: &str) -> Result<InteractionId> {
        let all = interactions::list(self.reader, self.customer)?;
        match all.iter().find(|each| each.kind == kind.name) {
            Some(last) => Ok(InteractionId(last.id)),
            None => Err(RecordError::refused(format!("{} has no {text} yet", self.who()?))),
        }
    }

    fn last_saying(&self, text: &str) -> Result<InteractionId> {
        let wanted = names::fold(text);
        let all = interactions::list(self.reader, self.customer)?;
        let says = |each: &&Interaction| {
            each.text.as_deref().is_some_and(|said| names::fold(said).contains(&wanted))
        };
        match all.iter().find(says) {
            Some(last) if !wanted.is_empty() => Ok(InteractionId(last.id)),
            _ => Err(RecordError::refused(format!(
                "nothing that happened with {} says \"{text}\"",
                self.who()?
            ))
            .hint(format!(
                "write an id, a kind or a part of the words; see: kehu interaction list {}",
                self.customer
            ))),
        }
    }

    fn who(&self) -> Result<String> {
        let name = names::Directory::new(self.reader).name(Entity::Customer, self.customer.0)?;
        Ok(format!("{name} ({})", self.customer))
    }

    fn none_open(&self, kind: &Kind, last: Option<&ThreadView>) -> Result<RecordError> {
        let (name, customer) = (&kind.name, self.customer);
        let error = RecordError::refused(format!("{} has no open {name}", self.who()?));
        Ok(match last {
            Some(last) => {
                let (id, state) = (InteractionId(last.id), last.state.as_deref());
                error.hint(format!(
                    "the last one, {id}, is {}; to go on with it: --about {id}",
                    state.unwrap_or("closed")
                ))
            }
            None => error.hint(format!("to record one: kehu log {name} {customer} --text …")),
        })
    }

    fn nothing_says(&self, text: &str) -> Result<RecordError> {
        let who = self.who()?;
        let error = RecordError::refused(format!("nothing open at {who} says \"{text}\""));
        let open = self.threads.iter().filter(|thread| thread.open).take(names::CANDIDATES);
        let open: Vec<String> = open
            .map(|thread| format!("{} {}", InteractionId(thread.id), self.shown(thread)))
            .collect();
        Ok(if open.is_empty() {
            error.hint("nothing is open there; write an id, a kind or a part of the words")
        } else {
            error.hint(format!("open is: {}", open.join("; ")))
        })
    }
}

fn says(thread: &ThreadView, text: &str) -> bool {
    let wanted = names::fold(text);
    let said = thread.text.as_deref().map(names::fold);
    !wanted.is_empty() && said.is_some_and(|said| said.contains(&wanted))
}

fn title<'a>(settings: &'a Settings, name: &'a str) -> &'a str {
    settings.kind(name).map_or(name, |kind| {
        let is_chinese = settings.language == kehu_contract::Language::Zh;
        if is_chinese && !kind.zh.is_empty() { &kind.zh } else { &kind.en }
    })
}
