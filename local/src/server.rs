//! The stand-in as a whole: PostgreSQL, the services, one listener.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::database::Database;
use crate::keys::{Keys, KeysError};
use crate::options::Options;
use crate::postgres::{Cluster, PostgresError};
use crate::project::Project;
use crate::{auth, gateway, realtime, rest, storage};

/// Why a stand-in did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// PostgreSQL is not running.
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// The keys are unusable.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The HTTP port is taken.
    #[error("port {port} is in use: choose another ({reason})")]
    PortInUse {
        /// The port asked for.
        port: u16,
        /// What the system said.
        reason: std::io::Error,
    },
    /// A directory could not be made.
    #[error("cannot make the data directory: {0}")]
    Directory(std::io::Error),
    /// The connection pools could not be made.
    #[error("cannot make a connection pool: {0}")]
    Pool(#[from] deadpool_postgres::BuildError),
}

/// A running stand-in. It stops, and its PostgreSQL with it, when dropped.
#[derive(Debug)]
pub struct LocalSupabase {
    project: Arc<Project>,
    cluster: Cluster,
    shutdown: Option<oneshot::Sender<()>>,
    _temporary: Option<TempDir>,
}

impl LocalSupabase {
    /// Starts one: PostgreSQL first, then the services. Takes a few seconds on fresh data.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let (dir, temporary) = match &options.data_dir {
            Some(dir) => (dir.clone(), None),
            None => {
                let temporary = tempfile::Builder::new()
                    .prefix("local-supabase-")
                    .tempdir()
                    .map_err(StartError::Directory)?;
                (temporary.path().to_owned(), Some(temporary))
            }
        };
        let objects_dir = dir.join("objects");
        std::fs::create_dir_all(&objects_dir).map_err(StartError::Directory)?;
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, options.port)))
            .await
            .map_err(|reason| StartError::PortInUse { port: options.port, reason })?;
        let port = listener.local_addr().map_err(StartError::Directory)?.port();
        let keys = Keys::load_or_generate(&dir, options.jwt_secret.clone())?;
        let cluster = Cluster::start(&dir, &options).await?;
        let database = Database::new(&cluster.superuser, crate::postgres::PASSWORD)?;
        let project =
            Arc::new(Project { keys, database, url: format!("http://127.0.0.1:{port}"), objects_dir });
        let (shutdown, stopped) = oneshot::channel();
        let app = router(&project);
        tokio::spawn(async move {
            let stop = async {
                let _ = stopped.await;
            };
            if let Err(error) = axum::serve(listener, app).with_graceful_shutdown(stop).await {
                tracing::error!(%error, "the listener ended");
            }
        });
        Ok(Self { project, cluster, shutdown: Some(shutdown), _temporary: temporary })
    }

    /// Where it is reached: `http://127.0.0.1:PORT`, the `SUPABASE_URL` of its clients.
    pub fn url(&self) -> &str {
        &self.project.url
    }

    /// Every key of the project.
    pub fn keys(&self) -> &Keys {
        &self.project.keys
    }

    /// Connection URL of role `postgres`, which runs migrations: no superuser, as on a hosted project.
    pub fn database_url(&self) -> String {
        self.database_url_of("postgres")
    }

    /// Connection URL of the superuser `supabase_admin`, for what a hosted project sets in its dashboard.
    pub fn admin_database_url(&self) -> String {
        self.database_url_of("supabase_admin")
    }

    fn database_url_of(&self, role: &str) -> String {
        let port = self.cluster.port;
        format!("postgresql://{role}:{}@127.0.0.1:{port}/postgres?sslmode=disable", crate::postgres::PASSWORD)
    }

    /// Stops the services and PostgreSQL, waiting a few seconds at most.
    pub fn stop(mut self) {
        drop(self.shutdown.take());
        self.cluster.stop();
    }
}

fn router(project: &Arc<Project>) -> Router {
    Router::new()
        .nest("/auth/v1", auth::router(project.clone()))
        .nest("/rest/v1", rest::router(project.clone()))
        .nest("/storage/v1", storage::router(project.clone()))
        .nest("/realtime/v1", realtime::router(project.clone()))
        .fallback(unknown_service)
        .layer(middleware::from_fn_with_state(project.clone(), gateway::resolve_api_keys))
}

async fn unknown_service(request: Request) -> Response {
    let message = format!(
        "no service answers at {}: local-supabase serves /auth/v1, /rest/v1, /storage/v1 and /realtime/v1",
        request.uri().path()
    );
    (StatusCode::NOT_FOUND, message).into_response()
}
