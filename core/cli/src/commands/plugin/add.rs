use std::fs;
use std::io::{BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kehu_contract::{PackFactory as _, parse_version};
use kehu_native::{Library, Linked, platform};

use super::named;
use super::page::{self, Page};
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::lock::{Lock, Locked, LockedFile};
use crate::machine::Machine;
use crate::packs;
use crate::plugins;
use crate::printer::Printer;
use crate::settings_file::{self, Replacement};
use crate::workspace::{SETTINGS, Workspace};

/// Adds a native plugin: pins its file in kehu.lock, allows it on this machine, and turns it on
///
/// The file is checked and shown first: its hash, then what it says of itself in a process of its own. It is
/// copied into the workspace's folder plugins, unless it lies there already. Of a plugin that comes with kehu
/// the name is enough.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu plugin add ./libsilence.so
  kehu plugin add ./libsilence.so --yes
  kehu plugin add clv")]
pub(crate) struct Args {
    /// The shared library, or the name of a plugin that comes with kehu
    #[arg(value_name = "FILE|NAME")]
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
    let name = args.file.to_str().filter(|_| !args.file.is_file());
    if let Some(plugin) = name.and_then(|name| named::carried(context, name)) {
        return add_carried(context, &workspace, plugin, args.off);
    }
    let library = named::open(&args.file)?;
    tell(&page::of_file(&library));
    let page = named::describe(library.clone())?;
    tell(&page.said(workspace.language));
    let (name, version) = (page.manifest.name.clone(), page.manifest.version.clone());
    let _held = plugins::hold(&workspace.root)?;
    let mut lock = plugins::read_lock(&workspace.root)?;
    tell_what_it_replaces(context, &workspace, &lock, &page, &library)?;
    check_place(context, &workspace, &page, args.off)?;
    refuse_if_locked(&workspace, &lock, &name, &library)?;
    confirm(args.yes, "Add it?")?;
    let settings = turned_on(&workspace, &name, args.off)?;
    let file = keep(&workspace.root, &name, &library)?;
    let path = file.path.clone();
    let locked = lock.plugins.entry(name.clone()).or_default();
    let before = std::mem::take(locked);
    version.clone_into(&mut locked.version);
    if before.version == version {
        // The same version for other machines stays; files of another one are not what was looked at.
        locked.files.clone_from(&before.files);
    }
    locked.files.insert(platform(), file);
    plugins::write_lock(&workspace.root, &lock)?;
    Machine::allow(library.sha256(), &name, &version, &workspace.act.at)?;
    let on = settings.is_some();
    settings.map(Replacement::put).transpose()?;
    take_away(&workspace.root, &before, &lock)?;
    Printer::talk(&format!("Added {name} {version}: {path}, pinned in {}.", plugins::LOCK));
    tell_state(&workspace, &name, on);
    Ok(())
}

/// Turns a plugin of the program on, and pins which one it is.
fn add_carried(context: &Context<'_>, workspace: &Workspace, plugin: Linked, off: bool) -> Result {
    let name = plugin.0;
    let page = named::of_program(plugin)?;
    let factory = named::factory(&page)?;
    let version = &page.manifest.version;
    let _held = plugins::hold(&workspace.root)?;
    let mut lock = plugins::read_lock(&workspace.root)?;
    if lock.plugins.get(name).is_some_and(|locked| locked.build.is_none()) {
        let message = format!("{} has a plugin {name}, which counts instead", plugins::LOCK);
        return Err(CommandError::failed(message)
            .hint(format!("to take the one of kehu again: kehu plugin remove {name}")));
    }
    check_place(context, workspace, &page, off)?;
    let build = Some(factory.hash().to_owned());
    let locked = Locked { version: version.clone(), build, ..Locked::default() };
    if workspace.locked && lock.plugins.get(name).is_some_and(|before| *before != locked) {
        return Err(no_change());
    }
    let settings = turned_on(workspace, name, off)?;
    lock.plugins.insert(name.to_owned(), locked);
    plugins::write_lock(&workspace.root, &lock)?;
    let on = settings.is_some();
    settings.map(Replacement::put).transpose()?;
    Printer::talk(&format!("Added {name} {version} of kehu, pinned in {}.", plugins::LOCK));
    tell_state(workspace, name, on);
    Ok(())
}

fn tell_state(workspace: &Workspace, name: &str, turned_on: bool) {
    if turned_on {
        Printer::talk(&format!("Turned it on in {SETTINGS}; score runs it."));
    } else if workspace.settings.packs_on.iter().any(|on| on == name) {
        Printer::talk(&format!("It is on in {SETTINGS} already; score runs it."));
    } else {
        Printer::talk(&format!("It is off; [packs] on in {SETTINGS} turns it on."));
    }
}

pub(crate) fn allow(context: &mut Context<'_>, args: &AllowArgs) -> Result {
    let workspace = context.open()?;
    let roots = std::iter::once(&workspace.root).chain(&workspace.bases);
    for root in roots {
        let lock = plugins::read_lock(root)?;
        let Some(locked) = lock.plugins.get(&args.name) else { continue };
        if locked.build.is_some() {
            let message = format!("{} comes with kehu and needs to be allowed nowhere", args.name);
            return Err(CommandError::failed(message));
        }
        let Some(file) = plugins::file_here(locked) else {
            let reason = plugins::Hindrance::OtherPlatform.reason(&args.name);
            return Err(CommandError::failed(format!("plugin {}: {reason}", args.name)));
        };
        let library =
            Library::verify(&root.join(&file.path), &file.sha256).map_err(named::refused)?;
        tell(&page::of_file(&library));
        let page = named::describe(library)?;
        tell(&page.said(workspace.language));
        let own = &page.manifest.name;
        if *own != args.name {
            let reason = plugins::Hindrance::OtherName(own.clone()).reason(&args.name);
            return Err(CommandError::failed(format!("plugin {}: {reason}", args.name)));
        }
        confirm(args.yes, "Let it run on this machine?")?;
        Machine::allow(&file.sha256, &args.name, &locked.version, &workspace.act.at)?;
        Printer::talk(&format!("{} {} may run on this machine.", args.name, locked.version));
        return Ok(());
    }
    Err(CommandError::failed(format!("{} has no plugin \"{}\"", plugins::LOCK, args.name))
        .hint("see which there are: kehu plugin list"))
}

/// Shows what is about to be decided on, where people read it.
fn tell(lines: &[String]) {
    for line in lines {
        Printer::talk(line);
    }
}

/// Says what will not count any more: an earlier file of the plugin, or a pack of kehu by its name.
fn tell_what_it_replaces(
    context: &Context<'_>,
    workspace: &Workspace,
    lock: &Lock,
    page: &Page,
    library: &Library,
) -> Result {
    let (name, version) = (&page.manifest.name, &page.manifest.version);
    if let Some(at) = packs::script_of(workspace, name)? {
        let message = format!("{at} is a pack by the name {name} too, and it would count");
        return Err(
            CommandError::failed(message).hint("take it away, or give one of the two another name")
        );
    }
    if let Some(before) = lock.plugins.get(name).filter(|before| before.build.is_none()) {
        let hash = plugins::file_here(before).map_or("another platform's", |file| &file.sha256);
        Printer::talk(&format!("It takes the place of {name} {}, sha256 {hash}.", before.version));
        if is_older(version, &before.version) {
            Printer::talk(&format!("note: {version} is older than {}", before.version));
        } else if before.version == *version && hash != library.sha256() {
            Printer::talk("note: the version is the same, the file is another one");
        }
    } else if packs::is_shipped(context.shipped, name) {
        Printer::talk(&format!("It takes the place of the pack {name} that comes with kehu."));
        Printer::talk(&format!("hint: to have that one again: kehu plugin remove {name}"));
    }
    Ok(())
}

fn is_older(version: &str, before: &str) -> bool {
    let (version, before) = (parse_version(version), parse_version(before));
    matches!((version, before), (Some(version), Some(before)) if version < before)
}

/// Makes sure that the plugin would run if it is to be on, and says which others would not any more.
fn check_place(context: &Context<'_>, workspace: &Workspace, page: &Page, off: bool) -> Result {
    if off {
        return Ok(());
    }
    let name = &page.manifest.name;
    let factory = Arc::new(named::factory(page)?);
    for misfit in packs::misfits_with(workspace, context.shipped, factory)? {
        if misfit.pack == *name {
            return Err(CommandError::failed(format!("{name} {}", misfit.what))
                .hint(misfit.hint)
                .hint("to add it without turning it on: --off"));
        }
        Printer::talk(&format!("note: pack {} will be off: it {}", misfit.pack, misfit.what));
        Printer::talk(&format!("hint: {}", misfit.hint));
    }
    Ok(())
}

/// With `--locked` only what the lock says already may be added.
fn refuse_if_locked(workspace: &Workspace, lock: &Lock, name: &str, library: &Library) -> Result {
    let pinned = lock.plugins.get(name).and_then(plugins::file_here);
    if !workspace.locked || pinned.is_some_and(|file| file.sha256 == library.sha256()) {
        return Ok(());
    }
    Err(no_change())
}

fn no_change() -> CommandError {
    CommandError::failed(format!("with --locked, {} stays as it is", plugins::LOCK))
        .hint("leave --locked out to pin another file")
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

/// Copies the verified bytes into the workspace, unless the file lies there.
fn keep(root: &Path, name: &str, library: &Library) -> Result<LockedFile> {
    let folder = root.join(plugins::FOLDER);
    let sha256 = library.sha256().to_owned();
    let file = format!("{name}-{}.{}", platform(), std::env::consts::DLL_EXTENSION);
    let own = library.path().file_name().and_then(|file| file.to_str());
    if let Some(own) = own.filter(|_| library.path().parent() == Some(&folder)) {
        let before = plugins::read_lock(root)?.plugins.remove(name);
        let path = format!("{}/{own}", plugins::FOLDER);
        // A copy that is added once more remains one.
        let is_same = |before: &LockedFile| before.path == path && before.sha256 == sha256;
        let before = before.as_ref().and_then(plugins::file_here).filter(|file| is_same(file));
        let copied = before.is_some_and(|file| file.copied);
        return Ok(LockedFile { path, sha256, copied });
    }
    let path = folder.join(&file);
    let failed = |error: std::io::Error| CommandError::file("written", &path, &error);
    fs::create_dir_all(&folder).map_err(failed)?;
    let beside = folder.join(format!(".{file}.new"));
    fs::remove_file(&beside).ok();
    library.copy_to(&beside).and_then(|()| fs::rename(&beside, &path)).map_err(failed)?;
    // What was written must be fit to be read again: its folders too.
    Library::verify(&path, library.sha256()).map_err(named::refused)?;
    Ok(LockedFile { path: format!("{}/{file}", plugins::FOLDER), sha256, copied: true })
}

/// Takes away the copies of a plugin that the lock names no more; files that a person put there, or that
/// have changed since, stay.
pub(super) fn take_away(root: &Path, before: &Locked, lock: &Lock) -> Result {
    let files = |locked: &Locked| locked.files.values().map(|file| file.path.clone()).collect();
    let named: Vec<String> =
        lock.plugins.values().flat_map(|locked| -> Vec<String> { files(locked) }).collect();
    for file in before.files.values().filter(|file| !named.contains(&file.path)) {
        let path = root.join(&file.path);
        if !path.exists() {
            continue;
        }
        if !file.copied
            || (Library::verify(&path, &file.sha256).is_err() && is_for_here(before, file))
        {
            Printer::talk(&format!("note: {} stays where it is", file.path));
            continue;
        }
        fs::remove_file(&path).map_err(|error| CommandError::file("removed", &path, &error))?;
    }
    Ok(())
}

/// True for a file of this platform: those of others cannot be checked here.
fn is_for_here(locked: &Locked, file: &LockedFile) -> bool {
    plugins::file_here(locked) == Some(file)
}
