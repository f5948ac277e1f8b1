//! How explanations read.

use kehu_contract::{ColumnType, Language, Text, Value};
use kehu_domain::Currency;
use kehu_engine::score::{Explanation, InputShown, ReasonShown, show_number, show_value};

use crate::locale;
use crate::table::{clean, wrap};

/// How much of what a step learned is shown in text; `--json` has all of it.
const LEARNED: usize = 12;

fn have_same_reasons(one: &Explanation, other: &Explanation) -> bool {
    one.reasons == other.reasons && one.not_fired == other.not_fired
}

/// The numbers and words of a state by their names, each as `name = value`. A name is made of those on the
/// way to it; `value` says nothing.
fn flatten(name: &str, value: &serde_json::Value, language: Language, found: &mut Vec<String>) {
    use serde_json::Value as Json;
    let within = |key: &str| match (name, locale::usual_word(key, language)) {
        ("", key) => key.to_owned(),
        (name, "value") => name.to_owned(),
        (name, key) => format!("{name} {key}"),
    };
    let shown = match value {
        Json::Null => return,
        Json::Object(entries) => {
            return entries.iter().for_each(|(key, value)| {
                flatten(&within(key), value, language, found);
            });
        }
        Json::Array(values) => {
            return (1..).zip(values).for_each(|(at, value): (usize, _)| {
                flatten(&within(&at.to_string()), value, language, found);
            });
        }
        Json::Number(number) => show_number(number.as_f64().unwrap_or(f64::NAN)),
        Json::String(text) => clean(text),
        Json::Bool(flag) => locale::yes_or_no(*flag).get(language).to_owned(),
    };
    found.push(format!("{} = {shown}", name.replace('_', " ")));
}

/// Gathers the lines of explanations.
pub(crate) struct ExplainPage<'a> {
    language: Language,
    currency: &'a Currency,
    width: Option<usize>,
    lines: Vec<String>,
    /// The columns that have been explained: each is once.
    explained: Vec<String>,
}

impl<'a> ExplainPage<'a> {
    pub(crate) fn new(language: Language, currency: &'a Currency, width: Option<usize>) -> Self {
        Self { language, currency, width, lines: Vec::new(), explained: Vec::new() }
    }

    /// The lines of single columns, with their inputs below them.
    pub(crate) fn of_one(mut self, explanations: &[Explanation]) -> Vec<String> {
        for explanation in explanations {
            self.push(0, "");
            self.explanation(explanation, 0);
        }
        self.lines
    }

    /// The lines of all columns, step by step: what a step learned and read is said once for all that it
    /// gives, and its inputs are explained where they were given.
    pub(crate) fn of_steps(mut self, explanations: &[Explanation]) -> Vec<String> {
        for step in explanations.chunk_by(|one, next| one.given_by == next.given_by) {
            let Some(first) = step.first() else { continue };
            self.push(0, "");
            let by = first.given_by.as_ref();
            let head = by.map(|by| format!("{} {}, {}", by.pack, by.version, by.step));
            self.push(0, &head.unwrap_or_default());
            for same in step.chunk_by(have_same_reasons) {
                self.columns(same);
            }
            self.fitted(first.state.as_ref(), 1);
            self.read(first);
            self.explained.extend(step.iter().map(|each| each.column.clone()));
        }
        self.lines
    }

    /// The lines of columns that have the same reasons.
    fn columns(&mut self, columns: &[Explanation]) {
        let heads = columns.iter().map(|each| {
            let value = self.explained_value(each);
            format!("{} = {value}", self.column(&each.column, each.title.as_ref(), &each.doc))
        });
        let head = heads.collect::<Vec<_>>().join(", ");
        self.wrapped(1, &head);
        for each in columns {
            self.overridden(each, 2);
        }
        if let Some(first) = columns.first() {
            for reason in &first.reasons {
                self.reason(reason, first.kind, 2);
            }
            self.not_fired(first, 2);
        }
    }

    /// What a step read, in one sentence.
    fn read(&mut self, explanation: &Explanation) {
        let read = explanation.inputs.iter().map(|input| {
            let above = self.explained.contains(&input.column);
            let above = if above { locale::SEE_ABOVE.get(self.language) } else { "" };
            let value = self.input_value(input);
            format!("{} = {value}{above}", self.heading(input))
        });
        let read = read.collect::<Vec<_>>().join(", ");
        if !read.is_empty() {
            let colon = locale::COLON.get(self.language);
            self.wrapped(1, &format!("{}{colon}{read}", locale::READ.get(self.language)));
        }
    }

    fn wrapped(&mut self, depth: usize, text: &str) {
        self.lines.extend(wrap(text, self.width, 2 * depth));
    }

    fn push(&mut self, depth: usize, text: &str) {
        self.lines.push(format!("{}{text}", "  ".repeat(depth)));
    }

    fn word(&self, text: &Text) -> String {
        clean(text.get(self.language))
    }

    /// A column by its title, with the name by which it is asked for.
    fn column(&self, name: &str, title: Option<&Text>, doc: &Text) -> String {
        let chinese = Some(doc).filter(|doc| self.language == Language::Zh && !doc.zh.is_empty());
        let title = title.or(chinese).map(|title| self.word(title));
        match title.filter(|title| title.to_lowercase() != name.replace('_', " ")) {
            Some(title) => format!("{title} ({name})"),
            None => name.to_owned(),
        }
    }

