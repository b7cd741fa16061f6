//! The command line: one file per command.

// Doc comments of arguments are help texts, shown as they are.
#![allow(clippy::doc_markdown)]

mod backup;
mod completions;
mod connect;
mod doctor;
mod export_options;
mod extract;
mod inspect;
mod jobs;
mod man;
mod process;
mod render;
mod text;
mod work;
mod worker;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Config;

/// Turns PDFs into zones and exports, on local files or as a Supabase project's worker.
#[derive(Debug, Parser)]
#[command(name = "zoned", version, propagate_version = true, after_help = ENVIRONMENT)]
pub struct Cli {
    /// Settings file; every key can also be given as `ZONED_SECTION_KEY` in the environment.
    #[arg(long, global = true, value_name = "FILE", env = "ZONED_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

const ENVIRONMENT: &str = "\
Environment:
  SUPABASE_URL              address of the project
  SUPABASE_PUBLISHABLE_KEY  its publishable key (or SUPABASE_ANON_KEY)
  SUPABASE_SECRET_KEY       its secret key, for operators only (or SUPABASE_SERVICE_ROLE_KEY)
  ZONED_WORKER_EMAIL, ZONED_WORKER_PASSWORD
                            the daemon's account, made by `zoned worker create`
  ZONED_SECTION_KEY         any key of config.toml

Exit codes: 0 done; 1 failed, with the reason on standard error; 2 wrong usage or settings.";

#[derive(Debug, Subcommand)]
enum Command {
    Work(work::Args),
    Process(process::Args),
    Inspect(inspect::Args),
    Text(text::Args),
    Doctor(doctor::Args),
    #[command(subcommand)]
    Worker(worker::Command),
    #[command(subcommand)]
    Jobs(jobs::Command),
    #[command(subcommand)]
    Backup(backup::Command),
    Completions(completions::Args),
    Man(man::Args),
    #[command(hide = true)]
    Extract(extract::Args),
    #[command(hide = true)]
    Render(render::Args),
}

/// Runs the command and turns its outcome into an exit code: 0 done, 1 failed, 2 wrong usage or settings.
pub fn run(cli: Cli) -> ExitCode {
    // Child processes are told everything they need, and a document of one page waits for its child to start.
    match &cli.command {
        Command::Extract(args) => return exit_code(extract::run(args)),
        Command::Render(args) => return exit_code(render::run(args)),
        _ => {}
    }
    let config = match Config::load(cli.config.as_deref()) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("zoned: {error}");
            return ExitCode::from(2);
        }
    };
    let outcome = match cli.command {
        Command::Work(args) => work::run(&args, &config),
        Command::Doctor(args) => doctor::run(&args, &config),
        Command::Worker(command) => worker::run(&command, &config),
        Command::Jobs(command) => jobs::run(&command, &config),
        Command::Process(args) => process::run(&args, &config),
        Command::Inspect(args) => inspect::run(&args, &config),
        Command::Text(args) => text::run(&args, &config),
        Command::Backup(command) => backup::run(&command, &config),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
        Command::Extract(_) | Command::Render(_) => return ExitCode::FAILURE,
    };
    exit_code(outcome)
}

fn exit_code(outcome: anyhow::Result<ExitCode>) -> ExitCode {
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("zoned: {error:#}");
            ExitCode::FAILURE
        }
    }
}
