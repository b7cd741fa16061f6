//! One websocket: frames in to the channels, frames out of the outbox.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc};

use super::Realtime;
use super::channel::{Command, Joining, unmatched};
use super::frame::{Push, PushContent, Reply, Version, parse_binary, parse_text};
use super::member::Member;
use super::outbox::{Outbox, Outgoing};

const MAX_CHANNELS: usize = 100;
/// Channels that are being joined or left count too; a client that rejoins all of its channels has twice as many.
const MAX_CHANNEL_TASKS: usize = 2 * MAX_CHANNELS;
const MAX_TOPIC_BYTES: usize = 1024;
/// Pushes that wait for their channel; beyond that the socket is not read on.
const CHANNEL_INBOX: usize = 64;
/// Clients send a heartbeat every 25 to 30 s.
const IDLE_LIMIT: Duration = Duration::from_mins(1);
const WRITE_LIMIT: Duration = Duration::from_secs(30);

/// A channel as its socket knows it.
#[derive(Debug)]
struct Handle {
    join_ref: Value,
    inbox: mpsc::Sender<Command>,
}

/// The reading half.
#[derive(Debug)]
pub(super) struct Socket {
    service: Arc<Realtime>,
    version: Version,
    /// The API key of the connection.
    token: Arc<str>,
    outbox: Outbox,
    channels: HashMap<String, Handle>,
    tasks: Arc<Semaphore>,
}

/// Serves a websocket until either side ends it.
pub(super) async fn serve(service: Arc<Realtime>, websocket: WebSocket, version: Version, token: Arc<str>) {
    let (sink, stream) = websocket.split();
    let (outbox, outgoing) = Outbox::new();
    let mut socket = Socket {
        service,
        version,
        token,
        outbox: outbox.clone(),
        channels: HashMap::new(),
        tasks: Arc::new(Semaphore::new(MAX_CHANNEL_TASKS)),
    };
    tokio::select! {
        () = write(sink, outgoing) => {}
        () = socket.read(stream) => {}
        () = outbox.overflowed() => tracing::warn!("a realtime client reads too slowly and was disconnected"),
    }
}

async fn write(mut sink: SplitSink<WebSocket, Message>, mut outgoing: Outgoing) {
    while let Some(frame) = outgoing.next().await {
        if !matches!(tokio::time::timeout(WRITE_LIMIT, sink.send(frame)).await, Ok(Ok(()))) {
            return;
        }
    }
}

impl Socket {
    async fn read(&mut self, mut stream: SplitStream<WebSocket>) {
        while let Ok(Some(Ok(message))) = tokio::time::timeout(IDLE_LIMIT, stream.next()).await {
            let push = match message {
                Message::Text(text) => parse_text(self.version, &text),
                Message::Binary(bytes) => parse_binary(self.version, &bytes),
                Message::Close(_) => return,
                Message::Ping(_) | Message::Pong(_) => None,
            };
            // What cannot be read is ignored.
            if let Some(push) = push {
                self.handle(push).await;
            }
        }
    }

    async fn handle(&mut self, push: Push) {
        let Push { join_ref, reference, topic, content } = push;
        match content {
            PushContent::Event { name, .. } if topic == "phoenix" => self.phoenix(&name, &reference),
            PushContent::Event { name, payload } if name == "phx_join" => {
                self.join(topic, join_ref, reference, payload).await;
            }
            PushContent::Event { name, .. } if name == "phx_leave" => {
                self.leave(topic, join_ref, reference).await;
            }
            content => self.pass_on(topic, join_ref, reference, content).await,
        }
    }

    fn phoenix(&self, event: &str, reference: &Value) {
        if event == "heartbeat" {
            let member = self.member("phoenix".to_owned(), Value::Null);
            member.send(reference, "phx_reply", Reply::ok(json!({})));
        }
    }

    async fn join(&mut self, topic: String, join_ref: Value, reference: Value, payload: Box<RawValue>) {
        self.channels.retain(|_, handle| !handle.inbox.is_closed());
        let join_ref = if join_ref.is_null() { reference.clone() } else { join_ref };
        let member = self.member(topic.clone(), join_ref.clone());
        let Some(name) = topic.strip_prefix("realtime:").map(str::to_owned) else {
            self.outbox.send(unmatched(&member, &reference));
            return;
        };
        if let Some(old) = self.channels.remove(&topic) {
            let _ = old.inbox.send(Command::Supersede).await;
        }
        let refuse = |reason: &str| {
            member.send(&reference, "phx_reply", Reply::error(json!({"reason": reason})));
        };
        if name.len() > MAX_TOPIC_BYTES {
            return refuse(&format!("TopicNameTooLong: a topic has at most {MAX_TOPIC_BYTES} bytes"));
        }
        let task = self.tasks.clone().try_acquire_owned();
        let (Ok(task), true) = (task, self.channels.len() < MAX_CHANNELS) else {
            return refuse("ChannelRateLimitReached: Too many channels");
        };
        let (inbox, commands) = mpsc::channel(CHANNEL_INBOX);
        let connection_token = self.token.clone();
        let joining = Joining { service: self.service.clone(), name, member, reference, connection_token };
        tokio::spawn(async move {
            joining.run(payload, commands).await;
            drop(task);
        });
        self.channels.insert(topic, Handle { join_ref, inbox });
    }

    async fn leave(&mut self, topic: String, join_ref: Value, reference: Value) {
        let current = self.channels.get(&topic).is_some_and(|handle| handle.is_meant_by(&join_ref));
        if current
            && let Some(handle) = self.channels.remove(&topic)
            && handle.inbox.send(Command::Leave { reference: reference.clone() }).await.is_ok()
        {
            return;
        }
        // To have left what is gone already is no error.
        self.member(topic, join_ref).send(&reference, "phx_reply", Reply::ok(json!({})));
    }

    async fn pass_on(&mut self, topic: String, join_ref: Value, reference: Value, content: PushContent) {
        match self.channels.get(&topic) {
            // A push of an earlier join of the topic.
            Some(handle) if !handle.is_meant_by(&join_ref) => return,
            Some(handle) => {
                let command = Command::Push { reference: reference.clone(), content };
                if handle.inbox.send(command).await.is_ok() {
                    return;
                }
                self.channels.remove(&topic);
            }
            None => {}
        }
        let member = self.member(topic, join_ref);
        self.outbox.send(unmatched(&member, &reference));
    }

    fn member(&self, topic: String, join_ref: Value) -> Member {
        Member {
            topic,
            join_ref,
            version: self.version,
            outbox: self.outbox.clone(),
            receives_own: false,
            wants_presence: false,
        }
    }
}

impl Handle {
    fn is_meant_by(&self, join_ref: &Value) -> bool {
        join_ref.is_null() || *join_ref == self.join_ref
    }
}
