//! One channel of one socket: joining, then joined until it is left, superseded, or its token ends.

use std::sync::Arc;

use axum::extract::ws::Message;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

use super::Realtime;
use super::authorization::Permissions;
use super::broadcast::Broadcast;
use super::changes::{Binding, Subscription};
use super::frame::{PushContent, Reply};
use super::hub::{Membership, TopicKey};
use super::join::JoinRequest;
use super::member::Member;
use super::token::{Caller, TokenRefusal};

/// Longest presence key and largest presence payload, in bytes.
const MAX_PRESENCE_KEY: usize = 256;
const MAX_PRESENCE_PAYLOAD: usize = 64 << 10;

/// What the socket hands to a channel.
#[derive(Debug)]
pub(super) enum Command {
    Push {
        reference: Value,
        content: PushContent,
    },
    Leave {
        reference: Value,
    },
    /// The client has joined the topic anew.
    Supersede,
}

/// A channel that is about to be joined.
#[derive(Debug)]
pub(super) struct Joining {
    pub(super) service: Arc<Realtime>,
    /// The topic without `realtime:`.
    pub(super) name: String,
    pub(super) member: Member,
    /// Reference of the join.
    pub(super) reference: Value,
    /// The API key of the connection, for clients that give the channel no token.
    pub(super) connection_token: Arc<str>,
}

/// A channel in use.
#[derive(Debug)]
struct Joined {
    service: Arc<Realtime>,
    name: String,
    member: Member,
    membership: Membership,
    private: bool,
    acknowledges: bool,
    presence_key: String,
    caller: Caller,
    permissions: Permissions,
    subscription: Option<Subscription>,
}

/// What a joined channel does next.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Stay,
    Close,
}

impl Joining {
    /// Joins and serves the channel until it ends.
    pub(super) async fn run(self, payload: Box<RawValue>, inbox: mpsc::Receiver<Command>) {
        let (member, reference) = (self.member.clone(), self.reference.clone());
        match self.open(&payload).await {
            Ok(joined) => joined.run(inbox).await,
            Err(reason) => {
                member.send(&reference, "phx_reply", Reply::error(json!({"reason": reason})));
            }
        }
    }

    async fn open(mut self, payload: &RawValue) -> Result<Joined, String> {
        if self.name.is_empty() {
            return Err("TopicNameRequired: You must provide a topic name".to_owned());
        }
        let request = JoinRequest::parse(payload).map_err(|error| error.to_string())?;
        let caller = self.caller(&request)?;
        let bindings: Vec<Binding> = request.bindings(&self.name).into_iter().map(Binding::new).collect();
        let config = request.config.unwrap_or_default();
        let permissions = self.permissions(config.private, &caller).await?;
        self.service.until_ready().await?;

        self.member.receives_own = config.broadcast.own;
        self.member.wants_presence = config.presence.enabled && permissions.read_presence;
        let replies: Vec<Value> = bindings.iter().map(Binding::reply).collect();
        let reply = Reply::ok(json!({"postgres_changes": replies}));
        let greeting = self.member.frame(&self.reference, "phx_reply", reply);
        let key = TopicKey { name: self.name.clone(), private: config.private };
        let membership = self.service.hub.join(key, self.member.clone(), greeting);
        let mut joined = Joined {
            service: self.service,
            name: self.name,
            member: self.member,
            membership,
            private: config.private,
            acknowledges: config.broadcast.ack,
            presence_key: presence_key(config.presence.key),
            caller,
            permissions,
            subscription: None,
        };
        joined.subscribe(bindings).await;
        Ok(joined)
    }

    fn caller(&self, request: &JoinRequest) -> Result<Caller, String> {
        let token = request.access_token.as_deref().filter(|token| !is_api_key(token));
        let token = token.unwrap_or(&self.connection_token);
        Caller::verify(token, &self.service.project.keys)
            .map_err(|refusal| format!("{}: {}", refusal.code(), refusal.message()))
    }

    async fn permissions(&self, private: bool, caller: &Caller) -> Result<Permissions, String> {
        if !private {
            return Ok(Permissions::PUBLIC);
        }
        let permissions = self.service.permissions(caller, &self.name).await?;
        if permissions.may_join() {
            Ok(permissions)
        } else {
            Err(format!("Unauthorized: {}", unreadable(&self.name)))
        }
    }
}

impl Joined {
    async fn run(mut self, mut inbox: mpsc::Receiver<Command>) {
        loop {
            let step = tokio::select! {
                command = inbox.recv() => match command {
                    Some(command) => self.handle(command).await,
                    None => return,
                },
                () = tokio::time::sleep(self.caller.time_left()) => {
                    self.refuse(&self.caller.expiry().message())
                }
            };
            if step == Step::Close {
                self.member.send(&self.member.join_ref, "phx_close", json!({}));
                return;
            }
        }
    }

