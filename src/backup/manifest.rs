//! The manifest: what belongs to a backup. One line a unit; while a backup is being made, units are added to a second file,
//! from which an interrupted one goes on.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::BackupError;
use super::operator::Object;

/// The version written; others are refused.
const VERSION: u32 = 1;
const COMPLETE: &str = "manifest.jsonl";
const PARTIAL: &str = "manifest.partial.jsonl";

/// A file of the backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Below the backup's directory, with slashes.
    pub path: String,
    /// Length, bytes.
    pub bytes: u64,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// The object it is, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<Object>,
    /// The table its rows are of, as `schema.table`, if they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
}

/// What is copied as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "unit", rename_all = "snake_case")]
pub enum Unit {
    /// The first line.
    Backup {
        /// [`VERSION`].
        version: u32,
        /// When it was complete.
        completed_at: jiff::Timestamp,
        /// Address of the project.
        project: String,
    },
    /// The accounts.
    Users {
        /// The file.
        file: Entry,
    },
    /// Rows that belong to no document.
    Table {
        /// The file.
        file: Entry,
    },
    /// A document.
    Document {
        /// Its id.
        id: Uuid,
        /// Changes with the document.
        stamp: String,
        /// Rows and objects.
        files: Vec<Entry>,
    },
}

impl Unit {
    /// Its files.
    pub fn files(&self) -> &[Entry] {
        match self {
            Self::Backup { .. } => &[],
            Self::Users { file } | Self::Table { file } => std::slice::from_ref(file),
            Self::Document { files, .. } => files,
        }
    }
}

/// A document of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Changes with the document.
    pub stamp: String,
    /// Rows and objects.
    pub files: Vec<Entry>,
}

/// The units of a complete backup.
#[derive(Debug)]
pub struct Manifest {
    /// Accounts and rows that belong to no document.
    pub general: Vec<Unit>,
    /// By id.
    pub documents: BTreeMap<Uuid, Copied>,
}

impl Manifest {
    /// Of the complete backup in `dir`.
    pub fn read(dir: &Path) -> Result<Self, BackupError> {
        let path = dir.join(COMPLETE);
        if !path.is_file() {
            return Err(BackupError::Incomplete(dir.to_owned()));
        }
        let mut general = Vec::new();
        let mut documents = BTreeMap::new();
        for unit in units(&path)? {
            match unit {
                Unit::Backup { version: VERSION, .. } => {}
                Unit::Backup { version, .. } => {
                    let fault = format!("version {version} is not one this program reads");
                    return Err(BackupError::damaged(path, fault));
                }
                Unit::Document { id, stamp, files } => {
                    documents.insert(id, Copied { stamp, files });
                }
                unit => general.push(unit),
            }
        }
        Ok(Self { general, documents })
    }

    /// Every file, with the documents' last.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        let general = self.general.iter().flat_map(Unit::files);
        general.chain(self.documents.values().flat_map(|copied| &copied.files))
    }
}

/// A manifest that is being written.
#[derive(Debug)]
pub(super) struct Draft {
    dir: PathBuf,
    file: File,
    documents: BTreeMap<Uuid, Copied>,
}

impl Draft {
    /// Goes on with what is in `dir`, which is made if it is not there: the last complete backup and what an interrupted
    /// one had copied since.
    pub(super) fn open(dir: &Path) -> Result<Self, BackupError> {
        make_dir(dir)?;
        let mut documents = BTreeMap::new();
        for name in [COMPLETE, PARTIAL] {
            let path = dir.join(name);
            let units = if path.is_file() { units(&path)? } else { Vec::new() };
            for unit in units {
                if let Unit::Document { id, stamp, files } = unit {
                    documents.insert(id, Copied { stamp, files });
                }
            }
        }
        let path = dir.join(PARTIAL);
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(&path);
        let file = file.map_err(BackupError::file(&path))?;
        Ok(Self { dir: dir.to_owned(), file, documents })
    }

    /// Whether the document is here as it is now, all files with the lengths they should have.
    pub(super) fn has(&self, id: Uuid, stamp: &str) -> bool {
        let is_whole = |entry: &Entry| {
            fs::metadata(self.dir.join(&entry.path)).is_ok_and(|metadata| metadata.len() == entry.bytes)
        };
        self.documents
            .get(&id)
            .is_some_and(|copied| copied.stamp == stamp && copied.files.iter().all(is_whole))
    }

    /// A document has been copied; its files are in place.
    pub(super) fn add(&mut self, id: Uuid, copied: Copied) -> Result<(), BackupError> {
        let unit = Unit::Document { id, stamp: copied.stamp.clone(), files: copied.files.clone() };
        let path = self.dir.join(PARTIAL);
        write_line(&mut self.file, &unit).map_err(BackupError::file(path))?;
        self.documents.insert(id, copied);
        Ok(())
    }

