//! The connection: one task that owns the socket, keeps it alive, and brings it back.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message, Utf8Bytes};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::ConnectionState;
use super::channel::{Channel, Notice};
use super::frame::{Incoming, Outgoing, VERSION};
use crate::supabase::backoff::{Backoff, jittered};
use crate::supabase::error::{Refusal, Service, SupabaseError};
use crate::supabase::observe::observe;
use crate::supabase::project::Project;
use crate::supabase::session::{Session, TokenChanges};
use crate::telemetry::metrics::metrics;

/// Between heartbeats; the service drops a connection after about a minute without one.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// Time for the answer to one.
const HEARTBEAT_LIMIT: Duration = Duration::from_secs(10);
/// Largest message accepted, bytes; the service itself sends records of at most 1 MiB.
const MESSAGE_LIMIT: usize = 8 << 20;
/// A connection that held this long was a good one: the next failure starts with short waits again.
const STABLE: Duration = Duration::from_secs(30);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A request to the task. Dropping the receiver of the answer leaves the channel.
#[derive(Debug)]
pub(super) struct Join {
    pub(super) topic: String,
    pub(super) answer: oneshot::Sender<broadcast::Receiver<Notice>>,
}

pub(super) struct Driver {
    project: Project,
    session: Session,
    tokens: TokenChanges,
    joins: mpsc::Receiver<Join>,
    state: watch::Sender<ConnectionState>,
    channels: HashMap<String, Channel>,
    reference: u64,
}

/// Why a connection is no longer served.
enum End {
    /// Nobody holds the handle any more.
    Abandoned,
    Broken(SupabaseError),
}

impl From<SupabaseError> for End {
    fn from(error: SupabaseError) -> Self {
        Self::Broken(error)
    }
}

/// Heartbeats of one connection.
struct Pulse {
    next: Instant,
    unanswered: Option<(u64, Instant)>,
}

impl Driver {
    pub(super) fn new(
        project: Project,
        session: Session,
        joins: mpsc::Receiver<Join>,
        state: watch::Sender<ConnectionState>,
    ) -> Self {
        let tokens = session.changes();
        Self { project, session, tokens, joins, state, channels: HashMap::new(), reference: 0 }
    }

    /// Connects and serves, again and again, until the handle is dropped.
    pub(super) async fn run(mut self) {
        let mut backoff = Backoff::new(Duration::from_millis(250), Duration::from_secs(30));
        loop {
            let begun = Instant::now();
            let End::Broken(error) = self.connect_and_serve().await else { return };
            self.state.send_replace(ConnectionState::Disconnected);
            metrics().realtime_connected(false);
            let now = Instant::now();
            self.channels.values_mut().for_each(|channel| channel.disconnected(now));
            if now.duration_since(begun) > STABLE {
                backoff.reset();
            }
            let delay = backoff.next_delay();
            tracing::debug!(%error, delay_ms = delay.as_millis() as u64, "realtime connection lost; connecting again");
            if self.wait(delay).await.is_none() {
                return;
            }
        }
    }

