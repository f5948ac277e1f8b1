//! The commands, one file each, joined by one flat match.
//!
//! To add one: a file here with `Args` (or an enum of subcommands, each with its own) and
//! `run(context, args)`; a line in [`Command`], a line in [`run`], and its name in a group of
//! [`crate::help::GROUPS`].

mod api;
mod completions;
mod config;
mod contact;
mod customer;
mod customer_columns;
mod customer_list;
mod customer_page;
mod deal;
mod deal_page;
mod deal_review;
mod deal_said;
mod demo;
mod doctor;
mod explain;
pub(crate) mod explain_page;
mod features;
mod history;
mod import;
mod init;
mod interaction;
mod log;
mod note;
mod override_value;
mod pack;
mod personal;
mod plan;
mod plugin;
pub(crate) mod plugin_worker;
mod product;
mod recording;
mod rep;
mod repl;
mod report;
mod run;
mod runs;
mod score;
mod show;
mod show_json;
mod show_open;
mod show_page;
mod target;
mod task;
mod today;
mod today_answer;
mod today_page;
mod undo;

use std::process::ExitCode;

use clap::Subcommand;
use kehu_domain::{Entity, RepId};
use kehu_engine::records::names;

use crate::context::Context;
use crate::error::Result;
use crate::events;
use crate::output::show_json;
use crate::printer::Printer;
use crate::workspace::Workspace;

/// Names what can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(init::Args),
    Demo(demo::Args),
    #[command(subcommand)]
    Config(config::Args),
    Import(import::Args),
    Show(show::Args),
    #[command(subcommand)]
    Customer(customer::Args),
    #[command(subcommand)]
    Contact(contact::Args),
    Log(Box<log::Args>),
    Note(note::Args),
    #[command(subcommand)]
    Interaction(interaction::Args),
    #[command(subcommand)]
    Deal(deal::Args),
    #[command(subcommand)]
    Task(task::Args),
    #[command(subcommand)]
    Target(target::Args),
    #[command(subcommand)]
    Rep(rep::Args),
    #[command(subcommand)]
    Product(product::Args),
    Score(score::Args),
    Explain(explain::Args),
    Override(override_value::Args),
    #[command(subcommand)]
    Runs(runs::Args),
    Features(features::Args),
    Api(api::Args),
    #[command(subcommand)]
    Pack(pack::Args),
    #[command(subcommand)]
    Plugin(plugin::Args),
    Run(run::Args),
    Repl(repl::Args),
    Report(report::Args),
    Plan(plan::Args),
    Today(today::Args),
    History(history::Args),
    Undo(undo::Args),
    Doctor(doctor::Args),
    Completions(completions::Args),
    #[command(hide = true)]
    Recording(recording::Args),
    #[command(hide = true)]
    PluginWorker(plugin_worker::Args),
}

/// Does what was asked for, and tells the packs what it has written; the code says whether all of it was
/// done.
pub(crate) fn run(context: &mut Context<'_>, command: Command) -> Result<ExitCode> {
    let outcome = dispatch(context, command).and_then(|code| {
        context.printer.finish()?;
        Ok(code)
    });
    // What was written is told even where nobody was left to read what was shown.
    let told = events::tell(context);
    let code = outcome?;
    Ok(if code == ExitCode::SUCCESS { told } else { code })
}

fn dispatch(context: &mut Context<'_>, command: Command) -> Result<ExitCode> {
    match command {
        Command::Init(args) => init::run(context, &args),
        Command::Demo(args) => demo::run(context, &args),
        Command::Config(args) => config::run(context, &args),
        Command::Import(args) => return import::run(context, &args),
        Command::Show(args) => return show::run(context, &args),
        Command::Customer(args) => customer::run(context, args),
        Command::Contact(args) => contact::run(context, args),
        Command::Log(args) => log::run(context, *args),
        Command::Note(args) => note::run(context, &args),
        Command::Interaction(args) => interaction::run(context, args),
        Command::Deal(args) => return deal::run(context, args),
        Command::Task(args) => task::run(context, args),
        Command::Target(args) => target::run(context, args),
        Command::Rep(args) => rep::run(context, args),
        Command::Product(args) => product::run(context, args),
        Command::Score(args) => return score::run(context, &args),
        Command::Explain(args) => explain::run(context, &args),
        Command::Override(args) => override_value::run(context, &args),
        Command::Runs(args) => runs::run(context, args),
        Command::Features(args) => features::run(context, &args),
        Command::Pack(args) => return pack::run(context, args),
        Command::Api(args) => api::run(context, &args),
        Command::Plugin(args) => return plugin::run(context, args),
        Command::Run(args) => return run::run(context, args),
        Command::Report(args) => return report::run(context, args),
        Command::Repl(args) => repl::run(context, &args),
        Command::Plan(args) => return plan::run(context, &args),
        Command::Today(args) => return today::run(context, args),
        Command::History(args) => history::run(context, &args),
        Command::Undo(args) => undo::run(context, &args),
        Command::Doctor(args) => return doctor::run(context, &args),
        Command::Completions(args) => completions::run(context, &args),
        Command::Recording(args) => recording::run(context, &args),
        Command::PluginWorker(args) => return Ok(plugin_worker::run(context, &args)),
    }
    .map(|()| ExitCode::SUCCESS)
}

/// Says so where work is nobody's because the one who acts is no rep: it would be in no rep's list.
fn tell_if_nobodys(workspace: &Workspace, named: bool, rep: Option<RepId>) {
    if !named && rep.is_none() {
        let by = &workspace.act.by;
        Printer::talk(&format!(
            "note: no rep is recorded, because {by} is no rep of this workspace; use --rep NAME, or set [user] name"
        ));
    }
}

/// Shows the id of the record that was made or changed: what a script needs for its next command.
fn show_id(context: &mut Context<'_>, entity: Entity, id: i64) -> Result {
    let id = names::show_id(entity, id);
    if context.globals.json {
        return show_json(&mut context.printer, serde_json::json!({ "id": id }));
    }
    Ok(context.printer.line(&id)?)
}
