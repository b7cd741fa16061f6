//! Where a stand-in keeps everything: a directory the user named, or a temporary one.
//!
//! A lock file says that a stand-in is running on it. The system gives the lock back however the process ends, so a
//! directory whose lock is free belongs to nobody who is alive.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

const TEMPORARY_PREFIX: &str = "local-supabase-";
/// A temporary directory younger than this may be one that is just being made.
const MINIMUM_AGE: Duration = Duration::from_mins(1);

/// Why a directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirectoryError {
    /// Making or reading it failed.
    #[error("cannot use the data directory {}: {reason}", path.display())]
    Unusable {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// It holds something else.
    #[error("{} is no data directory of local-supabase: name an empty or a new one", .0.display())]
    Foreign(PathBuf),
    /// Another process has it.
    #[error("a local-supabase is already running on {}: stop it, or name another data directory", .0.display())]
    InUse(PathBuf),
    /// What is kept there fits another version.
    #[error("the data in {} was made by another version of local-supabase: remove the directory, or name another", .0.display())]
    OtherVersion(PathBuf),
}

/// A directory that is ours for as long as this value lives.
#[derive(Debug)]
pub(crate) struct DataDirectory {
    path: PathBuf,
    _lock: File,
    /// Removes the directory when dropped.
    _temporary: Option<TempDir>,
    /// False where a power cut may lose everything.
    pub(crate) is_kept: bool,
}

impl DataDirectory {
    /// Takes `path`, or a new temporary directory.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, DataDirectoryError> {
        match path {
            Some(path) => Self::named(path),
            None => Self::temporary(),
        }
    }

    fn named(path: &Path) -> Result<Self, DataDirectoryError> {
        let unusable = |reason| DataDirectoryError::Unusable { path: path.to_owned(), reason };
        std::fs::create_dir_all(path).map_err(unusable)?;
        // Absolute, since PostgreSQL runs in another working directory.
        let path = path.canonicalize().map_err(unusable)?;
        let is_empty = std::fs::read_dir(&path).map_err(unusable)?.next().is_none();
        if !is_empty && !lock_file(&path).exists() {
            return Err(DataDirectoryError::Foreign(path));
        }
        let lock = lock(&path)?;
        Ok(Self { path, _lock: lock, _temporary: None, is_kept: true })
    }

    fn temporary() -> Result<Self, DataDirectoryError> {
        // Beside the start: there may be much, and nothing waits for it.
        std::thread::spawn(|| remove_abandoned(&std::env::temp_dir()));
        let temporary = tempfile::Builder::new()
            .prefix(TEMPORARY_PREFIX)
            .tempdir()
            .map_err(|reason| DataDirectoryError::Unusable { path: std::env::temp_dir(), reason })?;
        let path = temporary.path().to_owned();
        let lock = lock(&path)?;
        Ok(Self { path, _lock: lock, _temporary: Some(temporary), is_kept: false })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The bytes of stored objects.
    pub(crate) fn objects(&self) -> PathBuf {
        self.path.join("objects")
    }

    /// PostgreSQL's own directory.
    pub(crate) fn postgres(&self) -> PathBuf {
        self.path.join("postgres")
    }

    /// True if a database made with `fingerprint` is here. What an interrupted preparation left is removed: nothing
    /// of a user's was ever in it.
    pub(crate) fn is_prepared(&self, fingerprint: &str) -> Result<bool, DataDirectoryError> {
        match std::fs::read_to_string(self.prepared_file()) {
            Ok(found) if found == fingerprint => Ok(true),
            Ok(_) => Err(DataDirectoryError::OtherVersion(self.path.clone())),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                match std::fs::remove_dir_all(self.postgres()) {
                    Err(error) if error.kind() != ErrorKind::NotFound => Err(self.unusable(error)),
                    _ => Ok(false),
                }
            }
            Err(error) => Err(self.unusable(error)),
        }
    }

    /// Notes that the database is complete.
    pub(crate) fn set_prepared(&self, fingerprint: &str) -> Result<(), DataDirectoryError> {
        std::fs::write(self.prepared_file(), fingerprint).map_err(|error| self.unusable(error))
    }

    fn prepared_file(&self) -> PathBuf {
        self.path.join("prepared")
    }

    fn unusable(&self, reason: std::io::Error) -> DataDirectoryError {
        DataDirectoryError::Unusable { path: self.path.clone(), reason }
    }
}

