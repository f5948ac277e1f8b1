//! The factory: a checked pack, shared by all threads.

use std::sync::Arc;

use kehu_contract::{Listener, Manifest, Origin, Pack, PackError, PackFactory, RunContext};

use crate::api::Ear;
use crate::fault::plain_within;
use crate::files::{Script, in_folder};
use crate::pack::LuaPack;

/// Holds what all threads share of a pack.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) manifest: Manifest,
    pub(crate) dir: String,
    pub(crate) scripts: Vec<Script>,
    /// True if it comes with the program, so that nobody else can have written it.
    pub(crate) shipped: bool,
    /// Who hears what the pack says.
    pub(crate) ear: Ear,
}

impl Shared {
    /// The script of a path.
    pub(crate) fn script(&self, path: &str) -> Option<&Script> {
        self.scripts.iter().find(|script| script.path == path)
    }

    /// A script's path as messages show it.
    pub(crate) fn shown(&self, path: &str) -> String {
        plain_within(&in_folder(&self.dir, path), 500)
    }

    /// The text of a script before a line.
    pub(crate) fn above(&self, path: &str, line: u32) -> Option<String> {
        let lines: Vec<&str> = self.script(path)?.text.lines().take(line as usize).collect();
        Some(lines.join("\n"))
    }

    /// A line of a script, counted from 1, without the space around it.
    pub(crate) fn line(&self, path: &str, line: u32) -> Option<&str> {
        self.script(path)?.text.lines().nth((line as usize).checked_sub(1)?).map(str::trim)
    }
}

/// Makes instances of one pack that is written in Lua.
#[derive(Debug, Clone)]
pub struct LuaPackFactory {
    shared: Arc<Shared>,
    origin: Origin,
    hash: String,
}

impl LuaPackFactory {
    pub(crate) fn new(
        manifest: Manifest,
        origin: Origin,
        dir: String,
        hash: String,
        scripts: Vec<Script>,
    ) -> Self {
        let shipped = origin == Origin::Shipped;
        Self {
            shared: Arc::new(Shared { manifest, dir, scripts, shipped, ear: Ear::default() }),
            origin,
            hash,
        }
    }

    /// What all threads share of the pack.
    pub(crate) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// What is shared of the pack, with one more script.
    pub(crate) fn shared_with(&self, script: Script) -> Arc<Shared> {
        let Shared { manifest, dir, scripts, shipped, .. } = &*self.shared;
        let scripts = scripts.iter().cloned().chain([script]).collect();
        Arc::new(Shared {
            manifest: manifest.clone(),
            dir: dir.clone(),
            scripts,
            shipped: *shipped,
            ear: Ear::default(),
        })
    }

    /// Loads the pack for a run, as [`PackFactory::create`] does, and gives the host's own type,
    /// which also tells what the pack printed.
    ///
    /// # Errors
    /// What is wrong with its code, or which limit its loading broke.
    pub fn open(&self, context: &RunContext) -> Result<LuaPack, PackError> {
        LuaPack::new(Arc::clone(&self.shared), context)
    }
}

impl PackFactory for LuaPackFactory {
    fn manifest(&self) -> &Manifest {
        &self.shared.manifest
    }

    fn origin(&self) -> Origin {
        self.origin
    }

    fn hash(&self) -> &str {
        &self.hash
    }

    fn listen(&self, listener: Listener) {
        self.shared.ear.listen(listener);
    }

    fn create(&self, context: &RunContext) -> Result<Box<dyn Pack>, PackError> {
        Ok(Box::new(self.open(context)?))
    }
}
