//! Success as an HTTP response.

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_LOCATION, CONTENT_RANGE, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::{Map, Value};

use super::error::RestError;
use super::execute::Outcome;
use super::media::Media;

/// A response being put together.
#[derive(Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    headers: Vec<(HeaderName, String)>,
    body: Option<String>,
}

impl Reply {
    pub(crate) fn new(status: StatusCode) -> Self {
        Self { status, headers: Vec::new(), body: None }
    }

    pub(crate) fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn content_range(self, range: impl Into<String>) -> Self {
        self.header(CONTENT_RANGE, range)
    }

    pub(crate) fn content_location(self, path: &str, canonical: &str) -> Self {
        let mark = if canonical.is_empty() { "" } else { "?" };
        self.header(CONTENT_LOCATION, format!("/{}{mark}{canonical}", path.trim_matches('/')))
    }

    pub(crate) fn preference_applied(self, applied: Option<String>) -> Self {
        match applied {
            Some(applied) => self.header(HeaderName::from_static("preference-applied"), applied),
            None => self,
        }
    }

    /// A body, and the schema it comes from.
    pub(crate) fn body(mut self, body: String, media: Media, schema_name: &str) -> Self {
        self.body = Some(body);
        self.header(CONTENT_TYPE, media.content_type())
            .header(HeaderName::from_static("content-profile"), schema_name)
    }

    /// What the request's SQL set in `response.status` and `response.headers`.
    pub(crate) fn overridden(mut self, outcome: &Outcome) -> Result<Self, RestError> {
        if let Some(status) = &outcome.status {
            let status = status.parse().ok().and_then(|status| StatusCode::from_u16(status).ok());
            self.status = status
                .ok_or_else(|| guc_error("PGRST112", "response.status guc must be a valid status code"))?;
        }
        let invalid = || {
            guc_error(
                "PGRST111",
                "response.headers guc must be a JSON array composed of objects with a single key and a string value",
            )
        };
        let Some(text) = &outcome.headers else { return Ok(self) };
        let headers: Vec<Map<String, Value>> = serde_json::from_str(text).map_err(|_| invalid())?;
        for header in headers {
            let mut pairs = header.into_iter();
            let (Some((name, Value::String(value))), None) = (pairs.next(), pairs.next()) else {
                return Err(invalid());
            };
            let name = HeaderName::try_from(name).map_err(|_| invalid())?;
            self.headers.retain(|(existing, _)| *existing != name);
            self.headers.push((name, value));
        }
        Ok(self)
    }

    /// The response; without its body for a HEAD request.
    pub(crate) fn into_response(self, with_body: bool) -> Response<Body> {
        let may_have_body = self.status != StatusCode::NO_CONTENT;
        let body = self.body.filter(|_| with_body && may_have_body).unwrap_or_default();
        let length = body.len();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.append(name, value);
            }
        }
        if with_body && may_have_body {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        response
    }
}

fn guc_error(code: &str, message: &str) -> RestError {
    RestError::new(StatusCode::INTERNAL_SERVER_ERROR, code, message)
}
