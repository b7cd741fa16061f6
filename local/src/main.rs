//! `local-supabase`: the stand-in as a command.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use local_supabase::{LocalSupabase, Options};
use tokio::signal::unix::{Signal, SignalKind, signal};

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
    /// PostgreSQL's directory (with bin/); found in `node_modules` when not given.
    #[arg(long, value_name = "DIR")]
    postgres_dir: Option<PathBuf>,
    /// The directory with config.toml and functions/; found as `supabase` here or further up when not given.
    #[arg(long, value_name = "DIR")]
    supabase_dir: Option<PathBuf>,
    /// How to print the address and the keys.
    #[arg(long, value_enum, default_value_t = Output::Env)]
    output: Output,
    /// Let pages in a browser use Storage: answer its preflights as the hosted gateway does.
    #[arg(long)]
    storage_preflights: bool,
    /// Write a line for each request to standard error.
    #[arg(long, short)]
    verbose: bool,
    /// How users' tokens are signed; give it at each start on the same data.
    #[arg(long, value_enum, default_value_t = Signing::Hs256)]
    signing: Signing,
    /// Accept tokens of this key too, a P-256 key as JSON that was imported as a standby key.
    #[arg(long, value_name = "FILE")]
    standby_key: Option<PathBuf>,
    /// Secrets of the functions; functions/.env when not given.
    #[arg(long, value_name = "FILE")]
    functions_env_file: Option<PathBuf>,
    /// Secret of HS256 tokens, at least 32 characters; random when not given.
    #[arg(long, env = "JWT_SECRET", hide_env_values = true)]
    jwt_secret: Option<String>,
    /// The largest object in bytes; 5 GiB when not given.
    #[arg(long, value_name = "BYTES")]
    file_size_limit: Option<u64>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Output {
    /// Lines that a shell can read.
    Env,
    /// One JSON object.
    Json,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Signing {
    /// With the secret, as older projects do.
    Hs256,
    /// With a key pair, as new projects do.
    Es256,
}

impl From<Signing> for local_supabase::Signing {
    fn from(signing: Signing) -> Self {
        match signing {
            Signing::Hs256 => Self::Hs256,
            Signing::Es256 => Self::Es256,
        }
    }
}

/// The database's clients call every connection lost when the server stops an error; the services tell of those that
/// matter.
const LOG_FILTER: &str = "warn,pgwire_replication=off,deadpool.postgres=off";

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(LOG_FILTER).init();
    match run(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("local-supabase: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> anyhow::Result<()> {
    let mut end = End::new()?;
    let options = Options {
        port: args.port,
        database_port: args.database_port,
        data_dir: args.data_dir,
        postgres_dir: args.postgres_dir,
        supabase_dir: args.supabase_dir,
        storage_preflights: args.storage_preflights,
        log_requests: args.verbose,
        signing: args.signing.into(),
        standby_key_file: args.standby_key,
        functions_env_file: args.functions_env_file,
        jwt_secret: args.jwt_secret,
        file_size_limit: args.file_size_limit,
        ..Options::default()
    };
    let stand_in = tokio::select! {
        started = LocalSupabase::start(options) => started?,
        () = end.wait() => return Ok(()),
    };
    eprintln!(
        "local-supabase is a development tool: it is reachable from this machine only. Ctrl-C stops it."
    );
    print_settings(&stand_in, args.output)?;
    end.wait().await;
    stand_in.stop();
    Ok(())
}

/// The signals that end the command: Ctrl-C, `kill`, the end of the terminal. They count from when this is made.
struct End([Signal; 3]);

impl End {
    fn new() -> std::io::Result<Self> {
        let [interrupt, terminate, hangup] =
            [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
        Ok(Self([interrupt?, terminate?, hangup?]))
    }

    async fn wait(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}

/// What a client needs, under the names of `supabase status -o env`, and the two of the S3 protocol.
fn print_settings(stand_in: &LocalSupabase, output: Output) -> anyhow::Result<()> {
    let keys = stand_in.keys();
    let settings = [
        ("SUPABASE_URL", stand_in.url()),
        ("SUPABASE_PUBLISHABLE_KEY", &keys.publishable_key),
        ("SUPABASE_SECRET_KEY", &keys.secret_key),
        ("SUPABASE_ANON_KEY", &keys.anon_key),
        ("SUPABASE_SERVICE_ROLE_KEY", &keys.service_role_key),
        ("JWT_SECRET", &keys.jwt_secret),
        ("DATABASE_URL", &stand_in.database_url()),
        ("DATABASE_ADMIN_URL", &stand_in.admin_database_url()),
        ("S3_ACCESS_KEY_ID", &keys.s3_access_key_id),
        ("S3_SECRET_ACCESS_KEY", &keys.s3_secret_access_key),
    ];
    let mut out = std::io::stdout().lock();
    match output {
        Output::Env => {
            for (name, value) in settings {
                writeln!(out, "{name}=\"{value}\"")?;
            }
        }
        Output::Json => {
            let object: serde_json::Map<_, _> =
                settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
            serde_json::to_writer_pretty(&mut out, &object)?;
            writeln!(out)?;
        }
    }
    out.flush()?;
    Ok(())
}
