//! JSON bodies: one reading of them, one way to say what is wrong.

use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use serde_json::{Map, Value};

use super::MAX_JSON;
use crate::storage::failure::Failure;
use crate::storage::service::Storage;

/// The fields of a body that is a JSON object. An empty body has none.
#[derive(Debug)]
pub(crate) struct Fields(Map<String, Value>);

impl FromRequest<Arc<Storage>> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &Arc<Storage>) -> Result<Self, Failure> {
        let bytes = axum::body::to_bytes(request.into_body(), MAX_JSON)
            .await
            .map_err(|_| Failure::invalid_request(format!("the body is longer than {MAX_JSON} bytes")))?;
        Self::parse(&bytes)
    }
}

impl Fields {
    fn parse(bytes: &[u8]) -> Result<Self, Failure> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(Map::new()));
        }
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(map)) => Ok(Self(map)),
            Ok(_) => Err(Failure::invalid_request("body must be object")),
            Err(_) => Err(Failure::invalid_request(
                "Body is not valid JSON but content-type is set to 'application/json'",
            )),
        }
    }

    /// A field as it stands; `null` is a value.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    fn present(&self, name: &str) -> Option<&Value> {
        self.get(name).filter(|value| !value.is_null())
    }

    /// A text that must be there.
    pub(crate) fn text(&self, name: &str) -> Result<&str, Failure> {
        self.optional_text(name)?.ok_or_else(|| Failure::missing("body", name))
    }

    pub(crate) fn optional_text(&self, name: &str) -> Result<Option<&str>, Failure> {
        let wrong = || Failure::invalid_request(format!("body/{name} must be string"));
        self.present(name).map(|value| value.as_str().ok_or_else(wrong)).transpose()
    }

    pub(crate) fn optional_flag(&self, name: &str) -> Result<Option<bool>, Failure> {
        let wrong = || Failure::invalid_request(format!("body/{name} must be boolean"));
        self.present(name).map(|value| value.as_bool().ok_or_else(wrong)).transpose()
    }

    /// A whole number of at least `least`.
    pub(crate) fn optional_number(&self, name: &str, least: i64) -> Result<Option<i64>, Failure> {
        let Some(value) = self.present(name) else { return Ok(None) };
        let wrong = || Failure::invalid_request(format!("body/{name} must be integer"));
        let number = value.as_i64().ok_or_else(wrong)?;
        if number < least {
            return Err(Failure::invalid_request(format!("body/{name} must be >= {least}")));
        }
        Ok(Some(number))
    }

    /// A list of 1 to 1000 texts.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<String>, Failure> {
        let value = self.present(name).ok_or_else(|| Failure::missing("body", name))?;
        let wrong = |what: &str| Failure::invalid_request(format!("body/{name} must {what}"));
        let list = value.as_array().ok_or_else(|| wrong("be array"))?;
        match list.len() {
            0 => return Err(wrong("NOT have fewer than 1 items")),
            1..=1000 => {}
            _ => return Err(wrong("NOT have more than 1000 items")),
        }
        list.iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or_else(|| wrong("hold strings")))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Fields {
        Fields::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(fields("{}").text("name").unwrap_err().message, "body must have required property 'name'");
        assert_eq!(fields(" ").text("name").unwrap_err().message, "body must have required property 'name'");
    }

    #[test]
    fn what_has_another_type_is_named() {
        let body = fields(r#"{"a": 1, "b": "x", "c": [1], "d": []}"#);
        assert!(body.text("a").is_err());
        assert!(body.optional_flag("b").is_err());
        assert!(body.optional_number("b", 0).is_err());
        assert!(body.texts("c").is_err());
        assert_eq!(body.texts("d").unwrap_err().message, "body/d must NOT have fewer than 1 items");
        assert_eq!(body.optional_number("a", 2).unwrap_err().message, "body/a must be >= 2");
    }

    #[test]
    fn a_body_that_is_no_object_is_refused() {
        for text in ["[]", "1", "{", "\u{0}"] {
            assert!(Fields::parse(text.as_bytes()).is_err());
        }
    }
}
