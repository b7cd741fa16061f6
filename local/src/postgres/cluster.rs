//! One PostgreSQL cluster: made, started, stopped.

use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process};
use tokio_postgres::{Config, NoTls};

use super::binaries::{Binaries, UnprivilegedUser, command_as};
use super::bootstrap;
use crate::data_directory::{DataDirectory, DataDirectoryError};
use crate::options::Options;
use crate::supervisor;

/// The password of every role, as `supabase start` uses it: the server listens on loopback only.
pub(crate) const PASSWORD: &str = "postgres";

/// How long each step of a start may take on a machine that has much else to do: making the cluster, starting the server
/// (crash recovery of a kept directory included), preparing the database.
const START_LIMIT: Duration = Duration::from_mins(2);

/// How long a server that was told to stop may take.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// How often a free port is chosen anew when another process was faster to take it.
const PORT_ATTEMPTS: usize = 5;

/// Why PostgreSQL is not running.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// No installation was found.
    #[error(
        "PostgreSQL is missing: run 'make setup', or name a directory that holds bin/postgres with --postgres-dir"
    )]
    NoBinaries,
    /// Running as root, and there is no user to run as instead.
    #[error("PostgreSQL does not run as root and there is no user 'nobody': run as another user")]
    NoUnprivilegedUser,
    /// The installation could not be made readable for the unprivileged user.
    #[error("cannot make PostgreSQL's programs usable for user 'nobody': {0}")]
    Copy(String),
    /// The directory around the cluster cannot be used.
    #[error(transparent)]
    Directory(#[from] DataDirectoryError),
    /// `initdb` or a file operation failed.
    #[error("cannot prepare the data directory: {0}")]
    DataDirectory(String),
    /// The port is taken.
    #[error("database port {0} is in use: stop what holds it, or choose another with --database-port")]
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
    /// Starts the server on `directory`, making and preparing the cluster first where there is none.
    pub(crate) async fn start(directory: &DataDirectory, options: &Options) -> Result<Self, PostgresError> {
        let user = UnprivilegedUser::when_root()?;
        let binaries = Binaries::find(options.postgres_dir.as_deref())?.usable_by(user)?;
        let fingerprint = bootstrap::fingerprint();
        wait_for_predecessor(&directory.postgres()).await;
        let is_prepared = directory.is_prepared(&fingerprint)?;
        if !is_prepared {
            let data = directory.postgres();
            let made = initialise(&binaries, &data, user);
            within_limit(made, || PostgresError::DataDirectory(late("initdb"))).await?;
        }
        let cluster = Self::launch(&binaries, directory, user, options).await?;
        if !is_prepared {
            let prepared = bootstrap::run(&cluster.superuser);
            within_limit(prepared, || PostgresError::Bootstrap(late("the database"))).await?;
            directory.set_prepared(&fingerprint)?;
        }
        Ok(cluster)
    }

    /// Starts the server. A free port is free only until another process takes it, so one that we chose is chosen
    /// again if need be.
    async fn launch(
        binaries: &Binaries,
        directory: &DataDirectory,
        user: Option<UnprivilegedUser>,
        options: &Options,
    ) -> Result<Self, PostgresError> {
        let data = directory.postgres();
        let wanted = options.database_port;
        let mut attempt = 1;
        loop {
            let port = choose_port(wanted)?;
            let mut command = server(binaries, &data, user, port, directory.is_kept);
            for setting in &options.postgres_settings {
                command.args(["-c", setting]);
            }
            let supervisor = spawn(command, &data)?;
            let mut cluster = Self { supervisor, superuser: superuser(port), port };
            match cluster.wait_until_ready(&data).await {
                Err(PostgresError::Start(reason))
                    if is_port_taken(&reason) && attempt < PORT_ATTEMPTS && wanted == 0 =>
                {
                    attempt += 1;
                }
                Err(PostgresError::Start(reason)) if is_port_taken(&reason) => {
                    return Err(PostgresError::PortInUse(port));
                }
                outcome => return outcome.map(|()| cluster),
            }
        }
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
                return Err(PostgresError::Start(reason_in_log(data)));
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Stops the server and waits for it, a few seconds at most.
    pub(crate) fn stop(&mut self) {
        drop(self.supervisor.stdin.take());
        let deadline = Instant::now() + STOP_LIMIT;
        while Instant::now() < deadline {
            if !matches!(self.supervisor.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let group = i32::try_from(self.supervisor.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.supervisor.wait();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn within_limit<T>(
    step: impl Future<Output = Result<T, PostgresError>>,
    late: impl FnOnce() -> PostgresError,
) -> Result<T, PostgresError> {
    tokio::time::timeout(START_LIMIT, step).await.unwrap_or_else(|_| Err(late()))
}

fn late(what: &str) -> String {
    format!("{what} was not ready within {} seconds", START_LIMIT.as_secs())
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
    let output = tokio::process::Command::from(command).kill_on_drop(true).output().await.map_err(failed)?;
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

fn server(
    binaries: &Binaries,
    data: &Path,
    user: Option<UnprivilegedUser>,
    port: u16,
    durable: bool,
) -> Command {
    let mut command = command_as(Path::new(supervisor::SHELL), user);
    // Ending at once leaves recovery to the next start, which a throw-away database does not have.
    let stop_signal = if durable { "INT" } else { "QUIT" };
    supervisor::supervise(&mut command, stop_signal, binaries.program("postgres"));
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
    command
}

fn spawn(mut command: Command, data: &Path) -> Result<Child, PostgresError> {
    let failed = |error: std::io::Error| PostgresError::Start(error.to_string());
    let log = std::fs::File::create(log_path(data)).map_err(failed)?;
    command.stdout(Stdio::null()).stderr(log).spawn().map_err(failed)
}

fn log_path(data: &Path) -> PathBuf {
    data.with_extension("log")
}

/// Waits while the server of a stand-in that was killed a moment ago is still shutting down.
async fn wait_for_predecessor(data: &Path) {
    let deadline = Instant::now() + STOP_LIMIT;
    while Instant::now() < deadline && data.join("postmaster.pid").exists() && is_alive(data) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn is_alive(data: &Path) -> bool {
    let file = std::fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
    let process = file.lines().next().and_then(|line| line.trim().parse().ok()).and_then(Pid::from_raw);
    // Not permitted to ask means that it is there.
    process.is_some_and(|process| test_kill_process(process) != Err(rustix::io::Errno::SRCH))
}

fn is_port_taken(reason: &str) -> bool {
    reason.contains("Address already in use") || reason.contains("could not create any TCP/IP sockets")
}

/// What the server said last about why it cannot run.
fn reason_in_log(data: &Path) -> String {
    let text = std::fs::read_to_string(log_path(data)).unwrap_or_default();
    find_reason(&text).unwrap_or("it did not answer in time").to_owned()
}

fn find_reason(log: &str) -> Option<&str> {
    let message_of = |line: &'_ str, kind: &str| line.find(kind).map(|at| at + kind.len());
    for kind in ["DETAIL:  ", "FATAL:  ", "PANIC:  "] {
        let found = log.lines().rev().find_map(|line| message_of(line, kind).map(|at| &line[at..]));
        if found.is_some() {
            return found;
        }
    }
    log.lines().rev().find(|line| !line.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_searched_for_the_reason_rather_than_its_last_line() {
        let log = "2026 UTC [7] FATAL:  database files are incompatible with server\n\
                   2026 UTC [7] DETAIL:  The data directory was initialized by PostgreSQL version 16.\n\
                   2026 UTC [7] LOG:  database system is shut down\n";
        assert_eq!(find_reason(log), Some("The data directory was initialized by PostgreSQL version 16."));
        assert_eq!(find_reason("LOG:  a\nFATAL:  b\nLOG:  c\n"), Some("b"));
        assert_eq!(find_reason("sh: not found\n\n"), Some("sh: not found"));
        assert_eq!(find_reason(""), None);
    }
}
