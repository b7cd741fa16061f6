//! `zoned work`: the daemon.

use std::process::ExitCode;

use anyhow::Context as _;

use super::connect;
use crate::config::Config;
use crate::worker;

/// Work for a Supabase project: take its jobs until stopped.
///
/// Signs in with the worker account in ZONED_WORKER_EMAIL and ZONED_WORKER_PASSWORD. Any number of daemons may work for
/// one project. SIGTERM or Ctrl-C: no new jobs, and those at hand have worker.grace_seconds to finish; a second one gives
/// them back at once. Logs go to standard error. With metrics.listen set it serves /metrics, /livez and /readyz; under systemd
/// it tells of its readiness and pats the watchdog.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let runtime = connect::runtime()?;
    let telemetry = {
        let _within = runtime.enter();
        crate::telemetry::start(&config.log)?
    };
    let account = connect::worker_account()?;
    let project = connect::project(config)?;
    let ended = runtime.block_on(worker::run(config, &project, account));
    drop(telemetry);
    ended.context("the daemon cannot work; `zoned doctor` says what is wrong")?;
    Ok(ExitCode::SUCCESS)
}
