//! `zoned backup`: a whole project to a directory and back.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, bail};
use serde::Serialize;
use serde_json::json;

use super::connect;
use crate::backup::{self, IfThere, Operator};
use crate::config::Config;

/// Back up a project, verify a backup, restore one.
///
/// Needs SUPABASE_URL and, but for verify, the project's secret key in SUPABASE_SECRET_KEY.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Copy every table and every file to a directory.
    ///
    /// The project may be in use: each document is copied as it was at one moment. Run again, it goes on where it was
    /// interrupted, or copies what has changed since. The directory then holds documents and hashes of passwords: keep it
    /// where only operators read, and encrypted.
    Create(Args),
    /// Read a backup and compare every file with the manifest. Exit code 1 if one is damaged.
    Verify(Args),
    /// Write a backup into an empty project with the migrations applied.
    ///
    /// Stop the daemons before and start them after. A project that has documents is left as it is, unless --resume is given.
    Restore(RestoreArgs),
    /// Upload objects that are missing of documents that are there; touches nothing else.
    ///
    /// For a project whose database alone went back in time: point-in-time recovery does not bring objects back.
    Refill(Args),
}

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The backup's directory.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Documents, or files, at a time.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    parallel: u16,
    /// Print one JSON object of figures.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct RestoreArgs {
    #[command(flatten)]
    all: Args,
    /// Go on with a restore that failed: write documents again that the project has already.
    #[arg(long)]
    resume: bool,
}

pub(super) fn run(command: &Command, config: &Config) -> anyhow::Result<ExitCode> {
    let runtime = connect::runtime()?;
    let _telemetry = {
        let _within = runtime.enter();
        crate::telemetry::start(&crate::config::Log { filter: "warn".into(), ..config.log.clone() })?
    };
    runtime.block_on(async {
        let begun = Instant::now();
        match command {
            Command::Create(args) => {
                let (operator, project) = operator(config)?;
                let done = backup::create(&operator, &project, &args.dir, usize::from(args.parallel)).await?;
                report(args, &done, done.copied_bytes, begun)?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Verify(args) => {
                let done = backup::verify(&args.dir, usize::from(args.parallel)).await?;
                done.faults.iter().for_each(|fault| eprintln!("zoned: {fault}"));
                report(args, &done, done.bytes, begun)?;
                Ok(if done.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
            }
            Command::Restore(RestoreArgs { all: args, resume }) => {
                let (operator, _) = operator(config)?;
                let if_there = if *resume { IfThere::Resume } else { IfThere::Refuse };
                let done =
                    backup::restore(&operator, &args.dir, usize::from(args.parallel), if_there).await?;
                report(args, &done, done.bytes, begun)?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Refill(args) => {
                let (operator, _) = operator(config)?;
                let done = backup::refill(&operator, &args.dir, usize::from(args.parallel)).await?;
                report(args, &done, done.bytes, begun)?;
                Ok(ExitCode::SUCCESS)
            }
        }
    })
}

fn operator(config: &Config) -> anyhow::Result<(Operator, String)> {
    let Some(project) = connect::operators_project(config)? else {
        bail!("SUPABASE_SECRET_KEY is not set: copy the secret key from the project's API settings");
    };
    Ok((Operator::new(&project)?, project.base().to_owned()))
}

/// Prints the figures, and how fast `bytes` went.
fn report(args: &Args, done: &impl Serialize, bytes: u64, begun: Instant) -> anyhow::Result<()> {
    let seconds = begun.elapsed().as_secs_f64();
    let mut figures = serde_json::to_value(done).context("the figures cannot be written")?;
    let round = |value: f64| (value * 100.0).round() / 100.0;
    figures["seconds"] = json!(round(seconds));
    figures["megabytes_per_second"] = json!(round(bytes as f64 / 1e6 / seconds));
    if args.json {
        println!("{figures}");
        return Ok(());
    }
    for (name, value) in figures.as_object().into_iter().flatten() {
        println!(
            "{:22} {}",
            name.replace('_', " "),
            value.as_array().map_or_else(|| value.to_string(), |list| list.len().to_string())
        );
    }
    Ok(())
}
