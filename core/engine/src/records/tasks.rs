//! Tasks: who does what by when.

use kehu_domain::{Day, DealId, Entity, Task, TaskId, TaskState};
use kehu_store::Reader;

use super::customers::optional;
use super::{Desk, RecordError, Result, names, values};

/// Holds what is to be said about a task.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskFacts {
    /// What is to be done.
    pub what: String,
    /// For which customer, by name or id.
    pub customer: Option<String>,
    /// About which deal, by name or id.
    pub deal: Option<String>,
    /// Who is to do it; the one who acts if nothing is said.
    pub rep: Option<String>,
    /// By when; today if nothing is said.
    pub due: Option<Day>,
}

/// Adds a task. One about a deal is for that deal's customer.
pub fn add(desk: &Desk<'_>, facts: &TaskFacts) -> Result<Task> {
    desk.write("task add", |writer| {
        let reader = writer.reader();
        let deal = optional(facts.deal.as_deref().unwrap_or_default(), |text| {
            let id = names::deal(reader, text)?;
            names::get::<kehu_domain::Deal>(reader, Entity::Deal, id.0)
        })?;
        let said = facts.customer.as_deref().unwrap_or_default();
        let customer = optional(said, |text| names::customer(reader, text))?;
        let of_deal = deal.as_ref().and_then(|deal| deal.customer);
        if let (Some(customer), Some(of_deal)) = (customer, of_deal)
            && customer != of_deal
        {
            return Err(RecordError::refused(format!("the deal is {of_deal}'s, not {customer}'s")));
        }
        let rep = match &facts.rep {
            Some(rep) => optional(rep, |text| names::rep(reader, text))?,
            None => desk.acting_rep(reader)?,
        };
        let what = values::line("what", &facts.what)?
            .ok_or_else(|| RecordError::invalid("say what is to be done"))?;
        let task = Task {
            id: 0,
            what,
            customer: customer.or(of_deal),
            deal: deal.map(|deal| DealId(deal.id)),
            rep,
            due: facts.due.unwrap_or(desk.act.today),
            state: TaskState::Open,
            since: None,
            until: None,
            reason: None,
            origin: None,
            key: None,
            known: desk.act.today,
        };
        let task = desk.put(writer, task)?;
        let summary = format!("added {} {}", TaskId(task.id), task.what);
        Ok((task, summary))
    })
}

/// Marks a task as done.
pub fn done(desk: &Desk<'_>, task: &str, reason: Option<&str>) -> Result<Task> {
    desk.write("task done", |writer| {
        let id = names::task(writer.reader(), task)?;
        let mut task: Task = names::get(writer.reader(), Entity::Task, id.0)?;
        if matches!(task.state, TaskState::Done | TaskState::Skipped) {
            let since = task.since.map(|day| format!(" since {day}")).unwrap_or_default();
            return Err(RecordError::refused(format!("{id} is closed{since}")));
        }
        task.state = TaskState::Done;
        task.since = Some(desk.act.today);
        task.until = None;
        if let Some(reason) = reason {
            task.reason = values::line("reason", reason)?;
        }
        let task = desk.put(writer, task)?;
        let summary = format!("done {id} {}", task.what);
        Ok((task, summary))
    })
}

/// Says which tasks are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskFilter {
    /// Those of one customer, by name or id.
    pub customer: Option<String>,
    /// Those of one rep, by name or id.
    pub rep: Option<String>,
    /// Those that are closed too.
    pub closed: bool,
    /// Those due on this day or earlier.
    pub due: Option<Day>,
}

/// The tasks that are wanted, in the order in which they are due.
pub fn list(reader: &dyn Reader, filter: &TaskFilter) -> Result<Vec<Task>> {
    let customer = filter.customer.as_deref().map(|text| names::customer(reader, text));
    let rep = filter.rep.as_deref().map(|text| names::rep(reader, text)).transpose()?;
    let mut tasks: Vec<Task> = Vec::new();
    reader.each(Entity::Task, customer.transpose()?, &mut |record| {
        tasks.extend(Task::try_from(record));
        Ok(())
    })?;
    tasks.retain(|task| {
        (filter.closed || matches!(task.state, TaskState::Open | TaskState::Snoozed))
            && (rep.is_none() || task.rep == rep)
            && filter.due.is_none_or(|due| task.due <= due)
    });
    tasks.sort_by_key(|task| (task.due, task.id));
    Ok(tasks)
}
