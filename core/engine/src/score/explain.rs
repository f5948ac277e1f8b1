//! Explanations: why a customer has the value that it has, down to the script line.

use kehu_contract::{
    Argument, ColumnType, Comparison, Reason, Reasons, Rule, Text, Value, percentile_ranks,
};
use kehu_domain::{CustomerId, Day};
use kehu_store::{Result, RunColumn, RunPack};
use serde::{Serialize, Serializer};

use super::belong::{Belonging, reads};
use super::overrides;
use super::view::RunView;
use crate::packs::EnabledPack;
use crate::settings::Settings;
use crate::wording::{Given, Voice};

/// Explains one value of one customer; its inputs that other steps gave are explained in turn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The column.
    pub column: String,
    /// Its type.
    #[serde(skip)]
    pub kind: ColumnType,
    /// What it is.
    pub doc: Text,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// The unit of a number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// The value that counts.
    #[serde(serialize_with = "plainly")]
    pub value: Value,
    /// What people call the value of a label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Text>,
    /// The person's word that counts in place of the machine's value.
    #[serde(rename = "override", skip_serializing_if = "Option::is_none")]
    pub overridden: Option<OverrideShown>,
    /// The pack, its version, its hash and the step; none for a feature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_by: Option<Explained>,
    /// The rules that fired, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<ReasonShown>,
    /// The declared tests that did not fire, if asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_fired: Vec<NotFired>,
    /// What the step read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<InputShown>,
    /// The settings that the pack ran with.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub settings: serde_json::Map<String, serde_json::Value>,
    /// What the step's look at the whole base returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<serde_json::Value>,
}

/// Shows the word of a person that counts in place of a machine's value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OverrideShown {
    /// What counts.
    #[serde(serialize_with = "plainly")]
    pub value: Value,
    /// What the machine gave.
    #[serde(serialize_with = "plainly")]
    pub machine: Value,
    /// The last day on which it counts; none if it counts for good.
    pub until: Option<Day>,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// The day on which it was said.
    pub known: Day,
}

/// Names the code that gave a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// The pack.
    pub pack: String,
    /// Its version.
    pub version: String,
    /// The hash of its files.
    pub hash: String,
    /// The step.
    pub step: String,
}

/// Shows one rule that fired.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReasonShown {
    /// The rule's name.
    pub rule: String,
    /// The points that it gave, for a sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<f64>,
    /// The sentence with its values put in.
    pub text: Text,
    /// The file that declares the rule.
    pub file: String,
    /// The line.
    pub line: u32,
    /// The line's text.
    pub source: String,
}

/// Shows one declared test that did not fire.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NotFired {
    /// The rule's name.
    pub rule: String,
    /// True if the test holds all the same: the script had decided before it came to this rule.
    pub holds: bool,
    /// What it tests.
    pub input: String,
    /// What was expected, such as `<= 30 (setting active_days)`.
    pub expected: String,
    /// The input's type.
    #[serde(skip)]
    pub kind: ColumnType,
    /// The input's value.
    #[serde(serialize_with = "plainly")]
    pub actual: Value,
    /// The file that declares the rule.
    pub file: String,
    /// The line.
    pub line: u32,
}

/// Shows one input of a step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InputShown {
    /// The column.
    pub column: String,
    /// Its type.
    #[serde(skip)]
    pub kind: ColumnType,
    /// What it is.
    pub doc: Text,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// The unit of a number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Its value.
    #[serde(serialize_with = "plainly")]
    pub value: Value,
    /// What people call the value of a label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Text>,
    /// Why, if another step gave it and a rule that fired refers to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<Box<Explanation>>,
}

/// Explains a column of a customer; none if the customer is not in the run. Of the inputs that other steps
/// gave those are explained in turn that counted: to which a rule that fired refers, or all of them where
/// no rule that fired refers to an input.
///
/// # Errors
/// What the store says.
pub fn explain(
    run: &RunView<'_>,
    customer: CustomerId,
    column: &RunColumn,
    voice: &Voice,
    why_not: bool,
) -> Result<Option<Explanation>> {
    match run.find(customer)? {
        Some((batch, row)) => {
            let place = Place { run, customer, voice, batch, row };
            place.explain(column, why_not, 0).map(Some)
        }
        None => Ok(None),
    }
}

