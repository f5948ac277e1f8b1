//! Workers that do not say what workers say: the host believes none of it.

use kehu_contract::{Origin, PackFactory as _};
use kehu_native::{Isolation, NativeFactory, OnCrash, Options, WorkerCommand};
use serde_json::Value as Json;

use super::kit::{Bench, at_row, batch, context, look};

/// A worker that never loads anything: it says that it did, and then what a test wants.
const WORKER: &str = r#"
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static unsigned char head[16];
static uint64_t nonce;
static void take(void *to, size_t len) {
  char *at = to;
  while (len) { ssize_t got = read(0, at, len); if (got <= 0) exit(0); at += got; len -= got; }
}
static void put(const void *from, size_t len) {
  const char *at = from;
  while (len) { ssize_t gone = write(0, at, len); if (gone <= 0) exit(0); at += gone; len -= gone; }
}
static void say_as(uint64_t nonce, const char *json, uint32_t tail) {
  uint32_t lengths[2] = {(uint32_t)strlen(json), tail};
  put(&nonce, 8); put(lengths, 8); put(json, lengths[0]);
}
static void say(const char *json) { say_as(nonce, json, 0); }
static const char done[] = "{\"Answer\":{\"code\":0,\"failure\":null,\"texts\":[]}}";
int main(void) {
  static char json[1 << 20];
  for (;;) {
    uint32_t lengths[2];
    take(head, 16);
    memcpy(&nonce, head, 8); memcpy(lengths, head + 8, 8);
    if (lengths[0] >= sizeof json || lengths[1] >= sizeof json) return 1;
    take(json, lengths[0]); json[lengths[0]] = 0;
    int is_score = !strncmp(json, "{\"Score\"", 8), is_create = !strncmp(json, "{\"Create\"", 9);
    int is_load = !strncmp(json, "{\"Load\"", 7), is_map = !strncmp(json, "{\"Map\"", 6);
    (void)is_create; (void)is_score;
    take(json, lengths[1]);
    if (is_load) { say(LOADED); continue; }
    if (is_map) { say("\"Done\""); continue; }
    ACT
    say(done);
  }
}
"#;

/// What is said when a worker does this instead of its work.
fn said(bench: &Bench, name: &str, act: &str) -> String {
    let (library, description) = look(&bench.compile("plugin", &at_row(""))).unwrap();
    let loaded = format!("{{\"Loaded\":{}}}", serde_json::to_string(&description).unwrap());
    let source = WORKER.replace("LOADED", &format!("{loaded:?}")).replace("ACT", act);
    let program = bench.program(name, &source);
    let worker = WorkerCommand { program, arguments: Vec::new() };
    let (isolation, on_crash) = (Isolation::Worker, OnCrash::Fail);
    let options = Options { worker, isolation, on_crash, origin: Origin::Workspace };
    let factory = NativeFactory::of_library(library, description, options).unwrap();
    let result = factory
        .create(&context(&factory))
        .and_then(|mut pack| pack.score(0, &batch(&[35.0, 40.0]), &Json::Null));
    result.map_or_else(|error| error.to_string(), |scored| format!("{:?}", scored[0].data))
}

#[test]
fn what_no_worker_says_is_told_and_believed_by_nobody() {
    let bench = Bench::new();
    let cases = [
        ("idle", "", "column \"silence\" was not written for this customer"),
        (
            "garbage",
            "if (is_score) { put(\"what is this?????????????\", 24); pause(); }",
            "bytes that are no frame",
        ),
        ("head", "if (is_score) { put(&nonce, 8); return 0; }", "half a frame"),
        (
            "half",
            "if (is_score) { uint32_t lengths[2] = {100, 0}; put(&nonce, 8); put(lengths, 8); put(\"{\", 1); return 0; }",
            "half a frame",
        ),
        (
            "large",
            "if (is_score) { uint32_t lengths[2] = {2, 40 * 1024 * 1024 + 1}; put(&nonce, 8); put(lengths, 8); pause(); }",
            "a frame that is too large",
        ),
        ("early", "if (is_create) { say(done); }", "no answer to this question"),
        (
            "late",
            "if (is_score) { say_as(nonce - 1, done, 0); pause(); }",
            "no answer to this question",
        ),
        (
            "other",
            "if (is_score) { say(\"\\\"Done\\\"\"); pause(); }",
            "another answer than to the call",
        ),
        (
            "unknown",
            "if (is_score) { say(\"{\\\"Scored\\\":{}}\"); pause(); }",
            "a frame that is not understood",
        ),
        (
            "rows",
            "if (is_score) { say(\"{\\\"Answer\\\":{\\\"code\\\":0,\\\"rows\\\":1000000,\\\"failure\\\":null,\\\"texts\\\":[]}}\"); continue; }",
            "customer C-101: result error: column \"silence\" was not written",
        ),
        (
            "row",
            "if (is_score) { say(\"{\\\"Answer\\\":{\\\"code\\\":-1,\\\"failure\\\":[999999,\\\"no\\\"],\\\"texts\\\":[]}}\"); continue; }",
            "pack fixture, score: runtime error: no",
        ),
        ("silent", "if (is_score) pause();", "took longer than 2000 ms"),
        ("gone", "if (is_score) return 0;", "ended the process (exit 0)"),
    ];
    for (name, act, expected) in cases {
        let told = said(&bench, name, act);
        assert!(told.contains(expected), "{name}: {told}");
    }
}

#[test]
fn a_worker_that_cannot_be_started_is_told() {
    let bench = Bench::new();
    let (library, description) = look(&bench.compile("plugin", &at_row(""))).unwrap();
    let worker = WorkerCommand { program: bench.path("absent"), arguments: Vec::new() };
    let (isolation, on_crash) = (Isolation::Worker, OnCrash::Fail);
    let options = Options { worker, isolation, on_crash, origin: Origin::Workspace };
    let factory = NativeFactory::of_library(library, description, options).unwrap();
    let said = factory.create(&context(&factory)).map(drop).unwrap_err().to_string();
    assert!(said.contains("host fault error: the worker cannot be started"), "{said}");
}
