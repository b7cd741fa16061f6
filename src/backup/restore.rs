//! From a directory to an empty project.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::BackupError;
use super::manifest::{Copied, Entry, Manifest, Unit};
use super::operator::{Object, Operator, Part, Row, Table, User};
use super::verify::check;

/// Rows written at once,
const ROWS: usize = 2000;
/// and bytes of them.
const ROW_BYTES: usize = 4 << 20;
/// Objects of a document uploaded at a time.
const OBJECTS: usize = 4;

/// What was done.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// Documents restored.
    pub documents: usize,
    /// Objects restored.
    pub objects: usize,
    /// Bytes of rows and objects.
    pub bytes: u64,
    /// Accounts restored.
    pub users: usize,
    /// Accounts that cannot be made again, having no address: what they own is left out.
    pub users_left_out: usize,
    /// Documents left out for want of their owner's account.
    pub documents_left_out: usize,
}

/// What becomes of documents that are both in the backup and in the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfThere {
    /// Nothing is restored at all.
    Refuse,
    /// A restore failed before: it goes on, and writes them again.
    Resume,
}

/// Writes the backup in `dir` into the project of `operator`, up to `parallel` documents at a time. Every file is checked
/// before it is used. It may be repeated after a failure, with [`IfThere::Resume`].
///
/// # Errors
/// [`BackupError::NotEmpty`] if the project has documents that are not in the backup, [`BackupError::IsThere`] if it has some
/// that are and nothing is to be resumed.
pub async fn restore(
    operator: &Operator,
    dir: &Path,
    parallel: usize,
    if_there: IfThere,
) -> Result<Restored, BackupError> {
    let manifest = Manifest::read(dir)?;
    let some_are_there = refuse_foreign(operator, &manifest).await?;
    if some_are_there && if_there == IfThere::Refuse {
        return Err(BackupError::IsThere);
    }
    let tables = in_order(operator.tables().await?)?;
    let mut restored = Restored::default();
    let users = restore_users(operator, dir, &manifest, &mut restored).await?;
    let target = Target { operator, dir, tables: &tables, users: &users };
    let (before, after) = around_documents(&tables);
    target.general(&manifest, &before, &mut restored).await?;
    let mut documents = stream::iter(&manifest.documents)
        .map(|(id, copied)| {
            let target = &target;
            async move { target.document(*id, copied).await }
        })
        .buffer_unordered(parallel.max(1));
    while let Some(done) = documents.try_next().await? {
        match done {
            Some(done) => {
                restored.documents += 1;
                restored.objects += done.objects;
                restored.bytes += done.bytes;
            }
            None => restored.documents_left_out += 1,
        }
    }
    drop(documents);
    target.general(&manifest, &after, &mut restored).await?;
    Ok(restored)
}

/// What was filled in.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct Refilled {
    /// Documents of the backup that the project has.
    pub documents: usize,
    /// Objects that were missing and are there now.
    pub objects: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// Uploads objects that are missing of documents that are there, as after the database alone went back in time. Nothing
/// else is touched.
pub async fn refill(operator: &Operator, dir: &Path, parallel: usize) -> Result<Refilled, BackupError> {
    let manifest = Manifest::read(dir)?;
    let mut refilled = Refilled::default();
    let mut documents = stream::iter(&manifest.documents)
        .map(|(id, copied)| async move {
            if operator.stamp(*id).await?.is_none() {
                return Ok::<_, BackupError>(None);
            }
            let mut done = Done { objects: 0, bytes: 0 };
            for file in &copied.files {
                let Some(object) = &file.object else { continue };
                if !operator.objects().is_readable(&object.bucket, &object.name).await? {
                    checked(dir, file).await?;
                    upload(operator, dir, file, object).await?;
                    done.objects += 1;
                    done.bytes += file.bytes;
                }
            }
            Ok(Some(done))
        })
        .buffer_unordered(parallel.max(1));
    while let Some(done) = documents.try_next().await? {
        let Some(done) = done else { continue };
        refilled.documents += 1;
        refilled.objects += done.objects;
        refilled.bytes += done.bytes;
    }
    Ok(refilled)
}

async fn upload(operator: &Operator, dir: &Path, file: &Entry, object: &Object) -> Result<(), BackupError> {
    let path = dir.join(&file.path);
    let content = tokio::fs::File::open(&path).await.map_err(BackupError::file(&path))?;
    let objects = operator.objects();
    objects.put(&object.bucket, &object.name, &object.content_type, &content, file.bytes).await?;
    Ok(())
}

