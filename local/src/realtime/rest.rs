//! `POST /api/broadcast`: broadcasts without a websocket.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, VARY};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::value::to_raw_value;
use serde_json::{Map, Value, json};

use super::Realtime;
use super::broadcast::Broadcast;
use super::hub::TopicKey;
use super::token::Caller;

/// Largest request, in bytes.
pub(super) const MAX_BODY_BYTES: usize = 3 << 20;
/// More messages than a client can mean.
const MAX_MESSAGES: usize = 1000;

#[derive(Deserialize)]
struct Request {
    #[serde(default)]
    messages: Value,
}

/// One message that is fit to be sent.
#[derive(Debug, PartialEq)]
struct Message {
    topic: String,
    event: String,
    payload: Value,
    private: bool,
}

/// Answers 202 whether or not the caller may write to the topics: what it may not is left out.
pub(super) async fn broadcast(
    State(service): State<Arc<Realtime>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(caller) = caller(&headers, &service) else {
        return answer(StatusCode::UNAUTHORIZED, &json!({"message": "Unauthorized"}));
    };
    let Ok(request) = serde_json::from_slice::<Request>(&body) else {
        return answer(StatusCode::BAD_REQUEST, &json!({"message": "the body is not a JSON object"}));
    };
    let messages = match validate(request.messages) {
        Ok(messages) => messages,
        Err(errors) => {
            return answer(StatusCode::UNPROCESSABLE_ENTITY, &json!({"errors": {"messages": errors}}));
        }
    };
    send(&service, &caller, messages).await;
    accepted()
}

const UNCACHED: &str = "max-age=0, private, must-revalidate";

async fn send(service: &Realtime, caller: &Caller, messages: Vec<Message>) {
    let mut writable: HashMap<TopicKey, bool> = HashMap::new();
    for Message { topic, event, payload, private } in messages {
        let key = TopicKey { name: topic, private };
        let allowed = match writable.get(&key) {
            Some(known) => *known,
            None => service.may_broadcast(caller, &key).await,
        };
        let envelope = json!({"type": "broadcast", "event": event, "payload": payload});
        if allowed && let Ok(payload) = to_raw_value(&envelope) {
            service.hub.broadcast(&key, &Broadcast::Event { event: "broadcast", payload });
        }
        writable.insert(key, allowed);
    }
}

/// Who asks: by the bearer token, or else by the API key.
pub(super) fn caller(headers: &HeaderMap, service: &Realtime) -> Option<Caller> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let token = match header(AUTHORIZATION.as_str()) {
        Some(value) => value.strip_prefix("Bearer ")?,
        None => header("apikey")?,
    };
    Caller::verify(token, &service.project.keys).ok()
}

/// The messages, or what is wrong with each.
fn validate(messages: Value) -> Result<Vec<Message>, Value> {
    let messages = match messages {
        Value::Array(messages) if messages.len() > MAX_MESSAGES => {
            return Err(json!([format!("should have at most {MAX_MESSAGES} item(s)")]));
        }
        Value::Array(messages) if !messages.is_empty() => messages,
        Value::Null | Value::Array(_) => return Err(json!(["can't be blank"])),
        _ => return Err(json!(["is invalid"])),
    };
    let checked: Vec<Result<Message, Map<String, Value>>> = messages.iter().map(message).collect();
    if checked.iter().all(Result::is_ok) {
        return Ok(checked.into_iter().flatten().collect());
    }
    Err(checked.into_iter().map(|result| Value::Object(result.err().unwrap_or_default())).collect())
}

fn message(value: &Value) -> Result<Message, Map<String, Value>> {
    let mut errors = Map::new();
    let mut text = |name: &str| match value.get(name) {
        Some(Value::String(text)) if !text.is_empty() => text.clone(),
        None | Some(Value::Null | Value::String(_)) => {
            errors.insert(name.to_owned(), json!(["can't be blank"]));
            String::new()
        }
        Some(_) => {
            errors.insert(name.to_owned(), json!(["is invalid"]));
            String::new()
        }
    };
    let (topic, event) = (text("topic"), text("event"));
    let payload = value.get("payload").cloned().unwrap_or_default();
    if payload.is_null() {
        errors.insert("payload".to_owned(), json!(["can't be blank"]));
    } else if !payload.is_object() {
        errors.insert("payload".to_owned(), json!(["is invalid"]));
    }
    let private = value.get("private").and_then(Value::as_bool).unwrap_or(false);
    if errors.is_empty() { Ok(Message { topic, event, payload, private }) } else { Err(errors) }
}

pub(super) fn accepted() -> Response {
    (StatusCode::ACCEPTED, [(CACHE_CONTROL, UNCACHED), (VARY, "accept-encoding")]).into_response()
}

/// An answer with a JSON body.
pub(super) fn answer(status: StatusCode, body: &Value) -> Response {
    let headers = [
        (CONTENT_TYPE, "application/json; charset=utf-8"),
        (CACHE_CONTROL, UNCACHED),
        (VARY, "accept-encoding"),
    ];
    (status, headers, body.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_message_tells_what_it_lacks() {
        let messages = json!([
            {"topic": "t", "event": "e", "payload": {}},
            {"topic": "t", "payload": {}},
            {"topic": 1, "event": "", "payload": "text"},
        ]);
        let expected = json!([
            {},
            {"event": ["can't be blank"]},
            {"topic": ["is invalid"], "event": ["can't be blank"], "payload": ["is invalid"]},
        ]);
        assert_eq!(validate(messages).unwrap_err(), expected);
    }

    #[test]
    fn messages_are_public_unless_they_say_otherwise() {
        let messages = validate(json!([{"topic": "t", "event": "e", "payload": {"x": 1}}])).unwrap();
        assert!(!messages[0].private);
    }

    #[test]
    fn no_messages_are_blank() {
        assert_eq!(validate(json!([])).unwrap_err(), json!(["can't be blank"]));
        assert_eq!(validate(Value::Null).unwrap_err(), json!(["can't be blank"]));
    }
}
