//! From a project to a directory.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::BackupError;
use super::manifest::{Copied, Draft, Entry, Unit, make_dir, private_file};
use super::operator::{Contents, Listed, Object, Operator, Row, Table};
use super::verify::hexadecimal;

/// How often a document is copied that changes meanwhile.
const ATTEMPTS: u32 = 6;
/// Objects of a document copied at a time.
const OBJECTS: usize = 4;

/// What was done.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct Created {
    /// Documents in the backup.
    pub documents: usize,
    /// Of these, copied now; the others were there already.
    pub copied: usize,
    /// Files in the backup.
    pub files: usize,
    /// Bytes of all files.
    pub bytes: u64,
    /// Bytes copied now.
    pub copied_bytes: u64,
}

/// Copies what `operator` reads into `dir`, up to `parallel` documents at a time; `project` is noted as where it came
/// from. Memory is bounded by a slice of rows for each.
pub async fn create(
    operator: &Operator,
    project: &str,
    dir: &Path,
    parallel: usize,
) -> Result<Created, BackupError> {
    let mut draft = Draft::open(dir)?;
    make_dir(&dir.join("documents"))?;
    make_dir(&dir.join("tables"))?;
    let tables = operator.tables().await?;
    let mut present = Vec::new();
    let mut restless = 0;
    let mut created = Created::default();
    let mut after = None;
    loop {
        let listed = operator.documents(after).await?;
        let Some(last) = listed.last() else { break };
        after = Some(last.id);
        let (known, new): (Vec<Listed>, Vec<Listed>) =
            listed.into_iter().partition(|document| draft.has(document.id, &document.stamp));
        present.extend(known.iter().map(|document| document.id));
        let copy = Copy { operator, tables: &tables, dir };
        let mut copies = stream::iter(new)
            .map(|document| {
                let copy = copy.clone();
                async move { (document.id, copy.document(document.id).await) }
            })
            .buffer_unordered(parallel.max(1));
        while let Some((id, outcome)) = copies.next().await {
            match outcome? {
                Outcome::Copied(copied) => {
                    created.copied += 1;
                    created.copied_bytes += copied.files.iter().map(|file| file.bytes).sum::<u64>();
                    draft.add(id, copied)?;
                    present.push(id);
                }
                Outcome::Deleted => {}
                Outcome::Restless => restless += 1,
            }
        }
    }
    if restless > 0 {
        return Err(BackupError::Restless(restless));
    }
    // After the documents: what they refer to is there then.
    let mut general = Vec::new();
    for table in tables.iter().filter(|table| !table.per_document) {
        let file = rows(operator, table, None, dir, &format!("tables/{}.jsonl", table.name())).await?;
        general.push(Unit::Table { file });
    }
    general.push(Unit::Users { file: users(operator, dir).await? });
    let files: Vec<Entry> = general.iter().flat_map(Unit::files).cloned().collect();
    make_durable(dir, &files).await?;
    created.copied_bytes += files.iter().map(|file| file.bytes).sum::<u64>();
    let manifest = draft.complete(project, general, &present)?;
    created.documents = manifest.documents.len();
    created.files = manifest.entries().count();
    created.bytes = manifest.entries().map(|file| file.bytes).sum();
    Ok(created)
}

enum Outcome {
    Copied(Copied),
    Deleted,
    Restless,
}

#[derive(Clone)]
struct Copy<'a> {
    operator: &'a Operator,
    tables: &'a [Table],
    dir: &'a Path,
}

impl Copy<'_> {
    /// Copies a document until nothing of it has changed meanwhile.
    async fn document(&self, id: Uuid) -> Result<Outcome, BackupError> {
        let place = format!("documents/{id}");
        let temporary = format!("documents/{id}.new");
        for attempt in 0..ATTEMPTS {
            tokio::time::sleep(Duration::from_millis(500) * attempt * attempt).await;
            let Some(before) = self.operator.document(id).await? else { return Ok(Outcome::Deleted) };
            remove(&self.dir.join(&temporary))?;
            let files = match self.files(id, &before, &temporary).await {
                Ok(files) => files,
                // An object that was there a moment ago.
                Err(BackupError::Supabase(error)) if is_missing(&error) => continue,
                Err(error) => return Err(error),
            };
            if self.operator.stamp(id).await?.is_none_or(|after| after != before.stamp) {
                continue;
            }
            make_durable(self.dir, &files).await?;
            remove(&self.dir.join(&place))?;
            let from = self.dir.join(&temporary);
            fs::rename(&from, self.dir.join(&place)).map_err(BackupError::file(from))?;
            let files = files
                .into_iter()
                .map(|file| Entry { path: file.path.replacen(&temporary, &place, 1), ..file });
            return Ok(Outcome::Copied(Copied { stamp: before.stamp, files: files.collect() }));
        }
        remove(&self.dir.join(&temporary))?;
        let is_there = self.operator.stamp(id).await?.is_some();
        Ok(if is_there { Outcome::Restless } else { Outcome::Deleted })
    }

    async fn files(&self, id: Uuid, contents: &Contents, place: &str) -> Result<Vec<Entry>, BackupError> {
        make_dir(&self.dir.join(place))?;
        let mut files = match &contents.rows {
            Some(rows) => self.rows_at_hand(rows, place)?,
            None => self.rows_in_slices(id, place).await?,
        };
        let objects: Vec<Entry> = stream::iter(contents.objects.iter().enumerate())
            .map(|(number, object)| self.object(number, object, place))
            .buffered(OBJECTS)
            .try_collect()
            .await?;
        files.extend(objects);
        Ok(files)
    }

    fn rows_at_hand(
        &self,
        rows: &BTreeMap<String, Vec<Row>>,
        place: &str,
    ) -> Result<Vec<Entry>, BackupError> {
        let write = |(table, rows): (&String, &Vec<Row>)| {
            let path = format!("{place}/{table}.jsonl");
            let whole = self.dir.join(&path);
            let mut lines = Lines::create(&whole)?;
            rows.iter().try_for_each(|row| lines.push(row)).map_err(BackupError::file(&whole))?;
            Ok(Entry { table: Some(table.clone()), ..lines.finish(&path)? })
        };
        // The names come from the project: none may lead out of the directory.
        let known = |table: &String| self.tables.iter().any(|known| known.name() == *table);
        rows.iter().filter(|(table, _)| known(table)).map(write).collect()
    }

    async fn rows_in_slices(&self, id: Uuid, place: &str) -> Result<Vec<Entry>, BackupError> {
        let mut files = Vec::new();
        for table in self.tables.iter().filter(|table| table.per_document) {
            let path = format!("{place}/{}.jsonl", table.name());
            let file = rows(self.operator, table, Some(id), self.dir, &path).await?;
            if file.bytes > 0 {
                files.push(file);
            } else {
                remove(&self.dir.join(&path))?;
            }
        }
        Ok(files)
    }

    async fn object(&self, number: usize, object: &Object, place: &str) -> Result<Entry, BackupError> {
        let folder = format!("{place}/objects/{}", object.bucket);
        make_dir(&self.dir.join(&folder))?;
        let path = format!("{folder}/{number:04}-{}", plain_name(&object.name));
        let whole = self.dir.join(&path);
        let mut file = tokio::fs::File::from_std(private_file(&whole).map_err(BackupError::file(&whole))?);
        let got = self.operator.objects().get(&object.bucket, &object.name, &mut file).await?;
        Ok(Entry { path, bytes: got.bytes, sha256: got.sha256, object: Some(object.clone()), table: None })
    }
}

