//! Function calls.

use super::{Sql, array_literal, condition};
use crate::rest::plan::Condition;
use crate::rest::schema::{Argument, Function, Name, Returns};

/// What the function is given.
#[derive(Debug)]
pub(crate) enum Arguments<'a> {
    /// An object whose keys are the arguments' names.
    Json { arguments: Vec<&'a Argument>, rows: &'a str },
    /// Texts by name; a variadic argument may have several.
    Texts(Vec<(&'a Argument, Vec<&'a str>)>),
    /// The body as it is, for a single argument without a name.
    Whole { argument: &'a Argument, body: &'a str },
}

/// The relation of the call; its columns are the result's.
pub(crate) const CALL: &str = "pgrst_call";

/// The only column where the result is no row.
pub(crate) const SCALAR: &str = "pgrst_scalar";

/// The query that calls `function`. `columns` of `None` are all; `conditions` are on the result's rows.
pub(crate) fn call(
    sql: &mut Sql,
    name: &Name,
    function: &Function,
    arguments: &Arguments,
    columns: Option<&[&str]>,
    conditions: &[Condition],
) {
    let is_row = matches!(function.returns, Returns::Row(_));
    sql.push("select ");
    match columns {
        Some(columns) if is_row && !columns.is_empty() => {
            sql.list(columns, ", ", |sql, column| {
                sql.column(CALL, column);
            });
        }
        _ => {
            sql.name(CALL).push(".*");
        }
    }
    sql.push(" from ");
    if let Arguments::Json { arguments, rows } = arguments
        && !arguments.is_empty()
    {
        json_body(sql, arguments, rows);
        sql.push(", ");
    }
    if is_row {
        sql.push("lateral ");
        invocation(sql, name, function, arguments);
    } else {
        sql.push("lateral (select ");
        invocation(sql, name, function, arguments);
        sql.push(" as ").name(SCALAR).push(")");
    }
    sql.push(" as ").name(CALL);
    if !conditions.is_empty() {
        sql.push(" where ");
        condition::all(sql, CALL, conditions);
    }
}

fn json_body(sql: &mut Sql, arguments: &[&Argument], rows: &str) {
    sql.push("(select * from json_to_recordset(").bind(rows).push("::json) as _(");
    sql.list(arguments, ", ", |sql, argument| {
        sql.name(&argument.name).push(" ").catalog(&argument.sql_type);
    });
    sql.push(") limit 1) as pgrst_body");
}

fn invocation(sql: &mut Sql, name: &Name, function: &Function, arguments: &Arguments) {
    let variadic = function.arguments.last().filter(|_| function.is_variadic).map(|last| &last.name);
    sql.qualified(name).push("(");
    match arguments {
        Arguments::Json { arguments, .. } => {
            sql.list(arguments, ", ", |sql, argument| {
                target(sql, argument, variadic);
                sql.column("pgrst_body", &argument.name);
            });
        }
        Arguments::Texts(texts) => {
            sql.list(texts, ", ", |sql, (argument, values)| {
                target(sql, argument, variadic);
                let value = match values[..] {
                    [single] if variadic != Some(&argument.name) || single.starts_with('{') => {
                        single.to_owned()
                    }
                    _ if variadic == Some(&argument.name) => array_literal(values.iter().copied()),
                    _ => values.last().map(|value| (*value).to_owned()).unwrap_or_default(),
                };
                sql.bind(value).push("::").catalog(&argument.sql_type);
            });
        }
        Arguments::Whole { argument, body } => {
            sql.bind(*body).push("::").catalog(&argument.sql_type);
        }
    }
    sql.push(")");
}

fn target(sql: &mut Sql, argument: &Argument, variadic: Option<&String>) {
    if variadic == Some(&argument.name) {
        sql.push("variadic ");
    }
    sql.name(&argument.name).push(" := ");
}
