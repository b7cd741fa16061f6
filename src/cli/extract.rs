//! `zoned extract`: the child process that holds PDFium; not for people.

use std::process::ExitCode;

use crate::config::Config;

/// Read a PDF on standard input and write its pages.
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _config: &Config) -> anyhow::Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
