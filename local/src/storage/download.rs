//! An object as an HTTP answer: conditional, in part or whole, streamed.

use std::convert::Infallible;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED, RANGE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;

use super::blobs::Blobs;
use super::failure::Failure;
use super::objects::{ObjectRow, to_http_date};
use super::range::Span;

/// The answer to GET or HEAD of `object`.
pub(crate) async fn respond(
    blobs: &Blobs,
    object: &ObjectRow,
    method: &Method,
    request: &HeaderMap,
) -> Result<Response, Failure> {
    if is_unchanged(object, request) {
        // The real service sends a length with this status; hyper leaves it out for a body that it knows to be empty.
        let nothing = stream::empty::<Result<Bytes, Infallible>>();
        let mut response = Response::new(Body::from_stream(nothing));
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.headers_mut().insert(CONTENT_LENGTH, 0.into());
        describe(response.headers_mut(), object);
        return Ok(response);
    }
    let range = request.get(RANGE).and_then(|value| value.to_str().ok());
    let span = Span::parse(range, object.size())?;
    let mut response = match &object.version {
        Some(version) if method != Method::HEAD => blobs.response(version, span).await?,
        _ => Response::new(Body::empty()),
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, span.length.into());
    describe(headers, object);
    if let Some(range) = span.content_range() {
        set(headers, CONTENT_RANGE, &range);
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

/// The headers that say what the object is.
pub(crate) fn describe(headers: &mut HeaderMap, object: &ObjectRow) {
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    set(headers, CONTENT_TYPE, object.mime());
    set(headers, ETAG, object.etag());
    set(headers, CACHE_CONTROL, object.cache_control());
    set(headers, LAST_MODIFIED, &to_http_date(object.last_modified()));
}

/// Sets a header, unless its value is none HTTP can carry.
pub(crate) fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Whether the client has this version already.
fn is_unchanged(object: &ObjectRow, request: &HeaderMap) -> bool {
    let text = |name| request.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if let Some(tags) = text(IF_NONE_MATCH) {
        let own = object.etag().trim_matches('"');
        return tags
            .split(',')
            .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'))
            .any(|tag| tag == "*" || (!own.is_empty() && tag == own));
    }
    text(IF_MODIFIED_SINCE).is_some_and(|since| since == to_http_date(object.last_modified()))
}
