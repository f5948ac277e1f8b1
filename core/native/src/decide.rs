//! Plans and proposals: JSON from a plugin, checked and brought into the contract's form.

use kehu_contract::{
    Batch, Case, Columns, LabelValue, Plan, Proposal, Rule, Value, did_you_mean, plain,
};
use serde_json::{Map, Value as Json};

use crate::collect::arity;

/// The most proposals for one customer.
const PROPOSALS: usize = 50;
/// The most causes of one thing.
const CAUSES: usize = 50;
/// The most arguments of a cause.
const ARGUMENTS: usize = 8;
/// The longest text of an argument, a channel or a group.
const TEXT_BYTES: usize = 1_024;

/// What decisions may refer to.
pub(crate) struct Known<'a> {
    pub(crate) rules: &'a [Rule],
    pub(crate) as_of: i32,
}

/// The customer that a reason is about: a row of columns, where there are some.
type At<'a> = Option<(&'a Columns, usize)>;

/// Reads a plan. The engine checks that it solves the problem.
pub(crate) fn plan(emitted: &[u8], known: &Known<'_>) -> Result<Plan, String> {
    let mut plan = parse(emitted, "the plan")?;
    for day in list(&mut plan, "days")? {
        for stop in list(day, "stops")? {
            known.causes(stop, "a stop", None)?;
            default(stop, "travel_before", 0.into());
        }
    }
    for left in list(&mut plan, "left_out")? {
        known.causes(left, "a customer that is left out", None)?;
        default(left, "missing", 1.into());
    }
    serde_json::from_value(plan).map_err(|error| format!("the plan is none: {error}"))
}

/// Reads the proposals for a batch.
pub(crate) fn proposals(
    emitted: &[u8],
    known: &Known<'_>,
    actions: &[LabelValue],
    batch: &Batch,
    cases: &[Case],
) -> Result<Vec<Proposal>, String> {
    let parsed = parse(emitted, "the proposals")?;
    let Json::Array(items) = parsed else {
        return Err(format!("the proposals are {}, expected a list", kind(&parsed)));
    };
    let mut counts = vec![0_usize; batch.ids.len()];
    let mut proposals = Vec::with_capacity(items.len());
    for (at, mut item) in items.into_iter().enumerate() {
        let wrong = |what: String| format!("proposal {at}: {what}");
        let row = item.get("customer").and_then(Json::as_i64);
        let row = row.and_then(|customer| batch.ids.binary_search(&customer).ok());
        let about = row.map(|row| (&batch.columns, row));
        known.causes(&mut item, &format!("proposal {at}"), about)?;
        default(&mut item, "priority", 50.into());
        default(&mut item, "fact_day", known.as_of.into());
        let proposal: Proposal =
            serde_json::from_value(item).map_err(|error| wrong(error.to_string()))?;
        let row = batch
            .ids
            .binary_search(&proposal.customer)
            .map_err(|_| wrong(format!("customer {} is not in the batch", proposal.customer)))?;
        counts[row] += 1;
        if counts[row] > PROPOSALS {
            let customer = proposal.customer;
            return Err(wrong(format!("customer {customer} has more than {PROPOSALS}")));
        }
        check(&proposal, actions, cases.get(row)).map_err(wrong)?;
        proposals.push(proposal);
    }
    Ok(proposals)
}

fn check(proposal: &Proposal, actions: &[LabelValue], case: Option<&Case>) -> Result<(), String> {
    let action = &proposal.action;
    if !actions.iter().any(|known| known.key == *action) {
        let hint = did_you_mean(action, actions.iter().map(|known| known.key.as_str()));
        return Err(format!("action \"{action}\" is not declared in [actions]; {hint}"));
    }
    if !(0.0..=100.0).contains(&proposal.priority) {
        return Err(format!("priority is {}, expected 0 to 100", proposal.priority));
    }
    for text in [&proposal.channel, &proposal.group] {
        if text.len() > TEXT_BYTES || text.chars().any(char::is_control) {
            return Err("channel or group is no plain, short text".to_owned());
        }
    }
    if let Some(deal) = proposal.deal
        && !case.is_some_and(|case| case.deals.iter().any(|known| known.id == deal))
    {
        return Err(format!("deal {deal} is no open deal of this customer"));
    }
    Ok(())
}

