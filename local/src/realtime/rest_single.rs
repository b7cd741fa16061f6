//! `POST /api/broadcast/{topic}/events/{event}`: one broadcast, of JSON or of bytes.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::Realtime;
use super::broadcast::Broadcast;
use super::frame::UserPayload;
use super::hub::TopicKey;
use super::rest::{accepted, answer, caller};

#[derive(Debug, Deserialize)]
pub(super) struct Parameters {
    private: Option<String>,
}

/// Answers 202 whether or not the caller may write to the topic.
pub(super) async fn broadcast(
    State(service): State<Arc<Realtime>>,
    Path((topic, event)): Path<(String, String)>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(caller) = caller(&headers, &service) else {
        return answer(StatusCode::UNAUTHORIZED, &json!({"message": "Unauthorized"}));
    };
    let payload = match payload(&headers, body) {
        Ok(payload) => payload,
        Err((status, message)) => return answer(status, &json!({"message": message})),
    };
    let key = TopicKey { name: topic, private: parameters.private.as_deref() == Some("true") };
    if service.may_broadcast(&caller, &key).await {
        service.hub.broadcast(&key, &Broadcast::User { event, metadata: None, payload });
    }
    accepted()
}

fn payload(headers: &HeaderMap, body: Bytes) -> Result<UserPayload, (StatusCode, &'static str)> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match content_type.split(';').next().unwrap_or_default().trim() {
        "application/octet-stream" => Ok(UserPayload::Bytes(body)),
        "application/json" => serde_json::from_slice::<Box<RawValue>>(&body)
            .map(UserPayload::Json)
            .map_err(|_| (StatusCode::BAD_REQUEST, "the body is not JSON")),
        _ => Err((
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the content type must be application/json or application/octet-stream",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content_type: &str, body: &'static [u8]) -> Result<UserPayload, StatusCode> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, content_type.parse().unwrap())]);
        payload(&headers, Bytes::from_static(body)).map_err(|(status, _)| status)
    }

    #[test]
    fn the_content_type_tells_json_from_bytes() {
        assert!(matches!(read("application/json; charset=utf-8", b"{}"), Ok(UserPayload::Json(_))));
        assert!(matches!(read("application/octet-stream", b"{}"), Ok(UserPayload::Bytes(_))));
        assert_eq!(read("application/json", b"{").unwrap_err(), StatusCode::BAD_REQUEST);
        assert_eq!(read("text/plain", b"{}").unwrap_err(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
}
