//! Finds packs: in the workspace, then in those that it extends, then among the shipped ones.

pub(crate) mod locked;
pub(crate) mod sources;
pub(crate) mod survey;
pub(crate) mod vocabulary;

use std::borrow::Cow;
use std::sync::Arc;

use kehu_contract::document::Problem;
use kehu_contract::{Hook, Origin, PackFactory, did_you_mean};
use kehu_engine::packs::{AbsentPack, BrokenPack, PackSet, PackSetError};
use kehu_engine::score::{self, Misfit};
use kehu_engine::settings::Settings;
use kehu_lua::{LuaPackFactory, PackFiles, Refused};

use crate::Shipped;
use crate::error::{CommandError, Result};
use crate::plugins;
use crate::said;
use crate::workspace::{self, Workspace};
use sources::{FOLDER, Source};
use vocabulary::manifest_of;

/// Loads the packs that the workspace turns on, with their settings checked.
pub(crate) fn enabled(workspace: &Workspace, shipped: Shipped<'_>) -> Result<PackSet> {
    enabled_but(workspace, shipped, &[])
}

/// Loads them as if some were not on.
pub(crate) fn enabled_but(
    workspace: &Workspace,
    shipped: Shipped<'_>,
    but: &[String],
) -> Result<PackSet> {
    let mut settings = Cow::Borrowed(&workspace.settings);
    if !but.is_empty() {
        settings.to_mut().packs_on.retain(|name| !but.contains(name));
    }
    let packs = choose(workspace, shipped, &settings, &Change::default())?;
    let packs = score::placed(packs, &settings);
    said::show(&packs, workspace.log);
    Ok(packs)
}

/// What would not fit if a pack were on too, or in the place of the one of its name.
pub(crate) fn misfits_with(
    workspace: &Workspace,
    shipped: Shipped<'_>,
    pack: Arc<dyn PackFactory>,
) -> Result<Vec<Misfit>> {
    let change = Change { with: Some(pack), ..Change::default() };
    let (packs, settings) = enabled_after(workspace, shipped, &change)?;
    Ok(score::misfits(&packs, &settings))
}

/// What does not fit after a change, of a run and of the other hooks, beside what does not fit now; and the packs
/// and settings as they would be.
pub(crate) fn newly_misfit(
    workspace: &Workspace,
    shipped: Shipped<'_>,
    change: Change,
) -> Result<(Vec<Misfit>, PackSet, Settings)> {
    let now = Change { lenient: true, ..Change::default() };
    let known = match enabled_after(workspace, shipped, &now) {
        Ok((packs, settings)) => score::all_misfits(&packs, &settings),
        // What is wrong now is said of the change too, unless the change mends it.
        Err(_) => Vec::new(),
    };
    let subject = change.with.as_ref().map(|pack| pack.manifest().name.clone());
    let (packs, settings) = enabled_after(workspace, shipped, &Change { lenient: true, ..change })?;
    let mut found = score::all_misfits(&packs, &settings);
    // What else is known is told along, so the words may differ.
    let same = |one: &Misfit, other: &Misfit| {
        (&one.pack, &one.column, &one.with) == (&other.pack, &other.column, &other.with)
    };
    found.retain(|misfit| {
        Some(&misfit.pack) == subject.as_ref() || !known.iter().any(|each| same(each, misfit))
    });
    Ok((found, packs, settings))
}

/// What would be another, to see how the packs would then go together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Change {
    /// A pack that would not be on.
    pub(crate) off: Option<String>,
    /// The pack whose folder would not lie in the workspace.
    pub(crate) gone: Option<String>,
    /// A pack that would lie there, and be on.
    pub(crate) with: Option<Arc<dyn PackFactory>>,
    /// True where a pack that is on and does not say what it is troubles nobody but itself.
    pub(crate) lenient: bool,
}

/// Loads the packs as they would be after a change, whether they fit together or not, with the settings as
/// they would be then.
pub(crate) fn enabled_after(
    workspace: &Workspace,
    shipped: Shipped<'_>,
    change: &Change,
) -> Result<(PackSet, Settings)> {
    let mut settings = workspace::read_files(&workspace.root)?;
    settings.packs_on.retain(|name| change.off.as_ref() != Some(name));
    let with = change.with.as_ref().map(|pack| pack.manifest());
    if let Some(with) = with
        && !settings.packs_on.contains(&with.name)
    {
        settings.packs_on.push(with.name.clone());
    }
    let folders = workspace::folders(&workspace.root, &workspace.bases, &workspace.base_names);
    let mut words = Vec::new();
    for name in &settings.packs_on {
        match with.filter(|with| with.name == *name) {
            Some(with) => words.push((name.clone(), with.vocabulary.clone())),
            None => {
                let nearest = usize::from(change.gone.as_ref() == Some(name));
                let on = std::slice::from_ref(name);
                words.extend(vocabulary::find(&folders[nearest..], shipped, on)?);
            }
        }
    }
    settings.add_vocabulary(&words)?;
    Ok((choose(workspace, shipped, &settings, change)?, settings))
}

