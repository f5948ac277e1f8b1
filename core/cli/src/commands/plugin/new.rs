use std::fs;
use std::path::{Path, PathBuf};

use kehu_contract::{Hook, Manifest, VISIT_NEED_COLUMNS};

use super::kinds;
use super::template::{self, Files, Names};
use crate::ShippedPack;
use crate::context::{Context, Tongue, written};
use crate::error::{CommandError, Result};
use crate::packs;
use crate::printer::Printer;

/// Begins a plugin: a folder with one that works, to be changed
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu plugin new credit-risk --lang c
  kehu plugin new credit-risk --lang rust --sdk ../kehu/plugins/sdk
  kehu plugin new call-list --hook follow_up")]
pub(crate) struct Args {
    /// The plugin's name, such as credit-risk; the folder gets it too
    #[arg(value_name = "NAME")]
    name: String,
    /// In which language it is to be written
    #[arg(long = "lang", id = "lang", value_name = "c|rust", value_parser = written)]
    #[arg(default_value = "c")]
    language: Tongue,
    /// At which hook it is asked; visits are planned in rust only
    #[arg(long, value_name = "score|follow_up|plan_visits", default_value = "score", value_parser = hook)]
    hook: Hook,
    /// Where the folder plugins/sdk of kehu's sources is: for rust
    #[arg(long, value_name = "DIR")]
    sdk: Option<PathBuf>,
}

fn hook(text: &str) -> Result<Hook, String> {
    let hook = Hook::parse(text);
    hook.filter(|hook| matches!(hook, Hook::Score | Hook::FollowUp | Hook::PlanVisits))
        .ok_or_else(|| "write score, follow_up or plan_visits".to_owned())
}

pub(crate) fn run(context: &Context<'_>, args: &Args) -> Result {
    let name = &args.name;
    if !name.split('-').all(|part| kehu_contract::is_name(part) && !part.contains('_')) {
        let message = format!("\"{name}\" is no name of a plugin");
        return Err(CommandError::usage(message).hint(
            "write words of small letters and digits, joined by -, such as credit-risk; each begins with a letter",
        ));
    }
    let folder = Path::new(name);
    if folder.exists() {
        let message = format!("{name} is there already");
        return Err(CommandError::failed(message).hint("take another name, or move it away"));
    }
    let names = Names { name: name.clone(), column: column(context, name)? };
    let files = match (args.language, args.hook) {
        (Tongue::Rust, hook) => template::in_rust(&names, hook, &sdk(args.sdk.as_deref())?),
        (_, hook) => template::in_c(&names, hook).ok_or_else(|| {
            let message = format!("there is no example of {} in C to begin with", hook.name());
            CommandError::usage(message).hint("begin it in Rust: --lang rust --sdk DIR")
        })?,
    };
    for (path, text) in &files {
        let path = folder.join(path);
        let failed = |error: std::io::Error| CommandError::file("written", &path, &error);
        fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(failed)?;
        fs::write(&path, text).map_err(failed)?;
    }
    Printer::talk(&format!("Began {name}: {}", listed(&files)));
    if packs::is_shipped(context.shipped, name) {
        Printer::talk(&format!(
            "note: a pack {name} comes with kehu; once added, this one counts instead"
        ));
    }
    for line in next(name, args.language) {
        Printer::talk(&format!("next: {line}"));
    }
    Ok(())
}

/// The column that a plugin gives: its own name, unless a feature or a pack of kehu has it.
fn column(context: &Context<'_>, name: &str) -> Result<String> {
    let column = name.replace('-', "_");
    let features = kinds()?;
    let is_given = |pack: &ShippedPack| {
        let manifest = pack.files.iter().find(|(path, _)| *path == "pack.toml");
        let manifest = manifest.and_then(|(path, text)| Manifest::parse(path, text).ok());
        let gives = |manifest: Manifest| {
            manifest.steps.iter().flat_map(|step| &step.gives).any(|give| give.info.name == column)
        };
        pack.name != name && manifest.is_some_and(gives)
    };
    let is_taken = features.contains_key(&column)
        || VISIT_NEED_COLUMNS.iter().any(|(taken, ..)| *taken == column)
        || context.shipped.packs.iter().any(is_given);
    Ok(if is_taken { format!("{column}_score") } else { column })
}

/// The folder of the SDK, from the root of the disk.
fn sdk(named: Option<&Path>) -> Result<PathBuf> {
    let sdk = named.ok_or_else(|| {
        CommandError::usage("a plugin in Rust needs the folder plugins/sdk of kehu's sources")
            .hint("name it with --sdk DIR")
    })?;
    let sdk = fs::canonicalize(sdk).map_err(|error| CommandError::file("read", sdk, &error))?;
    if sdk.join("Cargo.toml").is_file() {
        return Ok(sdk);
    }
    let message = format!("{} is not the folder plugins/sdk of kehu's sources", sdk.display());
    Err(CommandError::usage(message))
}

fn listed(files: &Files) -> String {
    files.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>().join(", ")
}

/// The commands with which one goes on, from the folder in which the plugin was begun.
fn next(name: &str, language: Tongue) -> Vec<String> {
    let (library, build) = if language == Tongue::Rust {
        let package = template::package(name).replace('-', "_");
        let library = format!("{name}/target/release/lib{package}.so");
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
