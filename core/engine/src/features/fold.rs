//! The fold of one feature: rows of one customer in, one value out.

use kehu_contract::{
    Aggregate, ColumnData, ColumnType, Comparison, Feature, MISSING_DAY, MISSING_FLAG, Span,
    TextBuilder,
};
use kehu_domain::Day;

use super::field::{Datum, FieldRef, Row};
use super::when;
use crate::settings::Settings;

/// Tests one field of a row.
struct Test {
    field: FieldRef,
    comparison: Comparison,
    values: Vec<serde_json::Value>,
    divisor: f64,
    as_of: i32,
}

/// The day of a row that has none: it is before all windows, and no days are counted from it.
pub(super) const NEVER: i32 = i32::MIN + 1;

/// What a test writes for any value at all.
const ANY: &str = "*";

impl Test {
    fn holds(&self, datum: Datum<'_>) -> bool {
        let equal = |value: &serde_json::Value| match (datum, value) {
            (datum, serde_json::Value::String(any)) if any == ANY => datum != Datum::Missing,
            (Datum::Text(text), serde_json::Value::String(other)) => text == other,
            (Datum::Day(day), serde_json::Value::String(other)) => {
                when::is_within(day, other, self.as_of)
            }
            (Datum::Flag(flag), serde_json::Value::Bool(other)) => flag == *other,
            (Datum::Number(number), serde_json::Value::Number(other)) => other
                .as_f64()
                .is_some_and(|other| (number / self.divisor).total_cmp(&other).is_eq()),
            _ => false,
        };
        match self.comparison {
            Comparison::Equal => self.values.iter().any(equal),
            Comparison::Unequal => !self.values.iter().any(equal),
            comparison => self.values.iter().any(|value| {
                let limit = match value {
                    serde_json::Value::String(text) => when::day(text, self.as_of).map(f64::from),
                    value => value.as_f64(),
                };
                match (datum.number(), limit) {
                    (Some(number), Some(limit)) => comparison.holds(number / self.divisor, limit),
                    _ => false,
                }
            }),
        }
    }
}

/// The minutes of a day; what has no time of day happened before its end.
const MINUTES: i32 = 1_440;

/// A row that waits for the customer's later rows, on which it depends.
struct Waiting {
    day: i32,
    thread: i64,
    is_return: bool,
    number: Option<f64>,
    text: Option<String>,
}

/// What is known of a thread when all its rows have been seen.
pub(super) struct Thread<'a> {
    pub(super) state: Option<&'a str>,
    pub(super) open: bool,
}

/// The running values of one customer.
#[derive(Default)]
struct Running {
    rows: u32,
    /// True once a row has passed all tests, returns among them.
    taken: bool,
    days: u32,
    first_day: Option<i32>,
    first_taken: Option<i32>,
    last_day: i32,
    /// The earliest and the latest moment, in minutes.
    moments: Option<(i32, i32)>,
    numbers: u32,
    sum: f64,
    least: f64,
    greatest: f64,
    first: Option<(Option<f64>, Option<String>)>,
    last: Option<(Option<f64>, Option<String>)>,
    counts: Vec<(String, u32)>,
    waiting: Vec<Waiting>,
    following: Vec<i32>,
}

/// Folds one feature over customers in id order.
pub(super) struct Folder<'a> {
    feature: &'a Feature,
    field: Option<FieldRef>,
    divisor: f64,
    from: i32,
    to: i32,
    as_of: i32,
    /// The minute of the as-of day at which all is seen.
    minute: i32,
    tests: Vec<Test>,
    late_tests: Vec<Test>,
    running: Running,
    out: Out,
    /// True once a row has carried the field, whatever its day.
    pub(super) seen: bool,
}

enum Out {
    Number(Vec<f64>),
    Text(TextBuilder),
    Day(Vec<i32>),
    Flag(Vec<u8>),
}

/// The first and last day of a feature's window.
pub(super) fn window(within: Option<Span>, back: u32, as_of: Day) -> (i32, i32) {
    let Some(span) = within else {
        return (i32::MIN, as_of.number());
    };
    // The window of 12 months that ends on 30 June begins on 1 July: the as-of day is in it.
    let end = |back: u32| match span {
        Span::Days(days) => {
            as_of.plus_days(-(days.saturating_mul(back).min(5_000_000).cast_signed()))
        }
        Span::Months(months) => as_of.minus_months(months.saturating_mul(back).min(120_000)),
    };
    (end(back + 1).number() + 1, end(back).number())
}

