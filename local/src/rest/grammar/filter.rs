//! The right-hand side of a filter (`not.eq.5`), and the trees of `and` and `or`.

use winnow::Parser as _;
use winnow::combinator::{alt, opt, repeat};
use winnow::token::{any, none_of, take_while};

use super::{Field, MAX_DEPTH, Parsed, common_prefix, fail, field, quoted, word};

/// A test of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) field: Field,
    pub(crate) test: Test,
}

/// A test, maybe negated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Test {
    pub(crate) negated: bool,
    pub(crate) operation: Operation,
}

/// What a field is tested for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operation {
    /// SQL operator and its right side.
    Compare {
        operator: &'static str,
        quantifier: Option<Quantifier>,
        value: String,
    },
    In(Vec<String>),
    Is(Truth),
    IsDistinct(String),
    /// Full-text search with one of the functions that make a query.
    Search {
        function: &'static str,
        language: Option<String>,
        query: String,
    },
}

/// `any` or `all` elements of an array on the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    Any,
    All,
}

/// What `is` compares with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    Null,
    NotNull,
    True,
    False,
    Unknown,
}

/// A tree of `and` and `or`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Logic {
    Filter(Filter),
    Group { negated: bool, all: bool, terms: Vec<Logic> },
}

/// Operators that take `(any)` or `(all)`.
const QUANTIFIED: &[(&str, &str)] = &[
    ("eq", "="),
    ("gte", ">="),
    ("gt", ">"),
    ("lte", "<="),
    ("lt", "<"),
    ("like", "like"),
    ("ilike", "ilike"),
    ("match", "~"),
    ("imatch", "~*"),
];

const PLAIN: &[(&str, &str)] = &[
    ("neq", "<>"),
    ("cs", "@>"),
    ("cd", "<@"),
    ("ov", "&&"),
    ("sl", "<<"),
    ("sr", ">>"),
    ("nxr", "&<"),
    ("nxl", "&>"),
    ("adj", "-|-"),
];

const SEARCH: &[(&str, &str)] = &[
    ("fts", "to_tsquery"),
    ("plfts", "plainto_tsquery"),
    ("phfts", "phraseto_tsquery"),
    ("wfts", "websearch_to_tsquery"),
];

const TRUTHS: &[(&str, Truth)] = &[
    ("not_null", Truth::NotNull),
    ("null", Truth::Null),
    ("true", Truth::True),
    ("false", Truth::False),
    ("unknown", Truth::Unknown),
];

const OPERATOR: &str = "\"not\" or operator (eq, gt, ...)";

/// True for text that begins as a test does: on a function call, everything else is an argument.
pub(crate) fn is_test(text: &str) -> bool {
    let text = text.strip_prefix("not.").unwrap_or(text);
    let head = text.split(['.', '(']).next().unwrap_or_default();
    text.len() > head.len()
        && (sql(QUANTIFIED, head).or(sql(PLAIN, head)).or(sql(SEARCH, head)).is_some()
            || matches!(head, "in" | "is" | "isdistinct"))
}

/// A test whose value runs to the end of the text.
pub(crate) fn test(input: &mut &str) -> Parsed<Test> {
    test_with(input, |input| {
        let value = (*input).to_owned();
        *input = "";
        Ok(value)
    })
}

/// The list in parentheses behind `and` and `or`.
pub(crate) fn group(input: &mut &str) -> Parsed<Vec<Logic>> {
    terms(input, 0)
}

fn test_with(input: &mut &str, value: fn(&mut &str) -> Parsed<String>) -> Parsed<Test> {
    let negated = opt("not.").parse_next(input)?.is_some();
    let start = *input;
    let operator = word(input).unwrap_or_default();
    let operation = operation(input, start, operator, value)?;
    Ok(Test { negated, operation })
}

