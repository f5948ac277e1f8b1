use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::Cli;
use crate::context::Context;
use crate::error::Result;

/// Writes completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu completions bash > ~/.local/share/bash-completion/completions/kehu")]
pub(crate) struct Args {
    /// Which shell
    shell: Shell,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "kehu", &mut script);
    Ok(context.printer.line(String::from_utf8_lossy(&script).trim_end())?)
}
