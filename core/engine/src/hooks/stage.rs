//! Deals that move, and deals that stay: what packs say of them.

use kehu_contract::{
    Cause, Direction, Hook, Judgement, Language, MoveAsked, Opinion, Rule, StageCase,
};
use kehu_domain::{CustomerId, Deal, DealEvent, StageRole};
use kehu_store::{Reader, StoreError};

use super::subjects::{Hindrance, Subjects};
use super::views::Views;
use super::{Asking, Unheard};
use crate::day::{Because, because};
use crate::packs::EnabledPack;
use crate::records::deals::{self, DealChange, DealFilter, DealState, NewDeal};
use crate::records::moves::{self, Intent, Judged, Move};
use crate::records::{RecordError, Result};
use crate::settings::Settings;

/// Says what one pack thinks of a deal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The pack.
    pub pack: String,
    /// What it comes to.
    pub judgement: Judgement,
    /// Why.
    pub because: Vec<Because>,
    /// What to do.
    pub advice: Vec<Because>,
}

/// Holds what all packs said of one deal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// The opinions, in the order of the packs.
    pub said: Vec<Said>,
    /// Who could not be heard.
    pub unheard: Unheard,
}

impl Heard {
    /// The opinions that stand against the move.
    pub fn refusals(&self) -> impl Iterator<Item = &Said> {
        self.said.iter().filter(|said| said.judgement == Judgement::Refuse)
    }

    /// The rules by which packs refuse, each as `pack.rule: sentence`.
    fn overruled(&self, language: Language) -> Option<String> {
        let rules = self.refusals().flat_map(|said| &said.because);
        let shown = |because: &Because| {
            let Because { pack, rule, text, .. } = because;
            format!("{pack}.{rule}: {}", text.get(language))
        };
        let rules: Vec<String> = rules.map(shown).collect();
        (!rules.is_empty()).then(|| rules.join("; "))
    }

    fn judged(&self, asking: &Asking<'_>, overrule: bool) -> Judged {
        if asking.strict && !self.unheard.failures.is_empty() {
            return Judged::Stop;
        }
        match self.overruled(asking.desk.settings.language) {
            Some(_) if !overrule => Judged::Stop,
            overruled => Judged::Go(overruled),
        }
    }
}

/// Moves a deal, if no pack refuses or its refusal is overruled; none if it was refused. What was said
/// of it is returned either way.
///
/// # Errors
/// What is wrong with the request itself; an overruled move needs a reason.
pub fn move_to(
    asking: &Asking<'_>,
    deal: &str,
    to: &Move,
    overrule: bool,
) -> Result<(Option<DealChange>, Heard)> {
    check_reason(overrule, to.reason.as_deref())?;
    let mut heard = Heard::default();
    let mut judge = |reader: &dyn Reader, intent: &Intent<'_>| {
        heard = asking.about_move(reader, intent)?;
        Ok(heard.judged(asking, overrule))
    };
    let change = moves::move_to(&asking.desk, deal, to, &mut judge)?;
    Ok((change, heard))
}

/// Opens a deal under the same conditions.
///
/// # Errors
/// What is wrong with the request itself; an overruled opening needs a reason.
pub fn add(
    asking: &Asking<'_>,
    new: &NewDeal,
    overrule: bool,
) -> Result<(Option<DealChange>, Heard)> {
    check_reason(overrule, new.reason.as_deref())?;
    let mut heard = Heard::default();
    let mut judge = |reader: &dyn Reader, intent: &Intent<'_>| {
        heard = asking.about_move(reader, intent)?;
        Ok(heard.judged(asking, overrule))
    };
    let change = deals::add(&asking.desk, new, &mut judge)?;
    Ok((change, heard))
}

fn check_reason(overrule: bool, reason: Option<&str>) -> Result<()> {
    if overrule && reason.is_none_or(|reason| reason.trim().is_empty()) {
        return Err(RecordError::invalid("what packs say is overruled for a reason")
            .hint("add --reason: the deal's history keeps it"));
    }
    Ok(())
}

/// Deals, each with what is said of it.
pub type Reviewed = Vec<(DealState, Vec<Said>)>;

/// The name of the stage after the one that a deal is in, and what is said of moving there.
pub type NextStage = (String, Vec<Said>);

