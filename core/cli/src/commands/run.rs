use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use crate::arguments::{DayWord, day};
use crate::context::Context;
use crate::error::Result;
use crate::script::{self, Limits};

/// Runs a Lua script over the records: a report in ten lines
///
/// The script reads and never writes: kehu.customers, kehu.deals, kehu.interactions and kehu.reps give
/// rows, kehu.group and kehu.sum add them up, kehu.explain says why, kehu.table and print show what came
/// out. It has no files, no clock and no network. All is seen as of one day: that of --as-of, else that of
/// the latest run, else today.
///
/// What a script returns is shown. If it returns functions, as the main.lua of a pack does, they are
/// tried on the first two customers.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu run examples/reports/top_customers.lua
  kehu run top.lua 20 --as-of 2024-06-30 --json
  echo 'for c in kehu.customers{ where = \"recency_days > 90\" } do print(c.name) end' | kehu run -")]
pub(crate) struct Args {
    /// The script; - reads it from the standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Words for the script, which finds them in kehu.args
    #[arg(value_name = "ARGUMENT")]
    arguments: Vec<String>,
    /// The day as of which all is seen [default: that of the latest run, else today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    as_of: Option<DayWord>,
    /// Gives tables as CSV
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// The processor time that the script may use
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = script::time)]
    time: Duration,
    /// The memory that it may use, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u16).range(8..=16384))]
    memory: u16,
    /// How much it may write, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=4096))]
    output: u16,
}

pub(crate) fn run(context: &mut Context<'_>, args: Args) -> Result<ExitCode> {
    let read = script::read(&args.file)?;
    let is_of_pack = args.file.with_file_name("pack.toml").is_file();
    let limits = Limits { time: args.time, memory: args.memory, output: args.output };
    let prepared = script::prepare(context, args.as_of, limits, args.arguments, args.csv)?;
    prepared.run(read).map_err(|error| {
        if is_of_pack {
            return error
                .hint("this is a script of a pack; kehu pack test runs it with its pack.toml");
        }
        error
    })
}
