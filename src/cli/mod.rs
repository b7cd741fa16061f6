//! The command line: one file per command.

mod extract;
mod process;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Config;

/// Turns PDFs into zones and exports, on local files or as a Supabase project's worker.
#[derive(Debug, Parser)]
#[command(name = "zoned", version, propagate_version = true)]
pub struct Cli {
    /// Settings file; every key can also be given as ZONED_SECTION_KEY in the environment.
    #[arg(long, global = true, value_name = "FILE", env = "ZONED_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Process(process::Args),
    #[command(hide = true)]
    Extract(extract::Args),
}

/// Runs the command and turns its outcome into an exit code: 0 done, 1 failed, 2 wrong usage or settings.
pub fn run(cli: Cli) -> ExitCode {
    let config = match Config::load(cli.config.as_deref()) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("zoned: {error}");
            return ExitCode::from(2);
        }
    };
    let outcome = match cli.command {
        Command::Process(args) => process::run(&args, &config),
        Command::Extract(args) => extract::run(args),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("zoned: {error:#}");
            ExitCode::FAILURE
        }
    }
}
