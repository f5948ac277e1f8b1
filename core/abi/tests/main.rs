//! The header and its twin in Rust are one layout, in C99 and in C++11.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fmt::Write as _;
use std::mem::offset_of;
use std::path::Path;
use std::process::Command;

use kehu_abi::{
    Batch, Call, Column, Entry, FollowUp, Given, Outcome, Output, Planner, Rule, Scorer, Str,
};

/// One struct: its name in C, its size, and each field with its offset.
type Layout = (&'static str, usize, Vec<(&'static str, usize)>);

macro_rules! layout {
    ($c:literal, $rust:ty, $($field:ident)*) => {
        ($c, size_of::<$rust>(), vec![$((stringify!($field), offset_of!($rust, $field))),*])
    };
}

fn layouts() -> Vec<Layout> {
    vec![
        layout!("kehu_str", Str, ptr len),
        layout!("kehu_rule", Rule, id en zh input setting file line n_arguments
            comparison),
        layout!("kehu_call", Call, struct_size flags context seed as_of_day reserved cancel fail emit
            text log progress),
        layout!("kehu_column", Column, struct_size kind name n_missing numbers days flags codes
            offsets bytes n_values reserved),
        layout!("kehu_batch", Batch, struct_size n_columns n_rows ids columns),
        layout!("kehu_output", Output, column flags n_factors factors),
        layout!("kehu_given", Given, struct_size kind numbers days flags codes points arguments
            n_factors n_arguments n_labels reserved label_offsets label_bytes),
        layout!("kehu_result", Outcome, struct_size n_columns n_rows columns),
        layout!("kehu_scorer", Scorer, struct_size flags outputs n_outputs output_size create score
            destroy fit),
        layout!("kehu_planner", Planner, struct_size flags create plan destroy),
        layout!("kehu_follow_up", FollowUp, struct_size flags create follow_up destroy),
        layout!("kehu_entry", Entry, magic struct_size abi_major abi_minor min_host_minor
            pointer_bytes reserved0 layout_probe manifest vendor license rules n_rules rule_size
            get_extension),
    ]
}

/// The figures of the header that stand in Rust a second time.
fn constants() -> Vec<(&'static str, u64)> {
    vec![
        ("KEHU_MAGIC", kehu_abi::MAGIC),
        ("KEHU_ABI_MAJOR", kehu_abi::ABI_MAJOR.into()),
        ("KEHU_ABI_MINOR", kehu_abi::ABI_MINOR.into()),
        ("KEHU_LAYOUT_PROBE", kehu_abi::LAYOUT_PROBE.into()),
        ("KEHU_FAILED", i64::from(kehu_abi::FAILED) as u64),
        ("KEHU_PANIC", i64::from(kehu_abi::PANIC) as u64),
        ("KEHU_CANCELLED", i64::from(kehu_abi::CANCELLED) as u64),
        ("KEHU_NUMBER", kehu_abi::NUMBER.into()),
        ("KEHU_MONEY", kehu_abi::MONEY.into()),
        ("KEHU_LABEL", kehu_abi::LABEL.into()),
        ("KEHU_TEXT", kehu_abi::TEXT.into()),
        ("KEHU_FLAG", kehu_abi::FLAG.into()),
        ("KEHU_DAY", kehu_abi::DAY.into()),
        ("KEHU_MISSING_CODE", kehu_abi::MISSING_CODE.into()),
        ("KEHU_MISSING_FLAG", kehu_abi::MISSING_FLAG.into()),
        ("KEHU_MISSING_DAY", i64::from(kehu_abi::MISSING_DAY) as u64),
        ("KEHU_ADDITIVE", kehu_abi::ADDITIVE.into()),
    ]
}

fn expected() -> String {
    let mut text = String::new();
    for (name, size, fields) in layouts() {
        writeln!(text, "{name} {size}").unwrap();
        for (field, offset) in fields {
            writeln!(text, "{name}.{field} {offset}").unwrap();
        }
    }
    for (name, value) in constants() {
        writeln!(text, "{name} {value}").unwrap();
    }
    text
}

fn program() -> String {
    let mut text =
        String::from("#include \"kehu_plugin.h\"\n#include <stdio.h>\nint main(void) {\n");
    for (name, _, fields) in layouts() {
        writeln!(text, "printf(\"{name} %zu\\n\", sizeof({name}));").unwrap();
        for (field, _) in fields {
            let line = format!("printf(\"{name}.{field} %zu\\n\", offsetof({name}, {field}));");
            writeln!(text, "{line}").unwrap();
        }
    }
    for (name, _) in constants() {
        writeln!(text, "printf(\"{name} %llu\\n\", (unsigned long long){name});").unwrap();
    }
    text + "return kehu_is_missing(kehu_missing()) ? 0 : 1;\n}\n"
}

/// Compiles and runs a program, and tells what it prints.
fn told(compiler: &str, flags: &[&str], file: &str, source: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (path, binary) = (folder.path().join(file), folder.path().join("program"));
    std::fs::write(&path, source).unwrap();
    let built = Command::new(compiler)
        .args(flags)
        .args(["-Wall", "-Wextra", "-pedantic", "-Werror", "-I"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")))
        .arg(&path)
        .arg("-o")
        .arg(&binary)
        .output();
    let built =
        built.unwrap_or_else(|_| panic!("this test needs a compiler by the name of {compiler}"));
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let output = Command::new(binary).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_header_and_its_twin_are_one_layout() {
    for (compiler, flags, file) in
        [("cc", ["-std=c99", "-O1"], "layout.c"), ("c++", ["-std=c++11", "-O1"], "layout.cc")]
    {
        assert_eq!(told(compiler, &flags, file, &program()), expected(), "{compiler}");
    }
}

#[test]
fn missing_numbers_are_seen_even_where_the_compiler_believes_that_there_are_none() {
    let source = "#include \"kehu_plugin.h\"\nint main(int argc, char **argv) { (void)argv;\n\
        return kehu_is_missing(argc - 1.0) || !kehu_is_missing(argc * kehu_missing()); }\n";
    told("cc", &["-std=c99", "-Ofast"], "missing.c", source);
}

/// These figures may only be changed by hand, and only at the end of a struct.
#[test]
fn what_was_once_laid_out_stays_where_it_is() {
    let sizes: Vec<(&str, usize)> =
        layouts().into_iter().map(|(name, size, _)| (name, size)).collect();
    if size_of::<usize>() == 8 {
        assert_eq!(
            sizes,
            [
                ("kehu_str", 16),
                ("kehu_rule", 120),
                ("kehu_call", 80),
                ("kehu_column", 88),
                ("kehu_batch", 32),
                ("kehu_output", 32),
                ("kehu_given", 88),
                ("kehu_result", 24),
                ("kehu_scorer", 56),
                ("kehu_planner", 32),
                ("kehu_follow_up", 32),
                ("kehu_entry", 96),
            ]
        );
    }
}
