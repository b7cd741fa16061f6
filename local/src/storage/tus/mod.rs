//! Resumable uploads: TUS 1.0.0 with creation, creation-with-upload, creation-defer-length and termination.

mod answer;
mod metadata;
mod receive;
mod state;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::post;
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

use answer::{
    COMPLETE, DEFER_LENGTH, LENGTH, METADATA, OFFSET, RESUMABLE, Refusal, VERSION, abilities, answer,
    no_store, plain,
};
use metadata::Metadata;
use state::Upload;

use super::caller::Caller;
use super::download::set;
use super::failure::Failure;
use super::service::Storage;

pub(crate) use state::sweep;

type Service = State<Arc<Storage>>;

/// How long a request waits for the one before it: a client that resumes does not know its old one is still there.
const PATIENCE: Duration = Duration::from_secs(10);

/// The routes.
pub(crate) fn router() -> Router<Arc<Storage>> {
    let upload = post(no_method_override).head(head).patch(patch).delete(terminate).options(options);
    Router::new()
        .route("/upload/resumable", post(create).options(options))
        .route("/upload/resumable/", post(create).options(options))
        .route("/upload/resumable/sign", post(signed).options(options))
        .route("/upload/resumable/{id}", upload)
}

async fn options(State(storage): Service) -> Response {
    abilities(storage.file_size_limit())
}

async fn signed() -> Failure {
    Failure::unsupported("resumable uploads through a signed URL")
}

async fn no_method_override() -> Failure {
    Failure::unsupported("POST on an upload (X-HTTP-Method-Override)")
}

/// The caller, who must speak our version.
fn caller(storage: &Storage, headers: &HeaderMap) -> Result<Caller, Refusal> {
    let token = text(headers, &AUTHORIZATION).unwrap_or_default();
    let token = token.strip_prefix("Bearer ").unwrap_or(token);
    let caller = Caller::from_token(token, storage.keys()).map_err(Refusal::Token)?;
    if text(headers, &RESUMABLE) != Some(VERSION) {
        return Err(Refusal::text(412, "Tus-Resumable Required"));
    }
    Ok(caller)
}

async fn create(State(storage): Service, request: Request) -> Result<Response, Refusal> {
    to_its_end(begin(storage, request)).await
}

/// Goes on though the client hangs up, which would otherwise drop the work where it stands: after the last byte, before the
/// object. The service goes on too, and only a body that breaks off ends its work.
async fn to_its_end<Work>(work: Work) -> Result<Response, Refusal>
where
    Work: Future<Output = Result<Response, Refusal>> + Send + 'static,
{
    let ended = tokio::spawn(work).await;
    ended.unwrap_or_else(|_| Err(Failure::internal("The upload could not be worked on").into()))
}

async fn begin(storage: Arc<Storage>, request: Request) -> Result<Response, Refusal> {
    let headers = request.headers();
    let caller = caller(&storage, headers)?;
    let mut upload = requested(&caller, headers)?;
    let object = upload.object(false);
    // The protocol has its own words for what is too large.
    let largest = storage.file_size_limit().min(storage.bucket(&object.bucket).await?.size_limit(u64::MAX));
    if upload.length.is_some_and(|length| length > largest) {
        return Err(Refusal::text(413, "Maximum size exceeded"));
    }
    upload.limit = storage.admit(&caller, &object, upload.length).await?;
    upload.save(&storage.blobs).await?;
    let mut response = answer(StatusCode::CREATED);
    plain(&mut response);
    let location = format!("{}/storage/v1/upload/resumable/{}", origin(&storage, headers), upload.id());
    set(response.headers_mut(), LOCATION, &location);
    if receive::is_chunk(headers) {
        let received = receive::append(&storage, &mut upload, 0, request).await?;
        response.headers_mut().insert(&OFFSET, received.into());
    }
    if receive::finish(&storage, &mut upload, false).await? {
        response.headers_mut().insert(&COMPLETE, HeaderValue::from_static("1"));
    }
    Ok(response)
}

