//! `/metrics`, `/livez` and `/readyz` over HTTP/1.1: for whoever watches the daemon, on an address that only they reach.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{ALLOW, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::health::{Complaints, Health};
use super::metrics::metrics;

/// Connections at a time; more wait to be accepted.
const CONNECTIONS: usize = 32;
/// Time for a request to arrive, and for a connection that is silent between two.
const HEADER_LIMIT: Duration = Duration::from_secs(30);
/// Life of a connection: one that is kept open is opened again by its client.
const CONNECTION_LIMIT: Duration = Duration::from_mins(10);
/// Largest request read, bytes.
const REQUEST_LIMIT: usize = 16 << 10;

const TEXT: &str = "text/plain; charset=utf-8";
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Takes the address.
///
/// # Errors
/// When it is taken, or not ours.
pub async fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Answers until dropped.
pub async fn serve(listener: TcpListener, health: Health) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of descriptors, mostly: soon there are some again.
                tracing::debug!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let health = health.clone();
        connections.spawn(async move {
            // A client that breaks off is no matter of ours.
            let _ = tokio::time::timeout(CONNECTION_LIMIT, answer_all(stream, health)).await;
            drop(place);
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn answer_all(stream: TcpStream, health: Health) -> hyper::Result<()> {
    let service = service_fn(|request| {
        let response = answer(&request, &health);
        async move { Ok::<_, Infallible>(response) }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_LIMIT)
        .max_buf_size(REQUEST_LIMIT)
        .serve_connection(TokioIo::new(stream), service)
        .await
}

fn answer(request: &Request<Incoming>, health: &Health) -> Response<Full<Bytes>> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, TEXT, "Only GET.\n");
        response.headers_mut().insert(ALLOW, hyper::header::HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    match request.uri().path() {
        "/metrics" => match metrics().encode() {
            Ok(text) => plain(StatusCode::OK, OPEN_METRICS, text),
            Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, TEXT, "The metrics cannot be written.\n"),
        },
        "/livez" => verdict(&health.complaints()),
        "/readyz" => verdict(&health.obstacles()),
        _ => plain(StatusCode::NOT_FOUND, TEXT, "Here are /metrics, /livez and /readyz.\n"),
    }
}

/// One complaint a line, or `ok`.
fn verdict(complaints: &Complaints) -> Response<Full<Bytes>> {
    if complaints.is_empty() {
        return plain(StatusCode::OK, TEXT, "ok\n");
    }
    plain(StatusCode::SERVICE_UNAVAILABLE, TEXT, complaints.join("\n") + "\n")
}

fn plain(status: StatusCode, kind: &'static str, text: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(text.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(kind));
    response
}
