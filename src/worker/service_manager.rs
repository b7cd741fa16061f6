//! What the service manager is told by the protocol of `sd_notify(3)`: ready, still alive, stopping. systemd speaks it
//! for `Type=notify`; where `NOTIFY_SOCKET` is not set, nothing is sent.

use sd_notify::NotifyState;

use crate::telemetry::health::Health;

/// The daemon is signed in and will take jobs.
pub fn tell_ready() {
    tell(&[NotifyState::Ready]);
}

/// The daemon takes no more jobs and will end. Told before the end begins: nothing waits for the tasks beside the work.
pub fn tell_stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Says that the daemon is alive twice in each interval of the watchdog.
///
/// It runs on the daemon's own runtime: when that, or a task that must not, stands still, the signs of life end, and the
/// service manager restarts the daemon. Jobs that hang are not its concern, they have limits of their own.
pub async fn keep_told(health: Health) {
    let Some(interval) = sd_notify::watchdog_enabled() else { return };
    loop {
        let complaints = health.complaints();
        if complaints.is_empty() {
            tell(&[NotifyState::Watchdog]);
        } else {
            tracing::error!(?complaints, "not well: no sign of life is given");
        }
        tokio::time::sleep(interval / 2).await;
    }
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "the service manager cannot be told");
    }
}