/// What the headers of a creation ask for.
fn requested(caller: &Caller, headers: &HeaderMap) -> Result<Upload, Refusal> {
    let Some(metadata) = text(headers, &METADATA) else {
        return Err(Refusal::Text(400, "Metadata header is required".to_owned()));
    };
    let mut metadata = Metadata::parse(metadata).ok_or_else(|| {
        Refusal::text(400, "Upload-Metadata is invalid. It should be pairs of a key and base64 text")
    })?;
    for key in ["bucketName", "objectName"] {
        if metadata.get(key).is_none() {
            return Err(Refusal::Text(400, format!("{key} is required in the Upload-Metadata header")));
        }
    }
    if let Some(seconds) = metadata.get("cacheControl") {
        let value = format!("max-age={seconds}");
        metadata.set("cacheControl", value);
    }
    let deferred = text(headers, &DEFER_LENGTH) == Some("1");
    let length = text(headers, &LENGTH).map(str::parse::<u64>).transpose();
    let ((Ok(length @ Some(_)), false) | (Ok(length @ None), true)) = (length, deferred) else {
        return Err(Refusal::text(400, "Upload-Length or Upload-Defer-Length header required"));
    };
    Ok(Upload {
        version: Uuid::new_v4(),
        metadata,
        owner_id: caller.owner_id(),
        upsert: wants_upsert(headers),
        length,
        limit: 0,
        complete: false,
    })
}

async fn head(
    State(storage): Service,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    caller(&storage, &headers)?;
    let upload = Upload::load(&storage.blobs, &id).await?;
    let mut response = answer(StatusCode::OK);
    plain(&mut response);
    no_store(&mut response);
    let headers = response.headers_mut();
    headers.insert(&OFFSET, upload.offset(&storage.blobs).await?.into());
    match upload.length {
        Some(length) => headers.insert(&LENGTH, length.into()),
        None => headers.insert(&DEFER_LENGTH, HeaderValue::from_static("1")),
    };
    set(headers, METADATA.clone(), &upload.metadata.to_header());
    Ok(response)
}

async fn patch(
    State(storage): Service,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    to_its_end(go_on(storage, id, request)).await
}

async fn go_on(storage: Arc<Storage>, id: String, request: Request) -> Result<Response, Refusal> {
    let headers = request.headers();
    let caller = caller(&storage, headers)?;
    let version = Upload::version_of(&id)?;
    if text(headers, &CONTENT_TYPE).is_none_or(|mime| mime != receive::CHUNK_TYPE) {
        return Err(Refusal::text(400, "Invalid content-type"));
    }
    let _turn = take_turn(&storage, version).await?;
    let mut upload = Upload::load(&storage.blobs, &id).await?;
    let upsert = wants_upsert(headers);
    storage.check_permission(&caller, &upload.object(upsert), upload.length).await?;
    let offset = text(headers, &OFFSET).and_then(|offset| offset.parse::<u64>().ok());
    let Some(offset) = offset else { return Err(Refusal::text(403, "Upload-Offset header required")) };
    if offset != upload.offset(&storage.blobs).await? {
        return Err(Refusal::text(409, "Upload-Offset conflict"));
    }
    if let (None, Some(length)) = (upload.length, text(headers, &LENGTH)) {
        let length = length.parse().map_err(|_| Refusal::text(400, "Invalid upload-length"))?;
        if length > upload.limit || length < offset {
            return Err(Refusal::text(413, "Maximum size exceeded"));
        }
        upload.length = Some(length);
        upload.save(&storage.blobs).await?;
    }
    let offset = receive::append(&storage, &mut upload, offset, request).await?;
    let mut response = answer(StatusCode::NO_CONTENT);
    response.headers_mut().insert(&OFFSET, offset.into());
    if receive::finish(&storage, &mut upload, upsert).await? {
        response.headers_mut().insert(&COMPLETE, HeaderValue::from_static("1"));
    }
    Ok(response)
}

async fn terminate(
    State(storage): Service,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let caller = caller(&storage, &headers)?;
    let _turn = take_turn(&storage, Upload::version_of(&id)?).await?;
    let upload = Upload::load(&storage.blobs, &id).await?;
    storage.check_permission(&caller, &upload.object(true), upload.length).await?;
    upload.remove(&storage.blobs).await;
    Ok(answer(StatusCode::NO_CONTENT))
}

/// Waits until no other request works on the upload.
async fn take_turn(storage: &Storage, upload: Uuid) -> Result<OwnedMutexGuard<()>, Refusal> {
    let turn = storage.locks.acquire(upload, PATIENCE).await;
    turn.ok_or_else(|| Refusal::text(423, "Another request is uploading this file"))
}

fn wants_upsert(headers: &HeaderMap) -> bool {
    headers.get("x-upsert").is_some_and(|value| value == "true")
}

/// How the client reached us, so that it comes back the same way.
fn origin(storage: &Storage, headers: &HeaderMap) -> String {
    text(headers, &HOST).map_or_else(|| storage.url().to_owned(), |host| format!("http://{host}"))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
