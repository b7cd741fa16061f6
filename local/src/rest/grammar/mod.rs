//! PostgREST's URL grammar as parsers that give typed values, with errors that say where and what was expected.

pub(crate) mod filter;
pub(crate) mod order;
pub(crate) mod select;

use winnow::combinator::{alt, not, opt, peek, repeat};
use winnow::error::{AddContext, ErrMode, ParserError};
use winnow::stream::Stream;
use winnow::token::{any, none_of, one_of, take_while};
use winnow::{ModalResult, Parser};

use super::error::RestError;

/// How deep lists may be nested: a bound on recursion.
pub(crate) const MAX_DEPTH: usize = 24;

/// What was expected, and how much of the text was left where it was not found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expected {
    remaining: usize,
    what: &'static str,
}

pub(crate) type Parsed<T> = ModalResult<T, Expected>;

impl<'a> ParserError<&'a str> for Expected {
    type Inner = Self;

    fn from_input(input: &&'a str) -> Self {
        Self { remaining: input.len(), what: "" }
    }

    /// Of two branches, the one that came further.
    fn or(self, other: Self) -> Self {
        if self.remaining < other.remaining { self } else { other }
    }

    fn into_inner(self) -> Result<Self::Inner, Self> {
        Ok(self)
    }
}

impl<'a> AddContext<&'a str> for Expected {
    fn add_context(
        self,
        input: &&'a str,
        start: &<&'a str as Stream>::Checkpoint,
        context: &'static str,
    ) -> Self {
        let mut from = *input;
        from.reset(start);
        if self.what.is_empty() && self.remaining == from.len() {
            Self { what: context, ..self }
        } else {
            self
        }
    }
}

/// Fails here, expecting `what`.
pub(crate) fn fail<T>(input: &str, what: &'static str) -> Parsed<T> {
    Err(ErrMode::Cut(Expected { remaining: input.len(), what }))
}

/// Parses the whole of `text`; `kind` names it in the error.
pub(crate) fn parse<'a, T>(
    kind: &str,
    text: &'a str,
    mut parser: impl FnMut(&mut &'a str) -> Parsed<T>,
) -> Result<T, RestError> {
    let mut input = text;
    let error = match parser(&mut input) {
        Ok(value) if input.is_empty() => return Ok(value),
        Ok(_) => Expected { remaining: input.len(), what: "end of input" },
        Err(error) => error.into_inner().unwrap_or(Expected { remaining: input.len(), what: "" }),
    };
    Err(failure(kind, text, &error))
}

fn failure(kind: &str, text: &str, error: &Expected) -> RestError {
    let at = text.len().saturating_sub(error.remaining);
    let column = text.get(..at).map_or(1, |before| before.chars().count() + 1);
    let found = text.get(at..).and_then(|rest| rest.chars().next());
    let found = found.map_or_else(|| "end of input".to_owned(), |c| format!("{:?}", c.to_string()));
    let expecting = if error.what.is_empty() { String::new() } else { format!(" expecting {}", error.what) };
    RestError::bad_request(
        "PGRST100",
        format!("\"failed to parse {kind} ({text})\" (line 1, column {column})"),
    )
    .details(format!("unexpected {found}{expecting}"))
}

/// A column, maybe with a path into its JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) path: Vec<JsonStep>,
}

/// One arrow of a JSON path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JsonStep {
    pub(crate) key: JsonKey,
    /// `->>`: the value as text.
    pub(crate) as_text: bool,
}

/// What an arrow points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JsonKey {
    Name(String),
    Index(i32),
}

impl Field {
    pub(crate) fn plain(name: impl Into<String>) -> Self {
        Self { name: name.into(), path: Vec::new() }
    }

    /// The key a result without an alias has: the last name of the path.
    pub(crate) fn json_name(&self) -> &str {
        let last = self.path.iter().rev().find_map(|step| match &step.key {
            JsonKey::Name(name) => Some(name.as_str()),
            JsonKey::Index(_) => None,
        });
        last.unwrap_or(&self.name)
    }
}

/// A name: quoted, or letters, digits, `_`, `$`, blanks and dashes that start no arrow.
pub(crate) fn name(input: &mut &str) -> Parsed<String> {
    alt((quoted, bare_name)).context("field name (* or [a..z0..9_$])").parse_next(input)
}