/// The same without what the inputs rest on in turn, which takes many times as long: for those who ask about
/// many customers.
///
/// # Errors
/// What the store says.
pub fn explain_alone(
    run: &RunView<'_>,
    customer: CustomerId,
    column: &RunColumn,
    voice: &Voice,
) -> Result<Option<Explanation>> {
    let Some((batch, row)) = run.find(customer)? else { return Ok(None) };
    Place { run, customer, voice, batch, row }.explain(column, false, DEEPEST).map(Some)
}

/// What some columns of a customer are and why, without what their steps read; none if the customer is not
/// in the run.
///
/// # Errors
/// What the store says.
pub fn standing(
    run: &RunView<'_>,
    customer: CustomerId,
    columns: &[&RunColumn],
    voice: &Voice,
) -> Result<Option<Vec<Explanation>>> {
    let Some((batch, row)) = run.find(customer)? else { return Ok(None) };
    let place = Place { run, customer, voice, batch, row };
    let said = columns.iter().map(|column| Ok(place.say(column)?.0));
    said.collect::<Result<_>>().map(Some)
}

/// The reasons that a step has just given for one customer, in words.
pub(super) fn reasons_of(
    run: &RunView<'_>,
    settings: &Settings,
    pack: &EnabledPack,
    rules: &[Rule],
    reasons: &Reasons,
    value: &Value,
) -> Vec<ReasonShown> {
    let voice = Voice::of_run(run.header(), settings);
    let is_sum = is_sum(reasons.points(0), value);
    let shown = reasons.of(0).filter_map(|(reason, arguments)| {
        let rule = rules.get(usize::from(reason.rule))?;
        let given = given(arguments, reasons);
        let text = voice.tell(rule, &given, &|key| pack.voice.wording.of(key).cloned());
        Some(show_reason(rule, reason, text, is_sum))
    });
    shown.collect()
}

/// True if points make up a value: what was set at once carries its reason without points.
fn is_sum(points: f64, value: &Value) -> bool {
    match value {
        Value::Number(value) => (points - value).abs() <= 1e-9 * value.abs().max(1.0),
        _ => false,
    }
}

/// A customer's place in a run.
struct Place<'a> {
    run: &'a RunView<'a>,
    customer: CustomerId,
    voice: &'a Voice,
    batch: usize,
    row: usize,
}

/// Columns explain their inputs; a circle cannot be, but a damaged run could say so.
const DEEPEST: usize = 12;

