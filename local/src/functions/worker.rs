//! The process of one function.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};
use tokio::process::Child;

use super::answer::Refusal;

/// How long a function may take until it listens.
const START_LIMIT: Duration = Duration::from_secs(10);

/// A running process; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Worker {
    address: SocketAddr,
    /// Of the files it was started from.
    pub(super) fingerprint: u64,
    /// Its standard input is open as long as this lives, which keeps the process running.
    supervisor: Mutex<Child>,
}

impl Worker {
    /// Runs `command` on a free port and waits until it listens.
    pub(super) async fn start(command: impl FnOnce() -> Command, fingerprint: u64) -> Result<Self, Refusal> {
        let address = free_address().await?;
        let mut command = command();
        command.env("DENO_SERVE_ADDRESS", format!("tcp:{address}"));
        let supervisor = tokio::process::Command::from(command).spawn().map_err(|error| {
            tracing::error!(%error, "a function could not be started");
            Refusal::NotStarted
        })?;
        let worker = Self { address, fingerprint, supervisor: Mutex::new(supervisor) };
        let deadline = Instant::now() + START_LIMIT;
        while worker.is_alive() && Instant::now() < deadline {
            if worker.connect().await.is_ok() {
                return Ok(worker);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tracing::error!("a function ended or did not listen within {} seconds", START_LIMIT.as_secs());
        Err(Refusal::NotStarted)
    }

    /// False once the process has ended.
    pub(super) fn is_alive(&self) -> bool {
        let mut supervisor = self.supervisor.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(supervisor.try_wait(), Ok(None))
    }

    pub(super) async fn connect(&self) -> std::io::Result<TcpStream> {
        TcpStream::connect(self.address).await
    }
}

/// An address that nobody listens on now. Should another process be faster to take it, the function does not start
/// and the next request tries another.
async fn free_address() -> Result<SocketAddr, Refusal> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(|_| Refusal::NotStarted)?;
    listener.local_addr().map_err(|_| Refusal::NotStarted)
}
