//! Handing a request to a function's process.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING, UPGRADE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use axum::response::Response;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper_util::rt::TokioIo;

use super::answer::Refusal;
use super::worker::Worker;

/// The largest body of a request, in bytes.
const BODY_LIMIT: usize = 10 << 20;

/// How long one request and its answer may take, as on a hosted project.
const WALL_CLOCK_LIMIT: Duration = Duration::from_secs(400);

/// Headers that speak of one connection.
const HOP_BY_HOP: [HeaderName; 6] = [
    CONNECTION,
    TRANSFER_ENCODING,
    UPGRADE,
    CONTENT_LENGTH,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("te"),
];

/// True for a request that wants another protocol.
pub(super) fn is_upgrade(headers: &HeaderMap) -> bool {
    headers.contains_key(UPGRADE)
}

/// The request as the function gets it: its whole body, and the path from the function's name on.
pub(super) async fn read(request: Request) -> Result<hyper::Request<Full<Bytes>>, Refusal> {
    let (mut parts, body) = request.into_parts();
    let body = Limited::new(body, BODY_LIMIT).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() { Refusal::TooLarge } else { Refusal::Incomplete }
    })?;
    for name in &HOP_BY_HOP {
        parts.headers.remove(name);
    }
    if !parts.headers.contains_key(HOST) {
        parts.headers.insert(HOST, HeaderValue::from_static("localhost"));
    }
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    parts.uri = path.parse::<Uri>().map_err(|_| Refusal::NotFound)?;
    parts.version = hyper::Version::HTTP_11;
    Ok(hyper::Request::from_parts(parts, Full::new(body.to_bytes())))
}

/// The function's answer, streamed as it comes.
pub(super) async fn forward(
    worker: Arc<Worker>,
    request: hyper::Request<Full<Bytes>>,
) -> Result<Response, Refusal> {
    let stream = worker.connect().await.map_err(|_| Refusal::Crashed)?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|_| Refusal::Crashed)?;
    tokio::spawn(async move {
        let _ = tokio::time::timeout(WALL_CLOCK_LIMIT, connection).await;
        // Until here: a process that was replaced finishes what it is answering.
        drop(worker);
    });
    let mut answer = sender.send_request(request).await.map_err(|_| Refusal::Crashed)?;
    for name in HOP_BY_HOP.iter().filter(|name| **name != CONTENT_LENGTH) {
        answer.headers_mut().remove(name);
    }
    Ok(answer.map(Body::new))
}
