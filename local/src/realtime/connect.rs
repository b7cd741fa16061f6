//! The websocket's handshake: version and API key.

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::json;

use super::frame::Version;
use super::token::{Caller, TokenRefusal};
use super::{Realtime, socket};
use crate::gateway::resolve_key;

/// Largest message a client may send, in bytes: what a hosted project's largest plans allow.
const MAX_MESSAGE_BYTES: usize = 3 << 20;

/// The handshake's parameters.
#[derive(Debug, Deserialize)]
pub(super) struct Parameters {
    vsn: Option<String>,
    apikey: Option<String>,
}

/// `GET /websocket`.
pub(super) async fn connect(
    State(service): State<Arc<Realtime>>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Some(version) = Version::parse(parameters.vsn.as_deref()) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(key) = header("x-api-key").or(header("apikey")).or(parameters.apikey.as_deref()) else {
        return refuse(StatusCode::UNAUTHORIZED, "API key is missing");
    };
    let keys = &service.project.keys;
    let token = resolve_key(key, keys).unwrap_or(key);
    if let Err(refusal) = Caller::verify(token, keys) {
        return match refusal {
            TokenRefusal::Expired { .. } => refuse(StatusCode::UNAUTHORIZED, "Token has expired"),
            other => refuse(StatusCode::UNAUTHORIZED, &other.message()),
        };
    }
    let Ok(place) = service.sockets.clone().try_acquire_owned() else {
        return refuse(StatusCode::TOO_MANY_REQUESTS, "Too many connected clients");
    };
    let token: Arc<str> = token.into();
    upgrade.max_message_size(MAX_MESSAGE_BYTES).max_frame_size(MAX_MESSAGE_BYTES).on_upgrade(
        async move |websocket| {
            socket::serve(service, websocket, version, token).await;
            drop(place);
        },
    )
}

fn refuse(status: StatusCode, error: &str) -> Response {
    let content_type = [(CONTENT_TYPE, "application/json; charset=utf-8")];
    (status, content_type, json!({"error": error}).to_string()).into_response()
}