/// Has the files' contents on the disk before the manifest tells of them: all at once, for the first wait covers most.
async fn make_durable(dir: &Path, files: &[Entry]) -> Result<(), BackupError> {
    let paths: Vec<PathBuf> = files.iter().map(|file| dir.join(&file.path)).collect();
    let synced = tokio::task::spawn_blocking(move || {
        for path in paths {
            File::open(&path).and_then(|file| file.sync_all()).map_err(BackupError::file(path))?;
        }
        Ok(())
    });
    synced.await.map_err(std::io::Error::other).map_err(BackupError::file(dir))?
}

fn is_missing(error: &crate::supabase::SupabaseError) -> bool {
    matches!(error, crate::supabase::SupabaseError::NotFound { .. })
}

/// The last part of an object's name, as a file's name on any system.
fn plain_name(name: &str) -> String {
    let last = name.rsplit('/').next().unwrap_or_default();
    last.chars()
        .take(100)
        .map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' })
        .collect()
}

fn remove(path: &Path) -> Result<(), BackupError> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(BackupError::file(path)(error)),
        _ => Ok(()),
    }
}

async fn rows(
    operator: &Operator,
    table: &Table,
    document: Option<Uuid>,
    dir: &Path,
    path: &str,
) -> Result<Entry, BackupError> {
    let slices = stream::try_unfold(None, |last: Option<Row>| async move {
        let rows = operator.rows(table, document, last.as_ref()).await?;
        Ok::<_, BackupError>(rows.last().cloned().map(|last| (rows, Some(last))))
    });
    let entry = write_lines(dir, path, slices).await?;
    Ok(Entry { table: Some(table.name()), ..entry })
}

async fn users(operator: &Operator, dir: &Path) -> Result<Entry, BackupError> {
    let slices = stream::try_unfold(None, |last: Option<Uuid>| async move {
        let users = operator.users(last).await?;
        Ok::<_, BackupError>(users.last().map(|user| user.id).map(|last| (users, Some(last))))
    });
    write_lines(dir, "users.jsonl", slices).await
}

/// Writes values, one a line, through a temporary file.
async fn write_lines<T: Serialize>(
    dir: &Path,
    path: &str,
    slices: impl futures_util::Stream<Item = Result<Vec<T>, BackupError>>,
) -> Result<Entry, BackupError> {
    let whole = dir.join(path);
    let mut lines = Lines::create(&whole)?;
    let mut slices = Box::pin(slices);
    while let Some(slice) = slices.try_next().await? {
        for value in slice {
            lines.push(&value).map_err(BackupError::file(&whole))?;
        }
    }
    lines.finish(path)
}

/// A file that is hashed as it is written.
struct Lines {
    temporary: PathBuf,
    target: PathBuf,
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl Lines {
    fn create(target: &Path) -> Result<Self, BackupError> {
        let mut temporary = target.as_os_str().to_owned();
        temporary.push(".new");
        let temporary = PathBuf::from(temporary);
        let file = private_file(&temporary).map_err(BackupError::file(&temporary))?;
        let (target, file) = (target.to_owned(), BufWriter::new(file));
        Ok(Self { temporary, target, file, hash: Sha256::new(), bytes: 0 })
    }

    fn push(&mut self, value: &impl Serialize) -> std::io::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        self.hash.update(&line);
        self.bytes += line.len() as u64;
        self.file.write_all(&line)
    }

    fn finish(self, path: &str) -> Result<Entry, BackupError> {
        let done = (|| {
            self.file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            fs::rename(&self.temporary, &self.target)
        })();
        done.map_err(BackupError::file(&self.target))?;
        let sha256 = hexadecimal(&self.hash.finalize());
        Ok(Entry { path: path.to_owned(), bytes: self.bytes, sha256, object: None, table: None })
    }
}
