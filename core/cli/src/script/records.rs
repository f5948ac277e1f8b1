//! The records of a workspace, as scripts may read them: one state, as of one day.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use kehu_contract::{Columns, Hook, Language, Proposal, Step, did_you_mean};
use kehu_domain::{CustomerId, Day, Entity};
use kehu_engine::day::Because;
use kehu_engine::packs::{EnabledPack, PackSet};
use kehu_engine::query::{QueryError, RowCursor, RowQuery, RowSource, Subject};
use kehu_engine::records::names;
use kehu_engine::score::{
    self, Attempt, AttemptError, Explanation, ReasonShown, RunOptions, RunView,
};
use kehu_engine::wording::Voice;
use kehu_lua::script::{Ask, AskedColumn, Base, Functions, Refusal};
use kehu_store::{CustomerRange, Reader, StoredRun};
use serde_json::{Value as Json, json};

use crate::commands::explain_page::ExplainPage;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::packs;
use crate::plugins;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::runs;
use crate::workspace::Workspace;

/// The word for all columns that there are.
const ALL: &str = "all";
/// The most lists that are open at once; the host closes older ones too.
const OPEN: usize = 64;

/// Answers what scripts ask of a workspace.
pub(crate) struct Records {
    base: Option<OpenBase>,
    as_of: Day,
    stop: Arc<AtomicBool>,
    lists: RefCell<BTreeMap<usize, (Subject, RowCursor)>>,
    last: Cell<usize>,
    /// True once it was said whether the kept run still tells the truth.
    told: Cell<bool>,
}

struct OpenBase {
    workspace: Rc<Workspace>,
    reader: Box<dyn Reader>,
    packs: Result<PackSet>,
    threads: usize,
    run: OnceCell<Run>,
    /// What tells the run's reasons.
    voice: OnceCell<Voice>,
}

/// The run that features and scores are taken from.
enum Run {
    Kept(Box<StoredRun>),
    Computed(RunView<'static>),
}

impl Records {
    /// Opens the records of a workspace as of a day: by default that of the latest run, so that
    /// features, scores and facts are of one day.
    pub(crate) fn open(
        context: &Context<'_>,
        workspace: Option<Rc<Workspace>>,
        as_of: Option<Day>,
        stop: &Arc<AtomicBool>,
    ) -> Result<Self> {
        let today = match &workspace {
            Some(workspace) => workspace.act.today,
            None => crate::environment::now(kehu_engine::settings::TimeZone::Local)?.today,
        };
        let base = match workspace {
            Some(workspace) => {
                let reader = workspace.read()?;
                let packs = packs::enabled(&workspace, context.shipped);
                let threads = runs::options(context, today, None).threads;
                let (run, voice) = (OnceCell::new(), OnceCell::new());
                Some(OpenBase { workspace, reader, packs, threads, run, voice })
            }
            None => None,
        };
        let mut day = as_of.unwrap_or(today);
        if let Some(base) = &base
            && let Some(run) = score::find_run(base.reader.as_ref(), None, as_of)?
        {
            day = run.as_of;
            if as_of.is_none() && day != today {
                Printer::talk(&format!("note: all is seen as of {day}, the day of the latest run"));
                Printer::talk("hint: to see it as it is now: --as-of today");
            }
            base.run.set(Run::Kept(Box::new(run))).ok();
        }
        let (lists, last, told) = (RefCell::default(), Cell::default(), Cell::default());
        Ok(Self { base, as_of: day, stop: Arc::clone(stop), lists, last, told })
    }

    /// The day as of which all is seen.
    pub(crate) fn as_of(&self) -> Day {
        self.as_of
    }

    fn base(&self) -> Result<&OpenBase, Refusal> {
        self.base.as_ref().ok_or_else(|| {
            let hint = "name one with -C DIR, or make one with: kehu init DIR";
            Refusal::new(
                "there is no base here to read: this folder lies in no workspace",
                Some(hint.to_owned()),
            )
        })
    }

