use crate::context::Context;
use crate::error::Result;
use crate::locale::{KEY, SET_AT, VALUE};
use crate::output::{Cell, Column, Listing, show_listing};
use crate::workspace::{UserConfig, find, read_settings};

/// Shows what is set, and where
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Args {
    Show(Show),
}

/// Shows every value with the file and line that sets it
///
/// Values come from the defaults, from the workspace that this one extends, and from its own
/// kehu.toml; the last one counts.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu config show                 every value
  kehu config show planning        those that begin with planning
  kehu config show --json          for programs")]
pub(crate) struct Show {
    /// Only values whose key begins so
    key: Option<String>,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let Args::Show(Show { key }) = args;
    let settings = read_settings(&find(&context.globals)?)?;
    let mut listing = Listing::new(vec![
        Column::whole("key", KEY),
        Column::text("value", VALUE),
        Column::whole("set_at", SET_AT),
    ]);
    for (path, value, place) in settings.values() {
        if key.as_ref().is_none_or(|key| path.starts_with(key.as_str())) {
            let cell = Cell { show: value.to_string(), json: value };
            listing.rows.push(vec![Cell::text(path), cell, Cell::text(place)]);
        }
    }
    let language = context.globals.language().or(UserConfig::read()?.language);
    let mut form = context.form(language.unwrap_or(settings.language));
    form.limit = context.globals.limit.filter(|limit| *limit > 0);
    show_listing(&mut context.printer, form, listing)
}
