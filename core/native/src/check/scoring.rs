//! The checks of steps that give columns.

use std::time::Instant;

use kehu_contract::{
    Batch, ColumnType, FailureKind, Hook, Pack as _, PackError, ScoredColumn, Setting, SettingType,
};
use serde_json::Value as Json;

use super::compare::difference;
use super::rows::{self, ends};
use super::subject::{Scored, Stop, Subject, is_before, is_refusal};

/// The rows of a batch in which single customers are looked at.
const FEW: usize = 200;
/// The rows of the largest batch.
const MOST: usize = 65_536;
/// How many calls are made to see memory grow.
const CALLS: usize = 50;
/// What may be taken over all those calls: the system counts whole pages.
const GROWTH: u64 = 64 * 1024;

pub(super) fn loads(subject: &Subject<'_>) -> Result<(), Stop> {
    // Each holds a worker, and each worker must say what was said at first.
    let _both = (subject.pack(&subject.context())?, subject.pack(&subject.context())?);
    Ok(())
}

pub(super) fn fits(subject: &Subject<'_>) -> Result<(), Stop> {
    let steps = subject.steps(&[Hook::Score, Hook::VisitNeed])?;
    let mut fitted: Vec<_> = steps.into_iter().filter(|(_, step)| step.fit.is_some()).collect();
    if fitted.is_empty() {
        return Err(Stop::skipped("none of its steps has a fit"));
    }
    for (place, step) in fitted.drain(..) {
        let rows = subject.rows(&step);
        let mut pack = subject.pack(&subject.context())?;
        let mut small = vec![rows.ordinary(0, &mut subject.chance())];
        small.push(rows.ordinary(1, &mut subject.chance()));
        let mut unknown = rows.ordinary(50, &mut subject.chance());
        for at in 0..step.needs.len() {
            rows.replace(&mut unknown, at, rows::missing);
        }
        small.push(unknown);
        for base in small {
            match pack.fit(place, &base) {
                Err(error) if !is_refusal(&error) => return Err(error.into()),
                _ => {}
            }
        }
        let name = step.name.clone();
        let scored = subject.scored(place, step, subject.context())?;
        if scored.fit()? != scored.state {
            return Err(Stop::failed(
                format!("step \"{name}\": its fit gave another state for the same base"),
                "draw chance from kehu_call.seed only, and sum in a fixed order",
            ));
        }
    }
    Ok(())
}

/// What is wrong with a result, not with how it came about.
#[derive(PartialEq)]
enum Flaw {
    Unwritten,
    Points,
}

fn flaw(error: &PackError) -> Option<Flaw> {
    if error.kind != FailureKind::Result {
        return None;
    }
    let is_unwritten = error.message.contains("was not written");
    Some(if is_unwritten { Flaw::Unwritten } else { Flaw::Points })
}

/// Scores ordinary customers; an error fails the check unless it is left to another one.
fn ordinary(subject: &Subject<'_>, is_here: impl Fn(Option<Flaw>) -> bool) -> Result<(), Stop> {
    subject.each_scored(|scored| match scored.score_anew(&scored.ordinary(1_000)) {
        Err(error) if is_here(flaw(&error)) => Err(error.into()),
        _ => Ok(()),
    })
}

pub(super) fn answers(subject: &Subject<'_>) -> Result<(), Stop> {
    ordinary(subject, |flaw| flaw.is_none())
}

pub(super) fn written(subject: &Subject<'_>) -> Result<(), Stop> {
    ordinary(subject, |flaw| flaw == Some(Flaw::Unwritten))
}

pub(super) fn points(subject: &Subject<'_>) -> Result<(), Stop> {
    ordinary(subject, |flaw| flaw == Some(Flaw::Points))
}

pub(super) fn row_counts(subject: &Subject<'_>) -> Result<(), Stop> {
    subject.each_scored(|scored| {
        let mut pack = scored.pack()?;
        for rows in [0, 1, MOST] {
            scored.score(&mut pack, &scored.ordinary(rows))?;
        }
        Ok(())
    })
}

/// Scores ordinary customers with one column after another replaced, then with all.
fn replaced(
    scored: &Scored<'_>,
    is_meant: impl Fn(ColumnType) -> bool,
    make: impl Fn(ColumnType, usize) -> kehu_contract::ColumnData,
) -> Result<(), Stop> {
    let mut pack = scored.pack()?;
    let usual = scored.ordinary(FEW).columns;
    let mut all = usual.clone();
    let meant = scored.rows.kinds().enumerate().filter(|(_, kind)| is_meant(*kind));
    for (place, _) in meant {
        scored.rows.replace(&mut all, place, &make);
        let mut one = usual.clone();
        scored.rows.replace(&mut one, place, &make);
        tolerant(scored.score(&mut pack, &rows::batch(one)))?;
    }
    tolerant(scored.score(&mut pack, &rows::batch(all)))
}

/// Sums of the largest numbers are infinite, and infinite ones have no difference: that is no slip.
fn tolerant(result: Result<Vec<ScoredColumn>, PackError>) -> Result<(), Stop> {
    match result {
        Err(error) if is_beyond(&error) => Ok(()),
        other => other.map(drop).map_err(Stop::from),
    }
}

