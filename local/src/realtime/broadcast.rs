//! A broadcast on its way to the members of a topic, in the form each version of the protocol gets.

use axum::extract::ws::Message;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::binary::{self, Encoding};
use super::frame::{Frame, UserPayload, Version};

/// What is broadcast.
#[derive(Debug, Clone)]
pub(super) enum Broadcast {
    /// An event whose payload every version gets as JSON, just as it is.
    Event { event: &'static str, payload: Box<RawValue> },
    /// A user's broadcast out of a binary frame or out of the database: binary again in version 2.0.0.
    User { event: String, metadata: Option<Box<RawValue>>, payload: UserPayload },
}

/// The payload of a user's broadcast as JSON.
#[derive(Serialize)]
struct UserEnvelope<'a> {
    event: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<&'a RawValue>,
    payload: &'a RawValue,
    r#type: &'static str,
}

impl Broadcast {
    /// The frame for members of a version; `None` when that version cannot carry it.
    pub(super) fn encode(&self, version: Version, topic: &str) -> Option<Message> {
        match self {
            Self::Event { event, payload } => Some(json_frame(version, topic, event, payload)),
            Self::User { event, metadata, payload } => {
                let metadata = metadata.as_deref();
                if version == Version::V2
                    && let Some(frame) = binary_frame(topic, event, metadata, payload)
                {
                    return Some(frame);
                }
                let UserPayload::Json(payload) = payload else { return None };
                let envelope = UserEnvelope { event, meta: metadata, payload, r#type: "broadcast" };
                Some(json_frame(version, topic, "broadcast", &envelope))
            }
        }
    }
}

fn json_frame<P: Serialize>(version: Version, topic: &str, event: &str, payload: &P) -> Message {
    Frame { join_ref: &Value::Null, reference: &Value::Null, topic, event, payload }.encode(version)
}

fn binary_frame(
    topic: &str,
    event: &str,
    metadata: Option<&RawValue>,
    payload: &UserPayload,
) -> Option<Message> {
    let metadata = metadata.map_or("", RawValue::get);
    let (encoding, bytes) = match payload {
        UserPayload::Json(json) => (Encoding::Json, json.get().as_bytes()),
        UserPayload::Bytes(bytes) => (Encoding::Bytes, &bytes[..]),
    };
    binary::delivery(topic, event, metadata, encoding, bytes).map(Message::Binary)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::value::to_raw_value;

    use super::*;

    fn user(payload: UserPayload) -> Broadcast {
        let metadata = Some(to_raw_value(&serde_json::json!({"id": 7})).unwrap());
        Broadcast::User { event: "e".to_owned(), metadata, payload }
    }

    #[test]
    fn a_users_json_is_binary_for_version_two_and_an_object_for_version_one() {
        let broadcast = user(UserPayload::Json(to_raw_value(&1).unwrap()));
        assert_eq!(
            broadcast.encode(Version::V1, "t"),
            Some(Message::text(
                r#"{"ref":null,"event":"broadcast","topic":"t","payload":{"event":"e","meta":{"id":7},"payload":1,"type":"broadcast"}}"#
            ))
        );
        assert_eq!(
            broadcast.encode(Version::V2, "t"),
            Some(Message::binary(&b"\x04\x01\x01\x08\x01te{\"id\":7}1"[..]))
        );
    }

    #[test]
    fn bytes_are_nothing_for_version_one() {
        let broadcast = user(UserPayload::Bytes(Bytes::from_static(b"\x00")));
        assert_eq!(broadcast.encode(Version::V1, "t"), None);
        assert!(matches!(broadcast.encode(Version::V2, "t"), Some(Message::Binary(_))));
    }

    #[test]
    fn texts_too_long_for_a_binary_frame_go_as_json() {
        let broadcast = user(UserPayload::Json(to_raw_value(&1).unwrap()));
        assert!(matches!(broadcast.encode(Version::V2, &"t".repeat(256)), Some(Message::Text(_))));
    }
}
