use std::process::ExitCode;

use kehu_contract::{Language, Origin};
use kehu_engine::score::{self, Because, Turn};
use kehu_engine::settings::Settings;
use serde_json::json;

use super::words;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::locale::{self, Label};
use crate::output::{Cell, Column, Listing, Page, show_page};
use crate::packs;
use crate::packs::locked::Standing;
use crate::packs::survey::{self, Seen, Trouble};
use crate::printer::Printer;
use crate::workspace::Workspace;

/// Lists the packs: which are on, from where, in which order they are asked, and why
///
/// Of several packs by one name the nearest counts: first the workspace's own, then those of the workspaces
/// that it extends, then those that come with kehu. Steps follow those whose columns they need; where nothing
/// is needed, the order of [packs] on, or of [hooks], holds.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu pack list
  kehu pack list --json")]
pub(crate) struct Args {}

pub(crate) fn run(context: &mut Context<'_>, _: &Args) -> Result<ExitCode> {
    let workspace = context.open()?;
    let form = context.form(workspace.language);
    let place = said_at(&workspace.settings);
    let listing = packs_listing(context, &workspace, form.language)?;
    let (order, misfits, failed) = match order(context, &workspace) {
        Ok((order, misfits)) => (order, misfits, None),
        Err(error) => (Listing::new(order_columns()), Vec::new(), Some(error)),
    };
    let page = Page {
        title: format!("[packs] on: {place}"),
        facts: vec![(
            Column::whole("on_at", words::SAID_AT),
            Cell { show: String::new(), ..Cell::text(&place) },
        )],
        tables: vec![("packs", words::PACKS, listing, 0), ("order", words::ORDER, order, 0)],
    };
    show_page(&mut context.printer, form, &page)?;
    context.printer.finish()?;
    for misfit in &misfits {
        context.printer.error(misfit);
    }
    let Some(error) = failed else {
        return Ok(if misfits.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(3) });
    };
    Printer::talk("note: the order in which packs are asked is not known");
    context.printer.error(&error);
    Ok(ExitCode::from(3))
}

/// The word for where a pack comes from.
pub(super) fn origin(origin: Origin) -> Label {
    match origin {
        Origin::Workspace => words::WORKSPACE,
        Origin::Base => words::BASE,
        Origin::Shipped => words::KEHU,
    }
}

fn packs_listing(
    context: &Context<'_>,
    workspace: &Workspace,
    language: Language,
) -> Result<Listing> {
    let mut listing = Listing::new(vec![
        Column::whole("name", locale::NAME),
        Column::whole("version", locale::VERSION),
        Column::whole("state", locale::STATE),
        Column::whole("from", words::FROM),
        Column::whole("written_in", words::WRITTEN_IN),
        Column::text("title", words::TITLE),
        Column::text("lies", words::FOLDER),
        Column::beneath("wrong", words::WRONG),
        Column::beneath("note", words::NOTE),
        Column::beneath("edited", words::EDITED_FILES),
    ]);
    let settings = &workspace.settings;
    let all = survey::all(workspace, context.shipped)?;
    let mut counting: Vec<&Seen> = Vec::new();
    for seen in &all {
        if !counting.iter().any(|each| each.name == seen.name) {
            counting.push(seen);
        }
    }
    let on = |name: &str| settings.packs_on.iter().position(|each| each == name);
    counting.sort_by_key(|seen| (on(&seen.name).unwrap_or(usize::MAX), seen.name.clone()));
    for seen in counting {
        let hidden = all.iter().filter(|each| each.name == seen.name).skip(1);
        listing.rows.push(row(seen, hidden, on(&seen.name).is_some(), language));
    }
    for name in settings.packs_on.iter().filter(|name| !all.iter().any(|seen| seen.name == **name))
    {
        let mut row = vec![Cell::empty(); listing.columns.len()];
        row[0] = Cell::text(name);
        row[2] = word(words::NOT_THERE, language);
        row[7] = Cell::said("there is no such pack");
        listing.rows.push(row);
    }
    Ok(listing)
}

/// Where `[packs] on` is said.
fn said_at(settings: &Settings) -> String {
    let values = settings.values().into_iter();
    values
        .filter(|(path, ..)| path == "packs.on")
        .map(|(.., place)| place)
        .next()
        .unwrap_or_default()
}

/// A word of ours: programs read the English one.
pub(super) fn word(label: Label, language: Language) -> Cell {
    Cell { show: label.get(language).to_owned(), json: label.get(Language::En).into() }
}

