//! Imports as people see them: files and a mapping in, records and a report out.

mod files;
mod judged;
mod published;
mod tables;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use kehu_domain::rows::{RowSource, SourceError};
use kehu_domain::{Day, Entity, OperationDraft, Record};
use kehu_sqlite::SqliteStore;
use kehu_store::Store as _;

use super::{Import, ImportError, ImportReport, Mapping, OpenTable, Silent, TableSpec};
use crate::packs::PackSet;
use crate::settings::Settings;

/// A workspace with an empty store.
struct Workspace {
    _folder: tempfile::TempDir,
    store: SqliteStore,
    settings: Settings,
    packs: PackSet,
}

/// Files in memory, by name; a table without a file has the first.
type Files<'f> = &'f [(&'f str, &'f str)];

impl Workspace {
    fn new() -> Self {
        Self::with("")
    }

    fn with(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::create(&folder.path().join("kehu.db")).unwrap();
        let settings = Settings::read(&[("kehu.toml", settings)]).unwrap();
        Self { _folder: folder, store, settings, packs: PackSet::default() }
    }

    fn mapping(&self, text: &str) -> Mapping {
        Mapping::parse("map.toml", text, &self.settings).unwrap_or_else(|problems| {
            panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        })
    }

    fn problems(&self, text: &str) -> Vec<String> {
        let mapping = Mapping::parse("map.toml", text, &self.settings);
        mapping.err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    fn run(
        &self,
        mapping: &Mapping,
        dry_run: bool,
        open: OpenTable<'_>,
    ) -> Result<ImportReport, ImportError> {
        let draft = OperationDraft {
            kind: "import".to_owned(),
            by: "ann".to_owned(),
            at: "2018-01-02T08:00:00Z".to_owned(),
            summary: String::new(),
            source: None,
            cause: None,
        };
        let today = Day::parse("2018-01-02").unwrap();
        let import = Import {
            store: &self.store,
            mapping,
            draft: &draft,
            packs: &self.packs,
            today,
            dry_run,
        };
        import.run(open, &mut Silent)
    }

    fn try_import(&self, mapping: &str, files: Files<'_>) -> Result<ImportReport, ImportError> {
        self.run(&self.mapping(mapping), false, &mut |spec| in_memory(spec, files))
    }

    fn import(&self, mapping: &str, files: Files<'_>) -> ImportReport {
        self.try_import(mapping, files).unwrap()
    }

    fn dry_run(&self, mapping: &str, files: Files<'_>) -> ImportReport {
        self.run(&self.mapping(mapping), true, &mut |spec| in_memory(spec, files)).unwrap()
    }

    fn import_folder(&self, mapping: &str, folder: &Path) -> ImportReport {
        self.run(&self.mapping(mapping), false, &mut |spec| {
            let name = spec.file.clone().unwrap_or_default();
            let path = if name.is_empty() { folder.to_owned() } else { folder.join(&name) };
            Ok(Box::new(kehu_exchange::csv::open(&path, &name, &spec.format)?))
        })
        .unwrap()
    }

    fn count(&self, entity: Entity) -> u64 {
        self.store.read().unwrap().count(entity).unwrap()
    }

    fn all<T: TryFrom<Record, Error = Record>>(&self, entity: Entity) -> Vec<T> {
        let mut all = Vec::new();
        self.store
            .read()
            .unwrap()
            .each(entity, None, &mut |record| {
                all.extend(T::try_from(record));
                Ok(())
            })
            .unwrap();
        all
    }
}

fn in_memory(spec: &TableSpec, files: Files<'_>) -> Result<Box<dyn RowSource>, SourceError> {
    let found = match &spec.file {
        Some(name) => files.iter().find(|(file, _)| file == name),
        None => files.first(),
    };
    let (name, text) = found.ok_or_else(|| {
        SourceError::new(spec.file.as_deref().unwrap_or("?"), "is not there", None)
    })?;
    let input = Cursor::new((*text).to_owned());
    Ok(Box::new(kehu_exchange::csv::read(name, input, &spec.format)?))
}

/// The refusals, as a person reads them.
fn refusals(report: &ImportReport) -> Vec<String> {
    report
        .refusals
        .iter()
        .map(|refusal| match &refusal.hint {
            Some(hint) => format!("{refusal} ({hint})"),
            None => refusal.to_string(),
        })
        .collect()
}

/// Rows created, changed, unchanged and refused in a table.
fn counts(report: &ImportReport, table: usize) -> [u64; 4] {
    let table = &report.tables[table];
    [table.created, table.changed, table.unchanged, table.refused]
}

fn besides(report: &ImportReport, table: usize) -> BTreeMap<Entity, (u64, u64)> {
    let besides = report.tables[table].besides.iter();
    besides.map(|each| (each.entity, (each.created, each.changed))).collect()
}

/// The published data, where they lie beside the project.
fn published(folder: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    ["../shared/data", "../../shared/data"]
        .iter()
        .map(|data| root.join(data).join(folder))
        .find(|path| path.exists())
}
