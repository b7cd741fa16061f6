//! JSON bodies, refused in the service's own words.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::error::AuthError;

/// A request body as `T`. Types read by it hold passwords, so none of them implements `Debug`.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = AuthError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AuthError> {
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            AuthError::new(rejection.status(), "validation_failed", rejection.body_text())
        })?;
        parse(&bytes).map(Self)
    }
}

/// Reads `bytes` as JSON.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, AuthError> {
    serde_json::from_slice(bytes).map_err(|error| {
        let reason = match error.classify() {
            Category::Eof => "unexpected end of JSON input".to_owned(),
            Category::Data => format!("a field has the wrong type (column {})", error.column()),
            Category::Syntax | Category::Io => format!("invalid character (column {})", error.column()),
        };
        AuthError::new(
            StatusCode::BAD_REQUEST,
            "bad_json",
            format!("Could not parse request body as JSON: {reason}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_is_wrong_with_a_body_is_said_without_repeating_it() {
        let refusal = |text: &str| parse::<Value>(text.as_bytes()).unwrap_err().to_string();
        assert!(refusal("{\"email\":").ends_with("unexpected end of JSON input"));
        assert!(refusal("").ends_with("unexpected end of JSON input"));
        assert!(!refusal("{secret}").contains("secret"));
        let wrong = parse::<String>(b"{\"password\": 1}").unwrap_err().to_string();
        assert!(wrong.contains("wrong type"));
    }
}
