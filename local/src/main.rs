//! `local-supabase`: the stand-in as a command.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use local_supabase::{LocalSupabase, Options};
use tokio::signal::unix::{SignalKind, signal};

/// A docker-free stand-in for `supabase start`. A development tool: it listens on loopback only.
#[derive(Debug, Parser)]
#[command(name = "local-supabase", version)]
struct Args {
    /// HTTP port; 0 takes a free one.
    #[arg(long, default_value_t = 54321)]
    port: u16,
    /// PostgreSQL port; 0 takes a free one.
    #[arg(long, default_value_t = 54322)]
    database_port: u16,
    /// Keep the data here; without it everything vanishes at the end.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// PostgreSQL's directory (with bin/); found in node_modules when not given.
    #[arg(long, value_name = "DIR")]
    postgres_dir: Option<PathBuf>,
    /// Secret of HS256 tokens, at least 32 characters; random when not given.
    #[arg(long, env = "JWT_SECRET", hide_env_values = true)]
    jwt_secret: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(tracing::Level::WARN).init();
    match run(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("local-supabase: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let options = Options {
        port: args.port,
        database_port: args.database_port,
        data_dir: args.data_dir,
        postgres_dir: args.postgres_dir,
        jwt_secret: args.jwt_secret,
    };
    let stand_in = LocalSupabase::start(options).await?;
    print_status(&stand_in);
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    stand_in.stop();
    Ok(())
}

/// The lines of `supabase status -o env`, and the two a user of the S3 protocol needs.
fn print_status(stand_in: &LocalSupabase) {
    let keys = stand_in.keys();
    eprintln!(
        "local-supabase is a development tool: it is reachable from this machine only. Ctrl-C stops it."
    );
    println!("SUPABASE_URL=\"{}\"", stand_in.url());
    println!("SUPABASE_PUBLISHABLE_KEY=\"{}\"", keys.publishable_key);
    println!("SUPABASE_SECRET_KEY=\"{}\"", keys.secret_key);
    println!("SUPABASE_ANON_KEY=\"{}\"", keys.anon_key);
    println!("SUPABASE_SERVICE_ROLE_KEY=\"{}\"", keys.service_role_key);
    println!("JWT_SECRET=\"{}\"", keys.jwt_secret);
    println!("DATABASE_URL=\"{}\"", stand_in.database_url());
    println!("DATABASE_ADMIN_URL=\"{}\"", stand_in.admin_database_url());
    println!("S3_ACCESS_KEY_ID=\"{}\"", keys.s3_access_key_id);
    println!("S3_SECRET_ACCESS_KEY=\"{}\"", keys.s3_secret_access_key);
}
