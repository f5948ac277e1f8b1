use std::fs;
use std::io::{BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};

use kehu_native::{Library, platform};

use super::inspect;
use super::page::Page;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::lock::LockedFile;
use crate::machine::Machine;
use crate::plugins;
use crate::printer::Printer;
use crate::settings_file::{self, Replacement};
use crate::workspace::{SETTINGS, Workspace};

/// Adds a native plugin: pins its file in kehu.lock, allows it on this machine, and turns it on
///
/// The file is checked and shown first. It is copied into the workspace's folder plugins, unless it
/// lies there already.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu plugin add ./libsilence.so
  kehu plugin add ./libsilence.so --yes")]
pub(crate) struct Args {
    /// The shared library
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Does not ask
    #[arg(long)]
    yes: bool,
    /// Does not turn it on in [packs]
    #[arg(long)]
    off: bool,
}

/// Allows a plugin of kehu.lock on this machine
///
/// Who clones a workspace gets its plugins, but runs them only after having looked at them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  kehu plugin allow silence")]
pub(crate) struct AllowArgs {
    /// The plugin
    #[arg(value_name = "NAME")]
    name: String,
    /// Does not ask
    #[arg(long)]
    yes: bool,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let workspace = context.open()?;
    let page = inspect::look(&args.file)?;
    let Some(library) = page.library.clone() else { return Ok(()) };
    let (name, version) = (page.manifest.name.clone(), page.manifest.version.clone());
    let mut lock = plugins::read_lock(&workspace.root)?;
    show(context, &page);
    if let Some(before) = lock.plugins.get(&name).map(|locked| locked.version.clone()) {
        Printer::talk(&format!("It takes the place of {name} {before}."));
    }
    confirm(args.yes, "Add it?")?;
    let settings = turned_on(&workspace, &name, args.off)?;
    let path = keep(&workspace.root, &name, &library)?;
    let locked = lock.plugins.entry(name.clone()).or_default();
    if locked.version != version {
        // Files of another version are not the plugin that was looked at.
        locked.files.clear();
        locked.version.clone_from(&version);
    }
    let file = LockedFile { path: path.clone(), sha256: library.sha256().to_owned() };
    locked.files.insert(platform(), file);
    plugins::write_lock(&workspace.root, &lock)?;
    let at = &workspace.act.at;
    Machine::read()?.allow(library.sha256(), &name, &version, at)?;
    let on = settings.is_some();
    settings.map(Replacement::put).transpose()?;
    Printer::talk(&format!("Added {name} {version}: {path}, pinned in {}.", plugins::LOCK));
    if on {
        Printer::talk(&format!("Turned it on in {SETTINGS}; score runs it."));
    }
    Ok(())
}

pub(crate) fn allow(context: &mut Context<'_>, args: &AllowArgs) -> Result {
    let workspace = context.open()?;
    let roots = std::iter::once(&workspace.root).chain(&workspace.bases);
    for root in roots {
        let lock = plugins::read_lock(root)?;
        let Some(locked) = lock.plugins.get(&args.name) else { continue };
        let Some(file) = plugins::file_here(locked) else {
            let reason = plugins::Hindrance::OtherPlatform.reason(&args.name);
            return Err(CommandError::failed(format!("plugin {}: {reason}", args.name)));
        };
        let library =
            Library::verify(&root.join(&file.path), &file.sha256).map_err(inspect::refused)?;
        let page = inspect::describe(library)?;
        show(context, &page);
        confirm(args.yes, "Let it run on this machine?")?;
        let at = &workspace.act.at;
        Machine::read()?.allow(&file.sha256, &args.name, &locked.version, at)?;
        Printer::talk(&format!("{} {} may run on this machine.", args.name, locked.version));
        return Ok(());
    }
    Err(CommandError::failed(format!("{} has no plugin \"{}\"", plugins::LOCK, args.name))
        .hint("see which there are: kehu plugin list"))
}

/// Shows what is about to be decided on, where people read it.
fn show(context: &Context<'_>, page: &Page) {
    let language = context.language().unwrap_or_default();
    for line in page.lines(language) {
        Printer::talk(&line);
    }
}

/// Asks a question on the terminal.
fn confirm(yes: bool, question: &str) -> Result {
    if yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(
            CommandError::usage("nobody is there to be asked").hint("with --yes nothing is asked")
        );
    }
    Printer::talk(&format!("{question} [y/N]"));
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    match answer.trim() {
        "y" | "Y" | "yes" | "是" => Ok(()),
        _ => Err(CommandError::failed("nothing was done")),
    }
}

/// The settings in which the pack is on; none if they need not change.
fn turned_on(workspace: &Workspace, name: &str, off: bool) -> Result<Option<Replacement>> {
    let on = &workspace.settings.packs_on;
    if off || on.iter().any(|each| each == name) {
        return Ok(None);
    }
    let path = workspace.root.join(SETTINGS);
    let text =
        fs::read_to_string(&path).map_err(|error| CommandError::file("read", &path, &error))?;
    let text = settings_file::with_pack_on(&text, on, name)?;
    Replacement::prepare(&path, &text).map(Some)
}

/// Copies the verified bytes into the workspace, unless the file lies there; gives its path from the
/// workspace's folder.
fn keep(root: &Path, name: &str, library: &Library) -> Result<String> {
    let folder = root.join(plugins::FOLDER);
    if library.path().parent() == Some(&folder)
        && let Some(file) = library.path().file_name().and_then(|file| file.to_str())
    {
        return Ok(format!("{}/{file}", plugins::FOLDER));
    }
    let file = format!("{name}-{}.{}", platform(), std::env::consts::DLL_EXTENSION);
    let path = folder.join(&file);
    let failed = |error: std::io::Error| CommandError::file("written", &path, &error);
    fs::create_dir_all(&folder).map_err(failed)?;
    let beside = folder.join(format!(".{file}.new"));
    fs::remove_file(&beside).ok();
    library.copy_to(&beside).and_then(|()| fs::rename(&beside, &path)).map_err(failed)?;
    // What was written must be fit to be read again: its folders too.
    Library::verify(&path, library.sha256()).map_err(inspect::refused)?;
    Ok(format!("{}/{file}", plugins::FOLDER))
}
