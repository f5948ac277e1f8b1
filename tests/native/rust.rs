//! Plugins in Rust without the SDK: a panic that nobody catches ends the worker, and names the customer.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use kehu_native::{Isolation, OnCrash};

use super::kit::{Bench, factory, score};

const SOURCE: &str = r#"
#[path = "$ABI"]
mod abi;
use std::ffi::c_void;

const MANIFEST: &str = "name = \"raw\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"score\"\nneeds = [\"days\"]\n[step.gives.silence]\ntype = \"number\"\n";

const fn text(text: &'static str) -> abi::Str { abi::Str { ptr: text.as_ptr(), len: text.len() } }

unsafe extern "CALL" fn score(_: *mut c_void, _: *const abi::Call, batch: *const abi::Batch, outcome: *const abi::Outcome) -> i32 {
    unsafe {
        let days = (**(*batch).columns).numbers;
        let given = *(*outcome).columns;
        for row in 0..(*batch).n_rows as usize {
            let days = *days.add(row);
            assert!(days != 39.0, "no table for 39 days");
            *(*given).numbers.add(row) = days;
            *(*(*given).points).add(row) = days;
        }
    }
    0
}

static FACTORS: [u32; 1] = [0];
#[repr(transparent)]
struct Shared<T>(T);
unsafe impl<T> Sync for Shared<T> {}
type Function = unsafe extern "CALL" fn(*mut c_void, *const abi::Call, *const abi::Batch, *const abi::Outcome) -> i32;
static RULES: Shared<[abi::Rule; 1]> = Shared([abi::Rule {
    id: text("same"), en: text("as it is"), zh: text(""), input: text(""), setting: text(""), file: text(""), line: 1, n_arguments: 0, comparison: text(""),
}]);
static OUTPUTS: Shared<[abi::Output; 1]> = Shared([abi::Output {
    column: text("silence"), flags: 1, n_factors: 1, factors: FACTORS.as_ptr(),
}]);
static SCORER: Shared<abi::Scorer> = Shared(abi::Scorer {
    struct_size: size_of::<abi::Scorer>() as u32, flags: 0, outputs: OUTPUTS.0.as_ptr(), n_outputs: 1,
    output_size: size_of::<abi::Output>() as u32, create: None,
    score: Some(unsafe { std::mem::transmute::<Function, abi::ScoreFunction>(score) }), destroy: None, fit: None,
});
unsafe extern "C-unwind" fn extension(_: *const u8, _: usize, _: *const u8, _: usize) -> *const c_void {
    (&raw const SCORER).cast()
}
static ENTRY: Shared<abi::Entry> = Shared(abi::Entry {
    magic: abi::MAGIC, struct_size: size_of::<abi::Entry>() as u32, abi_major: abi::ABI_MAJOR, abi_minor: abi::ABI_MINOR,
    min_host_minor: 1, pointer_bytes: 8, reserved0: 0, layout_probe: abi::LAYOUT_PROBE, manifest: text(MANIFEST),
    vendor: text(""), license: text(""), rules: RULES.0.as_ptr(), n_rules: 1, rule_size: size_of::<abi::Rule>() as u32,
    get_extension: Some(extension),
});
#[unsafe(no_mangle)]
pub extern "C" fn kehu_plugin_entry_v1() -> *const abi::Entry { &raw const ENTRY.0 }
"#;

/// Compiles a plugin.
fn compile(bench: &Bench, name: &str, source: &str) -> PathBuf {
    let abi = Path::new(env!("CARGO_MANIFEST_DIR")).join("core/abi/src/lib.rs");
    let written = bench.path(&format!("{name}.rs"));
    let path = bench.path(&format!("{name}.so"));
    std::fs::write(&written, source.replace("$ABI", abi.to_str().unwrap())).unwrap();
    let built = Command::new("rustc")
        .args([
            "--edition",
            "2024",
            "--crate-type",
            "cdylib",
            "-C",
            "debuginfo=0",
            "-A",
            "warnings",
        ])
        .arg(&written)
        .arg("-o")
        .arg(&path)
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// C-101 has 35 days of silence.
const DAYS: [f64; 10] = [35.0, 36.0, 37.0, 38.0, 39.0, 40.0, 41.0, 42.0, 43.0, 44.0];

#[test]
fn a_panic_through_either_border_is_a_crash_at_its_customer() {
    let bench = Bench::new();
    for (name, call) in [("closed", "C"), ("open", "C-unwind")] {
        let path = compile(&bench, name, &SOURCE.replace("CALL", call));
        let factory = factory(&path, OnCrash::Fail, Isolation::Worker);
        let said = score(&factory, &DAYS).unwrap_err().to_string();
        let first = said.lines().next().unwrap_or_default();
        assert!(
            first.starts_with(
                "pack raw, score, customer C-105: runtime error: the plugin crashed (SIGABRT)"
            ),
            "{name}: {said}"
        );
        assert_eq!(score(&factory, &DAYS[..4]).unwrap().data.len(), 4);
    }
}

#[test]
fn memory_that_runs_out_is_told_as_that() {
    let bench = Bench::new();
    let takes =
        "if days == 39.0 { let mut all = Vec::new(); loop { all.push(vec![1_u8; 1 << 20]); } }";
    let source = SOURCE
        .replace("CALL", "C")
        .replace("assert!(days != 39.0, \"no table for 39 days\");", takes);
    let path = compile(&bench, "takes", &source);
    let said = score(&factory(&path, OnCrash::Fail, Isolation::Worker), &DAYS).unwrap_err();
    let said = said.to_string();
    assert!(
        said.starts_with("pack raw, score, customer C-105: memory limit error: the plugin crashed (SIGABRT): memory allocation of "),
        "{said}"
    );
}

#[test]
fn customers_at_whom_it_panics_can_be_passed_over() {
    let bench = Bench::new();
    let path = compile(&bench, "skips", &SOURCE.replace("CALL", "C"));
    let factory = factory(&path, OnCrash::SkipRows, Isolation::Worker);
    let scored = score(&factory, &DAYS).unwrap();
    assert!(scored.data.is_missing(4) && !scored.data.is_missing(5));
    assert_eq!(factory.take_crashes()[0].customer, 105);
}

#[test]
fn the_sdk_does_not_compile_where_a_panic_would_end_the_process() {
    let bench = Bench::new();
    let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins/sdk/src/lib.rs");
    let told = |panic: &str| {
        let output = Command::new("rustc")
            .args(["--edition", "2024", "--crate-type", "lib", "--emit", "metadata"])
            .args(["-C", panic, "-o"])
            .arg(bench.path("sdk.rmeta"))
            .arg(&sdk)
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let refused = "a plugin of kehu needs panic = \"unwind\"";
    assert!(told("panic=abort").contains(refused));
    assert!(!told("panic=unwind").contains(refused));
}
