//! `insert`, `update` and `delete` with `returning`.

use super::{Sql, condition};
use crate::rest::plan::Condition;
use crate::rest::preferences::Resolution;
use crate::rest::schema::{Column, Name};

/// What a write gives back of each row.
#[derive(Debug)]
pub(crate) enum Returning<'a> {
    Nothing,
    All,
    Columns(Vec<&'a str>),
}

/// Rows to insert.
#[derive(Debug)]
pub(crate) struct Insert<'a> {
    pub(crate) table: &'a Name,
    /// The columns that the rows give.
    pub(crate) columns: Vec<&'a Column>,
    /// A JSON array of objects.
    pub(crate) rows: &'a str,
    /// Keys that are missing take the columns' defaults.
    pub(crate) use_defaults: bool,
    pub(crate) on_conflict: Option<OnConflict<'a>>,
    /// Conditions on the rows given (PUT).
    pub(crate) conditions: &'a [Condition],
    pub(crate) returning: Returning<'a>,
}

/// The columns that decide whether a row is there, and what to do then.
#[derive(Debug)]
pub(crate) struct OnConflict<'a> {
    pub(crate) columns: Vec<&'a str>,
    pub(crate) resolution: Resolution,
}

const BODY: &str = "pgrst_body";

/// Counts inserted rows in a setting: up for each row proposed, down for each that was there and is updated.
const COUNT_UP: &str = "set_config('pgrst.inserted', (coalesce(nullif(current_setting('pgrst.inserted', true), '')::int, 0) + 1)::text, true) <> '0'";
const COUNT_DOWN: &str = "set_config('pgrst.inserted', (coalesce(nullif(current_setting('pgrst.inserted', true), '')::int, 0) - 1)::text, true) <> '-1'";

pub(crate) fn insert(sql: &mut Sql, insert: &Insert) {
    sql.push("insert into ").qualified(insert.table);
    if insert.columns.is_empty() {
        sql.push(" default values");
    } else {
        let names = |sql: &mut Sql, column: &&Column| {
            sql.name(&column.name);
        };
        sql.push("(").list(&insert.columns, ", ", names).push(") select ");
        sql.list(&insert.columns, ", ", |sql, column| {
            sql.column(BODY, &column.name);
        });
        sql.push(" from ");
        body(sql, &insert.columns, insert.rows, insert.use_defaults);
        sql.push(" where true");
        if insert.on_conflict.is_some() {
            sql.push(" and ").push(COUNT_UP);
        }
        if !insert.conditions.is_empty() {
            sql.push(" and ");
            condition::all(sql, BODY, insert.conditions);
        }
    }
    if let Some(conflict) = &insert.on_conflict {
        on_conflict(sql, conflict, &insert.columns);
    }
    returning(sql, insert.table, &insert.returning);
}

fn on_conflict(sql: &mut Sql, conflict: &OnConflict, columns: &[&Column]) {
    sql.push(" on conflict (");
    sql.list(&conflict.columns, ", ", |sql, name| {
        sql.name(name);
    });
    if conflict.resolution == Resolution::Ignore || columns.is_empty() {
        sql.push(") do nothing");
        return;
    }
    sql.push(") do update set ");
    sql.list(columns, ", ", |sql, column| {
        sql.name(&column.name).push(" = excluded.").name(&column.name);
    });
    sql.push(" where ").push(COUNT_DOWN);
}

/// `update`; the values are the first row of `rows`.
pub(crate) fn update(
    sql: &mut Sql,
    table: &Name,
    columns: &[&Column],
    rows: &str,
    use_defaults: bool,
    conditions: &[Condition],
    returns: &Returning,
) {
    sql.push("update ").qualified(table).push(" set ");
    sql.list(columns, ", ", |sql, column| {
        sql.name(&column.name).push(" = ").column(BODY, &column.name);
    });
    sql.push(" from ");
    body(sql, columns, rows, use_defaults);
    filtered(sql, table, conditions);
    returning(sql, table, returns);
}

pub(crate) fn delete(sql: &mut Sql, table: &Name, conditions: &[Condition], returns: &Returning) {
    sql.push("delete from ").qualified(table);
    filtered(sql, table, conditions);
    returning(sql, table, returns);
}

/// No rows, with the columns a representation needs.
pub(crate) fn nothing(sql: &mut Sql, table: &Name, returns: &Returning) {
    sql.push("select ");
    returned_columns(sql, table, returns);
    if !matches!(returns, Returning::Nothing) {
        sql.push(" from ").qualified(table);
    }
    sql.push(" where false");
}

fn filtered(sql: &mut Sql, table: &Name, conditions: &[Condition]) {
    if !conditions.is_empty() {
        sql.push(" where ");
        condition::all(sql, &table.name, conditions);
    }
}

fn returning(sql: &mut Sql, table: &Name, returns: &Returning) {
    sql.push(" returning ");
    returned_columns(sql, table, returns);
}

fn returned_columns(sql: &mut Sql, table: &Name, returns: &Returning) {
    match returns {
        Returning::Columns(columns) if !columns.is_empty() => {
            sql.list(columns, ", ", |sql, column| {
                sql.column(&table.name, column);
            });
        }
        Returning::All => {
            sql.name(&table.name).push(".*");
        }
        Returning::Nothing | Returning::Columns(_) => {
            sql.push("1");
        }
    }
}

/// The rows of the request as a relation with the columns' types.
pub(crate) fn body(sql: &mut Sql, columns: &[&Column], rows: &str, use_defaults: bool) {
    let defaults: Vec<_> = columns
        .iter()
        .filter_map(|column| Some((&column.name, column.default.as_ref()?)))
        .filter(|_| use_defaults)
        .collect();
    sql.push("(select * from ");
    if defaults.is_empty() {
        sql.push("json_to_recordset(").bind(rows).push("::json)");
    } else {
        sql.push("jsonb_to_recordset((select jsonb_agg(jsonb_build_object(");
        sql.list(defaults, ", ", |sql, (name, default)| {
            sql.bind(name).push("::text, ").catalog(default);
        });
        sql.push(") || element) from jsonb_array_elements(").bind(rows).push("::jsonb) element))");
    }
    sql.push(" as _(");
    sql.list(columns, ", ", |sql, column| {
        sql.name(&column.name).push(" ").catalog(&column.sql_type);
    });
    sql.push(")) as ").name(BODY);
}
