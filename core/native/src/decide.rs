//! Plans and proposals: JSON from a plugin, checked and brought into the contract's form.

use kehu_contract::{Batch, Case, LabelValue, Plan, Proposal, Rule, did_you_mean};
use serde_json::{Map, Value as Json};

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

/// Reads a plan. The engine checks that it solves the problem.
pub(crate) fn plan(emitted: &[u8], known: &Known<'_>) -> Result<Plan, String> {
    let mut plan = parse(emitted, "the plan")?;
    for day in list(&mut plan, "days")? {
        for stop in list(day, "stops")? {
            known.causes(stop, "a stop")?;
            default(stop, "travel_before", 0.into());
        }
    }
    for left in list(&mut plan, "left_out")? {
        known.causes(left, "a customer that is left out")?;
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
        known.causes(&mut item, &format!("proposal {at}"))?;
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
    fn causes(&self, item: &mut Json, whose: &str) -> Result<(), String> {
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
            self.cause(cause).map_err(|what| format!("a cause of {whose}: {what}"))?;
        }
        Ok(())
    }

    fn cause(&self, cause: &mut Map<String, Json>) -> Result<(), String> {
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
        let arguments = match cause.get("arguments") {
            None => return Ok(()),
            Some(Json::Array(arguments)) => arguments,
            Some(other) => return Err(format!("arguments is {}", kind(other))),
        };
        let plain = |argument: &Json| match argument {
            Json::Null | Json::Number(_) => true,
            Json::String(text) => text.len() <= TEXT_BYTES && !text.chars().any(char::is_control),
            _ => false,
        };
        if arguments.len() > ARGUMENTS || !arguments.iter().all(plain) {
            return Err("arguments are at most 8 numbers and plain, short texts".to_owned());
        }
        Ok(())
    }
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
