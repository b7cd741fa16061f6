//! The database over `PostgREST`. The only place that names `postgrest`.
//!
//! `postgrest` sets no time limits and takes no client, so the limit is put on each request; and it panics on
//! header values with line breaks, so keys and tokens are checked when they are read (`ApiKey`, `Auth`).

use std::time::Duration;

use postgrest::{Builder, Postgrest};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::access_token::AccessToken;
use super::backoff::Backoff;
use super::error::{Service, SupabaseError, refusal_from};
use super::observe::{TRACEPARENT, observe};
use super::project::Project;
use super::session::Session;

/// Largest answer read, bytes. Callers ask in slices well below it.
const ANSWER_LIMIT: u64 = 64 << 20;
/// Attempts of a call that may be repeated, the first included.
const ATTEMPTS: u32 = 5;

/// Exposed schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// What users see.
    Public,
    /// What daemons call.
    Worker,
}

impl Schema {
    fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Worker => "worker",
        }
    }
}

/// Whether a call that got no answer may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Calling twice does what calling once does.
    Safe,
    /// The caller decides.
    Never,
}

/// In whose name calls are made.
#[derive(Debug, Clone)]
enum Caller {
    Account(Session),
    /// The key alone: `anon` with a publishable key, `service_role` with a secret one.
    Key,
}

/// The REST service of a project, called in one name.
#[derive(Clone)]
pub struct Rest {
    client: Postgrest,
    project: Project,
    caller: Caller,
}

impl std::fmt::Debug for Rest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rest").field("caller", &self.caller).finish_non_exhaustive()
    }
}

/// A condition on a column.
#[derive(Debug, Clone)]
pub enum Filter<'a> {
    /// Equal to.
    Eq(&'a str, &'a str),
    /// At least.
    Gte(&'a str, &'a str),
}

/// A read of one table.
#[derive(Debug, Clone, Default)]
pub struct Select<'a> {
    /// Table or view of `public`.
    pub table: &'a str,
    /// Columns, with embedded tables, as `PostgREST` writes them.
    pub columns: &'a str,
    /// All must hold.
    pub filters: Vec<Filter<'a>>,
    /// `column.desc` …; empty for none.
    pub order: &'a str,
    /// Most rows; at least one is asked for.
    pub limit: usize,
}

impl Rest {
    /// Calls in the name of a signed-in account.
    pub fn as_account(project: &Project, session: &Session) -> Self {
        Self::new(project, Caller::Account(session.clone()))
    }

    /// Calls with the project's key alone.
    pub fn as_key(project: &Project) -> Self {
        Self::new(project, Caller::Key)
    }

    fn new(project: &Project, caller: Caller) -> Self {
        let client =
            Postgrest::new(project.endpoint("/rest/v1")).insert_header("apikey", project.key().expose());
        Self { client, project: project.clone(), caller }
    }

    /// Calls a function with named arguments. `T` is `Vec<Row>` for a function that returns a set.
    pub async fn rpc<T: DeserializeOwned>(
        &self,
        schema: Schema,
        name: &str,
        arguments: &impl Serialize,
        repeat: Repeat,
    ) -> Result<T, SupabaseError> {
        let body = serde_json::to_string(arguments).map_err(|error| {
            SupabaseError::malformed(Service::Rest, format!("arguments of {name}: {error}"))
        })?;
        let client = self.client.clone().schema(schema.name());
        let answer = self.call(name, repeat, || client.rpc(name, body.as_str())).await?;
        decode(name, &answer)
    }

    /// Reads rows.
    pub async fn select<T: DeserializeOwned>(&self, select: &Select<'_>) -> Result<Vec<T>, SupabaseError> {
        let request = || {
            let builder = self.client.from(select.table).select(select.columns);
            let builder = select.filters.iter().fold(builder, |builder, filter| match filter {
                Filter::Eq(column, value) => builder.eq(column, value),
                Filter::Gte(column, value) => builder.gte(column, value),
            });
            let builder = if select.order.is_empty() { builder } else { builder.order(select.order) };
            builder.limit(select.limit.max(1))
        };
        let answer = self.call(select.table, Repeat::Safe, request).await?;
        decode(select.table, &answer)
    }

