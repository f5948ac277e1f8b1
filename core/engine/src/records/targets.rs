//! Targets: what is to be reached in a period.

use kehu_domain::{Day, Entity, Target, TargetId};
use kehu_store::Reader;

use super::customers::optional;
use super::{Desk, RecordError, Result, names, values};

/// Holds what is to be said about a target.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetFacts {
    /// What is measured, such as `amount`.
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
            measure: values::name("measure", &facts.measure)?,
            from: facts.from,
            to: facts.to,
            value: values::number("value", facts.value)?,
        };
        let target = desk.put(writer, target)?;
        let summary = format!("added {} {}", TargetId(target.id), target.measure);
        Ok((target, summary))
    })
}

/// All targets in id order.
pub fn list(reader: &dyn Reader) -> Result<Vec<Target>> {
    let mut targets = Vec::new();
    reader.each(Entity::Target, None, &mut |record| {
        targets.extend(Target::try_from(record));
        Ok(())
    })?;
    Ok(targets)
}
