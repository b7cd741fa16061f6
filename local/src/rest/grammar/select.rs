//! `select=`: columns and embedded resources.

use winnow::Parser as _;
use winnow::combinator::{opt, peek};
use winnow::token::take_while;

use super::{Field, MAX_DEPTH, Parsed, fail, field, name};

/// One entry of a select list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SelectItem {
    /// `*`
    Star,
    Column(Column),
    Embed(Embed),
}

/// `alias:field::cast`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) field: Field,
    pub(crate) alias: Option<String>,
    pub(crate) cast: Option<String>,
    /// An aggregate function was asked for (`cost.sum()`, `count()`).
    pub(crate) aggregated: bool,
}

/// `alias:target!hint!inner(items)`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Embed {
    pub(crate) target: String,
    pub(crate) alias: Option<String>,
    pub(crate) hint: Option<String>,
    pub(crate) inner: bool,
    pub(crate) spread: bool,
    pub(crate) items: Vec<SelectItem>,
}

impl Embed {
    /// The name it is referred to by: in the result, in filters and orders.
    pub(crate) fn name(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.target)
    }
}

const START: &str = "\"...\", field name (* or [a..z0..9_$]), \"*\" or \"count()\"";

/// A whole select list.
pub(crate) fn items(input: &mut &str) -> Parsed<Vec<SelectItem>> {
    if input.is_empty() { Ok(Vec::new()) } else { list(input, 0) }
}

fn list(input: &mut &str, depth: usize) -> Parsed<Vec<SelectItem>> {
    let mut items = vec![item(input, depth)?];
    while opt(',').parse_next(input)?.is_some() {
        items.push(item(input, depth)?);
    }
    Ok(items)
}

fn item(input: &mut &str, depth: usize) -> Parsed<SelectItem> {
    if depth > MAX_DEPTH {
        return fail(input, "fewer nested resources");
    }
    if opt("...").parse_next(input)?.is_some() {
        let Ok(target) = name(input) else { return fail(input, "field name (* or [a..z0..9_$])") };
        return embed(input, target, None, true, depth);
    }
    if opt('*').parse_next(input)?.is_some() {
        return Ok(SelectItem::Star);
    }
    if opt("count()").parse_next(input)?.is_some() {
        return column(input, Field::plain("count"), None, true);
    }
    let Ok(mut first) = field(input) else { return fail(input, START) };
    let mut alias = None;
    if first.path.is_empty() && input.starts_with(':') && !input.starts_with("::") {
        opt(':').parse_next(input)?;
        alias = Some(first.name);
        if opt("count()").parse_next(input)?.is_some() {
            return column(input, Field::plain("count"), alias, true);
        }
        first = match field(input) {
            Ok(field) => field,
            Err(_) => return fail(input, "field name (* or [a..z0..9_$])"),
        };
    }
    if first.path.is_empty() && input.starts_with(['!', '(']) {
        return embed(input, first.name, alias, false, depth);
    }
    column(input, first, alias, false)
}

fn column(input: &mut &str, field: Field, alias: Option<String>, counted: bool) -> Parsed<SelectItem> {
    let mut cast = type_name(input)?;
    let aggregated = counted || aggregate(input)?;
    if aggregated && let Some(outer) = type_name(input)? {
        cast = Some(outer);
    }
    Ok(SelectItem::Column(Column { field, alias, cast, aggregated }))
}

fn aggregate(input: &mut &str) -> Parsed<bool> {
    if !input.starts_with('.') {
        return Ok(false);
    }
    let found = opt(winnow::combinator::alt((".sum()", ".avg()", ".min()", ".max()", ".count()")))
        .parse_next(input)?;
    if found.is_some() { Ok(true) } else { fail(input.get(1..).unwrap_or_default(), "aggregate function") }
}

fn type_name(input: &mut &str) -> Parsed<Option<String>> {
    if opt("::").parse_next(input)?.is_none() {
        return Ok(None);
    }
    let text: Parsed<&str> =
        take_while(1.., |c: char| c.is_alphanumeric() || matches!(c, '_' | ' ' | '[' | ']'))
            .parse_next(input);
    match text {
        Ok(text) => Ok(Some(text.to_owned())),
        Err(_) => fail(input, "type name"),
    }
}

fn embed(
    input: &mut &str,
    target: String,
    alias: Option<String>,
    spread: bool,
    depth: usize,
) -> Parsed<SelectItem> {
    let mut embed = Embed { target, alias, hint: None, inner: false, spread, items: Vec::new() };
    while opt('!').parse_next(input)?.is_some() {
        let Ok(word) = name(input) else { return fail(input, "join type or hint") };
        match word.as_str() {
            "inner" => embed.inner = true,
            "left" => embed.inner = false,
            _ => embed.hint = Some(word),
        }
    }
    if opt('(').parse_next(input)?.is_none() {
        return fail(input, "\"(\"");
    }
    let empty: Parsed<char> = peek(')').parse_next(input);
    if empty.is_err() {
        embed.items = list(input, depth + 1)?;
    }
    if opt(')').parse_next(input)?.is_none() {
        return fail(input, "\",\" or \")\"");
    }
    Ok(SelectItem::Embed(embed))
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn select(text: &str) -> Vec<SelectItem> {
        parse("select parameter", text, items).unwrap()
    }

    fn embedded(text: &str) -> Embed {
        match select(text).remove(0) {
            SelectItem::Embed(embed) => embed,
            other => panic!("{other:?} is no embedding"),
        }
    }

    #[test]
    fn a_column_has_alias_path_and_cast() {
        let [SelectItem::Column(column)] = &select("day:meta->>at::date")[..] else { panic!("one column") };
        assert_eq!(column.alias.as_deref(), Some("day"));
        assert_eq!(column.field.path.len(), 1);
        assert_eq!(column.cast.as_deref(), Some("date"));
    }

    #[test]
    fn an_embedding_has_alias_hint_and_join() {
        let embed = embedded("job:jobs!job_id_fkey!inner(slug,pages(*))");
        assert_eq!((embed.name(), embed.target.as_str()), ("job", "jobs"));
        assert_eq!(embed.hint.as_deref(), Some("job_id_fkey"));
        assert!(embed.inner && !embed.spread);
        assert_eq!(embed.items.len(), 2);
    }

    #[test]
    fn an_embedding_may_be_empty_or_spread() {
        assert!(embedded("pages()").items.is_empty());
        assert!(embedded("...jobs(slug)").spread);
    }

    #[test]
    fn aggregates_are_recognised() {
        for text in ["count()", "n:count()", "cost.sum()", "cost.avg()::int"] {
            let [SelectItem::Column(column)] = &select(text)[..] else { panic!("one column") };
            assert!(column.aggregated, "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_refused() {
        let text = format!("{}a{}", "a(".repeat(200), ")".repeat(200));
        assert!(parse("select parameter", &text, items).is_err());
    }
}
