//! What a pack's failure says, part by part, read from the text that is kept of it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{FailureKind, Hook};

/// Holds the parts of a failure, for programs. What the text does not say is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ToldFailure {
    /// What kind of failure it is, in the words of [`FailureKind::name`].
    pub kind: String,
    /// The hook that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hook: Option<String>,
    /// The step, where it is called otherwise than its hook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The id of the customer at which it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<i64>,
    /// The deal, record or row of a file at which it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What happened.
    pub message: String,
    /// The file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The line's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The calls that led there, innermost first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub called_from: Vec<String>,
    /// The inputs that the customer had, as they are shown.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<String, String>,
    /// What was used of a limit, what it is, and where it is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl ToldFailure {
    /// Reads the text of a [`crate::PackError`]; none for any other text.
    ///
    /// ```
    /// use kehu_contract::{FailureKind, PackError, ToldFailure};
    /// let mut error = PackError::new(FailureKind::Runtime, "silence", "c.amount is nil");
    /// error.customer = Some(7);
    /// error.place = Some(("scripts/silence/main.lua".to_owned(), 12));
    /// let told = ToldFailure::read(&error.to_string()).unwrap();
    /// assert_eq!((told.customer, told.line), (Some(7), Some(12)));
    /// assert_eq!(told.message, "c.amount is nil");
    /// ```
    pub fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let first = lines.next()?.strip_prefix("pack ")?;
        let kind = FailureKind::of_text(text)?;
        let (about, message) = first.split_once(&format!(": {} error: ", kind.name()))?;
        let mut told =
            Self { kind: kind.name().to_owned(), message: message.to_owned(), ..Self::default() };
        for part in about.split(", ").skip(1) {
            told.place(part);
        }
        for line in lines {
            told.line(line);
        }
        Some(told)
    }

    /// Reads a part of the first line: the hook, the customer, or what else it was about.
    fn place(&mut self, part: &str) {
        let (hook, step) = match part.split_once(" step ") {
            Some((hook, step)) => (hook, Some(step)),
            None => (part, None),
        };
        let customer = part
            .strip_prefix("customer C-")
            .and_then(|rest| rest.split(' ').next().and_then(|digits| digits.parse().ok()));
        if self.hook.is_none() && Hook::parse(hook).is_some() {
            self.hook = Some(hook.to_owned());
            self.step = step.map(str::to_owned);
        } else if customer.is_some() {
            self.customer = customer;
        } else {
            self.subject = Some(match self.subject.take() {
                Some(before) => format!("{before}, {part}"),
                None => part.to_owned(),
            });
        }
    }

    fn line(&mut self, line: &str) {
        if let Some(hint) = line.strip_prefix("hint: ") {
            self.hint = Some(hint.to_owned());
            return;
        }
        let line = line.strip_prefix("  ").unwrap_or(line);
        if let Some(place) = line.strip_prefix("--> ") {
            if let Some((file, number)) = place.rsplit_once(':') {
                self.file = Some(file.to_owned());
                self.line = number.parse().ok();
            }
        } else if let Some(call) = line.strip_prefix("called from ") {
            self.called_from.push(call.to_owned());
        } else if let (Some(limit), true) =
            (line.strip_prefix("used "), line.contains("the limit is"))
        {
            self.limit = Some(limit.to_owned());
        } else if let (Some(number), None) = (self.line, &self.source)
            && let Some(source) = line.strip_prefix(&format!("{number} | "))
        {
            self.source = Some(source.to_owned());
        } else if let Some((name, value)) = line.split_once(" = ")
            && !line.trim_start().starts_with('|')
        {
            self.inputs.insert(name.to_owned(), value.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Overstep, PackError};

    #[test]
    fn every_part_of_a_failure_is_read_back() {
        let error = PackError {
            step: Some((Hook::Stage, "early".to_owned())),
            customer: Some(12),
            subject: Some("deal D-3".to_owned()),
            place: Some(("scripts/a/main.lua".to_owned(), 40)),
            source: Some("local x = c.amount + 1".to_owned()),
            mark: Some("          ^^^^^^^^".to_owned()),
            traceback: vec!["scripts/a/main.lua:40 in early".to_owned()],
            inputs: vec![("amount".to_owned(), "missing".to_owned())],
            limit: Some(Overstep {
                set_by: "call_milliseconds in [limits]",
                used: "51.0 ms".to_owned(),
                allowed: "50 ms".to_owned(),
            }),
            hint: Some("test it first".to_owned()),
            ..PackError::new(FailureKind::TimeLimit, "a", "one deal took more than 50 ms")
        };
        let told = ToldFailure::read(&error.to_string()).unwrap();
        let expected = ToldFailure {
            kind: "time limit".to_owned(),
            hook: Some("stage".to_owned()),
            step: Some("early".to_owned()),
            customer: Some(12),
            subject: Some("deal D-3".to_owned()),
            message: "one deal took more than 50 ms".to_owned(),
            file: Some("scripts/a/main.lua".to_owned()),
            line: Some(40),
            source: Some("local x = c.amount + 1".to_owned()),
            called_from: vec!["scripts/a/main.lua:40 in early".to_owned()],
            inputs: BTreeMap::from([("amount".to_owned(), "missing".to_owned())]),
            limit: Some("51.0 ms, the limit is 50 ms: call_milliseconds in [limits]".to_owned()),
            hint: Some("test it first".to_owned()),
        };
        assert_eq!(told, expected);
        assert_eq!(ToldFailure::read("it needs \"tier\", which nobody gives"), None);
    }
}
