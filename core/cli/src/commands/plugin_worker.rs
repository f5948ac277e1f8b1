//! `kehu plugin-worker`: the process in which native plugins run; kehu starts it itself.

use std::process::ExitCode;

use crate::context::Context;

/// The name of the command.
pub(crate) const NAME: &str = "plugin-worker";

/// Runs native plugins for the kehu that started it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(context: &Context<'_>, _: &Args) -> ExitCode {
    kehu_native::worker_main(context.shipped.plugins)
}
