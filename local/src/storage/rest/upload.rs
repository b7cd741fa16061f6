//! `POST` and `PUT /object/{bucket}/{name}`: an upload in one request, raw or as a form.

use axum::body::{Body, BodyDataStream};
use axum::extract::multipart::Multipart;
use axum::extract::{FromRequest as _, Path, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{JsonBody, Service};
use crate::storage::caller::Caller;
use crate::storage::failure::Failure;
use crate::storage::names::check_key;
use crate::storage::objects::{NewObject, user_metadata};
use crate::storage::service::Storage;

/// Longest form field before the file, in bytes.
const MAX_FIELD: usize = 64 * 1024;

pub(crate) async fn create(
    State(storage): Service,
    caller: Caller,
    Path((bucket, name)): Path<(String, String)>,
    request: Request,
) -> Result<JsonBody<Value>, Failure> {
    let upsert = text(request.headers(), &UPSERT) == Some("true");
    store(&storage, &caller, bucket, name, upsert, request).await
}

pub(crate) async fn replace(
    State(storage): Service,
    caller: Caller,
    Path((bucket, name)): Path<(String, String)>,
    request: Request,
) -> Result<JsonBody<Value>, Failure> {
    store(&storage, &caller, bucket, name, true, request).await
}

static UPSERT: HeaderName = HeaderName::from_static("x-upsert");
static METADATA: HeaderName = HeaderName::from_static("x-metadata");

async fn store(
    storage: &Storage,
    caller: &Caller,
    bucket: String,
    name: String,
    upsert: bool,
    request: Request,
) -> Result<JsonBody<Value>, Failure> {
    let target = Target { bucket, name, owner_id: caller.owner_id(), upsert };
    let key = format!("{}/{}", target.bucket, target.name);
    let id = receive(storage, caller, target, request).await?;
    Ok(JsonBody(json!({"Key": key, "Id": id})))
}

/// Where an upload goes, before its body is looked at.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) bucket: String,
    pub(crate) name: String,
    pub(crate) owner_id: Option<String>,
    pub(crate) upsert: bool,
}

/// Takes the request's body in as an object.
pub(crate) async fn receive(
    storage: &Storage,
    caller: &Caller,
    target: Target,
    request: Request,
) -> Result<Uuid, Failure> {
    check_key(&target.name)?;
    let is_form = text(request.headers(), &CONTENT_TYPE)
        .is_some_and(|mime| mime.to_ascii_lowercase().starts_with("multipart/form-data"));
    if is_form {
        receive_form(storage, caller, target, request).await
    } else {
        receive_raw(storage, caller, target, request).await
    }
}

async fn receive_raw(
    storage: &Storage,
    caller: &Caller,
    target: Target,
    request: Request,
) -> Result<Uuid, Failure> {
    let headers = request.headers();
    let size = text(headers, &CONTENT_LENGTH).and_then(|length| length.parse().ok());
    let metadata = text(headers, &METADATA)
        .and_then(|value| STANDARD.decode(value).ok())
        .map_or_else(|| json!({}), |bytes| user_metadata(&String::from_utf8_lossy(&bytes)));
    let object = NewObject {
        mime: text(headers, &CONTENT_TYPE).unwrap_or("application/octet-stream").to_owned(),
        cache_control: text(headers, &CACHE_CONTROL).unwrap_or("no-cache").to_owned(),
        user_metadata: metadata,
        ..target.into_object()
    };
    let body: BodyDataStream = request.into_body().into_data_stream();
    Ok(storage.upload(caller, &object, size, body).await?.0)
}

/// A form as supabase-js sends a file: `cacheControl` and `metadata` first, then the file, whatever its field's name.
async fn receive_form(
    storage: &Storage,
    caller: &Caller,
    target: Target,
    request: Request<Body>,
) -> Result<Uuid, Failure> {
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| {
        Failure::invalid_request("The form has no boundary: send multipart/form-data with one")
    })?;
    let mut object = NewObject { cache_control: "no-cache".into(), ..target.into_object() };
    while let Some(mut field) = form.next_field().await? {
        if field.file_name().is_some() || field.content_type().is_some() {
            field.content_type().unwrap_or("application/octet-stream").clone_into(&mut object.mime);
            return Ok(storage.upload(caller, &object, None, field).await?.0);
        }
        let mut value = Vec::new();
        while let Some(bytes) = field.chunk().await? {
            value.extend_from_slice(&bytes);
            if value.len() > MAX_FIELD {
                return Err(Failure::invalid_request(format!(
                    "a form field is longer than {MAX_FIELD} bytes"
                )));
            }
        }
        let value = String::from_utf8_lossy(&value);
        match field.name() {
            Some("cacheControl") => object.cache_control = format!("max-age={value}"),
            Some("metadata") => object.user_metadata = user_metadata(&value),
            _ => {}
        }
    }
    Err(Failure::invalid_request("The form holds no file"))
}

impl Target {
    fn into_object(self) -> NewObject {
        NewObject {
            bucket: self.bucket,
            name: self.name,
            owner_id: self.owner_id,
            upsert: self.upsert,
            mime: String::new(),
            cache_control: String::new(),
            user_metadata: json!({}),
        }
    }
}

/// A header as text.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
