//! What the three protocols share: finding an object, and taking one in.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;
use serde_json::{Value, json};
use uuid::Uuid;

use super::blobs::{Blobs, Sink, Written};
use super::buckets::{self, Bucket};
use super::caller::Caller;
use super::failure::Failure;
use super::locks::Locks;
use super::names::check_key;
use super::objects::{self, NewObject, ObjectRow};
use crate::keys::Keys;
use crate::project::Project;

/// The service's state.
#[derive(Debug)]
pub(crate) struct Storage {
    project: Arc<Project>,
    pub(crate) blobs: Blobs,
    /// Resumable uploads that a request is working on.
    pub(crate) locks: Locks,
}

impl Storage {
    pub(crate) fn new(project: Arc<Project>) -> Self {
        let blobs = Blobs::new(project.objects_dir.clone());
        Self { project, blobs, locks: Locks::default() }
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.project.keys
    }

    /// The largest object the project takes, in bytes.
    pub(crate) fn file_size_limit(&self) -> u64 {
        self.project.file_size_limit
    }

    /// Where the project is reached.
    pub(crate) fn url(&self) -> &str {
        &self.project.url
    }

    pub(crate) async fn client(&self) -> Result<deadpool_postgres::Object, Failure> {
        Ok(self.project.database.storage.get().await?)
    }

    /// The bucket, whoever asks.
    pub(crate) async fn bucket(&self, id: &str) -> Result<Bucket, Failure> {
        let client = self.client().await?;
        buckets::find(&client, id).await?.ok_or_else(Failure::no_such_bucket)
    }

    /// The object as `caller` sees it.
    pub(crate) async fn object(
        &self,
        caller: &Caller,
        bucket: &str,
        name: &str,
    ) -> Result<ObjectRow, Failure> {
        let mut client = self.client().await?;
        if buckets::find(&client, bucket).await?.is_none() {
            return Err(Failure::no_such_bucket());
        }
        let transaction = caller.begin(&mut client).await?;
        let object = objects::find(&transaction, bucket, name).await?;
        transaction.commit().await?;
        object.ok_or_else(Failure::no_such_key)
    }

    /// What must hold before a byte is taken: name, bucket, type, size where it is known, and that the caller may
    /// write the row. The last is tried in a transaction that is rolled back, so policies decide as they will.
    /// Returns how many bytes may come.
    pub(crate) async fn admit(
        &self,
        caller: &Caller,
        object: &NewObject,
        size: Option<u64>,
    ) -> Result<u64, Failure> {
        check_key(&object.name)?;
        let bucket = self.bucket(&object.bucket).await?;
        bucket.check_mime(&object.mime)?;
        let limit = bucket.size_limit(self.file_size_limit());
        if size.is_some_and(|size| size > limit) {
            return Err(Failure::too_large());
        }
        self.check_permission(caller, object, size).await?;
        Ok(limit)
    }

    /// Whether the caller may write the row.
    pub(crate) async fn check_permission(
        &self,
        caller: &Caller,
        object: &NewObject,
        size: Option<u64>,
    ) -> Result<(), Failure> {
        let mut expected = json!({"mimetype": object.mime});
        if let Some(size) = size {
            expected["size"] = Value::from(size);
            expected["contentLength"] = Value::from(size);
        }
        let mut client = self.client().await?;
        let transaction = caller.begin(&mut client).await?;
        let id = Uuid::new_v4();
        objects::write(&transaction, object, id, Uuid::new_v4(), Some(&expected)).await?;
        transaction.rollback().await?;
        Ok(())
    }

    /// Takes an object in, from the check of permission to the row. Returns the row's id and what was written.
    pub(crate) async fn upload<S, E>(
        &self,
        caller: &Caller,
        object: &NewObject,
        size: Option<u64>,
        body: S,
    ) -> Result<(Uuid, Written), Failure>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
        E: Into<Failure>,
    {
        let limit = self.admit(caller, object, size).await?;
        let version = Uuid::new_v4();
        let mut sink = Sink::create(self.blobs.incoming(version), limit).await?;
        sink.fill(body).await?;
        let written = sink.keep(&self.blobs.version(version)).await?;
        let id = self.complete(object, version, &written).await?;
        Ok((id, written))
    }

