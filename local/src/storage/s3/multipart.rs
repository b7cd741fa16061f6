//! Multipart uploads by the S3 protocol: rows for the upload and its parts, a file for each part.

use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::header::{ACCESS_CONTROL_EXPOSE_HEADERS, ETAG};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use md5::{Digest as _, Md5};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use super::Call;
use super::objects::described;
use super::payload::announced_size;
use super::xml::Document;
use crate::storage::blobs::{Sink, Written, hex};
use crate::storage::download::set;
use crate::storage::failure::Failure;
use crate::storage::names::check_key;
use crate::storage::objects::{NewObject, to_milliseconds};
use crate::storage::service::Storage;

/// Smallest part but the last, in bytes, as S3 has it.
const MIN_PART: i64 = 5 << 20;
/// Highest number of a part.
const MAX_PART: i32 = 10_000;
/// Most entries of a listing.
const PAGE: i64 = 1000;

struct Upload {
    id: Uuid,
    object: NewObject,
}

struct Part {
    number: i32,
    size: i64,
    etag: String,
    created_at: Timestamp,
}

pub(crate) async fn create(storage: &Storage, call: &Call) -> Result<Response, Failure> {
    let object = described(call);
    storage.admit(&call.caller, &object, None).await?;
    let id = Uuid::new_v4();
    tokio::fs::create_dir_all(storage.blobs.multipart(id)).await?;
    let metadata = json!({"mimetype": object.mime, "cacheControl": object.cache_control});
    let (text, version) = (id.to_string(), Uuid::new_v4().to_string());
    let client = storage.client().await?;
    client
        .execute(
            include_str!("../sql/insert_multipart.sql"),
            &[
                &text,
                &object.bucket,
                &object.name,
                &version,
                &object.owner_id,
                &object.user_metadata,
                &metadata,
            ],
        )
        .await?;
    let mut document = Document::new("InitiateMultipartUploadResult");
    document.leaf("Bucket", &call.bucket).leaf("Key", &call.key).leaf("UploadId", &text);
    Ok(document.into_response(StatusCode::OK))
}

/// The upload a request names, if it is one to the request's object.
async fn find(storage: &Storage, call: &Call) -> Result<Upload, Failure> {
    check_key(&call.key)?;
    let id: Uuid =
        call.parameter("uploadId").and_then(|id| id.parse().ok()).ok_or_else(Failure::no_such_upload)?;
    let client = storage.client().await?;
    let row = client
        .query_opt(include_str!("../sql/find_multipart.sql"), &[&id.to_string(), &call.bucket, &call.key])
        .await?
        .ok_or_else(Failure::no_such_upload)?;
    let metadata: Option<Value> = row.try_get("metadata")?;
    let text = |key: &str, default: &str| {
        metadata.as_ref().and_then(|map| map.get(key)?.as_str()).unwrap_or(default).to_owned()
    };
    let user_metadata: Option<Value> = row.try_get("user_metadata")?;
    let object = NewObject {
        bucket: call.bucket.clone(),
        name: call.key.clone(),
        owner_id: row.try_get("owner_id")?,
        mime: text("mimetype", "application/octet-stream"),
        cache_control: text("cacheControl", "no-cache"),
        user_metadata: user_metadata.unwrap_or_else(|| json!({})),
        upsert: true,
    };
    Ok(Upload { id, object })
}

fn part_path(storage: &Storage, upload: Uuid, number: i32) -> PathBuf {
    storage.blobs.multipart(upload).join(number.to_string())
}

pub(crate) async fn put_part(storage: &Storage, call: &Call, body: Body) -> Result<Response, Failure> {
    if call.headers.contains_key("x-amz-copy-source") {
        return Err(Failure::unsupported("UploadPartCopy"));
    }
    let number = call.parameter("partNumber").and_then(|number| number.parse::<i32>().ok());
    let Some(number) = number.filter(|number| (1..=MAX_PART).contains(number)) else {
        let message = "Part number must be an integer between 1 and 10000, inclusive";
        return Err(Failure::s3(400, "InvalidArgument", message));
    };
    let upload = find(storage, call).await?;
    let limit = storage.admit(&call.caller, &upload.object, announced_size(&call.headers)).await?;
    let path = part_path(storage, upload.id, number);
    let mut sink = Sink::create(path.with_extension(Uuid::new_v4().to_string()), limit).await?;
    sink.fill(call.payload(body)?).await?;
    let written = sink.keep(&path).await?;
    record_part(storage, &upload, number, &written, limit).await?;
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("etag"));
    set(headers, ETAG, &written.md5);
    Ok(response)
}

