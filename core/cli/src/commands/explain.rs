use kehu_contract::Value;
use kehu_domain::{CustomerId, Entity};
use kehu_engine::packs::PackSet;
use kehu_engine::records::names;
use kehu_engine::score::{self, Explanation, RunView};
use kehu_engine::wording::Voice;
use kehu_store::{CustomerRange, Reader, RunColumn, StoredRun};
use serde_json::json;

use super::explain_page::ExplainPage;
use super::runs::run_id;
use crate::arguments::{DayWord, day};
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::output::show_json;
use crate::packs;
use crate::printer::Printer;
use crate::runs;
use crate::table::clean;
use crate::workspace::Workspace;

/// Says why a customer has the values that it has, down to the script line
///
/// Shows the latest run. The rules that fired stand below each value, with their points where the value
/// is a sum. Of one column, the inputs that counted are explained in turn; without a column, all that
/// packs give is explained once, step by step.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu explain 武汉钢铁 tier
  kehu explain C-12 lifecycle --why-not
  kehu explain C-12 --run S-3 --json")]
pub(crate) struct Args {
    /// The customer, by name or id
    customer: String,
    /// The column [default: all that packs give]
    column: Option<String>,
    /// Shows the tests of a column that did not fire, too
    ///
    /// A test belongs to a column if it fired for any customer of the run, or if no other column of its
    /// pack can have it.
    #[arg(long)]
    why_not: bool,
    /// An earlier run, such as S-3
    #[arg(long, value_name = "RUN", conflicts_with = "as_of")]
    run: Option<String>,
    /// The latest run of this day, computed now if there is none
    #[arg(long, value_name = "DAY", value_parser = day)]
    as_of: Option<DayWord>,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let workspace = context.open()?;
    let packs = packs::enabled(&workspace, context.shipped)?;
    let reader = workspace.read()?;
    let customer = names::customer(reader.as_ref(), &args.customer)?;
    let run = match (&args.run, args.as_of) {
        (Some(text), _) => runs::kept(reader.as_ref(), &packs, Some(run_id(text)?))?,
        (None, Some(word)) => {
            let as_of = word.on(workspace.act.today);
            runs::of_day(context, &workspace, &packs, reader.as_ref(), as_of)?
        }
        (None, None) => runs::kept(reader.as_ref(), &packs, None)?,
    };
    let currency = &workspace.settings.currency;
    let columns = match &args.column {
        Some(name) => match run.column_info(name) {
            Some(column) => vec![column.clone()],
            None => {
                return Err(no_column(context, &workspace, reader.as_ref(), &packs, &run, name)?);
            }
        },
        None => {
            let given = run.header().columns.iter().filter(|column| column.given_by.is_some());
            given.cloned().collect()
        }
    };
    let voice = Voice::of_run(run.header(), &workspace.settings);
    let explanations = explain(&run, customer, &voice, &columns, args.why_not)?;
    let name = names::Directory::new(reader.as_ref()).name(Entity::Customer, customer.0)?;
    let form = context.form(workspace.language);
    if form.json {
        return show_json(
            &mut context.printer,
            json!({
                "customer": { "id": customer.to_string(), "name": name },
                "as_of": run.as_of().to_string(),
                "explanations": explanations,
            }),
        );
    }
    let heading = format!("{} ({customer}), {}", clean(&name), run.as_of());
    context.printer.heading(&heading)?;
    let page = ExplainPage::new(form.language, currency, context.printer.width());
    let lines = if args.column.is_some() {
        page.of_one(&explanations)
    } else {
        page.of_steps(&explanations)
    };
    for line in lines {
        context.printer.line(&line)?;
    }
    tell_known_since(&workspace, reader.as_ref(), &run, customer, &explanations)
}

/// Says on stderr which fields that a step missed are known today: they were not yet on the run's day.
fn tell_known_since(
    workspace: &Workspace,
    reader: &dyn Reader,
    run: &RunView<'_>,
    customer: CustomerId,
    explanations: &[Explanation],
) -> Result {
    let (as_of, today) = (run.as_of(), workspace.act.today);
    let mut missing = Vec::new();
    for explanation in explanations {
        missing_inputs(explanation, &mut missing);
    }
    let is_field = |name: &&str| workspace.settings.field(Entity::Customer, name).is_some();
    missing.retain(is_field);
    if missing.is_empty() || as_of >= today {
        return Ok(());
    }
    let mut known: Vec<&str> = Vec::new();
    reader.customers(CustomerRange::one(customer), today, &mut |customer| {
        known.extend(missing.iter().filter(|name| customer.fields.contains_key(**name)).copied());
        Ok(())
    })?;
    for name in &known {
        Printer::talk(&format!("note: {name} is known today, and was not yet on {as_of}"));
    }
    if !known.is_empty() {
        Printer::talk(
            "hint: what is typed counts from the day on which it became known; to see it: --as-of today",
        );
    }
    Ok(())
}

