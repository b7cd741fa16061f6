//! Which of a function's overloads a call means.

use std::collections::BTreeSet;

use axum::http::StatusCode;

use super::error::RestError;
use super::schema::suggest::nearest;
use super::schema::{Function, Name, Schema};

/// How the arguments came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Given {
    /// In the query string.
    Query,
    /// As JSON or a form: a function with one unnamed argument may take the body whole.
    Object,
    /// A body of another kind, for one unnamed argument of this type only.
    Whole(&'static str),
}

/// A function, and whether it takes the body whole.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    pub(crate) function: &'a Function,
    pub(crate) whole: bool,
}

/// The overload of `name` that takes exactly the arguments `keys`, and has defaults for the rest.
pub(crate) fn find<'a>(
    schema: &'a Schema,
    name: &Name,
    keys: &BTreeSet<&str>,
    given: &Given,
) -> Result<Found<'a>, RestError> {
    let overloads = schema.functions.get(name).map(Vec::as_slice).unwrap_or_default();
    let named: Vec<&Function> = match given {
        Given::Whole(_) => Vec::new(),
        _ => overloads.iter().filter(|function| takes(function, keys)).collect(),
    };
    match named[..] {
        [function] => return Ok(Found { function, whole: false }),
        [] => {}
        _ => return Err(ambiguous(&named, name)),
    }
    let wanted: &[&str] = match given {
        Given::Query => &[],
        Given::Object => &["json", "jsonb"],
        Given::Whole(sql_type) => std::slice::from_ref(sql_type),
    };
    let whole = overloads.iter().find(|function| match &function.arguments[..] {
        [only] => only.name.is_empty() && wanted.contains(&only.sql_type.as_str()),
        _ => false,
    });
    match whole {
        Some(function) => Ok(Found { function, whole: true }),
        None => Err(none(schema, name, keys, given, overloads)),
    }
}

fn takes(function: &Function, keys: &BTreeSet<&str>) -> bool {
    let names: BTreeSet<&str> = function.arguments.iter().map(|argument| argument.name.as_str()).collect();
    !names.contains("")
        && keys.is_subset(&names)
        && function
            .arguments
            .iter()
            .all(|argument| !argument.required || keys.contains(argument.name.as_str()))
}

fn none(
    schema: &Schema,
    name: &Name,
    keys: &BTreeSet<&str>,
    given: &Given,
    overloads: &[Function],
) -> RestError {
    let listed = keys.iter().copied().collect::<Vec<_>>().join(", ");
    let parameters = match keys.len() {
        0 => " without parameters".to_owned(),
        1 => format!(" with parameter {listed}"),
        _ => format!(" with parameters {listed}"),
    };
    let searched = match given {
        Given::Query => parameters,
        Given::Object => format!("{parameters} or with a single unnamed json/jsonb parameter"),
        Given::Whole(sql_type) => format!(" with a single unnamed {sql_type} parameter"),
    };
    let called =
        if keys.is_empty() { format!("{name} without parameters") } else { format!("{name}({listed})") };
    RestError::not_in_cache(
        StatusCode::NOT_FOUND,
        "PGRST202",
        format!("Could not find the function {called} in the schema cache"),
    )
    .details(format!(
        "Searched for the function {name}{searched}, but no matches were found in the schema cache."
    ))
    .hint(suggestion(schema, name, keys, overloads))
}

fn suggestion(schema: &Schema, name: &Name, keys: &BTreeSet<&str>, overloads: &[Function]) -> Option<String> {
    if overloads.is_empty() {
        let known = schema.functions.keys().filter(|known| known.schema == name.schema);
        let near = nearest(&name.name, known.map(|known| known.name.as_str()))?;
        return Some(format!("Perhaps you meant to call the function {}.{near}", name.schema));
    }
    let list = |names: BTreeSet<&str>| format!("({})", names.into_iter().collect::<Vec<_>>().join(", "));
    let known: Vec<String> =
        overloads.iter().map(|one| list(one.arguments.iter().map(|a| a.name.as_str()).collect())).collect();
    let near = nearest(&list(keys.clone()), known.iter().map(String::as_str))?;
    Some(format!("Perhaps you meant to call the function {name}{near}"))
}

fn ambiguous(candidates: &[&Function], name: &Name) -> RestError {
    let described: Vec<String> = candidates
        .iter()
        .map(|function| {
            let arguments: Vec<String> =
                function.arguments.iter().map(|a| format!("{} => {}", a.name, a.sql_type.as_str())).collect();
            format!("{name}({})", arguments.join(", "))
        })
        .collect();
    RestError::new(
        StatusCode::MULTIPLE_CHOICES,
        "PGRST203",
        format!("Could not choose the best candidate function between: {}", described.join(", ")),
    )
    .hint(Some(
        "Try renaming the parameters or the function itself in the database so function overloading can be resolved"
            .to_owned(),
    ))
}