    fn with_source<T>(
        &self,
        work: impl FnOnce(&RowSource<'_>) -> Result<T, QueryError>,
    ) -> Result<T, Refusal> {
        let base = self.base()?;
        let kept;
        let run = match base.run.get() {
            None => None,
            Some(Run::Computed(run)) => Some(run),
            Some(Run::Kept(header)) => {
                kept = RunView::kept(header, base.reader.as_ref());
                Some(&kept)
            }
        };
        let source = RowSource {
            reader: base.reader.as_ref(),
            settings: &base.workspace.settings,
            run,
            as_of: self.as_of,
            stop: &self.stop,
        };
        work(&source).map_err(refusal)
    }

    /// Computes the run of the day, unless it is at hand; says so where a kept one is out of date.
    fn compute(&self) -> Result<(), Refusal> {
        let base = self.base()?;
        let told = of_page;
        match base.run.get() {
            Some(Run::Computed(_)) => return Ok(()),
            Some(Run::Kept(header)) => {
                if let (false, Ok(packs)) = (self.told.replace(true), &base.packs) {
                    let changes = runs::tell_changes(base.reader.as_ref(), header, packs);
                    changes.map_err(|error| told(&error))?;
                }
                return Ok(());
            }
            None => {}
        }
        let packs = base.packs.as_ref().map_err(told)?;
        let mut progress = Progress::steps();
        let options = RunOptions { as_of: self.as_of, seed: 0, threads: base.threads };
        let run = score::compute(
            &base.workspace.store,
            &base.workspace.settings,
            packs,
            CustomerRange::ALL,
            options,
            &mut |step| progress.step(step),
        );
        drop(progress);
        let run = run.map_err(|error| told(&error.into()))?;
        runs::tell_failures(base.reader.as_ref(), run.header()).map_err(|error| told(&error))?;
        plugins::tell(&base.workspace, packs).map_err(|error| told(&error))?;
        let seen = base.reader.last_operation().map_err(|error| told(&error.into()))?;
        if run.header().base != seen {
            return Err(Refusal::new(
                "somebody wrote to the base while the features were computed",
                Some("run the script again".to_owned()),
            ));
        }
        base.run.set(Run::Computed(run)).ok();
        Ok(())
    }

    /// Says why a customer has a value, as `kehu explain` does.
    pub(crate) fn why(
        &self,
        customer: i64,
        column: &str,
        width: Option<usize>,
    ) -> Result<Vec<String>> {
        let told = |refusal: Refusal| {
            let page = CommandError::failed(refusal.message);
            refusal.hint.into_iter().fold(page, CommandError::hint)
        };
        let explained = self.explanation(customer, column, false).map_err(told)?;
        let workspace = &self.base().map_err(told)?.workspace;
        let page = ExplainPage::new(workspace.language, &workspace.settings.currency, width);
        Ok(page.of_one(&[explained]))
    }

    /// What is to be known about a column: its type, its unit and what it is.
    pub(crate) fn column(&self, name: &str) -> Option<String> {
        self.compute().ok();
        let language = self.base().ok()?.workspace.language;
        self.with_source(|source| {
            let found = source.run.and_then(|run| run.column_info(name));
            Ok(found.map(|column| {
                let unit = &column.info.unit;
                let unit = if unit.is_empty() { String::new() } else { format!(" ({unit})") };
                let given = column
                    .given_by
                    .as_ref()
                    .map_or_else(String::new, |(pack, step)| format!("\n  {pack}.{step}"));
                let doc = column.info.doc.get(language);
                format!("{name}: {}{unit}\n  {doc}{given}", column.info.kind.name())
            }))
        })
        .ok()
        .flatten()
    }

    fn explanation(
        &self,
        customer: i64,
        column: &str,
        alone: bool,
    ) -> Result<Explanation, Refusal> {
        self.compute()?;
        let base = self.base()?;
        let explained = self.with_source(|source| {
            let Some(run) = source.run else { return Ok(None) };
            let Some(info) = run.column_info(column) else {
                let known = run.header().columns.iter().map(|column| column.info.name.as_str());
                let hint = did_you_mean(column, known);
                return Err(QueryError::UnknownColumn { name: column.to_owned(), hint });
            };
            let settings = &base.workspace.settings;
            let voice = base.voice.get_or_init(|| Voice::of_run(run.header(), settings));
            let customer = CustomerId(customer);
            Ok(match alone {
                true => score::explain_alone(run, customer, info, voice)?,
                false => score::explain(run, customer, info, voice, false)?,
            })
        })?;
        explained.ok_or_else(|| {
            let hint = "a run holds the customers that were known and not archived on its day";
            let message = format!("C-{customer} is not in the run of {}", self.as_of);
            Refusal::new(message, Some(hint.to_owned()))
        })
    }

    fn pack(&self, name: &str) -> Result<&EnabledPack, Refusal> {
        let packs = self.base()?.packs.as_ref().map_err(of_page)?;
        packs.packs().iter().find(|pack| pack.name() == name).ok_or_else(|| {
            let hint = did_you_mean(name, packs.packs().iter().map(EnabledPack::name));
            Refusal::new(format!("no pack \"{name}\" is on"), Some(hint))
        })
    }

    /// What is asked, in the engine's words.
    fn query(&self, subject: Subject, ask: &Ask) -> Result<RowQuery, Refusal> {
        let mut columns = ask.columns.clone();
        if subject == Subject::Customers {
            if columns == [ALL] || (columns.is_empty() && ask.customer.is_some()) {
                columns = self.columns(subject.name());
            } else if columns.is_empty() {
                columns = self.own_columns()?;
            } else if !columns.iter().any(|name| name == "id") {
                columns.insert(0, "id".to_owned());
            }
        } else if columns == [ALL] {
            columns.clear();
        }
        Ok(RowQuery {
            condition: ask.condition.clone(),
            sort: ask.sort.clone(),
            columns,
            limit: ask.limit,
            customer: ask.customer.map(CustomerId),
        })
    }

    /// The facts and fields of customers.
    fn own_columns(&self) -> Result<Vec<String>, Refusal> {
        let settings = &self.base()?.workspace.settings;
        self.with_source(|source| {
            let columns = RowSource { run: None, ..*source }.columns(Subject::Customers)?;
            debug_assert!(
                columns.iter().all(|it| kehu_engine::query::is_field(settings, &it.name))
            );
            Ok(columns.into_iter().map(|column| column.name).collect())
        })
    }
}

fn subject(word: &str) -> Result<Subject, Refusal> {
    let found = Subject::ALL.into_iter().find(|subject| subject.name() == word);
    found.ok_or_else(|| Refusal::new(format!("there are no {word}"), None))
}

fn refusal(error: QueryError) -> Refusal {
    match error {
        QueryError::Condition(error) => {
            let place = error.column.map(|column| format!(" (character {column})"));
            let message = format!("where: {}{}", error.message, place.unwrap_or_default());
            Refusal::new(message, error.hints.first().cloned())
        }
        QueryError::UnknownColumn { name, hint } => {
            Refusal::new(format!("there is no column \"{name}\""), Some(hint))
        }
        QueryError::Store(error) => of_page(&error.into()),
    }
}

fn of_page(page: &CommandError) -> Refusal {
    Refusal::new(page.message.clone(), page.hints.first().cloned())
}

/// True for the hooks that are asked about one customer after the other.
fn is_about_one(hook: Hook) -> bool {
    matches!(hook, Hook::Score | Hook::VisitNeed | Hook::FollowUp)
}

impl Base for Records {
    fn prepare(&self, word: &str, ask: &Ask) -> Result<(), Refusal> {
        let subject = subject(word)?;
        if subject != Subject::Customers {
            return Ok(());
        }
        let all = ask.columns == [ALL] || (ask.columns.is_empty() && ask.customer.is_some());
        if !all {
            let query = self.query(subject, ask)?;
            let own =
                |source: &RowSource<'_>| RowSource { run: None, ..*source }.check(subject, &query);
            if self.with_source(own).is_ok() {
                return Ok(());
            }
        }
        self.compute()
    }

