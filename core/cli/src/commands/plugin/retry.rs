use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::machine::Machine;
use crate::printer::Printer;

/// Lets a plugin be tried again that rests because it crashed
///
/// A plugin that crashes three times within ten minutes rests on this machine until then.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  kehu plugin retry silence")]
pub(crate) struct Args {
    /// The plugin
    #[arg(value_name = "NAME")]
    name: String,
}

pub(crate) fn run(_: &Context<'_>, args: &Args) -> Result {
    if Machine::forget_crashes(&args.name)? {
        Printer::talk(&format!("{} will be tried again.", args.name));
        return Ok(());
    }
    Err(CommandError::failed(format!("no plugin \"{}\" has crashed on this machine", args.name))
        .hint("see which there are: kehu plugin list"))
}
