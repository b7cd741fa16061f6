//! Users and their identities: rows of schema auth, and the JSON clients see.

use deadpool_postgres::Transaction;
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};
use tokio_postgres::Row;
use tokio_postgres::error::DbError;
use uuid::Uuid;

use super::error::{Answer, AuthError};

/// The audience and the role of everyone who signs up.
pub(super) const AUTHENTICATED: &str = "authenticated";

/// A user. Its JSON has the members, and their order, that the real service gives it.
#[expect(clippy::struct_field_names, reason = "the names are the protocol's")]
#[derive(Clone, Serialize)]
pub(super) struct User {
    pub(super) id: Uuid,
    pub(super) aud: String,
    pub(super) role: String,
    #[serde(serialize_with = "text_or_empty")]
    pub(super) email: Option<String>,
    #[serde(skip)]
    pub(super) encrypted_password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email_confirmed_at: Option<Timestamp>,
    #[serde(serialize_with = "text_or_empty")]
    pub(super) phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) confirmed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_sign_in_at: Option<Timestamp>,
    pub(super) app_metadata: Map<String, Value>,
    pub(super) user_metadata: Map<String, Value>,
    pub(super) identities: Vec<Identity>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) banned_until: Option<Timestamp>,
    pub(super) is_anonymous: bool,
}

/// How a user signs in; here always by e-mail.
#[expect(clippy::struct_field_names, reason = "the names are the protocol's")]
#[derive(Clone, Serialize)]
pub(super) struct Identity {
    identity_id: Uuid,
    /// The user at the provider.
    id: String,
    user_id: Uuid,
    pub(super) identity_data: Map<String, Value>,
    provider: String,
    last_sign_in_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
    email: Option<String>,
}

#[expect(clippy::ref_option, reason = "serde calls it with a reference to the field")]
fn text_or_empty<S: Serializer>(text: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text.as_deref().unwrap_or_default())
}

impl User {
    /// A new user, not saved yet, that nobody can sign in as.
    pub(super) fn new() -> Self {
        let now = Timestamp::now();
        Self {
            id: Uuid::new_v4(),
            aud: AUTHENTICATED.to_owned(),
            role: AUTHENTICATED.to_owned(),
            email: None,
            encrypted_password: None,
            email_confirmed_at: None,
            phone: None,
            confirmed_at: None,
            last_sign_in_at: None,
            app_metadata: Map::new(),
            user_metadata: Map::new(),
            identities: Vec::new(),
            created_at: now,
            updated_at: now,
            banned_until: None,
            is_anonymous: false,
        }
    }

    /// Gives the user an e-mail address, and the metadata that tells of it.
    pub(super) fn set_email(&mut self, email: String) {
        self.email = Some(email);
        self.is_anonymous = false;
        self.app_metadata.insert("provider".to_owned(), json!("email"));
        self.app_metadata.insert("providers".to_owned(), json!(["email"]));
    }

    /// The address counts as the user's own from now on.
    pub(super) fn confirm_email(&mut self) {
        self.email_confirmed_at = Some(Timestamp::now());
        self.user_metadata.insert("email_verified".to_owned(), json!(true));
    }

    /// True while an administrator's ban lasts.
    pub(super) fn is_banned(&self) -> bool {
        self.banned_until.is_some_and(|until| until > Timestamp::now())
    }

    fn from_row(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            aud: row.get::<_, Option<String>>("aud").unwrap_or_default(),
            role: row.get::<_, Option<String>>("role").unwrap_or_default(),
            email: row.get("email"),
            encrypted_password: row.get("encrypted_password"),
            email_confirmed_at: row.get("email_confirmed_at"),
            phone: row.get("phone"),
            confirmed_at: row.get("confirmed_at"),
            last_sign_in_at: row.get("last_sign_in_at"),
            app_metadata: object(row.get("raw_app_meta_data")),
            user_metadata: object(row.get("raw_user_meta_data")),
            identities: Vec::new(),
            created_at: row.get::<_, Option<Timestamp>>("created_at").unwrap_or_default(),
            updated_at: row.get::<_, Option<Timestamp>>("updated_at").unwrap_or_default(),
            banned_until: row.get("banned_until"),
            is_anonymous: row.get("is_anonymous"),
        }
    }
}

impl Identity {
    fn from_row(row: &Row) -> Self {
        Self {
            identity_id: row.get("id"),
            id: row.get("provider_id"),
            user_id: row.get("user_id"),
            identity_data: object(row.get("identity_data")),
            provider: row.get("provider"),
            last_sign_in_at: row.get("last_sign_in_at"),
            created_at: row.get::<_, Option<Timestamp>>("created_at").unwrap_or_default(),
            updated_at: row.get::<_, Option<Timestamp>>("updated_at").unwrap_or_default(),
            email: row.get("email"),
        }
    }
}

