use kehu_engine::records::interactions::{self, InteractionFacts};

use crate::arguments::{DayWord, day};
use crate::context::Context;
use crate::error::Result;

/// Writes a note about a customer
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu note 武汉钢铁 '正在换采购系统'
  kehu note C-12 'asked for the price list' --on yesterday")]
pub(crate) struct Args {
    /// The customer, by name or id
    customer: String,
    /// The words
    #[arg(allow_hyphen_values = true)]
    text: String,
    /// The day that it is about [default: today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    on: Option<DayWord>,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let workspace = context.open()?;
    let desk = workspace.desk();
    let facts = InteractionFacts { text: Some(args.text.clone()), ..InteractionFacts::default() };
    let on = args.on.map(|on| on.on(desk.act.today));
    let note = interactions::log(&desk, "note", &args.customer, on, &facts)?;
    super::tell_if_nobodys(&workspace, false, note.rep);
    super::log::show_logged(context, &workspace, &note)
}
