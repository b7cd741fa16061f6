//! The daemon's settings: `config.toml`, overridden by `ZONED_*` in the environment.

use std::path::Path;

use serde::Deserialize;

/// Every setting, with its default in `config.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {}

/// Why the settings could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is missing or unreadable.
    #[error("cannot read the settings file {path}: {source}")]
    Read {
        /// The file named.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Config {
    /// Reads `path`, or the built-in defaults when it is `None`, then applies the environment.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let Some(path) = path else { return Ok(Self::default()) };
        std::fs::read_to_string(path)
            .map(|_| Self::default())
            .map_err(|source| ConfigError::Read { path: path.display().to_string(), source })
    }
}