    /// Lets time pass, still taking joins. `None` when the handle is gone.
    async fn wait(&mut self, delay: Duration) -> Option<()> {
        let until = Instant::now() + delay;
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(until) => return Some(()),
                join = self.joins.recv() => self.admit(join?),
            }
        }
    }

    async fn connect_and_serve(&mut self) -> End {
        match observe(Service::Realtime, "connect", |_| self.connect()).await {
            Ok(socket) => {
                metrics().realtime_connected(true);
                self.state.send_replace(ConnectionState::Connected);
                match self.serve(socket).await {
                    Ok(never) => match never {},
                    Err(end) => end,
                }
            }
            Err(error) => End::Broken(error),
        }
    }

    async fn connect(&self) -> Result<Socket, SupabaseError> {
        let address =
            format!("{}?apikey={}&vsn={VERSION}", self.project.socket(), self.project.key().expose());
        let config = WebSocketConfig::default()
            .max_message_size(Some(MESSAGE_LIMIT))
            .max_frame_size(Some(MESSAGE_LIMIT))
            .max_write_buffer_size(MESSAGE_LIMIT);
        let limit = self.project.limits().connect;
        let connecting = tokio_tungstenite::connect_async_with_config(address, Some(config), true);
        let (socket, _) = tokio::time::timeout(limit, connecting)
            .await
            .map_err(|_| SupabaseError::Timeout { service: Service::Realtime, after: limit })?
            .map_err(|error| translate(&error))?;
        Ok(socket)
    }

    async fn serve(&mut self, mut socket: Socket) -> Result<std::convert::Infallible, End> {
        let mut pulse = Pulse { next: Instant::now() + jittered(HEARTBEAT, 0.2), unanswered: None };
        loop {
            self.join_due(&mut socket).await?;
            let due = self.next_deadline(&pulse);
            tokio::select! {
                received = socket.next() => self.receive(received, &mut pulse)?,
                join = self.joins.recv() => self.admit(join.ok_or(End::Abandoned)?),
                token = self.tokens.next() => self.push_token(&mut socket, token.expose()).await?,
                () = tokio::time::sleep_until(due) => {
                    self.leave_unwanted(&mut socket).await?;
                    self.beat(&mut socket, &mut pulse).await?;
                }
            }
        }
    }

    fn admit(&mut self, join: Join) {
        let channel = self.channels.entry(join.topic).or_insert_with(|| Channel::new(Instant::now()));
        // An error means that the asker has gone; the channel is then left as unwanted.
        let _ = join.answer.send(channel.subscribe());
    }

    fn next_deadline(&self, pulse: &Pulse) -> Instant {
        let heart = pulse.unanswered.map_or(pulse.next, |(_, sent)| pulse.next.min(sent + HEARTBEAT_LIMIT));
        self.channels.values().filter_map(Channel::deadline).fold(heart, Instant::min)
    }

    async fn join_due(&mut self, socket: &mut Socket) -> Result<(), SupabaseError> {
        let now = Instant::now();
        let due: Vec<_> = self
            .channels
            .iter_mut()
            .filter_map(|(topic, channel)| channel.wants_join(now).then(|| topic.clone()))
            .collect();
        if due.is_empty() {
            return Ok(());
        }
        let token = self.session.token().await?;
        for topic in due {
            let reference = self.next_reference();
            send(socket, &Outgoing::join(&topic, token.expose(), reference)).await?;
            if let Some(channel) = self.channels.get_mut(&topic) {
                channel.joining(reference, Instant::now());
            }
        }
        Ok(())
    }

    async fn push_token(&mut self, socket: &mut Socket, token: &str) -> Result<(), SupabaseError> {
        let joined: Vec<_> = self
            .channels
            .iter()
            .filter_map(|(topic, channel)| Some((topic.clone(), channel.joined()?)))
            .collect();
        for (topic, join) in joined {
            let reference = self.next_reference();
            send(socket, &Outgoing::access_token(&topic, token, reference, join)).await?;
        }
        Ok(())
    }

    async fn leave_unwanted(&mut self, socket: &mut Socket) -> Result<(), SupabaseError> {
        let unwanted: Vec<_> = self
            .channels
            .iter()
            .filter(|(_, channel)| !channel.is_wanted())
            .map(|(topic, _)| topic.clone())
            .collect();
        for topic in unwanted {
            if let Some(join) = self.channels.remove(&topic).and_then(|channel| channel.joined()) {
                let reference = self.next_reference();
                send(socket, &Outgoing::leave(&topic, reference, join)).await?;
            }
        }
        Ok(())
    }

    async fn beat(&mut self, socket: &mut Socket, pulse: &mut Pulse) -> Result<(), SupabaseError> {
        let now = Instant::now();
        if let Some((_, sent)) = pulse.unanswered
            && now >= sent + HEARTBEAT_LIMIT
        {
            return Err(SupabaseError::Timeout { service: Service::Realtime, after: HEARTBEAT_LIMIT });
        }
        if now >= pulse.next {
            let reference = self.next_reference();
            send(socket, &Outgoing::heartbeat(reference)).await?;
            *pulse = Pulse { next: now + jittered(HEARTBEAT, 0.2), unanswered: Some((reference, now)) };
        }
        Ok(())
    }

    fn receive(
        &mut self,
        received: Option<Result<Message, tungstenite::Error>>,
        pulse: &mut Pulse,
    ) -> Result<(), SupabaseError> {
        match received {
            None => Err(SupabaseError::network(Service::Realtime, "the service closed the connection")),
            Some(Err(error)) => Err(translate(&error)),
            Some(Ok(Message::Text(text))) => {
                self.handle(Incoming::parse(&text), pulse);
                Ok(())
            }
            Some(Ok(_)) => Ok(()),
        }
    }

    fn handle(&mut self, incoming: Incoming, pulse: &mut Pulse) {
        let now = Instant::now();
        match incoming {
            Incoming::Alive(reference) => {
                pulse.unanswered = pulse.unanswered.filter(|(sent, _)| *sent != reference);
            }
            Incoming::Reply { topic, reference, refused } => {
                self.on_channel(&topic, |channel| channel.reply(reference, refused, now));
            }
            Incoming::Broadcast { topic, event, payload } => {
                self.on_channel(&topic, |channel| channel.deliver(event, payload));
            }
            Incoming::Failure { topic, message } => {
                tracing::debug!(topic, message, "realtime channel failed");
            }
            Incoming::Closed { topic, reference } => {
                self.on_channel(&topic, |channel| channel.closed(reference, now));
            }
            Incoming::Other => {}
        }
    }

    fn on_channel(&mut self, topic: &str, act: impl FnOnce(&mut Channel)) {
        if let Some(channel) = self.channels.get_mut(topic) {
            act(channel);
        }
    }

    fn next_reference(&mut self) -> u64 {
        self.reference += 1;
        self.reference
    }
}

async fn send(socket: &mut Socket, frame: &Outgoing) -> Result<(), SupabaseError> {
    let text =
        serde_json::to_string(frame).map_err(|error| SupabaseError::malformed(Service::Realtime, error))?;
    tokio::time::timeout(HEARTBEAT_LIMIT, socket.send(Message::Text(Utf8Bytes::from(text))))
        .await
        .map_err(|_| SupabaseError::Timeout { service: Service::Realtime, after: HEARTBEAT_LIMIT })?
        .map_err(|error| translate(&error))
}

/// The error without the address, which holds the key.
fn translate(error: &tungstenite::Error) -> SupabaseError {
    let service = Service::Realtime;
    match error {
        tungstenite::Error::Http(response) => {
            let status = response.status().as_u16();
            let message = "the connection was refused".to_owned();
            SupabaseError::refused(service, Refusal { status, message, ..Refusal::default() })
        }
        tungstenite::Error::Io(error) => SupabaseError::network(service, error),
        tungstenite::Error::Tls(error) => SupabaseError::network(service, error),
        tungstenite::Error::Protocol(error) => SupabaseError::network(service, error),
        tungstenite::Error::Capacity(error) => SupabaseError::network(service, error),
        tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed => {
            SupabaseError::network(service, "the connection is closed")
        }
        _ => SupabaseError::network(service, "the connection failed"),
    }
}