    /// Makes the backup complete with these documents and units, and removes documents of earlier ones.
    pub(super) fn complete(
        mut self,
        project: &str,
        general: Vec<Unit>,
        present: &[Uuid],
    ) -> Result<Manifest, BackupError> {
        let kept: std::collections::BTreeSet<&Uuid> = present.iter().collect();
        let gone: Vec<Uuid> = self.documents.keys().filter(|id| !kept.contains(id)).copied().collect();
        self.documents.retain(|id, _| kept.contains(id));
        let path = self.dir.join("manifest.new.jsonl");
        let head = Unit::Backup {
            version: VERSION,
            completed_at: jiff::Timestamp::now(),
            project: project.to_owned(),
        };
        let written = (|| {
            let mut file = private_file(&path)?;
            let documents = self.documents.iter().map(|(id, copied)| Unit::Document {
                id: *id,
                stamp: copied.stamp.clone(),
                files: copied.files.clone(),
            });
            for unit in std::iter::once(head).chain(general.iter().cloned()).chain(documents) {
                write_line(&mut file, &unit)?;
            }
            file.sync_all()?;
            fs::rename(&path, self.dir.join(COMPLETE))?;
            fs::remove_file(self.dir.join(PARTIAL))
        })();
        written.map_err(BackupError::file(&path))?;
        for id in gone {
            // What is left of it belongs to no backup: in the way of nothing.
            let _ = fs::remove_dir_all(self.dir.join("documents").join(id.to_string()));
        }
        Ok(Manifest { general, documents: self.documents })
    }
}

/// The lines of a manifest. The last one may be cut off, where a backup was interrupted.
fn units(path: &Path) -> Result<Vec<Unit>, BackupError> {
    let file = File::open(path).map_err(BackupError::file(path))?;
    let mut units = Vec::new();
    let mut lines = BufReader::new(file).lines().peekable();
    while let Some(line) = lines.next() {
        let line = line.map_err(BackupError::file(path))?;
        match serde_json::from_str::<Unit>(&line) {
            Ok(unit) => {
                if let Some(entry) = unit.files().iter().find(|entry| !is_inside(&entry.path)) {
                    return Err(BackupError::damaged(
                        path,
                        format!("{:?} is not inside the backup", entry.path),
                    ));
                }
                units.push(unit);
            }
            Err(_) if lines.peek().is_none() && path.ends_with(PARTIAL) => {}
            Err(error) => return Err(BackupError::damaged(path, format!("a line cannot be read: {error}"))),
        }
    }
    Ok(units)
}

/// Whether a path stays below the directory it is relative to.
fn is_inside(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

fn write_line(file: &mut File, unit: &Unit) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(unit)?;
    line.push(b'\n');
    file.write_all(&line)
}

/// A file that only its owner may read.
pub(super) fn private_file(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(true).mode(0o600).open(path)
}

/// A directory that only its owner may enter.
pub(super) fn make_dir(path: &Path) -> Result<(), BackupError> {
    let made =
        fs::create_dir_all(path).and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(0o700)));
    made.map_err(BackupError::file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copied(stamp: &str, path: &str) -> Copied {
        let file = Entry { path: path.into(), bytes: 3, sha256: "0".repeat(64), object: None, table: None };
        Copied { stamp: stamp.into(), files: vec![file] }
    }

    #[test]
    fn an_interrupted_draft_goes_on_and_a_complete_one_is_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let (kept, gone) = (Uuid::new_v4(), Uuid::new_v4());
        fs::write(dir.path().join("one"), "abc").unwrap();
        {
            let mut draft = Draft::open(dir.path()).unwrap();
            draft.add(kept, copied("s1", "one")).unwrap();
            draft.add(gone, copied("s2", "two")).unwrap();
        }
        assert!(matches!(Manifest::read(dir.path()), Err(BackupError::Incomplete(_))));
        OpenOptions::new()
            .append(true)
            .open(dir.path().join(PARTIAL))
            .unwrap()
            .write_all(b"{\"unit\":\"doc")
            .unwrap();
        let draft = Draft::open(dir.path()).unwrap();
        assert!(draft.has(kept, "s1"));
        assert!(!draft.has(kept, "s9"), "it has changed");
        assert!(!draft.has(gone, "s2"), "its file is missing");
        draft.complete("http://h", Vec::new(), &[kept]).unwrap();
        let manifest = Manifest::read(dir.path()).unwrap();
        assert_eq!(manifest.documents.keys().collect::<Vec<_>>(), [&kept]);
        assert!(Draft::open(dir.path()).unwrap().has(kept, "s1"), "the next backup starts from it");
    }

    #[test]
    fn paths_that_lead_outside_are_refused() {
        for path in ["../x", "/etc/passwd", "a/../../b", "", "."] {
            assert!(!is_inside(path), "{path}");
        }
        assert!(is_inside("documents/a/objects/documents/0000-source.pdf"));
        let dir = tempfile::tempdir().unwrap();
        let unit = Unit::Users { file: copied("", "../users.jsonl").files.remove(0) };
        let head =
            Unit::Backup { version: VERSION, completed_at: jiff::Timestamp::now(), project: String::new() };
        let mut file = File::create(dir.path().join(COMPLETE)).unwrap();
        write_line(&mut file, &head).unwrap();
        write_line(&mut file, &unit).unwrap();
        assert!(matches!(Manifest::read(dir.path()), Err(BackupError::Damaged { .. })));
    }
}