fn object(value: Option<Value>) -> Map<String, Value> {
    match value {
        Some(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

/// Puts `changes` into `metadata`; a null removes its key.
pub(super) fn merge(metadata: &mut Map<String, Value>, changes: Map<String, Value>) {
    for (key, value) in changes {
        if value.is_null() {
            metadata.remove(&key);
        } else {
            metadata.insert(key, value);
        }
    }
}

/// The user with this id.
pub(super) async fn find(tx: &Transaction<'_>, id: Uuid) -> Answer<Option<User>> {
    let sql = concat!(include_str!("sql/select_users.sql"), " where id = $1");
    one(tx, tx.query_opt(sql, &[&id]).await?).await
}

/// The user with this address, in lower case.
pub(super) async fn find_by_email(tx: &Transaction<'_>, email: &str) -> Answer<Option<User>> {
    let sql = concat!(include_str!("sql/select_users.sql"), " where email = $1 and not is_sso_user");
    one(tx, tx.query_opt(sql, &[&email]).await?).await
}

async fn one(tx: &Transaction<'_>, row: Option<Row>) -> Answer<Option<User>> {
    let mut users: Vec<User> = row.iter().map(User::from_row).collect();
    load_identities(tx, &mut users).await?;
    Ok(users.pop())
}

/// A page of users, newest first, whose address or name holds `filter`; and how many there are in all.
pub(super) async fn list(
    tx: &Transaction<'_>,
    filter: &str,
    limit: i64,
    offset: i64,
) -> Answer<(Vec<User>, i64)> {
    const MATCHING: &str = " where $1 = '' or strpos(email, lower($1)) > 0 or strpos(lower(raw_user_meta_data ->> 'full_name'), lower($1)) > 0";
    let sql =
        [include_str!("sql/select_users.sql"), MATCHING, " order by created_at desc limit $2 offset $3"]
            .concat();
    let rows = tx.query(&sql, &[&filter, &limit, &offset]).await?;
    let count = ["select count(*) from auth.users", MATCHING].concat();
    let total = tx.query_one(&count, &[&filter]).await?.get(0);
    let mut users: Vec<User> = rows.iter().map(User::from_row).collect();
    load_identities(tx, &mut users).await?;
    Ok((users, total))
}

async fn load_identities(tx: &Transaction<'_>, users: &mut [User]) -> Answer<()> {
    let ids: Vec<Uuid> = users.iter().map(|user| user.id).collect();
    for row in tx.query(include_str!("sql/select_identities.sql"), &[&ids]).await? {
        let identity = Identity::from_row(&row);
        if let Some(user) = users.iter_mut().find(|user| user.id == identity.user_id) {
            user.identities.push(identity);
        }
    }
    Ok(())
}

/// Saves a new user, and its identity if it has an address.
pub(super) async fn insert(tx: &Transaction<'_>, user: &User) -> Answer<()> {
    write(tx, include_str!("sql/insert_user.sql"), user, "Database error saving new user").await
}

/// Saves the changes to a user.
pub(super) async fn update(tx: &Transaction<'_>, user: &User) -> Answer<()> {
    write(tx, include_str!("sql/update_user.sql"), user, "Database error updating user").await
}

async fn write(tx: &Transaction<'_>, sql: &str, user: &User, failure: &'static str) -> Answer<()> {
    let app_metadata = Value::Object(user.app_metadata.clone());
    let user_metadata = Value::Object(user.user_metadata.clone());
    tx.execute(
        sql,
        &[
            &user.id,
            &user.aud,
            &user.role,
            &user.email,
            &user.encrypted_password,
            &user.email_confirmed_at,
            &app_metadata,
            &user_metadata,
            &user.is_anonymous,
            &user.banned_until,
        ],
    )
    .await
    .map_err(|error| {
        let constraint = error.as_db_error().and_then(DbError::constraint);
        if constraint == Some("users_email_partial_key") {
            AuthError::email_exists()
        } else {
            AuthError::database(&error, failure)
        }
    })?;
    Ok(())
}

/// Saves that the user signs in by e-mail. `data` is added to what the identity already says.
pub(super) async fn save_email_identity(
    tx: &Transaction<'_>,
    user: &User,
    mut data: Map<String, Value>,
) -> Answer<()> {
    data.insert("sub".to_owned(), json!(user.id));
    data.insert("email".to_owned(), json!(user.email));
    data.insert("email_verified".to_owned(), json!(false));
    data.insert("phone_verified".to_owned(), json!(false));
    let sql = include_str!("sql/save_email_identity.sql");
    tx.execute(sql, &[&user.id, &Value::Object(data)]).await?;
    Ok(())
}

/// Removes a user and everything that hangs on it; false if there is none.
pub(super) async fn delete(tx: &Transaction<'_>, id: Uuid) -> Answer<bool> {
    let deleted = tx.execute("delete from auth.users where id = $1", &[&id]).await;
    Ok(deleted.map_err(|error| AuthError::database(&error, "Database error deleting user"))? > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_keeps_what_is_not_named_and_removes_nulls() {
        let mut metadata = object(Some(json!({"plan": "pro", "role": "admin"})));
        merge(&mut metadata, object(Some(json!({"plan": null, "team": 7}))));
        assert_eq!(Value::Object(metadata), json!({"role": "admin", "team": 7}));
    }

    #[test]
    fn the_json_of_a_user_holds_no_password() {
        let mut user = User::new();
        user.encrypted_password = Some("hash".to_owned());
        let json = serde_json::to_string(&user).unwrap();
        assert!(!json.contains("hash") && !json.contains("password"));
        assert!(json.contains(r#""email":"""#));
    }
}
