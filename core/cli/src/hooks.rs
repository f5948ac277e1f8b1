//! What the commands share that ask packs about what they do.

use std::process::ExitCode;

use kehu_contract::{Hook, Language};
use kehu_engine::day::Because;
use kehu_engine::hooks::{Asking, Unheard};
use kehu_engine::packs::PackSet;

use crate::context::Context;
use crate::error::Result;
use crate::locale;
use crate::packs;
use crate::printer::Printer;
use crate::runs;
use crate::workspace::Workspace;

/// Holds the packs that a command asks, and whether all of them could be had.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    packs: PackSet,
    /// True if packs could not be loaded: what the command does is done without them.
    is_partial: bool,
    /// True if nothing is done while any of them cannot be heard.
    strict: bool,
}

impl Asked {
    /// Finds the packs for a hook of a command. A mistake in a pack or in what is set for it must not
    /// keep people from recording what happened: it is told, and the command goes on.
    pub(crate) fn find(context: &Context<'_>, workspace: &Workspace, hook: Hook) -> Result<Self> {
        if !packs::may_answer(workspace, context.shipped, hook, &[])? {
            return Ok(Self::default());
        }
        match packs::enabled(workspace, context.shipped) {
            Ok(packs) => Ok(Self { packs, ..Self::default() }),
            Err(error) => {
                context.printer.error(&error);
                Printer::talk(&format!(
                    "no pack was asked at the hook {}, because the packs cannot be loaded",
                    hook.name()
                ));
                Ok(Self { is_partial: true, ..Self::default() })
            }
        }
    }

    /// Does nothing while any pack cannot be heard, if `strict`.
    pub(crate) fn strictly(self, strict: bool) -> Result<Self> {
        if strict && self.is_partial {
            return Err(runs::strict_error(&[]));
        }
        Ok(Self { strict, ..self })
    }

    /// What is said where it was strict that kept something from being done.
    pub(crate) fn refused(&self, unheard: &Unheard) -> Result {
        if self.strict && !unheard.failures.is_empty() {
            return Err(runs::strict_error(&unheard.failures));
        }
        Ok(())
    }

    /// True if any pack could not be heard.
    pub(crate) fn is_short(&self, unheard: &Unheard) -> bool {
        self.is_partial || !unheard.failures.is_empty()
    }

    /// Who asks.
    pub(crate) fn asking<'a>(&'a self, workspace: &'a Workspace) -> Asking<'a> {
        Asking { desk: workspace.desk(), packs: &self.packs, strict: self.strict }
    }

    /// True if any pack answers the hook.
    pub(crate) fn answers(&self, workspace: &Workspace, hook: Hook) -> bool {
        !self.packs.answering(hook, &workspace.settings).is_empty()
    }

    /// Tells which packs could not be heard; the exit code says so too.
    pub(crate) fn tell(&self, unheard: &Unheard) -> ExitCode {
        for (pack, failure) in &unheard.failures {
            Printer::talk(&format!("error: {failure}"));
            Printer::talk(&format!("pack {pack} could not be heard; the others were"));
        }
        if !unheard.unscored.is_empty() {
            Printer::talk(&format!(
                "note: the packs went without {}, which no run holds yet; next: kehu score",
                unheard.unscored.join(", ")
            ));
        }
        if self.is_short(unheard) {
            return ExitCode::from(3);
        }
        ExitCode::SUCCESS
    }
}

/// A reason in the language of talk.
pub(crate) fn sentence(because: &Because) -> &str {
    because.text.get(locale::spoken())
}

/// Reasons one after the other, in a language.
pub(crate) fn sentences(because: &[Because], language: Language) -> String {
    let said: Vec<&str> = because.iter().map(|because| because.text.get(language)).collect();
    said.join(if language == Language::Zh { "；" } else { "; " })
}

/// Where the rule of a reason is declared.
pub(crate) fn place(because: &Because) -> String {
    format!("{}:{}", because.file, because.line)
}
