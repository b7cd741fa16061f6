//! A signed-in account whose access token is always fresh.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, watch};
use tokio::time::Instant;
use uuid::Uuid;

use super::access_token::AccessToken;
use super::auth::{Auth, SignedIn};
use super::backoff::{Backoff, jittered};
use super::error::SupabaseError;
use super::project::Project;

/// Share of a token's life after which it is renewed, on average.
const RENEW_AT: f64 = 0.75;
/// Spread around it, so that daemons started together do not renew together: 70 % to 80 %.
const RENEW_SPREAD: f64 = 0.05 / RENEW_AT;
/// Wait before renewal is tried again while the old token is still good.
const RENEW_RETRY: Duration = Duration::from_secs(5);

/// What an account signs in with.
#[derive(Clone)]
pub struct Password {
    email: String,
    password: String,
}

impl Password {
    /// An account's e-mail address and password.
    pub fn new(email: impl Into<String>, password: impl Into<String>) -> Self {
        Self { email: email.into(), password: password.into() }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A signed-in account; clones share it. Renewal happens once however many ask, and is invisible to them.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    auth: Auth,
    password: Password,
    user_id: Uuid,
    /// The refresh token; who holds the lock renews, the others wait for the result.
    refresh_token: Mutex<String>,
    current: watch::Sender<Issued>,
}

#[derive(Debug, Clone)]
struct Issued {
    token: AccessToken,
    renew_at: Instant,
    expires_at: Instant,
}

impl Issued {
    /// Times count from the local receipt of the token, so that a wrong clock does no harm.
    fn new(signed_in: &SignedIn, received: Instant) -> Self {
        let life = signed_in.expires_in;
        Self {
            token: signed_in.access_token.clone(),
            renew_at: received + jittered(life.mul_f64(RENEW_AT), RENEW_SPREAD),
            expires_at: received + life,
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("user_id", &self.0.user_id).finish_non_exhaustive()
    }
}

impl Session {
    /// Signs in.
    pub async fn sign_in(project: &Project, password: Password) -> Result<Self, SupabaseError> {
        let auth = Auth::new(project)?;
        let received = Instant::now();
        let signed_in = auth.sign_in(&password.email, &password.password).await?;
        Ok(Self(Arc::new(Inner {
            user_id: signed_in.user_id,
            current: watch::Sender::new(Issued::new(&signed_in, received)),
            refresh_token: Mutex::new(signed_in.refresh_token),
            auth,
            password,
        })))
    }

    /// The account's id.
    pub fn user_id(&self) -> Uuid {
        self.0.user_id
    }

    /// A token that is good for a while, renewed first if it is old.
    pub async fn token(&self) -> Result<AccessToken, SupabaseError> {
        if let Some(token) = self.unless(|issued| Instant::now() >= issued.renew_at) {
            return Ok(token);
        }
        let mut refresh_token = self.0.refresh_token.lock().await;
        if let Some(token) = self.unless(|issued| Instant::now() >= issued.renew_at) {
            return Ok(token);
        }
        match self.renew(&mut refresh_token).await {
            Err(error) if error.is_retryable() => self.outlast().ok_or(error),
            renewed => renewed,
        }
    }

    /// A token other than `refused`, which a service did not accept: renewed unless that happened meanwhile.
    pub async fn token_after(&self, refused: &AccessToken) -> Result<AccessToken, SupabaseError> {
        let mut refresh_token = self.0.refresh_token.lock().await;
        match self.unless(|issued| issued.token == *refused) {
            Some(token) => Ok(token),
            None => self.renew(&mut refresh_token).await,
        }
    }

    /// Renews the token whenever it is due, until dropped. Long-lived connections need a token before anybody asks.
    pub async fn keep_fresh(self) {
        let mut backoff = Backoff::new(RENEW_RETRY, Duration::from_mins(1));
        loop {
            let due = self.0.current.borrow().renew_at;
            tokio::time::sleep_until(due).await;
            match self.token().await {
                Ok(_) => backoff.reset(),
                Err(error) => {
                    tracing::warn!(%error, "cannot renew the session yet");
                    tokio::time::sleep(backoff.next_delay()).await;
                }
            }
        }
    }

    /// Tells of each new token.
    pub(super) fn changes(&self) -> TokenChanges {
        TokenChanges(self.0.current.subscribe())
    }

    fn unless(&self, stale: impl Fn(&Issued) -> bool) -> Option<AccessToken> {
        let issued = self.0.current.borrow();
        (!stale(&issued)).then(|| issued.token.clone())
    }

    /// Puts renewal off a little, if the old token is still good.
    fn outlast(&self) -> Option<AccessToken> {
        let now = Instant::now();
        let mut token = None;
        self.0.current.send_if_modified(|issued| {
            if now < issued.expires_at {
                issued.renew_at = (now + jittered(RENEW_RETRY, 0.5)).min(issued.expires_at);
                token = Some(issued.token.clone());
            }
            false
        });
        token
    }

