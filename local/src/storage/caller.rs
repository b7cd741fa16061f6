//! Who asks, and transactions in which PostgreSQL sees that caller.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use deadpool_postgres::{Object, Transaction};
use uuid::Uuid;

use super::failure::{Failure, token_message};
use crate::claims::Claims;
use crate::database::transaction_as;
use crate::keys::Keys;

/// The bearer of a token of the project.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    claims: Claims,
    role: String,
}

impl Caller {
    /// The bearer that `Authorization` names.
    pub(crate) fn from_headers(headers: &HeaderMap, keys: &Keys) -> Result<Self, Failure> {
        let value = headers.get(AUTHORIZATION).ok_or_else(|| Failure::missing("headers", "authorization"))?;
        let value = value.to_str().unwrap_or_default();
        Self::from_token(value.strip_prefix("Bearer ").unwrap_or(value), keys)
    }

    /// The bearer of `token`.
    pub(crate) fn from_token(token: &str, keys: &Keys) -> Result<Self, Failure> {
        let claims =
            Claims::verify(token, keys).map_err(|error| Failure::access_denied(token_message(&error)))?;
        if claims.is_expired(0) {
            return Err(Failure::access_denied("\"exp\" claim timestamp check failed"));
        }
        let role = claims.role().unwrap_or("anon").to_owned();
        Ok(Self { claims, role })
    }

    /// The service itself: what it does after the caller's permission was checked.
    pub(crate) fn service(keys: &Keys) -> Result<Self, Failure> {
        Self::from_token(&keys.service_role_key, keys)
    }

    /// The user's id as `owner_id` holds it.
    pub(crate) fn owner_id(&self) -> Option<String> {
        self.claims.get("sub")?.as_str().map(str::to_owned)
    }

    /// Opens a transaction as this caller, with the time limit of its role.
    pub(crate) async fn begin<'a>(&self, client: &'a mut Object) -> Result<Transaction<'a>, Failure> {
        let transaction = transaction_as(client, &self.role, &self.claims).await?;
        transaction.execute(include_str!("sql/limit_time.sql"), &[&self.role]).await?;
        Ok(transaction)
    }
}

/// An owner as the two columns hold it: the deprecated uuid, and the text.
pub(crate) fn owner_columns(owner_id: Option<&str>) -> (Option<Uuid>, Option<&str>) {
    (owner_id.and_then(|id| id.parse().ok()), owner_id)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::keys::sign;

    const USER: &str = "7f0c1a52-0f5c-4f7e-9a51-6a3c0a8f1b11";

    fn keys() -> Keys {
        Keys::generate(None).unwrap()
    }

    #[test]
    fn a_request_without_authorization_says_so() {
        let failure = Caller::from_headers(&HeaderMap::new(), &keys()).unwrap_err();
        assert_eq!(failure, Failure::missing("headers", "authorization"));
    }

    #[test]
    fn the_owner_is_the_tokens_subject() {
        let keys = keys();
        let token = sign(&json!({"role": "authenticated", "sub": USER}), &keys.jwt_secret).unwrap();
        let caller = Caller::from_token(&token, &keys).unwrap();
        assert_eq!(caller.owner_id().as_deref(), Some(USER));
        assert_eq!(caller.role, "authenticated");
    }

    #[test]
    fn an_expired_token_is_refused() {
        let keys = keys();
        let token = sign(&json!({"role": "anon", "exp": 1}), &keys.jwt_secret).unwrap();
        assert_eq!(Caller::from_token(&token, &keys).unwrap_err().status, 403);
    }
}
