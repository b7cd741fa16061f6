//! The S3 protocol, by a client's own signature: the key pair of the project, which bypasses row-level security, or
//! the token of a user as session token, which does not.
//!
//! The crate `s3s` does not fit: it takes one secret for each access key, where a session may be signed with either
//! public key of the project; it routes the path that was signed, where ours has a prefix; and its XML is another.

mod buckets;
mod checksum;
mod chunked;
mod list;
mod multipart;
mod objects;
mod payload;
mod signature;
mod xml;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use axum::routing::any;
use percent_encoding::percent_decode_str;

use signature::{Covered, Signed, SigningKey};
use xml::Document;

use super::caller::Caller;
use super::failure::Failure;
use super::service::Storage;
use crate::keys::Keys;

/// The region of every project here.
pub(crate) const REGION: &str = "us-east-1";
/// The access key of a session: the project's ref.
const PROJECT_REF: &str = "stub";
/// Longest XML body, in bytes: what 10 000 parts or 1000 keys take.
const MAX_XML: usize = 4 << 20;

/// The routes.
pub(crate) fn router() -> Router<Arc<Storage>> {
    Router::new().route("/s3", any(handle)).route("/s3/", any(handle)).route("/s3/{*path}", any(handle))
}

/// A request whose signature holds.
pub(crate) struct Call {
    pub(crate) caller: Caller,
    pub(crate) method: Method,
    pub(crate) bucket: String,
    pub(crate) key: String,
    query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    signed: Signed,
    signing_key: SigningKey,
}

impl Call {
    /// A parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A number of the query within `0..=most`.
    pub(crate) fn number(&self, name: &str, most: i64) -> Result<i64, Failure> {
        let wrong = || Failure::s3(400, "InvalidArgument", &format!("{name} must be a number of at least 0"));
        match self.parameter(name) {
            None => Ok(most),
            Some(text) => text.parse::<i64>().ok().filter(|n| *n >= 0).map(|n| n.min(most)).ok_or_else(wrong),
        }
    }

    /// The body's bytes, checked as they come.
    pub(crate) fn payload(&self, body: Body) -> Result<payload::Payload, Failure> {
        payload::open(&self.signed, self.signing_key.clone(), &self.headers, body)
    }

    /// The records of an XML body.
    pub(crate) async fn records(&self, body: Body, record: &str) -> Result<xml::Records, Failure> {
        let mut payload = self.payload(body)?;
        let mut text = Vec::new();
        while let Some(bytes) = super::blobs::next(&mut payload).await? {
            text.extend_from_slice(&bytes);
            if text.len() > MAX_XML {
                return Err(Failure::too_large());
            }
        }
        xml::read(&text, record)
    }
}

async fn handle(
    State(storage): State<Arc<Storage>>,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Response {
    let resource = uri.path().trim_start_matches("/storage/v1/s3").trim_matches('/').to_owned();
    let answer = match authenticate(&storage, uri.path(), uri.query().unwrap_or_default(), request) {
        Ok((call, body)) => dispatch(&storage, &call, body).await,
        Err(failure) => Err(failure),
    };
    answer.unwrap_or_else(|failure| refuse(&failure, &resource))
}

fn authenticate(
    storage: &Storage,
    path: &str,
    query: &str,
    request: Request,
) -> Result<(Call, Body), Failure> {
    let (parts, body) = request.into_parts();
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let query: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect();
    let covered = Covered { method: parts.method.as_str(), path, query: &query, headers: &parts.headers };
    let signed = Signed::parse(&covered)?;
    signed.check_time(jiff::Timestamp::now())?;
    let signing_key = signed.verify(&covered, REGION, &secrets(&signed, storage.keys())?)?;
    let caller = match &signed.session_token {
        Some(token) => Caller::from_token(token, storage.keys())?,
        None => Caller::service(storage.keys())?,
    };
    let rest = path.trim_start_matches("/storage/v1/s3").trim_start_matches('/');
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    let call = Call {
        caller,
        method: parts.method.clone(),
        bucket: decode(bucket),
        key: decode(key),
        headers: parts.headers,
        query,
        signed,
        signing_key,
    };
    Ok((call, body))
}

/// The secrets that may have signed for the access key.
fn secrets<'a>(signed: &Signed, keys: &'a Keys) -> Result<Vec<&'a str>, Failure> {
    match (&signed.session_token, signed.access_key.as_str()) {
        (Some(_), PROJECT_REF) => Ok(vec![&keys.anon_key, &keys.publishable_key]),
        (None, key) if key == keys.s3_access_key_id => Ok(vec![&keys.s3_secret_access_key]),
        _ => Err(Failure::access_denied("Invalid Access Key")),
    }
}

async fn dispatch(storage: &Storage, call: &Call, body: Body) -> Result<Response, Failure> {
    let unsupported =
        ["acl", "tagging", "policy", "cors", "lifecycle", "attributes", "select", "restore", "torrent"];
    if let Some(name) = unsupported.iter().find(|name| call.parameter(name).is_some()) {
        return Err(Failure::unsupported(&format!("the S3 parameter '{name}'")));
    }
    let has = |name: &str| call.parameter(name).is_some();
    match (call.method.as_str(), call.bucket.is_empty(), call.key.is_empty()) {
        ("GET", true, _) => buckets::list(storage, call).await,
        ("HEAD", false, true) => buckets::head(storage, call).await,
        ("PUT", false, true) => buckets::create(storage, call).await,
        ("DELETE", false, true) => buckets::delete(storage, call).await,
        ("GET", false, true) if has("location") => buckets::location(storage, call).await,
        ("GET", false, true) if has("versioning") => buckets::versioning(storage, call).await,
        ("GET", false, true) if has("uploads") => multipart::list(storage, call).await,
        ("GET", false, true) => list::list(storage, call).await,
        ("POST", false, true) if has("delete") => objects::delete_many(storage, call, body).await,
        ("GET", false, false) if has("uploadId") => multipart::list_parts(storage, call).await,
        ("GET" | "HEAD", false, false) => objects::get(storage, call).await,
        ("PUT", false, false) if has("uploadId") => multipart::put_part(storage, call, body).await,
        ("PUT", false, false) if call.headers.contains_key("x-amz-copy-source") => {
            objects::copy(storage, call).await
        }
        ("PUT", false, false) => objects::put(storage, call, body).await,
        ("POST", false, false) if has("uploads") => multipart::create(storage, call).await,
        ("POST", false, false) if has("uploadId") => multipart::complete(storage, call, body).await,
        ("DELETE", false, false) if has("uploadId") => multipart::abort(storage, call).await,
        ("DELETE", false, false) => objects::delete(storage, call).await,
        _ => Err(Failure::unsupported(&format!("{} on this S3 resource", call.method))),
    }
}

/// A refusal as the protocol has it.
fn refuse(failure: &Failure, resource: &str) -> Response {
    let mut document = Document::new("Error");
    document.leaf("Resource", resource).leaf("Code", failure.code).leaf("Message", &failure.message);
    let status = StatusCode::from_u16(failure.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    document.into_response(status)
}
