//! Filters of a subscription: `column=operator.value`, several joined by commas.

use std::fmt;

/// How a column's value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Eq,
    Neq,
    Lt,
    Lte,
    Gt,
    Gte,
    In,
    Like,
    Ilike,
    Is,
}

impl Operator {
    const ALL: [Self; 10] = [
        Self::Eq,
        Self::Neq,
        Self::Lt,
        Self::Lte,
        Self::Gt,
        Self::Gte,
        Self::In,
        Self::Like,
        Self::Ilike,
        Self::Is,
    ];

    /// Its name in a filter.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Neq => "neq",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::In => "in",
            Self::Like => "like",
            Self::Ilike => "ilike",
            Self::Is => "is",
        }
    }
}

/// One condition on a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filter {
    pub(super) column: String,
    pub(super) operator: Operator,
    /// As text; for `in` an array literal.
    pub(super) operand: String,
    pub(super) is_negated: bool,
}

/// A filter that cannot be read; shown as the parts it fell into.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Error parsing `filter` params: {0}")]
pub(super) struct FilterError(String);

impl fmt::Display for Filter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { column, operator, operand, is_negated } = self;
        write!(formatter, "{{{column:?}, {:?}, {operand:?}, {is_negated}}}", operator.name())
    }
}

/// Reads the filters of one binding.
pub(super) fn parse_filters(text: &str) -> Result<Vec<Filter>, FilterError> {
    let parts: Vec<String> = split(text).into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return Err(FilterError(format!("{:?}", [text])));
    }
    parts.iter().map(|part| parse_filter(part)).collect()
}

/// Cuts at commas outside parentheses; `\,` is a comma of the value.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0_usize;
    let mut is_escaped = false;
    for character in text.chars() {
        let is_cut = character == ',' && depth == 0 && !is_escaped;
        if is_cut {
            parts.push(String::new());
            continue;
        }
        let Some(part) = parts.last_mut() else { break };
        if is_escaped && character == ',' {
            part.pop();
        }
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        is_escaped = character == '\\';
        part.push(character);
    }
    parts.into_iter().map(|part| part.trim().to_owned()).collect()
}

fn parse_filter(part: &str) -> Result<Filter, FilterError> {
    let Some((column, condition)) = part.split_once('=') else {
        return Err(FilterError(format!("{:?}", [part])));
    };
    let (is_negated, condition) =
        condition.strip_prefix("not.").map_or((false, condition), |condition| (true, condition));
    let Some((name, value)) = condition.split_once('.') else {
        return Err(FilterError(format!("{:?}", [condition])));
    };
    let unknown = || FilterError(format!("{:?}", [name, value]));
    let operator = Operator::ALL.into_iter().find(|known| known.name() == name).ok_or_else(unknown)?;
    let operand = match operator {
        Operator::In => {
            let list = value.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
            let list = list
                .ok_or_else(|| FilterError("`in` filter value must be wrapped by parentheses".to_owned()))?;
            format!("{{{list}}}")
        }
        Operator::Is if !matches!(value, "null" | "true" | "false") => return Err(unknown()),
        _ => value.to_owned(),
    };
    Ok(Filter { column: column.trim().to_owned(), operator, operand, is_negated })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filter(column: &str, operator: Operator, operand: &str) -> Filter {
        Filter { column: column.to_owned(), operator, operand: operand.to_owned(), is_negated: false }
    }

    #[test]
    fn the_value_is_everything_after_the_operator() {
        let filters = parse_filters("label=eq.a=b.c").unwrap();
        assert_eq!(filters, [filter("label", Operator::Eq, "a=b.c")]);
        assert_eq!(filters[0].to_string(), r#"{"label", "eq", "a=b.c", false}"#);
    }

    #[test]
    fn lists_keep_their_commas_and_filters_are_cut_at_theirs() {
        let filters =
            parse_filters(r"state=in.(queued,done), place=eq.Oslo\, Norway,at=not.is.null").unwrap();
        assert_eq!(filters[0], filter("state", Operator::In, "{queued,done}"));
        assert_eq!(filters[1], filter("place", Operator::Eq, "Oslo, Norway"));
        assert!(filters[2].is_negated && filters[2].operator == Operator::Is);
    }

    #[test]
    fn what_cannot_be_read_is_shown_in_its_parts() {
        let message = |text: &str| parse_filters(text).unwrap_err().to_string();
        assert_eq!(message("nonsense"), r#"Error parsing `filter` params: ["nonsense"]"#);
        assert_eq!(message("a=near.b"), r#"Error parsing `filter` params: ["near", "b"]"#);
        assert_eq!(
            message("a=in.b"),
            "Error parsing `filter` params: `in` filter value must be wrapped by parentheses"
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(text in r"[a-z=.,()\\ ]{0,40}") {
            let _ = parse_filters(&text);
        }
    }
}
