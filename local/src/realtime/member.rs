//! A member of a topic: one channel of one socket.

use axum::extract::ws::Message;
use serde::Serialize;
use serde_json::Value;

use super::frame::{Frame, Version};
use super::outbox::Outbox;

/// Names a member for as long as the service runs.
pub(super) type MemberId = u64;

/// Where a member's frames go, and which it wants.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// The topic as the client writes it.
    pub(super) topic: String,
    pub(super) join_ref: Value,
    pub(super) version: Version,
    pub(super) outbox: Outbox,
    /// Its own broadcasts come back to it.
    pub(super) receives_own: bool,
    pub(super) wants_presence: bool,
}

impl Member {
    /// A frame of this member's channel.
    pub(super) fn frame<P: Serialize>(&self, reference: &Value, event: &str, payload: P) -> Message {
        Frame { join_ref: &self.join_ref, reference, topic: &self.topic, event, payload }.encode(self.version)
    }

    /// Sends a frame of this member's channel.
    pub(super) fn send<P: Serialize>(&self, reference: &Value, event: &str, payload: P) {
        self.outbox.send(self.frame(reference, event, payload));
    }
}
