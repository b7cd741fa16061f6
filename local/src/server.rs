//! The stand-in as a whole: PostgreSQL, the services, one listener.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::cors::{self, StoragePreflights};
use crate::data_directory::{DataDirectory, DataDirectoryError};
use crate::database::Database;
use crate::functions::{self, Functions};
use crate::keys::{Keys, KeysError};
use crate::options::Options;
use crate::postgres::{Cluster, PostgresError};
use crate::project::Project;
use crate::project_config::{ProjectConfig, ProjectConfigError};
use crate::{auth, gateway, realtime, request_log, rest, storage};

/// The least bytes of an HS256 secret.
const MINIMUM_SECRET: usize = 32;

/// How long an access token is valid unless the options say otherwise, in seconds.
const DEFAULT_JWT_EXPIRY: i64 = 3600;

/// The largest object unless the options say otherwise, in bytes.
const DEFAULT_FILE_SIZE_LIMIT: u64 = 5 << 30;

/// A service of a hosted project that is not here.
const UNSUPPORTED_SERVICE: &str = "/graphql/v1";

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
    #[error("port {port} cannot be used ({reason}): stop what holds it, or choose another with --port")]
    PortInUse {
        /// The port asked for.
        port: u16,
        /// What the system said.
        reason: std::io::Error,
    },
    /// The project's settings are unusable.
    #[error(transparent)]
    Config(#[from] ProjectConfigError),
    /// The data directory cannot be used.
    #[error(transparent)]
    Directory(#[from] DataDirectoryError),
    /// The directory for stored objects could not be made.
    #[error("cannot make the directory for stored objects: {0}")]
    Objects(std::io::Error),
    /// HS256 needs more.
    #[error("the JWT secret is too short: give at least 32 characters")]
    ShortSecret,
    /// The connection pools could not be made.
    #[error("cannot make a connection pool: {0}")]
    Pool(#[from] deadpool_postgres::BuildError),
}

/// A running stand-in. It stops, and its PostgreSQL with it, when dropped.
#[derive(Debug)]
pub struct LocalSupabase {
    project: Arc<Project>,
    functions: Arc<Functions>,
    cluster: Cluster,
    shutdown: Option<oneshot::Sender<()>>,
    /// Given back, and removed if temporary, after the server that uses it has stopped.
    _directory: DataDirectory,
}

impl LocalSupabase {
    /// Starts one: PostgreSQL first, then the services. Takes a few seconds on fresh data.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        if options.jwt_secret.as_ref().is_some_and(|secret| secret.len() < MINIMUM_SECRET) {
            return Err(StartError::ShortSecret);
        }
        // Absolute, since functions run in another working directory.
        let env_file = options.functions_env_file.as_deref().map(std::path::absolute).transpose();
        let env_file = env_file.map_err(StartError::Objects)?;
        let config = ProjectConfig::find(options.supabase_dir.as_deref())?;
        let directory = DataDirectory::open(options.data_dir.as_deref())?;
        let objects_dir = directory.objects();
        std::fs::create_dir_all(&objects_dir).map_err(StartError::Objects)?;
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, options.port)))
            .await
            .map_err(|reason| StartError::PortInUse { port: options.port, reason })?;
        let port = listener.local_addr().map_err(StartError::Objects)?.port();
        let keys = Keys::load_or_generate(directory.path(), options.jwt_secret.clone(), options.signing)?
            .with_standby_key(options.standby_key_file.as_deref())?;
        let cluster = Cluster::start(&directory, &options).await?;
        let database = Database::new(&cluster.superuser, crate::postgres::PASSWORD)?;
        let project = Arc::new(Project {
            keys,
            database,
            url: format!("http://127.0.0.1:{port}"),
            jwt_expiry_seconds: options.jwt_expiry_seconds.map_or(DEFAULT_JWT_EXPIRY, i64::from),
            objects_dir,
            exposed_schemas: config.exposed_schemas(&options.exposed_schemas),
            file_size_limit: options.file_size_limit.unwrap_or(DEFAULT_FILE_SIZE_LIMIT),
        });
        let (shutdown, stopped) = oneshot::channel();
        let functions =
            Functions::new(project.clone(), config, env_file, database_url("postgres", cluster.port));
        let app = router(&project, functions.clone(), &options);
        tokio::spawn(async move {
            let stop = async {
                let _ = stopped.await;
            };
            if let Err(error) = axum::serve(listener, app).with_graceful_shutdown(stop).await {
                tracing::error!(%error, "the listener ended");
            }
        });
        Ok(Self { project, functions, cluster, shutdown: Some(shutdown), _directory: directory })
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
        database_url("postgres", self.cluster.port)
    }

    /// Connection URL of the superuser `supabase_admin`, for what a hosted project sets in its dashboard.
    pub fn admin_database_url(&self) -> String {
        database_url("supabase_admin", self.cluster.port)
    }

    /// Stops the services and PostgreSQL, waiting a few seconds at most.
    pub fn stop(mut self) {
        drop(self.shutdown.take());
        self.functions.stop();
        self.cluster.stop();
    }
}

impl Drop for LocalSupabase {
    fn drop(&mut self) {
        self.functions.stop();
    }
}

fn database_url(role: &str, port: u16) -> String {
    format!("postgresql://{role}:{}@127.0.0.1:{port}/postgres?sslmode=disable", crate::postgres::PASSWORD)
}

fn router(project: &Arc<Project>, functions: Arc<Functions>, options: &Options) -> Router {
    let router = Router::new()
        .nest("/auth/v1", auth::router(project.clone()))
        .nest_service("/rest/v1", rest::router(project.clone()))
        .nest("/storage/v1", storage::router(project.clone()))
        .nest("/realtime/v1", realtime::router(project.clone()))
        .fallback(unknown_service)
        .layer(middleware::from_fn_with_state(project.clone(), gateway::resolve_api_keys))
        .layer(middleware::from_fn_with_state(StoragePreflights(options.storage_preflights), cors::gateway))
        // Functions get the keys as they are sent: a new-style key is no token to their gateway.
        .nest("/functions/v1", functions::router(functions));
    if options.log_requests { router.layer(middleware::from_fn(request_log::log)) } else { router }
}

async fn unknown_service(request: Request) -> Response {
    let path = request.uri().path();
    if path.starts_with(UNSUPPORTED_SERVICE) {
        let message = format!("local-supabase does not support {path}");
        return (StatusCode::NOT_IMPLEMENTED, Json(json!({"message": message}))).into_response();
    }
    let message = format!(
        "no service answers at {path}: local-supabase serves /auth/v1, /rest/v1, /storage/v1, /realtime/v1 and /functions/v1"
    );
    (StatusCode::NOT_FOUND, message).into_response()
}