fn row<'a>(
    seen: &Seen,
    hidden: impl Iterator<Item = &'a Seen>,
    is_on: bool,
    language: Language,
) -> Vec<Cell> {
    let state = match &seen.trouble {
        _ if !is_on => word(words::OFF, language),
        None => word(words::ON, language),
        Some(Trouble::Files(_)) => word(words::DOES_NOT_LOAD, language),
        Some(Trouble::Plugin(hindrance)) => Cell::said(hindrance.word()),
    };
    let hidden: Vec<String> = hidden
        .map(|each| match each.origin {
            Origin::Shipped => format!("kehu {}", each.version),
            _ => format!("{} {}", each.lies, each.version),
        })
        .collect();
    vec![
        Cell::text(&seen.name),
        Cell::text(&seen.version),
        state,
        word(origin(seen.origin), language),
        Cell::text(if seen.is_native { "native" } else { "Lua" }),
        Cell {
            show: seen.title.as_ref().map_or("", |title| title.get(language)).to_owned(),
            json: json!(seen.title),
        },
        Cell::text(&seen.lies),
        wrong(seen),
        if hidden.is_empty() {
            Cell::empty()
        } else {
            Cell::said(format!("it stands in front of the one of {}", hidden.join(", ")))
        },
        match &seen.standing {
            Standing::Edited(files) => Cell { show: files.join(", "), json: json!(files) },
            Standing::AsLocked => Cell { show: String::new(), json: json!([]) },
            Standing::NotLocked => Cell::empty(),
        },
    ]
}

/// What hinders a pack, in a line.
fn wrong(seen: &Seen) -> Cell {
    match &seen.trouble {
        None => Cell::empty(),
        Some(Trouble::Plugin(hindrance)) => {
            let reason = hindrance.reason(&seen.name);
            Cell::said(reason.split('\n').next().unwrap_or_default())
        }
        Some(Trouble::Files(problems)) => {
            let told = problems.iter().map(|problem| {
                format!(
                    "{}:{}: {}",
                    problem.place.file,
                    problem.place.line,
                    locale::said(&problem.message)
                )
            });
            Cell::text(told.collect::<Vec<_>>().join("; "))
        }
    }
}

fn order_columns() -> Vec<Column> {
    vec![
        Column::number("place", words::PLACE),
        Column::whole("hook", words::HOOK),
        Column::whole("pack", locale::PACK),
        Column::whole("step", locale::STEP),
        Column::text("why", locale::WHY),
    ]
}

/// The order of the steps, and which packs have no place in it.
fn order(context: &Context<'_>, workspace: &Workspace) -> Result<(Listing, Vec<CommandError>)> {
    let packs = packs::enabled(workspace, context.shipped)?;
    let misfits = packs.absent().iter().filter(|pack| pack.is_misfit).map(|pack| {
        let (what, hint) = pack.reason.split_once("\nhint: ").unwrap_or((&pack.reason, ""));
        let page = CommandError::failed(format!("pack {}: {what}", pack.name));
        if hint.is_empty() { page } else { page.hint(hint) }
    });
    let turns = score::sequence(&packs, &workspace.settings)
        .map_err(|error| CommandError::failed(error.to_string()))?;
    let rows = turns.iter().enumerate().map(|(at, turn)| {
        vec![
            match turn.because {
                Because::Displaced(_) => Cell { show: "–".to_owned(), json: json!(null) },
                _ => Cell { show: (at + 1).to_string(), json: json!(at + 1) },
            },
            Cell::text(turn.hook.name()),
            Cell::text(&turn.pack),
            Cell::text(&turn.step),
            Cell::said(why(turn)),
        ]
    });
    Ok((Listing { columns: order_columns(), rows: rows.collect() }, misfits.collect()))
}

fn why(turn: &Turn) -> String {
    let hook = turn.hook.name();
    let why = match &turn.because {
        Because::Displaced(owner) => format!("it is not asked: {owner} answers {hook}"),
        Because::Needs(columns) => {
            let columns: Vec<String> =
                columns.iter().map(|(column, pack)| format!("{pack}.{column}")).collect();
            format!("it needs {}", columns.join(", "))
        }
        Because::Named(place) => format!("number {place} in [hooks] {hook}"),
        Because::Listed(place) => format!("number {place} in [packs] on"),
        Because::Contested => format!(
            "several packs answer, and one may; say which in kehu.toml: [hooks] {hook} = \"{}\"",
            turn.pack
        ),
    };
    turn.unheard.iter().fold(why, |why, (column, chosen)| {
        format!("{why}; its {column} does not count: [columns] names {chosen}")
    })
}
