//! Plugins in C, compiled for a test, and the factories that run them.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use kehu_contract::{
    Batch, ColumnData, ColumnType, Columns, Limits, Origin, PackError, PackFactory as _,
    RunContext, ScoredColumn,
};
use kehu_native::{
    Description, Isolation, Library, NativeFactory, OnCrash, Options, Refusal, WorkerCommand,
    inspect,
};
use serde_json::Value as Json;
use tempfile::TempDir;

/// What all sources begin with: a manifest of one step, a rule, an additive output.
const HEAD: &str = r#"
#define _GNU_SOURCE
#include "kehu_plugin.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <signal.h>
#define MANIFEST \
  "name = \"fixture\"\nversion = \"1.0.0\"\napi = \"0.1\"\n" \
  "[settings.limit]\ntype = \"number\"\ndefault = 30\ndoc = \"days\"\n" \
  "[[step]]\nhook = \"score\"\nneeds = [\"days\"]\n" \
  "[step.gives.silence]\ntype = \"number\"\n"
static const kehu_rule rules[] = {
  KEHU_RULE_OF("quiet", "days", "limit", "silent for {value} days, more than {limit}", "沉默 {value} 天")
};
static const uint32_t factors[] = {0};
static const kehu_output outputs[] = {{KEHU_STR("silence"), KEHU_ADDITIVE, 1, factors}};
"#;

/// A scorer that gives the days beyond 30; `AT_ROW` stands at each row, before it is scored.
const SCORE: &str = r"
static int32_t score(void *instance, const kehu_call *call, const kehu_batch *batch,
                     const kehu_result *result) {
  kehu_given *given = result->columns[0];
  (void)instance; (void)call;
  BEFORE
  for (int64_t row = 0; row < batch->n_rows; row++) {
    double days = batch->columns[0]->numbers[row];
    AT_ROW
    given->numbers[row] = 0;
    if (days > 30) { given->points[0][row] = days - 30; given->numbers[row] = days - 30; }
  }
  AFTER
  return KEHU_OK;
}
";

/// The functions and the entry.
const TAIL: &str = r"
#ifndef CREATE
#define CREATE NULL
#endif
#ifndef DESTROY
#define DESTROY NULL
#endif
static const kehu_scorer scorer = {
  sizeof(kehu_scorer), 0, outputs, 1, sizeof(kehu_output), CREATE, score, DESTROY, NULL};
static const void *get_extension(const char *id, size_t len, const char *step, size_t step_len) {
  (void)step; (void)step_len;
  return kehu_is(id, len, KEHU_SCORER) ? &scorer : NULL;
}
static const kehu_entry entry = {
  KEHU_ENTRY_HEAD, KEHU_STR(MANIFEST), KEHU_NO_STR, KEHU_NO_STR, rules, 1, sizeof(kehu_rule),
  get_extension};
const kehu_entry *kehu_plugin_entry_v1(void) { return &entry; }
";

/// A source whose scorer has this code at each row.
pub(crate) fn at_row(code: &str) -> String {
    scorer("", code, "")
}

/// A source whose scorer has code before the rows, at each and after them.
pub(crate) fn scorer(before: &str, row: &str, after: &str) -> String {
    let score = SCORE.replace("BEFORE", before).replace("AT_ROW", row).replace("AFTER", after);
    format!("{HEAD}{score}{TAIL}")
}

/// A source that is whole but for what is replaced in it.
pub(crate) fn changed(replacements: &[(&str, &str)]) -> String {
    let mut source = scorer("", "", "");
    for (from, to) in replacements {
        assert!(source.contains(from), "{from}");
        source = source.replace(from, to);
    }
    source
}

/// A folder with compiled plugins.
pub(crate) struct Bench {
    folder: TempDir,
}

