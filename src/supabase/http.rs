//! Plain HTTP for the few routes no client crate covers: time limits and bounded answers.

use std::error::Error as _;
use std::fmt::Write as _;

use bytes::Bytes;
use reqwest::{Client, Method, RequestBuilder, Response};

use super::error::{Service, SupabaseError, refusal_from};
use super::observe::{TRACEPARENT, observe};
use super::project::Project;

/// Largest answer read from a route that answers with a small JSON object, bytes.
const ANSWER_LIMIT: u64 = 1 << 20;

/// A client for one service of one project.
#[derive(Debug, Clone)]
pub(super) struct Http {
    client: Client,
    project: Project,
    service: Service,
}

impl Http {
    pub(super) fn new(project: &Project, service: Service) -> Result<Self, SupabaseError> {
        let limits = project.limits();
        let client = Client::builder()
            .connect_timeout(limits.connect)
            .timeout(limits.request)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| SupabaseError::network(service, describe(&error)))?;
        Ok(Self { client, project: project.clone(), service })
    }

    /// A request to `path` below the project's address, with the project's key and, if given, a user's token.
    pub(super) fn request(&self, method: Method, path: &str, token: Option<&str>) -> RequestBuilder {
        self.request_url(method, &self.project.endpoint(path), token)
    }

    /// The same for a full address.
    pub(super) fn request_url(&self, method: Method, url: &str, token: Option<&str>) -> RequestBuilder {
        let key = self.project.key();
        let request = self.client.request(method, url).header("apikey", key.expose());
        match token.or(key.bearer()) {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends it; any status but 2xx is an error. `operation` is what it is counted as.
    pub(super) async fn send(
        &self,
        operation: &str,
        request: RequestBuilder,
    ) -> Result<Response, SupabaseError> {
        observe(self.service, operation, |trace| self.send_in(request.header(TRACEPARENT, trace))).await
    }

    async fn send_in(&self, request: RequestBuilder) -> Result<Response, SupabaseError> {
        let response = request.send().await.map_err(|error| self.failed(&error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let body = self.body(response).await?;
        Err(SupabaseError::refused(self.service, refusal_from(status.as_u16(), &body)))
    }

    /// The whole of a small answer.
    pub(super) async fn body(&self, mut response: Response) -> Result<Bytes, SupabaseError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failed(&error))? {
            if (body.len() + chunk.len()) as u64 > ANSWER_LIMIT {
                return Err(SupabaseError::TooLarge { service: self.service, limit: ANSWER_LIMIT });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.into())
    }

    pub(super) async fn json<T: serde::de::DeserializeOwned>(
        &self,
        operation: &str,
        request: RequestBuilder,
    ) -> Result<T, SupabaseError> {
        let response = self.send(operation, request).await?;
        let body = self.body(response).await?;
        serde_json::from_slice(&body)
            .map_err(|_| SupabaseError::malformed(self.service, "not the JSON expected"))
    }

    fn failed(&self, error: &reqwest::Error) -> SupabaseError {
        if error.is_timeout() && !error.is_connect() {
            return SupabaseError::Timeout { service: self.service, after: self.project.limits().request };
        }
        SupabaseError::network(self.service, describe(error))
    }
}

/// What went wrong, from the innermost cause, without the address (which may carry a token).
pub(super) fn describe(error: &reqwest::Error) -> String {
    let mut text = if error.is_connect() { "cannot connect".to_owned() } else { "request failed".to_owned() };
    let mut cause = error.source();
    while let Some(inner) = cause {
        cause = inner.source();
        if cause.is_none() {
            // Writing to a string cannot fail.
            let _ = write!(text, ": {inner}");
        }
    }
    text
}
