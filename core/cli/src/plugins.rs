//! The native plugins of a workspace: those of its lock that may run on this machine, and those that
//! the program carries.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use kehu_contract::{Origin, PackFactory as _};
use kehu_engine::packs::{AbsentPack, PackSet};
use kehu_engine::settings::{self, PluginSettings};
use kehu_native::{
    Isolation, Library, NativeFactory, OnCrash, Options, Refusal, WorkerCommand, inspect, platform,
};

use crate::Shipped;
use crate::commands::plugin_worker;
use crate::environment;
use crate::error::{CommandError, Result};
use crate::locale;
pub(crate) use crate::lock::{LOCK, read as read_lock, write as write_lock};
use crate::lock::{Locked, LockedFile};
use crate::machine::Machine;
use crate::printer::Printer;
use crate::runs;
use crate::workspace::Workspace;

/// The folder of a workspace in which added plugins lie.
pub(crate) const FOLDER: &str = "plugins";

/// Keeps others from changing a workspace's plugins for as long as what it returns is held.
pub(crate) fn hold(root: &Path) -> Result<fs::File> {
    let held = fs::File::open(root).and_then(|root| root.lock().map(|()| root));
    held.map_err(|error| CommandError::file("locked", root, &error))
}

/// How workers are started: this very program, as another process.
pub(crate) fn worker() -> Result<WorkerCommand> {
    Ok(WorkerCommand {
        program: environment::program()?,
        arguments: vec![plugin_worker::NAME.into()],
    })
}

/// Why a plugin of the lock does not run now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Hindrance {
    /// There is no file of it for this platform.
    OtherPlatform,
    /// The file is missing, changed, or not fit to be run.
    File(Refusal),
    /// Nobody has allowed it on this machine yet.
    NotAllowed,
    /// It crashed too often.
    Rests,
    /// It was switched off for this command.
    SwitchedOff,
    /// Its file calls itself otherwise.
    OtherName(String),
    /// It is part of the program, which is another one than when it was added: its version here.
    OtherBuild(String),
}

impl Hindrance {
    /// One or two words for a listing.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::OtherPlatform => "other platform",
            Self::File(_) => "refused",
            Self::NotAllowed => "not allowed here",
            Self::Rests => "rests",
            Self::SwitchedOff => "off",
            Self::OtherName(_) => "refused",
            Self::OtherBuild(_) => "another build",
        }
    }

    /// What is told of the pack that cannot be had.
    pub(crate) fn reason(&self, name: &str) -> String {
        match self {
            Self::OtherPlatform => format!(
                "{LOCK} has no file of it for {}\nhint: build it for this machine, then: kehu plugin add FILE",
                platform()
            ),
            Self::File(refusal) => refusal.to_string(),
            Self::NotAllowed => format!(
                "it has not been allowed on this machine yet\nhint: look at it and allow it: kehu plugin allow {name}"
            ),
            Self::Rests => format!(
                "it rests after three crashes in ten minutes\nhint: try it again with: kehu plugin retry {name}"
            ),
            Self::SwitchedOff => "--no-plugins leaves native plugins out".to_owned(),
            Self::OtherBuild(version) => format!(
                "it is {version} here, another build than the one of {LOCK}\nhint: use the kehu with which it was added, or pin this one: kehu plugin add {name}"
            ),
            Self::OtherName(own) => format!(
                "{LOCK} calls it {name}, its file calls itself {own}\nhint: the lock was edited by hand; add the file again: kehu plugin add FILE"
            ),
        }
    }
}

/// The file of a locked plugin for this platform.
pub(crate) fn file_here(locked: &Locked) -> Option<&LockedFile> {
    locked.files.get(&platform())
}

/// Opens the file of a locked plugin, and makes sure that it is the very one, allowed here.
pub(crate) fn open_locked(
    root: &Path,
    locked: &Locked,
    machine: &Machine,
) -> std::result::Result<Library, Hindrance> {
    let file = file_here(locked).ok_or(Hindrance::OtherPlatform)?;
    let library = Library::verify(&root.join(&file.path), &file.sha256).map_err(Hindrance::File)?;
    if machine.allows(&file.sha256) { Ok(library) } else { Err(Hindrance::NotAllowed) }
}

