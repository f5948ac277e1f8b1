//! Moves of deals from stage to stage.
//!
//! Moving back, passing over a stage, or leaving a closed one needs a reason. Whoever else has a say
//! is asked before anything is written, as a [`Judge`].

use kehu_contract::Direction;
use kehu_domain::{Day, Deal, DealEvent, Money, Pipeline, Stage, StageRole};
use kehu_store::Reader;

use super::deals::{self, DealChange, DealState};
use super::{Desk, RecordError, Result, names, values};

/// Holds what is to be said about a move.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Move {
    /// The stage that the deal enters.
    pub stage: String,
    /// Why.
    pub reason: Option<String>,
    /// The amount as of then.
    pub amount: Option<String>,
    /// The day on which it happened.
    pub on: Option<Day>,
    /// At which minute of that day.
    pub minute: Option<u16>,
    /// Who moved it; the one who acts if nothing is said.
    pub by: Option<String>,
}

/// Describes a move, or an opening, that is sound but not yet written.
#[derive(Debug, Clone)]
pub struct Intent<'a> {
    /// The deal; its id is 0 while it is being opened.
    pub deal: &'a Deal,
    /// Its events so far, in order.
    pub events: &'a [DealEvent],
    /// The pipeline that it goes through.
    pub pipeline: &'a Pipeline,
    /// The stage that it is to enter.
    pub to: &'a Stage,
    /// How that lies to the pipeline's order.
    pub direction: Direction,
    /// The open stages that are passed over.
    pub passed: Vec<&'a str>,
    /// The reason that was given.
    pub reason: Option<&'a str>,
    /// The amount from now on, where one was given.
    pub amount: Option<Money>,
    /// The day on which it happened.
    pub day: Day,
}

/// Says whether a move is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    /// It is; if something stood against it, the deal's history says what.
    Go(Option<String>),
    /// It is not.
    Stop,
}

/// Judges an intent before it is written, from the state of the store that it will be written upon.
pub type Judge<'j> = &'j mut dyn FnMut(&dyn Reader, &Intent<'_>) -> Result<Judged>;

/// What a move comes to, read from one state of the store.
struct Prepared<'a> {
    state: DealState,
    pipeline: &'a Pipeline,
    stage: &'a Stage,
    event: DealEvent,
}

/// Moves a deal to another stage; none if the judge stops it.
pub fn move_to(
    desk: &Desk<'_>,
    deal: &str,
    to: &Move,
    judge: Judge<'_>,
) -> Result<Option<DealChange>> {
    let mut ask = |reader: &dyn Reader| {
        let Prepared { state, pipeline, stage, event } = prepare(desk, reader, deal, to)?;
        let (direction, passed) = direction(pipeline, state.stage(), stage);
        let intent = Intent {
            deal: &state.deal,
            events: &state.events,
            pipeline,
            to: stage,
            direction,
            passed,
            reason: event.reason.as_deref(),
            amount: event.amount,
            day: event.happened,
        };
        judge(reader, &intent)
    };
    desk.write_judged("deal move", &mut ask, &mut |writer, overruled| {
        let Prepared { mut state, stage, mut event, .. } =
            prepare(desk, writer.reader(), deal, to)?;
        let (id, from) = (event.deal, state.stage().to_owned());
        event.overruled = overruled;
        state.events.push(desk.put(writer, event)?);
        let summary = format!("moved {id} {} from {from} to {}", state.deal.name, stage.name);
        Ok((deals::closed(desk, writer, state, stage)?, summary))
    })
}

fn prepare<'a>(
    desk: &Desk<'a>,
    reader: &dyn Reader,
    deal: &str,
    to: &Move,
) -> Result<Prepared<'a>> {
    let happened = desk.happened(to.on)?;
    let id = names::deal(reader, deal)?;
    let state = deals::state(desk, reader, id)?;
    let pipeline = deals::pipeline(desk.settings, Some(&state.deal.pipeline))?;
    let stage = deals::stage(pipeline, &to.stage)?;
    let reason = to.reason.as_deref().map(|text| values::line("reason", text));
    let reason = reason.transpose()?.flatten();
    let minute = minute_of(&state, happened, to.minute)?;
    check_move(pipeline, state.stage(), stage, reason.as_deref())?;
    let mut event = deals::event(desk, id, happened, &stage.name);
    event.minute = minute;
    event.by = deals::rep_or_acting(desk, reader, to.by.as_deref())?;
    event.reason = reason;
    let amount = to.amount.as_deref().unwrap_or_default();
    event.amount = values::worth(desk.settings, "amount", amount)?;
    Ok(Prepared { state, pipeline, stage, event })
}

/// The minute of a move, such that it comes after the last one that is on file.
///
/// # Errors
/// If it would lie before that one, for then it would not tell where the deal stands.
fn minute_of(state: &DealState, happened: Day, minute: Option<u16>) -> Result<Option<u16>> {
    let Some(last) = state.last() else { return Ok(minute) };
    if happened < last.happened {
        let (stage, on) = (&last.stage, last.happened);
        let message = format!("the deal entered {stage} on {on}, later than {happened}");
        return Err(RecordError::refused(message));
    }
    if happened > last.happened || minute >= last.minute {
        return Ok(minute);
    }
    if minute.is_none() {
        return Ok(last.minute);
    }
    let message = format!("the deal entered {} later on that day", last.stage);
    Err(RecordError::refused(message))
}