impl<'a> Folder<'a> {
    pub(super) fn new(feature: &'a Feature, settings: &Settings, as_of: Day) -> Self {
        let parse = |name: &str| FieldRef::parse(&feature.source, name, settings).ok();
        let factor = 10_f64.powi(settings.currency.scale().cast_signed());
        let divisor = |field: &FieldRef| if field.is_money() { factor } else { 1.0 };
        let hours = feature.aggregate.counts_hours().then_some(FieldRef::Minute);
        let field = feature.field.as_deref().and_then(parse).or(hours);
        let tests = feature.tests.iter().filter_map(|test| {
            let field = parse(&test.field)?;
            let divisor = divisor(&field);
            let (comparison, values) = (test.comparison, test.values.clone());
            Some(Test { field, comparison, values, divisor, as_of: as_of.number() })
        });
        let (late_tests, tests) = tests.partition(|test| {
            test.field.is_late() && matches!(feature.source, kehu_contract::Source::Interactions(_))
        });
        let (from, to) = window(feature.within, feature.back, as_of);
        let out = match feature.info.kind {
            ColumnType::Number | ColumnType::Money => Out::Number(Vec::new()),
            ColumnType::Label | ColumnType::Text => Out::Text(TextBuilder::default()),
            ColumnType::Day => Out::Day(Vec::new()),
            ColumnType::Flag => Out::Flag(Vec::new()),
        };
        Self {
            feature,
            divisor: field.as_ref().map_or(1.0, divisor),
            field,
            from,
            to,
            as_of: as_of.number(),
            minute: settings.minute_of(as_of),
            tests,
            late_tests,
            running: Running::default(),
            out,
            seen: feature.aggregate != Aggregate::Sum,
        }
    }

    /// The fields that it reads, for the scan.
    pub(super) fn fields(&self) -> impl Iterator<Item = &FieldRef> {
        self.field.iter().chain(self.tests.iter().chain(&self.late_tests).map(|test| &test.field))
    }

    /// Takes a row; `thread` is the id under which [`Folder::flush`] asks for its thread.
    pub(super) fn add(&mut self, row: &impl Row, thread: i64) {
        let day = row.day();
        if self.field.is_none() && !self.waits() && self.tests.is_empty() {
            return self.add_bare(day, row.is_return());
        }
        let datum = self.field.as_ref().map_or(Datum::Missing, |field| row.get(field));
        self.seen |= datum != Datum::Missing;
        let first_day = *self.running.first_day.get_or_insert(day);
        if day < self.from
            || day > self.to
            || (self.feature.after_first_day && day == first_day)
            || !self.tests.iter().all(|test| test.holds(row.get(&test.field)))
        {
            return;
        }
        let text = match datum {
            Datum::Text(text) => Some(text),
            _ => None,
        };
        if self.waits() {
            self.running.waiting.push(Waiting {
                day,
                thread,
                is_return: row.is_return(),
                number: datum.number(),
                text: text.map(str::to_owned),
            });
        } else {
            self.take(day, row.is_return(), datum.number(), text);
        }
    }

    /// Takes a row of which only the day counts.
    fn add_bare(&mut self, day: i32, is_return: bool) {
        let first_day = *self.running.first_day.get_or_insert(day);
        let outside = day < self.from || day > self.to;
        if !(outside || self.feature.after_first_day && day == first_day) {
            self.take(day, is_return, None, None);
        }
    }

    /// Notes the day of a row of the kind that must not follow.
    pub(super) fn add_following(&mut self, day: i32) {
        self.running.following.push(day);
    }

    fn waits(&self) -> bool {
        !self.late_tests.is_empty() || self.feature.following().is_some()
    }

    fn take(&mut self, day: i32, is_return: bool, number: Option<f64>, text: Option<&str>) {
        let running = &mut self.running;
        running.taken = true;
        if let Some(number) = number
            && (!is_return || self.feature.aggregate == Aggregate::Sum)
        {
            running.least = if running.numbers == 0 { number } else { running.least.min(number) };
            running.greatest =
                if running.numbers == 0 { number } else { running.greatest.max(number) };
            running.numbers += 1;
            running.sum += number;
        }
        if is_return {
            return;
        }
        if running.rows == 0 || running.last_day != day {
            running.days += 1;
            running.last_day = day;
        }
        running.rows += 1;
        running.first_taken.get_or_insert(day);
        if self.feature.aggregate.counts_hours() && day > NEVER {
            let moment = day.saturating_mul(MINUTES) + number.map_or(MINUTES, |it| it as i32);
            let (least, greatest) = running.moments.unwrap_or((moment, moment));
            running.moments = Some((least.min(moment), greatest.max(moment)));
        }
        if number.is_none() && text.is_none() {
            return;
        }
        match self.feature.aggregate {
            Aggregate::First if running.first.is_none() => {
                running.first = Some((number, text.map(str::to_owned)));
            }
            Aggregate::Last => running.last = Some((number, text.map(str::to_owned))),
            Aggregate::Top => {
                let value =
                    text.map_or_else(|| number.unwrap_or_default().to_string(), str::to_owned);
                match running.counts.iter_mut().find(|(known, _)| *known == value) {
                    Some((_, count)) => *count += 1,
                    None => running.counts.push((value, 1)),
                }
            }
            _ => {}
        }
    }

