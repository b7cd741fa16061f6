//! Connections to PostgreSQL: a pool for each service, under the role it has on a hosted project.

use std::time::Duration;

use deadpool_postgres::{Hook, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Transaction};
use tokio_postgres::{Config, NoTls};

use crate::claims::Claims;

/// How long a request waits for a free connection.
const WAIT: Duration = Duration::from_secs(10);

/// Realtime asks the policies of the project's author, which may be slow: all subscribers wait for the answer.
const REALTIME_SETTINGS: &str =
    "set search_path = realtime, public, extensions; set statement_timeout = '5s'; set lock_timeout = '5s'";

/// The pools.
#[derive(Debug)]
pub(crate) struct Database {
    /// `authenticator`: PostgREST's login, which may become `anon`, `authenticated` or `service_role`.
    pub(crate) rest: Pool,
    /// `supabase_auth_admin`: owner of schema auth.
    pub(crate) auth: Pool,
    /// `supabase_storage_admin`: owner of schema storage, which may become the API roles too.
    pub(crate) storage: Pool,
    /// `supabase_admin`: superuser, for Realtime's reading of the log and of policies.
    pub(crate) realtime: Pool,
    /// Settings of a superuser connection outside the pools.
    pub(crate) superuser: Config,
}

impl Database {
    /// Pools over the server that `superuser` reaches; `password` is every service role's.
    pub(crate) fn new(superuser: &Config, password: &str) -> Result<Self, deadpool_postgres::BuildError> {
        let pool = |role: &str, size: usize, settings: &'static str| {
            let mut config = superuser.clone();
            config.user(role).password(password).application_name(format!("local-supabase {role}"));
            let manager = Manager::from_config(
                config,
                NoTls,
                ManagerConfig { recycling_method: RecyclingMethod::Fast },
            );
            Pool::builder(manager)
                .max_size(size)
                .wait_timeout(Some(WAIT))
                .create_timeout(Some(WAIT))
                .recycle_timeout(Some(WAIT))
                .runtime(Runtime::Tokio1)
                .post_create(Hook::async_fn(move |client, _| {
                    Box::pin(async move {
                        client.batch_execute(settings).await.map_err(deadpool_postgres::HookError::Backend)
                    })
                }))
                .build()
        };
        Ok(Self {
            rest: pool("authenticator", 20, "set search_path = public, extensions")?,
            auth: pool("supabase_auth_admin", 8, "set search_path = auth")?,
            storage: pool("supabase_storage_admin", 20, "set search_path = storage, public, extensions")?,
            realtime: pool("supabase_admin", 16, REALTIME_SETTINGS)?,
            superuser: superuser.clone(),
        })
    }
}

/// Opens a transaction in which PostgreSQL sees the caller: its role and its claims, as PostgREST, Storage and
/// Realtime set them. `role` must be one the API roles' login may become; PostgreSQL refuses any other (22023).
pub(crate) async fn transaction_as<'a>(
    client: &'a mut Object,
    role: &str,
    claims: &Claims,
) -> Result<Transaction<'a>, tokio_postgres::Error> {
    let transaction = client.transaction().await?;
    let subject = claims.subject().map(|id| id.to_string()).unwrap_or_default();
    transaction
        .execute(
            "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true), \
             set_config('request.jwt.claim.sub', $3, true), set_config('request.jwt.claim.role', $1, true)",
            &[&role, &claims.to_json(), &subject],
        )
        .await?;
    Ok(transaction)
}
