//! Rows of storage.objects.

use deadpool_postgres::Transaction;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio_postgres::Row;
use uuid::Uuid;

use super::blobs::Written;
use super::caller::owner_columns;
use super::failure::Failure;

/// A stored object.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ObjectRow {
    pub(crate) name: String,
    pub(crate) bucket_id: String,
    pub(crate) owner: Option<Uuid>,
    pub(crate) owner_id: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) id: Uuid,
    #[serde(serialize_with = "milliseconds")]
    pub(crate) updated_at: Timestamp,
    #[serde(serialize_with = "milliseconds")]
    pub(crate) created_at: Timestamp,
    #[serde(serialize_with = "milliseconds")]
    pub(crate) last_accessed_at: Timestamp,
    pub(crate) metadata: Option<Value>,
    pub(crate) user_metadata: Option<Value>,
}

/// Where an object is to be, and what is known of it before its bytes.
#[derive(Debug, Clone)]
pub(crate) struct NewObject {
    pub(crate) bucket: String,
    pub(crate) name: String,
    pub(crate) owner_id: Option<String>,
    pub(crate) mime: String,
    pub(crate) cache_control: String,
    pub(crate) user_metadata: Value,
    /// Whether an object of that name is replaced.
    pub(crate) upsert: bool,
}

impl NewObject {
    /// The `metadata` of the finished object.
    pub(crate) fn metadata(&self, written: &Written) -> Value {
        json!({
            "eTag": format!("\"{}\"", written.md5),
            "size": written.size,
            "mimetype": self.mime,
            "cacheControl": self.cache_control,
            "lastModified": to_milliseconds(Timestamp::now()),
            "contentLength": written.size,
            "httpStatusCode": 200,
        })
    }
}

impl ObjectRow {
    fn from_row(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            name: row.try_get("name")?,
            bucket_id: row.try_get("bucket_id")?,
            owner: row.try_get("owner")?,
            owner_id: row.try_get("owner_id")?,
            version: row.try_get("version")?,
            id: row.try_get("id")?,
            updated_at: row.try_get("updated_at")?,
            created_at: row.try_get("created_at")?,
            last_accessed_at: row.try_get("last_accessed_at")?,
            metadata: row.try_get("metadata")?,
            user_metadata: row.try_get("user_metadata")?,
        })
    }

    fn text<'a>(&'a self, key: &str, default: &'a str) -> &'a str {
        self.metadata.as_ref().and_then(|map| map.get(key)?.as_str()).unwrap_or(default)
    }

    pub(crate) fn size(&self) -> u64 {
        self.metadata.as_ref().and_then(|map| map.get("size")?.as_u64()).unwrap_or(0)
    }

    pub(crate) fn etag(&self) -> &str {
        self.text("eTag", "")
    }

    pub(crate) fn mime(&self) -> &str {
        self.text("mimetype", "application/octet-stream")
    }

    pub(crate) fn cache_control(&self) -> &str {
        self.text("cacheControl", "no-cache")
    }

    /// When its bytes last changed.
    pub(crate) fn last_modified(&self) -> Timestamp {
        self.text("lastModified", "").parse().unwrap_or(self.updated_at)
    }
}

/// The object, where the transaction's caller may see it.
pub(crate) async fn find(
    transaction: &Transaction<'_>,
    bucket: &str,
    name: &str,
) -> Result<Option<ObjectRow>, Failure> {
    let row = transaction.query_opt(include_str!("sql/find_object.sql"), &[&bucket, &name]).await?;
    Ok(row.as_ref().map(ObjectRow::from_row).transpose()?)
}

/// Writes the row of `object`. A new row gets `id`; a replaced one keeps its own. Returns the row's id.
pub(crate) async fn write(
    transaction: &Transaction<'_>,
    object: &NewObject,
    id: Uuid,
    version: Uuid,
    metadata: Option<&Value>,
) -> Result<Uuid, Failure> {
    let (owner, owner_id) = owner_columns(object.owner_id.as_deref());
    let version = version.to_string();
    let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 8] =
        [&id, &object.bucket, &object.name, &owner, &owner_id, &version, &metadata, &object.user_metadata];
    if object.upsert {
        let row = transaction.query_one(include_str!("sql/upsert_object.sql"), &parameters).await?;
        return Ok(row.try_get(0)?);
    }
    transaction.execute(include_str!("sql/insert_object.sql"), &parameters).await?;
    Ok(id)
}

