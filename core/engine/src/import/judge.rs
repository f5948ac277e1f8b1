//! Packs that look at rows before they become records.

use std::collections::BTreeMap;
use std::sync::Arc;

use kehu_contract::{
    ColumnData, ColumnType, Columns, Hook, MISSING_DAY, MISSING_FLAG, RowDecision, RowVerdict,
    Rows, Rule, RunContext, TextBuilder, Value as Given,
};
use kehu_domain::rows::Row;
use kehu_domain::{Currency, Day, Money};

use super::mapping::TableSpec;
use super::report::PackReport;
use super::value::{Bad, Column, Value};
use super::vocabulary::{self, Holds, Target};
use crate::day::{Because, because};
use crate::packs::{EnabledPack, PackSet};
use crate::records::values::is_unprintable;
use crate::settings::Settings;

/// What packs put in the place of what a row says, by the column's place in its table.
#[derive(Debug, Clone, Default)]
pub(super) struct Changes(BTreeMap<usize, Put>);

/// What a pack puts into a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Put {
    /// The row says nothing there.
    Nothing,
    Text(String),
    Number(f64),
    Money(Money),
    Moment(Day, Option<u16>),
    Flag(bool),
}

impl Put {
    /// The value; none where the row is to say nothing.
    pub(super) fn value(&self) -> Option<Value<'_>> {
        Some(match self {
            Self::Nothing => return None,
            Self::Text(text) => Value::Text(text),
            Self::Number(number) => Value::Number(*number),
            Self::Money(money) => Value::Money(*money),
            Self::Moment(day, minute) => Value::Moment(*day, *minute),
            Self::Flag(flag) => Value::Flag(*flag),
        })
    }
}

impl Changes {
    /// What was put into the column at a place of the table; none if that was not changed.
    pub(super) fn of(&self, column: usize) -> Option<&Put> {
        self.0.get(&column)
    }
}

/// What becomes of a row.
#[derive(Debug, Clone, Default)]
pub(super) struct Judged {
    pub(super) changes: Changes,
    /// The pack that refuses the row, and why.
    pub(super) refused: Option<(String, Vec<Because>)>,
}

/// The packs that look at the rows of an import.
pub(super) struct Judges<'a> {
    packs: Vec<(&'a EnabledPack, usize)>,
    settings: &'a Settings,
    today: Day,
}

/// The rows of a batch that can be read, with what packs have made of them so far.
struct Shown<'r> {
    /// The place of each in the batch.
    places: Vec<usize>,
    lines: Vec<u64>,
    /// For each of them what its columns say.
    cells: Vec<Vec<Option<Value<'r>>>>,
}

impl<'a> Judges<'a> {
    /// The packs that have a say; none if nobody has.
    pub(super) fn new(packs: &'a PackSet, settings: &'a Settings, today: Day) -> Option<Self> {
        let packs = packs.answering(Hook::ImportRow, settings);
        (!packs.is_empty()).then_some(Self { packs, settings, today })
    }

    /// Asks all packs about a batch of rows, in their order: each sees what those before it made, and
    /// nobody sees a row that cannot be read or is refused already. An error says which pack failed.
    pub(super) fn ask(
        &self,
        spec: &TableSpec,
        file: &str,
        rows: &[Row],
        reports: &mut Vec<PackReport>,
    ) -> Result<Vec<Judged>, String> {
        let mut judged = vec![Judged::default(); rows.len()];
        let mut shown = self.read(spec, rows);
        for (pack, step) in &self.packs {
            let given = self.rows(spec, file, &shown, &judged);
            let asked = self.load(pack).and_then(|mut instance| {
                let verdicts = instance.import_row(*step, &given)?;
                Ok((instance.rules().to_vec(), verdicts))
            });
            let (rules, verdicts) = asked.map_err(|error| error.to_string())?;
            let report = report_of(reports, pack.name());
            for verdict in verdicts {
                self.apply(pack, &rules, &verdict, spec, &given, &shown, &mut judged, report)?;
            }
            shown.keep(|place| judged[place].refused.is_none());
        }
        Ok(judged)
    }

    fn load(
        &self,
        pack: &EnabledPack,
    ) -> Result<Box<dyn kehu_contract::Pack>, kehu_contract::PackError> {
        pack.factory.create(&RunContext {
            as_of: self.today.number(),
            settings: pack.settings.clone(),
            seed: 0,
            limits: self.settings.limits_of(pack.name()),
        })
    }