impl Bench {
    /// Makes one. Without a compiler these tests say nothing, so they fail.
    pub(crate) fn new() -> Self {
        let there = Command::new("cc").arg("--version").output().is_ok();
        assert!(there, "the tests of native plugins need a C compiler by the name of cc");
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    /// Compiles a source in C.
    pub(crate) fn compile(&self, name: &str, source: &str) -> PathBuf {
        self.compile_with("cc", &["-std=gnu99"], name, source)
    }

    pub(crate) fn compile_with(
        &self,
        compiler: &str,
        flags: &[&str],
        name: &str,
        source: &str,
    ) -> PathBuf {
        self.build(compiler, &[&["-O0", "-w"], flags].concat(), name, source)
    }

    /// Compiles a source in C with the compiler's warnings as errors.
    pub(crate) fn compile_strictly(&self, flags: &[&str], name: &str, source: &str) -> PathBuf {
        self.build("cc", &[&["-O2"], flags].concat(), name, source)
    }

    /// Compiles a program in C.
    pub(crate) fn program(&self, name: &str, source: &str) -> PathBuf {
        let (written, path) = (self.path(&format!("{name}.c")), self.path(name));
        std::fs::write(&written, source).unwrap();
        let built = Command::new("cc").arg("-w").arg(&written).arg("-o").arg(&path).output();
        let built = built.unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        path
    }

    fn build(&self, compiler: &str, flags: &[&str], name: &str, source: &str) -> PathBuf {
        let end = if compiler == "cc" { "c" } else { "cc" };
        let (written, path) =
            (self.path(&format!("{name}.{end}")), self.path(&format!("{name}.so")));
        std::fs::write(&written, source).unwrap();
        let built = Command::new(compiler)
            .args(flags)
            .args(["-shared", "-fPIC", "-fvisibility=hidden", "-I"])
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("core/abi"))
            .arg(&written)
            .arg("-o")
            .arg(&path)
            .output()
            .unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }
}

/// How workers are started.
pub(crate) fn worker() -> WorkerCommand {
    WorkerCommand {
        program: assert_cmd::cargo::cargo_bin!("kehu").to_owned(),
        arguments: vec!["plugin-worker".into()],
    }
}

pub(crate) fn limits() -> Limits {
    let (call, run) = (Duration::from_millis(50), Duration::from_secs(2));
    Limits { call, run, memory: 64 * 1024 * 1024, ..Limits::default() }
}

/// Looks at a file in a worker.
pub(crate) fn look(path: &Path) -> Result<(Library, Description), Refusal> {
    let library = Library::open(path)?;
    let description = inspect(&library, &worker(), limits())?;
    Ok((library, description))
}

/// What is said of a file that is refused.
pub(crate) fn refusal(path: &Path) -> String {
    let folder = path.parent().unwrap().display().to_string();
    match look(path) {
        Ok(_) => "taken".to_owned(),
        Err(refusal) => refusal.message.replace(&folder, "$DIR"),
    }
}

pub(crate) fn factory(path: &Path, on_crash: OnCrash, isolation: Isolation) -> NativeFactory {
    let (library, description) = look(path).unwrap();
    let options = Options { worker: worker(), isolation, on_crash, origin: Origin::Workspace };
    NativeFactory::of_library(library, description, options).unwrap()
}

pub(crate) fn context(factory: &NativeFactory) -> RunContext {
    RunContext { as_of: 19_000, settings: factory.manifest().defaults(), seed: 1, limits: limits() }
}

/// Customers C-101, C-102, … with these days of silence.
pub(crate) fn batch(days: &[f64]) -> Batch {
    let mut columns = Columns::new(days.len());
    let data = ColumnData::Number(days.to_vec());
    columns.insert("days", ColumnType::Number, Arc::new(data));
    Batch { ids: (101..).take(days.len()).collect(), columns }
}

/// Scores customers by a compiled plugin.
pub(crate) fn score(factory: &NativeFactory, days: &[f64]) -> Result<ScoredColumn, PackError> {
    let mut pack = factory.create(&context(factory))?;
    let mut scored = pack.score(0, &batch(days), &Json::Null)?;
    Ok(scored.remove(0))
}

/// What is said when a plugin with this code at each row scores ten customers of 35 to 44 days.
pub(crate) fn said(bench: &Bench, name: &str, source: &str) -> String {
    let factory = factory(&bench.compile(name, source), OnCrash::Fail, Isolation::Worker);
    let days: Vec<f64> = (35..45).map(f64::from).collect();
    match score(&factory, &days) {
        Ok(_) => "scored".to_owned(),
        Err(error) => {
            let first = error.to_string();
            first.lines().next().unwrap_or_default().to_owned()
        }
    }
}
