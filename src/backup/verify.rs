//! Whether a backup is what its manifest says.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use futures_util::{StreamExt as _, stream};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::BackupError;
use super::manifest::{Entry, Manifest};

/// What was found.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Documents in the backup.
    pub documents: usize,
    /// Files read.
    pub files: usize,
    /// Bytes read.
    pub bytes: u64,
    /// What is wrong with which file; empty if all is well.
    pub faults: Vec<String>,
}

/// Reads every file of the backup in `dir`, up to `parallel` at a time.
pub async fn verify(dir: &Path, parallel: usize) -> Result<Verified, BackupError> {
    let manifest = Manifest::read(dir)?;
    let mut verified = Verified { documents: manifest.documents.len(), ..Verified::default() };
    let mut checks = stream::iter(manifest.entries().cloned())
        .map(|entry| {
            let dir = dir.to_owned();
            tokio::task::spawn_blocking(move || {
                let checked = check(&dir, &entry);
                (entry, checked)
            })
        })
        .buffer_unordered(parallel.max(1));
    while let Some(checked) = checks.next().await {
        let (entry, checked) = checked.map_err(std::io::Error::other).map_err(BackupError::file(dir))?;
        verified.files += 1;
        verified.bytes += entry.bytes;
        if let Err(error) = checked {
            verified.faults.push(error.to_string());
        }
    }
    verified.faults.sort();
    Ok(verified)
}

/// Compares a file with what the manifest says of it.
pub(super) fn check(dir: &Path, entry: &Entry) -> Result<(), BackupError> {
    let path = dir.join(&entry.path);
    let mut file = File::open(&path).map_err(BackupError::file(&path))?;
    let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 18]);
    loop {
        let length = file.read(&mut buffer).map_err(BackupError::file(&path))?;
        if length == 0 {
            break;
        }
        bytes += length as u64;
        hash.update(&buffer[..length]);
    }
    if bytes != entry.bytes {
        return Err(BackupError::damaged(path, format!("{bytes} bytes instead of {}", entry.bytes)));
    }
    if hexadecimal(&hash.finalize()) != entry.sha256 {
        return Err(BackupError::damaged(path, "its content has changed"));
    }
    Ok(())
}

/// Bytes as lower-case hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
