//! A person's data: exported in one piece, and erased for good.

use kehu_domain::Entity;
use kehu_engine::records::{erasure, names};
use kehu_store::Erased;

use crate::context::Context;
use crate::error::Result;
use crate::output::show_json;
use crate::printer::Printer;
use crate::workspace::{DATABASE, Workspace};

/// Gives all that is on file about a customer as one JSON object
///
/// The customer, its people, deals and their moves, interactions, tasks and overrides: what a person may
/// ask for. Amounts are in major units, ids are numbers.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu customer export 'Ann Lee' > ann-lee.json")]
pub(crate) struct Export {
    /// The customer, by name or id
    customer: String,
}

/// Erases a customer, its people and every word about them, for good
///
/// Names, ways to reach, places, birthdays, words and texts of fields go, also from what history keeps
/// and from plans and runs. Days, amounts, kinds and stages stay under the customer's id, which is
/// archived. No undo brings anything back. Copies elsewhere are named, not touched.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu customer export C-12 > C-12.json && kehu customer erase C-12 --forever")]
pub(crate) struct Erase {
    /// The customer, by name or id
    customer: String,
    /// Says that it is for good; nothing is done without it
    #[arg(long)]
    forever: bool,
}

/// Erases a person at a customer, with the words of what was said to it, for good
///
/// The customer stays. No undo brings anything back.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu contact erase 张敏 --forever")]
pub(crate) struct EraseContact {
    /// The contact, by name or id
    contact: String,
    /// Says that it is for good; nothing is done without it
    #[arg(long)]
    forever: bool,
}

pub(crate) fn export(context: &mut Context<'_>, args: &Export) -> Result {
    let workspace = context.open()?;
    let reader = workspace.read()?;
    let customer = names::customer(&*reader, &args.customer)?;
    let whole = erasure::export(&workspace.desk(), &*reader, customer)?;
    show_json(&mut context.printer, whole)
}

pub(crate) fn erase(context: &mut Context<'_>, args: &Erase) -> Result {
    let workspace = context.open()?;
    let (id, erased) =
        erasure::erase_customer(&workspace.desk(), &args.customer, said(args.forever))?;
    tell(&workspace, &id.to_string(), &erased);
    super::show_id(context, Entity::Customer, id.0)
}

pub(crate) fn erase_contact(context: &mut Context<'_>, args: &EraseContact) -> Result {
    let workspace = context.open()?;
    let (id, erased) =
        erasure::erase_contact(&workspace.desk(), &args.contact, said(args.forever))?;
    tell(&workspace, &names::show_id(Entity::Contact, id), &erased);
    super::show_id(context, Entity::Contact, id)
}

fn said(forever: bool) -> erasure::ForGood {
    if forever { erasure::ForGood::Said } else { erasure::ForGood::NotSaid }
}

/// Says what was erased, and where copies may be that no command reaches.
fn tell(workspace: &Workspace, id: &str, erased: &Erased) {
    Printer::talk(&format!(
        "Erased {id} for good (records: {}, earlier versions: {}).",
        erased.records, erased.versions
    ));
    Printer::talk("Runs and their reasons went too; next: kehu score");
    if !erased.mentions.is_empty() {
        let named = erased.mentions.iter().map(|each| names::show_id(each.entity, each.id));
        let named = named.collect::<Vec<_>>().join(", ");
        Printer::talk(&format!("Still named in the words of others: {named}."));
    }
    if !erased.sources.is_empty() {
        let files = erased.sources.join(", ");
        Printer::talk(&format!("Files that were imported may hold it: {files}."));
    }
    let copies = copies(workspace);
    if !copies.is_empty() {
        Printer::talk(&format!("Copies of the database hold it: {}.", copies.join(", ")));
    }
    if !erased.swept {
        Printer::talk(
            "Another process was reading: old pages go with the next command that writes.",
        );
    }
}

/// The copies of the database that lie beside it.
fn copies(workspace: &Workspace) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(&workspace.root) else { return Vec::new() };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let beside = |name: &String| {
        let rest = name.strip_prefix(DATABASE);
        rest.is_some_and(|rest| !matches!(rest, "" | "-wal" | "-shm" | "-writer"))
    };
    let mut names: Vec<String> = names.filter(beside).collect();
    names.sort_unstable();
    names
}
