//! Edge Functions: `supabase/functions/NAME/index.ts` under `/functions/v1/NAME`, each in a Deno process of its own.
//!
//! A process starts with the first request, again after it ended, and anew when its files have changed. Requests
//! that an older process is answering are finished by it.

mod answer;
mod caller;
mod deno;
mod environment;
mod proxy;
mod source;
mod worker;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::{IntoResponse as _, Response};
use tokio::sync::Semaphore;

use self::answer::Refusal;
use self::source::Source;
use self::worker::Worker;
use crate::project::Project;
use crate::project_config::ProjectConfig;

/// How long a function may take to begin its answer, its start included; as on a hosted project.
const REQUEST_LIMIT: Duration = Duration::from_secs(150);

/// Requests that functions work on at a time; more wait.
const CONCURRENT_REQUESTS: usize = 64;

/// The functions of a project.
#[derive(Debug)]
pub(crate) struct Functions {
    project: Arc<Project>,
    config: ProjectConfig,
    /// Instead of `functions/.env`.
    env_file: Option<PathBuf>,
    database_url: String,
    slots: Mutex<HashMap<String, Arc<Slot>>>,
    requests: Semaphore,
}

/// The process of one function, where it has one. Locked while the process is started.
type Slot = tokio::sync::Mutex<Option<Arc<Worker>>>;

/// What answers under `/functions/v1`.
pub(crate) fn router(functions: Arc<Functions>) -> Router {
    Router::new().fallback(serve).with_state(functions)
}

async fn serve(State(functions): State<Arc<Functions>>, request: Request) -> Response {
    functions.answer(request).await.unwrap_or_else(Refusal::into_response)
}

impl Functions {
    /// The functions that `config` knows of; `env_file` holds their secrets instead of `functions/.env`, and
    /// `database_url` is what they connect to.
    pub(crate) fn new(
        project: Arc<Project>,
        config: ProjectConfig,
        env_file: Option<PathBuf>,
        database_url: String,
    ) -> Arc<Self> {
        let requests = Semaphore::new(CONCURRENT_REQUESTS);
        Arc::new(Self { project, config, env_file, database_url, slots: Mutex::default(), requests })
    }

    /// Ends the processes; one that is answering ends with its last answer.
    pub(crate) fn stop(&self) {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    async fn answer(&self, request: Request) -> Result<Response, Refusal> {
        let name = name_in(request.uri().path()).ok_or(Refusal::NotFound)?.to_owned();
        let directory = self.config.directory.as_deref().ok_or(Refusal::NotFound)?;
        let config = self.config.function(&name);
        let mut source = Source::find(directory, &name, &config).ok_or(Refusal::NotFound)?;
        if let Some(env_file) = &self.env_file {
            source.env_file.clone_from(env_file);
        }
        if config.verify_jwt && request.method() != Method::OPTIONS {
            caller::verify(request.headers(), &self.project.keys)?;
        }
        if proxy::is_upgrade(request.headers()) {
            return Err(Refusal::Upgrade);
        }
        let request = proxy::read(request).await?;
        let slot = self.slot(&name);
        let answer = async {
            let _turn = self.requests.acquire().await;
            let worker = self.worker(&slot, directory, &source).await?;
            proxy::forward(worker, request).await
        };
        let Ok(answer) = tokio::time::timeout(REQUEST_LIMIT, answer).await else {
            // It may never answer again.
            slot.lock().await.take();
            return Err(Refusal::TimedOut);
        };
        answer
    }

    fn slot(&self, name: &str) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.entry(name.to_owned()).or_default().clone()
    }

    /// The process that runs `source` as it is now.
    async fn worker(&self, slot: &Slot, directory: &Path, source: &Source) -> Result<Arc<Worker>, Refusal> {
        let mut slot = slot.lock().await;
        let fingerprint = source.fingerprint();
        if let Some(worker) =
            slot.as_ref().filter(|worker| worker.fingerprint == fingerprint && worker.is_alive())
        {
            return Ok(worker.clone());
        }
        // Gone before the next one starts, unless it still answers.
        slot.take();
        let deno = deno::find(directory).ok_or(Refusal::NoDeno)?;
        let environment = environment::of(&self.project, &self.database_url);
        let command = || deno::command(&deno, directory, source, &environment);
        let worker = Arc::new(Worker::start(command, fingerprint).await?);
        *slot = Some(worker.clone());
        Ok(worker)
    }
}

/// The function that a path below `/functions/v1` names: a letter, then letters, digits, `_` and `-`.
fn name_in(path: &str) -> Option<&str> {
    let name = path.strip_prefix('/')?.split('/').next()?;
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_without_dots_and_escapes_are_functions() {
        assert_eq!(name_in("/hello"), Some("hello"));
        assert_eq!(name_in("/send-mail_2/now"), Some("send-mail_2"));
        for path in ["", "/", "//hello", "/..", "/.env", "/%2e%2e/x", "/_shared", "/2fa", "/hello.ts"] {
            assert_eq!(name_in(path), None, "{path}");
        }
    }
}
