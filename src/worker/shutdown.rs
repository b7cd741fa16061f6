//! Ending: one signal lets jobs finish within a grace period, a second one does not wait.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::service_manager;

/// How far the end has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Working.
    Running,
    /// No new jobs; those at hand may finish.
    Draining,
    /// Jobs at hand go back to the queue.
    Releasing,
}

/// Tells everybody of the phase. Phases only move forward.
#[derive(Debug, Clone)]
pub struct Shutdown {
    phase: watch::Sender<Phase>,
    grace: Duration,
}

impl Shutdown {
    /// Nothing has been asked yet; jobs will get `grace` to finish.
    pub fn new(grace: Duration) -> Self {
        Self { phase: watch::Sender::new(Phase::Running), grace }
    }

    /// As a signal would: the first time to drain, then to release.
    pub fn ask(&self) {
        self.phase.send_modify(|phase| {
            *phase = if *phase == Phase::Running { Phase::Draining } else { Phase::Releasing };
        });
    }

    /// Waits until `phase`, or a later one, is reached.
    pub async fn reached(&self, phase: Phase) {
        let mut observed = self.phase.subscribe();
        // The sender is ours, so it cannot be gone.
        let _ = observed.wait_for(|current| *current >= phase).await;
    }

    /// Where the end stands.
    pub fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    /// Follows SIGTERM and SIGINT, and the grace period after the first, until dropped.
    pub async fn follow_signals(self) -> std::io::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!(
            grace_seconds = self.grace.as_secs(),
            "finishing; a second signal gives jobs back at once"
        );
        service_manager::tell_stopping();
        self.ask();
        tokio::select! {
            _ = terminate.recv() => tracing::info!("giving jobs back"),
            _ = interrupt.recv() => tracing::info!("giving jobs back"),
            () = tokio::time::sleep(self.grace) => tracing::info!("the grace period is over; giving jobs back"),
        }
        self.ask();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_request_drains_and_the_second_releases() {
        let shutdown = Shutdown::new(Duration::from_secs(1));
        assert_eq!(shutdown.phase(), Phase::Running);
        shutdown.ask();
        shutdown.reached(Phase::Draining).await;
        assert_eq!(shutdown.phase(), Phase::Draining);
        shutdown.ask();
        shutdown.reached(Phase::Draining).await;
        shutdown.reached(Phase::Releasing).await;
        shutdown.ask();
        assert_eq!(shutdown.phase(), Phase::Releasing);
    }
}