/// Checks a move from one stage to another against the pipeline's order.
///
/// # Errors
/// If the deal is there already, or if the move needs a reason and none is given.
fn check_move(pipeline: &Pipeline, from: &str, to: &Stage, reason: Option<&str>) -> Result<()> {
    if from == to.name {
        return Err(RecordError::refused(format!("the deal is in {from} already")));
    }
    let why = why_reason(pipeline, from, to);
    match (why, reason) {
        (Some(why), None) => {
            Err(RecordError::refused(format!("{why}: that needs a reason")).hint("add --reason"))
        }
        _ => Ok(()),
    }
}

/// How a move lies to the pipeline's order, and the stages that it passes over: open ones, or, of a deal
/// that is won, won ones. A deal may be lost from anywhere that is open; from a stage that is no longer
/// declared it goes forward.
fn direction<'a>(pipeline: &'a Pipeline, from: &str, to: &Stage) -> (Direction, Vec<&'a str>) {
    let place = |name: &str| pipeline.stages.iter().position(|stage| stage.name == name);
    let (Some(from), Some(at)) = (place(from), place(&to.name)) else {
        return (Direction::Forward, Vec::new());
    };
    // What follows the signature, such as delivery and care, are won stages too.
    let goes_on =
        pipeline.stages[from].role == StageRole::Won && to.role == StageRole::Won && at > from;
    if pipeline.stages[from].role != StageRole::Open && !goes_on {
        return (Direction::Reopen, Vec::new());
    }
    if to.role == StageRole::Lost {
        return (Direction::Lose, Vec::new());
    }
    if at < from {
        return (Direction::Back, Vec::new());
    }
    let between = pipeline.stages[from + 1..at].iter();
    let alike = between.filter(|stage| stage.role == pipeline.stages[from].role);
    let passed: Vec<&str> = alike.map(|stage| stage.name.as_str()).collect();
    (if passed.is_empty() { Direction::Forward } else { Direction::Skip }, passed)
}

/// Says what about a move needs a reason: it leaves a closed stage, goes back, or passes over an
/// open one.
fn why_reason(pipeline: &Pipeline, from: &str, to: &Stage) -> Option<String> {
    let (direction, passed) = direction(pipeline, from, to);
    match direction {
        Direction::Reopen => Some(format!("the move leaves {from}, a closed stage")),
        Direction::Back => Some(format!("the move goes back from {from} to {}", to.name)),
        Direction::Skip => Some(format!("the move passes over {}", passed.join(", "))),
        Direction::Open | Direction::Forward | Direction::Lose => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn need(from: &str, to: &str) -> Option<String> {
        let settings = Settings::read(&[("kehu.toml", "")]).unwrap();
        let pipeline = deals::pipeline(&settings, None).unwrap();
        why_reason(pipeline, from, deals::stage(pipeline, to).unwrap())
    }

    #[test]
    fn a_step_forward_and_a_loss_need_no_reason() {
        assert_eq!(need("prospect", "intent"), None);
        assert_eq!(need("stable_intent", "signed"), None);
        assert_eq!(need("prospect", "lost"), None);
    }

    #[test]
    fn skipping_going_back_and_leaving_a_closed_stage_need_one() {
        assert_eq!(
            need("prospect", "signed").unwrap(),
            "the move passes over intent, stable_intent"
        );
        assert_eq!(
            need("intent", "prospect").unwrap(),
            "the move goes back from intent to prospect"
        );
        assert_eq!(need("lost", "intent").unwrap(), "the move leaves lost, a closed stage");
        assert!(need("signed", "lost").is_some());
    }

    #[test]
    fn every_move_has_a_direction() {
        let settings = Settings::read(&[("kehu.toml", "")]).unwrap();
        let pipeline = deals::pipeline(&settings, None).unwrap();
        for (from, to, expected) in [
            ("prospect", "intent", Direction::Forward),
            ("prospect", "stable_intent", Direction::Skip),
            ("stable_intent", "intent", Direction::Back),
            ("intent", "lost", Direction::Lose),
            ("signed", "lost", Direction::Reopen),
            ("lost", "prospect", Direction::Reopen),
            ("gone", "signed", Direction::Forward),
        ] {
            let stage = deals::stage(pipeline, to).unwrap();
            assert_eq!(direction(pipeline, from, stage).0, expected, "{from} to {to}");
        }
    }

    #[test]
    fn a_deal_goes_on_after_the_signature() {
        let text = "[[pipeline]]\nname = \"projects\"\nstage = [{ name = \"offer\" }, { name = \"signed\", role = \"won\" }, \
                    { name = \"delivery\", role = \"won\" }, { name = \"care\", role = \"won\" }]";
        let settings = Settings::read(&[("kehu.toml", text)]).unwrap();
        let pipeline = deals::pipeline(&settings, Some("projects")).unwrap();
        for (from, to, expected, passed) in [
            ("offer", "signed", Direction::Forward, vec![]),
            ("signed", "delivery", Direction::Forward, vec![]),
            ("signed", "care", Direction::Skip, vec!["delivery"]),
            ("care", "delivery", Direction::Reopen, vec![]),
            ("delivery", "offer", Direction::Reopen, vec![]),
        ] {
            let stage = deals::stage(pipeline, to).unwrap();
            assert_eq!(direction(pipeline, from, stage), (expected, passed), "{from} to {to}");
        }
    }
}