/// What packs say of open deals that stay where they are; a deal of which nothing is said is among
/// them too.
///
/// # Errors
/// What is wrong with the filter, or what the store says.
pub fn review(
    asking: &Asking<'_>,
    reader: &dyn Reader,
    filter: &DealFilter,
) -> Result<(Reviewed, Unheard)> {
    let filter = DealFilter { open: true, ..filter.clone() };
    let states = deals::list(&asking.desk, reader, &filter)?;
    let (said, unheard) = asking.about_stays(reader, &states)?;
    Ok((states.into_iter().zip(said).collect(), unheard))
}

impl Asking<'_> {
    fn about_move(&self, reader: &dyn Reader, intent: &Intent<'_>) -> Result<Heard> {
        if self.packs.answering(Hook::Stage, self.desk.settings).is_empty() {
            return Ok(Heard::default());
        }
        let case = |views: &Views<'_>| {
            let to = views.stage(&intent.pipeline.name, &intent.to.name);
            let asked = to.map(|to| MoveAsked {
                to,
                direction: intent.direction,
                passed: intent.passed.iter().map(|stage| (*stage).to_owned()).collect(),
                day: intent.day.number(),
                reason: intent.reason.map(str::to_owned),
                amount: intent.amount.map(|amount| self.desk.settings.currency.to_major(amount)),
            });
            Ok(vec![Self::case(views, intent.deal, intent.events, asked)?])
        };
        let (mut said, unheard) = self.hear(reader, &[intent.deal.customer], &case)?;
        Ok(Heard { said: said.pop().unwrap_or_default(), unheard })
    }

    /// What packs say of deals that stay; for each of them a list.
    ///
    /// # Errors
    /// What the store says.
    pub fn about_stays(
        &self,
        reader: &dyn Reader,
        states: &[DealState],
    ) -> Result<(Vec<Vec<Said>>, Unheard)> {
        if states.is_empty() || self.packs.answering(Hook::Stage, self.desk.settings).is_empty() {
            return Ok((vec![Vec::new(); states.len()], Unheard::default()));
        }
        let customers: Vec<Option<CustomerId>> =
            states.iter().map(|state| state.deal.customer).collect();
        let cases = |views: &Views<'_>| {
            let case = |state: &DealState| Self::case(views, &state.deal, &state.events, None);
            states.iter().map(case).collect()
        };
        Ok(self.hear(reader, &customers, &cases)?)
    }

    /// What packs say of moving deals to the next stage, were it done today without a reason; for each of
    /// them that stage and a list. There is none for a deal in its pipeline's last stage.
    ///
    /// # Errors
    /// What the store says.
    pub fn about_next(
        &self,
        reader: &dyn Reader,
        states: &[DealState],
    ) -> Result<(Vec<Option<NextStage>>, Unheard)> {
        let next: Vec<Option<String>> =
            states.iter().map(|state| next_stage(self.desk.settings, state)).collect();
        if states.is_empty() || self.packs.answering(Hook::Stage, self.desk.settings).is_empty() {
            let unsaid = next.into_iter().map(|stage| stage.map(|stage| (stage, Vec::new())));
            return Ok((unsaid.collect(), Unheard::default()));
        }
        let moving: Vec<(&DealState, &String)> = states
            .iter()
            .zip(&next)
            .filter_map(|(state, to)| Some((state, to.as_ref()?)))
            .collect();
        let customers: Vec<Option<CustomerId>> =
            moving.iter().map(|(state, _)| state.deal.customer).collect();
        let cases = |views: &Views<'_>| {
            let case = |(state, to): &(&DealState, &String)| {
                let asked = views.stage(&state.deal.pipeline, to).map(|to| MoveAsked {
                    to,
                    direction: Direction::Forward,
                    passed: Vec::new(),
                    day: self.desk.act.today.number(),
                    reason: None,
                    amount: None,
                });
                Self::case(views, &state.deal, &state.events, asked)
            };
            moving.iter().map(case).collect()
        };
        let (said, unheard) = self.hear(reader, &customers, &cases)?;
        let mut said = said.into_iter();
        let told = next.into_iter().map(|to| Some((to?, said.next().unwrap_or_default())));
        Ok((told.collect(), unheard))
    }

    /// Asks every pack about some deals.
    fn hear(
        &self,
        reader: &dyn Reader,
        customers: &[Option<CustomerId>],
        cases: &dyn Fn(&Views<'_>) -> Result<Vec<StageCase>, StoreError>,
    ) -> Result<(Vec<Vec<Said>>, Unheard), StoreError> {
        let mut said = vec![Vec::new(); customers.len()];
        let mut unheard = Unheard::default();
        let answering = self.packs.answering(Hook::Stage, self.desk.settings);
        let subjects = match Subjects::read(self, reader, customers) {
            Ok(subjects) => subjects,
            Err(Hindrance::Store(error)) => return Err(error),
            Err(Hindrance::Features(why)) => {
                for (pack, _) in answering {
                    unheard.fail(pack, why.clone());
                }
                return Ok((said, unheard));
            }
        };
        let views = Views::new(reader, self.desk.settings, self.desk.act.today)?;
        let cases = cases(&views)?;
        for (pack, step) in answering {
            if unheard.has_failed(pack) {
                continue;
            }
            let declared = &pack.manifest().steps[step];
            let asked = match subjects.batch(pack.name(), declared)? {
                Ok(batch) => self.load(pack).and_then(|mut instance| {
                    let opinions = instance.stage(step, &batch, &cases)?;
                    Ok((instance.rules().to_vec(), opinions))
                }),
                Err(refusal) => {
                    unheard.fail(pack, refusal);
                    continue;
                }
            };
            let told = asked.map_err(|error| error.to_string());
            match told.and_then(|(rules, opinions)| told_by(pack, &rules, &opinions, said.len())) {
                Ok(told) => told.into_iter().for_each(|(at, one)| said[at].push(one)),
                Err(failure) => unheard.fail(pack, failure),
            }
        }
        unheard.unscored = subjects.unscored();
        Ok((said, unheard))
    }

    fn case(
        views: &Views<'_>,
        deal: &Deal,
        events: &[DealEvent],
        asked: Option<MoveAsked>,
    ) -> Result<StageCase, StoreError> {
        let stage = events.last().and_then(|last| views.stage(&deal.pipeline, &last.stage));
        let customer = deal.customer;
        let happened = customer.map(|id| views.happened(id)).transpose()?;
        let (interactions, threads) = happened.unwrap_or_default();
        Ok(StageCase {
            id: deal.id,
            deal: views.deal(deal, events),
            stage,
            asked,
            history: views.history(events),
            contacts: customer.map(|id| views.contacts(id)).transpose()?.unwrap_or_default(),
            interactions,
            threads,
            customer: customer.map(|id| views.customer(id)).transpose()?.flatten(),
        })
    }
}

