//! `POST /signup`: new users, with an address or anonymous. Addresses count as confirmed at once, since no mail
//! is sent.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::body::Body;
use super::error::{Answer, AuthError};
use super::tokens::{Session, begin_session};
use super::users::{self, User};
use super::{email, passwords};
use crate::project::Project;

/// The body of `/signup`.
#[derive(Deserialize)]
pub(super) struct SignUp {
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    phone: Option<String>,
    #[serde(default)]
    password: Option<String>,
    #[serde(default)]
    data: Option<Map<String, Value>>,
}

/// `POST /signup`.
pub(super) async fn sign_up(
    State(project): State<Arc<Project>>,
    Body(request): Body<SignUp>,
) -> Answer<Json<Session>> {
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let data = request.data.unwrap_or_default();
    match (given(request.email), given(request.phone)) {
        (None, None) => anonymous(&project, data).await,
        (Some(email), None) => with_email(&project, &email, given(request.password), data).await,
        (None, Some(_)) => Err(AuthError::unsupported("sign-up by phone")),
        (Some(_), Some(_)) => {
            Err(AuthError::validation("Only an email address or phone number should be provided on signup."))
        }
    }
    .map(Json)
}

async fn anonymous(project: &Project, data: Map<String, Value>) -> Answer<Session> {
    let user = User { is_anonymous: true, user_metadata: data, ..User::new() };
    let mut client = project.database.auth.get().await?;
    let tx = client.transaction().await?;
    users::insert(&tx, &user).await?;
    let session = begin_session(project, &tx, user.id, "anonymous").await?;
    tx.commit().await?;
    Ok(session)
}

async fn with_email(
    project: &Project,
    address: &str,
    password: Option<String>,
    data: Map<String, Value>,
) -> Answer<Session> {
    let Some(password) = password else {
        return Err(AuthError::validation("Signup requires a valid password"));
    };
    passwords::check(&password)?;
    let address = email::normalise(address)?;
    let hash = passwords::hash(password).await?;
    let mut client = project.database.auth.get().await?;
    let tx = client.transaction().await?;
    if users::find_by_email(&tx, &address).await?.is_some() {
        return Err(already_registered());
    }
    let mut user = User { encrypted_password: Some(hash), user_metadata: data.clone(), ..User::new() };
    user.user_metadata.insert("sub".to_owned(), json!(user.id));
    user.user_metadata.insert("email".to_owned(), json!(address));
    user.user_metadata.insert("phone_verified".to_owned(), json!(false));
    user.set_email(address);
    user.confirm_email();
    users::insert(&tx, &user)
        .await
        .map_err(|error| if error.is_email_exists() { already_registered() } else { error })?;
    users::save_email_identity(&tx, &user, data).await?;
    let mut session = begin_session(project, &tx, user.id, "password").await?;
    tx.commit().await?;
    describe_as_new(&mut session.user);
    Ok(session)
}

/// What the real service answers about a user it has just made: the identity is already marked as confirmed, and
/// the computed `confirmed_at` is not read yet.
fn describe_as_new(user: &mut User) {
    user.confirmed_at = None;
    for identity in &mut user.identities {
        identity.identity_data.insert("email_verified".to_owned(), json!(true));
    }
}

fn already_registered() -> AuthError {
    AuthError::new(StatusCode::UNPROCESSABLE_ENTITY, "user_already_exists", "User already registered")
}
