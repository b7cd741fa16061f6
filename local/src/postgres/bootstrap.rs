//! Prepares a new cluster as a hosted project's database is prepared.

use sha2::{Digest as _, Sha256};
use tokio_postgres::{Config, NoTls};

use super::PostgresError;

/// The scripts in their order: roles first, then each service's schema, last what a migration may rely on.
const SCRIPTS: &[(&str, &str)] = &[
    ("roles.sql", include_str!("bootstrap/roles.sql")),
    ("auth.sql", include_str!("bootstrap/auth.sql")),
    ("storage.sql", include_str!("bootstrap/storage.sql")),
    ("realtime.sql", include_str!("bootstrap/realtime.sql")),
    ("grants.sql", include_str!("bootstrap/grants.sql")),
    ("reload.sql", include_str!("bootstrap/reload.sql")),
];

/// What tells a database prepared by these scripts from others.
pub(crate) fn fingerprint() -> String {
    let mut hash = Sha256::new();
    for (name, script) in SCRIPTS {
        hash.update(name);
        hash.update(script);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

pub(crate) async fn run(superuser: &Config) -> Result<(), PostgresError> {
    let failed = |script: &str, error: &tokio_postgres::Error| {
        let reason = error.as_db_error().map_or_else(|| error.to_string(), |db| db.message().to_owned());
        PostgresError::Bootstrap(format!("{script}: {reason}"))
    };
    let (client, connection) = superuser.connect(NoTls).await.map_err(|error| failed("connect", &error))?;
    let connection = tokio::spawn(connection);
    for (name, script) in SCRIPTS {
        client.batch_execute(script).await.map_err(|error| failed(name, &error))?;
    }
    drop(client);
    connection.abort();
    Ok(())
}