/// Writes the part's row, and refuses it when all parts together are too large.
async fn record_part(
    storage: &Storage,
    upload: &Upload,
    number: i32,
    written: &Written,
    limit: u64,
) -> Result<(), Failure> {
    let id = upload.id.to_string();
    let mut client = storage.client().await?;
    let transaction = client.transaction().await?;
    let locked = transaction
        .query_opt("select id from storage.s3_multipart_uploads where id = $1 for update", &[&id])
        .await?;
    if locked.is_none() {
        return Err(Failure::no_such_upload());
    }
    transaction
        .execute(
            "delete from storage.s3_multipart_uploads_parts where upload_id = $1 and part_number = $2",
            &[&id, &number],
        )
        .await?;
    let object = &upload.object;
    transaction
        .execute(
            include_str!("../sql/insert_part.sql"),
            &[
                &id,
                &(written.size as i64),
                &number,
                &object.bucket,
                &object.name,
                &written.md5,
                &object.owner_id,
            ],
        )
        .await?;
    let row = transaction.query_one(include_str!("../sql/sum_parts.sql"), &[&id]).await?;
    let total: i64 = row.try_get(0)?;
    if total as u64 > limit {
        return Err(Failure::too_large());
    }
    transaction.commit().await?;
    Ok(())
}

async fn parts(storage: &Storage, upload: Uuid) -> Result<Vec<Part>, Failure> {
    let client = storage.client().await?;
    let rows = client.query(include_str!("../sql/list_parts.sql"), &[&upload.to_string()]).await?;
    let part = |row: &tokio_postgres::Row| {
        Ok(Part {
            number: row.try_get("part_number")?,
            size: row.try_get("size")?,
            etag: row.try_get("etag")?,
            created_at: row.try_get("created_at")?,
        })
    };
    Ok(rows.iter().map(part).collect::<Result<_, tokio_postgres::Error>>()?)
}

pub(crate) async fn list_parts(storage: &Storage, call: &Call) -> Result<Response, Failure> {
    let upload = find(storage, call).await?;
    storage.check_permission(&call.caller, &upload.object, None).await?;
    let most = call.number("max-parts", PAGE)?;
    let marker = if call.parameter("part-number-marker").is_some() {
        call.number("part-number-marker", i64::from(MAX_PART))?
    } else {
        0
    };
    let mut parts = parts(storage, upload.id).await?;
    parts.retain(|part| i64::from(part.number) > marker);
    let truncated = parts.len() as i64 > most;
    parts.truncate(most as usize);
    let mut document = Document::new("ListPartsResult");
    document.leaf("Bucket", &call.bucket).leaf("Key", &call.key).leaf("UploadId", &upload.id.to_string());
    if let Some(last) = parts.last().filter(|_| truncated) {
        document.leaf("NextPartNumberMarker", &last.number.to_string());
    }
    document
        .leaf("MaxParts", &most.to_string())
        .leaf("IsTruncated", if truncated { "true" } else { "false" });
    for part in &parts {
        document.element("Part", |element| {
            element
                .leaf("PartNumber", &part.number.to_string())
                .leaf("LastModified", &to_milliseconds(part.created_at))
                .leaf("ETag", &part.etag);
        });
    }
    Ok(document.into_response(StatusCode::OK))
}

pub(crate) async fn list(storage: &Storage, call: &Call) -> Result<Response, Failure> {
    storage.bucket(&call.bucket).await?;
    let prefix = call.parameter("prefix").unwrap_or_default();
    let most = call.number("max-uploads", PAGE)?;
    let mut client = storage.client().await?;
    let transaction = call.caller.begin(&mut client).await?;
    let rows = transaction
        .query(include_str!("../sql/list_multipart.sql"), &[&call.bucket, &prefix, &(most + 1)])
        .await?;
    transaction.commit().await?;
    let mut document = Document::new("ListMultipartUploadsResult");
    document.leaf("Name", &call.bucket).leaf("Prefix", prefix);
    let shown = rows.len().min(most as usize);
    for row in rows.iter().take(shown) {
        let (key, id): (String, String) = (row.try_get("key")?, row.try_get("id")?);
        let initiated: Timestamp = row.try_get("created_at")?;
        document.element("Upload", |element| {
            element
                .leaf("Key", &key)
                .leaf("Initiated", &to_milliseconds(initiated))
                .leaf("UploadId", &id)
                .leaf("StorageClass", "STANDARD");
        });
    }
    document
        .leaf("IsTruncated", if rows.len() > shown { "true" } else { "false" })
        .leaf("MaxUploads", &most.to_string())
        .leaf("KeyCount", &shown.to_string());
    Ok(document.into_response(StatusCode::OK))
}