    /// Inserts one row and answers it as stored.
    pub async fn insert<T: DeserializeOwned>(
        &self,
        table: &str,
        row: &impl Serialize,
    ) -> Result<T, SupabaseError> {
        let body = serde_json::to_string(row)
            .map_err(|error| SupabaseError::malformed(Service::Rest, format!("row of {table}: {error}")))?;
        let answer = self
            .call(table, Repeat::Never, || self.client.from(table).insert(body.as_str()).single())
            .await?;
        decode(table, &answer)
    }

    async fn call(
        &self,
        operation: &str,
        repeat: Repeat,
        request: impl Fn() -> Builder,
    ) -> Result<Vec<u8>, SupabaseError> {
        let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(5));
        loop {
            match self.attempt(operation, &request).await {
                Err(error)
                    if repeat == Repeat::Safe
                        && error.is_retryable()
                        && backoff.attempts() + 1 < ATTEMPTS =>
                {
                    tracing::debug!(%error, "database call failed; trying again");
                    tokio::time::sleep(backoff.next_delay()).await;
                }
                answer => return answer,
            }
        }
    }

    /// One call; a token that was not accepted is renewed once.
    async fn attempt(
        &self,
        operation: &str,
        request: &impl Fn() -> Builder,
    ) -> Result<Vec<u8>, SupabaseError> {
        let Caller::Account(session) = &self.caller else {
            let builder = request();
            let bearer = self.project.key().bearer();
            return self.send(operation, bearer.map_or(builder.clone(), |bearer| builder.auth(bearer))).await;
        };
        let token = session.token().await?;
        match self.send(operation, authorise(request(), &token)).await {
            Err(SupabaseError::Unauthorised { .. }) => {
                let token = session.token_after(&token).await?;
                self.send(operation, authorise(request(), &token)).await
            }
            answer => answer,
        }
    }

    async fn send(&self, operation: &str, builder: Builder) -> Result<Vec<u8>, SupabaseError> {
        observe(Service::Rest, operation, |trace| self.send_in(trace, builder)).await
    }

    async fn send_in(&self, trace: String, builder: Builder) -> Result<Vec<u8>, SupabaseError> {
        let limit = self.project.limits().request;
        let answer = async {
            let mut response =
                builder.build().header(TRACEPARENT, trace).timeout(limit).send().await.map_err(|error| {
                    let cause = if error.is_connect() { "cannot connect" } else { "request failed" };
                    SupabaseError::network(Service::Rest, format!("{cause}{}", innermost(&error)))
                })?;
            let status = response.status().as_u16();
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(|error| {
                SupabaseError::network(Service::Rest, format!("answer cut{}", innermost(&error)))
            })? {
                if (body.len() + chunk.len()) as u64 > ANSWER_LIMIT {
                    return Err(SupabaseError::TooLarge { service: Service::Rest, limit: ANSWER_LIMIT });
                }
                body.extend_from_slice(&chunk);
            }
            if (200..300).contains(&status) {
                return Ok(body);
            }
            Err(SupabaseError::refused(Service::Rest, refusal_from(status, &body)))
        };
        tokio::time::timeout(limit, answer)
            .await
            .map_err(|_| SupabaseError::Timeout { service: Service::Rest, after: limit })?
    }
}

fn authorise(builder: Builder, token: &AccessToken) -> Builder {
    builder.auth(token.expose())
}

/// `: cause`, from the end of the chain of causes: the outer ones quote the address.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut last = None;
    let mut cause = error.source();
    while let Some(inner) = cause {
        last = Some(inner);
        cause = inner.source();
    }
    last.map(|inner| format!(": {inner}")).unwrap_or_default()
}

