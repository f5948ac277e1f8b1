//! The checks of what a plugin leaves behind in its process.

use std::time::{Duration, Instant};

use kehu_contract::{Hook, Pack as _, PackError, Step};

use super::deciding::{case, problem};
use super::rows;
use super::subject::{Stop, Subject};
use crate::pack::NativePack;
use crate::survey::Trace;

/// How long threads have to end that were told to.
const ENDING: Duration = Duration::from_millis(300);

/// Asks all steps in one process, then ends the run, so that instances are destroyed.
fn used(subject: &Subject<'_>) -> Result<NativePack, Stop> {
    let mut pack = subject.pack(&subject.context())?;
    for (place, step) in subject.manifest().steps.clone().into_iter().enumerate() {
        if let Err(error) = use_step(subject, &mut pack, place, &step) {
            // Why it fails is what other checks find out.
            let said = error.to_string();
            let first = said.lines().next().unwrap_or_default().to_owned();
            return Err(Stop::skipped(format!("it did not come so far: {first}")));
        }
    }
    pack.end_run().map_err(|trouble| Stop::from(pack.tell(trouble)))?;
    Ok(pack)
}

fn use_step(
    subject: &Subject<'_>,
    pack: &mut NativePack,
    place: usize,
    step: &Step,
) -> Result<(), PackError> {
    let columns = subject.rows(step).ordinary(200, &mut subject.chance());
    match step.hook {
        Hook::Score | Hook::VisitNeed => {
            let state = pack.fit(place, &columns)?;
            pack.score(place, &rows::batch(columns), &state).map(drop)
        }
        Hook::PlanVisits => pack.plan_visits(place, &problem(30, &mut subject.chance())).map(drop),
        Hook::FollowUp => {
            let cases: Vec<_> = (0..200).map(case).collect();
            pack.follow_up(place, &rows::batch(columns), &cases).map(drop)
        }
        _ => Ok(()),
    }
}

pub(super) fn ends(subject: &Subject<'_>) -> Result<(), Stop> {
    match used(subject) {
        Err(Stop::Failed { what, .. }) => Err(Stop::failed(
            format!("when a run ends: {what}"),
            "destroy frees what create made, once, and comes to an end",
        )),
        other => other.map(drop),
    }
}

/// Fails if the plugin leaves such a trace.
fn leaves(subject: &Subject<'_>, trace: Trace, hint: &str) -> Result<(), Stop> {
    let mut fresh = subject.pack(&subject.context())?;
    look(&mut fresh, trace, "when it is loaded, it", hint)?;
    look(&mut used(subject)?, trace, "when it is used, it", hint)
}

fn look(pack: &mut NativePack, trace: Trace, when: &str, hint: &str) -> Result<(), Stop> {
    let changes = pack.survey().map_err(|trouble| Stop::from(pack.tell(trouble)))?;
    match changes.iter().find(|(each, _)| *each == trace) {
        Some((_, what)) => Err(Stop::failed(format!("{when} {what}"), hint)),
        None => Ok(()),
    }
}

pub(super) fn locale(subject: &Subject<'_>) -> Result<(), Stop> {
    let hint = "leave setlocale alone: use functions that take a locale, or none";
    leaves(subject, Trace::Locale, hint)
}

pub(super) fn floating(subject: &Subject<'_>) -> Result<(), Stop> {
    let hint = "build without -ffast-math, and put the rounding mode back before each return";
    leaves(subject, Trace::Floating, hint)
}

pub(super) fn signals(subject: &Subject<'_>) -> Result<(), Stop> {
    leaves(subject, Trace::Signals, "put back what was there before each return")
}

pub(super) fn files(subject: &Subject<'_>) -> Result<(), Stop> {
    leaves(subject, Trace::Files, "close what you open, and nothing else")
}

pub(super) fn variables(subject: &Subject<'_>) -> Result<(), Stop> {
    leaves(subject, Trace::Variables, "keep in variables of your own what you must remember")
}

pub(super) fn threads(subject: &Subject<'_>) -> Result<(), Stop> {
    let hint = "end in destroy, and wait for, the threads that create began";
    for (mut pack, when) in
        [(subject.pack(&subject.context())?, "is loaded"), (used(subject)?, "is used")]
    {
        let end = Instant::now() + ENDING;
        loop {
            // The worker has one of its own.
            let left = pack.threads().map_err(|trouble| Stop::from(pack.tell(trouble)))?;
            let left = left.ok_or_else(|| Stop::skipped("this system does not tell"))?;
            match left.saturating_sub(1) {
                0 => break,
                left if Instant::now() >= end => {
                    let what = format!("when it {when}, it leaves {left} threads behind");
                    return Err(Stop::failed(what, hint));
                }
                _ => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    }
    Ok(())
}
