//! The service's errors, in the two bodies its API versions have.

use std::borrow::Cow;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

const VERSION_HEADER: &str = "x-supabase-api-version";
/// The first version whose error bodies have a textual `code`. Dates, so they compare as text.
const VERSION: &str = "2024-01-01";

/// A refusal: HTTP status, a stable code and a sentence.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub(super) struct AuthError {
    status: StatusCode,
    code: &'static str,
    message: Cow<'static, str>,
    /// Why a password is too weak; empty for every other error.
    weak_password: &'static [&'static str],
}

/// What a handler answers.
pub(super) type Answer<T> = Result<T, AuthError>;

impl AuthError {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, message: message.into(), weak_password: &[] }
    }

    /// 400, the request is not what the endpoint takes.
    pub(super) fn validation(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "validation_failed", message)
    }

    /// 403, the bearer token is not one of this project, or no longer.
    pub(super) fn bad_jwt(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "bad_jwt", message)
    }

    /// 501, this stand-in does not do that.
    pub(super) fn unsupported(feature: &str) -> Self {
        let message = format!("local-supabase does not support {feature}");
        Self::new(StatusCode::NOT_IMPLEMENTED, "not_implemented", message)
    }

    /// 422, the password is shorter than the project's minimum.
    pub(super) fn weak_password(minimum: usize) -> Self {
        let message = format!("Password should be at least {minimum} characters.");
        Self {
            weak_password: &["length"],
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "weak_password", message)
        }
    }

    pub(super) fn email_exists() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "email_exists",
            "A user with this email address has already been registered",
        )
    }

    /// True of what [`Self::email_exists`] makes.
    pub(super) fn is_email_exists(&self) -> bool {
        self.code == "email_exists"
    }

    /// 500, PostgreSQL did not take a change; a trigger or a foreign key of the project's own may be why.
    pub(super) fn database(error: &tokio_postgres::Error, message: &'static str) -> Self {
        if is_about_data(error) {
            return Self::unstorable();
        }
        tracing::error!(%error, "auth: {message}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "unexpected_failure", message)
    }

    fn unstorable() -> Self {
        Self::validation("A value cannot be stored: it holds a zero character or is too long")
    }

    fn unexpected() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "unexpected_failure",
            "Unexpected failure, please check server logs for more information",
        )
    }

    fn body(&self, versioned: bool) -> Value {
        let mut body = if versioned {
            json!({"code": self.code, "message": self.message})
        } else {
            json!({"code": self.status.as_u16(), "error_code": self.code, "msg": self.message})
        };
        if !self.weak_password.is_empty() {
            body["weak_password"] = json!({"reasons": self.weak_password});
        }
        body
    }
}

/// True where a value of the request is at fault: SQLSTATE class 22.
fn is_about_data(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|state| state.code().starts_with("22"))
}

impl From<tokio_postgres::Error> for AuthError {
    fn from(error: tokio_postgres::Error) -> Self {
        if is_about_data(&error) {
            return Self::unstorable();
        }
        tracing::error!(%error, "auth: a query failed");
        Self::unexpected()
    }
}

impl From<deadpool_postgres::PoolError> for AuthError {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        tracing::error!(%error, "auth: no database connection");
        Self::unexpected()
    }
}

impl From<jsonwebtoken::errors::Error> for AuthError {
    fn from(error: jsonwebtoken::errors::Error) -> Self {
        tracing::error!(%error, "auth: cannot sign a token");
        Self::unexpected()
    }
}

impl IntoResponse for AuthError {
    /// Leaves the body to [`render`], which knows the version asked for.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives the errors of the handlers their body.
pub(super) async fn render(request: Request, next: Next) -> Response {
    let versioned = wants_version(request.headers());
    let mut response = next.run(request).await;
    let Some(error) = response.extensions_mut().remove::<AuthError>() else { return response };
    let mut rendered = (error.status, axum::Json(error.body(versioned))).into_response();
    let headers = rendered.headers_mut();
    headers.insert("x-sb-error-code", HeaderValue::from_static(error.code));
    if versioned {
        headers.insert(VERSION_HEADER, HeaderValue::from_static(VERSION));
    }
    rendered
}

fn wants_version(headers: &HeaderMap) -> bool {
    let is_date = |text: &str| text.parse::<jiff::civil::Date>().is_ok();
    headers
        .get(VERSION_HEADER)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|asked| is_date(asked) && asked >= VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_a_number_in_old_bodies_and_text_in_new_ones() {
        let error = AuthError::email_exists();
        assert_eq!(error.body(false)["code"], 422);
        assert_eq!(error.body(false)["error_code"], "email_exists");
        assert_eq!(error.body(true)["code"], "email_exists");
    }

    #[test]
    fn only_dates_from_the_first_version_on_ask_for_new_bodies() {
        let asks = |version: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(VERSION_HEADER, HeaderValue::from_static(version));
            wants_version(&headers)
        };
        assert!(asks("2024-01-01"));
        assert!(asks("2025-06-01"));
        assert!(!asks("2023-12-31"));
        assert!(!asks("latest"));
        assert!(!wants_version(&HeaderMap::new()));
    }
}
