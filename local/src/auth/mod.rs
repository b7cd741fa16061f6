//! `/auth/v1`: accounts, password sign-in, sessions. Mail, SMS, other providers and second factors are declined.

mod account;
mod admin;
mod bearer;
mod body;
mod cors;
mod email;
mod error;
mod meta;
mod passwords;
mod sessions;
mod signup;
mod tokens;
mod users;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{any, get, post};

use crate::project::Project;

/// The largest body read, in bytes.
const BODY_LIMIT: usize = 1024 * 1024;

/// Endpoints of the real service that this one answers 501 to.
const DECLINED: &[&str] = &[
    "/admin/audit",
    "/admin/custom-providers",
    "/admin/generate_link",
    "/admin/oauth/{*rest}",
    "/admin/sso/{*rest}",
    "/admin/users/{id}/{*rest}",
    "/authorize",
    "/callback",
    "/factors",
    "/factors/{*rest}",
    "/invite",
    "/magiclink",
    "/oauth/{*rest}",
    "/otp",
    "/passkeys/{*rest}",
    "/reauthenticate",
    "/recover",
    "/resend",
    "/saml/{*rest}",
    "/sso",
    "/sso/{*rest}",
    "/user/{*rest}",
    "/verify",
];

/// The service's routes, without the `/auth/v1` in front.
pub(crate) fn router(project: Arc<Project>) -> Router {
    let mut router = Router::new()
        .route("/health", get(meta::health))
        .route("/settings", get(meta::settings))
        .route("/.well-known/jwks.json", get(meta::jwks))
        .route("/signup", post(signup::sign_up))
        .route("/token", post(tokens::token))
        .route("/user", get(account::show).put(account::change))
        .route("/logout", post(account::sign_out))
        .route("/admin/users", get(admin::list).post(admin::create))
        .route("/admin/users/{id}", get(admin::show).put(admin::change).delete(admin::delete));
    for path in DECLINED {
        router = router.route(path, any(meta::declined));
    }
    router
        .fallback(meta::not_found)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(error::render))
        .layer(middleware::from_fn(cors::allow))
        .with_state(project)
}
