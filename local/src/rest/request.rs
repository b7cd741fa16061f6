//! What every kind of request has.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode};

use super::caller::Caller;
use super::error::RestError;
use super::preferences::Preferences;
use super::schema::Schema;

/// A request whose caller is known.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Below `/rest/v1`, percent-encoded as it came.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) caller: Caller,
    pub(crate) preferences: Preferences,
}

/// What the path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resource {
    Root,
    Table(String),
    Function(String),
}

impl Request {
    pub(crate) fn resource(&self) -> Result<Resource, RestError> {
        let decode =
            |part: &str| percent_encoding::percent_decode_str(part).decode_utf8_lossy().replace('\0', "");
        let parts: Vec<String> = self.path.split('/').filter(|part| !part.is_empty()).map(decode).collect();
        match &parts[..] {
            [] => Ok(Resource::Root),
            [table] => Ok(Resource::Table(table.clone())),
            [rpc, function] if rpc == "rpc" => Ok(Resource::Function(function.clone())),
            _ => Err(RestError::new(
                StatusCode::NOT_FOUND,
                "PGRST125",
                "Invalid path specified in request URL",
            )),
        }
    }

    pub(crate) fn is_read(&self) -> bool {
        self.method == Method::GET || self.method == Method::HEAD
    }

    /// The schema that the profile header names, or the first one.
    pub(crate) fn schema_name(&self, schema: &Schema) -> Result<String, RestError> {
        let reads = self.is_read() || self.method == Method::OPTIONS;
        let header = if reads { "accept-profile" } else { "content-profile" };
        let Some(wanted) = self.headers.get(header).and_then(|value| value.to_str().ok()) else {
            return Ok(schema.exposed.first().cloned().unwrap_or_default());
        };
        if schema.exposed.iter().any(|name| name == wanted) {
            return Ok(wanted.to_owned());
        }
        let hint = format!("Only the following schemas are exposed: {}", schema.exposed.join(", "));
        let message = format!("Invalid schema: {wanted}");
        Err(RestError::not_in_cache(StatusCode::NOT_ACCEPTABLE, "PGRST106", message).hint(Some(hint)))
    }

    pub(crate) fn body_text(&self) -> Result<&str, RestError> {
        let text = std::str::from_utf8(&self.body)
            .map_err(|_| RestError::bad_request("PGRST102", "The body is not UTF-8"))?;
        Ok(text)
    }

    /// Header names and values as JSON, for `request.headers`.
    pub(crate) fn headers_json(&self) -> String {
        let pairs =
            self.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        pairs.collect::<serde_json::Value>().to_string()
    }

    /// The cookies as JSON, for `request.cookies`.
    pub(crate) fn cookies_json(&self) -> String {
        let header = self.headers.get("cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.collect::<serde_json::Value>().to_string()
    }
}