/// The stage after the one that a deal is in; none after the last one that is not lost.
fn next_stage(settings: &Settings, state: &DealState) -> Option<String> {
    let stages = &settings.pipeline(&state.deal.pipeline)?.stages;
    let at = stages.iter().position(|stage| stage.name == state.stage())?;
    let next = stages[at + 1..].iter().find(|stage| stage.role != StageRole::Lost)?;
    Some(next.name.clone())
}

/// Puts a pack's opinions into words.
fn told_by(
    pack: &EnabledPack,
    rules: &[Rule],
    opinions: &[Opinion],
    cases: usize,
) -> Result<Vec<(usize, Said)>, String> {
    let wrong = |error: String| format!("pack {}, stage: an opinion {error}", pack.name());
    let words = |causes: &[Cause]| because(pack, rules, causes).map_err(wrong);
    let mut told: Vec<(usize, Said)> = Vec::new();
    for opinion in opinions {
        let case = opinion.case;
        if case >= cases || told.iter().any(|(known, _)| *known == case) {
            return Err(wrong(format!("is about deal {case}, which was not asked, or twice")));
        }
        let advice = if opinion.advice.is_empty() { Vec::new() } else { words(&opinion.advice)? };
        if opinion.judgement == Judgement::Refuse && advice.is_empty() {
            return Err(wrong("refuses without advice".to_owned()));
        }
        let (name, because) = (pack.name().to_owned(), words(&opinion.causes)?);
        told.push((case, Said { pack: name, judgement: opinion.judgement, because, advice }));
    }
    Ok(told)
}