/// The inputs without a value, of an explanation and of those below it.
fn missing_inputs<'a>(explanation: &'a Explanation, found: &mut Vec<&'a str>) {
    for input in &explanation.inputs {
        if input.value == Value::Missing && !found.contains(&input.column.as_str()) {
            found.push(&input.column);
        }
        if let Some(because) = &input.because {
            missing_inputs(because, found);
        }
    }
}

fn explain(
    run: &RunView<'_>,
    customer: CustomerId,
    voice: &Voice,
    columns: &[RunColumn],
    why_not: bool,
) -> Result<Vec<Explanation>> {
    let mut explanations = Vec::new();
    for column in columns {
        match score::explain(run, customer, column, voice, why_not)? {
            Some(explanation) => explanations.push(explanation),
            None => {
                let message = format!("{customer} is not in the run of {}", run.as_of());
                return Err(CommandError::failed(message).hint(
                    "a run holds the customers that were known and not archived on its day",
                ));
            }
        }
    }
    Ok(explanations)
}

/// Says why a run has not the column that was asked for: the pack that gives it was off, or is new; or it
/// gave it to an earlier run, and is off now.
fn no_column(
    context: &Context<'_>,
    workspace: &Workspace,
    reader: &dyn Reader,
    packs: &PackSet,
    run: &RunView<'_>,
    name: &str,
) -> Result<CommandError> {
    let message = format!("the run of {} has no column \"{name}\"", run.as_of());
    let now = score::given_columns(packs, &workspace.settings);
    let now = now.iter().find(|column| column.info.name == name);
    let failed = |pack: &str| run.header().failures.iter().find(|(failed, _)| failed == pack);
    if let Some((pack, _)) = now.and_then(|column| column.given_by.as_ref()) {
        let page = CommandError::failed(message);
        return Ok(match failed(pack) {
            Some((_, failure)) => {
                let first = failure.lines().next().unwrap_or_default();
                page.hint(format!("pack {pack} gives it, and was switched off for this run"))
                    .hint(first.to_owned())
            }
            None => {
                page.hint(format!("pack {pack} gives it, and did not run then; first: kehu score"))
            }
        });
    }
    let runs = reader.runs()?.into_iter().filter(|each| each.whole);
    let giver = |run: &StoredRun| {
        let column = run.columns.iter().find(|column| column.info.name == name)?;
        column.given_by.as_ref().map(|(pack, _)| pack.clone())
    };
    let runs = runs.filter_map(|run| Some((giver(&run)?, run)));
    let Some((pack, last)) = runs.max_by_key(|(_, run)| run.id) else {
        let known = run.header().columns.iter().map(|column| column.info.name.as_str());
        return Ok(CommandError::usage(message).hint(kehu_contract::did_you_mean(name, known)));
    };
    let page = CommandError::failed(message);
    let page = page.hint(match packs.absent().iter().find(|absent| absent.name == pack) {
        Some(absent) => {
            let first = absent.reason.lines().next().unwrap_or_default();
            format!("pack {pack} gave it, and is off now: {first}")
        }
        None if packs.packs().iter().any(|on| on.name() == pack) => {
            format!("pack {pack} gave it, and gives it no more")
        }
        None if is_there(context, workspace, &pack)? => {
            format!("pack {pack} gave it, and is off now; [packs] on in kehu.toml turns it on")
        }
        None => format!("pack {pack} gave it, and has been removed"),
    });
    let (id, as_of) = (last.id, last.as_of);
    Ok(page.hint(format!("run {id} of {as_of} still has it: --run {id}")))
}

/// True if a pack could be turned on again.
fn is_there(context: &Context<'_>, workspace: &Workspace, name: &str) -> Result<bool> {
    let seen = packs::survey::all(workspace, context.shipped)?;
    Ok(seen.iter().any(|pack| pack.name == name))
}
