//! Which project, in whose name: from the environment and the settings.

use std::time::Duration;

use anyhow::Context as _;

use crate::config::Config;
use crate::supabase::project::Limits;
use crate::supabase::{ApiKey, Password, Project, ProjectError};

/// A runtime for commands that talk to services.
pub(super) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")
}

/// The project as clients see it.
pub(super) fn project(config: &Config) -> Result<Project, ProjectError> {
    const NAME: &str = "SUPABASE_PUBLISHABLE_KEY";
    let key = variable(&[NAME, "SUPABASE_ANON_KEY"]).unwrap_or_default();
    at(config, &ApiKey::parse(&key, NAME)?)
}

/// The project with every right, if the secret key is set.
pub(super) fn operators_project(config: &Config) -> Result<Option<Project>, ProjectError> {
    const NAME: &str = "SUPABASE_SECRET_KEY";
    let Some(key) = variable(&[NAME, "SUPABASE_SERVICE_ROLE_KEY"]) else { return Ok(None) };
    at(config, &ApiKey::parse(&key, NAME)?).map(Some)
}

fn at(config: &Config, key: &ApiKey) -> Result<Project, ProjectError> {
    let settings = &config.supabase;
    let url = variable(&["SUPABASE_URL"]).unwrap_or_else(|| settings.url.clone());
    if url.is_empty() {
        return Err(ProjectError::NoUrl);
    }
    let limits = Limits {
        connect: Duration::from_secs(settings.connect_seconds.max(1)),
        request: Duration::from_secs(settings.request_seconds.max(1)),
    };
    let project = Project::new(&url, key.clone())?.with_limits(limits);
    Ok(project.with_s3(&settings.s3_region, &settings.s3_access_key))
}

/// The daemon's account.
pub(super) fn worker_account() -> anyhow::Result<Password> {
    account("ZONED_WORKER").context("make an account with `zoned worker create` and set what it prints")
}

/// A user's account.
pub(super) fn user_account() -> anyhow::Result<Password> {
    account("ZONED")
}

fn account(prefix: &str) -> anyhow::Result<Password> {
    let read = |name: String| variable(&[&name]).with_context(|| format!("{name} is not set"));
    Ok(Password::new(read(format!("{prefix}_EMAIL"))?, read(format!("{prefix}_PASSWORD"))?))
}

/// The first of the variables that is set to something.
fn variable(names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.trim().is_empty()))
}
