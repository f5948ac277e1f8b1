//! Plugins from the command line that go wrong, and files that are none: the rest goes on.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Stdio;

use crate::kit::Kit;
use crate::native::kit::{Bench, at_row, scorer};

/// Adds a plugin whose scorer has this source, about how long customers have been silent.
fn add(kit: &Kit, source: &str) {
    let source = source
        .replace("needs = [\\\"days\\\"]", "needs = [\\\"recency_days\\\"]")
        .replace("KEHU_RULE_OF(\"quiet\", \"days\"", "KEHU_RULE_OF(\"quiet\", \"recency_days\"");
    let bench = Bench::new();
    std::fs::copy(bench.compile("fixture", &source), kit.path().join("fixture.so")).unwrap();
    kit.done("plugin add fixture.so --yes");
}

#[test]
fn a_null_pointer_at_one_of_a_hundred_thousand_leaves_the_others_scored_and_names_that_one() {
    let kit = Kit::new();
    let names: Vec<String> = (1..=100_000).map(|each| format!("customer {each}")).collect();
    kit.write("crowd.csv", &format!("name\n{}\n", names.join("\n")));
    kit.write(
        "map.toml",
        "name = \"crowd\"\n[[table]]\nfile = \"crowd.csv\"\ninto = \"customer\"\n[table.columns]\nname = \"name\"\n",
    );
    kit.done("import crowd.csv --map map.toml");
    kit.done("log purchase C-77777 --on 2024-02-20 --amount 400");
    kit.write("kehu.toml", "[packs]\non = []\n");
    add(
        &kit,
        &at_row(
            "if (kehu_is_missing(days)) days = 40; else days = *(volatile double *)(size_t)(instance != 0);",
        ),
    );
    kit.set("\n[plugins.fixture]\non_crash = \"skip-rows\"\n");
    let told = kit.run("score");
    assert!(
        told.contains(
            "passed over: at customer C-77777 customer 77777 plugin fixture crashed (SIGSEGV)"
        ),
        "{told}"
    );
    assert!(told.ends_with("[exit 3]\n"), "{told}");
    let scored = told.lines().find(|line| line.starts_with("silence")).unwrap();
    let counts: Vec<&str> = scored.split_whitespace().collect();
    assert_eq!(counts[..4], ["silence", "fixture", "99999", "1"], "{told}");
    let told = kit.run("explain C-77777 silence");
    assert!(told.contains("the plugin failed at this customer"), "{told}");
}

#[test]
fn what_is_no_plugin_is_refused_at_once_however_it_is_called() {
    let kit = Kit::new();
    let folder = kit.path();
    let said = |name: &OsStr| {
        let mut command = kit.command(&["plugin", "add"]);
        kit.told(&command.arg(name).arg("--yes").output().unwrap())
    };
    let _socket = UnixListener::bind(folder.join("socket.so")).unwrap();
    assert!(said(OsStr::new("socket.so")).contains("socket.so cannot be read: No such device"));
    assert!(said(OsStr::new(".")).contains(". names no file"));
    assert!(said(OsStr::new("")).ends_with("[exit 2]\n"));
    kit.write("secret.so", "");
    let secret = folder.join("secret.so");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o000)).unwrap();
    // Nothing is unreadable for root; then it is no library.
    let told = said(OsStr::new("secret.so"));
    assert!(
        told.contains("Permission denied") || told.contains("is not a shared library"),
        "{told}"
    );
    let odd = OsStr::from_bytes(b"odd\xff\n.so");
    std::fs::write(folder.join(odd), "text").unwrap();
    let told = said(odd);
    assert!(told.contains("odd") && told.contains("is not a shared library"), "{told}");
    assert!(told.ends_with("[exit 1]\n"), "{told}");
    let bench = Bench::new();
    std::fs::copy(bench.compile("built", &at_row("")), folder.join(odd)).unwrap();
    // Its column is none of this workspace, but it was read, shown and kept under a plain name.
    let mut command = kit.command(&["plugin", "add", "--yes", "--off"]);
    let told = kit.told(&command.arg(odd).output().unwrap());
    assert!(told.contains("Added fixture 1.0.0: plugins/fixture-"), "{told}");
    assert!(!told.contains("[exit"), "{told}");
}

#[test]
fn a_plugin_sees_nothing_of_the_one_who_runs_it_and_cannot_spoil_what_is_shown() {
    let kit = Kit::shop();
    let before = r#"
if (getenv("HOME") || getenv("USER") || getenv("LD_PRELOAD") || getenv("LD_AUDIT")) call->log(call->context, KEHU_WARN, "seen", 4);
puts("{\"column\": \"mine\"}"); fflush(stdout); fclose(stdout);
"#;
    add(&kit, &scorer(before, "", ""));
    let mut command = kit.command(&["score", "--json"]);
    let output = command.env("LD_AUDIT", "").env("LD_PRELOAD", "").output().unwrap();
    let told = kit.told(&output);
    assert!(output.status.success() && !told.contains("seen"), "{told}");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["customers"], 3);
}

#[test]
fn many_runs_at_once_share_a_plugin_and_agree() {
    let kit = Kit::shop();
    kit.done("log purchase 武汉钢铁 --on 2024-01-05 --amount 30000");
    add(&kit, &at_row("usleep(1000);"));
    let mut running = Vec::new();
    for _ in 0..8 {
        let mut command = kit.command(&["score", "--dry-run", "--json"]);
        running.push(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    }
    let outputs: Vec<_> =
        running.into_iter().map(|each| each.wait_with_output().unwrap()).collect();
    for output in &outputs {
        assert!(output.status.success());
        assert_eq!(output.stdout, outputs[0].stdout);
    }
}

#[test]
fn a_plugin_whose_panics_cannot_be_caught_does_not_compile() {
    let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins/sdk/src/lib.rs");
    let said = |panic: &str| {
        let mut command = std::process::Command::new("rustc");
        command.args(["--edition", "2024", "--crate-type", "lib", "--emit", "metadata"]);
        command.args(["-o", "/dev/null", "-C", &format!("panic={panic}")]).arg(&sdk);
        command.output().map(|output| String::from_utf8_lossy(&output.stderr).into_owned())
    };
    // What the crate depends on is not given here: it is named as missing either way.
    let Ok(told) = said("abort") else { return };
    assert!(told.contains("a plugin of kehu needs panic = \"unwind\""), "{told}");
    assert!(!said("unwind").unwrap().contains("needs panic"));
}
