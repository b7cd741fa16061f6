//! The statement around a query that gives everything an answer needs as one row.

use super::call::SCALAR;
use super::read::RESULT;
use super::{Sql, read};
use crate::rest::media::Media;
use crate::rest::plan::Read;

/// How rows become the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// No body.
    Nothing,
    /// Rows, in the form asked for.
    Rows(Media),
    /// One row of a function that returns a single one.
    SingleRow(Media),
    /// The value of a function that returns a single one.
    Value,
    /// An array of values.
    Values,
}

/// Where the total number of rows comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Total {
    Unknown,
    /// The read without its window.
    OfRead,
    /// The rows that the write or the call gave.
    OfResult,
}

/// A query that reads tables.
pub(crate) fn of_read(plan: &Read, shape: Shape, total: Total) -> Sql {
    let mut sql = Sql::default();
    sql.push("with ").name(RESULT).push(" as (");
    read::read(&mut sql, plan);
    sql.push(")");
    if total == Total::OfRead {
        sql.push(", pgrst_counted as (");
        read::unbounded(&mut sql, plan);
        sql.push(")");
    }
    outer(&mut sql, shape, total, &[], |sql| {
        sql.push("select * from ").name(RESULT);
    });
    sql
}

/// A write or a call, its rows read by `plan`. `key` are the columns that a Location names.
pub(crate) fn of_result(
    write: impl FnOnce(&mut Sql),
    plan: Option<&Read>,
    shape: Shape,
    total: Total,
    key: &[String],
) -> Sql {
    let mut sql = Sql::default();
    sql.push("with ").name(RESULT).push(" as (");
    write(&mut sql);
    sql.push(")");
    outer(&mut sql, shape, total, key, |sql| match plan {
        Some(plan) => read::read(sql, plan),
        None => {
            sql.push("select * from ").name(RESULT);
        }
    });
    sql
}

/// As `of_result`, for values that are no rows: at most `limit` of them from `offset` on.
pub(crate) fn of_values(
    write: impl FnOnce(&mut Sql),
    shape: Shape,
    total: Total,
    limit: Option<u64>,
    offset: u64,
) -> Sql {
    let mut sql = Sql::default();
    sql.push("with ").name(RESULT).push(" as (");
    write(&mut sql);
    sql.push(")");
    outer(&mut sql, shape, total, &[], |sql| {
        sql.push("select * from ").name(RESULT);
        if let Some(limit) = limit {
            sql.push(" limit ").number(limit);
        }
        if offset > 0 {
            sql.push(" offset ").number(offset);
        }
    });
    sql
}

fn outer(sql: &mut Sql, shape: Shape, total: Total, key: &[String], rows: impl FnOnce(&mut Sql)) {
    sql.push(" select ");
    match total {
        Total::Unknown => sql.push("null::bigint"),
        Total::OfRead => sql.push("(select count(*) from pgrst_counted)"),
        Total::OfResult => sql.push("(select count(*) from ").name(RESULT).push(")"),
    };
    sql.push(" as total, count(*) as rows, ");
    body(sql, shape);
    sql.push(
        " as body, nullif(current_setting('response.headers', true), '') as headers, \
         nullif(current_setting('response.status', true), '') as status, \
         nullif(current_setting('pgrst.inserted', true), '') as inserted, ",
    );
    if key.is_empty() {
        sql.push("null::text");
    } else {
        sql.push("(select json_build_array(");
        sql.list(key, ", ", |sql, column| {
            sql.name(column).push("::text");
        });
        sql.push(")::text from ").name(RESULT).push(" limit 1)");
    }
    sql.push(" as key from (");
    rows(sql);
    sql.push(") as _postgrest_t");
}

fn body(sql: &mut Sql, shape: Shape) {
    match shape {
        Shape::Nothing => sql.push("''"),
        Shape::Rows(Media::Csv) | Shape::SingleRow(Media::Csv) => sql.push(
            "coalesce((select string_agg(a.k, ',') from (select json_object_keys(r)::text as k from \
             (select row_to_json(hh) as r from pgrst_source as hh limit 1) s) a) || e'\\n', '') || \
             coalesce(string_agg(substring(_postgrest_t::text, 2, length(_postgrest_t::text) - 2), e'\\n'), '')",
        ),
        Shape::Rows(Media::Object { strip_nulls: false }) | Shape::SingleRow(Media::Json | Media::Object { strip_nulls: false } | Media::OpenApi) => {
            sql.push("coalesce((json_agg(_postgrest_t)->0)::text, 'null')")
        }
        Shape::Rows(Media::Object { strip_nulls: true }) | Shape::SingleRow(_) => {
            sql.push("coalesce((json_agg(json_strip_nulls(row_to_json(_postgrest_t)))->0)::text, 'null')")
        }
        Shape::Rows(Media::StrippedArray) => {
            sql.push("coalesce(json_agg(json_strip_nulls(row_to_json(_postgrest_t))), '[]')::text")
        }
        Shape::Rows(Media::Json | Media::OpenApi) => sql.push("coalesce(json_agg(_postgrest_t), '[]')::text"),
        Shape::Value => {
            sql.push("coalesce((json_agg(_postgrest_t.").name(SCALAR).push(")->0)::text, 'null')")
        }
        Shape::Values => sql.push("coalesce(json_agg(_postgrest_t.").name(SCALAR).push("), '[]')::text"),
    };
}
