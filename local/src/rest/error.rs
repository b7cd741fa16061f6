//! The answers that are no success, in PostgREST's form: `{code, details, hint, message}`.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::sqlstate;

/// Why a request is refused. Boxed: results carry it everywhere.
#[derive(Debug, thiserror::Error)]
#[error("{}: {}", .0.code, .0.message)]
pub(crate) struct RestError(Box<Refusal>);

#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    code: String,
    message: String,
    details: Option<Value>,
    hint: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
    stale: bool,
}

impl RestError {
    pub(crate) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self(Box::new(Refusal {
            status,
            code: code.to_owned(),
            message: message.into(),
            details: None,
            hint: None,
            headers: Vec::new(),
            stale: false,
        }))
    }

    pub(crate) fn bad_request(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// A part of PostgREST that is left out here.
    pub(crate) fn unsupported(feature: &str) -> Self {
        let message = format!("local-supabase does not support {feature}");
        Self::new(StatusCode::NOT_IMPLEMENTED, "unsupported", message)
    }

    /// Something that a schema cache read before a migration would not have: worth a reload.
    pub(crate) fn not_in_cache(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        let mut error = Self::new(status, code, message);
        error.0.stale = true;
        error
    }

    pub(crate) fn range(details: impl Into<Value>) -> Self {
        Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "PGRST103", "Requested range not satisfiable")
            .details(details)
    }

    pub(crate) fn details(mut self, details: impl Into<Value>) -> Self {
        self.0.details = Some(details.into());
        self
    }

    pub(crate) fn hint(mut self, hint: Option<String>) -> Self {
        self.0.hint = hint;
        self
    }

    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers.push((name, value));
        }
        self
    }

    /// True when a reload of the schema cache may turn the answer into another.
    pub(crate) fn may_be_stale(&self) -> bool {
        self.0.stale
    }

    /// What PostgreSQL said. `anonymous` is a caller without a token of its own: it may try again with one.
    pub(crate) fn from_database(error: &tokio_postgres::Error, anonymous: bool) -> Self {
        let Some(db) = error.as_db_error() else {
            let message = "Database connection error. Retrying the connection.";
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, "PGRST001", message)
                .details(error.to_string());
        };
        let code = db.code().code();
        if code == "PGRST" {
            return Self::raised(db.message(), db.detail());
        }
        let status = sqlstate::status(code, db.message(), anonymous);
        let mut refusal = Self::new(status, code, db.message()).hint(db.hint().map(str::to_owned));
        refusal.0.details = db.detail().map(Value::from);
        refusal
    }

    /// `raise sqlstate 'PGRST'`: body and status are the function's own, both as JSON.
    fn raised(message: &str, detail: Option<&str>) -> Self {
        let body: Option<RaisedBody> = serde_json::from_str(message).ok();
        let head: Option<RaisedHead> = detail.and_then(|text| serde_json::from_str(text).ok());
        let status = head.as_ref().and_then(|head| StatusCode::from_u16(head.status).ok());
        let (Some(body), Some(head), Some(status)) = (body, head, status) else {
            return Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "PGRST121",
                "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error",
            );
        };
        let mut error = Self::new(status, &body.code, body.message).hint(body.hint);
        error.0.details = body.details.map(Value::from);
        for (name, value) in head.headers {
            if let Ok(name) = HeaderName::try_from(name) {
                error = error.header(name, &value);
            }
        }
        error
    }

    /// The answer; without its body for a HEAD request.
    pub(crate) fn into_response(self, with_body: bool) -> Response<Body> {
        let refusal = *self.0;
        let body = json!({"code": refusal.code, "details": refusal.details, "hint": refusal.hint, "message": refusal.message});
        let body = if with_body { Body::from(body.to_string()) } else { Body::empty() };
        let mut response = Response::new(body);
        *response.status_mut() = refusal.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        if let Ok(value) = HeaderValue::from_str(&format!("PostgREST; error={}", refusal.code)) {
            headers.insert("proxy-status", value);
        }
        if refusal.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        for (name, value) in refusal.headers {
            headers.insert(name, value);
        }
        response
    }
}

#[derive(serde::Deserialize)]
struct RaisedBody {
    code: String,
    message: String,
    details: Option<String>,
    hint: Option<String>,
}

#[derive(serde::Deserialize)]
struct RaisedHead {
    status: u16,
    headers: std::collections::BTreeMap<String, String>,
}
