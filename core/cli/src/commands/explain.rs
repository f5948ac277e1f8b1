use kehu_contract::{Language, Text, Value};
use kehu_domain::{CustomerId, Entity};
use kehu_engine::records::names;
use kehu_engine::score::{
    self, Explanation, InputShown, ReasonShown, RunView, show_number, show_value,
};
use serde_json::json;

use super::runs::run_id;
use crate::arguments::{DayWord, day};
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::locale;
use crate::output::show_json;
use crate::packs;
use crate::runs;
use crate::table::clean;

/// How much of what a step learned is shown in text; `--json` has all of it.
const LEARNED: usize = 12;

/// Says why a customer has the values that it has, down to the script line
///
/// Shows the latest run. The rules that fired stand below each value, with their points where the value
/// is a sum, and the inputs that other packs gave are explained in turn.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu explain 武汉钢铁 tier
  kehu explain C-12 lifecycle --why-not
  kehu explain C-12 --run S-3 --json")]
pub(crate) struct Args {
    /// The customer, by name or id
    customer: String,
    /// The column [default: all that packs give]
    column: Option<String>,
    /// Shows the tests of a column that did not fire, too
    ///
    /// A test belongs to a column if it fired for any customer of the run, or if no other column of its
    /// pack can have it.
    #[arg(long)]
    why_not: bool,
    /// An earlier run, such as S-3
    #[arg(long, value_name = "RUN", conflicts_with = "as_of")]
    run: Option<String>,
    /// The latest run of this day, computed now if there is none
    #[arg(long, value_name = "DAY", value_parser = day)]
    as_of: Option<DayWord>,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let workspace = context.open()?;
    let packs = packs::enabled(&workspace, context.shipped)?;
    let reader = workspace.read()?;
    let customer = names::customer(reader.as_ref(), &args.customer)?;
    let run = match (&args.run, args.as_of) {
        (Some(text), _) => runs::kept(reader.as_ref(), &packs, Some(run_id(text)?))?,
        (None, Some(word)) => {
            let as_of = word.on(workspace.act.today);
            runs::of_day(context, &workspace, &packs, reader.as_ref(), as_of)?
        }
        (None, None) => runs::kept(reader.as_ref(), &packs, None)?,
    };
    let explanations = explain(&run, customer, args)?;
    let name = names::Directory::new(reader.as_ref()).name(Entity::Customer, customer.0)?;
    let form = context.form(workspace.language);
    if form.json {
        return show_json(
            &mut context.printer,
            json!({
                "customer": customer.to_string(),
                "name": name,
                "as_of": run.as_of().to_string(),
                "explanations": explanations,
            }),
        );
    }
    let heading = format!("{} ({customer}), {}", clean(&name), run.as_of());
    context.printer.heading(&heading)?;
    for explanation in &explanations {
        context.printer.line("")?;
        let mut page = Lines { language: form.language, lines: Vec::new(), explained: Vec::new() };
        page.explanation(explanation, 0);
        for line in page.lines {
            context.printer.line(&line)?;
        }
    }
    Ok(())
}

fn explain(run: &RunView<'_>, customer: CustomerId, args: &Args) -> Result<Vec<Explanation>> {
    let columns: Vec<_> = match &args.column {
        Some(name) => match run.column_info(name) {
            Some(column) => vec![column.clone()],
            None => {
                let known = run.header().columns.iter().map(|column| column.info.name.as_str());
                let hint = kehu_contract::did_you_mean(name, known);
                let message = format!("the run of {} has no column \"{name}\"", run.as_of());
                return Err(CommandError::usage(message).hint(hint));
            }
        },
        None => {
            let given = run.header().columns.iter().filter(|column| column.given_by.is_some());
            given.cloned().collect()
        }
    };
    let mut explanations = Vec::new();
    for column in &columns {
        match score::explain(run, customer, column, args.why_not)? {
            Some(explanation) => explanations.push(explanation),
            None => {
                let message = format!("{customer} is not in the run of {}", run.as_of());
                return Err(CommandError::failed(message).hint(
                    "a run holds the customers that were known and not archived on its day",
                ));
            }
        }
    }
    Ok(explanations)
}

/// The numbers and words of a state by their names, each as `name = value`.
fn flatten(name: &str, value: &serde_json::Value, found: &mut Vec<String>) {
    use serde_json::Value as Json;
    let within = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") };
    match value {
        Json::Null => {}
        Json::Object(entries) => {
            entries.iter().for_each(|(key, value)| flatten(&within(key), value, found));
        }
        Json::Array(values) => {
            let places = values.iter().enumerate();
            places.for_each(|(at, value)| flatten(&within(&(at + 1).to_string()), value, found));
        }
        Json::Number(number) => {
            found.push(format!("{name} = {}", show_number(number.as_f64().unwrap_or(f64::NAN))));
        }
        Json::String(text) => found.push(format!("{name} = {}", clean(text))),
        Json::Bool(flag) => found.push(format!("{name} = {flag}")),
    }
}

