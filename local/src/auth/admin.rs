//! `/admin/users`: what the holder of the service key does with accounts.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::bearer::Admin;
use super::body::{self, Body};
use super::error::{Answer, AuthError};
use super::users::{self, User};
use super::{email, passwords, sessions};
use crate::keys::random_text;
use crate::project::Project;

/// Users on a page when the request does not say, and at most.
const PAGE_SIZE: i64 = 50;
const LARGEST_PAGE: i64 = 1000;

/// The body of a creation and of a change.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Account {
    id: Option<Uuid>,
    aud: Option<String>,
    role: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    password: Option<String>,
    password_hash: Option<String>,
    email_confirm: Option<bool>,
    user_metadata: Option<Map<String, Value>>,
    app_metadata: Option<Map<String, Value>>,
    ban_duration: Option<String>,
}

/// The query of the list.
#[expect(clippy::struct_field_names, reason = "the names are the protocol's")]
#[derive(Deserialize)]
pub(super) struct Page {
    #[serde(default)]
    page: String,
    #[serde(default)]
    per_page: String,
    #[serde(default)]
    filter: String,
}

/// A page of users.
#[derive(Serialize)]
pub(super) struct UserList {
    users: Vec<User>,
    aud: &'static str,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Deletion {
    should_soft_delete: bool,
}

/// `POST /admin/users`.
pub(super) async fn create(
    _: Admin,
    State(project): State<Arc<Project>>,
    Body(mut account): Body<Account>,
) -> Answer<Json<User>> {
    let Some(address) = account.email.take().filter(|address| !address.is_empty()) else {
        return Err(match account.phone {
            Some(_) => AuthError::unsupported("phone numbers"),
            None => AuthError::validation("Cannot create a user without either an email or phone"),
        });
    };
    let mut user = User::new();
    user.id = account.id.unwrap_or(user.id);
    user.set_email(email::normalise(&address)?);
    if account.password.is_none() && account.password_hash.is_none() {
        account.password = Some(random_text(32));
    }
    if account.email_confirm == Some(true) {
        user.confirm_email();
    }
    apply(&mut user, account).await?;
    let mut client = project.database.auth.get().await?;
    let tx = client.transaction().await?;
    users::insert(&tx, &user).await?;
    users::save_email_identity(&tx, &user, Map::new()).await?;
    let mut created = loaded(&tx, user.id).await?;
    tx.commit().await?;
    // As the real service answers: the computed column is not read yet.
    created.confirmed_at = None;
    Ok(Json(created))
}

/// `GET /admin/users/{id}`.
pub(super) async fn show(
    _: Admin,
    State(project): State<Arc<Project>>,
    Path(id): Path<String>,
) -> Answer<Json<User>> {
    let id = user_id(&id)?;
    let mut client = project.database.auth.get().await?;
    let tx = client.transaction().await?;
    loaded(&tx, id).await.map(Json)
}

/// `PUT /admin/users/{id}`.
pub(super) async fn change(
    _: Admin,
    State(project): State<Arc<Project>>,
    Path(id): Path<String>,
    Body(mut account): Body<Account>,
) -> Answer<Json<User>> {
    let id = user_id(&id)?;
    let mut client = project.database.auth.get().await?;
    let tx = client.transaction().await?;
    let mut user = loaded(&tx, id).await?;
    let address = account.email.take().filter(|address| !address.is_empty());
    let email_changes = address.is_some();
    if let Some(address) = address {
        user.set_email(email::normalise(&address)?);
    }
    if account.email_confirm == Some(true) {
        user.confirm_email();
    }
    let password_changes = account.password.is_some();
    apply(&mut user, account).await?;
    users::update(&tx, &user).await?;
    if email_changes {
        users::save_email_identity(&tx, &user, Map::new()).await?;
    }
    if password_changes {
        sessions::end_all(&tx, id, None).await?;
    }
    let changed = loaded(&tx, id).await?;
    tx.commit().await?;
    Ok(Json(changed))
}

/// What creation and change have in common.
async fn apply(user: &mut User, account: Account) -> Answer<()> {
    if account.phone.is_some_and(|phone| !phone.is_empty()) {
        return Err(AuthError::unsupported("phone numbers"));
    }
    if let Some(password) = account.password {
        passwords::check(&password)?;
        user.encrypted_password = Some(passwords::hash(password).await?);
    } else if let Some(hash) = account.password_hash {
        user.encrypted_password = Some(hash);
    }
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    if let Some(role) = given(account.role) {
        user.role = role;
    }
    if let Some(aud) = given(account.aud) {
        user.aud = aud;
    }
    if let Some(duration) = given(account.ban_duration) {
        user.banned_until = banned_until(&duration)?;
    }
    users::merge(&mut user.user_metadata, account.user_metadata.unwrap_or_default());
    users::merge(&mut user.app_metadata, account.app_metadata.unwrap_or_default());
    Ok(())
}

