//! Sessions and their refresh tokens.
//!
//! Each refresh replaces the token. A replaced token is taken again for a few seconds, and its direct successor's
//! parent at any time, since an answer may get lost; any other use of a replaced token means that two hold it,
//! and ends the session's refreshing.

use deadpool_postgres::Transaction;
use rand::Rng as _;
use uuid::Uuid;

use super::error::{Answer, AuthError};
use axum::http::StatusCode;

/// How long a replaced refresh token is still taken.
const REUSE_INTERVAL_SECONDS: f64 = 10.0;

const TOKEN_LENGTH: usize = 12;
const TOKEN_ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";

/// How a session began: the claim `amr` of its tokens.
pub(super) struct Method {
    pub(super) name: String,
    /// Seconds since 1970.
    pub(super) at: i64,
}

/// A session that was refreshed.
pub(super) struct Refreshed {
    pub(super) session: Uuid,
    pub(super) user: Uuid,
    /// The refresh token to hand out.
    pub(super) token: String,
}

/// What is known of a refresh token at the moment it is shown, under the lock of its session.
struct TokenState {
    revoked: bool,
    within_interval: bool,
    /// The session's token that is not revoked.
    active: Option<String>,
    is_parent_of_active: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Rotate,
    /// Hand out the current token again.
    Repeat(String),
    Reused,
}

impl TokenState {
    fn verdict(self) -> Verdict {
        match self.active {
            _ if !self.revoked => Verdict::Rotate,
            Some(active) if self.is_parent_of_active || self.within_interval => Verdict::Repeat(active),
            _ => Verdict::Reused,
        }
    }
}

/// Begins a session; gives its id and its first refresh token.
pub(super) async fn begin(tx: &Transaction<'_>, user: Uuid, method: &str) -> Answer<(Uuid, String)> {
    let session = Uuid::new_v4();
    tx.execute(include_str!("sql/insert_session.sql"), &[&session, &user, &method]).await?;
    let token = insert_token(tx, user, session, None).await?;
    Ok((session, token))
}

async fn insert_token(
    tx: &Transaction<'_>,
    user: Uuid,
    session: Uuid,
    parent: Option<&str>,
) -> Answer<String> {
    let token = new_token();
    tx.execute(include_str!("sql/insert_refresh_token.sql"), &[&token, &user, &parent, &session]).await?;
    Ok(token)
}

/// Takes a refresh token and gives the one that follows it. `Ok(Err(_))` is a refusal whose effects on the
/// session are to be kept, so the transaction must be committed in both cases.
pub(super) async fn refresh(tx: &Transaction<'_>, token: &str) -> Answer<Result<Refreshed, AuthError>> {
    if !has_token_form(token) {
        return Ok(Err(AuthError::validation("Refresh token is not valid")));
    }
    let Some(row) = tx.query_opt(include_str!("sql/lock_refresh_token.sql"), &[&token]).await? else {
        return Ok(Err(AuthError::new(
            StatusCode::BAD_REQUEST,
            "refresh_token_not_found",
            "Invalid Refresh Token: Refresh Token Not Found",
        )));
    };
    let (session, user): (Uuid, Uuid) = (row.get("session_id"), row.get("user_id"));
    let next = match state(tx, token).await?.verdict() {
        Verdict::Rotate => rotate(tx, user, session, token).await?,
        Verdict::Repeat(active) => active,
        Verdict::Reused => {
            tx.execute(include_str!("sql/revoke_session_tokens.sql"), &[&session]).await?;
            return Ok(Err(AuthError::new(
                StatusCode::BAD_REQUEST,
                "refresh_token_already_used",
                "Invalid Refresh Token: Already Used",
            )));
        }
    };
    Ok(Ok(Refreshed { session, user, token: next }))
}

async fn state(tx: &Transaction<'_>, token: &str) -> Answer<TokenState> {
    let row =
        tx.query_one(include_str!("sql/refresh_token_state.sql"), &[&token, &REUSE_INTERVAL_SECONDS]).await?;
    Ok(TokenState {
        revoked: row.get::<_, Option<bool>>("revoked").unwrap_or(true),
        within_interval: row.get::<_, Option<bool>>("within_interval").unwrap_or(false),
        active: row.get("active"),
        is_parent_of_active: row.get::<_, Option<bool>>("is_parent_of_active").unwrap_or(false),
    })
}

async fn rotate(tx: &Transaction<'_>, user: Uuid, session: Uuid, old: &str) -> Answer<String> {
    tx.execute(include_str!("sql/revoke_session_tokens.sql"), &[&session]).await?;
    tx.execute(
        "update auth.sessions set refreshed_at = now() at time zone 'utc', updated_at = now() where id = $1",
        &[&session],
    )
    .await?;
    insert_token(tx, user, session, Some(old)).await
}

fn has_token_form(token: &str) -> bool {
    token.len() == TOKEN_LENGTH && token.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn new_token() -> String {
    let mut random = rand::rng();
    (0..TOKEN_LENGTH)
        .map(|_| char::from(TOKEN_ALPHABET[random.random_range(0..TOKEN_ALPHABET.len())]))
        .collect()
}

/// How the session began.
pub(super) async fn methods(tx: &Transaction<'_>, session: Uuid) -> Answer<Vec<Method>> {
    let rows = tx.query(include_str!("sql/session_method.sql"), &[&session]).await?;
    Ok(rows.iter().map(|row| Method { name: row.get("authentication_method"), at: row.get("at") }).collect())
}

/// True while nobody has ended the session.
pub(super) async fn exists(tx: &Transaction<'_>, session: Uuid, user: Uuid) -> Answer<bool> {
    let sql = "select 1 from auth.sessions where id = $1 and user_id = $2";
    Ok(tx.query_opt(sql, &[&session, &user]).await?.is_some())
}

/// Ends one session.
pub(super) async fn end(tx: &Transaction<'_>, session: Uuid) -> Answer<()> {
    tx.execute("delete from auth.sessions where id = $1", &[&session]).await?;
    Ok(())
}

/// Ends all sessions of a user but `kept`.
pub(super) async fn end_all(tx: &Transaction<'_>, user: Uuid, kept: Option<Uuid>) -> Answer<()> {
    let sql = "delete from auth.sessions where user_id = $1 and id is distinct from $2";
    tx.execute(sql, &[&user, &kept]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revoked(active: Option<&str>, within_interval: bool, is_parent_of_active: bool) -> Verdict {
        TokenState { revoked: true, within_interval, active: active.map(str::to_owned), is_parent_of_active }
            .verdict()
    }

    #[test]
    fn the_current_token_is_rotated() {
        let state = TokenState {
            revoked: false,
            within_interval: true,
            active: Some("a".to_owned()),
            is_parent_of_active: false,
        };
        assert_eq!(state.verdict(), Verdict::Rotate);
    }

    #[test]
    fn a_replaced_token_repeats_the_current_one_shortly_or_as_its_parent() {
        assert_eq!(revoked(Some("a"), true, false), Verdict::Repeat("a".to_owned()));
        assert_eq!(revoked(Some("a"), false, true), Verdict::Repeat("a".to_owned()));
    }

    #[test]
    fn an_older_token_is_a_reuse_and_so_is_any_of_an_ended_family() {
        assert_eq!(revoked(Some("a"), false, false), Verdict::Reused);
        assert_eq!(revoked(None, true, false), Verdict::Reused);
    }

    #[test]
    fn tokens_have_the_form_that_is_accepted() {
        assert!(has_token_form(&new_token()));
        assert!(!has_token_form("contract-none"));
        assert!(!has_token_form(""));
    }
}
