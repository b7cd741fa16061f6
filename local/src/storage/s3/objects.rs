//! Objects by the S3 protocol.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::Response;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::Call;
use super::payload::announced_size;
use super::xml::Document;
use crate::storage::caller::Caller;
use crate::storage::download::{respond, set};
use crate::storage::failure::Failure;
use crate::storage::objects::{NewObject, ObjectRow, to_milliseconds};
use crate::storage::service::Storage;

const META: &str = "x-amz-meta-";

pub(crate) async fn get(storage: &Storage, call: &Call) -> Result<Response, Failure> {
    let object = storage.object(&call.caller, &call.bucket, &call.key).await?;
    let mut response = respond(&storage.blobs, &object, &call.method, &call.headers).await?;
    let headers = response.headers_mut();
    user_headers(headers, &object);
    let overrides = [
        ("response-content-type", CONTENT_TYPE),
        ("response-content-disposition", CONTENT_DISPOSITION),
        ("response-cache-control", CACHE_CONTROL),
    ];
    for (parameter, name) in overrides {
        if let Some(value) = call.parameter(parameter) {
            set(headers, name, value);
        }
    }
    Ok(response)
}

fn user_headers(headers: &mut HeaderMap, object: &ObjectRow) {
    let Some(Value::Object(metadata)) = &object.user_metadata else { return };
    for (key, value) in metadata {
        let name = HeaderName::try_from(format!("{META}{key}"));
        if let (Ok(name), Some(value)) = (name, value.as_str()) {
            set(headers, name, value);
        }
    }
}

/// The object a request describes.
pub(crate) fn described(call: &Call) -> NewObject {
    let metadata: Map<String, Value> = call
        .headers
        .iter()
        .filter_map(|(name, value)| {
            let key = name.as_str().strip_prefix(META)?;
            Some((key.to_owned(), Value::from(value.to_str().ok()?)))
        })
        .collect();
    NewObject {
        bucket: call.bucket.clone(),
        name: call.key.clone(),
        owner_id: call.caller.owner_id(),
        mime: call.header("content-type").unwrap_or("application/octet-stream").to_owned(),
        cache_control: call.header("cache-control").unwrap_or("no-cache").to_owned(),
        user_metadata: Value::Object(metadata),
        upsert: true,
    }
}

pub(crate) async fn put(storage: &Storage, call: &Call, body: Body) -> Result<Response, Failure> {
    let only_new = call.header("if-none-match") == Some("*");
    let object = NewObject { upsert: !only_new, ..described(call) };
    let payload = call.payload(body)?;
    let size = announced_size(&call.headers);
    let uploaded = storage.upload(&call.caller, &object, size, payload).await;
    let (_, written) = uploaded.map_err(|failure| {
        if only_new && failure == Failure::key_exists() {
            let message = "At least one of the pre-conditions you specified did not hold";
            Failure::s3(412, "PreconditionFailed", message)
        } else {
            failure
        }
    })?;
    let mut response = Response::new(Body::empty());
    set(response.headers_mut(), ETAG, &format!("\"{}\"", written.md5));
    Ok(response)
}

pub(crate) async fn copy(storage: &Storage, call: &Call) -> Result<Response, Failure> {
    if call.header("x-amz-metadata-directive").is_some_and(|directive| directive == "REPLACE") {
        return Err(Failure::unsupported("CopyObject with the metadata directive REPLACE"));
    }
    let source = call.header("x-amz-copy-source").unwrap_or_default();
    let source = percent_decode_str(source.split('?').next().unwrap_or_default()).decode_utf8_lossy();
    let Some((bucket, key)) = source.trim_start_matches('/').split_once('/') else {
        return Err(Failure::s3(
            400,
            "InvalidArgument",
            "Copy Source must mention the source bucket and key",
        ));
    };
    let copied = storage.copy(&call.caller, (bucket, key), (&call.bucket, &call.key), true).await?;
    let mut document = Document::new("CopyObjectResult");
    document.leaf("ETag", copied.etag()).leaf("LastModified", &to_milliseconds(copied.last_modified()));
    Ok(document.into_response(StatusCode::OK))
}

pub(crate) async fn delete(storage: &Storage, call: &Call) -> Result<Response, Failure> {
    storage.bucket(&call.bucket).await?;
    let names = [call.key.clone()];
    let deleted = storage.delete(&call.caller, &call.bucket, &names).await?;
    if deleted.is_empty() && !remaining(storage, call, &names).await?.is_empty() {
        return Err(Failure::access_denied("Access denied"));
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}

/// Which of `names` are there, though the caller could not delete them.
async fn remaining(storage: &Storage, call: &Call, names: &[String]) -> Result<Vec<String>, Failure> {
    let visible = storage.visible(&Caller::service(storage.keys())?, &call.bucket, names).await?;
    Ok(names.iter().filter(|name| visible.contains(*name)).cloned().collect())
}

pub(crate) async fn delete_many(storage: &Storage, call: &Call, body: Body) -> Result<Response, Failure> {
    storage.bucket(&call.bucket).await?;
    let request = call.records(body, "Object").await?;
    let names: Vec<String> =
        request.records.into_iter().filter_map(|mut fields| fields.remove("Key")).collect();
    if names.is_empty() || names.len() > 1000 {
        return Err(Failure::s3(400, "MalformedXML", "Delete takes 1 to 1000 objects"));
    }
    storage.delete(&call.caller, &call.bucket, &names).await?;
    let refused = remaining(storage, call, &names).await?;
    let quiet = request.fields.get("Quiet").is_some_and(|quiet| quiet == "true");
    let mut document = Document::new("DeleteResult");
    for name in names.iter().filter(|name| !quiet && !refused.contains(name)) {
        document.element("Deleted", |element| {
            element.leaf("Key", name);
        });
    }
    for name in &refused {
        document.element("Error", |element| {
            element.leaf("Key", name).leaf("Code", "AccessDenied").leaf("Message", "Access denied");
        });
    }
    Ok(document.into_response(StatusCode::OK))
}