/// How a plugin is run, as the workspace's settings say.
pub(crate) fn options(said: PluginSettings, origin: Origin) -> Result<Options> {
    Ok(Options {
        worker: worker()?,
        isolation: if said.in_process { Isolation::InProcess } else { Isolation::Worker },
        on_crash: match said.on_crash {
            settings::OnCrash::Stop => OnCrash::Fail,
            settings::OnCrash::SkipRows => OnCrash::SkipRows,
        },
        origin,
    })
}

/// Holds the native packs of a workspace.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Those that are on.
    pub(crate) factories: Vec<NativeFactory>,
    /// Those that cannot be had, and, without a reason, those that are not on.
    pub(crate) absent: Vec<AbsentPack>,
}

/// Finds the native plugins of the workspace and those that the program carries, but for those whose
/// names are taken; only those that are `on` are looked at.
pub(crate) fn find(
    workspace: &Workspace,
    shipped: Shipped<'_>,
    on: &[String],
    taken: &[String],
) -> Result<Found> {
    let search = Search { workspace, machine: Machine::read()? };
    let mut found = Found::default();
    let mut seen: Vec<String> = taken.to_vec();
    let mut builds: BTreeMap<String, Locked> = BTreeMap::new();
    for (at, root) in std::iter::once(&workspace.root).chain(&workspace.bases).enumerate() {
        let origin = if at == 0 { Origin::Workspace } else { Origin::Base };
        for (name, locked) in read_lock(root)?.plugins {
            if locked.build.is_some() {
                builds.entry(name).or_insert(locked);
            } else if !seen.contains(&name) {
                found.keep(on, &name, || search.locked(root, &name, &locked, origin))?;
                seen.push(name);
            }
        }
    }
    for plugin in shipped.plugins {
        if !seen.iter().any(|name| name == plugin.0) {
            found.keep(on, plugin.0, || search.linked(*plugin, builds.get(plugin.0)))?;
        }
    }
    let missed = found.absent.iter().find(|pack| !pack.reason.is_empty() && !pack.as_asked);
    if let (Some(missed), true) = (missed, workspace.locked) {
        let message = format!("plugin {}: {}", missed.name, missed.reason);
        return Err(CommandError::failed(message)
            .hint("with --locked every plugin that is on must be the very one of kehu.lock"));
    }
    Ok(found)
}

/// The native plugin of a name, on or not: the nearest one, or why it does not run now.
pub(crate) fn one(
    workspace: &Workspace,
    shipped: Shipped<'_>,
    name: &str,
) -> Result<Option<Outcome>> {
    let search = Search { workspace, machine: Machine::read()? };
    let mut pin = None;
    for (at, root) in std::iter::once(&workspace.root).chain(&workspace.bases).enumerate() {
        let origin = if at == 0 { Origin::Workspace } else { Origin::Base };
        match read_lock(root)?.plugins.remove(name) {
            Some(locked) if locked.build.is_none() => {
                return search.locked(root, name, &locked, origin).map(Some);
            }
            locked => pin = pin.or(locked),
        }
    }
    let carried = shipped.plugins.iter().find(|plugin| plugin.0 == name);
    carried.map(|plugin| search.linked(*plugin, pin.as_ref())).transpose()
}

impl Found {
    fn keep(
        &mut self,
        on: &[String],
        name: &str,
        open: impl FnOnce() -> Result<Outcome>,
    ) -> Result {
        locale::is_plugin(name);
        let (mut reason, mut as_asked) = (String::new(), false);
        if on.iter().any(|on| on == name) {
            match open()? {
                Ok(factory) => {
                    self.factories.push(factory);
                    return Ok(());
                }
                Err(hindrance) => {
                    reason = hindrance.reason(name);
                    as_asked = hindrance == Hindrance::SwitchedOff;
                }
            }
        }
        let name = name.to_owned();
        self.absent.push(AbsentPack { name, reason, as_asked, is_misfit: false });
        Ok(())
    }
}

struct Search<'a> {
    workspace: &'a Workspace,
    machine: Machine,
}

pub(crate) type Outcome = std::result::Result<NativeFactory, Hindrance>;