    /// Adds the file at `path` as a version and completes the object.
    pub(crate) async fn adopt(
        &self,
        object: &NewObject,
        version: Uuid,
        path: &Path,
        written: &Written,
    ) -> Result<Uuid, Failure> {
        tokio::fs::rename(path, self.blobs.version(version)).await?;
        self.complete(object, version, written).await
    }

    /// Writes the row of an object whose bytes are all there, as the service itself: the caller's permission was
    /// checked before the bytes came, and may have ended with a token meanwhile. What the row replaces is removed.
    pub(crate) async fn complete(
        &self,
        object: &NewObject,
        version: Uuid,
        written: &Written,
    ) -> Result<Uuid, Failure> {
        let result = self.write_row(object, version, written).await;
        let obsolete = match &result {
            Ok((_, replaced)) => replaced.clone(),
            Err(_) => Some(version.to_string()),
        };
        self.blobs.remove(obsolete.into_iter().collect()).await;
        result.map(|(id, _)| id)
    }

    async fn write_row(
        &self,
        object: &NewObject,
        version: Uuid,
        written: &Written,
    ) -> Result<(Uuid, Option<String>), Failure> {
        let mut client = self.client().await?;
        let transaction = Caller::service(self.keys())?.begin(&mut client).await?;
        transaction.execute(include_str!("sql/lock_object.sql"), &[&object.bucket, &object.name]).await?;
        let current = objects::find(&transaction, &object.bucket, &object.name).await?;
        let metadata = object.metadata(written);
        let id = objects::write(&transaction, object, Uuid::new_v4(), version, Some(&metadata)).await?;
        transaction.commit().await?;
        Ok((id, current.and_then(|row| row.version)))
    }

    /// Deletes what of `names` the caller may delete, rows first, and returns it.
    pub(crate) async fn delete(
        &self,
        caller: &Caller,
        bucket: &str,
        names: &[String],
    ) -> Result<Vec<ObjectRow>, Failure> {
        let mut client = self.client().await?;
        let transaction = caller.begin(&mut client).await?;
        let deleted = objects::delete(&transaction, bucket, names).await?;
        transaction.commit().await?;
        let versions = deleted.iter().filter_map(|object| object.version.clone()).collect();
        self.blobs.remove(versions).await;
        Ok(deleted)
    }

    /// Which of `names` the caller may see.
    pub(crate) async fn visible(
        &self,
        caller: &Caller,
        bucket: &str,
        names: &[String],
    ) -> Result<HashSet<String>, Failure> {
        let mut client = self.client().await?;
        let transaction = caller.begin(&mut client).await?;
        let query = "select name from storage.objects where bucket_id = $1 and name = any($2)";
        let rows = transaction.query(query, &[&bucket, &names]).await?;
        transaction.commit().await?;
        Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
    }

    /// Copies an object; `from` and `to` are bucket and name. The bytes are shared: a version never changes.
    pub(crate) async fn copy(
        &self,
        caller: &Caller,
        from: (&str, &str),
        to: (&str, &str),
        upsert: bool,
    ) -> Result<ObjectRow, Failure> {
        check_key(to.1)?;
        let source = self.object(caller, from.0, from.1).await?;
        let old: Uuid = source
            .version
            .as_deref()
            .and_then(|version| version.parse().ok())
            .ok_or_else(Failure::no_such_key)?;
        let object = NewObject {
            bucket: to.0.to_owned(),
            name: to.1.to_owned(),
            owner_id: caller.owner_id(),
            mime: source.mime().to_owned(),
            cache_control: source.cache_control().to_owned(),
            user_metadata: source.user_metadata.clone().unwrap_or_else(|| json!({})),
            upsert,
        };
        self.admit(caller, &object, Some(source.size())).await?;
        let version = Uuid::new_v4();
        tokio::fs::hard_link(self.blobs.version(old), self.blobs.version(version)).await?;
        let written = Written { size: source.size(), md5: source.etag().trim_matches('"').to_owned() };
        self.complete(&object, version, &written).await?;
        self.object(&Caller::service(self.keys())?, to.0, to.1).await
    }
}