/// Deletes what of `names` the caller may delete, and returns it.
pub(crate) async fn delete(
    transaction: &Transaction<'_>,
    bucket: &str,
    names: &[String],
) -> Result<Vec<ObjectRow>, Failure> {
    transaction.execute("select set_config('storage.allow_delete_query', 'true', true)", &[]).await?;
    let rows = transaction.query(include_str!("sql/delete_objects.sql"), &[&bucket, &names]).await?;
    Ok(rows.iter().map(ObjectRow::from_row).collect::<Result<_, _>>()?)
}

/// Renames an object. False when the caller may not.
pub(crate) async fn rename(
    transaction: &Transaction<'_>,
    id: Uuid,
    bucket: &str,
    name: &str,
    owner_id: Option<&str>,
) -> Result<bool, Failure> {
    let (owner, owner_id) = owner_columns(owner_id);
    let count = transaction
        .execute(include_str!("sql/rename_object.sql"), &[&id, &bucket, &name, &owner, &owner_id])
        .await
        .map_err(|error| match Failure::from(error) {
            failure if failure == Failure::key_exists() => Failure::resource_exists(),
            failure => failure,
        })?;
    Ok(count == 1)
}

/// One entry of a listing: an object, or a folder that stands for all names below it.
#[derive(Debug)]
pub(crate) enum Entry {
    Object(Box<ObjectRow>),
    /// With the slash at its end.
    Folder(String),
}

impl Entry {
    /// What the listing is ordered by.
    pub(crate) fn key(&self) -> &str {
        match self {
            Self::Object(object) => &object.name,
            Self::Folder(name) => name,
        }
    }
}

/// Which entries to list.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub(crate) prefix: String,
    /// Folds names that have this beyond the prefix into one folder. Empty folds nothing.
    pub(crate) delimiter: String,
    /// Entries after this one only.
    pub(crate) after: String,
    pub(crate) limit: i64,
}

/// The entries, at most `limit`, and whether there are more.
pub(crate) async fn list(
    transaction: &Transaction<'_>,
    bucket: &str,
    listing: &Listing,
) -> Result<(Vec<Entry>, bool), Failure> {
    let limit = listing.limit + 1;
    let rows = transaction
        .query(
            include_str!("sql/list_objects.sql"),
            &[&bucket, &listing.prefix, &listing.delimiter, &listing.after, &limit],
        )
        .await?;
    let more = rows.len() as i64 == limit;
    let shown = rows.iter().take(listing.limit.max(0) as usize);
    let entries = shown
        .map(|row| {
            let entry: String = row.try_get("entry")?;
            let object = ObjectRow::from_row(row)?;
            let is_folder = entry != object.name;
            Ok(if is_folder { Entry::Folder(entry) } else { Entry::Object(Box::new(object)) })
        })
        .collect::<Result<_, tokio_postgres::Error>>()?;
    Ok((entries, more))
}

/// `2026-11-22T23:47:04.350Z`.
pub(crate) fn to_milliseconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// `Sun, 22 Nov 2026 23:47:05 GMT`.
pub(crate) fn to_http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A JSON object as user metadata; anything else is none.
pub(crate) fn user_metadata(text: &str) -> Value {
    serde_json::from_str::<Map<String, Value>>(text).map_or_else(|_| json!({}), Value::Object)
}

fn milliseconds<S: serde::Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&to_milliseconds(*at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_and_a_z() {
        let at: Timestamp = "2026-11-22T23:47:04.35Z".parse().unwrap();
        assert_eq!(to_milliseconds(at), "2026-11-22T23:47:04.350Z");
        assert_eq!(to_http_date(at), "Sun, 22 Nov 2026 23:47:04 GMT");
    }

    #[test]
    fn user_metadata_is_an_object_or_nothing() {
        assert_eq!(user_metadata(r#"{"a":1}"#), json!({"a": 1}));
        assert_eq!(user_metadata("[1]"), json!({}));
        assert_eq!(user_metadata("{"), json!({}));
    }
}
