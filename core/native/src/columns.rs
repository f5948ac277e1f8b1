//! The hooks that give columns: asking, and joining what came of the parts of a batch.

use std::ops::Range;

use kehu_contract::{Batch, LabelValue, PackError, ScoredColumn, Step};

use crate::collect::{self, Source};
use crate::desk::Answer;
use crate::guest::{Guest, Work};
use crate::host::names;
use crate::lend::Lending;
use crate::pack::{NativePack, Seat, Trouble};
use crate::room::Layout;
use crate::search::{self, About};

impl NativePack {
    /// Scores a batch, whatever the plugin does at some of its customers.
    pub(crate) fn score_all(
        &mut self,
        place: usize,
        step: &Step,
        batch: &Batch,
        state: &[u8],
    ) -> Result<Vec<ScoredColumn>, PackError> {
        let about = About {
            step,
            ids: batch.ids.clone(),
            names: Vec::new(),
            columns: Some(&batch.columns),
        };
        let ask = |pack: &mut Self, rows: Range<usize>| {
            if rows == (0..batch.ids.len()) {
                return pack.score_once(place, step, batch, state);
            }
            pack.score_once(place, step, &part(batch, &rows), state)
        };
        let pieces = search::ask(self, &about, &ask)?;
        let mut whole: Option<Vec<ScoredColumn>> = None;
        for (_, scored) in pieces {
            let scored = scored.unwrap_or_else(|_| self.passed_over(step));
            match &mut whole {
                None => whole = Some(scored),
                Some(whole) => {
                    for (column, more) in whole.iter_mut().zip(&scored) {
                        collect::append(column, more);
                    }
                }
            }
        }
        Ok(whole.unwrap_or_default())
    }

    /// Scores a batch as it is.
    fn score_once(
        &mut self,
        place: usize,
        step: &Step,
        batch: &Batch,
        state: &[u8],
    ) -> Result<Vec<ScoredColumn>, Trouble> {
        self.create(place, state)?;
        let lending = self.lending(Lending::of_batch(step, batch))?;
        let is_inside = matches!(self.seat(), Some(Seat::Inside(_)));
        let description = self.description();
        let shape = &description.steps[place];
        let layout = Layout::new(step, shape, &description.rules, batch.ids.len(), !is_inside);
        let mut own = vec![0_u64; if is_inside { layout.size / 8 + 1 } else { 0 }];
        let base: *mut u8 = own.as_mut_ptr().cast();
        let mut reached = None;
        let answer = self.call(batch.ids.len(), |seat, limit| match seat {
            Seat::Worker(worker) => {
                let answer = worker.score(place, &lending, &layout, limit);
                if answer.is_err() {
                    reached = worker.reached(&layout);
                }
                answer
            }
            Seat::Inside(guest) => Ok(score_inside(guest, place, step, &lending, &layout, base)),
        });
        self.set_reached(reached);
        let answer = answer.map_err(|trouble| trouble.within(batch))?;
        let given = match self.seat() {
            Some(Seat::Worker(worker)) => worker.given(),
            _ => base.cast_const(),
        };
        let labels = self.labels(step);
        let source = Source {
            description: self.description(),
            rules: self.own_rules(),
            step,
            place,
            batch,
            texts: &answer.texts,
            labels: &labels,
        };
        #[expect(unsafe_code, reason = "the buffers are read")]
        // SAFETY: the memory was laid out by this very layout for this call.
        let read = unsafe { collect::columns(&source, &layout, given) };
        read.map_err(|(row, what)| self.misuse(row, what).within(batch))
    }

    fn labels(&self, step: &Step) -> Vec<Vec<LabelValue>> {
        let manifest = self.manifest();
        step.gives.iter().map(|give| manifest.label_values(give, self.settings())).collect()
    }

    /// What a customer gets that is passed over: nothing, and why.
    fn passed_over(&self, step: &Step) -> Vec<ScoredColumn> {
        let rule = self.crashed_rule();
        step.gives.iter().map(|give| collect::missing(give.info.kind, rule)).collect()
    }
}

/// Some rows of a batch.
pub(crate) fn part(batch: &Batch, rows: &Range<usize>) -> Batch {
    Batch {
        ids: batch.ids[rows.clone()].to_vec(),
        columns: batch.columns.slice(rows.start, rows.end),
    }
}

fn score_inside(
    guest: &mut Guest,
    place: usize,
    step: &Step,
    lending: &Lending<'_>,
    layout: &Layout,
    base: *mut u8,
) -> Answer {
    let names = names(step);
    let lent = lending.in_place(&names);
    #[expect(unsafe_code, reason = "the buffers are prefilled")]
    // SAFETY: the caller made the memory as large as the layout, of words.
    unsafe {
        layout.prefill(base);
    }
    guest.ask(place, &Work::Score { lent: &lent, layout, base })
}
