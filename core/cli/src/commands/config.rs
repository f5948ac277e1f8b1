use crate::context::Context;
use crate::error::Result;
use crate::locale::{KEY, SET_AT, VALUE as WHAT};
use crate::output::{Cell, Column, Listing, show_listing, write_evenly};
use crate::packs;
use crate::printer::Printer;
use crate::workspace::{UserConfig, find, read_settings};

/// Shows what is set, and where
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Args {
    Show(Show),
}

/// Shows every value with the file and line that sets it
///
/// Values come from the defaults, from the workspace that this one extends, and from its own
/// kehu.toml; the last one counts. The settings of the packs that are on are among them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu config show                 every value
  kehu config show planning        those that begin with planning
  kehu config show settings.tiers  those of the pack tiers
  kehu config show --json          for programs")]
pub(crate) struct Show {
    /// Only values whose key begins so
    key: Option<String>,
}

/// A value with its key and the place that sets it.
type Value = (String, serde_json::Value, String);

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let Args::Show(Show { key }) = args;
    let settings = read_settings(&find(&context.globals)?, context.shipped)?;
    let mut listing = Listing::new(vec![
        Column::whole("key", KEY),
        Column::text("value", WHAT),
        Column::whole("set_at", SET_AT),
    ]);
    let mut values = settings.values();
    values.extend(defaults_of_packs(context, &values));
    for (path, mut value, place) in values {
        write_evenly(&mut value);
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

/// The settings of the packs that are on which the workspace leaves as they are. The command that shows what
/// is set must work where packs do not: then it says why theirs are missing.
fn defaults_of_packs(context: &Context<'_>, set: &[Value]) -> Vec<Value> {
    let enabled = context.open().and_then(|open| packs::enabled(&open, context.shipped));
    let packs = match enabled {
        Ok(packs) => packs,
        Err(error) => {
            Printer::talk("note: the settings of packs are not shown");
            context.printer.error(&error);
            return Vec::new();
        }
    };
    let is_set = |path: &str| {
        let within = format!("{path}.");
        set.iter().any(|(each, ..)| each == path || each.starts_with(&within))
    };
    let manifests = packs.manifests();
    let settings = manifests.iter().flat_map(|pack| {
        let path = |name: &str| format!("settings.{}.{name}", pack.name);
        let place = format!("(default of {})", pack.name);
        pack.settings
            .iter()
            .map(move |each| (path(&each.name), each.default.clone(), place.clone()))
    });
    settings.filter(|(path, ..)| !is_set(path)).collect()
}
