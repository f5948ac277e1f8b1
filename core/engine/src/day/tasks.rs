//! A rep's own tasks as lines of the worklist.

use std::collections::BTreeMap;

use kehu_contract::{Hook, Language, Text};
use kehu_domain::{Customer, Day, Deal, Entity, Fields, Record, Task, TaskId, TaskState};

use super::ask::Because;
use super::worklist::Line;
use super::{Closing, DayError, Work};

/// The place of a task in the list: below a deal that is about to close, above all other work, because
/// a person has promised it for a day.
const PRIORITY: f64 = 75.0;

/// The group of tasks, for whoever orders groups.
const GROUP: &str = "task";

/// The rep's open tasks that are due, as lines, and how many fall due later.
///
/// Tasks with a key are answers to other lines, whose packs say when they come back, but for those that
/// packs have made of an event: there the key keeps one fact from making two.
pub(super) fn due(work: &Work<'_>) -> Result<(Vec<Line>, usize), DayError> {
    let mut tasks: Vec<Task> = Vec::new();
    work.reader.each(Entity::Task, None, &mut |record| {
        tasks.extend(Task::try_from(record).ok().filter(|task| is_open(work, task)));
        Ok(())
    })?;
    let all = tasks.len();
    tasks.retain(|task| wanted_on(task) <= work.as_of);
    let later = all - tasks.len();
    let lines = tasks.iter().map(|task| line(work, task)).collect::<Result<_, _>>()?;
    Ok((lines, later))
}

fn is_open(work: &Work<'_>, task: &Task) -> bool {
    let is_open = matches!(task.state, TaskState::Open | TaskState::Snoozed);
    let is_theirs = task.rep == work.rep_id();
    is_open && is_theirs && is_own(task) && task.known <= work.as_of
}

/// True for a task that stands for itself, not for the answer to another line.
pub(super) fn is_own(task: &Task) -> bool {
    task.key.is_none() || is_of_event(task)
}

fn is_of_event(task: &Task) -> bool {
    let hook = |origin: &str| origin.rsplit('.').next().and_then(Hook::parse);
    task.origin.as_deref().and_then(hook) == Some(Hook::OnEvent)
}

/// The day on which a task comes into the list: when it is due, or when it was put off to.
fn wanted_on(task: &Task) -> Day {
    task.until.filter(|_| task.state == TaskState::Snoozed).unwrap_or(task.due)
}

fn line(work: &Work<'_>, task: &Task) -> Result<Line, DayError> {
    let reader = work.reader;
    let customer = match task.customer {
        Some(id) => reader.get(Entity::Customer, id.0)?.and_then(|it| Customer::try_from(it).ok()),
        None => None,
    };
    let deal = match task.deal {
        Some(id) => reader.get(Entity::Deal, id.0)?.and_then(|it| Deal::try_from(it).ok()),
        None => None,
    };
    let amount = deal.as_ref().and_then(|deal| deal.amount);
    let key = TaskId(task.id).to_string();
    Ok(Line {
        keys: vec![key.clone()],
        key,
        task: Some(TaskId(task.id)),
        pack: String::new(),
        hook: None,
        customer: task.customer,
        name: customer.map(|customer| customer.name).unwrap_or_default(),
        deal: task.deal.map(|id| (id, deal.map(|deal| deal.name).unwrap_or_default())),
        amount: amount.map(|amount| work.settings.currency.to_major(amount)),
        action: "task".to_owned(),
        title: Text::new(task.what.clone(), task.what.clone()),
        channel: String::new(),
        contact: false,
        seconds: 0,
        fits: true,
        due: task.due,
        promised: true,
        fact_day: task.due,
        priority: PRIORITY,
        value: 0.0,
        group: GROUP.to_owned(),
        about: None,
        state: None,
        fields: Fields::new(),
        edit: BTreeMap::new(),
        visit: None,
        because: vec![because(work, task)?],
        placed: Vec::new(),
        guidance: Vec::new(),
        withheld: Vec::new(),
        merged: Vec::new(),
    })
}

fn because(work: &Work<'_>, task: &Task) -> Result<Because, DayError> {
    let maker = work.reader.maker(Entity::Task, task.id)?;
    let by = task.origin.clone().or_else(|| maker.map(|operation| operation.by));
    let by = by.unwrap_or_else(|| "unknown".to_owned());
    // What a pack has made of an event is the pack's, by its title.
    let packs = work.packs.packs().iter();
    let mut packs =
        packs.filter(|pack| by.rsplit_once('.').is_some_and(|(it, _)| it == pack.name()));
    let title = packs.next().map(|pack| pack.manifest().title.clone());
    let by = title.unwrap_or_else(|| Text::new(by, ""));
    let why = task.reason.as_ref().filter(|_| is_of_event(task) && task.state == TaskState::Open);
    let (en, zh) = why.map(|why| (format!(": {why}"), format!("：{why}"))).unwrap_or_default();
    Ok(Because {
        pack: String::new(),
        rule: "task".to_owned(),
        text: Text::new(
            format!("task due {}, made by {}{en}", task.due, by.get(Language::En)),
            format!("任务于 {} 到期，由 {} 创建{zh}", task.due, by.get(Language::Zh)),
        ),
        file: String::new(),
        line: 0,
    })
}

/// The task as an answer leaves it.
pub(super) fn closed(
    work: &Work<'_>,
    id: TaskId,
    closing: &Closing,
    today: Day,
) -> Result<Task, DayError> {
    let found = work.reader.get(Entity::Task, id.0)?;
    let task = found.and_then(|record: Record| Task::try_from(record).ok());
    let mut task = task.ok_or_else(|| DayError::Answer(format!("there is no task {id}")))?;
    task.since = Some(today);
    match closing {
        Closing::Done { outcome, text } => {
            let said: Vec<&str> = outcome.iter().chain(text).map(String::as_str).collect();
            task.state = TaskState::Done;
            task.until = None;
            task.reason = (!said.is_empty()).then(|| said.join("; "));
        }
        Closing::Snooze { until } => {
            task.state = TaskState::Snoozed;
            task.until = Some(*until);
        }
        Closing::Skip { reason } => {
            task.state = TaskState::Skipped;
            task.until = None;
            task.reason = Some(reason.clone());
        }
    }
    Ok(task)
}
