use std::fs;
use std::path::{Path, PathBuf};

use crate::context::{Context, Tongue, written};
use crate::error::{CommandError, Result};
use crate::printer::Printer;

/// The examples that are built and run in the project's own tests are what a new plugin begins with.
const IN_C: &str = include_str!("../../../../../examples/plugin-in-c/silence.c");
const IN_RUST: &str = include_str!("../../../../../plugins/sdk/examples/scorer.rs");
/// What the examples call themselves and their columns.
const EXAMPLE: &str = "silence";

/// Begins a plugin: a folder with a scorer that works, to be changed
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu plugin new credit-risk --lang c
  kehu plugin new credit-risk --lang rust --sdk ../kehu/plugins/sdk")]
pub(crate) struct Args {
    /// The plugin's name, such as credit-risk; the folder gets it too
    #[arg(value_name = "NAME")]
    name: String,
    /// In which language it is to be written
    #[arg(long = "lang", id = "lang", value_name = "c|rust", value_parser = written)]
    #[arg(default_value = "c")]
    language: Tongue,
    /// Where the folder plugins/sdk of kehu's sources is: for rust
    #[arg(long, value_name = "DIR")]
    sdk: Option<PathBuf>,
}

pub(crate) fn run(_: &Context<'_>, args: &Args) -> Result {
    let name = &args.name;
    let column = name.replace('-', "_");
    if !kehu_contract::is_name(&column) || name.contains(['_']) || column.contains("__") {
        let message = format!("\"{name}\" is no name of a plugin");
        return Err(CommandError::usage(message)
            .hint("write words of small letters and digits, joined by -, such as credit-risk"));
    }
    let folder = Path::new(name);
    if folder.exists() {
        let message = format!("{name} is there already");
        return Err(CommandError::failed(message).hint("take another name, or move it away"));
    }
    let files = match args.language {
        Tongue::Rust => in_rust(name, args.sdk.as_deref())?,
        Tongue::C | Tongue::Spoken(_) => in_c(name),
    };
    for (path, text) in &files {
        let path = folder.join(path);
        let failed = |error: std::io::Error| CommandError::file("written", &path, &error);
        fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(failed)?;
        fs::write(&path, text).map_err(failed)?;
    }
    Printer::talk(&format!("Began {name}: {}", listed(&files)));
    for line in next(name, args.language) {
        Printer::talk(&format!("next: {line}"));
    }
    Ok(())
}

type Files = Vec<(String, String)>;

fn listed(files: &Files) -> String {
    files.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>().join(", ")
}

/// The commands with which one goes on, from the folder in which the plugin was begun.
fn next(name: &str, language: Tongue) -> Vec<String> {
    let (library, build) = if language == Tongue::Rust {
        let library = format!("{name}/target/release/lib{}.so", name.replace('-', "_"));
        (library, format!("cargo build --release --manifest-path {name}/Cargo.toml"))
    } else {
        let library = format!("{name}/{name}.so");
        let options = "-std=c99 -O2 -shared -fPIC -fvisibility=hidden";
        let build = format!("cc {options} {name}/{name}.c -o {library}");
        (library, build)
    };
    vec![
        build,
        format!("kehu plugin validate {library}"),
        format!("kehu -C WORKSPACE plugin add {library}"),
    ]
}

fn in_c(name: &str) -> Files {
    let column = name.replace('-', "_");
    let text = IN_C
        .replace(" -I../../core/abi", "")
        .replace("KEHU_STR(\"kehu\"), KEHU_STR(\"MIT OR Apache-2.0\")", "KEHU_NO_STR, KEHU_NO_STR")
        .replace("silence-in-c", "\0")
        .replace("silence.c -o silence.so", &format!("{name}.c -o {name}.so"))
        .replace(EXAMPLE, &column)
        .replace('\0', name);
    vec![(format!("{name}.c"), text), ("kehu_plugin.h".to_owned(), kehu_native::HEADER.to_owned())]
}

fn in_rust(name: &str, sdk: Option<&Path>) -> Result<Files> {
    let sdk = sdk.ok_or_else(|| {
        CommandError::usage("a plugin in Rust needs the folder plugins/sdk of kehu's sources")
            .hint("name it with --sdk DIR")
    })?;
    let sdk = fs::canonicalize(sdk).map_err(|error| CommandError::file("read", sdk, &error))?;
    if !sdk.join("Cargo.toml").is_file() {
        let message = format!("{} is not the folder plugins/sdk of kehu's sources", sdk.display());
        return Err(CommandError::usage(message));
    }
    let column = name.replace('-', "_");
    let text = IN_RUST
        .replace("`cargo build --example scorer`", "`cargo build --release`")
        .replace("    vendor: \"kehu\",\n    license: \"MIT OR Apache-2.0\",\n", "")
        .replace("name = \"silence\"", "\0")
        .replace(EXAMPLE, &column)
        .replace('\0', &format!("name = \"{name}\""));
    let path = toml::Value::from(sdk.display().to_string());
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n\
         [lib]\ncrate-type = [\"cdylib\"]\n\n\
         [dependencies]\nkehu-plugin = {{ path = {path} }}\n\n\
         # A panic must unwind, so that it can be caught and told.\n\
         [profile.release]\npanic = \"unwind\"\n\n[workspace]\n"
    );
    Ok(vec![("Cargo.toml".to_owned(), manifest), ("src/lib.rs".to_owned(), text)])
}
