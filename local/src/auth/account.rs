//! `/user` and `/logout`: what a signed-in user does with its own account.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::bearer::SignedIn;
use super::body::Body;
use super::error::{Answer, AuthError};
use super::users::{self, User};
use super::{email, passwords, sessions};
use crate::project::Project;

/// The body of `PUT /user`.
#[derive(Deserialize)]
pub(super) struct Changes {
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    phone: Option<String>,
    #[serde(default)]
    password: Option<String>,
    #[serde(default)]
    data: Option<Map<String, Value>>,
    #[serde(default)]
    app_metadata: Option<Value>,
}

/// The query of `/logout`.
#[derive(Deserialize)]
pub(super) struct Scope {
    #[serde(default)]
    scope: String,
}

/// `GET /user`.
pub(super) async fn show(caller: SignedIn) -> Json<User> {
    Json(caller.user)
}

/// `PUT /user`.
pub(super) async fn change(
    State(project): State<Arc<Project>>,
    SignedIn { mut user, session }: SignedIn,
    Body(changes): Body<Changes>,
) -> Answer<Json<User>> {
    refuse_forbidden(&changes)?;
    let password_changes = changes.password.is_some();
    if let Some(password) = changes.password {
        set_password(&mut user, changes.email.is_some(), password).await?;
    }
    let mut email_changes = false;
    if let Some(address) = changes.email.filter(|address| !address.is_empty()) {
        let address = email::normalise(&address)?;
        email_changes = user.email.as_deref() != Some(address.as_str());
        if email_changes {
            user.set_email(address);
            user.confirm_email();
        }
    }
    users::merge(&mut user.user_metadata, changes.data.unwrap_or_default());
    let mut client = project.database.auth.get().await?;
    let tx = client.transaction().await?;
    users::update(&tx, &user).await?;
    if email_changes {
        users::save_email_identity(&tx, &user, Map::new()).await?;
    }
    if password_changes {
        sessions::end_all(&tx, user.id, session).await?;
    }
    let changed = users::find(&tx, user.id).await?.unwrap_or(user);
    tx.commit().await?;
    Ok(Json(changed))
}

fn refuse_forbidden(changes: &Changes) -> Answer<()> {
    if changes.app_metadata.as_ref().is_some_and(|value| !value.is_null()) {
        return Err(AuthError::new(
            StatusCode::FORBIDDEN,
            "not_admin",
            "Updating app_metadata requires admin privileges",
        ));
    }
    if changes.phone.as_ref().is_some_and(|phone| !phone.is_empty()) {
        return Err(AuthError::unsupported("phone numbers"));
    }
    Ok(())
}

async fn set_password(user: &mut User, gets_email: bool, password: String) -> Answer<()> {
    if user.is_anonymous && !gets_email {
        return Err(AuthError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "validation_failed",
            "Updating password of an anonymous user without an email or phone is not allowed",
        ));
    }
    passwords::check(&password)?;
    if let Some(hash) = user.encrypted_password.clone()
        && passwords::matches(password.clone(), hash).await
    {
        return Err(AuthError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "same_password",
            "New password should be different from the old password.",
        ));
    }
    user.encrypted_password = Some(passwords::hash(password).await?);
    Ok(())
}

/// `POST /logout?scope=global|local|others`.
pub(super) async fn sign_out(
    State(project): State<Arc<Project>>,
    SignedIn { user, session }: SignedIn,
    Query(Scope { scope }): Query<Scope>,
) -> Answer<StatusCode> {
    let mut client = project.database.auth.get().await?;
    let tx = client.transaction().await?;
    match (scope.as_str(), session) {
        ("" | "global", _) | ("local", None) => sessions::end_all(&tx, user.id, None).await?,
        ("local", Some(session)) => sessions::end(&tx, session).await?,
        ("others", _) => sessions::end_all(&tx, user.id, session).await?,
        (other, _) => {
            return Err(AuthError::validation(format!("Unsupported logout scope {other:?}")));
        }
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
