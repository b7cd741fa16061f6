//! The `Prefer` header.

use axum::http::HeaderMap;

use super::error::RestError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Return {
    Minimal,
    HeadersOnly,
    Representation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    Exact,
    Planned,
    Estimated,
}

/// What to do with a row that is already there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resolution {
    Merge,
    Ignore,
}

/// Preferences of a request; `None` where it states none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Preferences {
    pub(crate) resolution: Option<Resolution>,
    /// `missing=default`: a key that is missing takes the column's default.
    pub(crate) missing_default: Option<bool>,
    pub(crate) returns: Option<Return>,
    pub(crate) count: Option<Count>,
    pub(crate) strict: Option<bool>,
    pub(crate) max_affected: Option<u64>,
}

impl Preferences {
    pub(crate) fn parse(headers: &HeaderMap) -> Result<Self, RestError> {
        let mut preferences = Self::default();
        let mut invalid = Vec::new();
        let values = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        for word in
            values.flat_map(|value| value.split([',', ';'])).map(str::trim).filter(|word| !word.is_empty())
        {
            if word.starts_with("timezone=") {
                return Err(RestError::unsupported("Prefer: timezone"));
            }
            if !preferences.add(word) {
                invalid.push(word);
            }
        }
        if preferences.strict == Some(true) && !invalid.is_empty() {
            return Err(RestError::bad_request("PGRST122", "Invalid preferences given with handling=strict")
                .details(format!("Invalid preferences: {}", invalid.join(", "))));
        }
        Ok(preferences)
    }

    /// False for a word that is no preference.
    fn add(&mut self, word: &str) -> bool {
        match word {
            "resolution=merge-duplicates" => self.resolution = Some(Resolution::Merge),
            "resolution=ignore-duplicates" => self.resolution = Some(Resolution::Ignore),
            "missing=default" => self.missing_default = Some(true),
            "missing=null" => self.missing_default = Some(false),
            "return=minimal" => self.returns = Some(Return::Minimal),
            "return=headers-only" => self.returns = Some(Return::HeadersOnly),
            "return=representation" => self.returns = Some(Return::Representation),
            "count=exact" => self.count = Some(Count::Exact),
            "count=planned" => self.count = Some(Count::Planned),
            "count=estimated" => self.count = Some(Count::Estimated),
            "handling=strict" => self.strict = Some(true),
            "handling=lenient" => self.strict = Some(false),
            "tx=commit" | "tx=rollback" => {}
            _ => {
                let rows = word.strip_prefix("max-affected=").and_then(|rows| rows.parse().ok());
                self.max_affected = rows.or(self.max_affected);
                return rows.is_some();
            }
        }
        true
    }

    /// The most rows a strict request may change.
    pub(crate) fn limit_of_changes(&self) -> Option<u64> {
        self.max_affected.filter(|_| self.strict == Some(true))
    }

    /// The `Preference-Applied` header. A read applies only `count` and `handling`.
    pub(crate) fn applied(&self, kind: Applied) -> Option<String> {
        let writes = kind == Applied::Write;
        let words = [
            self.resolution.filter(|_| writes).map(|resolution| match resolution {
                Resolution::Merge => "resolution=merge-duplicates".to_owned(),
                Resolution::Ignore => "resolution=ignore-duplicates".to_owned(),
            }),
            self.missing_default
                .filter(|_| writes)
                .map(|default| if default { "missing=default" } else { "missing=null" }.to_owned()),
            self.returns.filter(|_| writes).map(|returns| match returns {
                Return::Minimal => "return=minimal".to_owned(),
                Return::HeadersOnly => "return=headers-only".to_owned(),
                Return::Representation => "return=representation".to_owned(),
            }),
            self.count.map(|count| match count {
                Count::Exact => "count=exact".to_owned(),
                Count::Planned => "count=planned".to_owned(),
                Count::Estimated => "count=estimated".to_owned(),
            }),
            self.strict.map(|strict| if strict { "handling=strict" } else { "handling=lenient" }.to_owned()),
            self.limit_of_changes().map(|rows| format!("max-affected={rows}")),
        ];
        let words: Vec<String> = words.into_iter().flatten().collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

/// What kind of request preferences apply to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Applied {
    Read,
    Write,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &'static str) -> Result<Preferences, RestError> {
        let headers = [("prefer".parse().unwrap(), text.parse().unwrap())].into_iter().collect();
        Preferences::parse(&headers)
    }

    #[test]
    fn applied_preferences_come_in_a_fixed_order() {
        let preferences = parse("count=exact, return=representation,missing=default").unwrap();
        let applied = preferences.applied(Applied::Write).unwrap();
        assert_eq!(applied, "missing=default, return=representation, count=exact");
        assert_eq!(preferences.applied(Applied::Read).unwrap(), "count=exact");
    }

    #[test]
    fn an_unknown_preference_is_refused_only_when_handling_is_strict() {
        assert!(parse("anything").is_ok());
        let error = parse("handling=strict, anything").unwrap_err();
        assert!(error.to_string().starts_with("PGRST122"));
    }

    #[test]
    fn a_limit_of_changes_holds_only_when_handling_is_strict() {
        assert_eq!(parse("max-affected=1").unwrap().limit_of_changes(), None);
        assert_eq!(parse("handling=strict,max-affected=1").unwrap().limit_of_changes(), Some(1));
    }
}