    /// Ends a customer; `thread` tells what became of a thread.
    pub(super) fn flush<'t>(&mut self, thread: &dyn Fn(i64) -> Option<Thread<'t>>) {
        if !self.running.waiting.is_empty() {
            self.settle(thread);
        }
        let value = self.value();
        match (&mut self.out, value) {
            (Out::Number(out), (number, _)) => {
                out.push(number.map_or(f64::NAN, |number| number / self.divisor));
            }
            (Out::Text(out), (_, text)) => out.push(text.as_deref()),
            (Out::Day(out), (number, _)) => {
                out.push(number.map_or(MISSING_DAY, |number| number as i32));
            }
            (Out::Flag(out), (number, _)) => {
                out.push(number.map_or(MISSING_FLAG, |number| u8::from(number > 0.0)));
            }
        }
        if self.running.rows > 0 || self.running.numbers > 0 || self.running.first_day.is_some() {
            self.running = Running::default();
        } else {
            self.running.following.clear();
        }
    }

    fn settle<'t>(&mut self, thread: &dyn Fn(i64) -> Option<Thread<'t>>) {
        let waiting = std::mem::take(&mut self.running.waiting);
        let following = std::mem::take(&mut self.running.following);
        for row in waiting {
            let is_right = self.feature.following().is_none_or(|(_, days, wanted)| {
                let until = row.day + days.cast_signed();
                following.iter().any(|day| (row.day..=until).contains(day)) == wanted
            });
            let fate = thread(row.thread);
            let passes = self.late_tests.iter().all(|test| {
                test.holds(match (&test.field, &fate) {
                    (FieldRef::Open, Some(fate)) => Datum::Flag(fate.open),
                    (FieldRef::State, Some(fate)) => fate.state.map_or(Datum::Missing, Datum::Text),
                    _ => Datum::Missing,
                })
            });
            if is_right && passes {
                self.take(row.day, row.is_return, row.number, row.text.as_deref());
            }
        }
    }

    fn value(&mut self) -> (Option<f64>, Option<String>) {
        let running = &mut self.running;
        let some = running.numbers > 0;
        let number = match self.feature.aggregate {
            Aggregate::Count => Some(f64::from(running.rows)),
            Aggregate::Days => Some(f64::from(running.days)),
            Aggregate::DaysSince => {
                let known = running.rows > 0 && running.last_day > NEVER;
                known.then(|| f64::from(self.as_of - running.last_day))
            }
            Aggregate::DaysSinceFirst => {
                let known = running.first_taken.filter(|first| *first > NEVER);
                known.map(|first| f64::from(self.as_of - first))
            }
            Aggregate::HoursSince => running.moments.map(|(_, last)| self.hours_since(last)),
            Aggregate::HoursSinceFirst => running.moments.map(|(first, _)| self.hours_since(first)),
            // Nothing bought is a margin of 0; purchases without a margin are one that nobody knows.
            Aggregate::Sum => (some || !running.taken).then_some(running.sum),
            Aggregate::Mean => some.then(|| running.sum / f64::from(running.numbers)),
            Aggregate::Min => some.then_some(running.least),
            Aggregate::Max => some.then_some(running.greatest),
            Aggregate::First => return running.first.take().unwrap_or_default(),
            Aggregate::Last => return running.last.take().unwrap_or_default(),
            Aggregate::Top => {
                // The first of the commonest: max_by_key would give the last.
                let most = running.counts.iter().map(|(_, count)| *count).max();
                let top = running.counts.iter().find(|(_, count)| Some(*count) == most);
                return (None, top.map(|(value, _)| value.clone()));
            }
        };
        (number, None)
    }

    fn hours_since(&self, moment: i32) -> f64 {
        let now = self.as_of.saturating_mul(MINUTES) + self.minute;
        f64::from((now - moment).max(0)) / 60.0
    }

    /// The column of all customers that were flushed.
    pub(super) fn finish(self) -> ColumnData {
        match self.out {
            Out::Number(values) => ColumnData::Number(values),
            Out::Text(builder) => builder.finish(),
            Out::Day(values) => ColumnData::Day(values),
            Out::Flag(values) => ColumnData::Flag(values),
        }
    }
}
