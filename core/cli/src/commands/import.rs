use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use kehu_contract::{Hook, Language, did_you_mean};
use kehu_domain::rows::{RowSource, SourceError};
use kehu_engine::day::Because;
use kehu_engine::import::{
    Declarations, Import, ImportReport, Mapping, Observer, PackReport, Progress as Read, Refusal,
    TableReport, TableSpec,
};
use kehu_engine::packs::PackSet;
use kehu_exchange::csv;
use serde_json::json;

use crate::cells::Cells;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::hooks::{place, sentence};
use crate::locale::{self, counted};
use crate::locale::{BESIDES, CHANGED, CREATED, ENCODING, FILE, INTO, REFUSED, ROWS, UNCHANGED};
use crate::output::{Cell, Column, Listing, show_json, show_rows};
use crate::packs;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::settings_file::Replacement;
use crate::workspace::{SETTINGS, Workspace};

/// How many refused rows are named on stderr; the rest is counted.
const NAMED: usize = 20;

/// Imports rows of other systems by a mapping
///
/// All of it is one operation, which kehu undo takes back. A bad row is refused and named, the rest
/// goes on, and the exit code is 3; where no row of a file fits, for the same reason, nothing is
/// written. Importing the same files twice changes nothing. What the mapping
/// declares - pipelines, kinds, fields - is added to kehu.toml. The packs that are on may change what
/// a row says, or refuse it; if one of them fails, nothing is written.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu import sales.csv --map sales.toml --dry-run     what would happen
  kehu import export/ --map crm.toml                   a folder of files")]
