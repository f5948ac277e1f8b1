//! Finding the customers at which a plugin dies, and asking about all others.
//!
//! A plugin that goes from row to row leaves behind where it was: the first row that it did not write.
//! That row is asked about first; if that was a wrong guess, or nothing is written, parts are halved.

use std::ops::Range;
use std::time::Duration;

use kehu_contract::{Columns, FailureKind, PackError, Step};

use crate::factory::OnCrash;
use crate::host::Death;
use crate::pack::{NativePack, Trouble, inputs};

/// How many customers of a batch may be passed over: more is no slip, but a plugin that does not work.
pub(crate) const MOST: usize = 64;
/// At how many of them it may hang: each takes seconds.
const HANGS: usize = 8;
/// How long a part of a batch may take, when the customer is looked for at whom a plugin hangs.
const HURRY: Duration = Duration::from_millis(250);

/// Asks about the customers at some places.
pub(crate) type Ask<'a, T> = &'a dyn Fn(&mut NativePack, Range<usize>) -> Result<T, Trouble>;

/// A part of the customers, with what came of it. Where it died, the part is one customer.
pub(crate) type Piece<T> = (Range<usize>, Result<T, Death>);

/// Whom a question is about.
pub(crate) struct About<'a> {
    pub(crate) step: &'a Step,
    pub(crate) ids: Vec<i64>,
    /// Their names, where the question has them.
    pub(crate) names: Vec<&'a str>,
    pub(crate) columns: Option<&'a Columns>,
}

impl About<'_> {
    /// A customer as people see it.
    fn show(&self, row: usize) -> String {
        let id = self.ids[row];
        self.names.get(row).map_or_else(|| format!("C-{id}"), |name| format!("C-{id} {name}"))
    }
}

/// Asks about all customers. If that kills the plugin, the customer is named; or, if that is wanted,
/// all others are asked about.
pub(crate) fn ask<T>(
    pack: &mut NativePack,
    about: &About<'_>,
    ask: Ask<'_, T>,
) -> Result<Vec<Piece<T>>, PackError> {
    let all = 0..about.ids.len();
    let death = match ask(pack, all.clone()) {
        Ok(answer) => return Ok(vec![(all, Ok(answer))]),
        Err(Trouble::Death(death)) if death.is_of_plugin() => death,
        Err(trouble) => return Err(pack.describe(trouble, about)),
    };
    if pack.on_crash() == OnCrash::Fail || all.is_empty() {
        pack.note_death(&death);
        return Err(name(pack, about, &death, ask));
    }
    let pieces = skip(pack, about, &death, ask);
    match &pieces {
        Ok(pieces) if pieces.iter().any(|(_, answer)| answer.is_err()) => {}
        _ => pack.note_death(&death),
    }
    let pieces = pieces?;
    for (range, answer) in &pieces {
        if let Err(death) = answer {
            pack.note_crash(about.step, about.ids[range.start], death);
        }
    }
    Ok(pieces)
}

/// An error that names the customer at whom the plugin dies, if it is one.
pub(crate) fn name<T>(
    pack: &mut NativePack,
    about: &About<'_>,
    death: &Death,
    ask: Ask<'_, T>,
) -> PackError {
    match find(pack, about.ids.len(), death, ask) {
        Some((row, death)) => at(pack, about, row, &death),
        None => {
            let mut error = pack.describe(Trouble::Death(death.clone()), about);
            if about.ids.is_empty() {
                error.message += "; there was no customer";
            } else if !death.is_hang() {
                error.message += "; asked about parts of the batch it did not";
            }
            error
        }
    }
}

/// An error about one customer.
pub(crate) fn at(pack: &NativePack, about: &About<'_>, row: usize, death: &Death) -> PackError {
    let mut error = pack.describe(Trouble::Death(death.clone()), about);
    error.customer = about.ids.get(row).copied();
    error.inputs = about.columns.map(|columns| inputs(columns, row)).unwrap_or_default();
    if !matches!(death, Death::Forbidden(_)) {
        error.hint = Some(pack.advice(about.step));
    }
    error
}

/// Finds one customer at whom the plugin comes to such an end, and to which. None if it does so only
/// when it is asked about many at once, or only now and then.
pub(crate) fn find<T>(
    pack: &mut NativePack,
    rows: usize,
    death: &Death,
    ask: Ask<'_, T>,
) -> Option<(usize, Death)> {
    let reached = pack.take_reached();
    let is_hang = death.is_hang();
    let mut dies = |range: Range<usize>| {
        // A busy machine may be slow anywhere: one customer has all the time there is.
        let hurry = (is_hang && range.len() > 1).then_some(HURRY);
        match pack.hurried(hurry, |pack| ask(pack, range)) {
            Err(Trouble::Death(death)) if death.is_of_plugin() && death.is_hang() == is_hang => {
                Some(death)
            }
            _ => None,
        }
    };
    // The last row that is written may be the one, if it was written before it failed.
    for row in reached.into_iter().flat_map(|row| [Some(row), row.checked_sub(1)]).flatten() {
        if row < rows
            && let Some(death) = dies(row..row + 1)
        {
            return Some((row, death));
        }
    }
    let (mut from, mut to) = (0, rows);
    while to - from > 1 {
        let middle = from + (to - from) / 2;
        match dies(from..middle) {
            Some(_) => to = middle,
            None => from = middle,
        }
    }
    if from == to {
        return None;
    }
    dies(from..to).map(|death| (from, death))
}

