//! Auth: sign-in, refresh, accounts. The only place that names `supabase-auth`.
//!
//! `supabase-auth` sets no time limits, so each call is bounded here; and its errors may quote the whole answer,
//! tokens included, so a message is only kept when the service refused.

use std::fmt;
use std::time::Duration;

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
use supabase_auth::error::Error as AuthError;
use supabase_auth::models::{AuthClient, Session};
use uuid::Uuid;

use super::access_token::AccessToken;
use super::error::{Service, SupabaseError, refusal_from};
use super::http::{Http, describe};
use super::observe::observe;
use super::project::Project;

/// Life of a token when the service says none or nonsense, seconds.
const FALLBACK_LIFE: u64 = 60;

/// The Auth service of a project.
#[derive(Clone)]
pub struct Auth {
    client: AuthClient,
    http: Http,
    limit: Duration,
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth").finish_non_exhaustive()
    }
}

/// What a sign-in or a refresh answers.
#[derive(Debug)]
pub(super) struct SignedIn {
    pub(super) access_token: AccessToken,
    pub(super) refresh_token: String,
    pub(super) expires_in: Duration,
    pub(super) user_id: Uuid,
}

/// An account made by an operator.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    /// Its id, as in `auth.uid()`.
    pub id: Uuid,
    /// Its address.
    pub email: String,
}

impl Auth {
    /// A client for `project`.
    pub fn new(project: &Project) -> Result<Self, SupabaseError> {
        Ok(Self {
            client: AuthClient::new(project.base(), project.key().expose(), String::new()),
            http: Http::new(project, Service::Auth)?,
            limit: project.limits().request,
        })
    }

    /// Whether the service answers to this key.
    pub async fn health(&self) -> Result<(), SupabaseError> {
        let request = self.http.request(Method::GET, "/auth/v1/settings", None);
        self.http.send("settings", request).await.map(drop)
    }

    pub(super) async fn sign_in(&self, email: &str, password: &str) -> Result<SignedIn, SupabaseError> {
        match self.bounded("sign_in", self.client.login_with_email(email, password)).await {
            // A wrong password and an unknown address are both 400.
            Err(SupabaseError::Rejected { service, refusal }) if refusal.status == 400 => {
                Err(SupabaseError::Unauthorised { service, refusal })
            }
            answer => answer,
        }
    }

    pub(super) async fn refresh(&self, refresh_token: &str) -> Result<SignedIn, SupabaseError> {
        self.bounded("refresh", self.client.refresh_session(refresh_token)).await
    }

    /// Makes a confirmed account. Needs a project with the secret key.
    /// `app_metadata` ends up in the account's token; only operators can change it.
    pub async fn create_account(
        &self,
        email: &str,
        password: &str,
        app_metadata: &serde_json::Value,
    ) -> Result<Account, SupabaseError> {
        let body = json!({ "email": email, "password": password, "email_confirm": true, "app_metadata": app_metadata });
        let request = self.http.request(Method::POST, "/auth/v1/admin/users", None).json(&body);
        self.http.json("create_account", request).await
    }

    /// Makes an account from a backup, `body` being the service's own form of it, its id included; one that is there
    /// already stays as it is. Needs a project with the secret key.
    pub async fn restore_account(&self, id: Uuid, body: &serde_json::Value) -> Result<(), SupabaseError> {
        let path = format!("/auth/v1/admin/users/{id}");
        let found = self.http.send("find_account", self.http.request(Method::GET, &path, None)).await;
        match found {
            Err(SupabaseError::NotFound { .. }) => {
                let request = self.http.request(Method::POST, "/auth/v1/admin/users", None).json(body);
                self.http.send("create_account", request).await.map(drop)
            }
            answer => answer.map(drop),
        }
    }

    async fn bounded(
        &self,
        operation: &str,
        call: impl Future<Output = Result<Session, AuthError>>,
    ) -> Result<SignedIn, SupabaseError> {
        // The crate takes no headers: the service is not told of the trace.
        observe(Service::Auth, operation, |_| async {
            let answer = tokio::time::timeout(self.limit, call)
                .await
                .map_err(|_| SupabaseError::Timeout { service: Service::Auth, after: self.limit })?;
            answer.map_err(|error| translate(&error)).and_then(signed_in)
        })
        .await
    }
}

fn signed_in(session: Session) -> Result<SignedIn, SupabaseError> {
    // A token goes into headers, where the client crates panic on anything else.
    if session.access_token.is_empty() || !session.access_token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(SupabaseError::malformed(Service::Auth, "the access token is not one"));
    }
    let life = u64::try_from(session.expires_in).ok().filter(|life| *life > 0).unwrap_or(FALLBACK_LIFE);
    Ok(SignedIn {
        access_token: AccessToken::new(&session.access_token),
        refresh_token: session.refresh_token,
        expires_in: Duration::from_secs(life),
        user_id: session.user.id,
    })
}

fn translate(error: &AuthError) -> SupabaseError {
    match error {
        AuthError::AuthError { status, .. } if status.is_success() => {
            SupabaseError::malformed(Service::Auth, "a session of an unknown shape")
        }
        AuthError::AuthError { status, message } => {
            SupabaseError::refused(Service::Auth, refusal_from(status.as_u16(), message.as_bytes()))
        }
        AuthError::NetworkError(error) => SupabaseError::network(Service::Auth, describe(error)),
        _ => SupabaseError::malformed(Service::Auth, "an answer of an unknown shape"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, message: &str) -> SupabaseError {
        let status = reqwest::StatusCode::from_u16(status).unwrap();
        translate(&AuthError::AuthError { status, message: message.to_owned() })
    }

    #[test]
    fn an_answer_with_tokens_is_never_quoted() {
        let error = answered(200, r#"{"access_token":"eyJsecret","refresh_token":"r3fresh"}"#);
        assert!(matches!(error, SupabaseError::Malformed { .. }));
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("eyJsecret") && !shown.contains("r3fresh"), "{shown}");
    }

    #[test]
    fn refusals_keep_their_message() {
        assert!(answered(503, "upstream down").is_retryable());
        assert!(answered(400, "Invalid login credentials").to_string().contains("Invalid login credentials"));
        let gateway = answered(401, r#"{"message":"Invalid API key","hint":"Double check"}"#);
        assert!(matches!(&gateway, SupabaseError::Unauthorised { refusal, .. }
            if refusal.message == "Invalid API key"));
    }

    #[test]
    fn a_token_that_would_break_a_header_is_refused() {
        let session = Session { access_token: "a\nb".into(), ..Session::default() };
        assert!(matches!(signed_in(session), Err(SupabaseError::Malformed { .. })));
    }
}
