//! What packs say of a deal, on stderr and as an error page.

use kehu_contract::Judgement;
use kehu_engine::hooks::stage::{Heard, Said};

use crate::error::CommandError;
use crate::hooks::{place, sentence};
use crate::printer::Printer;

/// Tells what stands against a move that was done, and what the packs advise.
pub(super) fn tell(heard: &Heard, overrule: bool) {
    if overrule && heard.refusals().next().is_none() {
        Printer::talk("note: no pack refuses, so there was nothing to overrule");
    }
    for said in &heard.said {
        for because in &said.because {
            let (pack, sentence, place) = (&said.pack, sentence(because), place(because));
            match said.judgement {
                Judgement::Allow => {}
                Judgement::Warn => {
                    Printer::talk(&format!("warning: {pack}: {sentence} ({place})"));
                }
                Judgement::Refuse => {
                    Printer::talk(&format!("overruled: {pack}: {sentence} ({place})"));
                }
            }
        }
        if said.judgement != Judgement::Refuse {
            for advice in &said.advice {
                Printer::talk(&format!("advice: {}: {}", said.pack, sentence(advice)));
            }
        }
    }
}

/// The error page of a refusal: who refuses and why, and what would satisfy them.
pub(super) fn refusal(heard: &Heard) -> CommandError {
    let mut pages: Vec<CommandError> = heard.refusals().map(page).collect();
    if let Some(last) = pages.last_mut() {
        last.hints.push(
            "to do it all the same: --overrule --reason WHY; the deal's history keeps both"
                .to_owned(),
        );
    }
    let mut pages = pages.into_iter();
    match pages.next() {
        Some(first) => CommandError { also: pages.collect(), ..first },
        None => CommandError::failed("the deal was not moved, and no pack says why"),
    }
}

fn page(said: &Said) -> CommandError {
    let mut because = said.because.iter();
    let first = because.next();
    let message = first.map(sentence).unwrap_or_default();
    let page = CommandError::failed(format!("pack {} refuses: {message}", said.pack));
    let rest = because.map(|because| format!("{} ({})", sentence(because), place(because)));
    CommandError {
        typed: first.map(place).into_iter().chain(rest).collect(),
        hints: said.advice.iter().map(|advice| sentence(advice).to_owned()).collect(),
        ..page
    }
}
