//! `order=`: fields, or fields of embedded to-one resources.

use winnow::Parser as _;
use winnow::combinator::opt;

use super::{Field, Parsed, common_prefix, fail, field};

/// One key to sort by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrderTerm {
    /// The embedded resource the field belongs to.
    pub(crate) relation: Option<String>,
    pub(crate) field: Field,
    pub(crate) direction: Option<Direction>,
    pub(crate) nulls: Option<Nulls>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
}

/// Where nulls go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    First,
    Last,
}

const WORDS: &[&str] = &["asc", "desc", "nullsfirst", "nullslast"];

/// A whole order list.
pub(crate) fn terms(input: &mut &str) -> Parsed<Vec<OrderTerm>> {
    let mut terms = vec![term(input)?];
    while opt(',').parse_next(input)?.is_some() {
        terms.push(term(input)?);
    }
    Ok(terms)
}

fn term(input: &mut &str) -> Parsed<OrderTerm> {
    let Ok(mut target) = field(input) else { return fail(input, "field name (* or [a..z0..9_$])") };
    let mut relation = None;
    if target.path.is_empty() && opt('(').parse_next(input)?.is_some() {
        relation = Some(target.name);
        let Ok(inner) = field(input) else { return fail(input, "field name (* or [a..z0..9_$])") };
        target = inner;
        if opt(')').parse_next(input)?.is_none() {
            return fail(input, "\")\"");
        }
    }
    let mut term = OrderTerm { relation, field: target, direction: None, nulls: None };
    while opt('.').parse_next(input)?.is_some() {
        modifier(input, &mut term)?;
    }
    Ok(term)
}

fn modifier(input: &mut &str, term: &mut OrderTerm) -> Parsed<()> {
    let rest = *input;
    let end = rest.find([',', '.']).unwrap_or(rest.len());
    let word = rest.get(..end).unwrap_or_default();
    match word {
        "asc" if term.direction.is_none() && term.nulls.is_none() => {
            term.direction = Some(Direction::Ascending);
        }
        "desc" if term.direction.is_none() && term.nulls.is_none() => {
            term.direction = Some(Direction::Descending);
        }
        "nullsfirst" if term.nulls.is_none() => term.nulls = Some(Nulls::First),
        "nullslast" if term.nulls.is_none() => term.nulls = Some(Nulls::Last),
        _ => {
            let agreed = common_prefix(rest, WORDS);
            return fail(
                rest.get(agreed..).unwrap_or_default(),
                "\"asc\", \"desc\", \"nullsfirst\" or \"nullslast\"",
            );
        }
    }
    *input = rest.get(end..).unwrap_or_default();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn a_term_has_direction_and_place_of_nulls() {
        let terms = parse("order", "meta->>kind.desc.nullslast,id", terms).unwrap();
        assert_eq!(terms[0].direction, Some(Direction::Descending));
        assert_eq!(terms[0].nulls, Some(Nulls::Last));
        assert_eq!(
            terms[1],
            OrderTerm { relation: None, field: Field::plain("id"), direction: None, nulls: None }
        );
    }

    #[test]
    fn a_term_may_belong_to_an_embedded_resource() {
        let terms = parse("order", "jobs(slug).desc", terms).unwrap();
        assert_eq!(terms[0].relation.as_deref(), Some("jobs"));
    }

    #[test]
    fn an_unknown_direction_is_refused_where_it_stands() {
        let error = parse("order", "id.sideways", terms).unwrap_err();
        assert_eq!(error.to_string(), "PGRST100: \"failed to parse order (id.sideways)\" (line 1, column 4)");
    }
}