impl Search<'_> {
    fn said(&self, name: &str) -> PluginSettings {
        self.workspace.settings.plugins.get(name).copied().unwrap_or_default()
    }

    fn locked(&self, root: &Path, name: &str, locked: &Locked, origin: Origin) -> Result<Outcome> {
        if self.workspace.no_plugins {
            return Ok(Err(Hindrance::SwitchedOff));
        }
        let options = options(self.said(name), origin)?;
        let limits = self.workspace.settings.limits;
        Ok(open_locked(root, locked, &self.machine).and_then(|library| {
            let description =
                inspect(&library, &options.worker, limits).map_err(Hindrance::File)?;
            let factory = NativeFactory::of_library(library, description, options)
                .map_err(Hindrance::File)?;
            let own = &factory.manifest().name;
            if own == name { self.awake(factory) } else { Err(Hindrance::OtherName(own.clone())) }
        }))
    }

    /// Without `--locked` the program's own plugin is as good as any other: it needs no consent.
    fn linked(&self, plugin: kehu_native::Linked, pin: Option<&Locked>) -> Result<Outcome> {
        if self.workspace.no_plugins {
            return Ok(Err(Hindrance::SwitchedOff));
        }
        let factory = carried(plugin, self.said(plugin.0))?;
        let build = pin.and_then(|pin| pin.build.as_deref());
        if self.workspace.locked && build.is_some_and(|build| build != factory.hash()) {
            return Ok(Err(Hindrance::OtherBuild(factory.manifest().version.clone())));
        }
        Ok(self.awake(factory))
    }

    fn awake(&self, factory: NativeFactory) -> Outcome {
        if self.machine.rests(factory.hash()) { Err(Hindrance::Rests) } else { Ok(factory) }
    }
}

/// Tells on stderr what native plugins did beside their results, and lets those rest that crash too
/// often; true if customers were passed over.
pub(crate) fn tell(workspace: &Workspace, packs: &PackSet) -> Result<bool> {
    let mut passed_over = false;
    for pack in packs.packs() {
        let notices = pack.factory.take_notices();
        if !notices.is_empty() {
            passed_over = true;
            let reader = workspace.read()?;
            for notice in notices {
                let notice = runs::with_names(reader.as_ref(), &notice)?;
                Printer::talk(&format!("passed over: {notice}"));
            }
        }
        let crashes = pack.factory.take_crash_count();
        if crashes == 0 {
            continue;
        }
        let at = &workspace.act.at;
        if Machine::note_crashes(pack.factory.hash(), pack.name(), crashes, at)? {
            let name = pack.name();
            Printer::talk(&format!(
                "plugin {name} crashed three times in ten minutes: it rests now"
            ));
            Printer::talk(&format!("hint: try it again with: kehu plugin retry {name}"));
        }
    }
    Ok(passed_over)
}

/// Says on stderr which plugins were left out because the person wanted it.
pub(crate) fn tell_left_out(packs: &PackSet) {
    for pack in packs.absent().iter().filter(|pack| pack.as_asked) {
        Printer::talk(&format!("note: plugin {} was left out: {}", pack.name, pack.reason));
    }
}

/// Says on stderr which plugins of the lock are on, but do not count because a script has their name.
pub(crate) fn tell_hidden(workspace: &Workspace, scripts: &[String]) -> Result {
    let roots = std::iter::once(&workspace.root).chain(&workspace.bases);
    for name in scripts.iter().filter(|name| workspace.settings.packs_on.contains(name)) {
        for root in roots.clone() {
            if read_lock(root)?.plugins.get(name).is_some_and(|locked| locked.build.is_none()) {
                Printer::talk(&format!(
                    "note: pack {name} is the one in scripts; the plugin of that name in {LOCK} does not count"
                ));
            }
        }
    }
    Ok(())
}

/// The factory of a plugin that the program carries.
pub(crate) fn carried(plugin: kehu_native::Linked, said: PluginSettings) -> Result<NativeFactory> {
    let options = options(said, Origin::Shipped)?;
    NativeFactory::of_linked(plugin, options)
        .map_err(|refusal| CommandError::failed(format!("plugin {}: {refusal}", plugin.0)))
}

/// A path as the host of plugins wants it: from the root of the disk, its folders without links. The
/// file itself may not be one.
pub(crate) fn absolute(file: &Path) -> Result<PathBuf> {
    let failed = |error: std::io::Error| CommandError::file("read", file, &error);
    let name = file
        .file_name()
        .ok_or_else(|| CommandError::usage(format!("{} names no file", file.display())))?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = fs::canonicalize(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    Ok(folder.join(name))
}