fn decode<T: DeserializeOwned>(name: &str, answer: &[u8]) -> Result<T, SupabaseError> {
    // A function without a result is answered with an empty body.
    let answer = if answer.is_empty() { b"null" } else { answer };
    serde_json::from_slice(answer).map_err(|error| {
        // The category and place only: the error's text may quote the answer, which may be text of a document.
        let place = format!(
            "{name}: {:?} error at line {} column {}",
            error.classify(),
            error.line(),
            error.column()
        );
        SupabaseError::malformed(Service::Rest, place)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use serde_json::{Value, json};

    use super::*;
    use crate::supabase::project::ApiKey;
    use crate::supabase::test_server::{Answer, serve};

    #[tokio::test]
    async fn a_call_names_its_schema_and_carries_key_and_token() {
        let (project, log) = serve(|_| Some(Answer::json(200, &json!({"n": 1})))).await;
        let rest = Rest::as_account(&project, &Session::pretend(&project, "t1"));
        let answer: Value = rest.rpc(Schema::Worker, "hello", &json!({"a": 1}), Repeat::Safe).await.unwrap();
        assert_eq!(answer, json!({"n": 1}));
        let asked = log.lock().unwrap()[0].clone();
        assert_eq!(asked.line, "POST /rest/v1/rpc/hello");
        assert_eq!(asked.header("content-profile"), "worker");
        assert_eq!(
            (asked.header("apikey"), asked.header("authorization")),
            ("sb_publishable_x", "Bearer t1")
        );
        assert_eq!(asked.body, br#"{"a":1}"#);
        assert!(asked.header("traceparent").starts_with("00-"), "{}", asked.header("traceparent"));
    }

    #[tokio::test]
    async fn a_new_key_alone_is_no_bearer_token_and_a_legacy_one_is() {
        let (project, log) = serve(|_| Some(Answer::json(200, &json!([])))).await;
        let select = Select { table: "jobs", columns: "id", limit: 1, ..Select::default() };
        Rest::as_key(&project).select::<Value>(&select).await.unwrap();
        let legacy = project.with_key(ApiKey::parse("eyJ.x.y", "K").unwrap());
        Rest::as_key(&legacy).select::<Value>(&select).await.unwrap();
        let asked = log.lock().unwrap();
        assert_eq!(asked[0].header("authorization"), "");
        assert_eq!(asked[1].header("authorization"), "Bearer eyJ.x.y");
    }

    #[tokio::test]
    async fn only_calls_that_are_safe_to_repeat_are_repeated() {
        let asked = AtomicU64::new(0);
        let (project, log) = serve(move |_| {
            let first = asked.fetch_add(1, Ordering::Relaxed) < 2;
            (!first).then(|| Answer::json(200, &json!(7)))
        })
        .await;
        let rest = Rest::as_account(&project, &Session::pretend(&project, "t1"));
        let failed = rest.rpc::<u8>(Schema::Worker, "claim", &json!({}), Repeat::Never).await;
        assert!(failed.unwrap_err().is_retryable());
        assert_eq!(log.lock().unwrap().len(), 1);
        assert_eq!(rest.rpc::<u8>(Schema::Worker, "renew", &json!({}), Repeat::Safe).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn a_refusal_is_not_repeated() {
        let body = json!({"code": "PT426", "message": "too old", "hint": "newer", "details": null});
        let (project, log) = serve(move |_| Some(Answer::json(426, &body))).await;
        let rest = Rest::as_account(&project, &Session::pretend(&project, "t1"));
        let error = rest.rpc::<u8>(Schema::Worker, "hello", &json!({}), Repeat::Safe).await.unwrap_err();
        assert_eq!(error.refusal().unwrap().hint.as_deref(), Some("newer"));
        assert_eq!(log.lock().unwrap().len(), 1);
    }

    #[test]
    fn answers_that_do_not_fit_are_reported_without_their_text() {
        let error = decode::<Vec<u32>>("pages", br#"["secret text"]"#).unwrap_err();
        assert!(error.to_string().contains("pages: Data error at line 1"), "{error}");
        assert!(!error.to_string().contains("secret"));
    }

    #[test]
    fn a_function_without_result_decodes_to_nothing() {
        decode::<()>("touch", b"").unwrap();
    }
}