fn is_beyond(error: &PackError) -> bool {
    let words = [
        ("is infinite", 1e14),
        ("has infinite points", 1e14),
        ("add up to", 1e14),
        ("more than any amount of money", 1e12),
        ("outside of the years", 2e6),
    ];
    let has = |most: f64| {
        let is_large = |value: &str| value.parse().is_ok_and(|number: f64| number.abs() > most);
        error.inputs.iter().any(|(_, value)| is_large(value))
    };
    error.kind == FailureKind::Result
        && words.iter().any(|(word, most)| error.message.contains(word) && has(*most))
}

pub(super) fn missing(subject: &Subject<'_>) -> Result<(), Stop> {
    subject.each_scored(|scored| replaced(scored, |_| true, rows::missing))
}

fn is_text(kind: ColumnType) -> bool {
    matches!(kind, ColumnType::Label | ColumnType::Text)
}

/// Runs a check for the steps that need a column of some kind.
fn where_needed(
    subject: &Subject<'_>,
    what: &str,
    is_meant: fn(ColumnType) -> bool,
) -> Result<(), Stop> {
    let steps = subject.steps(&[Hook::Score, Hook::VisitNeed])?;
    if !steps.iter().any(|(_, step)| subject.rows(step).kinds().any(is_meant)) {
        return Err(Stop::skipped(format!("none of its steps needs {what}")));
    }
    subject.each_scored(|scored| replaced(scored, is_meant, ends))
}

pub(super) fn numbers(subject: &Subject<'_>) -> Result<(), Stop> {
    where_needed(subject, "a number or a day", |kind| !is_text(kind))
}

pub(super) fn texts(subject: &Subject<'_>) -> Result<(), Stop> {
    where_needed(subject, "a text", is_text)
}

/// The values at both ends of a setting; none for one without ends.
fn ends_of(setting: &Setting) -> Vec<Json> {
    let number = |number: f64| match setting.kind {
        SettingType::Integer => Json::from(number as i64),
        _ => Json::from(number),
    };
    match (setting.kind, setting.range) {
        (SettingType::Number | SettingType::Integer, Some((least, most))) => {
            vec![number(least), number(most)]
        }
        (SettingType::Flag, _) => vec![false.into(), true.into()],
        (SettingType::Text, _) => setting.choices.iter().map(|each| each.as_str().into()).collect(),
        (SettingType::Numbers | SettingType::Texts, _) => vec![Json::Array(Vec::new())],
        (SettingType::NumberByName | SettingType::TextByName, _) => {
            vec![Json::Object(serde_json::Map::new())]
        }
        _ => Vec::new(),
    }
}

pub(super) fn settings(subject: &Subject<'_>) -> Result<(), Stop> {
    let settings = subject.manifest().settings.clone();
    if settings.iter().all(|setting| ends_of(setting).is_empty()) {
        return Err(Stop::skipped("none of its settings has a range or choices"));
    }
    subject.each_scored(|scored| {
        for setting in &settings {
            for value in ends_of(setting) {
                let mut context = subject.context();
                let said = format!("with {} = {value}: ", setting.name);
                context.settings.insert(setting.name.clone(), value);
                let asked = subject.scored(scored.place, scored.step.clone(), context);
                let answered =
                    asked.and_then(|asked| Ok(asked.score_anew(&asked.ordinary(FEW)).map(drop)?));
                match answered {
                    Err(Stop::Failed { what, .. }) => {
                        return Err(Stop::failed(
                            said + &what,
                            "serve each value that the setting may have, or narrow its range",
                        ));
                    }
                    Err(Stop::Warned { .. } | Stop::Skipped(_)) | Ok(()) => {}
                }
            }
        }
        Ok(())
    })
}

/// Fails at the first row in which two answers differ.
fn compare(
    scored: &Scored<'_>,
    batch: &Batch,
    (one, other): (&[ScoredColumn], &[ScoredColumn]),
    (when, hint): (&str, &str),
) -> Result<(), Stop> {
    for row in 0..batch.ids.len() {
        if let Some(what) = difference(&scored.step, (one, row), (other, row)) {
            return Err(Stop::failed(format!("{}, {when}", scored.at(batch, row, &what)), hint));
        }
    }
    Ok(())
}

pub(super) fn again(subject: &Subject<'_>) -> Result<(), Stop> {
    subject.each_scored(|scored| {
        let batch = scored.ordinary(FEW);
        let mut pack = scored.pack()?;
        let first = scored.score(&mut pack, &batch)?;
        let hint =
            "keep nothing from call to call but what create made; draw chance from kehu_call.seed";
        let second = scored.score(&mut pack, &batch)?;
        compare(scored, &batch, (&first, &second), ("asked a second time", hint))?;
        let fresh = scored.score_anew(&batch)?;
        compare(scored, &batch, (&first, &fresh), ("asked in another process", hint))
    })
}

const ALONE: &str = "what a customer gets must not depend on who else is in the batch; look at the whole base in fit";