    fn read<'r>(&self, spec: &'r TableSpec, rows: &'r [Row]) -> Shown<'r> {
        let mut shown = Shown { places: Vec::new(), lines: Vec::new(), cells: Vec::new() };
        let currency = &self.settings.currency;
        for (place, row) in rows.iter().enumerate() {
            let cells = spec.columns.iter().map(|column| column.read(row, currency));
            if let Ok(cells) = cells.collect::<Result<Vec<_>, Bad>>() {
                shown.places.push(place);
                shown.lines.push(row.line());
                shown.cells.push(cells);
            }
        }
        shown
    }

    /// The rows as packs see them.
    fn rows(&self, spec: &TableSpec, file: &str, shown: &Shown<'_>, judged: &[Judged]) -> Rows {
        let mut columns = Columns::new(shown.places.len());
        for (at, column) in spec.columns.iter().enumerate() {
            let values =
                shown.places.iter().zip(&shown.cells).map(|(place, cells)| {
                    judged[*place].changes.of(at).map_or(cells[at], Put::value)
                });
            let (kind, data) = gathered(&column.holds, values, &self.settings.currency);
            columns.insert(&column.field, kind, Arc::new(data));
        }
        let mapped = |field: &str| spec.columns.iter().any(|column| column.field == field);
        let known = vocabulary::fields(spec.into).into_iter().map(|(name, ..)| name.to_owned());
        let custom = self.settings.fields_of(spec.into).map(|field| field.name.clone());
        let fixed = spec.columns.iter().filter(|column| is_fixed(column.target));
        Rows {
            file: file.to_owned(),
            record: spec.into.name().to_owned(),
            lines: shown.lines.clone(),
            columns,
            unmapped: known.chain(custom).filter(|field| !mapped(field)).collect(),
            fixed: fixed.map(|column| column.field.clone()).collect(),
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "a verdict is checked against all that was asked"
    )]
    fn apply(
        &self,
        pack: &EnabledPack,
        rules: &[Rule],
        verdict: &RowVerdict,
        spec: &TableSpec,
        given: &Rows,
        shown: &Shown<'_>,
        judged: &mut [Judged],
        report: &mut PackReport,
    ) -> Result<(), String> {
        let name = pack.name();
        let (Some(place), Some(line)) =
            (shown.places.get(verdict.row), shown.lines.get(verdict.row))
        else {
            return Err(format!("pack {name}, import_row: a verdict is about no row"));
        };
        let file = &given.file;
        let wrong = |what: String| format!("pack {name}, import_row, {file}:{line}: {what}");
        let because = because(pack, rules, &verdict.causes).map_err(wrong)?;
        match &verdict.decision {
            RowDecision::Refuse => {
                report.count(&because, false);
                judged[*place].refused = Some((name.to_owned(), because));
            }
            RowDecision::Change(fields) => {
                let mut is_other = false;
                for (field, value) in fields {
                    let at = spec.columns.iter().position(|column| column.field == *field);
                    let at = at.ok_or_else(|| wrong(format!("no field \"{field}\" is mapped")))?;
                    let column = &spec.columns[at];
                    if is_fixed(column.target) {
                        return Err(wrong(format!("\"{field}\" says what the row is")));
                    }
                    let before = shown.cells[verdict.row][at];
                    let put = self
                        .put(column, value, before)
                        .map_err(|what| wrong(format!("{field} {what}")))?;
                    let changes = &mut judged[*place].changes;
                    is_other |= changes.of(at).map_or(before, Put::value) != put.value();
                    changes.0.insert(at, put);
                }
                if is_other {
                    report.count(&because, true);
                }
            }
        }
        Ok(())
    }