    /// By the refresh token; by the password if that is refused, as after a revocation.
    async fn renew(&self, refresh_token: &mut String) -> Result<AccessToken, SupabaseError> {
        let inner = &self.0;
        let received = Instant::now();
        let signed_in = match inner.auth.refresh(refresh_token).await {
            Err(error) if !error.is_retryable() => {
                tracing::info!(%error, "refresh token not accepted; signing in again");
                inner.auth.sign_in(&inner.password.email, &inner.password.password).await?
            }
            answer => answer?,
        };
        signed_in.refresh_token.clone_into(refresh_token);
        inner.current.send_replace(Issued::new(&signed_in, received));
        Ok(signed_in.access_token)
    }
}

#[cfg(test)]
impl Session {
    /// A session nobody signed in for, good for an hour.
    pub(super) fn pretend(project: &Project, token: &str) -> Self {
        Self(Arc::new(Inner {
            auth: Auth::new(project).unwrap(),
            password: Password::new("", ""),
            user_id: Uuid::nil(),
            refresh_token: Mutex::new(String::new()),
            current: watch::Sender::new(Issued::new(&Self::granted(token), Instant::now())),
        }))
    }

    /// As if renewal had answered `token`.
    pub(super) fn replace(&self, token: &str) {
        self.0.current.send_replace(Issued::new(&Self::granted(token), Instant::now()));
    }

    fn granted(token: &str) -> SignedIn {
        SignedIn {
            access_token: AccessToken::new(token),
            refresh_token: String::new(),
            expires_in: Duration::from_hours(1),
            user_id: Uuid::nil(),
        }
    }
}

/// A stream of new tokens.
pub(super) struct TokenChanges(watch::Receiver<Issued>);

impl TokenChanges {
    /// Waits for the next one. Never returns once the session is gone.
    pub(super) async fn next(&mut self) -> AccessToken {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
        self.0.borrow_and_update().token.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use serde_json::{Value, json};

    use super::*;
    use crate::supabase::test_server::{Answer, Request, serve};

    fn session(number: u64, expires_in: u64) -> Value {
        json!({
            "access_token": format!("token-{number}"), "token_type": "bearer", "expires_in": expires_in,
            "expires_at": 0, "refresh_token": format!("refresh-{number}"),
            "user": {
                "id": Uuid::nil(), "aud": "authenticated", "role": "authenticated", "email": "w@example.com",
                "phone": "", "app_metadata": {"role": "worker"}, "user_metadata": {}, "identities": [],
                "created_at": "", "updated_at": "", "is_anonymous": false,
            },
        })
    }

    fn grants(log: &crate::supabase::test_server::Log) -> Vec<String> {
        let grant = |request: &Request| request.line.rsplit('=').next().unwrap().to_owned();
        log.lock().unwrap().iter().map(grant).collect()
    }

    #[tokio::test]
    async fn however_many_ask_for_a_token_it_is_renewed_once() {
        let issued = AtomicU64::new(0);
        let (project, log) = serve(move |_| {
            let number = issued.fetch_add(1, Ordering::Relaxed) + 1;
            // The first is old as soon as it comes.
            Some(Answer::json(200, &session(number, if number == 1 { 1 } else { 3600 })))
        })
        .await;
        let session = Session::sign_in(&project, Password::new("w@example.com", "pw")).await.unwrap();
        tokio::time::sleep(Duration::from_millis(850)).await;
        let asked = (0..20).map(|_| {
            let session = session.clone();
            tokio::spawn(async move { session.token().await.unwrap() })
        });
        for answer in asked.collect::<Vec<_>>() {
            assert_eq!(answer.await.unwrap().expose(), "token-2");
        }
        assert_eq!(grants(&log), ["password", "refresh_token"]);
    }

    #[tokio::test]
    async fn a_refresh_token_that_is_refused_leads_to_the_password() {
        let issued = AtomicU64::new(0);
        let (project, log) = serve(move |request| {
            if request.line.contains("refresh_token") {
                let body = json!({"code": 400, "error_code": "refresh_token_not_found", "msg": "Invalid"});
                return Some(Answer::json(400, &body));
            }
            Some(Answer::json(200, &session(issued.fetch_add(1, Ordering::Relaxed), 3600)))
        })
        .await;
        let session = Session::sign_in(&project, Password::new("w@example.com", "pw")).await.unwrap();
        let refused = session.token().await.unwrap();
        assert_eq!(session.token_after(&refused).await.unwrap().expose(), "token-1");
        assert_eq!(session.token_after(&refused).await.unwrap().expose(), "token-1", "it is renewed already");
        assert_eq!(grants(&log), ["password", "refresh_token", "password"]);
    }

    #[tokio::test]
    async fn while_auth_is_down_a_token_that_is_still_good_is_used() {
        let (project, _) = serve(|request| {
            let down = request.line.contains("refresh_token");
            Some(if down { Answer::json(503, &json!({})) } else { Answer::json(200, &session(1, 4)) })
        })
        .await;
        let session = Session::sign_in(&project, Password::new("w@example.com", "pw")).await.unwrap();
        tokio::time::sleep(Duration::from_millis(3300)).await;
        assert_eq!(session.token().await.unwrap().expose(), "token-1", "old, but good");
        tokio::time::sleep(Duration::from_millis(800)).await;
        assert!(session.token().await.unwrap_err().is_retryable());
    }

    #[tokio::test]
    async fn a_wrong_password_is_told_apart_from_a_service_that_is_down() {
        let (project, _) = serve(|_| {
            let body =
                json!({"code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials"});
            Some(Answer::json(400, &body))
        })
        .await;
        let error = Session::sign_in(&project, Password::new("w@example.com", "no")).await.unwrap_err();
        assert!(matches!(error, SupabaseError::Unauthorised { .. }), "{error}");
        let (project, _) = serve(|_| None).await;
        let error = Session::sign_in(&project, Password::new("w@example.com", "pw")).await.unwrap_err();
        assert!(error.is_retryable(), "{error}");
    }
}
