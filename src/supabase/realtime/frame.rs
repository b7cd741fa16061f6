//! Frames of the Phoenix channel protocol, version 1.0.0.
//!
//! 1.0.0 because every frame is one JSON object in a text message: 2.0.0 sends database broadcasts in a binary
//! frame, which saves a few bytes and needs a second decoder.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The version asked for when connecting.
pub(super) const VERSION: &str = "1.0.0";

/// Prefix of every channel's topic on the wire.
const PREFIX: &str = "realtime:";

/// A frame to the service.
#[derive(Debug, Serialize)]
pub(super) struct Outgoing {
    topic: String,
    event: &'static str,
    payload: Value,
    #[serde(rename = "ref")]
    reference: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    join_ref: Option<String>,
}

impl Outgoing {
    pub(super) fn heartbeat(reference: u64) -> Self {
        let reference = reference.to_string();
        Self { topic: "phoenix".into(), event: "heartbeat", payload: json!({}), reference, join_ref: None }
    }

    /// Joins a private channel.
    pub(super) fn join(topic: &str, token: &str, reference: u64) -> Self {
        let payload = json!({
            "config": {
                "private": true,
                "broadcast": { "ack": false, "self": false },
                "presence": { "key": "", "enabled": false },
                "postgres_changes": [],
            },
            "access_token": token,
        });
        Self::to_channel(topic, "phx_join", payload, reference, reference)
    }

    pub(super) fn leave(topic: &str, reference: u64, join: u64) -> Self {
        Self::to_channel(topic, "phx_leave", json!({}), reference, join)
    }

    /// Replaces the token a channel was joined with.
    pub(super) fn access_token(topic: &str, token: &str, reference: u64, join: u64) -> Self {
        Self::to_channel(topic, "access_token", json!({ "access_token": token }), reference, join)
    }

    fn to_channel(topic: &str, event: &'static str, payload: Value, reference: u64, join: u64) -> Self {
        let topic = format!("{PREFIX}{topic}");
        Self { topic, event, payload, reference: reference.to_string(), join_ref: Some(join.to_string()) }
    }
}

/// A frame from the service, as far as it matters.
#[derive(Debug, PartialEq)]
pub(super) enum Incoming {
    /// Answer to the heartbeat of that reference.
    Alive(u64),
    /// A join was accepted or refused.
    Reply { topic: String, reference: u64, refused: Option<String> },
    /// Something was sent to the channel.
    Broadcast { topic: String, event: String, payload: Value },
    /// The service reports a failure of a channel.
    Failure { topic: String, message: String },
    /// The service ended the join of that reference, or whichever there is.
    Closed { topic: String, reference: Option<u64> },
    /// Nothing of interest.
    Other,
}

#[derive(Deserialize)]
struct Wire {
    topic: String,
    event: String,
    #[serde(default)]
    payload: Value,
    #[serde(rename = "ref", default)]
    reference: Option<String>,
}

impl Incoming {
    /// Reads a text message. What cannot be read is of no interest: the service may say new things.
    pub(super) fn parse(text: &str) -> Self {
        let Ok(wire) = serde_json::from_str::<Wire>(text) else { return Self::Other };
        let reference = wire.reference.as_deref().and_then(|reference| reference.parse().ok());
        let Some(topic) = wire.topic.strip_prefix(PREFIX) else {
            return reference.filter(|_| wire.topic == "phoenix").map_or(Self::Other, Self::Alive);
        };
        let topic = topic.to_owned();
        match (wire.event.as_str(), reference) {
            ("phx_reply", Some(reference)) => {
                Self::Reply { topic, reference, refused: refusal(&wire.payload) }
            }
            ("broadcast", _) => Self::broadcast(topic, wire.payload),
            ("system", _) if wire.payload["status"] == "error" => {
                Self::Failure { topic, message: text_of(&wire.payload["message"]) }
            }
            ("phx_close" | "phx_error", reference) => Self::Closed { topic, reference },
            _ => Self::Other,
        }
    }

    fn broadcast(topic: String, mut payload: Value) -> Self {
        let event = text_of(&payload["event"]);
        Self::Broadcast { topic, event, payload: payload["payload"].take() }
    }
}

fn refusal(payload: &Value) -> Option<String> {
    (payload["status"] != "ok").then(|| text_of(&payload["response"]["reason"]))
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_join_is_private_and_carries_the_token() {
        let frame = serde_json::to_value(Outgoing::join("worker:jobs", "eyJ", 7)).unwrap();
        assert_eq!(frame["topic"], "realtime:worker:jobs");
        assert_eq!((&frame["ref"], &frame["join_ref"]), (&json!("7"), &json!("7")));
        assert_eq!(frame["payload"]["config"]["private"], true);
        assert_eq!(frame["payload"]["access_token"], "eyJ");
    }

    #[test]
    fn replies_close_and_broadcasts_are_told_apart() {
        let denied = r#"{"ref":"1","event":"phx_reply","topic":"realtime:a:b","payload":{"status":"error","response":{"reason":"Unauthorized: no"}}}"#;
        let refused = Some("Unauthorized: no".to_owned());
        assert_eq!(Incoming::parse(denied), Incoming::Reply { topic: "a:b".into(), reference: 1, refused });
        let close = r#"{"ref":"8","event":"phx_close","topic":"realtime:t","payload":{}}"#;
        assert_eq!(Incoming::parse(close), Incoming::Closed { topic: "t".into(), reference: Some(8) });
        let sent = r#"{"ref":null,"event":"broadcast","topic":"realtime:t","payload":{"event":"INSERT","payload":{"record":{"seq":1}},"type":"broadcast"}}"#;
        let payload = json!({"record": {"seq": 1}});
        assert_eq!(
            Incoming::parse(sent),
            Incoming::Broadcast { topic: "t".into(), event: "INSERT".into(), payload }
        );
        let alive =
            r#"{"ref":"3","event":"phx_reply","topic":"phoenix","payload":{"status":"ok","response":{}}}"#;
        assert_eq!(Incoming::parse(alive), Incoming::Alive(3));
    }

    #[test]
    fn frames_that_cannot_be_read_do_no_harm() {
        for text in
            ["", "[]", "{}", "null", r#"{"topic":1}"#, r#"{"topic":"realtime:t","event":"broadcast"}"#]
        {
            assert!(
                !matches!(Incoming::parse(text), Incoming::Reply { .. } | Incoming::Closed { .. }),
                "{text}"
            );
        }
    }
}