impl Known<'_> {
    /// Puts places in for rules that are named by their ids, and checks the reasons of one thing.
    fn causes(&self, item: &mut Json, whose: &str, about: At<'_>) -> Result<(), String> {
        let causes = item.get_mut("causes").and_then(Json::as_array_mut);
        let causes = causes.filter(|causes| !causes.is_empty());
        let causes = causes.ok_or_else(|| format!("{whose} has no causes"))?;
        if causes.len() > CAUSES {
            return Err(format!("{whose} has more than {CAUSES} causes"));
        }
        for cause in causes {
            let Json::Object(cause) = cause else {
                return Err(format!("a cause of {whose} is {}", kind(cause)));
            };
            self.cause(cause, about).map_err(|what| format!("a cause of {whose}: {what}"))?;
        }
        Ok(())
    }

    fn cause(&self, cause: &mut Map<String, Json>, about: At<'_>) -> Result<(), String> {
        let place = match cause.get("rule") {
            Some(Json::String(id)) => {
                let place = self.rules.iter().position(|rule| rule.id == *id);
                place.ok_or_else(|| {
                    let known = self.rules.iter().map(|rule| rule.id.as_str());
                    format!("there is no rule \"{id}\"; {}", did_you_mean(id, known))
                })?
            }
            Some(Json::Number(place)) => place
                .as_u64()
                .and_then(|place| usize::try_from(place).ok())
                .filter(|place| *place < self.rules.len())
                .ok_or_else(|| format!("rule {place} is none of {}", self.rules.len()))?,
            _ => return Err("rule is missing".to_owned()),
        };
        cause.insert("rule".to_owned(), place.into());
        let arguments = cause.entry("arguments").or_insert_with(|| Json::Array(Vec::new()));
        let Json::Array(arguments) = arguments else {
            return Err(format!("arguments is {}", kind(arguments)));
        };
        let is_plain = |argument: &Json| match argument {
            Json::Null | Json::Number(_) => true,
            Json::String(text) => text.len() <= TEXT_BYTES && !text.chars().any(char::is_control),
            _ => false,
        };
        if arguments.len() > ARGUMENTS || !arguments.iter().all(is_plain) {
            return Err("arguments are at most 8 numbers and plain, short texts".to_owned());
        }
        complete(arguments, &self.rules[place], about)
    }
}

/// Adds what the rule itself knows, as with the reasons of columns: its input's value where no argument
/// is given, its limit where no second one is.
fn complete(arguments: &mut Vec<Json>, rule: &Rule, about: At<'_>) -> Result<(), String> {
    let input = rule.input.as_ref().zip(about);
    if let (true, Some((input, (columns, row)))) = (arguments.is_empty(), input)
        && let Some(data) = columns.get(input)
    {
        arguments.push(match data.value(row) {
            Value::Missing => Json::Null,
            Value::Number(number) => Json::from(number),
            Value::Flag(flag) => Json::from(u8::from(flag)),
            Value::Text(text) => Json::from(plain(&text, TEXT_BYTES)),
            Value::Day(day) => Json::from(date(day)),
        });
    }
    if let (1, Some(limit)) = (arguments.len(), rule.limit) {
        arguments.push(limit.into());
    }
    let (given, used) = (arguments.len(), arity(&rule.text));
    if given < used {
        let id = &rule.id;
        return Err(format!(
            "the sentence of rule \"{id}\" has {used} places, arguments fill {given}"
        ));
    }
    Ok(())
}

/// A day as people write it, from its number: the calendar's rule that repeats every 400 years.
fn date(day: i32) -> String {
    let shifted = i64::from(day) + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    // Years begin in March here, so that the leap day is their last.
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = (era * 400 + year + i64::from(month >= 10), (month + 2) % 12 + 1);
    format!("{year:04}-{month:02}-{of_month:02}")
}

fn parse(emitted: &[u8], what: &str) -> Result<Json, String> {
    if emitted.is_empty() {
        return Err(format!("{what} was not emitted"));
    }
    serde_json::from_slice(emitted).map_err(|error| format!("{what} is no JSON: {error}"))
}

fn list<'a>(of: &'a mut Json, key: &str) -> Result<&'a mut Vec<Json>, String> {
    let Json::Object(entries) = of else {
        return Err(format!("{} stands where an object is expected", kind(of)));
    };
    match entries.entry(key).or_insert_with(|| Json::Array(Vec::new())) {
        Json::Array(items) => Ok(items),
        other => Err(format!("\"{key}\" is {}, expected a list", kind(other))),
    }
}

fn default(item: &mut Json, key: &str, value: Json) {
    if let Json::Object(entries) = item {
        entries.entry(key).or_insert(value);
    }
}

fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_people_write_them() {
        for (day, expected) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (11_016, "2000-02-29"),
            (19_783, "2024-03-01"),
            (-719_162, "0001-01-01"),
            (2_932_896, "9999-12-31"),
        ] {
            assert_eq!(date(day), expected);
        }
    }
}