/// Gathers the lines of an explanation.
struct Lines {
    language: Language,
    lines: Vec<String>,
    /// The columns that have been explained: each is once.
    explained: Vec<String>,
}

impl Lines {
    fn push(&mut self, depth: usize, text: &str) {
        self.lines.push(format!("{}{text}", "  ".repeat(depth)));
    }

    fn word(&self, text: &Text) -> String {
        clean(text.get(self.language))
    }

    /// The value with its unit, and what people call it.
    fn value(&self, value: &Value, unit: &str, label: Option<&Text>) -> String {
        let value = match value {
            Value::Missing => return locale::MISSING.get(self.language).to_owned(),
            Value::Number(number) => show_number(*number),
            Value::Flag(flag) => locale::yes_or_no(*flag).get(self.language).to_owned(),
            other => clean(&show_value(other).unwrap_or_default()),
        };
        let unit = locale::usual_word(unit, self.language);
        let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
        let usual = locale::usual_word(&value, self.language).to_owned();
        let label = label.map_or(usual, |label| self.word(label));
        match Some(label).filter(|label| *label != value) {
            Some(label) => format!("{value}{unit} ({label})"),
            None => format!("{value}{unit}"),
        }
    }

    fn explanation(&mut self, explanation: &Explanation, depth: usize) {
        let value = self.value(&explanation.value, &explanation.unit, explanation.label.as_ref());
        let given_by = explanation
            .given_by
            .as_ref()
            .map(|by| format!("  [{} {}, {}]", by.pack, by.version, by.step));
        let head = format!("{} = {value}{}", explanation.column, given_by.unwrap_or_default());
        self.push(depth, &head);
        self.overridden(explanation, depth + 1);
        for reason in &explanation.reasons {
            self.reason(reason, depth + 1);
        }
        for rule in &explanation.not_fired {
            let actual = self.value(&rule.actual, "", None);
            let word = if rule.holds { locale::NOT_REACHED } else { locale::NOT_FIRED };
            let text = format!(
                "{} {}: {} = {actual}, {} {}  {}:{}",
                word.get(self.language),
                rule.rule,
                rule.input,
                locale::EXPECTED.get(self.language),
                self.expected(&rule.expected),
                rule.file,
                rule.line
            );
            self.push(depth + 1, &text);
        }
        self.fitted(explanation.state.as_ref(), depth + 1);
        for input in &explanation.inputs {
            self.input(input, depth + 1);
        }
    }

    /// What the step learned from the whole base, such as cut-offs or the parameters of a model.
    fn fitted(&mut self, state: Option<&serde_json::Value>, depth: usize) {
        let mut learned = Vec::new();
        if let Some(state) = state {
            flatten("", state, &mut learned);
        }
        let more = learned.len().saturating_sub(LEARNED);
        learned.truncate(LEARNED);
        if more > 0 {
            learned.push(format!("… {more}"));
        }
        if !learned.is_empty() {
            let word = locale::LEARNED.get(self.language);
            self.push(depth, &format!("{word}: {}", learned.join(", ")));
        }
    }

    /// What a test expects, such as `<= 30 (setting active_days)`.
    fn expected(&self, expected: &str) -> String {
        match (self.language, expected) {
            (Language::En, _) => expected.to_owned(),
            (Language::Zh, "missing") => locale::MISSING.get(self.language).to_owned(),
            (Language::Zh, _) => expected.replace("(setting ", "(设置 "),
        }
    }

    fn overridden(&mut self, explanation: &Explanation, depth: usize) {
        let Some(word) = &explanation.overridden else { return };
        let until = word.until.map(|day| format!(", {} {day}", locale::UNTIL.get(self.language)));
        let text = format!(
            "{} {}: {}{} ({} {})",
            locale::OVERRIDDEN.get(self.language),
            clean(&word.by),
            clean(&word.reason),
            until.unwrap_or_default(),
            locale::MACHINE_SAYS.get(self.language),
            self.value(&word.machine, "", None),
        );
        self.push(depth, &text);
    }

    fn reason(&mut self, reason: &ReasonShown, depth: usize) {
        let points = match reason.points {
            Some(points) if points < 0.0 => format!("{} ", show_number(points)),
            Some(points) => format!("+{} ", show_number(points)),
            None => "· ".to_owned(),
        };
        let text = format!("{points}{}  {}:{}", self.word(&reason.text), reason.file, reason.line);
        self.push(depth, &text);
    }

    fn input(&mut self, input: &InputShown, depth: usize) {
        match &input.because {
            _ if self.explained.contains(&input.column) => {}
            Some(because) => {
                self.explained.push(input.column.clone());
                self.explanation(because, depth);
            }
            None => {
                self.explained.push(input.column.clone());
                let value = self.value(&input.value, &input.unit, None);
                let doc = self.word(&input.doc);
                let doc = if doc.is_empty() { doc } else { format!("  {doc}") };
                self.push(depth, &format!("{} = {value}{doc}", input.column));
            }
        }
    }
}
