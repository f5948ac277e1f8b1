use std::process::ExitCode;

use kehu_contract::{ColumnType, FailureKind, Hook, Language, Value};
use kehu_domain::{CustomerId, Day, Entity, Rep, RepId};
use kehu_engine::day::{Briefing, Work, Worklist};
use kehu_engine::hooks::Asking;
use kehu_engine::hooks::stage::{NextStage, Said};
use kehu_engine::packs::PackSet;
use kehu_engine::records::{Act, Desk, names};
use kehu_engine::score::{self, Explanation, RunView};
use kehu_engine::wording::Voice;
use kehu_store::{Reader, RunColumn};
use serde_json::json;

use super::show_json::as_json;
use super::show_page::ShowPage;
use crate::arguments::{DayWord, day};
use crate::cells::Cells;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::output::show_json;
use crate::printer::Printer;
use crate::workspace::Workspace;
use crate::{packs, plugins, runs};

/// Shows what to know before a call: what to do and how, what is open, who is there, how the customer stands
///
/// It gathers what today's list, kehu explain, kehu deal review and the lists hold about one customer, and
/// leaves out what says nothing. Each line to do has its key, by which kehu today done closes it. kehu
/// customer show is the record itself: every fact, contact and field as it was written, and no advice.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu show 武汉钢铁
  kehu show C-12 --as-of 2024-03-01 --json
  kehu show 武汉钢铁 --limit 20                  more of the latest interactions")]
pub(crate) struct Args {
    /// The customer, by name or id
    customer: String,
    /// Another day, seen as it was at its end [default: today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    as_of: Option<DayWord>,
}

/// Holds what a page is made from.
pub(super) struct Shown<'a> {
    pub(super) cells: &'a Cells<'a>,
    pub(super) workspace: &'a Workspace,
    pub(super) as_of: Day,
    pub(super) briefing: &'a Briefing,
    /// The run whose scores count; none if there is none yet.
    pub(super) run: Option<&'a RunView<'a>>,
    /// What packs say the customer is, in the order of the run, each with its title.
    pub(super) standing: Vec<(String, Explanation)>,
    /// What packs propose.
    pub(super) list: Worklist,
    /// For each open deal what stands against its staying and its next step.
    pub(super) deals: Vec<DealSaid>,
    pub(super) failures: Vec<(String, String)>,
}

/// What packs say of one open deal.
#[derive(Debug, Default)]
pub(super) struct DealSaid {
    /// Of its staying where it is.
    pub(super) stays: Vec<Said>,
    /// The next stage, and what they say of moving there.
    pub(super) next: Option<NextStage>,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result<ExitCode> {
    let workspace = context.open()?;
    let packs = packs::enabled(&workspace, context.shipped)?;
    let reader = workspace.read()?;
    let reader = reader.as_ref();
    let as_of = args.as_of.map_or(workspace.act.today, |word| word.on(workspace.act.today));
    let customer = names::customer(reader, &args.customer)?;
    let briefing = Briefing::of(reader, &workspace.settings, customer, as_of)?
        .ok_or_else(|| unknown_then(reader, customer, as_of))?;
    let run = match args.as_of {
        Some(_) => Some(runs::of_day(context, &workspace, &packs, reader, as_of)?),
        None => latest_run(reader, &packs)?,
    };
    let mut page = Gathering { workspace: &workspace, reader, packs: &packs, as_of }
        .about(&briefing, run.as_ref())?;
    let passed_over = plugins::tell(&workspace, &packs)?;
    tell_failures(reader, &page.failures, run.as_ref())?;
    let cells = Cells::new(&workspace.settings, workspace.language, reader);
    let shown = Shown {
        cells: &cells,
        workspace: &workspace,
        as_of,
        briefing: &briefing,
        run: run.as_ref(),
        standing: std::mem::take(&mut page.standing),
        list: std::mem::take(&mut page.list),
        deals: std::mem::take(&mut page.deals),
        failures: std::mem::take(&mut page.failures),
    };
    let is_whole = shown.failures.is_empty() && !passed_over;
    show(context, &shown)?;
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

fn show(context: &mut Context<'_>, shown: &Shown<'_>) -> Result {
    let form = context.form(shown.workspace.language);
    if form.json {
        return show_json(&mut context.printer, as_json(shown)?);
    }
    let page = ShowPage::new(shown, form.language, context.printer.width());
    page.written(context.globals.limit)?.show(&mut context.printer)
}

fn unknown_then(reader: &dyn Reader, customer: CustomerId, as_of: Day) -> CommandError {
    let name = names::Directory::new(reader).name(Entity::Customer, customer.0);
    let name = name.unwrap_or_default();
    CommandError::failed(format!("{name} ({customer}) was not known yet on {as_of}"))
        .hint("--as-of takes a later day; without it the page is of today")
}

/// The latest run whatever its day; says so on stderr if it is not of this moment, or not there.
fn latest_run<'r>(reader: &'r dyn Reader, packs: &PackSet) -> Result<Option<RunView<'r>>> {
    let Some(header) = score::find_run(reader, None, None)? else {
        Printer::talk(
            "note: nothing has been scored yet, so the page has neither standing nor proposals",
        );
        Printer::talk("hint: first: kehu score");
        return Ok(None);
    };
    runs::tell_day(reader, &header)?;
    runs::tell_changes(reader, &header, packs)?;
    Ok(Some(RunView::stored(header, reader)))
}

