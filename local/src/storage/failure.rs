//! Every way a request can fail, with the names the three protocols give it.

use axum::Json;
use axum::extract::multipart::MultipartError;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio_postgres::error::SqlState;

use crate::claims::TokenError;

/// A refusal. `status` is what it means; the REST protocol sends most of them as HTTP 400 with the status in the body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub(crate) struct Failure {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) error: &'static str,
    pub(crate) message: String,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "statusCode")]
    status: String,
    error: &'a str,
    message: &'a str,
    code: &'a str,
}

impl Failure {
    fn new(status: u16, code: &'static str, error: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, error, message: message.into() }
    }

    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidRequest", "Error", message)
    }

    pub(crate) fn missing(place: &str, property: &str) -> Self {
        Self::invalid_request(format!("{place} must have required property '{property}'"))
    }

    pub(crate) fn access_denied(message: impl Into<String>) -> Self {
        Self::new(403, "AccessDenied", "Unauthorized", message)
    }

    pub(crate) fn row_level_security() -> Self {
        Self::access_denied("new row violates row-level security policy")
    }

    pub(crate) fn no_such_bucket() -> Self {
        Self::new(404, "NoSuchBucket", "Bucket not found", "Bucket not found")
    }

    pub(crate) fn no_such_key() -> Self {
        Self::new(404, "NoSuchKey", "not_found", "Object not found")
    }

    pub(crate) fn no_such_upload() -> Self {
        Self::new(404, "NoSuchUpload", "not_found", "Upload not found")
    }

    pub(crate) fn key_exists() -> Self {
        Self::new(409, "KeyAlreadyExists", "Duplicate", "The resource already exists")
    }

    pub(crate) fn resource_exists() -> Self {
        Self { code: "ResourceAlreadyExists", ..Self::key_exists() }
    }

    pub(crate) fn bucket_exists() -> Self {
        Self { code: "BucketAlreadyExists", ..Self::key_exists() }
    }

    pub(crate) fn bucket_not_empty() -> Self {
        Self::new(409, "ResourceNotEmpty", "ResourceNotEmpty", "The bucket you tried to delete is not empty")
    }

    pub(crate) fn invalid_bucket_name() -> Self {
        Self::new(400, "InvalidBucketName", "Invalid Input", "Bucket name invalid")
    }

    pub(crate) fn invalid_key(key: &str) -> Self {
        Self::new(400, "InvalidKey", "InvalidKey", format!("Invalid key: {key}"))
    }

    pub(crate) fn too_large() -> Self {
        Self::new(413, "EntityTooLarge", "Payload too large", "The object exceeded the maximum allowed size")
    }

    pub(crate) fn mime_type(mime: &str) -> Self {
        Self::new(415, "InvalidMimeType", "invalid_mime_type", format!("mime type {mime} is not supported"))
    }

    pub(crate) fn invalid_range() -> Self {
        Self::new(416, "InvalidRange", "invalid_range", "invalid range provided")
    }

    pub(crate) fn invalid_jwt(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidJWT", "InvalidJWT", message)
    }

    pub(crate) fn invalid_signature() -> Self {
        Self::new(400, "InvalidSignature", "InvalidSignature", "Invalid signature")
    }

    /// A refusal only the S3 protocol knows.
    pub(crate) fn s3(status: u16, code: &'static str, message: &str) -> Self {
        Self::new(status, code, code, message)
    }

    /// The sender stopped sending.
    pub(crate) fn interrupted() -> Self {
        Self::new(
            400,
            "RequestTimeout",
            "RequestTimeout",
            "The body ended or stalled before it was complete: send it again",
        )
    }

    pub(crate) fn unsupported(feature: &str) -> Self {
        let message = format!("local-supabase does not support {feature}");
        Self::new(501, "NotImplemented", "not_implemented", message)
    }

    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(500, "InternalError", "internal", message)
    }

    /// How HTTP carries it in the REST protocol.
    fn http_status(&self) -> StatusCode {
        let status = if matches!(self.status, 416 | 500..) { self.status } else { 400 };
        StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let body = Body {
            status: self.status.to_string(),
            error: self.error,
            message: &self.message,
            code: self.code,
        };
        (self.http_status(), [(CONTENT_TYPE, "application/json; charset=utf-8")], Json(body)).into_response()
    }
}

/// The message of the token library of the real service.
pub(crate) fn token_message(error: &TokenError) -> &'static str {
    match error {
        TokenError::Malformed { .. } => "Invalid Compact JWS",
        TokenError::Algorithm => "\"alg\" (Algorithm) Header Parameter value not allowed",
        TokenError::Signature => "signature verification failed",
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(state) = error.code() else {
            tracing::error!(%error, "the database is unreachable");
            return Self::internal("The database is unreachable: try again");
        };
        match *state {
            SqlState::INSUFFICIENT_PRIVILEGE => {
                match error.as_db_error().map(tokio_postgres::error::DbError::message) {
                    Some(message) if !message.contains("row-level security") => Self::access_denied(message),
                    _ => Self::row_level_security(),
                }
            }
            SqlState::UNIQUE_VIOLATION => Self::key_exists(),
            SqlState::FOREIGN_KEY_VIOLATION => Self::no_such_bucket(),
            SqlState::QUERY_CANCELED => {
                Self::new(544, "DatabaseTimeout", "timeout", "The query took too long and was canceled")
            }
            SqlState::INVALID_PARAMETER_VALUE => Self::access_denied("The role of this token does not exist"),
            _ => {
                let message =
                    error.as_db_error().map_or_else(|| error.to_string(), |db| db.message().to_owned());
                Self::new(500, "DatabaseError", "DatabaseError", message)
            }
        }
    }
}

impl From<deadpool_postgres::PoolError> for Failure {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        match error {
            deadpool_postgres::PoolError::Backend(error) => error.into(),
            _ => Self::internal("No database connection is free: try again"),
        }
    }
}

/// A body that broke off.
impl From<axum::Error> for Failure {
    fn from(_: axum::Error) -> Self {
        Self::interrupted()
    }
}

/// A form that broke off, or that is none.
impl From<MultipartError> for Failure {
    fn from(error: MultipartError) -> Self {
        Self::invalid_request(format!("The form is not valid multipart/form-data: {error}"))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        tracing::error!(%error, "an object's file failed");
        Self::internal(format!("The object's bytes cannot be read or written: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_http_400_with_its_status_in_the_body() {
        assert_eq!(Failure::no_such_key().into_response().status(), StatusCode::BAD_REQUEST);
    }

    #[test]
    fn a_bad_range_and_an_unsupported_feature_keep_their_status() {
        assert_eq!(Failure::invalid_range().into_response().status(), StatusCode::RANGE_NOT_SATISFIABLE);
        assert_eq!(Failure::unsupported("x").into_response().status(), StatusCode::NOT_IMPLEMENTED);
    }
}