    /// What an input is called in a line of many: in Chinese by words alone.
    fn heading(&self, input: &InputShown) -> String {
        let InputShown { column, title, doc, .. } = input;
        match (self.language, title) {
            (Language::Zh, Some(title)) => self.word(title),
            (Language::Zh, None) if !doc.zh.is_empty() => self.word(doc),
            _ => column.clone(),
        }
    }

    /// A number, or an amount as lists show it.
    fn number(&self, number: f64, kind: ColumnType) -> String {
        let money = self.currency.from_major(number).filter(|_| kind == ColumnType::Money);
        money.map_or_else(|| show_number(number), |money| self.currency.show_grouped(money))
    }

    /// The value with its unit, and what people call it.
    fn value(&self, value: &Value, kind: ColumnType, unit: &str, label: Option<&Text>) -> String {
        let shown = match value {
            Value::Missing => return locale::MISSING.get(self.language).to_owned(),
            Value::Number(number) => self.number(*number, kind),
            Value::Flag(flag) => locale::yes_or_no(*flag).get(self.language).to_owned(),
            other => clean(&show_value(other).unwrap_or_default()),
        };
        let unit = locale::unit(unit, shown == "1", self.language);
        let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
        let usual = locale::usual_word(&shown, self.language).to_owned();
        let label = label.map_or(usual, |label| self.word(label));
        // The words first; the key is what conditions and overrides name.
        match Some(label).filter(|label| *label != shown) {
            Some(label) if matches!(value, Value::Text(_)) => format!("{label} ({shown})"),
            Some(label) => format!("{label}{unit}"),
            None => format!("{shown}{unit}"),
        }
    }

    fn explained_value(&self, explanation: &Explanation) -> String {
        let Explanation { value, kind, unit, label, .. } = explanation;
        self.value(value, *kind, unit, label.as_ref())
    }

    fn input_value(&self, input: &InputShown) -> String {
        self.value(&input.value, input.kind, &input.unit, input.label.as_ref())
    }

    fn explanation(&mut self, explanation: &Explanation, depth: usize) {
        let value = self.explained_value(explanation);
        let given_by = explanation
            .given_by
            .as_ref()
            .map(|by| format!("  [{} {}, {}]", by.pack, by.version, by.step));
        let Explanation { column, title, doc, .. } = explanation;
        let column = self.column(column, title.as_ref(), doc);
        let head = format!("{column} = {value}{}", given_by.unwrap_or_default());
        self.push(depth, &head);
        self.overridden(explanation, depth + 1);
        for reason in &explanation.reasons {
            self.reason(reason, explanation.kind, depth + 1);
        }
        self.not_fired(explanation, depth + 1);
        self.fitted(explanation.state.as_ref(), depth + 1);
        for input in &explanation.inputs {
            self.input(input, depth + 1);
        }
    }

    fn not_fired(&mut self, explanation: &Explanation, depth: usize) {
        for rule in &explanation.not_fired {
            let actual = self.value(&rule.actual, rule.kind, "", None);
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
            self.push(depth, &text);
        }
    }

    /// What the step learned from the whole base, such as cut-offs or the parameters of a model.
    fn fitted(&mut self, state: Option<&serde_json::Value>, depth: usize) {
        let mut learned = Vec::new();
        if let Some(state) = state {
            flatten("", state, self.language, &mut learned);
        }
        let more = learned.len().saturating_sub(LEARNED);
        learned.truncate(LEARNED);
        if more > 0 {
            learned.push(format!("… {more}"));
        }
        if !learned.is_empty() {
            let (word, colon) = (locale::LEARNED, locale::COLON);
            let (word, colon) = (word.get(self.language), colon.get(self.language));
            self.wrapped(depth, &format!("{word}{colon}{}", learned.join(", ")));
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
            self.value(&word.machine, explanation.kind, "", None),
        );
        self.push(depth, &text);
    }

    fn reason(&mut self, reason: &ReasonShown, kind: ColumnType, depth: usize) {
        let points = match reason.points {
            Some(0.0) => "· ".to_owned(),
            Some(points) if points < 0.0 => format!("{} ", self.number(points, kind)),
            Some(points) => format!("+{} ", self.number(points, kind)),
            None => "· ".to_owned(),
        };
        let mut text = format!("{points}{}", self.word(&reason.text));
        // What the host itself says stands in no file of the pack.
        if !reason.file.is_empty() {
            text += &format!("  {}:{}", reason.file, reason.line);
        }
        self.push(depth, &text);
    }

    fn input(&mut self, input: &InputShown, depth: usize) {
        match &input.because {
            Some(_) if self.explained.contains(&input.column) => {
                let value = self.input_value(input);
                let above = locale::SEE_ABOVE.get(self.language);
                let column = self.heading(input);
                self.push(depth, &format!("{column} = {value}{above}"));
            }
            None if self.explained.contains(&input.column) => {}
            Some(because) => {
                self.explained.push(input.column.clone());
                self.explanation(because, depth);
            }
            None => {
                self.explained.push(input.column.clone());
                let value = self.input_value(input);
                let doc = self.word(&input.doc);
                let column = self.column(&input.column, input.title.as_ref(), &input.doc);
                let is_said = doc.is_empty() || column.starts_with(&doc);
                let doc = if is_said { String::new() } else { format!("  {doc}") };
                self.push(depth, &format!("{column} = {value}{doc}"));
            }
        }
    }
}
