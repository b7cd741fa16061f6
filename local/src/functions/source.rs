//! The files of a function, and whether they have changed.

use std::fs::Metadata;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use crate::project_config::FunctionConfig;

/// Files that are looked at; a change in one of more is not noticed.
const WATCHED_FILES: usize = 1000;

/// A function as it lies on disk.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) entrypoint: PathBuf,
    pub(super) import_map: Option<PathBuf>,
    /// Secrets of all functions, as `supabase functions serve` reads them.
    pub(super) env_file: PathBuf,
    /// Modules that functions share.
    shared: PathBuf,
}

impl Source {
    /// The function `name` below `directory`, the project's `supabase/`, if it is there and enabled.
    pub(super) fn find(directory: &Path, name: &str, config: &FunctionConfig) -> Option<Self> {
        let functions = directory.join("functions");
        let entrypoint = match &config.entrypoint {
            Some(path) => directory.join(path),
            None => functions.join(name).join("index.ts"),
        };
        (config.enabled && entrypoint.is_file()).then(|| Self {
            entrypoint,
            import_map: config.import_map.as_ref().map(|path| directory.join(path)),
            env_file: functions.join(".env"),
            shared: functions.join("_shared"),
        })
    }

    /// A value that changes with the names, sizes and times of the files in the function's directory, of the shared
    /// modules and of the secrets.
    pub(super) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let mut pending: Vec<PathBuf> = self.entrypoint.parent().map(Path::to_owned).into_iter().collect();
        pending.extend([self.shared.clone(), self.env_file.clone()]);
        pending.extend(self.import_map.clone());
        let mut left = WATCHED_FILES;
        while let Some(path) = pending.pop() {
            let Ok(metadata) = std::fs::metadata(&path) else { continue };
            if left == 0 {
                break;
            }
            left -= 1;
            if metadata.is_dir() {
                pending.extend(entries(&path));
            } else {
                path.hash(&mut hasher);
                version(&metadata).hash(&mut hasher);
            }
        }
        hasher.finish()
    }
}

/// What lies in a directory, in order; installed packages are not looked at.
fn entries(directory: &Path) -> Vec<PathBuf> {
    let Ok(found) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = found
        .flatten()
        .filter(|entry| entry.file_name() != "node_modules")
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    paths
}

fn version(metadata: &Metadata) -> (u64, Option<std::time::SystemTime>) {
    (metadata.len(), metadata.modified().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_the_function_or_of_what_it_shares_is_noticed_and_of_others_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = dir.path().join("functions").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("a/index.ts", "1");
        write("b/index.ts", "1");
        let source = Source::find(dir.path(), "a", &FunctionConfig::default()).unwrap();
        let mut last = source.fingerprint();
        write("b/index.ts", "22");
        assert_eq!(source.fingerprint(), last);
        for path in ["a/index.ts", "a/deep/module.ts", "_shared/cors.ts", ".env"] {
            write(path, "333");
            assert_ne!(source.fingerprint(), last, "{path}");
            last = source.fingerprint();
        }
    }

    #[test]
    fn what_is_missing_or_switched_off_is_not_found() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("functions/a")).unwrap();
        let config = FunctionConfig::default();
        assert!(Source::find(dir.path(), "a", &config).is_none());
        std::fs::write(dir.path().join("functions/a/index.ts"), "").unwrap();
        assert!(Source::find(dir.path(), "a", &config).is_some());
        assert!(Source::find(dir.path(), "a", &FunctionConfig { enabled: false, ..config }).is_none());
    }
}
