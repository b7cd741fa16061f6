//! How TUS answers look: its headers, and refusals as plain text with their real status.

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::storage::failure::Failure;

/// The version of the protocol.
pub(crate) const VERSION: &str = "1.0.0";
pub(crate) static RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
pub(crate) static COMPLETE: HeaderName = HeaderName::from_static("tus-complete");
pub(crate) static OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub(crate) static LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub(crate) static DEFER_LENGTH: HeaderName = HeaderName::from_static("upload-defer-length");
pub(crate) static METADATA: HeaderName = HeaderName::from_static("upload-metadata");

/// What a browser may read of an answer.
const EXPOSED: &str = "Authorization, Content-Type, Location, Tus-Extension, Tus-Max-Size, Tus-Resumable, Tus-Version, \
     Upload-Concat, Upload-Defer-Length, Upload-Length, Upload-Metadata, Upload-Offset, X-HTTP-Method-Override, \
     X-Requested-With, X-Forwarded-Host, X-Forwarded-Proto, Forwarded,";
/// What a browser may send.
const ALLOWED: &str = "Authorization, Content-Type, Location, Tus-Extension, Tus-Max-Size, Tus-Resumable, Tus-Version, \
     Upload-Concat, Upload-Defer-Length, Upload-Length, Upload-Metadata, Upload-Offset, X-HTTP-Method-Override, \
     X-Requested-With, X-Forwarded-Host, X-Forwarded-Proto, Forwarded, Authorization, X-Upsert, Upload-Expires, ApiKey, \
     x-signature";

/// A refusal of the protocol.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Of the token: JSON, as the REST protocol has it.
    Token(Failure),
    /// Plain text.
    Text(u16, String),
}

impl Refusal {
    pub(crate) fn text(status: u16, message: &str) -> Self {
        Self::Text(status, format!("{message}\n"))
    }

    pub(crate) fn not_found() -> Self {
        Self::text(404, "The file for this url was not found")
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Text(failure.status, failure.message)
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Failure::from(error).into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Token(failure) => failure.into_response(),
            Self::Text(status, message) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let mut response = answer(status);
                plain(&mut response);
                response.headers_mut().insert(CONTENT_LENGTH, message.len().into());
                *response.body_mut() = Body::from(message);
                response
            }
        }
    }
}

/// An empty answer with the headers every answer has.
pub(crate) fn answer(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(&RESUMABLE, HeaderValue::from_static(VERSION));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    response
}

/// Marks an answer as plain text.
pub(crate) fn plain(response: &mut Response) {
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=UTF-8"));
}

/// Forbids keeping the answer.
pub(crate) fn no_store(response: &mut Response) {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// What the server is able to: the answer to OPTIONS. `max_size` is in bytes.
pub(crate) fn abilities(max_size: u64) -> Response {
    let mut response = answer(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    let texts = [
        ("access-control-allow-headers", ALLOWED),
        ("access-control-allow-methods", "POST, HEAD, PATCH, OPTIONS, DELETE"),
        ("access-control-max-age", "86400"),
        ("tus-extension", "creation,creation-with-upload,creation-defer-length,termination,expiration"),
        ("tus-version", VERSION),
    ];
    for (name, value) in texts {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.insert("tus-max-size", max_size.into());
    response
}