fn operation(
    input: &mut &str,
    start: &str,
    operator: &str,
    value: fn(&mut &str) -> Parsed<String>,
) -> Parsed<Operation> {
    if let Some(operator) = sql(QUANTIFIED, operator) {
        let quantifier =
            opt(alt(("(any)".value(Quantifier::Any), "(all)".value(Quantifier::All)))).parse_next(input)?;
        dot(input)?;
        return Ok(Operation::Compare { operator, quantifier, value: value(input)? });
    }
    if let Some(operator) = sql(PLAIN, operator) {
        dot(input)?;
        return Ok(Operation::Compare { operator, quantifier: None, value: value(input)? });
    }
    if let Some(function) = sql(SEARCH, operator) {
        let language = language(input)?;
        dot(input)?;
        return Ok(Operation::Search { function, language, query: value(input)? });
    }
    match operator {
        "in" => {
            dot(input)?;
            Ok(Operation::In(value_list(input)?))
        }
        "is" => {
            dot(input)?;
            truth(input).map(Operation::Is)
        }
        "isdistinct" => {
            dot(input)?;
            Ok(Operation::IsDistinct(value(input)?))
        }
        _ => fail(start, OPERATOR),
    }
}

fn sql(table: &[(&str, &'static str)], operator: &str) -> Option<&'static str> {
    table.iter().find(|(name, _)| *name == operator).map(|(_, sql)| *sql)
}

fn dot(input: &mut &str) -> Parsed<()> {
    if opt('.').parse_next(input)?.is_some() { Ok(()) } else { fail(input, "\".\"") }
}

fn language(input: &mut &str) -> Parsed<Option<String>> {
    if opt('(').parse_next(input)?.is_none() {
        return Ok(None);
    }
    let name: &str =
        take_while(1.., |c: char| c.is_alphanumeric() || matches!(c, '_' | '-')).parse_next(input)?;
    if opt(')').parse_next(input)?.is_none() {
        return fail(input, "\")\"");
    }
    Ok(Some(name.to_owned()))
}

fn truth(input: &mut &str) -> Parsed<Truth> {
    let lower = input.to_ascii_lowercase();
    let found = TRUTHS.iter().find(|(name, _)| {
        lower.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with([',', ')']))
    });
    let Some((name, truth)) = found else {
        let names: Vec<&str> = TRUTHS.iter().map(|(name, _)| *name).collect();
        let agreed = common_prefix(&lower, &names);
        return fail(
            input.get(agreed..).unwrap_or_default(),
            "isVal: (null, not_null, true, false, unknown)",
        );
    };
    *input = input.get(name.len()..).unwrap_or_default();
    Ok(*truth)
}

/// `(a,"b c",d)`; `()` is the empty list.
fn value_list(input: &mut &str) -> Parsed<Vec<String>> {
    if opt('(').parse_next(input)?.is_none() {
        return fail(input, "\"(\"");
    }
    if opt(')').parse_next(input)?.is_some() {
        return Ok(Vec::new());
    }
    let mut values = vec![list_element(input)?];
    while opt(',').parse_next(input)?.is_some() {
        values.push(list_element(input)?);
    }
    if opt(')').parse_next(input)?.is_none() {
        return fail(input, "\",\" or \")\"");
    }
    Ok(values)
}

fn list_element(input: &mut &str) -> Parsed<String> {
    if let Some(value) = quoted_value(input) {
        return Ok(value);
    }
    repeat(0.., none_of([',', ')'])).parse_next(input)
}

/// A value inside a tree: quoted, an array literal, or up to the next separator.
fn tree_value(input: &mut &str) -> Parsed<String> {
    if let Some(value) = quoted_value(input) {
        return Ok(value);
    }
    if input.starts_with('{') {
        return braced(input);
    }
    repeat(0.., none_of([',', ')'])).parse_next(input)
}

/// A quoted value that ends where a value may end; text that merely starts with a quote is none.
fn quoted_value(input: &mut &str) -> Option<String> {
    let start = *input;
    match quoted(input) {
        Ok(value) if input.is_empty() || input.starts_with([',', ')']) => Some(value),
        _ => {
            *input = start;
            None
        }
    }
}

/// An array or object literal as it stands, up to the brace that closes it.
fn braced(input: &mut &str) -> Parsed<String> {
    let start = *input;
    let (mut depth, mut in_quotes) = (0_usize, false);
    loop {
        let c: char = match any::<_, super::Expected>.parse_next(input) {
            Ok(c) => c,
            Err(_) => return fail(input, "\"}\""),
        };
        match c {
            '\\' if in_quotes => {
                opt(any).parse_next(input)?;
            }
            '"' => in_quotes = !in_quotes,
            '{' if !in_quotes => depth += 1,
            '}' if !in_quotes => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Ok(start.get(..start.len() - input.len()).unwrap_or_default().to_owned());
        }
    }
}

fn terms(input: &mut &str, depth: usize) -> Parsed<Vec<Logic>> {
    if depth > MAX_DEPTH {
        return fail(input, "fewer nested groups");
    }
    if opt('(').parse_next(input)?.is_none() {
        return fail(input, "\"(\"");
    }
    let mut terms = vec![term(input, depth)?];
    while opt(',').parse_next(input)?.is_some() {
        terms.push(term(input, depth)?);
    }
    if opt(')').parse_next(input)?.is_none() {
        return fail(input, "\",\" or \")\"");
    }
    Ok(terms)
}

fn term(input: &mut &str, depth: usize) -> Parsed<Logic> {
    repeat::<_, _, (), _, _>(0.., ' ').parse_next(input)?;
    let start = *input;
    let negated = opt("not.").parse_next(input)?.is_some();
    for (word, all) in [("and", true), ("or", false)] {
        if let Some(rest) = input.strip_prefix(word)
            && rest.starts_with('(')
        {
            *input = rest;
            return Ok(Logic::Group { negated, all, terms: self::terms(input, depth + 1)? });
        }
    }
    *input = start;
    let Ok(field) = field(input) else { return fail(input, "field name (* or [a..z0..9_$])") };
    dot(input)?;
    let test = test_with(input, tree_value)?;
    Ok(Logic::Filter(Filter { field, test }))
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn compare(operator: &'static str, value: &str) -> Operation {
        Operation::Compare { operator, quantifier: None, value: value.to_owned() }
    }

    #[test]
    fn a_value_runs_to_the_end() {
        let test = parse("filter", "not.eq.a,b.c)", test).unwrap();
        assert_eq!(test, Test { negated: true, operation: compare("=", "a,b.c)") });
    }

    #[test]
    fn a_quoted_list_element_keeps_separators() {
        let operation =
            parse("filter", r#"in.("Second, with comma","third \"quoted\" (x)")"#, test).unwrap().operation;
        let expected = vec!["Second, with comma".to_owned(), r#"third "quoted" (x)"#.to_owned()];
        assert_eq!(operation, Operation::In(expected));
        assert_eq!(parse("filter", "in.()", test).unwrap().operation, Operation::In(Vec::new()));
    }

    #[test]
    fn a_tree_nests_and_holds_lists_and_arrays() {
        let terms = parse("logic tree", "(id.in.(1,2),not.and(a.cs.{x,\"y}\"},b.is.null))", group).unwrap();
        assert_eq!(terms.len(), 2);
        let Logic::Group { negated: true, all: true, terms } = &terms[1] else { panic!("a negated and") };
        let Logic::Filter(filter) = &terms[0] else { panic!("a filter") };
        assert_eq!(filter.test.operation, compare("@>", "{x,\"y}\"}"));
    }

    #[test]
    fn a_quantifier_and_a_language_stand_in_parentheses() {
        let any = parse("filter", "eq(any).{a,b}", test).unwrap().operation;
        assert!(matches!(any, Operation::Compare { quantifier: Some(Quantifier::Any), .. }));
        let search = parse("filter", "fts(english).job", test).unwrap().operation;
        assert!(matches!(search, Operation::Search { language: Some(_), .. }));
    }

    #[test]
    fn an_argument_is_told_from_a_test() {
        assert!(is_test("eq.1") && is_test("not.is.null") && is_test("fts(english).a") && is_test("in.(1)"));
        assert!(!is_test("1") && !is_test("eq") && !is_test("v1.2"));
    }

    #[test]
    fn the_error_says_where_the_word_went_wrong() {
        let error = parse("filter", "is.nope", test).unwrap_err();
        assert_eq!(error.to_string(), "PGRST100: \"failed to parse filter (is.nope)\" (line 1, column 6)");
    }
}
