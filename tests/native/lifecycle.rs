//! Plugins that come, go, are replaced and are many; hosts that are killed.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use kehu_contract::{ColumnData, PackFactory as _};
use kehu_native::{Isolation, OnCrash};
use serde_json::Value as Json;

use super::kit::{Bench, at_row, batch, context, factory, score};

/// The plugin that a test in a process of its own works with.
const PLUGIN: &str = "KEHU_TEST_PLUGIN";

fn number(value: f64) -> ColumnData {
    ColumnData::Number(vec![value])
}

#[test]
fn a_file_and_its_copy_have_variables_of_their_own_in_one_process_too() {
    let bench = Bench::new();
    let path = bench.compile("original", &at_row("static int calls; days += calls++;"));
    let copy = bench.path("copy.so");
    fs::copy(&path, &copy).unwrap();
    let one = factory(&path, OnCrash::Fail, Isolation::InProcess);
    let other = factory(&copy, OnCrash::Fail, Isolation::InProcess);
    // Within a process a library is there once; its copy is another one.
    assert_eq!(score(&one, &[31.0]).unwrap().data, number(1.0));
    assert_eq!(score(&one, &[31.0]).unwrap().data, number(2.0));
    assert_eq!(score(&other, &[31.0]).unwrap().data, number(1.0));
}

#[test]
fn two_plugins_of_one_name_do_not_meet() {
    let bench = Bench::new();
    let one = bench.compile("one", &at_row("static int calls; days += 10 * calls++;"));
    let other = bench.compile("other", &at_row("static int calls; days += 100 * calls++;"));
    let one = factory(&one, OnCrash::Fail, Isolation::Worker);
    let other = factory(&other, OnCrash::Fail, Isolation::Worker);
    assert_eq!(one.manifest().name, other.manifest().name);
    assert_ne!(one.hash(), other.hash());
    for (factory, second) in [(&one, 11.0), (&other, 101.0)] {
        let scored = score(factory, &[31.0, 31.0]).unwrap();
        assert_eq!(scored.data, ColumnData::Number(vec![1.0, second]));
    }
}

#[test]
fn a_run_ends_with_the_plugin_with_which_it_began() {
    let bench = Bench::new();
    let path = bench.compile("plugin", &at_row(""));
    let old = factory(&path, OnCrash::Fail, Isolation::Worker);
    let mut running = old.create(&context(&old)).unwrap();
    let mut ask = || running.score(0, &batch(&[31.0]), &Json::Null).unwrap().remove(0).data;
    assert_eq!(ask(), number(1.0));
    fs::copy(bench.compile("newer", &at_row("days += 5;")), &path).unwrap();
    let new = factory(&path, OnCrash::Fail, Isolation::Worker);
    assert_eq!(score(&new, &[31.0]).unwrap().data, number(6.0));
    assert_eq!(ask(), number(1.0));
    assert_eq!(score(&old, &[31.0]).unwrap().data, number(1.0));
    assert_ne!(old.hash(), new.hash());
    drop((running, old));
    assert_eq!(score(&new, &[31.0]).unwrap().data, number(6.0));
}

/// This program again, for one test that has a process to itself.
fn alone(test: &str, plugin: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("native::lifecycle::{test}"), "--ignored", "--nocapture"]);
    command.env(PLUGIN, plugin).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn given() -> std::path::PathBuf {
    std::env::var_os(PLUGIN).expect("started by another test").into()
}

#[test]
fn a_hundred_loads_leave_nothing_behind() {
    let bench = Bench::new();
    let path = bench.compile("often", &at_row(""));
    let ended = alone("loads_a_hundred_times", &path).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert!(ended.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
#[ignore = "counts the files of its process: started alone by another test"]
fn loads_a_hundred_times() {
    let path = given();
    let load = || {
        let factory = factory(&path, OnCrash::Fail, Isolation::Worker);
        assert_eq!(score(&factory, &[31.0]).unwrap().data, number(1.0));
    };
    let files = || fs::read_dir("/proc/self/fd").unwrap().count();
    let memory = || {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<i64>().unwrap()
    };
    (0..10).for_each(|_| load());
    let before = (files(), memory());
    (0..100).for_each(|_| load());
    assert_eq!(files(), before.0);
    assert!(memory() - before.1 < 1_024, "{} kB, then {} kB", before.1, memory());
    assert!(children(std::process::id()).is_empty());
}

/// The processes that a process has started and that still are there.
fn children(process: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let lists = threads
        .map(|thread| fs::read_to_string(thread.path().join("children")).unwrap_or_default());
    lists
        .flat_map(|list| list.split(' ').filter_map(|id| id.parse().ok()).collect::<Vec<_>>())
        .collect()
}

#[test]
fn a_worker_ends_with_its_host() {
    let bench = Bench::new();
    let path = bench.compile("hangs", &at_row("if (days == 39) for (;;) { }"));
    let mut host = alone("hosts_a_plugin_that_hangs", &path).spawn().unwrap();
    let mut lines = BufReader::new(host.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("now it hangs")));
    let workers = children(host.id());
    assert_eq!(workers.len(), 1);
    host.kill().unwrap();
    host.wait().unwrap();
    let end = Instant::now() + Duration::from_secs(10);
    while is_running(workers[0]) {
        assert!(Instant::now() < end, "the worker outlives its host");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// True unless the process is gone, or waits to be buried.
fn is_running(process: u32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{process}/stat")) else { return false };
    !stat.rsplit(')').next().unwrap_or_default().trim_start().starts_with('Z')
}

#[test]
#[ignore = "never ends by itself: started and killed by another test"]
#[expect(clippy::print_stdout, reason = "the test that started this one reads it")]
fn hosts_a_plugin_that_hangs() {
    let factory = factory(&given(), OnCrash::Fail, Isolation::Worker);
    let mut context = context(&factory);
    context.limits.run = Duration::from_mins(5);
    context.limits.call = Duration::from_mins(5);
    let mut pack = factory.create(&context).unwrap();
    println!("now it hangs");
    assert!(pack.score(0, &batch(&[39.0]), &Json::Null).is_err());
}
