//! `/realtime/v1`: Phoenix channels over websockets, with broadcasts from clients and from the database, changes of
//! published tables, and presence.

mod authorization;
mod binary;
mod broadcast;
mod changes;
mod channel;
mod connect;
mod distribution;
mod frame;
mod hub;
mod join;
mod member;
mod messages;
mod outbox;
mod partitions;
mod presence;
mod replication;
mod rest;
mod rest_single;
mod socket;
mod token;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use tokio::sync::{Semaphore, watch};

use crate::project::Project;
use authorization::Permissions;
use changes::Changes;
use hub::{Hub, TopicKey};
use token::Caller;

const MAX_SOCKETS: usize = 1000;
/// How long a join waits for the reader of the log, which starts with the service.
const READY_LIMIT: Duration = Duration::from_secs(15);

/// What the channels share.
#[derive(Debug)]
pub(crate) struct Realtime {
    project: Arc<Project>,
    hub: Arc<Hub>,
    changes: Arc<Changes>,
    sockets: Arc<Semaphore>,
    /// Becomes true once messages of the database reach the channels.
    ready: watch::Receiver<bool>,
}

/// The service's routes, without the `/realtime/v1` in front. Starts reading the database's log.
pub(crate) fn router(project: Arc<Project>) -> Router {
    let hub = Arc::new(Hub::default());
    let changes = Arc::new(Changes::new(project.database.realtime.clone()));
    let ready = distribution::start(&project.database, &hub, &changes);
    partitions::keep(project.database.realtime.clone(), Arc::downgrade(&hub));
    let sockets = Arc::new(Semaphore::new(MAX_SOCKETS));
    let service = Arc::new(Realtime { project, hub, changes, sockets, ready });
    Router::new()
        .route("/websocket", get(connect::connect))
        .route("/api/broadcast", post(rest::broadcast))
        .route("/api/broadcast/{topic}/events/{event}", post(rest_single::broadcast))
        .layer(DefaultBodyLimit::max(rest::MAX_BODY_BYTES))
        .fallback(unsupported)
        .with_state(service)
}

async fn unsupported(request: Request) -> Response {
    let message = format!("local-supabase does not support {} of Realtime", request.uri().path());
    (StatusCode::NOT_IMPLEMENTED, message).into_response()
}

impl Realtime {
    /// What a caller may do with a private topic; the error is for the client.
    async fn permissions(&self, caller: &Caller, topic: &str) -> Result<Permissions, String> {
        Permissions::of(&self.project.database.realtime, caller, topic).await.map_err(|error| {
            tracing::warn!(%error, "the policies on realtime.messages could not be asked");
            "UnableToSetPolicies: the policies on realtime.messages could not be evaluated".to_owned()
        })
    }

    /// True when a caller may send broadcasts to a topic.
    async fn may_broadcast(&self, caller: &Caller, topic: &TopicKey) -> bool {
        if !topic.private {
            return true;
        }
        let permissions = self.permissions(caller, &topic.name).await;
        permissions.is_ok_and(|permissions| permissions.write_broadcast)
    }

    async fn until_ready(&self) -> Result<(), String> {
        let mut ready = self.ready.clone();
        let is_ready = matches!(
            tokio::time::timeout(READY_LIMIT, ready.wait_for(|is_ready| *is_ready)).await,
            Ok(Ok(_))
        );
        is_ready.then_some(()).ok_or_else(|| {
            "DatabaseConnectionIssue: the database's log is not being read, try again later".to_owned()
        })
    }
}
