//! What the hosted gateway does before a service sees a request: new-style API keys become the tokens they
//! stand for.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::Response;

use crate::keys::Keys;
use crate::project::Project;

/// Replaces `sb_publishable_…` and `sb_secret_…` in `apikey` and `Authorization` by the legacy keys, and gives
/// a request with such an `apikey` and no `Authorization` the bearer token the key stands for.
pub(crate) async fn resolve_api_keys(
    State(project): State<Arc<Project>>,
    mut request: Request,
    next: Next,
) -> Response {
    let headers = request.headers_mut();
    let resolved = headers.get("apikey").and_then(|value| token_of(value, &project.keys));
    if let Some(token) = resolved {
        let bearer = headers.get(AUTHORIZATION).and_then(bearer);
        if bearer.is_none_or(|text| text.starts_with("sb_"))
            && let Ok(value) = HeaderValue::from_str(&format!("Bearer {token}"))
        {
            headers.insert(AUTHORIZATION, value);
        }
        if let Ok(value) = HeaderValue::from_str(token) {
            headers.insert("apikey", value);
        }
    }
    next.run(request).await
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

fn token_of<'a>(value: &HeaderValue, keys: &'a Keys) -> Option<&'a str> {
    resolve_key(value.to_str().ok()?, keys)
}

fn bearer(value: &HeaderValue) -> Option<&str> {
    value.to_str().ok()?.strip_prefix("Bearer ")
}
