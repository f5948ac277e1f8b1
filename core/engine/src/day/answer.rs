//! A person's answer to a line of the list: done, snoozed or skipped.

use kehu_contract::nearest;
use kehu_domain::{
    Customer, Day, Entity, Interaction, InteractionId, OperationDraft, OperationId, Task, TaskState,
};
use kehu_store::Writer;

use super::contacts::{KINDS, kind_of};
use super::key::folded;
use super::worklist::{Line, Worklist};
use super::{DayError, Work, tasks};
use crate::hooks::effects::edited as edit_said;
use crate::records::{RecordError, customers, names, values};
use crate::settings::Settings;

/// The channels that a workspace knows: what is done by one of them can be logged.
pub fn known_channels(settings: &Settings) -> Vec<String> {
    let kinds = settings.kinds.iter().map(|kind| kind.name.clone());
    kinds.chain(KINDS.map(|(channel, _)| channel.to_owned())).collect()
}

/// Says what became of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closing {
    /// It was done; the interaction is logged.
    Done {
        /// What came of it.
        outcome: Option<String>,
        /// Words.
        text: Option<String>,
    },
    /// It comes back on a later day.
    Snooze {
        /// That day.
        until: Day,
    },
    /// It will not be done.
    Skip {
        /// Why.
        reason: String,
    },
}

/// Holds an answer: which line, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The line's key, or its beginning.
    pub key: String,
    /// What became of it.
    pub closing: Closing,
}

/// Says what an answer has written.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// The operation that was written.
    pub operation: OperationId,
    /// The line.
    pub line: Line,
    /// The interaction that was logged; none if nothing was done, if the line is a task, which says
    /// nothing of a channel, or if the workspace has no kind of interaction for the line's channel.
    pub interaction: Option<(InteractionId, String)>,
    /// True if the customer's record says something else now.
    pub edited: bool,
    /// What else was closed with it: the other purposes of the contact that are talk and no more.
    pub also: Vec<Line>,
    /// The other purposes that stay open, since doing them records a fact of their own.
    pub open: Vec<Line>,
}

/// Writes a person's answer to a line of a list, as one operation.
///
/// # Errors
/// That no line has the key, that the answer makes no sense, or what the store says.
pub fn answer(
    work: &Work<'_>,
    list: &Worklist,
    answer: &Answer,
    today: Day,
    draft: &OperationDraft,
) -> Result<Answered, DayError> {
    let line = find(list, &answer.key)?.clone();
    check(&answer.closing, today)?;
    let mut writer = work.store.write(draft)?;
    let interaction = match &answer.closing {
        Closing::Done { outcome, text } => {
            let said = (outcome.as_ref(), text.as_ref());
            log(work, writer.as_mut(), &line, said, today)?
        }
        Closing::Snooze { .. } | Closing::Skip { .. } => None,
    };
    let is_done = matches!(answer.closing, Closing::Done { .. });
    let (mut also, mut open) = (Vec::new(), Vec::new());
    for (at, topic) in line.topics().iter().enumerate() {
        if at > 0 && is_done && topic.records_a_fact() {
            open.push(topic.clone());
            continue;
        }
        close(work, writer.as_mut(), topic, &answer.closing, today)?;
        if at > 0 {
            also.push(topic.clone());
        }
    }
    let edited = is_done && edit(work, writer.as_mut(), &line, today)?;
    let mut told = summary(&line, &answer.closing);
    if edited {
        let why = line.because.first().map(|because| format!(" ({})", because.text.en));
        told = format!("{told}; {}{}", edit_said(&line.edit), why.unwrap_or_default());
    }
    writer.set_summary(&told);
    let operation = writer.commit()?;
    Ok(Answered { operation, line, interaction, edited, also, open })
}

/// Changes the customer's record as the line says; false if it says so already.
fn edit(
    work: &Work<'_>,
    writer: &mut dyn Writer,
    line: &Line,
    today: Day,
) -> Result<bool, DayError> {
    let Some(customer) = line.customer.filter(|_| !line.edit.is_empty()) else { return Ok(false) };
    let reader = writer.reader();
    let found = names::get::<Customer>(reader, Entity::Customer, customer.0);
    let mut customer = found.map_err(unfit)?;
    let before = customer.clone();
    customers::set(work.settings, reader, &mut customer, &line.edit).map_err(unfit)?;
    let is_other = customer != before;
    if is_other {
        writer.put(&customer.into(), today)?;
    }
    Ok(is_other)
}

fn unfit(error: RecordError) -> DayError {
    match error {
        RecordError::Store(error) => error.into(),
        other => DayError::Answer(other.to_string()),
    }
}

fn close(
    work: &Work<'_>,
    writer: &mut dyn Writer,
    line: &Line,
    closing: &Closing,
    today: Day,
) -> Result<(), DayError> {
    if let Some(id) = line.task {
        writer.put(&tasks::closed(work, id, closing, today)?.into(), today)?;
        return Ok(());
    }
    for key in &line.keys {
        writer.put(&task(work, line, key, closing, today).into(), today)?;
    }
    Ok(())
}

