//! Downloads with a token or from a public bucket, and what an object is.

use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, ETAG, LAST_MODIFIED};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse as _, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{JsonBody, Service};
use crate::storage::caller::Caller;
use crate::storage::download::{respond, set};
use crate::storage::failure::Failure;
use crate::storage::objects::{ObjectRow, to_http_date, to_milliseconds};
use crate::storage::service::Storage;

/// What stays as it is in `Content-Disposition`: what JavaScript's encodeURIComponent leaves.
const NAME: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

#[derive(Debug, Deserialize)]
pub(crate) struct DownloadOptions {
    /// The name to save it as; empty keeps the name.
    pub(crate) download: Option<String>,
    pub(crate) token: Option<String>,
}

pub(crate) async fn download(
    State(storage): Service,
    caller: Caller,
    Path((bucket, name)): Path<(String, String)>,
    Query(options): Query<DownloadOptions>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let object = storage.object(&caller, &bucket, &name).await?;
    send(&storage, &object, &method, &headers, options.download.as_deref()).await
}

pub(crate) async fn download_public(
    State(storage): Service,
    Path((bucket, name)): Path<(String, String)>,
    Query(options): Query<DownloadOptions>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let object = public_object(&storage, &bucket, &name).await?;
    send(&storage, &object, &method, &headers, options.download.as_deref()).await
}

async fn public_object(storage: &Storage, bucket: &str, name: &str) -> Result<ObjectRow, Failure> {
    if !storage.bucket(bucket).await?.public {
        return Err(Failure::no_such_bucket());
    }
    storage.object(&Caller::service(storage.keys())?, bucket, name).await
}

/// The object, to be shown or to be saved under a name.
pub(crate) async fn send(
    storage: &Storage,
    object: &ObjectRow,
    method: &Method,
    headers: &HeaderMap,
    save_as: Option<&str>,
) -> Result<Response, Failure> {
    let mut response = respond(&storage.blobs, object, method, headers).await?;
    if let Some(name) = save_as {
        set(response.headers_mut(), CONTENT_DISPOSITION, &disposition(name));
    }
    Ok(response)
}

fn disposition(name: &str) -> String {
    if name.is_empty() {
        return "attachment;".to_owned();
    }
    let name = utf8_percent_encode(name, NAME);
    format!("attachment; filename={name}; filename*=UTF-8''{name}")
}

pub(crate) async fn info(
    State(storage): Service,
    caller: Caller,
    Path((bucket, name)): Path<(String, String)>,
) -> Result<Response, Failure> {
    Ok(describe(&storage.object(&caller, &bucket, &name).await?))
}

pub(crate) async fn info_public(
    State(storage): Service,
    Path((bucket, name)): Path<(String, String)>,
) -> Result<Response, Failure> {
    Ok(describe(&public_object(&storage, &bucket, &name).await?))
}

fn describe(object: &ObjectRow) -> Response {
    let value: Value = json!({
        "id": object.id,
        "name": object.name,
        "version": object.version,
        "bucket_id": object.bucket_id,
        "size": object.size(),
        "content_type": object.mime(),
        "cache_control": object.cache_control(),
        "etag": object.etag(),
        "metadata": object.user_metadata.clone().unwrap_or_else(|| json!({})),
        "last_modified": to_milliseconds(object.last_modified()),
        "created_at": to_milliseconds(object.created_at),
    });
    let mut response = JsonBody(value).into_response();
    let headers = response.headers_mut();
    set(headers, CACHE_CONTROL, object.cache_control());
    set(headers, ETAG, object.etag());
    set(headers, LAST_MODIFIED, &to_http_date(object.last_modified()));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_to_save_as_is_percent_encoded() {
        assert_eq!(
            disposition("näme.txt"),
            "attachment; filename=n%C3%A4me.txt; filename*=UTF-8''n%C3%A4me.txt"
        );
        assert_eq!(disposition("a\"\r\nb"), "attachment; filename=a%22%0D%0Ab; filename*=UTF-8''a%22%0D%0Ab");
        assert_eq!(disposition(""), "attachment;");
    }
}
