//! The topics and who has joined them. A public and a private topic of one name are two.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::ws::Message;
use serde_json::value::to_raw_value;
use serde_json::{Map, Value};

use super::broadcast::Broadcast;
use super::frame::Version;
use super::member::{Member, MemberId};
use super::presence::{Diff, Presence};

/// A topic, without the `realtime:` clients put in front.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct TopicKey {
    pub(super) name: String,
    pub(super) private: bool,
}

#[derive(Debug, Default)]
struct Topic {
    members: HashMap<MemberId, Member>,
    presence: Presence,
}

/// All topics.
#[derive(Debug, Default)]
pub(super) struct Hub {
    topics: Mutex<HashMap<TopicKey, Topic>>,
    next: AtomicU64,
}

impl Hub {
    /// Adds a member. `greeting` is sent ahead of anything the topic brings; then the presence, where wanted.
    pub(super) fn join(self: &Arc<Self>, key: TopicKey, member: Member, greeting: Message) -> Membership {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut topics = self.lock();
        let topic = topics.entry(key.clone()).or_default();
        member.outbox.send(greeting);
        if member.wants_presence {
            member.send(&Value::Null, "presence_state", topic.presence.state());
        }
        topic.members.insert(id, member);
        drop(topics);
        Membership { hub: self.clone(), key, id }
    }

    /// True when somebody would get a broadcast.
    pub(super) fn has_members(&self, key: &TopicKey) -> bool {
        self.lock().contains_key(key)
    }

    /// Sends to everyone in the topic.
    pub(super) fn broadcast(&self, key: &TopicKey, broadcast: &Broadcast) {
        if let Some(topic) = self.lock().get(key) {
            topic.deliver(broadcast, |_, _| true);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TopicKey, Topic>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Topic {
    /// Encodes once for each version and spelling of the topic, which is one for almost every topic.
    fn deliver(&self, broadcast: &Broadcast, wanted: impl Fn(MemberId, &Member) -> bool) {
        let mut encoded: HashMap<(Version, &str), Option<Message>> = HashMap::new();
        for (id, member) in &self.members {
            if !wanted(*id, member) {
                continue;
            }
            let frame = encoded
                .entry((member.version, &member.topic))
                .or_insert_with(|| broadcast.encode(member.version, &member.topic));
            if let Some(frame) = frame {
                member.outbox.send(frame.clone());
            }
        }
    }

    fn deliver_diff(&self, diff: &Diff) {
        if let Ok(payload) = to_raw_value(diff) {
            let broadcast = Broadcast::Event { event: "presence_diff", payload };
            self.deliver(&broadcast, |_, member| member.wants_presence);
        }
    }
}

/// A place in a topic; dropping it leaves the topic.
#[derive(Debug)]
pub(super) struct Membership {
    hub: Arc<Hub>,
    key: TopicKey,
    id: MemberId,
}

impl Membership {
    /// Sends to the others in the topic, and to this member if it wants its own.
    pub(super) fn broadcast(&self, broadcast: &Broadcast) {
        if let Some(topic) = self.hub.lock().get(&self.key) {
            topic.deliver(broadcast, |id, member| id != self.id || member.receives_own);
        }
    }

    /// Makes this member present under `key`. It gets the changes from now on.
    pub(super) fn track(&self, key: &str, fields: Map<String, Value>) {
        let mut topics = self.hub.lock();
        let Some(topic) = topics.get_mut(&self.key) else { return };
        if let Some(member) = topic.members.get_mut(&self.id) {
            member.wants_presence = true;
        }
        let reference = crate::keys::random_text(9);
        let diff = topic.presence.track(self.id, key, fields, reference);
        topic.deliver_diff(&diff);
    }

    /// Makes this member absent.
    pub(super) fn untrack(&self) {
        if let Some(topic) = self.hub.lock().get_mut(&self.key)
            && let Some(diff) = topic.presence.untrack(self.id)
        {
            topic.deliver_diff(&diff);
        }
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        let mut topics = self.hub.lock();
        let Some(topic) = topics.get_mut(&self.key) else { return };
        topic.members.remove(&self.id);
        if let Some(diff) = topic.presence.untrack(self.id) {
            topic.deliver_diff(&diff);
        }
        if topic.members.is_empty() {
            topics.remove(&self.key);
        }
    }
}
