//! A rep's day as people see it: records in, lists and plans out.

mod list;
mod plans;

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use kehu_contract::{Origin, PackFactory};
use kehu_domain::{
    Customer, CustomerId, Day, Deal, DealEvent, DealId, Interaction, OperationDraft, Record, Rep,
    RepId,
};
use kehu_lua::PackFiles;
use kehu_sqlite::SqliteStore;
use kehu_store::{CustomerRange, Store as _};

use super::{Answer, Answered, Closing, DayError, Planned, Work, Worklist, answer, keep_plan};
use crate::packs::PackSet;
use crate::score::{self, RunOptions};
use crate::settings::Settings;

const SHIPPED: [&str; 6] = [
    "lifecycle",
    "visit-frequency",
    "day-planner",
    "lifecycle-follow-up",
    "funnel-follow-up",
    "contact-caps",
];

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn draft(kind: &str) -> OperationDraft {
    OperationDraft {
        kind: kind.to_owned(),
        by: "ann".to_owned(),
        at: "2025-03-01T08:00:00Z".to_owned(),
        summary: String::new(),
        source: None,
        cause: None,
    }
}

/// A workspace with records and packs.
struct Office {
    _folder: tempfile::TempDir,
    store: SqliteStore,
    settings: Settings,
    packs: PackSet,
}

impl Office {
    /// The shipped packs of the day, and some more: name, manifest below the head, script.
    fn new(settings: &str, more: &[(&str, &str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::create(&folder.path().join("kehu.db")).unwrap();
        let available: Vec<Arc<dyn PackFactory>> =
            SHIPPED.iter().map(|name| shipped(name)).chain(more.iter().map(inline)).collect();
        let names = SHIPPED.iter().copied().chain(more.iter().map(|(name, ..)| *name));
        let on: Vec<String> = names.map(|name| format!("\"{name}\"")).collect();
        let text = format!("{settings}\n[packs]\non = [{}]\n", on.join(", "));
        let settings = Settings::read(&[("kehu.toml", &text)]).unwrap();
        let packs = PackSet::new(&settings, &available, Vec::new()).unwrap();
        Self { _folder: folder, store, settings, packs }
    }

    fn put(&self, record: impl Into<Record>) -> i64 {
        let mut writer = self.store.write(&draft("test")).unwrap();
        let id = writer.put(&record.into(), day("2025-03-01")).unwrap();
        writer.commit().unwrap();
        id
    }

    fn rep(&self, name: &str) -> RepId {
        RepId(self.put(Rep { name: name.to_owned(), ..Rep::default() }))
    }

    fn customer(&self, name: &str, owner: Option<RepId>) -> CustomerId {
        CustomerId(self.put(Customer { name: name.to_owned(), owner, ..Customer::default() }))
    }

    fn happened(&self, customer: CustomerId, kind: &str, on: &str) {
        self.put(Interaction::new(customer, day(on), kind));
    }

    fn deal(&self, customer: Option<CustomerId>, rep: RepId, stage: &str, on: &str) -> DealId {
        let deal = DealId(self.put(Deal {
            id: 0,
            name: format!("{stage} {on}"),
            external_id: None,
            customer,
            rep: Some(rep),
            pipeline: "sales".to_owned(),
            product: None,
            amount: None,
            expected_close: None,
            fields: kehu_domain::Fields::new(),
        }));
        self.put(DealEvent {
            id: 0,
            deal,
            happened: day(on),
            minute: None,
            stage: stage.to_owned(),
            by: None,
            reason: None,
            overruled: None,
            amount: None,
            known: None,
        });
        deal
    }

    /// Lets a test work as a rep on a day, with a run that is computed for it or kept already.
    fn work<T>(&self, rep: RepId, on: &str, act: impl FnOnce(&Work<'_>) -> T) -> T {
        let reader = self.store.read().unwrap();
        let as_of = day(on);
        let rep: Rep = reader
            .get(kehu_domain::Entity::Rep, rep.0)
            .unwrap()
            .and_then(|record| Rep::try_from(record).ok())
            .unwrap();
        let options = RunOptions { as_of, seed: 1, threads: 1 };
        let kept = score::find_run(reader.as_ref(), None, Some(as_of)).unwrap();
        let run = match kept {
            Some(header) => score::RunView::stored(header, reader.as_ref()),
            None => score::compute(
                &self.store,
                &self.settings,
                &self.packs,
                CustomerRange::ALL,
                options,
                &mut |_: &str| {},
            )
            .unwrap(),
        };
        act(&Work {
            store: &self.store,
            reader: reader.as_ref(),
            settings: &self.settings,
            packs: &self.packs,
            run: &run,
            rep: &rep,
            as_of,
        })
    }

    fn score(&self, on: &str) {
        let options = RunOptions { as_of: day(on), seed: 1, threads: 1 };
        let quiet = &mut |_: &str| {};
        score::score(
            &self.store,
            &self.settings,
            &self.packs,
            options,
            &draft("score"),
            false,
            quiet,
        )
        .unwrap();
    }

    fn today(&self, rep: RepId, on: &str) -> Worklist {
        self.work(rep, on, |work| work.today().unwrap())
    }

    fn plan(&self, rep: RepId, as_of: &str, from: &str, to: &str) -> Result<Planned, DayError> {
        self.work(rep, as_of, |work| {
            let planned = work.plan(day(from), day(to))?;
            let mut writer = self.store.write(&draft("plan"))?;
            keep_plan(writer.as_mut(), work, day(from), day(to), &planned.plan, day(as_of))?;
            writer.commit()?;
            Ok(planned)
        })
    }

    fn answer(
        &self,
        rep: RepId,
        on: &str,
        key: &str,
        closing: Closing,
    ) -> Result<Answered, DayError> {
        self.work(rep, on, |work| {
            let list = work.today()?;
            let given = Answer { key: key.to_owned(), closing };
            answer(work, &list, &given, day(on), &draft("today"))
        })
    }
}

fn done() -> Closing {
    Closing::Done { outcome: None, text: None }
}

fn shipped(name: &&str) -> Arc<dyn PackFactory> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts").join(name);
    let read =
        |file: &str| (file.to_owned(), Cow::Owned(std::fs::read(folder.join(file)).unwrap()));
    let files = vec![read("pack.toml"), read("main.lua")];
    let dir = format!("scripts/{name}");
    Arc::new(kehu_lua::load(PackFiles { origin: Origin::Shipped, dir, files }).unwrap())
}

fn inline((name, manifest, script): &(&str, &str, &str)) -> Arc<dyn PackFactory> {
    let manifest = format!(
        "name = \"{name}\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[actions]\nvisit = {{ en = \"visit\" }}\nring = {{ en = \"ring\" }}\nmemo = {{ en = \"memo\" }}\n{manifest}"
    );
    let own = |text: &str| Cow::Owned(text.as_bytes().to_vec());
    let files =
        vec![("pack.toml".to_owned(), own(&manifest)), ("main.lua".to_owned(), own(script))];
    let dir = format!("scripts/{name}");
    let pack = kehu_lua::load(PackFiles { origin: Origin::Workspace, dir, files });
    Arc::new(pack.unwrap_or_else(|problems| panic!("{problems:?}")))
}

/// What a list says, a line each: customer, actions, group.
fn said(list: &Worklist) -> Vec<String> {
    let line = |line: &super::Line| {
        let actions = line.topics().iter().map(|topic| topic.action.as_str());
        format!("{}: {} {}", line.name, actions.collect::<Vec<_>>().join("+"), line.group)
    };
    list.lines.iter().map(line).map(|line| line.trim_end().to_owned()).collect()
}