pub(crate) struct Args {
    /// The file, or the folder of the mapping's files
    from: PathBuf,
    /// The mapping
    #[arg(long, value_name = "MAP.toml")]
    map: PathBuf,
    /// Says what would be imported, and keeps nothing
    #[arg(long)]
    dry_run: bool,
    /// Imports without what this pack makes of the rows; may be given several times
    #[arg(long, value_name = "PACK")]
    without: Vec<String>,
    /// Lets no pack be left out; one that fails stops the import with or without it
    #[arg(long, conflicts_with = "without")]
    strict: bool,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result<ExitCode> {
    let workspace = context.open()?;
    let name = args.map.display().to_string();
    let text = fs::read_to_string(&args.map)
        .map_err(|error| CommandError::file("read", &args.map, &error))?;
    let mapping = Mapping::parse(&name, &text, &workspace.settings)?;
    // Whether the declarations fit into the settings must be known before anything is written.
    let settings = with_declarations(&workspace, &mapping)?.filter(|_| !args.dry_run);
    let path = workspace.root.join(SETTINGS);
    let settings = settings.map(|text| Replacement::prepare(&path, &text)).transpose()?;
    let packs = row_packs(context, &workspace, &args.without)?;
    let report = import(&workspace, &mapping, &packs, args)?;
    settings.map(Replacement::put).transpose()?;
    show(context, &workspace, &report)?;
    tell_refusals(&report);
    tell_packs(&report);
    tell_declarations(&report.declarations, args.dry_run);
    Ok(if report.refused > 0 { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

/// The packs that look at rows. One that cannot be loaded stops the import: it might refuse some.
fn row_packs(context: &Context<'_>, workspace: &Workspace, without: &[String]) -> Result<PackSet> {
    let on = &workspace.settings.packs_on;
    if let Some(stray) = without.iter().find(|name| !on.contains(name)) {
        let hint = did_you_mean(stray, on.iter().map(String::as_str));
        return Err(CommandError::usage(format!("--without: no pack \"{stray}\" is on")).hint(hint));
    }
    if !packs::may_answer(workspace, context.shipped, Hook::ImportRow, without)? {
        return Ok(PackSet::default());
    }
    packs::enabled_but(workspace, context.shipped, without).map_err(|error| {
        error.hint("nothing was written; to import without a pack: --without PACK")
    })
}

fn import(
    workspace: &Workspace,
    mapping: &Mapping,
    packs: &PackSet,
    args: &Args,
) -> Result<ImportReport> {
    let mut draft = workspace.desk().draft("import");
    draft.source = Some(args.from.display().to_string());
    let import = Import {
        store: &workspace.store,
        mapping,
        packs,
        draft: &draft,
        today: workspace.act.today,
        dry_run: args.dry_run,
    };
    let mut watcher = Watcher { progress: Progress::steps(), file: String::new() };
    let report = import.run(&mut |table| open(&args.from, table), &mut watcher)?;
    Ok(report)
}

/// Opens a table's file: within the folder, or the one file that was named.
fn open(from: &Path, table: &TableSpec) -> Result<Box<dyn RowSource>, SourceError> {
    let (path, name) = match &table.file {
        Some(file) if from.is_dir() => (from.join(file), file.clone()),
        _ => (from.to_owned(), file_name(from)),
    };
    if path.is_dir() {
        let hint = "name the file, or say in the mapping: file = \"…\"".to_owned();
        let mut error = SourceError::new(&name, "is a folder", None);
        error.hint = Some(hint);
        return Err(error);
    }
    Ok(Box::new(csv::open(&path, &name, &table.format)?))
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into())
}

/// Shows how much of each file has been read.
struct Watcher {
    progress: Progress,
    file: String,
}

impl Observer for Watcher {
    fn progress(&mut self, read: &Read<'_>) {
        if read.file != self.file {
            self.file = read.file.to_owned();
            self.progress = if read.file.is_empty() {
                let mut steps = Progress::steps();
                steps.step("sorting and matching");
                steps
            } else {
                let mut bytes = Progress::bytes(read.total);
                bytes.step(read.file);
                bytes
            };
        }
        self.progress.at(read.read);
    }
}

fn show(context: &mut Context<'_>, workspace: &Workspace, report: &ImportReport) -> Result {
    let form = context.form(workspace.language);
    if form.json {
        return show_json(&mut context.printer, without_operation(report));
    }
    let mut listing = Listing::new(vec![
        Column::text("file", FILE),
        Column::whole("encoding", ENCODING),
        Column::whole("into", INTO),
        Column::number("rows", ROWS),
        Column::number("created", CREATED),
        Column::number("changed", CHANGED),
        Column::number("unchanged", UNCHANGED),
        Column::number("refused", REFUSED),
        Column::text("besides", BESIDES),
    ]);
    let count = |number: u64| Cells::number(Some(number as f64));
    for table in &report.tables {
        listing.rows.push(vec![
            Cell::text(&table.file),
            Cell::text(&table.encoding),
            Cell::text(table.into.name()),
            count(table.rows),
            count(table.created),
            count(table.changed),
            count(table.unchanged),
            count(table.refused),
            Cell::text(besides(table)),
        ]);
    }
    show_rows(&mut context.printer, form, &listing.for_form(form), 0)?;
    context.printer.finish()?;
    if report.dry_run {
        Printer::talk("Nothing was written: this was a dry run.");
    }
    Ok(())
}

/// The report for programs: nothing in it depends on how often something was imported before.
fn without_operation(report: &ImportReport) -> serde_json::Value {
    json!({
        "mapping": report.mapping,
        "dry_run": report.dry_run,
        "tables": report.tables,
        "refused": report.refused,
        "refusals": report.refusals,
        "packs": report.packs,
        "declarations": report.declarations,
    })
}

fn besides(table: &TableReport) -> String {
    let made = table.besides.iter().map(|besides| {
        let (name, created, changed) = (besides.entity.name(), besides.created, besides.changed);
        let plural = format!("{name}s");
        let made = match locale::spoken() {
            Language::En => counted(created as usize, [name, &plural]),
            Language::Zh => format!("{created} {}", locale::usual_word(name, Language::Zh)),
        };
        match (changed, locale::spoken()) {
            (0, _) => made,
            (changed, Language::En) => format!("{made} ({changed} changed)"),
            (changed, Language::Zh) => format!("{made}（变更 {changed}）"),
        }
    });
    made.collect::<Vec<_>>().join(", ")
}

fn tell_refusals(report: &ImportReport) {
    for refusal in report.refusals.iter().take(NAMED) {
        Printer::talk(&format!("refused: {}{}", shown(refusal), hint(refusal)));
    }
    let unnamed = report.refused.saturating_sub(NAMED as u64);
    if unnamed > 0 {
        Printer::talk(&format!("{unnamed} more rows were refused; --json names them"));
    }
}

/// A refusal with the sentences of the pack, if one refuses, in the language of talk.
fn shown(refusal: &Refusal) -> String {
    let Some(first) = refusal.because.first() else { return refusal.to_string() };
    let (Refusal { file, line, because, .. }, pack) = (refusal, &first.pack);
    let said = |because: &Because| format!("{} ({})", sentence(because), place(because));
    let said: Vec<String> = because.iter().map(said).collect();
    format!("{file}:{line}: pack {pack} refuses: {}", said.join("; "))
}

/// Says how many rows each pack changed and refused, and by which rules.
fn tell_packs(report: &ImportReport) {
    for PackReport { pack, changed, refused, rules } in &report.packs {
        let rules: Vec<String> =
            rules.iter().map(|(rule, count)| format!("{count} {rule}")).collect();
        let rules =
            if rules.is_empty() { String::new() } else { format!(" ({})", rules.join(", ")) };
        Printer::talk(&match locale::spoken() {
            Language::En => {
                let rows = counted(*changed as usize, ["row", "rows"]);
                format!("pack {pack} changed {rows} and refused {refused}{rules}")
            }
            Language::Zh => {
                format!("脚本包 {pack} 修改了 {changed} 行，拒绝了 {refused} 行{rules}")
            }
        });
    }
}

fn hint(refusal: &Refusal) -> String {
    refusal.hint.as_ref().map(|hint| format!("\nhint: {hint}")).unwrap_or_default()
}

/// The text of the settings with what the mapping declares; none if it declares nothing new.
fn with_declarations(workspace: &Workspace, mapping: &Mapping) -> Result<Option<String>> {
    if mapping.declarations().is_empty() {
        return Ok(None);
    }
    let path = workspace.root.join(SETTINGS);
    let text =
        fs::read_to_string(&path).map_err(|error| CommandError::file("read", &path, &error))?;
    let heading = format!("Declared by the mapping {}.", mapping.name());
    Ok(Some(mapping.declarations().append_to(SETTINGS, &text, &heading)?))
}

fn tell_declarations(declarations: &Declarations, dry_run: bool) {
    if declarations.is_empty() {
        return;
    }
    let done = if dry_run { "To be added" } else { "Added" };
    Printer::talk(&format!("{done} to {SETTINGS}:\n{}", declarations.to_toml().trim_end()));
}
