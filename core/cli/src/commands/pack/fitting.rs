//! A pack beside the others: what loading it, and putting it among those that are on, would say.

use std::sync::Arc;

use kehu_contract::document::{Place, Problem};
use kehu_contract::{Manifest, PackFactory};
use kehu_engine::packs::checked_settings;
use kehu_engine::score::{self, Misfit};
use kehu_lua::PackFiles;
use kehu_lua::check::{self, Finding, Level};

use super::subject::Subject;
use crate::context::Context;
use crate::error::CommandError;
use crate::packs::sources::{self, MANIFEST};
use crate::packs::{self, Change};
use crate::printer::Printer;
use crate::workspace::Workspace;

/// The error that misfits are, if there are any.
pub(super) fn refuse(misfits: Vec<Misfit>) -> Option<CommandError> {
    let mut pages = misfits.into_iter().map(|Misfit { pack, what, hint, .. }| {
        CommandError::failed(format!("{pack} {what}")).hint(hint)
    });
    let first = pages.next()?;
    Some(CommandError { also: pages.collect(), ..first })
}

/// The error that findings are, if there are any.
pub(super) fn pages(findings: impl Iterator<Item = Finding>) -> Option<CommandError> {
    let mut pages = findings.map(|Finding { place, message, hint, .. }| {
        CommandError::from(Problem { place, message, hint })
    });
    let first = pages.next()?;
    Some(CommandError { also: pages.collect(), ..first })
}

/// What is wrong with a pack where it lies, and beside the others; nothing where it does not load.
pub(super) fn findings(
    context: &Context<'_>,
    workspace: Option<&Workspace>,
    subject: &Subject,
    files: &PackFiles,
) -> Vec<Finding> {
    let Ok(factory) = kehu_lua::load(files.clone()) else { return Vec::new() };
    let called = factory.manifest().name.clone();
    if called != subject.name {
        let problem = sources::misnamed(&files.dir, &called, &subject.name);
        let mut finding = check::of_problem(problem);
        if !subject.in_scripts {
            finding.level = Level::Warning;
            finding.hint = Some("in scripts both must have the same name".to_owned());
        }
        return vec![finding];
    }
    let Some(workspace) = workspace else { return Vec::new() };
    let is_on = workspace.settings.packs_on.contains(&called);
    // A pack that comes with the program may well need others that are not on.
    if !is_on && subject.folder.is_none() {
        return Vec::new();
    }
    let factory: Arc<dyn PackFactory> = Arc::new(factory);
    let mut found = settings(workspace, factory.manifest());
    let beside = Beside { context, workspace, files };
    for finding in beside.others(&factory) {
        if !is_on {
            let (name, what) = (&called, &finding.message);
            Printer::talk(&format!("note: pack {name} is off; turned on, {what}"));
        } else if !found.iter().any(|other| other.place == finding.place) {
            found.push(finding);
        }
    }
    found
}

/// What the workspace sets for it and it does not take.
fn settings(workspace: &Workspace, manifest: &Manifest) -> Vec<Finding> {
    let problems = checked_settings(manifest, &workspace.settings).err().unwrap_or_default();
    problems
        .into_iter()
        .map(|problem| Finding { code: "setting", ..check::of_problem(problem) })
        .collect()
}

struct Beside<'a> {
    context: &'a Context<'a>,
    workspace: &'a Workspace,
    files: &'a PackFiles,
}

impl Beside<'_> {
    fn others(&self, factory: &Arc<dyn PackFactory>) -> Vec<Finding> {
        let name = &factory.manifest().name;
        let change = |with| Change { with, lenient: true, ..Change::default() };
        let after =
            |change: &Change| packs::enabled_after(self.workspace, self.context.shipped, change);
        let (set, settings) = match after(&change(Some(Arc::clone(factory)))) {
            Ok(after) => after,
            Err(error) => {
                let without = Change { off: Some(name.clone()), ..change(None) };
                // What is wrong without it too is not its fault.
                if after(&without).is_ok() {
                    return self.of_error(error);
                }
                let why = &error.message;
                Printer::talk(&format!("note: not looked at beside the packs that are on: {why}"));
                return Vec::new();
            }
        };
        let misfits = score::all_misfits(&set, &settings).into_iter();
        let concerned = misfits.filter_map(|misfit| {
            if misfit.pack == *name {
                Some((Level::Error, format!("it {}", misfit.what), misfit))
            } else if misfit.with.contains(name) {
                let told =
                    format!("pack {} is left out beside it: it {}", misfit.pack, misfit.what);
                Some((Level::Warning, told, misfit))
            } else {
                None
            }
        });
        concerned
            .map(|(level, message, misfit)| Finding {
                level,
                code: "misfit",
                place: self.place(misfit.column.as_deref()),
                message,
                hint: Some(misfit.hint),
            })
            .collect()
    }

    fn place(&self, column: Option<&str>) -> Place {
        // No column has an empty name: then it is the whole manifest.
        check::place_of_column(self.files, column.unwrap_or_default())
    }

    fn of_error(&self, error: CommandError) -> Vec<Finding> {
        let CommandError { message, place, hints, also, .. } = error;
        let whole = || {
            let file = format!("{}/{MANIFEST}", self.files.dir);
            Place { file: file.into(), line: 1, column: 1, source: "".into() }
        };
        let first = Finding {
            level: Level::Error,
            code: "misfit",
            place: place.unwrap_or_else(whole),
            message,
            hint: hints.into_iter().next(),
        };
        let others = also.into_iter().flat_map(|other| self.of_error(other));
        std::iter::once(first).chain(others).collect()
    }
}
