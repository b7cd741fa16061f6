//! One PostgreSQL cluster: made, started, stopped.

use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use tokio_postgres::{Config, NoTls};

use super::binaries::{Binaries, UnprivilegedUser, command_as};
use super::bootstrap;
use crate::options::Options;

/// The password of every role, as `supabase start` uses it: the server listens on loopback only.
pub(crate) const PASSWORD: &str = "postgres";

/// How long the server may take to accept connections: crash recovery of a kept directory included.
const START_LIMIT: Duration = Duration::from_mins(1);

/// Runs the server and stops it when standard input closes. A stand-in that is killed closes it as well, so the
/// server never outlives it.
const SUPERVISOR: &str = r#""$@" </dev/null & server=$!
( cat >/dev/null; kill -INT $server 2>/dev/null ) <&3 &
wait $server"#;

/// Why PostgreSQL is not running.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// No installation was found.
    #[error("PostgreSQL is missing: run 'make setup', or name a directory with bin/postgres")]
    NoBinaries,
    /// Running as root, and there is no user to run as instead.
    #[error("PostgreSQL does not run as root and there is no user 'nobody': run as another user")]
    NoUnprivilegedUser,
    /// The installation could not be made readable for the unprivileged user.
    #[error("cannot make PostgreSQL's programs usable for user 'nobody': {0}")]
    Copy(String),
    /// `initdb` or a file operation failed.
    #[error("cannot prepare the data directory: {0}")]
    DataDirectory(String),
    /// The port is taken.
    #[error("port {0} is in use: choose another database port")]
    PortInUse(u16),
    /// The server ended, or did not answer in time.
    #[error("PostgreSQL did not start: {0}")]
    Start(String),
    /// The project's roles and schemas could not be made.
    #[error("cannot prepare the database: {0}")]
    Bootstrap(String),
}

/// A running server. Dropping it stops the server.
#[derive(Debug)]
pub(crate) struct Cluster {
    supervisor: Child,
    /// A superuser's connection settings.
    pub(crate) superuser: Config,
    pub(crate) port: u16,
}

impl Cluster {
    /// Starts the server on `dir`, making and preparing the cluster first where there is none.
    pub(crate) async fn start(dir: &Path, options: &Options) -> Result<Self, PostgresError> {
        let user = UnprivilegedUser::when_root()?;
        let binaries = Binaries::find(options.postgres_dir.as_deref())?.usable_by(user)?;
        let data = dir.join("postgres");
        let is_new = !data.join("PG_VERSION").exists();
        if is_new {
            initialise(&binaries, &data, user).await?;
        }
        let port = choose_port(options.database_port)?;
        let mut cluster = Self {
            supervisor: spawn(&binaries, &data, user, port, options.data_dir.is_some())?,
            superuser: superuser(port),
            port,
        };
        cluster.wait_until_ready(&data).await?;
        if is_new {
            bootstrap::run(&cluster.superuser).await?;
        }
        Ok(cluster)
    }

    async fn wait_until_ready(&mut self, data: &Path) -> Result<(), PostgresError> {
        let deadline = Instant::now() + START_LIMIT;
        loop {
            let attempt = tokio::time::timeout(Duration::from_secs(5), self.superuser.connect(NoTls)).await;
            if matches!(attempt, Ok(Ok(_))) {
                return Ok(());
            }
            let ended = self.supervisor.try_wait().ok().flatten().is_some();
            if ended || Instant::now() > deadline {
                return Err(PostgresError::Start(last_log_line(data)));
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Stops the server and waits for it, a few seconds at most.
    pub(crate) fn stop(&mut self) {
        drop(self.supervisor.stdin.take());
        let deadline = Instant::now() + Duration::from_secs(5);
        while Instant::now() < deadline {
            if !matches!(self.supervisor.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.supervisor.kill();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

fn superuser(port: u16) -> Config {
    let mut config = Config::new();
    config.host("127.0.0.1").port(port).user("supabase_admin").password(PASSWORD).dbname("postgres");
    config.connect_timeout(Duration::from_secs(5));
    config
}

async fn initialise(
    binaries: &Binaries,
    data: &Path,
    user: Option<UnprivilegedUser>,
) -> Result<(), PostgresError> {
    let failed = |error: std::io::Error| PostgresError::DataDirectory(error.to_string());
    std::fs::create_dir_all(data).map_err(failed)?;
    std::fs::set_permissions(data, std::fs::Permissions::from_mode(0o700)).map_err(failed)?;
    let password_file = data.with_extension("password");
    std::fs::write(&password_file, PASSWORD).map_err(failed)?;
    if let Some(user) = user {
        make_traversable(data)?;
        for path in [data, &password_file] {
            chown(path, Some(user.uid), Some(user.gid)).map_err(failed)?;
        }
    }
    let mut command = command_as(&binaries.program("initdb"), user);
    command
        .args([
            "--username=supabase_admin",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ])
        .args(["--locale=C", "--auth=scram-sha-256", "--no-sync", "--no-instructions"])
        .arg(format!("--pwfile={}", password_file.display()))
        .arg("-D")
        .arg(data);
    let output = tokio::process::Command::from(command).output().await.map_err(failed)?;
    let _ = std::fs::remove_file(&password_file);
    if output.status.success() {
        Ok(())
    } else {
        Err(PostgresError::DataDirectory(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }
}

/// The unprivileged user must be able to walk to the data directory: the one above is ours, so open it.
fn make_traversable(data: &Path) -> Result<(), PostgresError> {
    let Some(parent) = data.parent() else { return Ok(()) };
    std::fs::set_permissions(parent, std::fs::Permissions::from_mode(0o711))
        .map_err(|error| PostgresError::DataDirectory(error.to_string()))
}

fn choose_port(wanted: u16) -> Result<u16, PostgresError> {
    let listener = TcpListener::bind(("127.0.0.1", wanted)).map_err(|_| PostgresError::PortInUse(wanted))?;
    listener.local_addr().map(|address| address.port()).map_err(|_| PostgresError::PortInUse(wanted))
}

fn spawn(
    binaries: &Binaries,
    data: &Path,
    user: Option<UnprivilegedUser>,
    port: u16,
    durable: bool,
) -> Result<Child, PostgresError> {
    let log =
        std::fs::File::create(log_path(data)).map_err(|error| PostgresError::Start(error.to_string()))?;
    let mut command = command_as(Path::new("/bin/sh"), user);
    command.args(["-c", &format!("exec 3<&0; {SUPERVISOR}"), "sh"]).arg(binaries.program("postgres"));
    command.arg("-D").arg(data).args(["-p", &port.to_string()]);
    let settings = [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "wal_level=logical",
        "max_wal_senders=10",
        "max_replication_slots=10",
        "max_connections=150",
        "timezone=UTC",
        "log_timezone=UTC",
        "jit=off",
    ];
    // Nobody needs a throw-away database to survive a power cut. Commits stay synchronous all the same: the log is
    // only read as far as it is written, and Realtime would lag by the log writer's delay.
    let throwaway = ["fsync=off", "full_page_writes=off"];
    for setting in settings.iter().chain(throwaway.iter().filter(|_| !durable)) {
        command.args(["-c", setting]);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log);
    command.spawn().map_err(|error| PostgresError::Start(error.to_string()))
}

fn log_path(data: &Path) -> PathBuf {
    data.with_extension("log")
}

fn last_log_line(data: &Path) -> String {
    let text = std::fs::read_to_string(log_path(data)).unwrap_or_default();
    text.lines().last().unwrap_or("it did not answer in time").to_owned()
}
