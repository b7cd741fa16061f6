//! Bodies: JSON, CSV and forms, all of them turned into a JSON array of objects.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::error::RestError;

/// Rows of a request. Their text goes to PostgreSQL as it came, so that numbers keep every digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Payload {
    /// A JSON array of objects.
    pub(crate) rows: String,
    /// The keys that the objects have.
    pub(crate) keys: BTreeSet<String>,
    /// How many objects there are.
    pub(crate) len: usize,
}

/// What the body is written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ContentType {
    Json,
    Csv,
    Form,
    Other(String),
}

impl ContentType {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        match value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            ""
            | "application/json"
            | "application/vnd.pgrst.object+json"
            | "application/vnd.pgrst.array+json" => Self::Json,
            "text/csv" => Self::Csv,
            "application/x-www-form-urlencoded" => Self::Form,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The error for a body that cannot be taken.
    pub(crate) fn refused(name: &str) -> RestError {
        RestError::bad_request("PGRST102", format!("Content-Type not acceptable: {name}"))
    }
}

impl Payload {
    /// Reads `body`. With `columns` named, objects may have differing keys.
    pub(crate) fn read(
        content_type: &ContentType,
        body: &str,
        named_columns: bool,
    ) -> Result<Self, RestError> {
        match content_type {
            ContentType::Json => Self::json(body, named_columns),
            ContentType::Csv => Self::csv(body),
            ContentType::Form => Ok(Self::form(body)),
            ContentType::Other(name) => Err(ContentType::refused(name)),
        }
    }

    /// Arguments of a function call: one object, `{}` for an empty body.
    pub(crate) fn arguments(content_type: &ContentType, body: &str) -> Result<Self, RestError> {
        if body.trim().is_empty() && *content_type == ContentType::Json {
            return Self::json("{}", true);
        }
        Self::read(content_type, body, true)
    }

    fn json(body: &str, named_columns: bool) -> Result<Self, RestError> {
        type Keys<'a> = BTreeMap<String, &'a RawValue>;
        let invalid = || RestError::bad_request("PGRST102", "Empty or invalid json");
        let text = body.trim_start();
        if text.starts_with('{') {
            let object: Keys = serde_json::from_str(text).map_err(|_| invalid())?;
            return Ok(Self { rows: format!("[{text}]"), keys: object.into_keys().collect(), len: 1 });
        }
        if !text.starts_with('[') {
            serde_json::from_str::<IgnoredAny>(text).map_err(|_| invalid())?;
            return Ok(Self { rows: "[]".to_owned(), keys: BTreeSet::new(), len: 0 });
        }
        serde_json::from_str::<IgnoredAny>(text).map_err(|_| invalid())?;
        let mismatch = || RestError::bad_request("PGRST102", "All object keys must match");
        let objects: Vec<Keys> = serde_json::from_str(text).map_err(|_| mismatch())?;
        let mut keys = objects.iter().map(|object| object.keys().cloned().collect::<BTreeSet<_>>());
        let first = keys.next().unwrap_or_default();
        if !named_columns && keys.any(|other| other != first) {
            return Err(mismatch());
        }
        Ok(Self { rows: text.to_owned(), keys: first, len: objects.len() })
    }

    /// A header line, then rows; `NULL` is null.
    fn csv(body: &str) -> Result<Self, RestError> {
        let invalid = |error: csv::Error| RestError::bad_request("PGRST102", format!("invalid CSV: {error}"));
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(body.as_bytes());
        let header = reader.headers().map_err(invalid)?.clone();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(invalid)?;
            if record.len() != header.len() {
                return Err(RestError::bad_request("PGRST102", "All lines must have same number of fields"));
            }
            let cell = |text: &str| if text == "NULL" { Value::Null } else { Value::from(text) };
            let row: Map<String, Value> =
                header.iter().zip(&record).map(|(name, text)| (name.to_owned(), cell(text))).collect();
            rows.push(Value::Object(row));
        }
        let keys = header.iter().map(str::to_owned).collect();
        Ok(Self { keys, len: rows.len(), rows: Value::Array(rows).to_string() })
    }

    fn form(body: &str) -> Self {
        let row: Map<String, Value> = url::form_urlencoded::parse(body.as_bytes())
            .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
            .collect();
        let keys = row.keys().cloned().collect();
        Self { rows: Value::Array(vec![Value::Object(row)]).to_string(), keys, len: 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_every_digit() {
        let payload = Payload::json("{\"cost\": 12345678901234567890.1200}", false).unwrap();
        assert_eq!(payload.rows, "[{\"cost\": 12345678901234567890.1200}]");
    }

    #[test]
    fn objects_of_one_array_have_the_same_keys_unless_columns_are_named() {
        let body = "[{\"a\": 1}, {\"a\": 1, \"b\": 2}]";
        assert!(Payload::json(body, false).is_err());
        assert_eq!(Payload::json(body, true).unwrap().len, 2);
    }

    #[test]
    fn a_body_that_is_no_json_is_refused() {
        for body in ["", "{\"slug\":", "[1,", "nope"] {
            assert!(Payload::json(body, false).is_err(), "{body}");
        }
    }

    #[test]
    fn csv_becomes_objects_of_texts() {
        let payload = Payload::csv("a,b\n1,NULL\n\"x, y\",2").unwrap();
        assert_eq!(payload.rows, r#"[{"a":"1","b":null},{"a":"x, y","b":"2"}]"#);
    }
}
