//! Backup and recovery of a whole project: every table of ours and every object, to a directory and back.
//!
//! A backup is consistent per document: a document's rows and objects are all of one moment, different documents may be of
//! different ones. What is there and unchanged is not copied again, so an interrupted backup goes on where it was, and a
//! second one into the same directory copies what has changed since.
//!
//! ```text
//! DIR/manifest.jsonl                              what belongs to the backup, with sizes and SHA-256
//! DIR/users.jsonl                                 accounts
//! DIR/tables/SCHEMA.TABLE.jsonl                   rows that belong to no document
//! DIR/documents/ID/SCHEMA.TABLE.jsonl             rows of a document
//! DIR/documents/ID/objects/BUCKET/NUMBER-NAME     its objects
//! ```
//!
//! It holds the text of documents and the hashes of passwords: files are made readable for their owner alone.

pub mod create;
pub mod manifest;
mod operator;
pub mod restore;
pub mod verify;

use std::path::PathBuf;

use crate::supabase::error::SupabaseError;

pub use create::create;
pub use operator::Operator;
pub use restore::{IfThere, refill, restore};
pub use verify::verify;

/// What PostgREST says of a function that is not there.
const UNKNOWN_FUNCTION: &str = "PGRST202";

/// Why a backup cannot be made, verified or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A service refused, or did not answer.
    #[error(transparent)]
    Supabase(SupabaseError),
    /// The project has no functions for backups.
    #[error("the project lacks what backups need: apply the migrations first, with `supabase db push` ({0})")]
    NotMigrated(SupabaseError),
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The directory holds no complete backup.
    #[error("{0}: no complete backup is here: run `zoned backup create` to its end first")]
    Incomplete(PathBuf),
    /// A file is not what the manifest says.
    #[error("{path}: {fault}; the backup is damaged, use another one")]
    Damaged {
        /// Which one.
        path: PathBuf,
        /// What is wrong.
        fault: String,
    },
    /// Documents that never stood still.
    #[error(
        "{0} documents changed while they were copied, again and again: run `zoned backup create` once more"
    )]
    Restless(usize),
    /// The project to restore into is in use.
    #[error(
        "the project has documents that are not in the backup: restore into an empty one, so that nothing is overwritten"
    )]
    NotEmpty,
    /// The project to restore into has documents of the backup.
    #[error(
        "the project has documents of the backup already, and they may have changed since: give --resume to go on after a restore that failed, or use refill to bring missing objects back"
    )]
    IsThere,
    /// Tables refer to one another in a circle.
    #[error("the tables {0} refer to one another: they cannot be restored in any order")]
    Circular(String),
}

impl From<SupabaseError> for BackupError {
    fn from(error: SupabaseError) -> Self {
        let code = error.refusal().map(|refusal| refusal.code.as_str());
        if code == Some(UNKNOWN_FUNCTION) { Self::NotMigrated(error) } else { Self::Supabase(error) }
    }
}

impl BackupError {
    fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }

    fn damaged(path: impl Into<PathBuf>, fault: impl Into<String>) -> Self {
        Self::Damaged { path: path.into(), fault: fault.into() }
    }
}
