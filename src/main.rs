//! The `zoned` command.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    zoned::supabase::install_tls();
    zoned::cli::run(zoned::cli::Cli::parse())
}
