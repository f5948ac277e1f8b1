//! Finding the customers at which a plugin crashes: halves of a batch, until one is left.

use kehu_contract::{Batch, ScoredColumn, Step};

use crate::collect;
use crate::host::Death;
use crate::pack::{NativePack, Trouble};

/// How many customers of a batch may be passed over: more is no slip, but a plugin that does not work.
const MOST: usize = 64;

/// Some rows of a batch.
pub(crate) fn part(batch: &Batch, from: usize, to: usize) -> Batch {
    Batch { ids: batch.ids[from..to].to_vec(), columns: batch.columns.slice(from, to) }
}

/// Finds the first customer at which the plugin comes to such an end, and to which. None if it does so
/// only when it is asked about many at once, or only now and then.
pub(crate) fn find(
    pack: &mut NativePack,
    place: usize,
    step: &Step,
    batch: &Batch,
    state: &[u8],
    is_meant: fn(&Death) -> bool,
) -> Option<(usize, Death)> {
    let (mut from, mut to) = (0, batch.ids.len());
    if to == 0 {
        return None;
    }
    let mut crashes = |from: usize, to: usize| match pack.score_once(
        place,
        step,
        &part(batch, from, to),
        state,
    ) {
        Err(Trouble::Death(death)) if is_meant(&death) => Some(death),
        _ => None,
    };
    while to - from > 1 {
        let middle = from + (to - from) / 2;
        match crashes(from, middle) {
            Some(_) => to = middle,
            None => from = middle,
        }
    }
    crashes(from, to).map(|death| (from, death))
}

/// Scores all customers of a batch but those at which the plugin crashes.
#[expect(clippy::type_complexity, reason = "columns, and rows with what happened there")]
pub(crate) fn skip(
    pack: &mut NativePack,
    place: usize,
    step: &Step,
    batch: &Batch,
    state: &[u8],
) -> Result<(Vec<ScoredColumn>, Vec<(usize, Death)>), Trouble> {
    let mut whole: Option<Vec<ScoredColumn>> = None;
    let mut crashes = Vec::new();
    // The parts that wait, the first at the end.
    let rows = batch.ids.len();
    let mut waiting = vec![(rows / 2, rows), (0, rows / 2)];
    while let Some((from, to)) = waiting.pop() {
        if from == to {
            continue;
        }
        let scored = match pack.score_once(place, step, &part(batch, from, to), state) {
            Ok(scored) => scored,
            Err(Trouble::Death(death)) if death.is_crash() && to - from > 1 => {
                let middle = from + (to - from) / 2;
                waiting.extend([(middle, to), (from, middle)]);
                continue;
            }
            Err(Trouble::Death(death)) if death.is_crash() && crashes.len() < MOST => {
                crashes.push((from, death));
                pack.passed_over(step)
            }
            Err(trouble) => return Err(trouble),
        };
        match &mut whole {
            None => whole = Some(scored),
            Some(whole) => {
                for (column, more) in whole.iter_mut().zip(&scored) {
                    collect::append(column, more);
                }
            }
        }
    }
    Ok((whole.unwrap_or_default(), crashes))
}