impl Place<'_> {
    /// A column with its value and reasons, and the places of the rules that fired.
    fn say(&self, column: &RunColumn) -> Result<(Explanation, Vec<u16>)> {
        let name = &column.info.name;
        let value = self.value(name)?;
        let mut explanation = Explanation {
            column: name.clone(),
            kind: column.info.kind,
            doc: column.info.doc.clone(),
            title: column.info.title.clone(),
            unit: column.info.unit.clone(),
            label: label_of(column, &value).or_else(|| self.same_as_input(column, &value)),
            value,
            overridden: self.overridden(column),
            given_by: None,
            reasons: Vec::new(),
            not_fired: Vec::new(),
            inputs: Vec::new(),
            settings: serde_json::Map::new(),
            state: None,
        };
        let mut fired = Vec::new();
        if let (Some(pack), Some((_, step))) = (self.giver(column), &column.given_by) {
            explanation.given_by = Some(Explained {
                pack: pack.name.clone(),
                version: pack.version.clone(),
                hash: pack.hash.clone(),
                step: step.clone(),
            });
            explanation.settings.clone_from(&pack.settings);
            explanation.state = pack.states.get(step).cloned();
            fired = self.reasons(column, pack, &mut explanation.reasons)?;
        }
        Ok((explanation, fired))
    }

    /// The pack that gave a column; none for a feature.
    fn giver(&self, column: &RunColumn) -> Option<&RunPack> {
        let (name, _) = column.given_by.as_ref()?;
        self.run.header().packs.iter().find(|pack| pack.name == *name)
    }

    fn explain(&self, column: &RunColumn, why_not: bool, depth: usize) -> Result<Explanation> {
        let (mut explanation, fired) = self.say(column)?;
        let Some(pack) = self.giver(column) else { return Ok(explanation) };
        if why_not {
            explanation.not_fired = self.not_fired(pack, column, &fired)?;
        }
        let tested = |at: &u16| pack.rules.get(usize::from(*at))?.input.as_deref();
        let tested: Vec<&str> = fired.iter().filter_map(tested).collect();
        for input in &column.inputs {
            let counts = tested.is_empty() || tested.iter().any(|name| reads(input, name));
            let deeper = Some(depth + 1).filter(|depth| counts && *depth <= DEEPEST);
            explanation.inputs.extend(self.input(input, why_not, deeper)?);
        }
        Ok(explanation)
    }

    fn value(&self, name: &str) -> Result<Value> {
        Ok(self.run.values(name, self.batch)?.value(self.row))
    }

    fn overridden(&self, column: &RunColumn) -> Option<OverrideShown> {
        let applied = self.run.header().overrides.iter();
        let mut about = applied.filter(|each| {
            each.by_person.customer == self.customer && each.by_person.column == column.info.name
        });
        let last = about.next_back()?;
        let word = last.by_person.clone();
        let machine = last.machine.as_deref();
        Some(OverrideShown {
            value: overrides::read(column.info.kind, &word.value),
            machine: machine.map_or(Value::Missing, |text| overrides::read(column.info.kind, text)),
            until: word.until,
            reason: word.reason,
            by: word.by,
            known: word.known,
        })
    }

    /// Shows the reasons of a column and returns the places of the rules that fired.
    fn reasons(
        &self,
        column: &RunColumn,
        pack: &RunPack,
        shown: &mut Vec<ReasonShown>,
    ) -> Result<Vec<u16>> {
        let name = &column.info.name;
        let Some(reasons) = self.run.reasons(name, self.batch)? else { return Ok(Vec::new()) };
        if self.row >= reasons.ends.len() {
            return Ok(Vec::new());
        }
        let mut fired = Vec::new();
        let is_sum = is_sum(reasons.points(self.row), &self.value(name)?);
        for (reason, arguments) in reasons.of(self.row) {
            fired.push(reason.rule);
            if let Some(rule) = pack.rules.get(usize::from(reason.rule)) {
                let given = given(arguments, &reasons);
                let nearer = |key: &str| self.nearer(column, rule, key);
                let text = self.voice.tell(rule, &given, &nearer);
                shown.push(show_reason(rule, reason, text, is_sum));
            }
        }
        Ok(fired)
    }

    /// The type of the column that a rule tests; its rank in the base is a number.
    fn kind(&self, input: &str) -> ColumnType {
        self.run.column_info(input).map_or(ColumnType::Number, |column| column.info.kind)
    }

    /// What people call a text that a step has taken over from a label.
    fn same_as_input(&self, column: &RunColumn, value: &Value) -> Option<Text> {
        let same = column.inputs.iter().filter_map(|input| self.run.column_info(input));
        let mut same =
            same.filter(|input| self.value(&input.info.name).is_ok_and(|it| it == *value));
        same.find_map(|input| label_of(input, value))
    }

    /// What people call a key in a reason of a column: by the labels of what the rule tests, of what the step
    /// read (first of all where this customer has that very value), and of what the pack gives.
    fn nearer(&self, column: &RunColumn, rule: &Rule, key: &str) -> Option<Text> {
        let label = |of: &RunColumn| {
            of.values.iter().find(|label| label.key == key).map(|label| label.text.clone())
        };
        let labelled = |name: &str| Some((label(self.run.column_info(name)?)?, name.to_owned()));
        let tested = rule.input.as_deref().and_then(labelled);
        let read: Vec<_> = column.inputs.iter().filter_map(|name| labelled(name)).collect();
        let is_theirs = |(_, name): &&(Text, String)| {
            self.value(name).is_ok_and(|value| value == Value::Text(key.to_owned()))
        };
        let theirs = read.iter().find(is_theirs).cloned();
        let pack = column.given_by.as_ref().map(|(pack, _)| pack);
        let is_own = |other: &&RunColumn| other.given_by.as_ref().map(|(pack, _)| pack) == pack;
        let columns = self.run.header().columns.iter();
        tested
            .or(theirs)
            .or_else(|| read.first().cloned())
            .map(|(text, _)| text)
            .or_else(|| label(column))
            .or_else(|| columns.filter(is_own).find_map(label))
    }

    fn not_fired(
        &self,
        pack: &RunPack,
        column: &RunColumn,
        fired: &[u16],
    ) -> Result<Vec<NotFired>> {
        let belonging = Belonging::of(self.run, pack)?;
        let mut shown = Vec::new();
        for (at, rule) in (0_u16..).zip(&pack.rules) {
            let (Some(input), Some(comparison)) = (&rule.input, rule.comparison) else { continue };
            let Some(source) = column.inputs.iter().find(|name| reads(name, input)) else {
                continue;
            };
            if fired.contains(&at) || !belonging.holds(&column.info.name, at) {
                continue;
            }
            let is_money = self.kind(input) == ColumnType::Money;
            let limit =
                rule.limit.map(|limit| self.voice.number(limit, is_money)).unwrap_or_default();
            let setting =
                rule.setting.as_ref().map(|name| format!(" (setting {name})")).unwrap_or_default();
            let actual = self.input_value(source, input)?;
            shown.push(NotFired {
                rule: rule.id.clone(),
                holds: holds(comparison, rule.limit, &actual),
                input: input.clone(),
                kind: self.kind(input),
                expected: format!("{} {limit}{setting}", comparison.sign()).trim().to_owned(),
                actual,
                file: rule.file.clone(),
                line: rule.line,
            });
        }
        Ok(shown)
    }

    /// The value of an input as the script read it: the column itself, or its rank in the base.
    fn input_value(&self, source: &str, input: &str) -> Result<Value> {
        if source == input {
            return self.value(source);
        }
        let mut whole = self.run.values(source, 0)?;
        for batch in 1..self.run.batches() {
            whole.append(&self.run.values(source, batch)?);
        }
        let row = self.batch * kehu_contract::BATCH + self.row;
        Ok(percentile_ranks(&whole).value(row))
    }

    fn input(&self, name: &str, why_not: bool, depth: Option<usize>) -> Result<Option<InputShown>> {
        let Some(column) = self.run.column_info(name) else { return Ok(None) };
        let because = match depth.filter(|_| column.given_by.is_some()) {
            Some(depth) => Some(Box::new(self.explain(column, why_not, depth)?)),
            None => None,
        };
        let value = self.value(name)?;
        Ok(Some(InputShown {
            column: name.to_owned(),
            kind: column.info.kind,
            doc: column.info.doc.clone(),
            title: column.info.title.clone(),
            unit: column.info.unit.clone(),
            label: label_of(column, &value),
            value,
            because,
        }))
    }
}

