//! Fields and conditions.

use super::{Sql, array_literal};
use crate::rest::grammar::JsonKey;
use crate::rest::grammar::filter::{Operation, Quantifier, Truth};
use crate::rest::plan::{Condition, PlannedField};

/// `"relation"."column"->'key'`
pub(crate) fn field(sql: &mut Sql, relation: &str, field: &PlannedField) {
    if field.to_jsonb {
        sql.push("to_jsonb(").column(relation, &field.column).push(")");
    } else {
        sql.column(relation, &field.column);
    }
    for step in &field.path {
        sql.push(if step.as_text { "->>" } else { "->" });
        match &step.key {
            JsonKey::Name(name) => sql.bind(name).push("::text"),
            JsonKey::Index(index) => sql.push("(").number(*index).push(")"),
        };
    }
}

/// Conditions that all have to hold; nothing for none.
pub(crate) fn all(sql: &mut Sql, relation: &str, conditions: &[Condition]) {
    sql.list(conditions, " and ", |sql, term| condition(sql, relation, term));
}

fn condition(sql: &mut Sql, relation: &str, condition: &Condition) {
    match condition {
        Condition::Test { field, test } => {
            if test.negated {
                sql.push("not ");
            }
            operation(sql, relation, field, &test.operation);
        }
        Condition::Embedding { lateral, is_null } => {
            sql.name(&lateral.name);
            if !lateral.to_one {
                sql.push(".").name(&lateral.name);
            }
            sql.push(if *is_null { " is not distinct from null" } else { " is distinct from null" });
        }
        Condition::Group { negated, all, terms } => {
            sql.push(if *negated { "not (" } else { "(" });
            let separator = if *all { " and " } else { " or " };
            sql.list(terms, separator, |sql, term| self::condition(sql, relation, term));
            sql.push(")");
        }
    }
}

fn operation(sql: &mut Sql, relation: &str, planned: &PlannedField, operation: &Operation) {
    match operation {
        Operation::Search { function, language, query } => {
            search(sql, relation, planned, function, language.as_deref(), query);
            return;
        }
        _ => field(sql, relation, planned),
    }
    match operation {
        Operation::Compare { operator, quantifier, value } => {
            sql.push(" ").push(operator).push(" ");
            let value = if operator.ends_with("like") { value.replace('*', "%") } else { value.clone() };
            match quantifier {
                None => sql.bind(value),
                Some(Quantifier::Any) => sql.push("any (").bind(value).push(")"),
                Some(Quantifier::All) => sql.push("all (").bind(value).push(")"),
            };
        }
        Operation::In(values) => {
            sql.push(" = any (").bind(array_literal(values.iter().map(String::as_str))).push(")");
        }
        Operation::Is(truth) => {
            sql.push(match truth {
                Truth::Null => " is null",
                Truth::NotNull => " is not null",
                Truth::True => " is true",
                Truth::False => " is false",
                Truth::Unknown => " is unknown",
            });
        }
        Operation::IsDistinct(value) => {
            sql.push(" is distinct from ").bind(value);
        }
        Operation::Search { .. } => {}
    }
}

fn search(
    sql: &mut Sql,
    relation: &str,
    planned: &PlannedField,
    function: &'static str,
    language: Option<&str>,
    query: &str,
) {
    let configuration = |sql: &mut Sql| {
        if let Some(language) = language {
            sql.bind(language).push("::regconfig, ");
        }
    };
    if planned.to_tsvector {
        sql.push("to_tsvector(");
        configuration(sql);
        field(sql, relation, planned);
        sql.push(")");
    } else {
        field(sql, relation, planned);
    }
    sql.push(" @@ ").push(function).push("(");
    configuration(sql);
    sql.bind(query).push(")");
}