impl Worklist {
    /// True if a key, or the beginning of one, names something in the list.
    pub fn has(&self, key: &str) -> bool {
        !matches!(find(self, key), Err(DayError::UnknownKey { .. }))
    }
}

fn find<'a>(list: &'a Worklist, typed: &str) -> Result<&'a Line, DayError> {
    let key = folded(typed);
    // The leading purpose of a contact has the contact's key; the others can be answered alone.
    let whole = || list.lines.iter().chain(&list.withheld);
    let lines = || whole().chain(whole().flat_map(|line| line.merged.iter().skip(1)));
    let found: Vec<&Line> = lines().filter(|line| folded(&line.key).starts_with(&key)).collect();
    // T-1 is a whole key, and the beginning of T-12.
    if let Some(whole) = found.iter().find(|line| folded(&line.key) == key) {
        return Ok(whole);
    }
    match found[..] {
        [line] if !key.is_empty() => Ok(line),
        [] => {
            let hint = match nearest(&key, lines().map(|line| line.key.as_str())) {
                Some(near) => format!("did you mean {near}?"),
                None => "kehu today shows the keys of what is open".to_owned(),
            };
            Err(DayError::UnknownKey { key: typed.to_owned(), hint })
        }
        _ => {
            let keys = found.iter().take(8).map(|line| line.key.clone()).collect();
            Err(DayError::AmbiguousKey { key: typed.to_owned(), keys })
        }
    }
}

fn check(closing: &Closing, today: Day) -> Result<(), DayError> {
    match closing {
        Closing::Snooze { until } if *until <= today => Err(DayError::Answer(format!(
            "a line is snoozed until a day to come, and {until} has come: today is {today}"
        ))),
        Closing::Skip { reason } if reason.trim().is_empty() => {
            Err(DayError::Answer("a line is skipped for a reason".to_owned()))
        }
        _ => Ok(()),
    }
}

fn log(
    work: &Work<'_>,
    writer: &mut dyn Writer,
    line: &Line,
    (outcome, text): (Option<&String>, Option<&String>),
    today: Day,
) -> Result<Option<(InteractionId, String)>, DayError> {
    let kind = kind_of(&line.channel);
    // What is done without reaching the customer is still a step of the thread that it is about.
    let steps = line.about.as_ref().filter(|_| line.state.is_some());
    let kind = match (work.settings.kind(kind), steps) {
        (None, Some((_, thread))) => thread,
        _ => kind,
    };
    let Some(customer) = line.customer.filter(|_| work.settings.kind(kind).is_some()) else {
        return Ok(None);
    };
    let mut interaction = Interaction::new(customer, today, kind);
    interaction.rep = work.rep_id();
    interaction.about = line.about.as_ref().map(|(id, _)| *id);
    if interaction.about.is_some() {
        interaction.minute = work.settings.now_on(today);
    }
    interaction.state.clone_from(&line.state);
    interaction.fields.clone_from(&line.fields);
    interaction.deal = line.deal.as_ref().map(|(id, _)| *id);
    let is_other = kind != line.channel && !line.channel.is_empty();
    interaction.channel = is_other.then(|| line.channel.clone());
    let settings = work.settings;
    let outcome = outcome.map(|text| values::word(settings, "outcome", text)).transpose();
    interaction.outcome = outcome.map_err(unfit)?.flatten();
    // What changes the record keeps its reason beside it.
    let why = line.because.first().filter(|_| !line.edit.is_empty());
    let why = why.map(|because| because.text.get(work.settings.language).to_owned());
    interaction.text = text.cloned().or(why);
    let id = writer.put(&interaction.into(), today)?;
    Ok(Some((InteractionId(id), kind.to_owned())))
}

fn task(work: &Work<'_>, line: &Line, key: &str, closing: &Closing, today: Day) -> Task {
    let (state, until, reason) = match closing {
        Closing::Done { .. } => (TaskState::Done, None, None),
        Closing::Snooze { until } => (TaskState::Snoozed, Some(*until), None),
        Closing::Skip { reason } => (TaskState::Skipped, None, Some(reason.clone())),
    };
    Task {
        id: 0,
        what: line.title.get(work.settings.language).to_owned(),
        customer: line.customer,
        deal: line.deal.as_ref().map(|(id, _)| *id),
        rep: work.rep_id(),
        due: line.due,
        state,
        since: Some(today),
        until,
        reason,
        origin: line.hook.map(|hook| format!("{}.{}", line.pack, hook.name())),
        key: Some(key.to_owned()),
        known: today,
    }
}

fn summary(line: &Line, closing: &Closing) -> String {
    let what = match (line.task, line.customer) {
        (Some(task), _) => format!("{task} {}", line.title.en),
        (None, Some(customer)) => format!("{}, {} ({customer})", line.title.en, line.name),
        (None, None) => line.title.en.clone(),
    };
    match closing {
        Closing::Done { .. } => format!("done: {what}"),
        Closing::Snooze { until } => format!("snoozed until {until}: {what}"),
        Closing::Skip { .. } => format!("skipped: {what}"),
    }
}