    fn open(&self, word: &str, ask: &Ask) -> Result<(usize, Vec<AskedColumn>), Refusal> {
        let subject = subject(word)?;
        let query = self.query(subject, ask)?;
        let cursor = self.with_source(|source| source.open(subject, &query))?;
        let columns = cursor.columns().iter().map(|column| AskedColumn {
            name: column.name.clone(),
            kind: column.kind,
            prefix: column.entity.map(Entity::prefix),
        });
        let columns = columns.collect();
        let list = self.last.get() + 1;
        self.last.set(list);
        let mut lists = self.lists.borrow_mut();
        lists.insert(list, (subject, cursor));
        while lists.len() > OPEN {
            lists.pop_first();
        }
        Ok((list, columns))
    }

    fn next(&self, list: usize) -> Result<Option<Columns>, Refusal> {
        let Some((subject, mut cursor)) = self.lists.borrow_mut().remove(&list) else {
            return Ok(None);
        };
        let part = self.with_source(|source| source.next(&mut cursor))?;
        if part.is_some() {
            self.lists.borrow_mut().insert(list, (subject, cursor));
        }
        Ok(part)
    }

    fn labels(&self, column: &str) -> Vec<(String, String)> {
        let Ok(base) = self.base() else { return Vec::new() };
        let language = base.workspace.language;
        let labels = self.with_source(|source| Ok(source.labels(column)));
        let labels = labels.unwrap_or_default().into_iter();
        labels.map(|(key, text)| (key, text.get(language).to_owned())).collect()
    }

    fn columns(&self, word: &str) -> Vec<String> {
        let Ok(subject) = subject(word) else { return Vec::new() };
        let columns = self.with_source(|source| source.columns(subject)).unwrap_or_default();
        columns.into_iter().map(|column| column.name).collect()
    }

