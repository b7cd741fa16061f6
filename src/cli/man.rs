//! `zoned man`: its manual pages.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::CommandFactory as _;

use super::Cli;

/// Write the manual pages: zoned.1 and one for each command.
///
/// For example: `zoned man --out /usr/share/man/man1`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder to write them to; it is made if it does not exist.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    write(&args.out).with_context(|| format!("cannot write manual pages to {}", args.out.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn write(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(Cli::command().disable_help_subcommand(true), folder)
}
