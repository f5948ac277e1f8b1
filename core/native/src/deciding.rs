//! The hooks that decide: plans and proposals, whatever the plugin does at some of the customers.

use std::ops::Range;

use kehu_contract::{
    Batch, Case, Cause, LeftOut, PackError, Plan, PlanningProblem, Proposal, Step,
};

use crate::columns::part;
use crate::decide;
use crate::factory::OnCrash;
use crate::guest::Work;
use crate::host::{Death, names};
use crate::lend::Lending;
use crate::pack::{NativePack, Seat, Trouble};
use crate::search::{self, About};

impl NativePack {
    fn json<T: serde::Serialize + ?Sized>(&self, value: &T) -> Result<Vec<u8>, Trouble> {
        serde_json::to_vec(value).map_err(|error| self.failed(error.to_string()))
    }

    /// Proposes for a batch; customers that are passed over get no proposals.
    pub(crate) fn propose_all(
        &mut self,
        place: usize,
        step: &Step,
        batch: &Batch,
        cases: &[Case],
    ) -> Result<Vec<Proposal>, PackError> {
        let about = About {
            step,
            ids: batch.ids.clone(),
            names: cases.iter().map(|case| case.name.as_str()).collect(),
            columns: Some(&batch.columns),
        };
        let ask = |pack: &mut Self, rows: Range<usize>| {
            if rows == (0..batch.ids.len()) {
                return pack.propose(place, step, batch, cases);
            }
            pack.propose(place, step, &part(batch, &rows), &cases[rows])
        };
        let pieces = search::ask(self, &about, &ask)?;
        Ok(pieces.into_iter().flat_map(|(_, proposals)| proposals.unwrap_or_default()).collect())
    }

    fn propose(
        &mut self,
        place: usize,
        step: &Step,
        batch: &Batch,
        cases: &[Case],
    ) -> Result<Vec<Proposal>, Trouble> {
        self.create(place, &[])?;
        let text = self.json(cases)?;
        let lending = self.lending(Lending::of_batch(step, batch))?;
        let answer = self.call(batch.ids.len(), |seat, limit| match seat {
            Seat::Worker(worker) => worker.follow_up(place, &lending, &text, limit),
            Seat::Inside(guest) => {
                let names = names(step);
                let lent = lending.in_place(&names);
                Ok(guest.ask(place, &Work::FollowUp { lent: &lent, cases: &text }))
            }
        });
        let answer = answer.map_err(|trouble| trouble.within(batch))?;
        let known = decide::Known { rules: self.own_rules(), as_of: self.context().as_of };
        decide::proposals(&answer.emitted, &known, &self.manifest().actions, batch, cases)
            .map_err(|what| self.misuse(None, what))
    }

    /// Plans for one rep; customers that are passed over are left out of the plan, with the reason.
    pub(crate) fn plan_all(
        &mut self,
        place: usize,
        step: &Step,
        problem: &PlanningProblem,
    ) -> Result<Plan, PackError> {
        let mut rest = problem.clone();
        let mut passed: Vec<(LeftOut, Death)> = Vec::new();
        loop {
            let about = About {
                step,
                ids: rest.customers.iter().map(|each| each.customer).collect(),
                names: rest.customers.iter().map(|each| each.name.as_str()).collect(),
                columns: None,
            };
            let death = match self.plan(place, &rest) {
                Ok(mut plan) => {
                    for (left, death) in passed {
                        self.note_crash(step, left.customer, &death);
                        // Whose visits are all made already is missed by nobody.
                        plan.left_out.extend(Some(left).filter(|left| left.missing > 0));
                    }
                    return Ok(plan);
                }
                Err(Trouble::Death(death)) if death.is_crash() => death,
                Err(trouble) => {
                    if let Trouble::Death(death) = &trouble {
                        self.note_death(death);
                    }
                    return Err(self.describe(trouble, &about));
                }
            };
            let ask = |pack: &mut Self, rows: Range<usize>| pack.plan(place, &some(&rest, rows));
            let found = match self.on_crash() {
                OnCrash::Fail => None,
                OnCrash::SkipRows => search::find(self, rest.customers.len(), &death, &ask),
            };
            let Some((row, found)) = found else {
                self.note_death(&death);
                return Err(search::name(self, &about, &death, &ask));
            };
            let error = if passed.len() == search::MOST {
                let first = problem
                    .customers
                    .iter()
                    .position(|each| passed.iter().any(|(left, _)| left.customer == each.customer));
                let about = About {
                    ids: problem.customers.iter().map(|each| each.customer).collect(),
                    names: problem.customers.iter().map(|each| each.name.as_str()).collect(),
                    ..about
                };
                Some(search::too_many(self, &about, first.unwrap_or(0), &found))
            } else if rest.fixed.iter().any(|visit| visit.customer == about.ids[row]) {
                let mut error = search::at(self, &about, row, &found);
                error.message += "; a visit is agreed there, so that it cannot be left out";
                Some(error)
            } else {
                None
            };
            if let Some(error) = error {
                self.note_death(&found);
                return Err(error);
            }
            let customer = rest.customers.remove(row);
            let rule = self.crashed_rule();
            let causes = vec![Cause { rule, points: 0.0, arguments: Vec::new() }];
            let left = LeftOut { customer: customer.customer, missing: customer.visits, causes };
            passed.push((left, found));
        }
    }

    fn plan(&mut self, place: usize, problem: &PlanningProblem) -> Result<Plan, Trouble> {
        self.create(place, &[])?;
        let text = self.json(problem)?;
        let rows = problem.customers.len() + 1_000;
        let answer = self.call(rows, |seat, limit| match seat {
            Seat::Worker(worker) => worker.plan(place, &text, limit),
            Seat::Inside(guest) => Ok(guest.ask(place, &Work::Plan { problem: &text })),
        })?;
        let known = decide::Known { rules: self.own_rules(), as_of: self.context().as_of };
        decide::plan(&answer.emitted, &known).map_err(|what| self.misuse(None, what))
    }
}

/// The same problem with some of its customers only.
fn some(problem: &PlanningProblem, rows: Range<usize>) -> PlanningProblem {
    let customers = problem.customers[rows].to_vec();
    let is_in = |id: i64| customers.iter().any(|each| each.customer == id);
    let fixed = problem.fixed.iter().filter(|visit| is_in(visit.customer)).cloned().collect();
    PlanningProblem { customers, fixed, ..problem.clone() }
}
