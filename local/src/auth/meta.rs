//! What the service says about itself, and what it does not do.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderName, StatusCode, header};
use serde_json::{Map, Value, json};

use super::error::AuthError;
use crate::project::Project;

/// Sign-in providers of the hosted service; none of them is here.
const PROVIDERS: &[&str] = &[
    "apple",
    "azure",
    "bitbucket",
    "discord",
    "facebook",
    "snapchat",
    "figma",
    "fly",
    "github",
    "gitlab",
    "google",
    "keycloak",
    "kakao",
    "linkedin",
    "linkedin_oidc",
    "notion",
    "spotify",
    "slack",
    "slack_oidc",
    "workos",
    "twitch",
    "twitter",
    "zoom",
];

/// `GET /health`.
pub(super) async fn health() -> Json<Value> {
    Json(json!({
        "version": "",
        "name": "GoTrue",
        "description": "GoTrue is a user registration and authentication API",
    }))
}

/// `GET /settings`.
pub(super) async fn settings() -> Json<Value> {
    let mut external: Map<String, Value> =
        PROVIDERS.iter().map(|name| ((*name).to_owned(), json!(false))).collect();
    for name in ["anonymous_users", "email", "phone"] {
        external.insert(name.to_owned(), json!(true));
    }
    Json(json!({
        "external": external,
        "disable_signup": false,
        "mailer_autoconfirm": true,
        "phone_autoconfirm": true,
        "sms_provider": "",
        "saml_enabled": false,
        "saml_private_key_next_configured": true,
        "passkeys_enabled": false,
    }))
}

/// `GET /.well-known/jwks.json`: no public keys where the secret is shared.
pub(super) async fn jwks(
    State(project): State<Arc<Project>>,
) -> ([(HeaderName, &'static str); 1], Json<Value>) {
    let keys = project.keys.public_jwks();
    ([(header::CACHE_CONTROL, "public, max-age=600")], Json(json!({"keys": keys})))
}

/// Every endpoint of the real service that is not here.
pub(super) async fn declined(OriginalUri(uri): OriginalUri) -> AuthError {
    AuthError::unsupported(uri.path())
}

/// Every other path.
pub(super) async fn not_found() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "404 page not found\n")
}
