//! What the hosted gateway does before a service sees a request: new-style API keys become the tokens they
//! stand for, and unknown ones are refused.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use crate::keys::Keys;
use crate::project::Project;

/// What every new-style key begins with.
const NEW_STYLE: &str = "sb_";

/// Replaces `sb_publishable_…` and `sb_secret_…` in `apikey` and `Authorization` by the legacy keys, and gives
/// a request with such an `apikey` and no `Authorization` the bearer token the key stands for. Answers 401 to a
/// new-style key that is not the project's.
pub(crate) async fn resolve_api_keys(
    State(project): State<Arc<Project>>,
    mut request: Request,
    next: Next,
) -> Response {
    if resolve_headers(request.headers_mut(), &project.keys) == Err(UnknownKey) {
        let message = json!({
            "message": "Unregistered API key",
            "hint": "Double check the provided API key as it is not registered for this project.",
        });
        return (StatusCode::UNAUTHORIZED, Json(message)).into_response();
    }
    next.run(request).await
}

/// A new-style key of another project.
#[derive(Debug, PartialEq, Eq)]
struct UnknownKey;

fn resolve_headers(headers: &mut HeaderMap, keys: &Keys) -> Result<(), UnknownKey> {
    let bearer = headers.get(AUTHORIZATION).and_then(bearer);
    let token_of_bearer = bearer.map_or(Ok(None), |key| token_of(key, keys))?;
    let has_bearer = headers.contains_key(AUTHORIZATION);
    let api_key = headers.get("apikey").and_then(|value| value.to_str().ok());
    let token_of_api_key = api_key.map_or(Ok(None), |key| token_of(key, keys))?;
    let default_bearer = if has_bearer { None } else { token_of_api_key };
    if let Some(value) = token_of_bearer.or(default_bearer).and_then(bearer_header) {
        headers.insert(AUTHORIZATION, value);
    }
    if let Some(value) = token_of_api_key.and_then(|token| HeaderValue::from_str(token).ok()) {
        headers.insert("apikey", value);
    }
    Ok(())
}

/// The token that `key` stands for; nothing when it is no new-style key.
fn token_of<'a>(key: &str, keys: &'a Keys) -> Result<Option<&'a str>, UnknownKey> {
    match resolve_key(key, keys) {
        None if key.starts_with(NEW_STYLE) => Err(UnknownKey),
        token => Ok(token),
    }
}

/// The token that `key` stands for, when it is one of the project's new-style keys.
pub(crate) fn resolve_key<'a>(key: &str, keys: &'a Keys) -> Option<&'a str> {
    if key == keys.publishable_key {
        Some(&keys.anon_key)
    } else if key == keys.secret_key {
        Some(&keys.service_role_key)
    } else {
        None
    }
}

fn bearer(value: &HeaderValue) -> Option<&str> {
    value.to_str().ok()?.strip_prefix("Bearer ")
}

fn bearer_header(token: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("Bearer {token}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(
        keys: &Keys,
        api_key: Option<&str>,
        bearer: Option<&str>,
    ) -> Result<(String, String), UnknownKey> {
        let mut headers = HeaderMap::new();
        if let Some(key) = api_key {
            headers.insert("apikey", key.parse().unwrap());
        }
        if let Some(token) = bearer {
            headers.insert(AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        }
        resolve_headers(&mut headers, keys)?;
        let text =
            |name| headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        Ok((text("apikey"), text("authorization")))
    }

    #[test]
    fn a_new_style_key_becomes_its_token_and_the_bearer_where_there_is_none() {
        let keys = Keys::generate(None).unwrap();
        let service = (keys.service_role_key.clone(), format!("Bearer {}", keys.service_role_key));
        assert_eq!(resolve(&keys, Some(&keys.secret_key), None), Ok(service.clone()));
        assert_eq!(resolve(&keys, Some(&keys.secret_key), Some(&keys.secret_key)), Ok(service));
    }

    #[test]
    fn a_users_token_stays_the_bearer() {
        let keys = Keys::generate(None).unwrap();
        let (api_key, bearer) = resolve(&keys, Some(&keys.publishable_key), Some("a.b.c")).unwrap();
        assert_eq!((api_key, bearer), (keys.anon_key, "Bearer a.b.c".to_owned()));
    }

    #[test]
    fn legacy_keys_and_requests_without_keys_pass_unchanged() {
        let keys = Keys::generate(None).unwrap();
        assert_eq!(resolve(&keys, Some(&keys.anon_key), None), Ok((keys.anon_key.clone(), String::new())));
        assert_eq!(resolve(&keys, None, None), Ok((String::new(), String::new())));
    }

    #[test]
    fn keys_of_another_project_are_refused() {
        let keys = Keys::generate(None).unwrap();
        let other = Keys::generate(None).unwrap();
        assert_eq!(resolve(&keys, Some(&other.publishable_key), None), Err(UnknownKey));
        assert_eq!(resolve(&keys, None, Some(&other.secret_key)), Err(UnknownKey));
    }
}