fn tell_failures(
    reader: &dyn Reader,
    failures: &[(String, String)],
    run: Option<&RunView<'_>>,
) -> Result {
    // Those of a run that was computed just now are named already.
    let computed = run.filter(|run| run.header().id.0 == 0);
    let told = computed.map_or(0, |run| run.header().failures.len());
    for (pack, failure) in failures.iter().skip(told) {
        Printer::talk(&format!("error: {}", runs::with_names(reader, failure)?));
        Printer::talk(&format!("pack {pack} was switched off for this page; the others went on"));
    }
    Ok(())
}

/// What asks packs about a customer.
struct Gathering<'a> {
    workspace: &'a Workspace,
    reader: &'a dyn Reader,
    packs: &'a PackSet,
    as_of: Day,
}

/// What packs have said of a customer.
#[derive(Default)]
struct Gathered {
    standing: Vec<(String, Explanation)>,
    list: Worklist,
    deals: Vec<DealSaid>,
    failures: Vec<(String, String)>,
}

impl Gathering<'_> {
    fn about(&self, briefing: &Briefing, run: Option<&RunView<'_>>) -> Result<Gathered> {
        let mut gathered = Gathered::default();
        if let Some(run) = run {
            gathered.standing = self.standing(briefing, run)?;
            let is_archived = briefing.customer.archived.is_some_and(|day| day <= self.as_of);
            if !is_archived {
                gathered.list = self.list(briefing, run)?;
                gathered.failures.clone_from(&gathered.list.failures);
            }
        }
        self.deals(briefing, &mut gathered)?;
        Ok(gathered)
    }

    /// The labels of the scoring packs, and the flags that are up.
    fn standing(
        &self,
        briefing: &Briefing,
        run: &RunView<'_>,
    ) -> Result<Vec<(String, Explanation)>> {
        let is_shown = |kind| matches!(kind, ColumnType::Label | ColumnType::Flag);
        let scored = |step: &str| step != Hook::VisitNeed.name();
        let columns = run.header().columns.iter().filter(|column| {
            let by = column.given_by.as_ref();
            is_shown(column.info.kind) && by.is_some_and(|(_, step)| scored(step))
        });
        let columns: Vec<&RunColumn> = columns.collect();
        let id = CustomerId(briefing.customer.id);
        let voice = Voice::of_run(run.header(), &self.workspace.settings);
        let said = score::standing(run, id, &columns, &voice)?.unwrap_or_default();
        let language = self.workspace.language;
        let titles = columns.iter().map(|column| match (&column.info.title, language) {
            (Some(title), _) => title.get(language).to_owned(),
            (None, Language::En) => column.info.name.replace('_', " "),
            (None, Language::Zh) => opening(&runs::column_title(column, Language::Zh)),
        });
        let says = |value: &Value| !matches!(value, Value::Missing | Value::Flag(false));
        Ok(titles.zip(said).filter(|(_, explanation)| says(&explanation.value)).collect())
    }

    fn list(&self, briefing: &Briefing, run: &RunView<'_>) -> Result<Worklist> {
        let owner = briefing.customer.owner;
        let rep = match owner {
            Some(id) => names::get(self.reader, Entity::Rep, id.0)?,
            // Whoever calls may do what is proposed.
            None => Rep::default(),
        };
        let work = Work {
            store: &self.workspace.store,
            reader: self.reader,
            settings: &self.workspace.settings,
            packs: self.packs,
            run,
            rep: &rep,
            as_of: self.as_of,
        };
        Ok(work.about(&briefing.customer)?)
    }

    /// What packs say of the open deals, as of the day.
    fn deals(&self, briefing: &Briefing, gathered: &mut Gathered) -> Result {
        let act = Act { today: self.as_of, ..self.workspace.act.clone() };
        let desk = Desk { act: &act, ..self.workspace.desk() };
        let asking = Asking { desk, packs: self.packs, strict: false };
        let (stays, unheard) = asking.about_stays(self.reader, &briefing.deals)?;
        let (next, also) = asking.about_next(self.reader, &briefing.deals)?;
        let said = stays.into_iter().zip(next);
        gathered.deals = said.map(|(stays, next)| DealSaid { stays, next }).collect();
        for failure in unheard.failures.into_iter().chain(also.failures) {
            if !gathered.failures.iter().any(|(pack, _)| *pack == failure.0) {
                gathered.failures.push(failure);
            }
        }
        Ok(())
    }
}

/// What a Chinese description begins with: the rest of it explains.
fn opening(title: &str) -> String {
    title.split(['，', '：', '（']).next().unwrap_or(title).to_owned()
}

impl Shown<'_> {
    /// The name of a rep, where it is another one than the customer's own.
    pub(super) fn other_rep(&self, rep: Option<RepId>) -> Result<Option<String>> {
        let other = rep.filter(|rep| self.briefing.customer.owner != Some(*rep));
        let name = other.map(|rep| self.cells.link(Entity::Rep, Some(rep.0))).transpose()?;
        Ok(name.map(|cell| cell.show))
    }

    /// The packs that failed, as programs read them.
    pub(super) fn failures_json(&self) -> serde_json::Value {
        let failures = self.failures.iter().map(|(pack, error)| {
            let kind = FailureKind::of_text(error).map(FailureKind::name);
            json!({ "pack": pack, "kind": kind, "error": error })
        });
        failures.collect()
    }
}
