//! `POST /token`: what a session is handed out as.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use deadpool_postgres::Transaction;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::{Answer, AuthError};
use super::users::{self, User};
use super::{body, passwords, sessions};
use crate::project::Project;

/// The query of `/token`.
#[derive(Deserialize)]
pub(super) struct Grant {
    #[serde(default)]
    grant_type: String,
}

/// A session as clients receive it.
#[derive(Serialize)]
pub(super) struct Session {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    expires_at: i64,
    refresh_token: String,
    pub(super) user: User,
}

/// A session begun with a password: says besides that the password is not known to be weak.
#[derive(Serialize)]
struct PasswordSession {
    #[serde(flatten)]
    session: Session,
    weak_password: Option<Value>,
}

#[derive(Deserialize)]
struct Credentials {
    email: Option<String>,
    phone: Option<String>,
    #[serde(default)]
    password: String,
}

#[derive(Deserialize)]
struct RefreshRequest {
    #[serde(default)]
    refresh_token: String,
}

/// `POST /token?grant_type=…`.
pub(super) async fn token(
    State(project): State<Arc<Project>>,
    Query(grant): Query<Grant>,
    bytes: Bytes,
) -> Answer<Response> {
    match grant.grant_type.as_str() {
        "password" => {
            let session = sign_in(&project, body::parse(&bytes)?).await?;
            Ok(Json(PasswordSession { session, weak_password: None }).into_response())
        }
        "refresh_token" => Ok(Json(refresh(&project, body::parse(&bytes)?).await?).into_response()),
        "pkce" | "id_token" | "web3" => {
            Err(AuthError::unsupported(&format!("sign-in with grant_type={}", grant.grant_type)))
        }
        _ => Err(AuthError::new(StatusCode::BAD_REQUEST, "invalid_credentials", "unsupported_grant_type")),
    }
}

async fn sign_in(project: &Project, credentials: Credentials) -> Answer<Session> {
    let email = match (credentials.email.as_deref(), credentials.phone.as_deref()) {
        (Some(email), _) if !email.is_empty() => email.to_lowercase(),
        (_, Some(phone)) if !phone.is_empty() => return Err(AuthError::unsupported("sign-in by phone")),
        _ => return Err(AuthError::validation("missing email or phone")),
    };
    let mut client = project.database.auth.get().await?;
    let tx = client.transaction().await?;
    let user = users::find_by_email(&tx, &email).await?.ok_or_else(invalid_credentials)?;
    let hash = user.encrypted_password.clone().ok_or_else(invalid_credentials)?;
    if user.is_banned() {
        return Err(AuthError::new(StatusCode::BAD_REQUEST, "user_banned", "User is banned"));
    }
    if !passwords::matches(credentials.password, hash).await {
        return Err(invalid_credentials());
    }
    if user.email_confirmed_at.is_none() {
        return Err(AuthError::new(StatusCode::BAD_REQUEST, "email_not_confirmed", "Email not confirmed"));
    }
    let session = begin_session(project, &tx, user.id, "password").await?;
    tx.commit().await?;
    Ok(session)
}

fn invalid_credentials() -> AuthError {
    AuthError::new(StatusCode::BAD_REQUEST, "invalid_credentials", "Invalid login credentials")
}

async fn refresh(project: &Project, request: RefreshRequest) -> Answer<Session> {
    let mut client = project.database.auth.get().await?;
    let tx = client.transaction().await?;
    let refreshed = match sessions::refresh(&tx, &request.refresh_token).await? {
        Ok(refreshed) => refreshed,
        Err(refusal) => {
            tx.commit().await?;
            return Err(refusal);
        }
    };
    let user = loaded(&tx, refreshed.user).await?;
    if user.is_banned() {
        return Err(AuthError::new(
            StatusCode::BAD_REQUEST,
            "user_banned",
            "Invalid Refresh Token: User Banned",
        ));
    }
    let session = hand_out(project, &tx, user, refreshed.session, refreshed.token).await?;
    tx.commit().await?;
    Ok(session)
}

/// Begins a session of `user`; `method` is how it signed in.
pub(super) async fn begin_session(
    project: &Project,
    tx: &Transaction<'_>,
    user: Uuid,
    method: &str,
) -> Answer<Session> {
    let (session, refresh_token) = sessions::begin(tx, user, method).await?;
    let user = loaded(tx, user).await?;
    hand_out(project, tx, user, session, refresh_token).await
}

async fn loaded(tx: &Transaction<'_>, user: Uuid) -> Answer<User> {
    users::find(tx, user).await?.ok_or_else(invalid_credentials)
}

async fn hand_out(
    project: &Project,
    tx: &Transaction<'_>,
    user: User,
    session: Uuid,
    refresh_token: String,
) -> Answer<Session> {
    let issued_at = jiff::Timestamp::now().as_second();
    let expires_at = issued_at + project.jwt_expiry_seconds;
    let methods = sessions::methods(tx, session).await?;
    let amr: Vec<Value> =
        methods.iter().map(|method| json!({"method": method.name, "timestamp": method.at})).collect();
    let claims = json!({
        "iss": format!("{}/auth/v1", project.url),
        "sub": user.id,
        "aud": user.aud,
        "exp": expires_at,
        "iat": issued_at,
        "email": user.email.as_deref().unwrap_or_default(),
        "phone": user.phone.as_deref().unwrap_or_default(),
        "app_metadata": user.app_metadata,
        "user_metadata": user.user_metadata,
        "role": user.role,
        "aal": "aal1",
        "amr": amr,
        "session_id": session,
        "is_anonymous": user.is_anonymous,
    });
    Ok(Session {
        access_token: project.keys.sign(&claims)?,
        token_type: "bearer",
        expires_in: project.jwt_expiry_seconds,
        expires_at,
        refresh_token,
        user,
    })
}
