//! Files that are no plugin, or not the one that was added.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use kehu_contract::ColumnData;
use kehu_native::{Isolation, Library, OnCrash};

use super::kit::{Bench, at_row, changed, factory, refusal, score};

fn said(path: &Path) -> String {
    Library::open(path).map_or_else(|refusal| refusal.message, |_| "taken".to_owned())
}

#[test]
fn what_is_no_file_of_a_plugin_is_refused_at_once() {
    let bench = Bench::new();
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(bench.path(name), bytes).unwrap();
        std::fs::set_permissions(bench.path(name), std::fs::Permissions::from_mode(0o644)).unwrap();
        bench.path(name)
    };
    assert!(said(&write("text", b"not a library")).ends_with("text is not a shared library"));
    assert!(said(&write("empty", b"")).ends_with("empty is not a shared library"));
    let fifo = bench.path("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    assert!(said(&fifo).ends_with("fifo is not a regular file"));
    assert!(said(Path::new("/dev/zero")).ends_with("is not a regular file"));
    assert!(said(&bench.path("")).ends_with("is not a regular file"));
    assert!(said(&bench.path("absent")).contains("cannot be read: No such file"));
    assert!(said(Path::new("")).ends_with("is no path: it is empty"));
    assert!(said(Path::new("libm.so.6")).ends_with("is not an absolute path"));
    assert!(
        said(Path::new(&format!("/{}", "x".repeat(5_000)))).ends_with("is longer than 4096 bytes")
    );
    assert!(said(Path::new("/a\0b")).ends_with("it has a zero byte"));
    let huge = write("huge", b"");
    std::fs::File::options().write(true).open(&huge).unwrap().set_len(1 << 30).unwrap();
    assert!(said(&huge).ends_with("huge is larger than 256 MiB"));
    let program = assert_cmd::cargo::cargo_bin!("kehu");
    let copied = bench.path("program");
    std::fs::copy(program, &copied).unwrap();
    std::fs::set_permissions(&copied, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert!(said(&copied).ends_with("is a program, not a shared library"));
}

#[test]
fn a_file_that_is_cut_off_is_refused_before_the_loader_sees_it() {
    let bench = Bench::new();
    let path = bench.compile("whole", &at_row(""));
    let bytes = std::fs::read(&path).unwrap();
    for share in [25, 50, 90] {
        std::fs::write(&path, &bytes[..bytes.len() * share / 100]).unwrap();
        assert!(said(&path).contains("whole.so is cut off: it has "), "{share} %");
    }
}

#[test]
fn files_that_others_can_change_are_refused() {
    let bench = Bench::new();
    let path = bench.compile("open", &at_row(""));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
    assert!(said(&path).ends_with("open.so is writable by others (666)"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(said(&path), "taken");
    let link = bench.path("link.so");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(said(&link).ends_with("link.so is a symbolic link"));
    let folder = bench.path("shared");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(&path, folder.join("open.so")).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).unwrap();
    assert!(said(&folder.join("open.so")).contains("shared, which is writable by others (777)"));
}

#[test]
fn only_the_bytes_that_were_added_are_taken() {
    let bench = Bench::new();
    let path = bench.compile("first", &at_row(""));
    let hash = Library::open(&path).unwrap().sha256().to_owned();
    assert!(Library::verify(&path, &hash).is_ok());
    std::fs::copy(bench.compile("second", &at_row("days += 1;")), &path).unwrap();
    let said = Library::verify(&path, &hash).unwrap_err().message;
    assert!(said.contains("is another file than the one that was added") && said.contains(&hash));
}

#[test]
fn a_file_that_is_replaced_under_a_running_plugin_changes_nothing() {
    let bench = Bench::new();
    let path = bench.compile("stays", &at_row(""));
    let factory = factory(&path, OnCrash::Fail, Isolation::Worker);
    assert_eq!(score(&factory, &[31.0]).unwrap().data, ColumnData::Number(vec![1.0]));
    std::fs::write(&path, b"").unwrap();
    assert_eq!(score(&factory, &[31.0]).unwrap().data, ColumnData::Number(vec![1.0]));
}

#[test]
fn a_file_and_its_copy_are_two_plugins() {
    let bench = Bench::new();
    let path = bench.compile("original", &at_row("static int calls; days += calls++;"));
    let copy = bench.path("copy.so");
    std::fs::copy(&path, &copy).unwrap();
    for path in [&path, &copy, &path] {
        let factory = factory(path, OnCrash::Fail, Isolation::Worker);
        let scored = score(&factory, &[31.0, 31.0]).unwrap();
        assert_eq!(scored.data, ColumnData::Number(vec![1.0, 2.0]));
    }
}

#[test]
fn what_a_library_lacks_is_said_when_it_is_loaded() {
    let bench = Bench::new();
    let lacking = "extern double nowhere(double);\nstatic int32_t score(";
    let source = changed(&[
        ("static int32_t score(", lacking),
        ("given->numbers[row] = 0;", "given->numbers[row] = nowhere(0);"),
    ]);
    let told = refusal(&bench.compile("symbol", &source));
    assert!(
        told.starts_with("cannot be loaded: ") && told.contains("undefined symbol: nowhere"),
        "{told}"
    );
    let helper = bench.compile(
        "helper",
        "__attribute__((visibility(\"default\"))) double nowhere(double x) { return x; }",
    );
    let library = bench.compile_with(
        "cc",
        &["-std=gnu99", "-Wl,--no-as-needed", helper.to_str().unwrap()],
        "needy",
        &source,
    );
    std::fs::remove_file(&helper).unwrap();
    let told = refusal(&library);
    assert!(told.contains("helper.so: cannot open shared object file"), "{told}");
}

#[test]
fn a_library_for_a_newer_system_is_refused_with_what_to_do() {
    let bench = Bench::new();
    let path = bench.compile("newer", &at_row("if (days < 0) puts(\"\");"));
    let mut bytes = std::fs::read(&path).unwrap();
    let name = b"GLIBC_2.";
    let places: Vec<usize> =
        (0..bytes.len() - 16).filter(|at| bytes[*at..].starts_with(name)).collect();
    if places.is_empty() {
        return;
    }
    // The loader compares names; what stands there now is the version of a system yet to come.
    for at in places {
        bytes[at + name.len()] = b'9';
    }
    std::fs::write(&path, bytes).unwrap();
    let refused = super::kit::look(&path).map(drop).unwrap_err();
    assert!(refused.message.contains("version `GLIBC_2.9"), "{refused}");
    assert!(refused.hint.unwrap().contains("build it on an older system"));
}
