//! The query string as typed parts.

use std::collections::BTreeMap;

use super::error::RestError;
use super::grammar::filter::{self, Filter, Logic};
use super::grammar::order::{self, OrderTerm};
use super::grammar::select::{self, SelectItem};
use super::grammar::{self, Field};

/// Names of embedded resources from the root down; empty is the root.
pub(crate) type Scope = Vec<String>;

/// Which rows: `offset` first, at most `limit` of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) offset: u64,
    pub(crate) limit: Option<u64>,
}

/// Everything the query string says.
#[derive(Debug, Default)]
pub(crate) struct Query {
    /// `None` is all columns.
    pub(crate) select: Option<Vec<SelectItem>>,
    pub(crate) columns: Option<Vec<String>>,
    pub(crate) on_conflict: Option<Vec<String>>,
    pub(crate) filters: Vec<(Scope, Logic)>,
    pub(crate) orders: Vec<(Scope, Vec<OrderTerm>)>,
    pub(crate) windows: BTreeMap<Scope, Window>,
    /// Arguments of a function call by GET.
    pub(crate) arguments: Vec<(String, String)>,
    /// The parameters sorted by name, as Content-Location repeats them.
    pub(crate) canonical: String,
}

/// What a parameter that is no reserved word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Others {
    /// Every one is a filter.
    Filters,
    /// One whose value is no test is an argument of the function.
    FiltersAndArguments,
}

impl Query {
    pub(crate) fn parse(text: &str, others: Others) -> Result<Self, RestError> {
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        if pairs.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
            return Err(RestError::bad_request("PGRST100", "the query string holds a NUL character"));
        }
        let mut query = Self { canonical: canonical(&pairs), ..Self::default() };
        for (name, value) in &pairs {
            query.add(name, value, others)?;
        }
        Ok(query)
    }

    /// The root's window.
    pub(crate) fn window(&self) -> Window {
        self.windows.get(&Scope::new()).copied().unwrap_or_default()
    }

    fn add(&mut self, name: &str, value: &str, others: Others) -> Result<(), RestError> {
        match name {
            "select" => self.select = Some(grammar::parse("select parameter", value, select::items)?),
            "columns" if !value.is_empty() => {
                self.columns = Some(grammar::parse("columns parameter", value, grammar::names)?);
            }
            "on_conflict" if !value.is_empty() => {
                self.on_conflict = Some(grammar::parse("on_conflict parameter", value, grammar::names)?);
            }
            "columns" | "on_conflict" => {}
            _ => self.add_scoped(name, value, others)?,
        }
        Ok(())
    }

    fn add_scoped(&mut self, name: &str, value: &str, others: Others) -> Result<(), RestError> {
        let (mut scope, last) = scope_and_last(name);
        match last.as_str() {
            "order" if !value.is_empty() => {
                self.orders.push((scope, grammar::parse("order", value, order::terms)?));
            }
            "order" => {}
            "limit" => self.limit(scope, value)?,
            "offset" => {
                let offset = value.parse().unwrap_or(0);
                self.windows.entry(scope).or_default().offset = offset;
            }
            "and" | "or" => {
                let negated = scope.last().is_some_and(|part| part == "not");
                if negated {
                    scope.pop();
                }
                let terms = grammar::parse("logic tree", value, filter::group)?;
                self.filters.push((scope, Logic::Group { negated, all: last == "and", terms }));
            }
            _ => return self.filter_or_argument(name, scope, &last, value, others),
        }
        Ok(())
    }

    fn filter_or_argument(
        &mut self,
        name: &str,
        scope: Scope,
        last: &str,
        value: &str,
        others: Others,
    ) -> Result<(), RestError> {
        if others == Others::FiltersAndArguments && !filter::is_test(value) {
            self.arguments.push((name.to_owned(), value.to_owned()));
            return Ok(());
        }
        let field: Field = grammar::parse("tree path", last, grammar::field)?;
        let test = grammar::parse("filter", value, filter::test)?;
        self.filters.push((scope, Logic::Filter(Filter { field, test })));
        Ok(())
    }

    fn limit(&mut self, scope: Scope, value: &str) -> Result<(), RestError> {
        let Ok(limit) = value.parse::<i64>() else { return Ok(()) };
        let limit = u64::try_from(limit)
            .map_err(|_| RestError::range("Limit should be greater than or equal to zero."))?;
        self.windows.entry(scope).or_default().limit = Some(limit);
        Ok(())
    }
}

/// `pages.notes.body` is `body` in the scope `pages`, `notes`. Dots in quotes and in JSON paths stay.
fn scope_and_last(name: &str) -> (Scope, String) {
    let end = name.find("->").unwrap_or(name.len());
    let (head, path) = name.split_at(end);
    let mut parts = vec![String::new()];
    let mut in_quotes = false;
    for c in head.chars() {
        match c {
            '.' if !in_quotes => parts.push(String::new()),
            _ => {
                in_quotes ^= c == '"';
                if let Some(part) = parts.last_mut() {
                    part.push(c);
                }
            }
        }
    }
    let last = parts.pop().unwrap_or_default() + path;
    let scope = parts.into_iter().map(|part| part.trim_matches('"').to_owned()).collect();
    (scope, last)
}

/// Sorted by name; values of one name are joined by commas.
fn canonical(pairs: &[(String, String)]) -> String {
    let mut by_name: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, value) in pairs {
        by_name.entry(name).or_default().push(encode(value));
    }
    let parts: Vec<String> =
        by_name.iter().map(|(name, values)| format!("{}={}", encode(name), values.join(","))).collect();
    parts.join("&")
}

/// Percent-encodes all but RFC 3986's unreserved characters.
pub(crate) fn encode(text: &str) -> String {
    const UNRESERVED: percent_encoding::AsciiSet =
        percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    percent_encoding::utf8_percent_encode(text, &UNRESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Query {
        Query::parse(text, Others::Filters).unwrap()
    }

    #[test]
    fn the_canonical_form_is_sorted_and_encoded() {
        let query = parse("select=id,slug&id=gt.1&id=lte.3&meta->>kind=eq.a*");
        assert_eq!(query.canonical, "id=gt.1,lte.3&meta-%3E%3Ekind=eq.a%2A&select=id%2Cslug");
    }

    #[test]
    fn a_filter_may_belong_to_an_embedded_resource() {
        let query = parse("pages.notes.body=eq.x&pages.order=number&pages.limit=1&pages.not.or=(a.eq.1)");
        assert_eq!(query.filters[0].0, ["pages", "notes"]);
        assert_eq!(query.orders[0].0, ["pages"]);
        assert_eq!(query.windows[&vec!["pages".to_owned()]].limit, Some(1));
        assert!(
            matches!(&query.filters[1], (scope, Logic::Group { negated: true, .. }) if scope == &["pages"])
        );
    }

    #[test]
    fn a_dot_in_a_json_key_is_no_scope() {
        assert_eq!(parse("meta->>%22a.b%22=eq.1").filters[0].0, Scope::new());
    }

    #[test]
    fn a_call_by_get_has_arguments_and_filters() {
        let query = Query::parse("a=1&b=eq.2", Others::FiltersAndArguments).unwrap();
        assert_eq!(query.arguments, [("a".to_owned(), "1".to_owned())]);
        assert_eq!(query.filters.len(), 1);
    }

    #[test]
    fn a_negative_limit_is_refused() {
        assert!(Query::parse("limit=-1", Others::Filters).is_err());
    }
}
