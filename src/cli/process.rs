//! `zoned process`: the pipeline on local files, with no Supabase at all.

use std::process::ExitCode;

use crate::config::Config;

/// Extract zones from local PDF files.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args, _config: &Config) -> anyhow::Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
