//! Packs that are asked about what one command does: records in, opinions and records out.

mod event;
mod stage;

use std::borrow::Cow;
use std::sync::Arc;

use kehu_contract::{Origin, PackFactory};
use kehu_domain::{Customer, CustomerId, Day, OperationDraft, Record};
use kehu_lua::PackFiles;
use kehu_sqlite::SqliteStore;
use kehu_store::Store as _;

use super::Asking;
use crate::packs::PackSet;
use crate::records::interactions::{self, InteractionFacts};
use crate::records::{Act, Desk, Written};
use crate::score::{self, RunOptions};
use crate::settings::Settings;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A workspace with packs, in which it is always the same day.
struct Office {
    _folder: tempfile::TempDir,
    store: SqliteStore,
    settings: Settings,
    packs: PackSet,
    act: Act,
    written: Written,
}

impl Office {
    /// Packs by name, manifest below the head, and script.
    fn new(settings: &str, packs: &[(&str, &str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::create(&folder.path().join("kehu.db")).unwrap();
        let available: Vec<Arc<dyn PackFactory>> = packs.iter().map(inline).collect();
        let on: Vec<String> = packs.iter().map(|(name, ..)| format!("\"{name}\"")).collect();
        let text = format!("{settings}\n[packs]\non = [{}]\n", on.join(", "));
        let settings = Settings::read(&[("kehu.toml", &text)]).unwrap();
        let packs = PackSet::new(&settings, &available, Vec::new()).unwrap();
        let act = Act {
            by: "ann".to_owned(),
            at: "2025-03-01T08:00:00Z".to_owned(),
            today: day("2025-03-01"),
        };
        Self { _folder: folder, store, settings, packs, act, written: Written::default() }
    }

    fn desk(&self) -> Desk<'_> {
        Desk {
            store: &self.store,
            settings: &self.settings,
            act: &self.act,
            written: &self.written,
        }
    }

    fn asking(&self) -> Asking<'_> {
        Asking { desk: self.desk(), packs: &self.packs, strict: false }
    }

    fn draft(&self, kind: &str) -> OperationDraft {
        self.desk().draft(kind)
    }

    fn put(&self, record: impl Into<Record>) -> i64 {
        let mut writer = self.store.write(&self.draft("test")).unwrap();
        let id = writer.put(&record.into(), self.act.today).unwrap();
        writer.commit().unwrap();
        id
    }

    fn customer(&self, name: &str) -> CustomerId {
        CustomerId(self.put(Customer { name: name.to_owned(), ..Customer::default() }))
    }

    fn log(&self, kind: &str, customer: &str, facts: &InteractionFacts) {
        interactions::log(&self.desk(), kind, customer, None, facts).unwrap();
    }

    fn score(&self) {
        let options = RunOptions { as_of: self.act.today, seed: 1, threads: 1 };
        let quiet = &mut |_: &str| {};
        let draft = self.draft("score");
        score::score(&self.store, &self.settings, &self.packs, options, &draft, false, quiet)
            .unwrap();
    }
}

fn inline((name, manifest, script): &(&str, &str, &str)) -> Arc<dyn PackFactory> {
    let manifest = format!("name = \"{name}\"\nversion = \"1.0.0\"\napi = \"0.1\"\n{manifest}");
    let own = |text: &str| Cow::Owned(text.as_bytes().to_vec());
    let files =
        vec![("pack.toml".to_owned(), own(&manifest)), ("main.lua".to_owned(), own(script))];
    let dir = format!("scripts/{name}");
    let pack = kehu_lua::load(PackFiles { origin: Origin::Workspace, dir, files });
    Arc::new(pack.unwrap_or_else(|problems| panic!("{problems:?}")))
}
