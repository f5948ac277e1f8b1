use kehu_contract::{ColumnType, Value};
use kehu_engine::query::{
    CustomerList, CustomerQuery, ListColumn, QueryError, columns_read, is_field, known_columns,
    list_customers,
};
use kehu_engine::records::names;
use kehu_engine::score::{self, RunView};
use kehu_store::Reader;

use super::customer_columns::{self, CustomerColumn, USUAL};
use super::runs::run_id;
use crate::arguments::{DayWord, day};
use crate::cells::Cells;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::output::{Cell, Column, Form, Heading, Listing, show_rows};
use crate::packs;
use crate::printer::Printer;
use crate::runs;
use crate::table::Layout;
use crate::workspace::Workspace;

/// Lists customers: which, in which order, with which columns
///
/// Columns are facts (id, name, type, owner, place, phone, email, birthday, parent, source, consent,
/// tags, archived, known, lat, lon), fields of your own, and, once kehu score has run, features and
/// scores. Facts and fields are read as they are now, features and scores from the latest run.
///
/// Conditions are written as in SQL: and, or, not, =, <>, <, <=, >, >=, in (…), between … and …,
/// like '%…%', is null, and + - * / on numbers. A missing value neither holds nor fails.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu customer list --where 'tier = \"A\" and recency_days > 90' --sort -amount --limit 20
  kehu customer list --columns id,name,industry --sort name
  kehu customer list --owner 李伟 --tag 重点 --json
  kehu customer list --columns all --json")]
pub(crate) struct Args {
    /// Only those for which this holds
    #[arg(long = "where", value_name = "CONDITION")]
    condition: Option<String>,
    /// What to show, in this order; `all` for everything
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    columns: Vec<String>,
    /// The columns to sort by; with - before one, the greatest first [default: id]
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',', allow_hyphen_values = true)]
    sort: Vec<String>,
    /// Only those of this rep, by name or id
    #[arg(long, value_name = "REP")]
    owner: Option<String>,
    /// Only those with this tag
    #[arg(long)]
    tag: Option<String>,
    /// Only those in the archive, which are hidden else
    #[arg(long)]
    archived: bool,
    /// Takes features and scores from this run, such as S-3
    #[arg(long, value_name = "RUN", conflicts_with_all = ["as_of", "fresh"])]
    run: Option<String>,
    /// Takes features and scores as of this day, computed now if there is no run of it
    #[arg(long, value_name = "DAY", value_parser = day)]
    as_of: Option<DayWord>,
    /// Computes features and scores anew
    #[arg(long)]
    fresh: bool,
}

pub(crate) fn run(context: &mut Context<'_>, args: Args) -> Result {
    let workspace = context.open()?;
    let reader = workspace.read()?;
    let run = find_run(context, &workspace, reader.as_ref(), &args)?;
    let known = known_columns(reader.as_ref(), &workspace.settings, run.as_ref());
    let form = context.form(workspace.language);
    let owner = args.owner.as_deref().map(|text| names::rep(reader.as_ref(), text)).transpose()?;
    let names_no_run = args.run.is_none() && args.as_of.is_none() && !args.fresh;
    let mut query = CustomerQuery {
        condition: args.condition,
        sort: args.sort,
        columns: args.columns,
        limit: form.limit.unwrap_or(0),
        archived: args.archived,
        owner,
        tag: args.tag,
    };
    let read = columns_read(&query, &known);
    if query.columns == ["all"] {
        query.columns = known;
    } else if query.columns.is_empty() {
        query.columns = USUAL.iter().map(|&name| name.to_owned()).collect();
        query.columns.extend(read.iter().filter(|name| !USUAL.contains(&name.as_str())).cloned());
    }
    let reads_run =
        read.iter().chain(&query.columns).any(|name| !is_field(&workspace.settings, name));
    if let (true, Some(run)) = (reads_run && args.run.is_none() && !args.fresh, &run) {
        let packs = packs::enabled(&workspace, context.shipped)?;
        runs::tell_changes(reader.as_ref(), run.header(), &packs)?;
    }
    if let (true, Some(run)) = (reads_run && args.as_of.is_none(), &run)
        && run.as_of() != workspace.act.today
    {
        Printer::talk(&format!("note: features and scores are as of {}", run.as_of()));
    }
    if let (true, Some(run)) = (reads_run && names_no_run, &run) {
        runs::tell_day(reader.as_ref(), run.header())?;
    }
    let day = args.as_of.map_or(workspace.act.today, |word| word.on(workspace.act.today));
    let list = list_customers(reader.as_ref(), &workspace.settings, run.as_ref(), &query, day)
        .map_err(|error| explained(error, run.is_none()))?;
    show(context, form, &workspace, reader.as_ref(), &list)
}

