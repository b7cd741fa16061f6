//! Frames of the Phoenix channel protocol: objects in version 1.0.0, arrays and binary frames in 2.0.0.

use axum::extract::ws::Message;
use bytes::Bytes;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::binary;

/// Version of the serialisation (`vsn`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Version {
    V1,
    V2,
}

impl Version {
    /// The version a client asks for; without a word it is the first.
    pub(super) fn parse(vsn: Option<&str>) -> Option<Self> {
        match vsn {
            None | Some("1.0.0") => Some(Self::V1),
            Some("2.0.0") => Some(Self::V2),
            Some(_) => None,
        }
    }
}

/// What a client pushes. References are echoed as they came, strings as a rule, null when absent.
#[derive(Debug)]
pub(super) struct Push {
    pub(super) join_ref: Value,
    pub(super) reference: Value,
    pub(super) topic: String,
    pub(super) content: PushContent,
}

/// An event with its payload, or the broadcast of a binary frame.
#[derive(Debug)]
pub(super) enum PushContent {
    Event { name: String, payload: Box<RawValue> },
    UserBroadcast { event: String, metadata: Option<Box<RawValue>>, payload: UserPayload },
}

/// The payload of a broadcast in a binary frame.
#[derive(Debug, Clone)]
pub(super) enum UserPayload {
    Json(Box<RawValue>),
    Bytes(Bytes),
}

#[derive(Deserialize)]
struct ObjectPush {
    topic: String,
    event: String,
    #[serde(default)]
    payload: Option<Box<RawValue>>,
    #[serde(default, rename = "ref")]
    reference: Value,
    #[serde(default)]
    join_ref: Value,
}

/// Reads a text frame; `None` when it is none of this version.
pub(super) fn parse_text(version: Version, text: &str) -> Option<Push> {
    let object = match version {
        Version::V1 => serde_json::from_str(text).ok()?,
        Version::V2 => {
            // A sixth element would be of a later version.
            let (join_ref, reference, topic, event, payload) =
                serde_json::from_str::<(Value, Value, String, String, Box<RawValue>)>(text).ok()?;
            ObjectPush { topic, event, payload: Some(payload), reference, join_ref }
        }
    };
    let payload = match object.payload {
        Some(payload) => payload,
        None => to_raw_value(&Value::Null).ok()?,
    };
    Some(Push {
        join_ref: reference_of(object.join_ref)?,
        reference: reference_of(object.reference)?,
        topic: object.topic,
        content: PushContent::Event { name: object.event, payload },
    })
}

/// Reads a binary frame, which only version 2.0.0 has.
pub(super) fn parse_binary(version: Version, bytes: &Bytes) -> Option<Push> {
    if version == Version::V1 {
        return None;
    }
    let frame = binary::parse_push(bytes)?;
    let metadata = match frame.metadata {
        "" => None,
        text => Some(raw(text)?),
    };
    let payload = match frame.encoding {
        binary::Encoding::Json => UserPayload::Json(raw(std::str::from_utf8(&frame.payload).ok()?)?),
        binary::Encoding::Bytes => UserPayload::Bytes(frame.payload),
    };
    let reference = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    Some(Push {
        join_ref: reference(frame.join_ref),
        reference: reference(frame.reference),
        topic: frame.topic.to_owned(),
        content: PushContent::UserBroadcast { event: frame.event.to_owned(), metadata, payload },
    })
}

fn raw(text: &str) -> Option<Box<RawValue>> {
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    RawValue::from_string(text.trim().to_owned()).ok()
}

fn reference_of(value: Value) -> Option<Value> {
    matches!(value, Value::Null | Value::String(_) | Value::Number(_)).then_some(value)
}

/// What the service sends. `join_ref` is only on the wire in version 2.0.0.
#[derive(Debug)]
pub(super) struct Frame<'a, P> {
    pub(super) join_ref: &'a Value,
    pub(super) reference: &'a Value,
    pub(super) topic: &'a str,
    pub(super) event: &'a str,
    pub(super) payload: P,
}

#[derive(Serialize)]
struct ObjectFrame<'a, P> {
    #[serde(rename = "ref")]
    reference: &'a Value,
    event: &'a str,
    topic: &'a str,
    payload: &'a P,
}

impl<P: Serialize> Frame<'_, P> {
    /// The text frame of a version.
    pub(super) fn encode(&self, version: Version) -> Message {
        let text = match version {
            Version::V1 => serde_json::to_string(&ObjectFrame {
                reference: self.reference,
                event: self.event,
                topic: self.topic,
                payload: &self.payload,
            }),
            Version::V2 => {
                serde_json::to_string(&(self.join_ref, self.reference, self.topic, self.event, &self.payload))
            }
        };
        Message::text(text.unwrap_or_default())
    }
}

/// Answer to a push.
#[derive(Debug, Serialize)]
pub(super) struct Reply<R> {
    status: &'static str,
    response: R,
}

impl<R> Reply<R> {
    pub(super) fn ok(response: R) -> Self {
        Self { status: "ok", response }
    }

    pub(super) fn error(response: R) -> Self {
        Self { status: "error", response }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn both_versions_carry_the_same_push() {
        let object = r#"{"topic":"realtime:a","event":"e","payload":{"x":1},"ref":"2","join_ref":"1"}"#;
        let array = r#"["1","2","realtime:a","e",{"x":1}]"#;
        for push in [parse_text(Version::V1, object).unwrap(), parse_text(Version::V2, array).unwrap()] {
            assert_eq!((push.join_ref, push.reference), (json!("1"), json!("2")));
            assert_eq!(push.topic, "realtime:a");
            let PushContent::Event { name, payload } = push.content else { panic!("no event") };
            assert_eq!((name.as_str(), payload.get()), ("e", r#"{"x":1}"#));
        }
    }

    #[test]
    fn a_frame_of_the_other_version_is_none() {
        assert!(parse_text(Version::V1, r#"[null,"1","phoenix","heartbeat",{}]"#).is_none());
        assert!(parse_text(Version::V2, r#"{"topic":"phoenix","event":"heartbeat","payload":{}}"#).is_none());
        assert!(parse_text(Version::V1, "garbage").is_none());
    }

    #[test]
    fn the_join_reference_goes_out_in_version_two_only() {
        let frame = Frame {
            join_ref: &json!("1"),
            reference: &Value::Null,
            topic: "realtime:a",
            event: "system",
            payload: json!({}),
        };
        assert_eq!(
            frame.encode(Version::V1),
            Message::text(r#"{"ref":null,"event":"system","topic":"realtime:a","payload":{}}"#)
        );
        assert_eq!(frame.encode(Version::V2), Message::text(r#"["1",null,"realtime:a","system",{}]"#));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = parse_text(Version::V1, &text);
            let _ = parse_text(Version::V2, &text);
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64), kind in 0u8..6) {
            let mut bytes = bytes;
            bytes.insert(0, kind);
            let _ = parse_binary(Version::V2, &Bytes::from(bytes));
        }
    }
}
