//! The service's state: the schema as it was read last, and what keeps it current.

use std::future::poll_fn;
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use tokio::sync::Mutex;
use tokio_postgres::{AsyncMessage, NoTls};

use super::error::RestError;
use super::schema::{self, Schema};
use crate::project::Project;

/// How long to wait before listening again after the connection was lost.
const RECONNECT: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) project: Arc<Project>,
    current: RwLock<Option<Reading>>,
    /// Held while the catalogs are read: one reading at a time.
    reading: Mutex<()>,
}

#[derive(Debug, Clone)]
struct Reading {
    schema: Arc<Schema>,
    started: Instant,
}

impl Service {
    /// The service, listening for `notify pgrst` as long as it lives.
    pub(crate) fn start(project: Arc<Project>) -> Arc<Self> {
        let service = Arc::new(Self { project, current: RwLock::new(None), reading: Mutex::new(()) });
        tokio::spawn(keep_current(Arc::downgrade(&service)));
        service
    }

    /// The schema as it is known.
    pub(crate) async fn schema(&self) -> Result<Arc<Schema>, RestError> {
        match self.known() {
            Some(reading) => Ok(reading.schema),
            None => self.schema_since(Instant::now()).await,
        }
    }

    /// The schema as it was at `since` or later.
    pub(crate) async fn schema_since(&self, since: Instant) -> Result<Arc<Schema>, RestError> {
        let _guard = self.reading.lock().await;
        if let Some(reading) = self.known().filter(|reading| reading.started >= since) {
            return Ok(reading.schema);
        }
        let started = Instant::now();
        let schema = Arc::new(self.read().await?);
        let reading = Reading { schema: schema.clone(), started };
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(reading);
        Ok(schema)
    }

    fn known(&self) -> Option<Reading> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn read(&self) -> Result<Schema, RestError> {
        let unavailable = |reason: String| {
            let message = "Could not query the database for the schema cache. Retrying.";
            RestError::new(StatusCode::SERVICE_UNAVAILABLE, "PGRST002", message).details(reason)
        };
        let client =
            self.project.database.realtime.get().await.map_err(|error| unavailable(error.to_string()))?;
        let defaults = &self.project.exposed_schemas;
        schema::load(&client, defaults).await.map_err(|error| unavailable(error.to_string()))
    }
}

/// Reads the catalogs anew after each notification, until the service is gone.
async fn keep_current(service: Weak<Service>) {
    while let Some(project) = service.upgrade().map(|service| service.project.clone()) {
        if let Err(error) = listen(&service, &project).await {
            tracing::debug!(%error, "the connection that listens for schema changes ended");
        }
        drop(project);
        tokio::time::sleep(RECONNECT).await;
    }
}

async fn listen(service: &Weak<Service>, project: &Project) -> Result<(), tokio_postgres::Error> {
    let (client, mut connection) = project.database.superuser.connect(NoTls).await?;
    let (changes, mut changed) = tokio::sync::mpsc::channel(1);
    let messages = tokio::spawn(async move {
        while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
            match message {
                Ok(AsyncMessage::Notification(_)) => drop(changes.try_send(())),
                Ok(_) => {}
                Err(_) => return,
            }
        }
    });
    client.batch_execute("listen pgrst").await?;
    // Also before the first notification: what was sent while nobody listened is lost.
    loop {
        let Some(service) = service.upgrade() else { break };
        if let Err(error) = service.schema_since(Instant::now()).await {
            tracing::warn!(%error, "the schema could not be read");
        }
        drop(service);
        if changed.recv().await.is_none() {
            break;
        }
    }
    messages.abort();
    Ok(())
}
