//! Whether a stored run still tells the truth.

use kehu_domain::OperationId;
use kehu_store::{Reader, Result, StoredRun};

use crate::packs::PackSet;

/// Says what has changed since a run was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changes {
    /// Records have been written, changed or taken back.
    pub data: bool,
    /// Packs or their settings differ from those that the run used.
    pub packs: bool,
}

impl Changes {
    /// True if anything has changed.
    pub fn any(self) -> bool {
        self.data || self.packs
    }
}

/// The commands whose operations leave what a run computes from as it is.
const HARMLESS: [&str; 2] = ["score", "plan"];

/// Finds out what has changed since a run.
///
/// # Errors
/// What the store says.
pub fn changes_since(reader: &dyn Reader, run: &StoredRun, packs: &PackSet) -> Result<Changes> {
    let same_packs = run.packs.len() == packs.packs().len()
        && run.packs.iter().zip(packs.packs()).all(|(then, now)| {
            then.name == now.name()
                && then.hash == now.factory.hash()
                && then.settings == now.settings
        });
    Ok(Changes { data: run.stale || written_since(reader, run)?, packs: !same_packs })
}

fn written_since(reader: &dyn Reader, run: &StoredRun) -> Result<bool> {
    let Some(last) = reader.last_operation()? else { return Ok(false) };
    if last <= run.operation {
        return Ok(false);
    }
    let later = (last.0 - run.operation.0).unsigned_abs() as usize;
    let operations = reader.operations(later)?;
    let touches = |id: OperationId, kind: &str| id > run.operation && !HARMLESS.contains(&kind);
    Ok(operations.iter().any(|operation| touches(operation.id, &operation.kind)))
}