fn choose(
    workspace: &Workspace,
    shipped: Shipped<'_>,
    settings: &Settings,
    change: &Change,
) -> Result<PackSet> {
    if workspace.locked {
        locked::demand(workspace)?;
    }
    let (mut available, mut broken) = available(workspace, shipped, change.gone.as_deref())?;
    if let Some(pack) = &change.with {
        let name = pack.manifest().name.clone();
        available.retain(|each| each.manifest().name != name);
        broken.retain(|(each, _)| *each != name);
        available.insert(0, Arc::clone(pack));
    }
    let nearer = available.iter().filter(|pack| pack.origin() != Origin::Shipped);
    let taken: Vec<String> = nearer
        .map(|pack| pack.manifest().name.clone())
        .chain(broken.iter().map(|(name, _)| name.clone()))
        .collect();
    if change.with.is_none() {
        plugins::tell_hidden(workspace, &taken)?;
    }
    // A pack that nobody turned on may be half-written: it troubles nobody.
    let on = &settings.packs_on;
    broken.retain(|(name, _)| on.contains(name));
    let unreadable = if change.lenient { std::mem::take(&mut broken) } else { Vec::new() };
    let problems: Vec<Problem> = broken.into_iter().flat_map(|(_, problems)| problems).collect();
    if !problems.is_empty() {
        return Err(CommandError::from(problems)
            .hint("mend it, or take the pack out of [packs] on in kehu.toml to go on without it"));
    }
    let plugins::Found { factories, mut absent } = plugins::find(workspace, shipped, on, &taken)?;
    absent.extend(unreadable.into_iter().map(|(name, problems)| AbsentPack {
        name,
        reason: problems.first().map(ToString::to_string).unwrap_or_default(),
        as_asked: false,
        is_misfit: false,
    }));
    // A plugin of the workspace stands in for a shipped script of its name.
    let factories = factories.into_iter().map(|factory| Arc::new(factory) as Arc<dyn PackFactory>);
    available.splice(..0, factories);
    PackSet::new(settings, &available, absent).map_err(|errors| {
        let mut errors = errors.into_iter().map(|error| match error {
            PackSetError::Setting(problem) => CommandError::from(problem),
            PackSetError::Unknown { name, place, hint } => {
                let error = CommandError::failed(format!("there is no pack \"{name}\""));
                CommandError { place, ..error }.hint(hint)
            }
            PackSetError::Vocabulary { .. } => {
                CommandError::failed(error.to_string()).hint("declare it in kehu.toml")
            }
        });
        match errors.next() {
            Some(first) => CommandError { also: errors.collect(), ..first },
            None => CommandError::failed("the packs cannot be used, and do not say why"),
        }
    })
}

/// Where a script by a name lies, in the workspace or in one that it extends: it counts before any plugin.
pub(crate) fn script_of(workspace: &Workspace, name: &str) -> Result<Option<String>> {
    let nearer = sources::all(workspace, &[])?.into_iter().find(|source| source.name == name);
    Ok(nearer.map(|source| match source.files {
        Ok(files) => files.dir,
        Err(_) => format!("{FOLDER}/{name}"),
    }))
}

/// True if a pack or a plugin by a name comes with the program.
pub(crate) fn is_shipped(shipped: Shipped<'_>, name: &str) -> bool {
    shipped.packs.iter().any(|pack| pack.name == name)
        || shipped.plugins.iter().any(|plugin| plugin.0 == name)
}