    async fn handle(&mut self, command: Command) -> Step {
        match command {
            Command::Supersede => Step::Close,
            Command::Leave { reference } => {
                self.reply(&reference, Reply::ok(json!({})));
                Step::Close
            }
            Command::Push { reference, content: PushContent::UserBroadcast { event, metadata, payload } } => {
                self.broadcast(&reference, &Broadcast::User { event, metadata, payload });
                Step::Stay
            }
            Command::Push { reference, content: PushContent::Event { name, payload } } => match name.as_str()
            {
                "broadcast" => {
                    self.broadcast(&reference, &Broadcast::Event { event: "broadcast", payload });
                    Step::Stay
                }
                "presence" => {
                    self.presence(&reference, &payload);
                    Step::Stay
                }
                "access_token" => self.renew(&payload).await,
                _ => Step::Stay,
            },
        }
    }

    /// Without the right to write nothing happens, not even an acknowledgement.
    fn broadcast(&self, reference: &Value, broadcast: &Broadcast) {
        if !self.permissions.write_broadcast {
            return;
        }
        self.membership.broadcast(broadcast);
        if self.acknowledges {
            self.reply(reference, Reply::ok(json!({})));
        }
    }

    fn presence(&self, reference: &Value, payload: &RawValue) {
        #[derive(Deserialize)]
        struct Push {
            event: String,
            #[serde(default)]
            payload: Map<String, Value>,
        }
        let push = serde_json::from_str::<Push>(payload.get()).ok();
        let push =
            push.filter(|_| self.permissions.write_presence && payload.get().len() <= MAX_PRESENCE_PAYLOAD);
        let known = push.is_some_and(|push| match push.event.to_ascii_lowercase().as_str() {
            "track" => {
                self.reply(reference, Reply::ok(json!({})));
                self.membership.track(&self.presence_key, push.payload);
                true
            }
            "untrack" => {
                self.reply(reference, Reply::ok(json!({})));
                self.membership.untrack();
                true
            }
            _ => false,
        });
        if !known {
            self.reply(reference, Reply::error(json!({})));
        }
    }

    /// Takes a new token: valid ones get no answer.
    async fn renew(&mut self, payload: &RawValue) -> Step {
        #[derive(Deserialize)]
        struct Push {
            access_token: Option<String>,
        }
        let push = serde_json::from_str::<Push>(payload.get()).ok();
        let Some(token) = push.and_then(|push| push.access_token).filter(|token| !is_api_key(token)) else {
            return Step::Stay;
        };
        let caller = match Caller::verify(&token, &self.service.project.keys) {
            Ok(caller) => caller,
            Err(refusal) => return self.refuse(&TokenRefusal::message(refusal)),
        };
        if self.private {
            match self.service.permissions(&caller, &self.name).await {
                Ok(permissions) if permissions.may_join() => self.permissions = permissions,
                Ok(_) => return self.refuse(&unreadable(&self.name)),
                Err(reason) => return self.refuse(&reason),
            }
        }
        if let Some(subscription) = &mut self.subscription {
            subscription.renew(&caller);
        }
        self.caller = caller;
        Step::Stay
    }

    /// Starts sending changes, then says whether the bindings make sense.
    async fn subscribe(&mut self, bindings: Vec<Binding>) {
        if bindings.is_empty() {
            return;
        }
        let checked = self.service.changes.check(&bindings, &self.caller).await;
        match checked {
            Ok(checked) => {
                let subscription = self.service.changes.subscribe(&self.member, &self.caller, checked);
                self.subscription = Some(subscription);
                self.system("ok", "postgres_changes", "Subscribed to PostgreSQL");
            }
            Err(message) => self.system("error", "postgres_changes", &message),
        }
    }

    fn refuse(&self, message: &str) -> Step {
        self.system("error", "system", message);
        Step::Close
    }

    fn system(&self, status: &str, extension: &str, message: &str) {
        let payload =
            json!({"message": message, "status": status, "extension": extension, "channel": self.name});
        self.member.send(&Value::Null, "system", payload);
    }

    fn reply(&self, reference: &Value, reply: Reply<Value>) {
        self.member.send(reference, "phx_reply", reply);
    }
}

/// The reply to a push whose topic is not joined.
pub(super) fn unmatched(member: &Member, reference: &Value) -> Message {
    member.frame(reference, "phx_reply", Reply::error(json!({"reason": "unmatched topic"})))
}

/// supabase-js without a session gives its new-style API key as the token: the connection's stands for it.
fn is_api_key(token: &str) -> bool {
    token.starts_with("sb_")
}

fn unreadable(topic: &str) -> String {
    format!("You do not have permissions to read from this Channel topic: {topic}")
}

fn presence_key(given: String) -> String {
    if given.is_empty() || given.len() > MAX_PRESENCE_KEY { uuid::Uuid::new_v4().to_string() } else { given }
}
