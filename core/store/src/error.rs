//! What can be wrong with a store.

use std::path::PathBuf;

use kehu_domain::Operation;

/// The result of a call to a store.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Says what is wrong with a store; each has another remedy.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no store at the path.
    #[error("{} is not there", path.display())]
    Gone {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// There is one already.
    #[error("{} is there already", path.display())]
    Exists {
        /// Where it is.
        path: PathBuf,
    },
    /// The file is no store of this program.
    #[error("{} is no kehu database", path.display())]
    Foreign {
        /// Which file.
        path: PathBuf,
    },
    /// The file is damaged.
    #[error("{} is damaged: {message}", path.display())]
    Corrupt {
        /// Which file.
        path: PathBuf,
        /// What was found.
        message: String,
    },
    /// The file was written by a newer version.
    #[error("{} has schema version {found}, this build knows up to {known}", path.display())]
    Newer {
        /// Which file.
        path: PathBuf,
        /// The version found.
        found: i64,
        /// The newest version known.
        known: i64,
    },
    /// Another process is writing.
    #[error("the database is being written by {holder}")]
    Locked {
        /// Who, since when, with which command.
        holder: String,
    },
    /// The file or its folder cannot be written.
    #[error("{} cannot be written: {message}", path.display())]
    ReadOnly {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        message: String,
    },
    /// The disk is full.
    #[error("the disk is full; nothing was written")]
    Full,
    /// Another operation came between an import's matching and its merge.
    #[error("another operation came between")]
    Moved,
    /// An operation cannot be undone because later ones touch the same rows.
    #[error("later operations touch the same rows")]
    Refused {
        /// Those operations, the latest first.
        by: Vec<Operation>,
    },
    /// There is nothing that could be undone, or no such operation.
    #[error("{0}")]
    NothingToUndo(String),
    /// A record refers to one that is not there.
    #[error("there is no {entity} {id}")]
    Missing {
        /// The sort.
        entity: &'static str,
        /// The id as shown.
        id: String,
    },
    /// A record cannot be removed because another one refers to it.
    #[error("{entity} {id} cannot be removed: {by} refers to it")]
    Needed {
        /// The sort.
        entity: &'static str,
        /// The id as shown.
        id: String,
        /// The id of the other record as shown.
        by: String,
    },
    /// The file system or the database failed in another way.
    #[error("{0}")]
    Io(String),
    /// A visitor stopped the scan; not shown to people.
    #[error("stopped")]
    Stopped,
}