/// `GET /admin/users`.
pub(super) async fn list(
    _: Admin,
    State(project): State<Arc<Project>>,
    Query(query): Query<Page>,
) -> Answer<(HeaderMap, Json<UserList>)> {
    let page = positive(&query.page, 1)?;
    let size = positive(&query.per_page, PAGE_SIZE)?.min(LARGEST_PAGE);
    let mut client = project.database.auth.get().await?;
    let tx = client.transaction().await?;
    let (users, total) = users::list(&tx, &query.filter, size, (page - 1).saturating_mul(size)).await?;
    Ok((page_headers(page, size, total), Json(UserList { users, aud: users::AUTHENTICATED })))
}

fn positive(text: &str, default: i64) -> Answer<i64> {
    match text {
        "" => Ok(default),
        _ => text.parse().ok().filter(|number| *number > 0).ok_or_else(|| {
            AuthError::validation("Bad Pagination Parameters: page and per_page are positive numbers")
        }),
    }
}

fn page_headers(page: i64, size: i64, total: i64) -> HeaderMap {
    let last = (total.max(1) - 1) / size + 1;
    let link = |page: i64, rel: &str| format!("</admin/users?page={page}&per_page={size}>; rel=\"{rel}\"");
    let mut links = Vec::new();
    if page < last {
        links.push(link(page + 1, "next"));
    }
    links.push(link(last, "last"));
    let mut headers = HeaderMap::new();
    headers.insert(HeaderName::from_static("x-total-count"), HeaderValue::from(total));
    if let Ok(value) = HeaderValue::from_str(&links.join(", ")) {
        headers.insert(header::LINK, value);
    }
    headers
}

/// `DELETE /admin/users/{id}`.
pub(super) async fn delete(
    _: Admin,
    State(project): State<Arc<Project>>,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Answer<Json<Value>> {
    let id = user_id(&id)?;
    // Clients send no body, null, or an object.
    let deletion = if bytes.is_empty() { None } else { body::parse::<Option<Deletion>>(&bytes)? };
    if deletion.is_some_and(|deletion| deletion.should_soft_delete) {
        return Err(AuthError::unsupported("soft deletion of users"));
    }
    let mut client = project.database.auth.get().await?;
    let tx = client.transaction().await?;
    if !users::delete(&tx, id).await? {
        return Err(not_found());
    }
    tx.commit().await?;
    Ok(Json(json!({})))
}

fn user_id(text: &str) -> Answer<Uuid> {
    text.parse()
        .map_err(|_| AuthError::new(StatusCode::NOT_FOUND, "validation_failed", "user_id must be an UUID"))
}

async fn loaded(tx: &deadpool_postgres::Transaction<'_>, id: Uuid) -> Answer<User> {
    users::find(tx, id).await?.ok_or_else(not_found)
}

fn not_found() -> AuthError {
    AuthError::new(StatusCode::NOT_FOUND, "user_not_found", "User not found")
}

/// The end of a ban that begins now: `none`, or hours, minutes and seconds like `1h30m`.
fn banned_until(duration: &str) -> Answer<Option<Timestamp>> {
    if duration == "none" {
        return Ok(None);
    }
    duration
        .parse::<SignedDuration>()
        .ok()
        .filter(SignedDuration::is_positive)
        .and_then(|length| Timestamp::now().checked_add(length).ok())
        .map(Some)
        .ok_or_else(|| AuthError::validation(format!("invalid format for ban duration: {duration:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ban_has_an_end_or_is_lifted() {
        let ends = |text: &str| banned_until(text).unwrap();
        assert_eq!(ends("none"), None);
        assert!(ends("1h30m") > Some(Timestamp::now() + SignedDuration::from_mins(89)));
        for text in ["tomorrow", "-1h", "999999999999h", ""] {
            assert!(banned_until(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_last_page_has_no_next() {
        let link = |page| page_headers(page, 10, 21)[header::LINK].to_str().unwrap().to_owned();
        assert!(link(1).contains("page=2&per_page=10>; rel=\"next\""));
        assert!(!link(3).contains("next"));
        assert!(link(3).contains("page=3&per_page=10>; rel=\"last\""));
    }
}
