//! Which form of the answer the `Accept` header asks for.

use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, StatusCode};

use super::error::RestError;

/// A form that answers come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    Json,
    /// One object instead of an array; anything but one row is refused.
    Object {
        strip_nulls: bool,
    },
    /// An array, without the keys whose value is null.
    StrippedArray,
    Csv,
    /// The description of the service, at the root only.
    OpenApi,
}

impl Media {
    /// The first acceptable form. `root` is the service's description, which has forms of its own.
    pub(crate) fn negotiate(headers: &HeaderMap, root: bool) -> Result<Self, RestError> {
        let accept: Vec<&str> =
            headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
        let accept = accept.join(",");
        let mut ranges: Vec<(f32, &str)> =
            accept.split(',').map(str::trim).filter(|range| !range.is_empty()).map(weighed).collect();
        if ranges.is_empty() {
            ranges.push((1.0, "*/*"));
        }
        ranges.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (_, range) in &ranges {
            if range.starts_with("application/geo+json") {
                return Err(RestError::unsupported("GeoJSON"));
            }
            if let Some(media) = Self::of(range, root) {
                return Ok(media);
            }
        }
        let names: Vec<String> = ranges.iter().map(|(_, range)| described(range)).collect();
        let message = format!("None of these media types are available: {}", names.join(", "));
        Err(RestError::new(StatusCode::NOT_ACCEPTABLE, "PGRST107", message))
    }

    fn of(range: &str, root: bool) -> Option<Self> {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next()?.to_ascii_lowercase();
        let strip_nulls = parts.any(|parameter| parameter == "nulls=stripped");
        match name.as_str() {
            "*/*" | "application/*" | "application/json" | "application/openapi+json" if root => {
                Some(Self::OpenApi)
            }
            _ if root => None,
            "application/vnd.pgrst.object" | "application/vnd.pgrst.object+json" => {
                Some(Self::Object { strip_nulls })
            }
            "application/vnd.pgrst.array" | "application/vnd.pgrst.array+json" if strip_nulls => {
                Some(Self::StrippedArray)
            }
            "*/*"
            | "application/*"
            | "application/json"
            | "application/vnd.pgrst.array"
            | "application/vnd.pgrst.array+json" => Some(Self::Json),
            "text/csv" => Some(Self::Csv),
            _ => None,
        }
    }

    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::Object { strip_nulls: false } => "application/vnd.pgrst.object+json; charset=utf-8",
            Self::Object { strip_nulls: true } => {
                "application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8"
            }
            Self::StrippedArray => "application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
            Self::OpenApi => "application/openapi+json; charset=utf-8",
        }
    }
}

fn weighed(range: &str) -> (f32, &str) {
    let quality = range.split(';').find_map(|part| part.trim().strip_prefix("q=")?.parse().ok());
    (quality.unwrap_or(1.0), range)
}

fn described(range: &str) -> String {
    let name = range.split(';').next().unwrap_or(range).trim();
    if name.starts_with("application/vnd.pgrst.plan") {
        format!("{name}; for=\"application/json\"")
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negotiate(accept: &'static str) -> Result<Media, RestError> {
        let headers = [(ACCEPT, accept.parse().unwrap())].into_iter().collect();
        Media::negotiate(&headers, false)
    }

    #[test]
    fn the_heaviest_acceptable_form_wins() {
        assert_eq!(negotiate("text/csv;q=0.5, application/json").unwrap(), Media::Json);
        assert_eq!(negotiate("image/png, */*;q=0.1").unwrap(), Media::Json);
    }

    #[test]
    fn nulls_are_stripped_on_request() {
        let accept = "application/vnd.pgrst.object+json;nulls=stripped";
        assert_eq!(negotiate(accept).unwrap(), Media::Object { strip_nulls: true });
    }

    #[test]
    fn an_unknown_form_is_not_acceptable() {
        assert!(negotiate("image/png").unwrap_err().to_string().ends_with("available: image/png"));
    }
}
