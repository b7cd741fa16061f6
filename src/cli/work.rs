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
/// them back at once. Logs go to standard error.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    crate::telemetry::start(&config.log)
        .context("log.filter is not a filter such as \"info,zoned=debug\"")?;
    let account = connect::worker_account()?;
    let project = connect::project(config)?;
    connect::runtime()?
        .block_on(worker::run(config, &project, account))
        .context("the daemon cannot work; `zoned doctor` says what is wrong")?;
    Ok(ExitCode::SUCCESS)
}
