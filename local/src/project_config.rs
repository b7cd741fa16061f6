//! What the stand-in takes from `supabase/config.toml`, as `supabase start` does.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The exposed schemas where nothing names any.
const DEFAULT_SCHEMAS: [&str; 2] = ["public", "graphql_public"];

/// Why the settings are unusable.
#[derive(Debug, thiserror::Error)]
pub enum ProjectConfigError {
    /// The directory asked for is none.
    #[error("{} is no directory: name the one that holds config.toml and functions/ with --supabase-dir", .0.display())]
    NoDirectory(PathBuf),
    /// The file cannot be read.
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{} is no valid configuration: {reason}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        reason: String,
    },
}

/// A project's settings, and where they were found.
#[derive(Debug, Default)]
pub(crate) struct ProjectConfig {
    /// The directory `supabase/`, where there is one.
    pub(crate) directory: Option<PathBuf>,
    schemas: Vec<String>,
    functions: HashMap<String, FunctionConfig>,
}

/// The settings of one function.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct FunctionConfig {
    pub(crate) enabled: bool,
    /// Callers must show a token of the project.
    pub(crate) verify_jwt: bool,
    /// The module to run, from the directory of the configuration; `functions/NAME/index.ts` otherwise.
    pub(crate) entrypoint: Option<PathBuf>,
    /// An import map, from the same directory.
    pub(crate) import_map: Option<PathBuf>,
}

impl Default for FunctionConfig {
    fn default() -> Self {
        Self { enabled: true, verify_jwt: true, entrypoint: None, import_map: None }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct File {
    api: Api,
    functions: HashMap<String, FunctionConfig>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Api {
    schemas: Vec<String>,
}

impl ProjectConfig {
    /// The settings in `given`, or in `supabase/` of the working directory or of a parent; the defaults where there
    /// are none.
    pub(crate) fn find(given: Option<&Path>) -> Result<Self, ProjectConfigError> {
        let directory = match given {
            Some(path) if path.is_dir() => Some(path.to_owned()),
            Some(path) => return Err(ProjectConfigError::NoDirectory(path.to_owned())),
            None => search(),
        };
        // Absolute, since functions run in another working directory.
        let directory = directory.map(|path| path.canonicalize().unwrap_or(path));
        let file = directory.as_deref().map(read).transpose()?.unwrap_or_default();
        Ok(Self { directory, schemas: file.api.schemas, functions: file.functions })
    }

    /// The schemas to expose, where a caller asks for `wanted`.
    pub(crate) fn exposed_schemas(&self, wanted: &[String]) -> Vec<String> {
        let named = [wanted, &self.schemas].into_iter().find(|schemas| !schemas.is_empty());
        named.map_or_else(|| DEFAULT_SCHEMAS.map(str::to_owned).to_vec(), <[String]>::to_vec)
    }

    /// The settings of function `name`.
    pub(crate) fn function(&self, name: &str) -> FunctionConfig {
        self.functions.get(name).cloned().unwrap_or_default()
    }
}

fn search() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().map(|dir| dir.join("supabase")).find(|dir| dir.join("config.toml").is_file())
}

fn read(directory: &Path) -> Result<File, ProjectConfigError> {
    let path = directory.join("config.toml");
    match std::fs::read_to_string(&path) {
        Ok(text) => toml::from_str(&text)
            .map_err(|error| ProjectConfigError::Invalid { path, reason: describe(&error, &text) }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(File::default()),
        Err(reason) => Err(ProjectConfigError::Unreadable { path, reason }),
    }
}

/// One line: the parser's own message spans several.
fn describe(error: &toml::de::Error, text: &str) -> String {
    let reason = error.message().replace('\n', " ");
    match error.span().and_then(|span| text.get(..span.start)) {
        Some(before) => format!("line {}: {reason}", before.matches('\n').count() + 1),
        None => reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Result<ProjectConfig, ProjectConfigError> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("config.toml"), text).unwrap();
        ProjectConfig::find(Some(dir.path()))
    }

    #[test]
    fn the_options_come_before_the_file_and_the_file_before_the_defaults() {
        let wanted = ["mine".to_owned()];
        let named = config("[api]\nschemas = ['public', 'worker']").unwrap();
        assert_eq!(named.exposed_schemas(&[]), ["public", "worker"]);
        assert_eq!(named.exposed_schemas(&wanted), wanted);
        assert_eq!(config("").unwrap().exposed_schemas(&[]), DEFAULT_SCHEMAS);
    }

    #[test]
    fn functions_want_a_token_unless_told_otherwise() {
        let config =
            config("[functions.open]\nverify_jwt = false\n[functions.off]\nenabled = false").unwrap();
        assert!(!config.function("open").verify_jwt);
        assert!(config.function("off").verify_jwt && !config.function("off").enabled);
        assert_eq!(config.function("other"), FunctionConfig::default());
    }

    #[test]
    fn a_directory_without_a_file_has_the_defaults() {
        let dir = tempfile::tempdir().unwrap();
        assert!(ProjectConfig::find(Some(dir.path())).unwrap().directory.is_some());
    }

    #[test]
    fn what_cannot_be_used_is_refused_in_one_line_that_says_where() {
        let invalid = config("[api]\nschemas = 'public'").unwrap_err().to_string();
        assert!(invalid.contains("config.toml") && invalid.contains("line 2"), "{invalid}");
        assert_eq!(invalid.lines().count(), 1, "{invalid}");
        let missing = ProjectConfig::find(Some(Path::new("/nonexistent"))).unwrap_err().to_string();
        assert!(missing.contains("/nonexistent") && missing.contains("--supabase-dir"), "{missing}");
    }
}
