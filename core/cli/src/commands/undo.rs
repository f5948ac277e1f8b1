use kehu_domain::OperationId;
use kehu_store::{Store as _, Undone};

use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::printer::Printer;

/// Takes back the last operation, or a named one
///
/// What it made is deleted and what it changed is as before; kehu history still shows that it was
/// done and undone. It is refused when later operations touch the same records: undo those first.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu undo                        takes back the last operation
  kehu undo O-12                   takes back that one")]
pub(crate) struct Args {
    /// The operation's id, as kehu history shows it
    operation: Option<String>,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let target = args.operation.as_deref().map(parse).transpose()?;
    let workspace = context.open()?;
    let desk = workspace.desk();
    let Undone { operation: undone, with } = workspace.store.undo(target, &desk.draft("undo"))?;
    Printer::talk(&format!("Took back {}: {}.", undone.id, undone.summary));
    for followed in &with {
        Printer::talk(&format!(
            "With it {}, which followed from it: {}.",
            followed.id, followed.summary
        ));
    }
    if let Some(cause) = undone.cause {
        Printer::talk(&format!(
            "hint: what gave rise to it stands; to take that back too: kehu undo {cause}"
        ));
    }
    if undone.kind == "import" {
        Printer::talk("What its mapping added to kehu.toml stays there: it is yours to take out.");
    }
    Ok(())
}

fn parse(text: &str) -> Result<OperationId> {
    OperationId::parse(text).ok_or_else(|| {
        CommandError::usage(format!("\"{text}\" is no operation"))
            .hint("write its id, such as O-12; kehu history lists them")
    })
}