    /// What a pack gives as the field holds it.
    fn put(
        &self,
        column: &Column,
        given: &Given,
        before: Option<Value<'_>>,
    ) -> Result<Put, String> {
        Ok(match (given, &column.holds) {
            (Given::Missing, _) => Put::Nothing,
            (Given::Number(number), Holds::Money) => {
                column.within(*number).map_err(|bad| format!("= {number} {}", bad.why))?;
                let money = self.settings.currency.from_major(*number);
                Put::Money(money.ok_or_else(|| format!("{number} is no amount"))?)
            }
            (Given::Number(number), Holds::Latitude) if number.abs() > 90.0 => {
                return Err(format!("{number} is no latitude"));
            }
            (Given::Number(number), Holds::Longitude) if number.abs() > 180.0 => {
                return Err(format!("{number} is no longitude"));
            }
            (Given::Number(number), Holds::Number | Holds::Latitude | Holds::Longitude) => {
                let within = column.within(*number);
                Put::Number(within.map_err(|bad| format!("= {number} {}", bad.why))?)
            }
            (Given::Flag(flag), Holds::Flag) => Put::Flag(*flag),
            (Given::Day(day), Holds::Day) => {
                let minute = match before {
                    Some(Value::Moment(_, minute)) => minute,
                    _ => None,
                };
                let day = Day::from_number(*day).ok_or_else(|| format!("{day} is no day"))?;
                Put::Moment(day, minute)
            }
            (Given::Text(text), Holds::Choice(choices))
                if !choices.iter().any(|(key, _)| key == text) =>
            {
                let keys: Vec<&str> = choices.iter().map(|(key, _)| key.as_str()).collect();
                return Err(format!("\"{text}\" is none of: {}", keys.join(", ")));
            }
            (
                Given::Text(text),
                Holds::Text | Holds::Words | Holds::Reference(_) | Holds::Choice(_),
            ) => {
                let stray = text.chars().find(|each| is_unprintable(*each) && *each != '\n');
                if let Some(stray) = stray {
                    return Err(format!(
                        "holds the unprintable character U+{:04X}",
                        u32::from(stray)
                    ));
                }
                Put::Text(text.clone())
            }
            _ => return Err("is of another type than the field".to_owned()),
        })
    }
}

impl Shown<'_> {
    /// Leaves out the rows that are not to be shown again.
    fn keep(&mut self, is_kept: impl Fn(usize) -> bool) {
        let kept: Vec<bool> = self.places.iter().map(|place| is_kept(*place)).collect();
        let mut keeps = kept.iter();
        self.cells.retain(|_| keeps.next() == Some(&true));
        let mut keeps = kept.iter();
        self.lines.retain(|_| keeps.next() == Some(&true));
        let mut keeps = kept.iter();
        self.places.retain(|_| keeps.next() == Some(&true));
    }
}

/// True for what says which sort of row it is; a pack cannot make another one of it.
fn is_fixed(target: Target) -> bool {
    matches!(target, Target::Kind | Target::Currency)
}

/// The values of a column of rows, as columns hold them.
fn gathered<'v>(
    holds: &Holds,
    values: impl Iterator<Item = Option<Value<'v>>>,
    currency: &Currency,
) -> (ColumnType, ColumnData) {
    match holds {
        Holds::Number | Holds::Latitude | Holds::Longitude => {
            let number = |value: Option<Value<'_>>| match value {
                Some(Value::Number(number)) => number,
                _ => f64::NAN,
            };
            (ColumnType::Number, ColumnData::Number(values.map(number).collect()))
        }
        Holds::Money => {
            let amount = |value: Option<Value<'_>>| match value {
                Some(Value::Money(money)) => currency.to_major(money),
                _ => f64::NAN,
            };
            (ColumnType::Money, ColumnData::Number(values.map(amount).collect()))
        }
        Holds::Day => {
            let day = |value: Option<Value<'_>>| match value {
                Some(Value::Moment(day, _)) => day.number(),
                _ => MISSING_DAY,
            };
            (ColumnType::Day, ColumnData::Day(values.map(day).collect()))
        }
        Holds::Flag => {
            let flag = |value: Option<Value<'_>>| match value {
                Some(Value::Flag(flag)) => u8::from(flag),
                _ => MISSING_FLAG,
            };
            (ColumnType::Flag, ColumnData::Flag(values.map(flag).collect()))
        }
        Holds::Text | Holds::Words | Holds::Choice(_) | Holds::Reference(_) => {
            let mut builder = TextBuilder::default();
            for value in values {
                builder.push(match value {
                    Some(Value::Text(text)) => Some(text),
                    _ => None,
                });
            }
            (ColumnType::Text, builder.finish())
        }
    }
}

fn report_of<'r>(reports: &'r mut Vec<PackReport>, pack: &str) -> &'r mut PackReport {
    let at = reports.iter().position(|report| report.pack == pack).unwrap_or_else(|| {
        reports.push(PackReport { pack: pack.to_owned(), ..PackReport::default() });
        reports.len() - 1
    });
    &mut reports[at]
}
