//! After a command has written: packs are told, and people are told what the packs made of it.

use std::process::ExitCode;

use kehu_contract::Hook;
use kehu_domain::{OperationId, TaskId};
use kehu_engine::hooks::effects::{Deed, Done, edited};
use kehu_engine::hooks::event::{self, Aftermath};
use kehu_engine::records::names;
use kehu_store::Store as _;

use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::hooks::{Asked, place, sentence};
use crate::printer::Printer;
use crate::workspace::Workspace;

/// Tells the packs what the command has written, if it has. Whatever goes wrong with that, what was
/// written stands: the exit code says so.
pub(crate) fn tell(context: &Context<'_>) -> ExitCode {
    let Some(workspace) = context.opened() else { return ExitCode::SUCCESS };
    let Some(operation) = workspace.written.take() else { return ExitCode::SUCCESS };
    match tell_of(context, &workspace, operation) {
        Ok(code) => code,
        Err(error) => {
            context.printer.error(&error);
            Printer::talk("what was done stands; what packs make of it could not be written");
            ExitCode::from(3)
        }
    }
}

fn tell_of(
    context: &Context<'_>,
    workspace: &Workspace,
    operation: OperationId,
) -> Result<ExitCode> {
    let asked = Asked::find(context, workspace, Hook::OnEvent)?;
    let asking = asked.asking(workspace);
    let (aftermaths, unheard) = event::tell(&asking, operation)?;
    if workspace.strict.get() && asked.is_short(&unheard) {
        asked.tell(&unheard);
        return take_back(context, workspace, operation);
    }
    for aftermath in &aftermaths {
        show(workspace, aftermath)?;
    }
    Ok(asked.tell(&unheard))
}

/// Takes back what the command has written, and all that followed from it.
fn take_back(
    context: &Context<'_>,
    workspace: &Workspace,
    operation: OperationId,
) -> Result<ExitCode> {
    workspace.store.undo(Some(operation), &workspace.desk().draft("undo"))?;
    let page = CommandError::failed(format!(
        "{operation} was taken back, because a pack failed and the command is strict"
    ));
    context.printer.error(&page.hint("without --strict what was done stands"));
    Ok(ExitCode::FAILURE)
}

fn show(workspace: &Workspace, aftermath: &Aftermath) -> Result {
    let pack = &aftermath.pack;
    for done in &aftermath.done {
        say(workspace, pack, done)?;
    }
    if let Some(operation) = aftermath.operation {
        Printer::talk(&format!("hint: to take back what {pack} wrote: kehu undo {operation}"));
    }
    Ok(())
}

fn say(workspace: &Workspace, pack: &str, done: &Done) -> Result {
    let yes_or_no = |value: bool| if value { "yes" } else { "no" };
    let told = match &done.what {
        Deed::Task(task) => {
            let (id, due, what) = (TaskId(task.id), task.due, &task.what);
            let reader = workspace.store.read()?;
            let rep = task
                .rep
                .map(|rep| names::Directory::new(&*reader).name(kehu_domain::Entity::Rep, rep.0));
            let rep = rep.transpose()?.unwrap_or_else(|| "nobody".to_owned());
            format!("{pack} added {id} for {rep}, due {due}: {what}")
        }
        Deed::Standing(id) => format!("note: {id} stands for the same fact already: {pack}"),
        Deed::Tag(name, tag) => format!("{pack} tagged {name}: {tag}"),
        Deed::Untag(name, tag) => format!("{pack} took the tag {tag} off {name}"),
        Deed::Note(id, name) => format!("{pack} wrote note {id} about {name}"),
        Deed::Flag(name, field, value) => {
            format!("{pack} set {field} of {name} to {}", yes_or_no(*value))
        }
        Deed::Edit(name, set) => format!("{pack} changed {name}: {}", edited(set)),
        Deed::Warn(advice) => {
            for because in &done.because {
                let (sentence, place) = (sentence(because), place(because));
                Printer::talk(&format!("warning: {pack}: {sentence} ({place})"));
            }
            for advice in advice {
                Printer::talk(&format!("advice: {pack}: {}", sentence(advice)));
            }
            return Ok(());
        }
    };
    Printer::talk(&told);
    for because in &done.because {
        Printer::talk(&format!("  because {} ({})", sentence(because), place(because)));
    }
    Ok(())
}