/// What people call a value of a label.
fn label_of(column: &RunColumn, value: &Value) -> Option<Text> {
    let Value::Text(key) = value else { return None };
    column.values.iter().find(|each| each.key == *key).map(|each| each.text.clone())
}

/// True if a test holds for an input.
fn holds(comparison: Comparison, limit: Option<f64>, input: &Value) -> bool {
    match (input, limit) {
        (Value::Missing, _) => comparison == Comparison::Missing,
        (Value::Number(number), Some(limit)) => comparison.holds(*number, limit),
        (Value::Flag(flag), Some(limit)) => comparison.holds(f64::from(u8::from(*flag)), limit),
        _ => false,
    }
}

/// Serialises a value as what it is: a number in full, a day in ISO form, nothing where it is missing.
fn plainly<S: Serializer>(value: &Value, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    match value {
        Value::Missing => serializer.serialize_none(),
        Value::Flag(flag) => serializer.serialize_bool(*flag),
        Value::Number(number) => serializer.serialize_f64(*number),
        Value::Text(text) => serializer.serialize_str(text),
        Value::Day(day) => Day::from_number(*day).serialize(serializer),
    }
}

/// The arguments of a reason.
fn given<'r>(arguments: &[Argument], reasons: &'r Reasons) -> Vec<Given<'r>> {
    arguments.iter().map(|argument| Given::of(*argument, &reasons.texts)).collect()
}

fn show_reason(rule: &Rule, reason: &Reason, text: Text, is_sum: bool) -> ReasonShown {
    ReasonShown {
        rule: rule.id.clone(),
        points: is_sum.then_some(reason.points),
        text,
        file: rule.file.clone(),
        line: rule.line,
        source: rule.source.clone(),
    }
}
