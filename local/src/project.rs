//! What every service shares: the keys and the database.

use std::path::PathBuf;

use crate::database::Database;
use crate::keys::Keys;

/// One running project.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) keys: Keys,
    pub(crate) database: Database,
    /// Where the project is reached, `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    /// How long an access token is valid, in seconds.
    pub(crate) jwt_expiry_seconds: i64,
    /// Directory for the bytes of stored objects.
    pub(crate) objects_dir: PathBuf,
    /// Schemas for `/rest/v1` to expose.
    pub(crate) exposed_schemas: Vec<String>,
    /// The largest object, in bytes.
    pub(crate) file_size_limit: u64,
}