pub(super) fn company(subject: &Subject<'_>) -> Result<(), Stop> {
    subject.each_scored(|scored| {
        let batch = scored.ordinary(FEW);
        let mut pack = scored.pack()?;
        let whole = scored.score(&mut pack, &batch)?;
        for row in 0..FEW {
            let alone = scored.score(&mut pack, &rows::select(&batch, &[row]))?;
            if let Some(what) = difference(&scored.step, (&whole, row), (&alone, 0)) {
                let what = format!("{}, asked alone", scored.at(&batch, row, &what));
                return Err(Stop::failed(what, ALONE));
            }
        }
        Ok(())
    })
}

pub(super) fn order(subject: &Subject<'_>) -> Result<(), Stop> {
    subject.each_scored(|scored| {
        let batch = scored.ordinary(FEW);
        let mut picks: Vec<usize> = (0..FEW).collect();
        let mut chance = subject.chance();
        for end in (1..FEW).rev() {
            picks.swap(end, chance.below(end + 1));
        }
        let mut pack = scored.pack()?;
        let straight = scored.score(&mut pack, &batch)?;
        let mixed = scored.score(&mut pack, &rows::select(&batch, &picks))?;
        for (at, row) in picks.into_iter().enumerate() {
            if let Some(what) = difference(&scored.step, (&straight, row), (&mixed, at)) {
                let what = format!("{}, in another order", scored.at(&batch, row, &what));
                return Err(Stop::failed(what, ALONE));
            }
        }
        Ok(())
    })
}

pub(super) fn instances(subject: &Subject<'_>) -> Result<(), Stop> {
    subject.each_scored(|scored| {
        let batch = scored.ordinary(MOST / 8);
        let alone = scored.score_anew(&batch)?;
        let both: Vec<_> = std::thread::scope(|scope| {
            let ask = || scored.score_anew(&batch);
            let asked = [scope.spawn(ask), scope.spawn(ask)];
            asked.map(std::thread::ScopedJoinHandle::join).into_iter().flatten().collect()
        });
        for other in both {
            let hint = "share nothing that changes between instances";
            compare(scored, &batch, (&alone, &other?), ("beside another instance", hint))?;
        }
        Ok(())
    })
}

pub(super) fn day(subject: &Subject<'_>) -> Result<(), Stop> {
    subject.each_scored(|scored| {
        let batch = scored.ordinary(FEW);
        let ask = |later: i32| -> Result<Vec<ScoredColumn>, Stop> {
            let mut context = subject.context();
            context.as_of += later;
            let moved = subject.scored(scored.place, scored.step.clone(), context)?;
            Ok(moved.score_anew(&batch)?)
        };
        let (today, in_a_year) = (ask(0)?, ask(365)?);
        // A clock that is read in seconds must have moved on.
        std::thread::sleep(subject.options.clock);
        let hint = "the only clock is kehu_call.as_of_day";
        compare(scored, &batch, (&in_a_year, &ask(365)?), ("asked later of the same day", hint))?;
        compare(scored, &batch, (&today, &ask(0)?), ("asked later of the same day", hint))
    })
}

pub(super) fn memory(subject: &Subject<'_>) -> Result<(), Stop> {
    subject.each_scored(|scored| {
        let batch = scored.ordinary(1_000);
        let mut pack = scored.pack()?;
        let mut held = Vec::new();
        // The first calls fill what a plugin keeps for good.
        for _ in 0..3 {
            for _ in 0..CALLS {
                scored.score(&mut pack, &batch)?;
            }
            let bytes = pack.worker().and_then(crate::host::Worker::own_memory);
            held.push(bytes.ok_or_else(|| Stop::skipped("this system does not tell"))?);
        }
        let grown = held[2].saturating_sub(held[0]);
        if grown >= GROWTH && held[1] > held[0] && held[2] > held[1] {
            let (calls, kibibytes) = (2 * CALLS, grown / 1024);
            let name = &scored.step.name;
            return Err(Stop::failed(
                format!(
                    "step \"{name}\": {calls} calls of 1000 customers took {kibibytes} KiB for good"
                ),
                "free after each call what it took",
            ));
        }
        Ok(())
    })
}

pub(super) fn fuzz(subject: &Subject<'_>) -> Result<(), Stop> {
    if subject.options.fuzz.is_zero() {
        return Err(Stop::skipped("no time was given to it"));
    }
    let steps = subject.steps(&[Hook::Score, Hook::VisitNeed])?.len() as u32;
    subject.each_scored(|scored| {
        let end = Instant::now() + subject.options.fuzz / steps;
        let mut chance = subject.chance();
        let mut pack = scored.pack()?;
        for count in 1.. {
            let rows = chance.below(300);
            let batch = rows::batch(scored.rows.random(rows, &mut chance));
            if let Err(Stop::Failed { what, hint }) = tolerant(scored.score(&mut pack, &batch)) {
                let seed = subject.options.seed;
                return Err(Stop::Failed {
                    what: format!("seed {seed}, batch {count}: {what}"),
                    hint,
                });
            }
            if !is_before(end) {
                break;
            }
            if pack.is_spent() {
                pack = scored.pack()?;
            }
        }
        Ok(())
    })
}
