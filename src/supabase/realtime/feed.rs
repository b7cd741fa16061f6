//! Every event of a document or of a user's documents: none lost, none twice, in order, across reconnections.
//!
//! Broadcasts bring events at once; whenever some may have been missed (a gap in `seq`, a new join, a slow reader)
//! the database is asked for what follows the last one seen.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::channel::Broadcast;
use super::sequence::{Place, Sequence};
use super::{Next, Notice, Realtime, Subscription};
use crate::supabase::backoff::Backoff;
use crate::supabase::error::{Refusal, Service, SupabaseError};
use crate::supabase::rest::{Filter, Repeat, Rest, Schema, Select};

/// Events asked for at once.
const SLICE: usize = 500;
/// Attempts to see an event that was announced by its successor.
const ATTEMPTS: u32 = 8;

/// One row of a document's history.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct JobEvent {
    /// The document.
    pub document_id: Uuid,
    /// Its number among the document's events, from 1, without gaps.
    pub seq: i64,
    /// The job it is about, if any.
    pub job_id: Option<Uuid>,
    /// `progress`, `pages.saved`, `document.status` …
    pub kind: String,
    /// What happened.
    pub payload: Value,
    /// When, as RFC 3339.
    pub at: String,
}

/// What a feed is about.
#[derive(Debug, Clone, Copy)]
enum Scope {
    Document(Uuid),
    User,
}

/// A gapless stream of events.
#[derive(Debug)]
pub struct EventFeed {
    rest: Rest,
    subscription: Subscription,
    scope: Scope,
    seen: HashMap<Uuid, Sequence>,
    /// Documents to be asked about, with the number that has to be reached.
    behind: HashMap<Uuid, i64>,
    /// For a user's feed: whether documents not seen yet may have had events.
    rejoined: bool,
    /// Time of the latest event, RFC 3339.
    latest: Option<String>,
    ready: VecDeque<JobEvent>,
}

impl EventFeed {
    /// Events of one document that follow number `after` (0: all).
    pub async fn of_document(
        realtime: &Realtime,
        rest: &Rest,
        document: Uuid,
        after: i64,
    ) -> Result<Self, SupabaseError> {
        let subscription = realtime.join(&format!("document:{document}")).await?;
        let mut feed = Self::new(rest, subscription, Scope::Document(document));
        feed.seen.insert(document, Sequence::after(after));
        Ok(feed)
    }

    /// Events, from now on, of all documents of a user. Once one event of a document has come, all that follow do.
    pub async fn of_user(realtime: &Realtime, rest: &Rest, user: Uuid) -> Result<Self, SupabaseError> {
        let subscription = realtime.join(&format!("user:{user}")).await?;
        Ok(Self::new(rest, subscription, Scope::User))
    }

    fn new(rest: &Rest, subscription: Subscription, scope: Scope) -> Self {
        Self {
            rest: rest.clone(),
            subscription,
            scope,
            seen: HashMap::new(),
            behind: HashMap::new(),
            rejoined: false,
            latest: None,
            ready: VecDeque::new(),
        }
    }

    /// The next event. After an error it may be called again: nothing is lost. Safe to cancel.
    pub async fn next(&mut self) -> Result<JobEvent, SupabaseError> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(event);
            }
            if self.rejoined {
                self.find_missed_documents().await?;
            } else if let Some((document, goal)) = self.behind.iter().map(|(id, goal)| (*id, *goal)).next() {
                self.catch_up(document, goal).await?;
            } else {
                let next = self.subscription.next().await?;
                self.take(next)?;
            }
        }
    }

    fn take(&mut self, next: Next) -> Result<(), SupabaseError> {
        match next {
            Next::Missed | Next::Notice(Notice::Joined) => {
                self.rejoined = matches!(self.scope, Scope::User) && self.latest.is_some();
                self.behind.extend(self.seen.iter().map(|(document, sequence)| (*document, sequence.last())));
            }
            Next::Notice(Notice::Broadcast(broadcast)) => self.take_broadcast(&broadcast),
            Next::Notice(Notice::Interrupted) => {}
            Next::Notice(Notice::Refused(message)) => {
                let refusal = Refusal { status: 403, message, ..Refusal::default() };
                return Err(SupabaseError::Forbidden { service: Service::Realtime, refusal });
            }
        }
        Ok(())
    }

    fn take_broadcast(&mut self, broadcast: &Broadcast) {
        let Ok(event) = JobEvent::deserialize(&broadcast.payload["record"]) else { return };
        if matches!(self.scope, Scope::Document(document) if document != event.document_id) {
            return;
        }
        let (document, seq) = (event.document_id, event.seq);
        if self.offer(event) == Place::Ahead {
            self.behind.insert(document, seq);
        }
    }

    fn offer(&mut self, event: JobEvent) -> Place {
        // A document not seen yet is one of a user's feed: it begins with what comes first.
        let sequence = self.seen.entry(event.document_id).or_insert(Sequence::after(event.seq - 1));
        let place = sequence.offer(event.seq);
        if place == Place::Next {
            if self.latest.as_ref().is_none_or(|latest| *latest < event.at) {
                self.latest = Some(event.at.clone());
            }
            self.ready.push_back(event);
        }
        place
    }

    /// Asks for what follows the last event seen, until `goal` is reached.
    async fn catch_up(&mut self, document: Uuid, goal: i64) -> Result<(), SupabaseError> {
        let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(2));
        loop {
            let last = self.seen.get(&document).map_or(0, |sequence| sequence.last());
            let arguments = json!({ "document_id": document, "after_seq": last, "max_events": SLICE });
            let missed: Vec<JobEvent> =
                self.rest.rpc(Schema::Public, "events_since", &arguments, Repeat::Safe).await?;
            let full = missed.len() >= SLICE;
            for event in missed {
                self.offer(event);
            }
            let reached = self.seen.get(&document).is_some_and(|sequence| sequence.last() >= goal);
            if full || reached {
                if !full {
                    self.behind.remove(&document);
                }
                return Ok(());
            }
            if backoff.attempts() + 1 >= ATTEMPTS {
                return Err(SupabaseError::malformed(
                    Service::Rest,
                    "an event that was announced cannot be read",
                ));
            }
            tokio::time::sleep(backoff.next_delay()).await;
        }
    }

    /// Finds documents whose first events came while the user's channel was not joined.
    async fn find_missed_documents(&mut self) -> Result<(), SupabaseError> {
        let mut from = self.latest.as_deref().map_or_else(String::new, earlier);
        loop {
            let select = Select {
                table: "job_events",
                columns: "document_id,seq,job_id,kind,payload,at",
                filters: vec![Filter::Gte("at", &from)],
                order: "at.asc,document_id.asc,seq.asc",
                limit: SLICE,
            };
            let missed: Vec<JobEvent> = self.rest.select(&select).await?;
            let reached = missed.last().filter(|last| missed.len() >= SLICE && last.at != from);
            let next = reached.map(|last| last.at.clone());
            for event in missed {
                let (document, seq) = (event.document_id, event.seq);
                if self.offer(event) == Place::Ahead {
                    self.behind.insert(document, seq);
                }
            }
            match next {
                Some(next) => from = next,
                None => break,
            }
        }
        self.rejoined = false;
        Ok(())
    }
}

/// The time `at` less the longest a transaction may have been open when a later one was seen.
fn earlier(at: &str) -> String {
    let slack = jiff::SignedDuration::from_secs(60);
    at.parse::<jiff::Timestamp>()
        .ok()
        .and_then(|time| time.checked_sub(slack).ok())
        .map_or_else(|| at.to_owned(), |time| time.to_string())
}