fn find_run<'r>(
    context: &Context<'_>,
    workspace: &Workspace,
    reader: &'r dyn Reader,
    args: &Args,
) -> Result<Option<RunView<'r>>> {
    let today = workspace.act.today;
    let packs = || packs::enabled(workspace, context.shipped);
    if let Some(text) = &args.run {
        return runs::kept(reader, &packs()?, Some(run_id(text)?)).map(Some);
    }
    match (args.as_of.map(|word| word.on(today)), args.fresh) {
        (day, true) => runs::compute(context, workspace, &packs()?, day.unwrap_or(today)).map(Some),
        (Some(day), false) => runs::of_day(context, workspace, &packs()?, reader, day).map(Some),
        (None, false) => {
            let header = score::find_run(reader, None, None)?;
            Ok(header.map(|header| RunView::stored(header, reader)))
        }
    }
}

fn explained(error: QueryError, unscored: bool) -> CommandError {
    let page = match error {
        QueryError::Store(error) => return error.into(),
        QueryError::Condition(error) => error.into(),
        QueryError::UnknownColumn { name, hint } => {
            CommandError::usage(format!("there is no column \"{name}\"")).hint(hint)
        }
    };
    if unscored {
        return page.hint("features and scores are there once kehu score has run");
    }
    page
}

fn show(
    context: &mut Context<'_>,
    form: Form,
    workspace: &Workspace,
    reader: &dyn Reader,
    list: &CustomerList,
) -> Result {
    let cells = Cells::new(&workspace.settings, form.language, reader);
    let facts = customer_columns::all(&workspace.settings, &cells);
    let fact = |name: &str| facts.iter().find(|fact| fact.column.key == name);
    let chosen: Vec<(&ListColumn, Option<&CustomerColumn<'_>>)> =
        list.columns.iter().map(|column| (column, fact(&column.name))).collect();
    let headings = chosen.iter().map(|(column, fact)| match fact {
        Some(fact) => fact.column.clone(),
        None => heading(column, form),
    });
    let mut listing = Listing::new(headings.collect());
    for (customer, values) in &list.rows {
        let mut row = Vec::with_capacity(chosen.len());
        for ((column, fact), value) in chosen.iter().zip(values) {
            row.push(match fact {
                Some(fact) => (fact.cell)(customer)?,
                None => cell(&cells, column, value, form),
            });
        }
        listing.rows.push(row);
    }
    show_rows(&mut context.printer, form, &listing, list.total.saturating_sub(list.rows.len()))
}

/// The heading of a column of the run: its title, or its name, by which it is asked for.
fn heading(column: &ListColumn, form: Form) -> Column {
    let right = matches!(column.kind, ColumnType::Number | ColumnType::Money);
    let whole = column.kind != ColumnType::Text;
    let title = column.heading.get(form.language).to_owned();
    Column::new(&column.name, Heading::Text(title), Layout { right, whole })
}

/// A value of the run; a label is shown by the words that its pack declares for it.
fn cell(cells: &Cells<'_>, column: &ListColumn, value: &Value, form: Form) -> Cell {
    let cell = runs::cell(cells, value, column.kind == ColumnType::Money);
    match column.labels.iter().find(|(key, _)| *key == cell.show) {
        Some((_, text)) => Cell { show: text.get(form.language).to_owned(), ..cell },
        None => cell,
    }
}