pub(crate) async fn complete(storage: &Storage, call: &Call, body: Body) -> Result<Response, Failure> {
    let upload = find(storage, call).await?;
    let wanted = call.records(body, "Part").await?.records;
    let chosen = choose(&parts(storage, upload.id).await?, &wanted)?;
    let size = chosen.iter().map(|part| part.size as u64).sum();
    storage.admit(&call.caller, &upload.object, Some(size)).await?;
    let version = Uuid::new_v4();
    let path = storage.blobs.incoming(version);
    let md5 = assemble(storage, upload.id, &chosen, &path).await?;
    forget(storage, upload.id).await?;
    let written = Written { size, md5 };
    storage.adopt(&upload.object, version, &path, &written).await?;
    let mut document = Document::new("CompleteMultipartUploadResult");
    document
        .leaf("Location", &format!("{}/{}", call.bucket, call.key))
        .leaf("Bucket", &call.bucket)
        .leaf("Key", &call.key)
        .leaf("ETag", &format!("\"{}\"", written.md5));
    Ok(document.into_response(StatusCode::OK))
}

/// The parts the client lists, which must be there as it knows them, in order, and large enough.
fn choose(
    present: &[Part],
    wanted: &[std::collections::HashMap<String, String>],
) -> Result<Vec<Part>, Failure> {
    let invalid = || {
        let message = "One or more of the specified parts could not be found or their ETags do not match.";
        Failure::s3(400, "InvalidPart", message)
    };
    let mut chosen: Vec<Part> = Vec::new();
    for fields in wanted {
        let number: i32 =
            fields.get("PartNumber").and_then(|text| text.trim().parse().ok()).ok_or_else(invalid)?;
        let etag = fields.get("ETag").map(|etag| etag.trim().trim_matches('"')).ok_or_else(invalid)?;
        let part =
            present.iter().find(|part| part.number == number && part.etag == etag).ok_or_else(invalid)?;
        if chosen.last().is_some_and(|last| last.number >= number) {
            return Err(Failure::s3(
                400,
                "InvalidPartOrder",
                "The list of parts was not in ascending order.",
            ));
        }
        if chosen.last().is_some_and(|last| last.size < MIN_PART) {
            let message = "Your proposed upload is smaller than the minimum allowed size";
            return Err(Failure::s3(400, "EntityTooSmall", message));
        }
        chosen.push(Part { number, size: part.size, etag: part.etag.clone(), created_at: part.created_at });
    }
    if chosen.is_empty() {
        return Err(Failure::s3(400, "MalformedXML", "You must specify at least one part"));
    }
    Ok(chosen)
}

/// Puts the parts together at `path`. Returns the digest of their digests, as S3 makes it.
async fn assemble(storage: &Storage, upload: Uuid, parts: &[Part], path: &Path) -> Result<String, Failure> {
    let mut digest = Md5::new();
    let mut whole = tokio::fs::File::create(path).await?;
    for part in parts {
        let mut file = tokio::fs::File::open(part_path(storage, upload, part.number)).await?;
        tokio::io::copy(&mut file, &mut whole).await?;
        digest.update(&part.etag);
    }
    whole.flush().await?;
    Ok(hex(&digest.finalize()))
}

/// Removes the upload; refused when another request did.
async fn forget(storage: &Storage, upload: Uuid) -> Result<(), Failure> {
    let client = storage.client().await?;
    let count = client
        .execute("delete from storage.s3_multipart_uploads where id = $1", &[&upload.to_string()])
        .await?;
    let _ = tokio::fs::remove_dir_all(storage.blobs.multipart(upload)).await;
    if count == 0 { Err(Failure::no_such_upload()) } else { Ok(()) }
}

pub(crate) async fn abort(storage: &Storage, call: &Call) -> Result<Response, Failure> {
    let upload = find(storage, call).await?;
    storage.check_permission(&call.caller, &upload.object, None).await?;
    forget(storage, upload.id).await?;
    Ok(Response::new(Body::empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(number: i32, size: i64) -> Part {
        Part { number, size, etag: format!("e{number}"), created_at: Timestamp::UNIX_EPOCH }
    }

    fn chosen(wanted: &[(i32, &str)]) -> Result<usize, &'static str> {
        let present = [part(1, MIN_PART), part(2, MIN_PART - 1), part(3, 1)];
        let wanted: Vec<_> = wanted
            .iter()
            .map(|(number, etag)| {
                [("PartNumber".to_owned(), number.to_string()), ("ETag".to_owned(), (*etag).to_owned())]
                    .into()
            })
            .collect();
        choose(&present, &wanted).map(|parts| parts.len()).map_err(|failure| failure.code)
    }

    #[test]
    fn parts_must_be_there_in_order_and_large_enough() {
        assert_eq!(chosen(&[(1, "\"e1\""), (3, "e3")]), Ok(2));
        assert_eq!(chosen(&[(1, "e1"), (2, "e2")]), Ok(2));
        assert_eq!(chosen(&[(1, "e2")]), Err("InvalidPart"));
        assert_eq!(chosen(&[(4, "e4")]), Err("InvalidPart"));
        assert_eq!(chosen(&[(3, "e3"), (1, "e1")]), Err("InvalidPartOrder"));
        assert_eq!(chosen(&[(2, "e2"), (3, "e3")]), Err("EntityTooSmall"));
        assert_eq!(chosen(&[]), Err("MalformedXML"));
    }
}
