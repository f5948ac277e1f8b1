//! Every pack that there is, whether on or not: for those who look, not for those who run.

use kehu_contract::document::Problem;
use kehu_contract::{Origin, PackFactory as _, Text};
use kehu_engine::settings::PluginSettings;
use kehu_lua::Refused;

use super::locked::{Locks, Standing};
use super::{load, sources};
use crate::Shipped;
use crate::error::Result;
use crate::machine::Machine;
use crate::plugins::{self, Hindrance};
use crate::workspace::Workspace;

/// Says what hinders a pack.
#[derive(Debug, Clone)]
pub(crate) enum Trouble {
    /// Its files are wrong.
    Files(Vec<Problem>),
    /// The plugin may not run here now.
    Plugin(Hindrance),
}

/// Holds what is seen of a pack without running it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) name: String,
    /// Empty where it is not known.
    pub(crate) version: String,
    /// What people call it; none where it is not known.
    pub(crate) title: Option<Text>,
    pub(crate) origin: Origin,
    /// Its folder or file; empty for what the program carries.
    pub(crate) lies: String,
    /// True for a native plugin.
    pub(crate) is_native: bool,
    pub(crate) trouble: Option<Trouble>,
    /// How it stands to the lock.
    pub(crate) standing: Standing,
}

impl Seen {
    fn new(name: &str, origin: Origin) -> Self {
        Self {
            name: name.to_owned(),
            version: String::new(),
            title: None,
            origin,
            lies: String::new(),
            is_native: false,
            trouble: None,
            standing: Standing::NotLocked,
        }
    }
}

/// Sees all packs, the nearest first: of several by one name the first is the one that counts.
pub(crate) fn all(workspace: &Workspace, shipped: Shipped<'_>) -> Result<Vec<Seen>> {
    let scripts = sources::all(workspace, shipped.packs)?;
    let locks = Locks::read(workspace)?;
    let scripts = scripts.into_iter().map(|source| script(source, &locks));
    let (carried, mut seen): (Vec<Seen>, Vec<Seen>) =
        scripts.partition(|seen| seen.origin == Origin::Shipped);
    let machine = Machine::read()?;
    for (at, root) in std::iter::once(&workspace.root).chain(&workspace.bases).enumerate() {
        let origin = if at == 0 { Origin::Workspace } else { Origin::Base };
        for (name, locked) in &plugins::read_lock(root)?.plugins {
            if locked.build.is_some() {
                continue;
            }
            let trouble = match plugins::open_locked(root, locked, &machine) {
                _ if workspace.no_plugins => Some(Hindrance::SwitchedOff),
                Ok(library) if machine.rests(library.blake3()) => Some(Hindrance::Rests),
                Ok(_) => None,
                Err(hindrance) => Some(hindrance),
            };
            let file = plugins::file_here(locked).map(|file| file.path.clone());
            seen.push(Seen {
                version: locked.version.clone(),
                lies: file.unwrap_or_default(),
                is_native: true,
                trouble: trouble.map(Trouble::Plugin),
                standing: Standing::AsLocked,
                ..Seen::new(name, origin)
            });
        }
    }
    for plugin in shipped.plugins {
        let factory = plugins::carried(*plugin, PluginSettings::default())?;
        let trouble = match machine.rests(factory.hash()) {
            _ if workspace.no_plugins => Some(Hindrance::SwitchedOff),
            true => Some(Hindrance::Rests),
            false => None,
        };
        seen.push(Seen {
            version: factory.manifest().version.clone(),
            title: Some(factory.manifest().title.clone()),
            is_native: true,
            trouble: trouble.map(Trouble::Plugin),
            ..Seen::new(plugin.0, Origin::Shipped)
        });
    }
    seen.extend(carried);
    Ok(seen)
}

fn script(source: sources::Source, locks: &Locks) -> Seen {
    let (name, origin) = (source.name.clone(), source.origin);
    let lies = source.files.as_ref().map_or_else(
        |problems| problems.first().map_or(String::new(), |first| first.place.file.to_string()),
        |files| if origin == Origin::Shipped { String::new() } else { files.dir.clone() },
    );
    let seen = Seen { lies, standing: locks.standing(&source), ..Seen::new(&name, origin) };
    let (manifest, trouble) = match load(source) {
        Ok(pack) => (Some(Box::new(pack.manifest().clone())), None),
        Err(Refused { manifest, problems }) => (manifest, Some(Trouble::Files(problems))),
    };
    match manifest {
        Some(manifest) => {
            Seen { version: manifest.version, title: Some(manifest.title), trouble, ..seen }
        }
        None => Seen { trouble, ..seen },
    }
}