fn bare_name(input: &mut &str) -> Parsed<String> {
    let text: String = repeat(
        1..,
        alt((
            any.verify(|c: &char| c.is_alphanumeric() || matches!(c, '_' | '$' | ' ')),
            ('-', peek(not('>'))).map(|_| '-'),
        )),
    )
    .parse_next(input)?;
    Ok(text.trim().to_owned())
}

/// Text in double quotes, a backslash keeping what follows.
pub(crate) fn quoted(input: &mut &str) -> Parsed<String> {
    '"'.parse_next(input)?;
    let text =
        repeat(0.., alt(((one_of('\\'), any).map(|(_, c)| c), none_of(['"', '\\'])))).parse_next(input)?;
    '"'.context("closing quote").parse_next(input)?;
    Ok(text)
}

/// A name and its arrows.
pub(crate) fn field(input: &mut &str) -> Parsed<Field> {
    let name = name(input)?;
    let path = json_path(input)?;
    Ok(Field { name, path })
}

fn json_path(input: &mut &str) -> Parsed<Vec<JsonStep>> {
    let mut path = Vec::new();
    while let Some(arrow) = opt(alt(("->>", "->"))).parse_next(input)? {
        if path.len() == MAX_DEPTH {
            return fail(input, "a shorter path");
        }
        let key = json_key(input)?;
        path.push(JsonStep { key, as_text: arrow == "->>" });
    }
    Ok(path)
}

fn json_key(input: &mut &str) -> Parsed<JsonKey> {
    if input.starts_with('"') {
        return quoted.map(JsonKey::Name).parse_next(input);
    }
    let text = bare_name(input).or_else(|_| fail(input, "json key or index"))?;
    Ok(text.parse().map_or(JsonKey::Name(text), JsonKey::Index))
}

/// Words of lower-case letters, as operators and modifiers are.
pub(crate) fn word<'a>(input: &mut &'a str) -> Parsed<&'a str> {
    take_while(1.., |c: char| c.is_ascii_alphabetic() || c == '_').parse_next(input)
}

/// How far `input` agrees with the word of `options` it agrees with longest.
pub(crate) fn common_prefix(input: &str, options: &[&str]) -> usize {
    let agree = |option: &&str| input.bytes().zip(option.bytes()).take_while(|(a, b)| a == b).count();
    options.iter().map(agree).max().unwrap_or(0)
}

/// A list of names, as `columns` and `on_conflict` hold it.
pub(crate) fn names(input: &mut &str) -> Parsed<Vec<String>> {
    winnow::combinator::separated(1.., name, ',').parse_next(input)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_quoted_name_may_hold_anything() {
        assert!(parse("columns", r#""a,b","c""d"#, names).is_err());
        assert_eq!(parse("columns", r#""a,b",c d"#, names).unwrap(), ["a,b", "c d"]);
    }

    #[test]
    fn a_path_ends_in_a_key_or_an_index() {
        let field = parse("field", "meta->list->>1", field).unwrap();
        assert_eq!(field.json_name(), "list");
        assert_eq!(field.path[1], JsonStep { key: JsonKey::Index(1), as_text: true });
    }

    #[test]
    fn a_dash_belongs_to_the_name_unless_it_starts_an_arrow() {
        assert_eq!(parse("field", "my-col->a", field).unwrap().name, "my-col");
    }

    proptest! {
        #[test]
        fn no_text_makes_a_parser_panic(text in ".{0,60}") {
            let _ = parse("select", &text, select::items);
            let _ = parse("order", &text, order::terms);
            let _ = parse("filter", &text, filter::test);
            let _ = parse("logic tree", &text, filter::group);
            let _ = parse("columns", &text, names);
        }

        #[test]
        fn no_grammar_like_text_makes_a_parser_panic(text in "[a-c(),.:!>\"{}\\\\*0-]{0,60}") {
            let _ = parse("select", &text, select::items);
            let _ = parse("order", &text, order::terms);
            let _ = parse("filter", &text, filter::test);
            let _ = parse("logic tree", &text, filter::group);
        }
    }
}
