//! Who makes a request: extractors for the three kinds of caller.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use uuid::Uuid;

use super::error::AuthError;
use super::sessions;
use super::users::{self, User};
use crate::claims::{Claims, TokenError};
use crate::project::Project;

/// Whoever holds a token of this project that is valid now.
pub(super) struct Bearer(pub(super) Claims);

/// A user whose session still lasts.
pub(super) struct SignedIn {
    pub(super) user: User,
    /// `None` for tokens that were signed outside a session.
    pub(super) session: Option<Uuid>,
}

/// A holder of a key that may do everything.
pub(super) struct Admin;

impl FromRequestParts<Arc<Project>> for Bearer {
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, project: &Arc<Project>) -> Result<Self, AuthError> {
        let token = bearer_token(&parts.headers).ok_or_else(|| {
            AuthError::new(
                StatusCode::UNAUTHORIZED,
                "no_authorization",
                "This endpoint requires a valid Bearer token",
            )
        })?;
        let claims = project.keys.verify(token).map_err(|error| refuse(&error))?;
        if claims.is_expired(0) {
            return Err(refuse_token("token has invalid claims: token is expired"));
        }
        if claims.is_early(0) {
            return Err(refuse_token("token has invalid claims: token is not valid yet"));
        }
        Ok(Self(claims))
    }
}

impl FromRequestParts<Arc<Project>> for SignedIn {
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, project: &Arc<Project>) -> Result<Self, AuthError> {
        let Bearer(claims) = Bearer::from_request_parts(parts, project).await?;
        let Some(subject) =
            claims.get("sub").and_then(|value| value.as_str()).filter(|text| !text.is_empty())
        else {
            return Err(AuthError::bad_jwt("invalid claim: missing sub claim"));
        };
        let id: Uuid =
            subject.parse().map_err(|_| AuthError::validation("invalid claim: sub claim must be a UUID"))?;
        let session = session_of(&claims)?;
        let mut client = project.database.auth.get().await?;
        let tx = client.transaction().await?;
        let Some(user) = users::find(&tx, id).await? else {
            return Err(AuthError::new(
                StatusCode::FORBIDDEN,
                "user_not_found",
                "User from sub claim in JWT does not exist",
            ));
        };
        if let Some(session) = session
            && !sessions::exists(&tx, session, id).await?
        {
            return Err(AuthError::new(
                StatusCode::FORBIDDEN,
                "session_not_found",
                "Session from session_id claim in JWT does not exist",
            ));
        }
        Ok(Self { user, session })
    }
}

impl FromRequestParts<Arc<Project>> for Admin {
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, project: &Arc<Project>) -> Result<Self, AuthError> {
        let Bearer(claims) = Bearer::from_request_parts(parts, project).await?;
        match claims.role() {
            Some("service_role" | "supabase_admin") => Ok(Self),
            _ => Err(AuthError::new(StatusCode::FORBIDDEN, "not_admin", "User not allowed")),
        }
    }
}

fn session_of(claims: &Claims) -> Result<Option<Uuid>, AuthError> {
    match claims.get("session_id").and_then(|value| value.as_str()) {
        None | Some("") => Ok(None),
        Some(text) => {
            text.parse().map(Some).map_err(|_| AuthError::bad_jwt("invalid claim: session_id must be a UUID"))
        }
    }
}

fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && !token.contains(char::is_whitespace))
        .then_some(token)
}

fn refuse(error: &TokenError) -> AuthError {
    refuse_token(match error {
        TokenError::Malformed { parts: 3 } => "token is malformed: could not decode its parts",
        TokenError::Malformed { .. } => "token is malformed: token contains an invalid number of segments",
        TokenError::Algorithm => "token signature is invalid: signing method is invalid",
        TokenError::Signature => "token signature is invalid: signature is invalid",
    })
}

fn refuse_token(reason: &str) -> AuthError {
    AuthError::bad_jwt(format!("invalid JWT: unable to parse or verify signature, {reason}"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_one_token_after_the_word_bearer_counts() {
        let token = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::from_static(value));
            bearer_token(&headers).map(str::to_owned)
        };
        assert_eq!(token("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(token("bearer abc").as_deref(), Some("abc"));
        for value in ["abc", "Basic abc", "Bearer ", "Bearer a b", ""] {
            assert_eq!(token(value), None, "{value}");
        }
    }
}