/// Answers whether the project has documents of the backup; others are an error.
async fn refuse_foreign(operator: &Operator, manifest: &Manifest) -> Result<bool, BackupError> {
    let mut after = None;
    loop {
        let listed = operator.documents(after).await?;
        let Some(last) = listed.last() else { return Ok(after.is_some()) };
        after = Some(last.id);
        if listed.iter().any(|document| !manifest.documents.contains_key(&document.id)) {
            return Err(BackupError::NotEmpty);
        }
    }
}

/// Tables so that each comes after those it refers to.
fn in_order(tables: Vec<Table>) -> Result<Vec<Table>, BackupError> {
    let names: BTreeSet<String> = tables.iter().map(Table::name).collect();
    let mut placed = BTreeSet::new();
    let mut ordered = Vec::new();
    let mut rest = tables;
    while !rest.is_empty() {
        let (ready, waiting): (Vec<Table>, Vec<Table>) = rest.into_iter().partition(|table| {
            table.refers_to.iter().all(|target| placed.contains(target) || !names.contains(target))
        });
        if ready.is_empty() {
            let names: Vec<String> = waiting.iter().map(Table::name).collect();
            return Err(BackupError::Circular(names.join(", ")));
        }
        placed.extend(ready.iter().map(Table::name));
        ordered.extend(ready);
        rest = waiting;
    }
    Ok(ordered)
}

/// The tables without documents: those that can be restored before the documents, and those that refer to them.
fn around_documents(ordered: &[Table]) -> (Vec<&Table>, Vec<&Table>) {
    let mut late: BTreeSet<String> =
        ordered.iter().filter(|table| table.per_document).map(Table::name).collect();
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for table in ordered.iter().filter(|table| !table.per_document) {
        if table.refers_to.iter().any(|target| late.contains(target)) {
            late.insert(table.name());
            after.push(table);
        } else {
            before.push(table);
        }
    }
    (before, after)
}

/// Answers whose accounts are there.
async fn restore_users(
    operator: &Operator,
    dir: &Path,
    manifest: &Manifest,
    restored: &mut Restored,
) -> Result<BTreeSet<Uuid>, BackupError> {
    let mut there = BTreeSet::new();
    for unit in &manifest.general {
        let Unit::Users { file } = unit else { continue };
        checked(dir, file).await?;
        for line in lines(dir, file)? {
            let user: User = parse(dir, file, &line?)?;
            if operator.write_user(&user).await? {
                restored.users += 1;
                there.insert(user.id);
            } else {
                restored.users_left_out += 1;
            }
        }
    }
    Ok(there)
}

struct Target<'a> {
    operator: &'a Operator,
    dir: &'a Path,
    tables: &'a [Table],
    users: &'a BTreeSet<Uuid>,
}

struct Done {
    objects: usize,
    bytes: u64,
}

impl Target<'_> {
    async fn general(
        &self,
        manifest: &Manifest,
        tables: &[&Table],
        restored: &mut Restored,
    ) -> Result<(), BackupError> {
        let files: BTreeMap<&str, &Entry> = manifest
            .general
            .iter()
            .flat_map(Unit::files)
            .filter_map(|file| Some((file.table.as_deref()?, file)))
            .collect();
        let mut batch = Batch::new(self.operator);
        for table in tables {
            if let Some(file) = files.get(table.name().as_str()) {
                checked(self.dir, file).await?;
                self.rows(table, file, &mut batch).await?;
                restored.bytes += file.bytes;
            }
        }
        batch.write().await
    }

    /// Rows first: an object without its document's row would be taken for left behind. None if its owner is not there.
    async fn document(&self, id: Uuid, copied: &Copied) -> Result<Option<Done>, BackupError> {
        for file in &copied.files {
            checked(self.dir, file).await?;
        }
        let files: BTreeMap<&str, &Entry> =
            copied.files.iter().filter_map(|file| Some((file.table.as_deref()?, file))).collect();
        if !self.has_owner(files.get("public.documents").copied())? {
            tracing::warn!(document_id = %id, "left out: its owner's account is not in the backup");
            return Ok(None);
        }
        let mut batch = Batch::new(self.operator);
        for table in self.tables.iter().filter(|table| table.per_document) {
            if let Some(file) = files.get(table.name().as_str()) {
                self.rows(table, file, &mut batch).await?;
            }
        }
        batch.write().await?;
        let objects = stream::iter(&copied.files)
            .filter_map(|file| async move { Some((file, file.object.as_ref()?)) })
            .map(|(file, object)| upload(self.operator, self.dir, file, object))
            .buffer_unordered(OBJECTS)
            .try_fold(0, |objects, ()| async move { Ok(objects + 1) })
            .await?;
        Ok(Some(Done { objects, bytes: copied.files.iter().map(|file| file.bytes).sum() }))
    }

    fn has_owner(&self, row: Option<&Entry>) -> Result<bool, BackupError> {
        let Some(file) = row else { return Ok(false) };
        let Some(line) = lines(self.dir, file)?.next() else { return Ok(false) };
        let row: Value = parse(self.dir, file, &line?)?;
        let owner = row["owner"].as_str().and_then(|owner| owner.parse().ok());
        Ok(owner.is_some_and(|owner: Uuid| self.users.contains(&owner)))
    }

    async fn rows(&self, table: &Table, file: &Entry, batch: &mut Batch<'_>) -> Result<(), BackupError> {
        for line in lines(self.dir, file)? {
            batch.push(table, parse(self.dir, file, &line?)?).await?;
        }
        Ok(())
    }
}

