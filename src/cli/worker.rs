//! `zoned worker`: accounts for daemons.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use rand::Rng as _;
use rand::distr::Alphanumeric;
use serde_json::json;
use uuid::Uuid;

use super::connect;
use crate::config::Config;
use crate::supabase::{Auth, SupabaseError};

/// Length of a generated password: 190 bits.
const PASSWORD_CHARACTERS: usize = 32;

/// Accounts for daemons.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Make an account for a daemon and print its environment.
    ///
    /// Needs the project's secret key in SUPABASE_SECRET_KEY, this once; the daemon itself never does. The password is
    /// shown here and nowhere else. Several daemons may share an account.
    Create(Create),
}

#[derive(Debug, clap::Args)]
pub(super) struct Create {
    /// The account's address; nothing is ever sent to it.
    #[arg(long)]
    email: Option<String>,
    /// Print one JSON object: id, email, password.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(command: &Command, config: &Config) -> anyhow::Result<ExitCode> {
    let Command::Create(create) = command;
    connect::runtime()?.block_on(create_account(create, config))
}

async fn create_account(create: &Create, config: &Config) -> anyhow::Result<ExitCode> {
    let Some(project) = connect::operators_project(config)? else {
        bail!("SUPABASE_SECRET_KEY is not set: copy the secret key from the project's API settings");
    };
    let email = create.email.clone().unwrap_or_else(generated_address);
    let password = generated_password();
    let made = Auth::new(&project)?.create_account(&email, &password, &json!({ "role": "worker" })).await;
    let account = match made {
        Err(error) if is_taken(&error) => {
            bail!("there is an account {email} already: choose another --email")
        }
        made => made.context("the account could not be made")?,
    };
    if create.json {
        println!("{}", json!({ "id": account.id, "email": account.email, "password": password }));
    } else {
        println!("ZONED_WORKER_EMAIL={}\nZONED_WORKER_PASSWORD={password}", account.email);
        eprintln!("Set these for `zoned work`; the password is not shown again.");
    }
    Ok(ExitCode::SUCCESS)
}

fn generated_address() -> String {
    let id = Uuid::new_v4().simple().to_string();
    format!("worker-{}@zoned.invalid", &id[..12])
}

fn generated_password() -> String {
    rand::rng().sample_iter(Alphanumeric).take(PASSWORD_CHARACTERS).map(char::from).collect()
}

fn is_taken(error: &SupabaseError) -> bool {
    error
        .refusal()
        .is_some_and(|refusal| matches!(refusal.code.as_str(), "email_exists" | "user_already_exists"))
}