/// What a part was cut out for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// It may be cut where the plugin came to.
    Anywhere,
    /// It should have been without fault: it is halved.
    Halves,
    /// It is the one customer that is suspected.
    Suspect,
}

/// Asks about all customers but those at whom the plugin dies.
fn skip<T>(
    pack: &mut NativePack,
    about: &About<'_>,
    first: &Death,
    ask: Ask<'_, T>,
) -> Result<Vec<Piece<T>>, PackError> {
    let mut pieces: Vec<Piece<T>> = Vec::new();
    let (mut hangs, mut in_hurry, mut is_trusted) = (0, first.is_hang(), true);
    let mut deaths: Vec<usize> = Vec::new();
    // The parts that wait, the first at the end.
    let mut waiting = cut(0..about.ids.len(), pack.take_reached(), Cut::Anywhere);
    while let Some((range, kind)) = waiting.pop() {
        if range.is_empty() {
            continue;
        }
        let hurry = (in_hurry && range.len() > 1).then_some(HURRY);
        let death = match pack.hurried(hurry, |pack| ask(pack, range.clone())) {
            Ok(answer) => {
                is_trusted &= kind != Cut::Suspect;
                pieces.push((range, Ok(answer)));
                continue;
            }
            Err(Trouble::Death(death)) if death.is_of_plugin() => death,
            Err(trouble) => return Err(pack.describe(trouble, about)),
        };
        in_hurry |= death.is_hang();
        let reached = pack.take_reached().filter(|_| is_trusted);
        if range.len() > 1 {
            waiting.extend(cut(range, reached, kind));
            continue;
        }
        hangs += usize::from(death.is_hang());
        deaths.push(range.start);
        if deaths.len() > MOST || hangs > HANGS {
            return Err(too_many(pack, about, deaths[0], &death));
        }
        pieces.push((range, Err(death)));
    }
    Ok(pieces)
}

/// Cuts a part in which the plugin died; the first piece comes last.
fn cut(range: Range<usize>, reached: Option<usize>, kind: Cut) -> Vec<(Range<usize>, Cut)> {
    let suspect = reached.map(|row| range.start + row).filter(|row| {
        kind == Cut::Anywhere && *row > range.start && *row < range.end && range.len() > 2
    });
    if let Some(row) = suspect {
        return vec![
            (row + 1..range.end, Cut::Anywhere),
            (row..row + 1, Cut::Suspect),
            (range.start..row, Cut::Halves),
        ];
    }
    let middle = range.start + range.len() / 2;
    vec![(middle..range.end, kind), (range.start..middle, kind)]
}

/// An error about a plugin that dies at more customers than can be passed over.
pub(crate) fn too_many(
    pack: &NativePack,
    about: &About<'_>,
    first: usize,
    death: &Death,
) -> PackError {
    let (what, most) = if death.is_hang() { ("hangs", HANGS) } else { ("dies", MOST) };
    let mut error = pack.describe(Trouble::Death(death.clone()), about);
    if !death.is_hang() {
        error.kind = FailureKind::Runtime;
    }
    error.message = format!(
        "the plugin {what} at more than {most} customers of one batch, the first is {}: it {}",
        about.show(first),
        death.words()
    );
    error.hint = Some("tell its author: so many are not passed over".to_owned());
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_cut_where_the_plugin_came_to_and_is_never_cut_so_again_before_that() {
        let pieces = cut(10..20, Some(4), Cut::Anywhere);
        assert_eq!(
            pieces.iter().map(|(range, _)| range.clone()).collect::<Vec<_>>(),
            [15..20, 14..15, 10..14]
        );
        let pieces = cut(10..14, Some(2), pieces[2].1);
        assert_eq!(pieces[1].0, 10..12);
        for reached in [None, Some(0), Some(10), Some(99)] {
            let pieces = cut(10..20, reached, Cut::Anywhere);
            assert_eq!((pieces[1].0.clone(), pieces[0].0.clone()), (10..15, 15..20));
        }
        assert_eq!(cut(0..2, Some(1), Cut::Anywhere).len(), 2);
    }
}