    fn find(&self, customer: &str) -> Result<i64, Refusal> {
        let base = self.base()?;
        let found = names::customer(base.reader.as_ref(), customer);
        found.map(|id| id.0).map_err(|error| of_page(&error.into()))
    }

    fn explain(&self, customer: i64, column: &str) -> Result<Json, Refusal> {
        let explained = self.explanation(customer, column, true)?;
        let language = self.base()?.workspace.language;
        Ok(explanation(&explained, language))
    }

    fn functions(&self, pack: &str) -> Result<Functions, Refusal> {
        let steps = self.pack(pack)?.manifest().steps.iter();
        let (offered, others): (Vec<_>, Vec<_>) = steps.partition(|step| is_about_one(step.hook));
        let names = |steps: Vec<&Step>| steps.iter().map(|step| step.name.clone()).collect();
        Ok(Functions { offered: names(offered), others: names(others) })
    }

    fn attempt(&self, pack: &str, function: &str, customer: i64) -> Result<Json, Refusal> {
        self.compute()?;
        let base = self.base()?;
        let (settings, language) = (&base.workspace.settings, base.workspace.language);
        let (pack, customer) = (self.pack(pack)?, CustomerId(customer));
        let mut steps = pack.manifest().steps.iter().enumerate();
        let found = steps.find(|(_, step)| step.name == function && is_about_one(step.hook));
        let Some((at, step)) = found else { return Ok(Json::Null) };
        let given = self.with_source(|source| {
            let Some(run) = source.run else { return Ok(Ok(Json::Null)) };
            Ok(if step.hook == Hook::FollowUp {
                let reader = base.reader.as_ref();
                score::attempt_follow_up(run, reader, settings, pack, at, customer)
                    .map(|proposals| proposed(&proposals, language))
            } else {
                score::attempt(run, settings, pack, at, customer)
                    .map(|attempt| attempted(&attempt, language))
            })
        })?;
        given.map_err(|error| match error {
            AttemptError::Pack(error) => Refusal::from(*error),
            other => Refusal::new(other.to_string(), None),
        })
    }
}

/// A value as scripts see it: days as numbers.
fn value_in_json(value: &kehu_contract::Value) -> Json {
    match value {
        kehu_contract::Value::Day(day) => json!(day),
        other => json!(other),
    }
}

fn reasons_in_json(reasons: &[ReasonShown], language: Language) -> Vec<Json> {
    let reason = |reason: &ReasonShown| {
        json!({
            "rule": reason.rule,
            "points": reason.points,
            "text": reason.text.get(language),
            "file": reason.file,
            "line": reason.line,
        })
    };
    reasons.iter().map(reason).collect()
}

/// What a function of a pack gave: each column with its value and reasons.
fn attempted(attempt: &Attempt, language: Language) -> Json {
    let columns = attempt.columns.iter().map(|(info, value, reasons)| {
        let given = json!({
            "value": value_in_json(value),
            "reasons": reasons_in_json(reasons, language),
        });
        (info.name.clone(), given)
    });
    Json::Object(columns.collect())
}

/// What a pack proposes, before any cap: days as numbers, each reason with its sentence.
fn proposed(proposals: &[(Proposal, Vec<Because>)], language: Language) -> Json {
    let proposal = |(proposal, because): &(Proposal, Vec<Because>)| {
        let reason = |because: &Because| {
            json!({
                "rule": because.rule,
                "text": because.text.get(language),
                "file": because.file,
                "line": because.line,
            })
        };
        json!({
            "action": proposal.action,
            "channel": proposal.channel,
            "due": proposal.due,
            "promised": proposal.promised,
            "priority": proposal.priority,
            "group": proposal.group,
            "deal": proposal.deal,
            "reasons": because.iter().map(reason).collect::<Vec<_>>(),
        })
    };
    proposals.iter().map(proposal).collect()
}

/// An explanation as scripts see it: sentences in the language of the workspace, days as numbers.
fn explanation(explained: &Explanation, language: Language) -> Json {
    let reasons = reasons_in_json(&explained.reasons, language);
    let inputs: Vec<Json> = explained
        .inputs
        .iter()
        .map(|input| json!({ "column": input.column, "value": value_in_json(&input.value) }))
        .collect();
    json!({
        "column": explained.column,
        "value": value_in_json(&explained.value),
        "label": explained.label.as_ref().map(|label| label.get(language)),
        "pack": explained.given_by.as_ref().map(|given| given.pack.as_str()),
        "reasons": reasons,
        "inputs": inputs,
    })
}
