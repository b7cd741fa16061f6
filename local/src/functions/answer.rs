//! What the gateway of functions answers itself, with the codes of a hosted project where it has one for the case.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Why a request did not get an answer of its function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    NotFound,
    /// The function wants a token and there is none.
    NoToken,
    /// The token is another project's, expired, or none.
    BadToken,
    TooLarge,
    /// The request's body broke off.
    Incomplete,
    Upgrade,
    NoDeno,
    /// The process ended, or did not listen in time.
    NotStarted,
    /// The process ended, or closed the connection, before it answered.
    Crashed,
    TimedOut,
}

impl Refusal {
    fn parts(self) -> (StatusCode, Value, &'static str) {
        let unauthorized = || json!(401);
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, json!("NOT_FOUND"), "Requested function was not found"),
            Self::NoToken => (StatusCode::UNAUTHORIZED, unauthorized(), "Missing authorization header"),
            Self::BadToken => (StatusCode::UNAUTHORIZED, unauthorized(), "Invalid JWT"),
            Self::TooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, json!("PAYLOAD_TOO_LARGE"), "The body is too large")
            }
            Self::Incomplete => (StatusCode::BAD_REQUEST, json!("BAD_REQUEST"), "The body is incomplete"),
            Self::Upgrade => (
                StatusCode::NOT_IMPLEMENTED,
                json!("NOT_IMPLEMENTED"),
                "local-supabase does not support websockets of functions",
            ),
            Self::NoDeno => (
                StatusCode::NOT_IMPLEMENTED,
                json!("NOT_IMPLEMENTED"),
                "local-supabase runs functions with Deno, which is missing: run 'make setup', or install it",
            ),
            Self::NotStarted => (
                StatusCode::SERVICE_UNAVAILABLE,
                json!("BOOT_ERROR"),
                "Function failed to start (please check logs)",
            ),
            Self::Crashed => (
                StatusCode::INTERNAL_SERVER_ERROR,
                json!("WORKER_ERROR"),
                "Function exited due to an error (please check logs)",
            ),
            Self::TimedOut => (
                StatusCode::GATEWAY_TIMEOUT,
                json!("IDLE_TIMEOUT"),
                "The function did not answer within 150 seconds",
            ),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code, message) = self.parts();
        (status, Json(json!({"code": code, "message": message}))).into_response()
    }
}
