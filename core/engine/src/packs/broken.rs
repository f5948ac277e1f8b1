//! A pack whose scripts do not load: it takes its place, and fails when it is asked.

use kehu_contract::document::Problem;
use kehu_contract::{FailureKind, Manifest, Origin, Pack, PackError, PackFactory, RunContext};

/// Stands in for a pack that says what it gives but cannot run.
///
/// So a mistake in one script switches one pack off: what it would have given is missing, what
/// depended on it says so, and the rest goes on.
#[derive(Debug, Clone)]
pub struct BrokenPack {
    manifest: Manifest,
    origin: Origin,
    problems: Vec<Problem>,
}

impl BrokenPack {
    /// Makes a stand-in from what is known of a pack and what is wrong with it.
    pub fn new(manifest: Manifest, origin: Origin, problems: Vec<Problem>) -> Self {
        Self { manifest, origin, problems }
    }
}

impl PackFactory for BrokenPack {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn origin(&self) -> Origin {
        self.origin
    }

    /// The hash of a pack that runs is never empty, so a run made without this pack is seen to
    /// differ from one made with it.
    fn hash(&self) -> &'static str {
        ""
    }

    fn problems(&self) -> &[Problem] {
        &self.problems
    }

    fn create(&self, _: &RunContext) -> Result<Box<dyn Pack>, PackError> {
        let mut error = PackError::new(FailureKind::Load, &self.manifest.name, "it does not load");
        if let Some(first) = self.problems.first() {
            let (place, source) = (&first.place, first.place.shown());
            let source = source.trim();
            error.message.clone_from(&first.message);
            error.place = Some((place.file.to_string(), place.line));
            error.source = (!source.is_empty()).then(|| source.to_owned());
            error.hint.clone_from(&first.hint);
        }
        Err(error)
    }
}