/// True if a pack that is on may have a step at a hook: its manifest at least has the word. So commands
/// that few packs are asked about load none for nothing. Native plugins have none of these hooks.
pub(crate) fn may_answer(
    workspace: &Workspace,
    shipped: Shipped<'_>,
    hook: Hook,
    but: &[String],
) -> Result<bool> {
    let word = hook.name();
    let bases = workspace.bases.iter().map(|base| (base.as_path(), ""));
    let folders: Vec<_> = std::iter::once((workspace.root.as_path(), "")).chain(bases).collect();
    for name in workspace.settings.packs_on.iter().filter(|name| !but.contains(name)) {
        let (_, manifest) = manifest_of(&folders, shipped, name)?;
        if manifest.contains(word) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Holds one pack that was looked for, on or not.
#[derive(Debug)]
pub(crate) struct Located {
    /// What makes its instances.
    pub(crate) factory: Arc<dyn PackFactory>,
    /// Its folder, as messages show it; empty for what the program carries.
    pub(crate) lies: String,
    /// True for a native plugin.
    pub(crate) is_native: bool,
    /// Its files; none of a native plugin's.
    pub(crate) files: Vec<(String, Cow<'static, [u8]>)>,
}

impl Located {
    /// The bytes of a file.
    pub(crate) fn file(&self, path: &str) -> Option<&[u8]> {
        self.files.iter().find(|(each, _)| each == path).map(|(_, bytes)| bytes.as_ref())
    }

    /// A pack in Lua.
    pub(crate) fn script(source: Source) -> Result<Self> {
        let files = source.files.as_ref().map(|files| files.files.clone()).unwrap_or_default();
        let dir = source.files.as_ref().map(|files| files.dir.clone()).unwrap_or_default();
        let lies = if source.origin == Origin::Shipped { String::new() } else { dir };
        let factory = load(source).map_err(|refused| CommandError::from(refused.problems))?;
        Ok(Self { factory: Arc::new(factory), lies, is_native: false, files })
    }

    /// A pack in Lua that lies anywhere.
    pub(crate) fn incoming(given: PackFiles) -> Result<Self> {
        let (lies, files) = (given.dir.clone(), given.files.clone());
        let loaded = kehu_lua::load(given);
        let factory = loaded.map_err(|refused| CommandError::from(refused.problems))?;
        Ok(Self { factory: Arc::new(factory), lies, is_native: false, files })
    }
}

/// Finds the pack of a name, on or not: the one that counts in the workspace.
pub(crate) fn locate(workspace: &Workspace, shipped: Shipped<'_>, name: &str) -> Result<Located> {
    let sources = sources::all(workspace, shipped.packs)?;
    let known: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
    let mut named = sources.into_iter().filter(|source| source.name == name).peekable();
    if let Some(source) = named.next_if(|source| source.origin != Origin::Shipped) {
        return Located::script(source);
    }
    match (plugins::one(workspace, shipped, name)?, named.next()) {
        (Some(Ok(factory)), _) => Ok(Located {
            factory: Arc::new(factory),
            lies: String::new(),
            is_native: true,
            files: Vec::new(),
        }),
        (Some(Err(hindrance)), _) => {
            let reason = hindrance.reason(name);
            let (told, hint) = reason.split_once("\nhint: ").unwrap_or((&reason, ""));
            let error = CommandError::failed(format!("pack {name}: {told}"));
            Err(if hint.is_empty() { error } else { error.hint(hint) })
        }
        (None, Some(source)) => Located::script(source),
        (None, None) => {
            let carried = shipped.plugins.iter().map(|plugin| plugin.0);
            let known = known.iter().map(String::as_str).chain(carried);
            Err(CommandError::failed(format!("there is no pack \"{name}\""))
                .hint(did_you_mean(name, known))
                .hint("see which there are: kehu pack list"))
        }
    }
}

type Found = (Vec<Arc<dyn PackFactory>>, Vec<(String, Vec<Problem>)>);

/// Loads every pack that can be found; of two by the same name the nearer one. The second list names
/// those that do not even say what they are.
fn available(workspace: &Workspace, shipped: Shipped<'_>, gone: Option<&str>) -> Result<Found> {
    let (mut packs, mut broken): Found = (Vec::new(), Vec::new());
    let mut seen: Vec<String> = Vec::new();
    for source in sources::all(workspace, shipped.packs)? {
        let is_gone = source.origin == Origin::Workspace && gone == Some(source.name.as_str());
        if is_gone || seen.contains(&source.name) {
            continue;
        }
        let (name, origin) = (source.name.clone(), source.origin);
        match load(source) {
            Ok(pack) => packs.push(Arc::new(pack)),
            Err(Refused { manifest: Some(manifest), problems }) => {
                packs.push(Arc::new(BrokenPack::new(*manifest, origin, problems)));
            }
            Err(Refused { manifest: None, problems }) => broken.push((name.clone(), problems)),
        }
        seen.push(name);
    }
    Ok((packs, broken))
}

/// Checks a pack that was found; its folder must have its name, so that no two can be taken for one another.
pub(crate) fn load(source: Source) -> Result<LuaPackFactory, Refused> {
    let Source { name, files, .. } = source;
    let files = files.map_err(|problems| Refused { manifest: None, problems })?;
    let dir = files.dir.clone();
    let pack = kehu_lua::load(files)?;
    let called = &pack.manifest().name;
    if *called == name {
        return Ok(pack);
    }
    let problem = sources::misnamed(&dir, called, &name);
    Err(Refused { manifest: None, problems: vec![problem] })
}