/// Rows that are to be written, of one table after another.
struct Batch<'a> {
    operator: &'a Operator,
    parts: Vec<Part>,
    rows: usize,
    bytes: usize,
}

impl<'a> Batch<'a> {
    fn new(operator: &'a Operator) -> Self {
        Self { operator, parts: Vec::new(), rows: 0, bytes: 0 }
    }

    /// Writes what has gathered, too, when it has become enough.
    async fn push(&mut self, table: &Table, row: Row) -> Result<(), BackupError> {
        self.rows += 1;
        self.bytes += row.get().len();
        match self.parts.last_mut() {
            Some(last) if (&last.schema, &last.table) == (&table.schema, &table.relation) => {
                last.rows.push(row);
            }
            _ => {
                let (schema, relation) = (table.schema.clone(), table.relation.clone());
                self.parts.push(Part { schema, table: relation, rows: vec![row] });
            }
        }
        if self.rows >= ROWS || self.bytes >= ROW_BYTES { self.write().await } else { Ok(()) }
    }

    async fn write(&mut self) -> Result<(), BackupError> {
        if !self.parts.is_empty() {
            self.operator.write_rows(&self.parts).await?;
            (self.parts, self.rows, self.bytes) = (Vec::new(), 0, 0);
        }
        Ok(())
    }
}

/// Compares a file with the manifest, where it may take its time.
async fn checked(dir: &Path, file: &Entry) -> Result<(), BackupError> {
    let (owned_dir, owned_file) = (dir.to_owned(), file.clone());
    tokio::task::spawn_blocking(move || check(&owned_dir, &owned_file))
        .await
        .map_err(std::io::Error::other)
        .map_err(BackupError::file(dir.join(&file.path)))?
}

fn lines<'a>(
    dir: &Path,
    file: &'a Entry,
) -> Result<impl Iterator<Item = Result<String, BackupError>> + use<'a>, BackupError> {
    let path = dir.join(&file.path);
    let opened = File::open(&path).map_err(BackupError::file(&path))?;
    Ok(BufReader::new(opened).lines().map(move |line| line.map_err(BackupError::file(&path))))
}

fn parse<T: serde::de::DeserializeOwned>(dir: &Path, file: &Entry, line: &str) -> Result<T, BackupError> {
    serde_json::from_str(line).map_err(|error| {
        BackupError::damaged(dir.join(&file.path), format!("a line cannot be read: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, per_document: bool, refers_to: &[&str]) -> Table {
        let refers_to = refers_to.iter().map(|target| format!("public.{target}")).collect();
        let (schema, relation) = ("public".to_owned(), name.to_owned());
        Table { schema, relation, key: vec!["id".into()], per_document, refers_to }
    }

    #[test]
    fn each_table_comes_after_those_it_refers_to() {
        let tables = vec![
            table("zones", true, &["pages"]),
            table("deliveries", false, &["hooks", "documents"]),
            table("pages", true, &["documents"]),
            table("receipts", false, &["deliveries"]),
            table("hooks", false, &["users_elsewhere"]),
            table("documents", true, &[]),
        ];
        let ordered = in_order(tables).unwrap();
        let place = |name: &str| ordered.iter().position(|table| table.relation == name).unwrap();
        assert!(place("documents") < place("pages") && place("pages") < place("zones"));
        assert!(place("hooks") < place("deliveries"));
        let (before, after) = around_documents(&ordered);
        assert_eq!(before.iter().map(|table| table.relation.as_str()).collect::<Vec<_>>(), ["hooks"]);
        assert_eq!(
            after.iter().map(|table| table.relation.as_str()).collect::<Vec<_>>(),
            ["deliveries", "receipts"]
        );
    }

    #[test]
    fn tables_in_a_circle_are_named() {
        let tables = vec![table("a", false, &["b"]), table("b", false, &["a"])];
        assert!(matches!(in_order(tables), Err(BackupError::Circular(names)) if names.contains("public.a")));
    }
}