fn lock_file(path: &Path) -> PathBuf {
    path.join("lock")
}

fn lock(path: &Path) -> Result<File, DataDirectoryError> {
    let unusable = |reason| DataDirectoryError::Unusable { path: path.to_owned(), reason };
    let file =
        File::options().create(true).truncate(false).write(true).open(lock_file(path)).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(DataDirectoryError::InUse(path.to_owned())),
        Err(TryLockError::Error(reason)) => Err(unusable(reason)),
    }
}

/// Removes the temporary directories that killed stand-ins left in `dir`. Best effort: whatever cannot be removed
/// stays.
fn remove_abandoned(dir: &Path) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(TEMPORARY_PREFIX);
        let path = entry.path();
        if is_ours && is_abandoned(&path) {
            let _ = std::fs::remove_dir_all(path);
        }
    }
}

/// Nobody holds its lock, or a removal that was cut short has taken the lock away and left the rest.
fn is_abandoned(path: &Path) -> bool {
    let lock_file = lock_file(path);
    if lock_file.exists() { is_old(&lock_file) && lock(path).is_ok() } else { is_old(path) }
}

fn is_old(path: &Path) -> bool {
    let made = std::fs::metadata(path).and_then(|metadata| metadata.modified());
    made.is_ok_and(|made| SystemTime::now().duration_since(made).is_ok_and(|age| age > MINIMUM_AGE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_in_use_is_refused_until_it_is_free() {
        let dir = TempDir::new().unwrap();
        let first = DataDirectory::open(Some(dir.path())).unwrap();
        assert!(matches!(DataDirectory::open(Some(dir.path())), Err(DataDirectoryError::InUse(_))));
        drop(first);
        assert!(DataDirectory::open(Some(dir.path())).is_ok());
    }

    #[test]
    fn a_directory_with_other_things_in_it_is_left_alone() {
        let dir = TempDir::new().unwrap();
        std::fs::write(dir.path().join("thesis.txt"), "words").unwrap();
        assert!(matches!(DataDirectory::open(Some(dir.path())), Err(DataDirectoryError::Foreign(_))));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_interrupted_preparation_is_begun_afresh_and_a_complete_one_kept() {
        let dir = TempDir::new().unwrap();
        let data = DataDirectory::open(Some(dir.path())).unwrap();
        std::fs::create_dir(data.postgres()).unwrap();
        assert!(!data.is_prepared("a").unwrap());
        assert!(!data.postgres().exists());
        std::fs::create_dir(data.postgres()).unwrap();
        data.set_prepared("a").unwrap();
        assert!(data.is_prepared("a").unwrap());
        assert!(data.postgres().exists());
        assert!(matches!(data.is_prepared("b"), Err(DataDirectoryError::OtherVersion(_))));
    }

    #[test]
    fn only_abandoned_temporary_directories_are_removed() {
        let dir = TempDir::new().unwrap();
        let make = |name: &str, age: Duration| {
            let path = dir.path().join(name);
            std::fs::create_dir(&path).unwrap();
            let file = File::create(lock_file(&path)).unwrap();
            file.set_modified(SystemTime::now() - age).unwrap();
            (path, file)
        };
        let old = 2 * MINIMUM_AGE;
        let (abandoned, _) = make("local-supabase-abandoned", old);
        let (running, lock_of_running) = make("local-supabase-running", old);
        lock_of_running.lock().unwrap();
        let (young, _) = make("local-supabase-young", Duration::ZERO);
        let (other, _) = make("other", old);
        let (half_removed, _) = make("local-supabase-half-removed", old);
        std::fs::remove_file(lock_file(&half_removed)).unwrap();
        File::open(&half_removed).unwrap().set_modified(SystemTime::now() - old).unwrap();
        remove_abandoned(dir.path());
        assert!(!abandoned.exists() && !half_removed.exists());
        assert!(running.exists() && young.exists() && other.exists());
    }
}
