//! GET and HEAD of a table.

use axum::http::StatusCode;
use serde_json::json;

use super::error::RestError;
use super::execute::{self, Outcome, Statement};
use super::media::Media;
use super::plan::{Planner, RootParts, Source};
use super::preferences::{Applied, Count};
use super::query::{Others, Query};
use super::reply::Reply;
use super::request::Request;
use super::schema::suggest::nearest;
use super::schema::{Name, Schema, Table};
use super::sql::result::{Shape, Total};
use super::sql::{Sql, read, result};
use super::{range, refuse_unless_one};
use crate::project::Project;

/// The table, or the error that says what is near.
pub(crate) fn table<'a>(schema: &'a Schema, name: &Name) -> Result<&'a Table, RestError> {
    schema.tables.get(name).ok_or_else(|| {
        let known = schema.tables.keys().filter(|known| known.schema == name.schema);
        let near = nearest(&name.name, known.map(|known| known.name.as_str()));
        RestError::not_in_cache(
            StatusCode::NOT_FOUND,
            "PGRST205",
            format!("Could not find the table '{name}' in the schema cache"),
        )
        .hint(near.map(|near| format!("Perhaps you meant the table '{}.{near}'", name.schema)))
    })
}

pub(crate) async fn answer(
    project: &Project,
    schema: &Schema,
    request: &Request,
    table_name: &str,
) -> Result<Reply, RestError> {
    let schema_name = request.schema_name(schema)?;
    let name = Name::new(&schema_name, table_name);
    let media = Media::negotiate(&request.headers, false)?;
    let query = Query::parse(&request.query, Others::Filters)?;
    table(schema, &name)?;
    let window = range::narrowed(query.window(), &request.headers)?;
    let planner = Planner {
        schema,
        query: &query,
        max_rows: schema.max_rows,
        root_parts: RootParts { filters: true, order: true },
    };
    let plan = planner.plan(Some(&name), Source::Table(name.clone()), &name.name, window)?;
    let count = request.preferences.count;
    let total = match count {
        Some(Count::Exact | Count::Estimated) => Total::OfRead,
        _ => Total::Unknown,
    };
    let planned = matches!(count, Some(Count::Planned | Count::Estimated)).then(|| {
        let mut sql = Sql::default();
        sql.push("explain (format json) ");
        read::unbounded(&mut sql, &plan);
        sql
    });
    let sql = result::of_read(&plan, Shape::Rows(media), total);
    let statement = Statement { sql, planned, read_only: true, schema_name: &schema_name };
    let outcome =
        execute::run(project, schema, request, &statement, |outcome| refuse_unless_one(media, outcome))
            .await?;
    reply(request, &query, media, &outcome, window.offset, total_of(count, &outcome, schema), &schema_name)
}

/// The total an answer states: counted, planned, or the planned one where more rows are counted than one answer may have.
fn total_of(count: Option<Count>, outcome: &Outcome, schema: &Schema) -> Option<u64> {
    match count? {
        Count::Planned => outcome.planned,
        Count::Estimated if schema.max_rows.is_some_and(|most| outcome.total > Some(most)) => {
            outcome.planned.max(outcome.total)
        }
        Count::Exact | Count::Estimated => outcome.total,
    }
}

fn reply(
    request: &Request,
    query: &Query,
    media: Media,
    outcome: &Outcome,
    offset: u64,
    total: Option<u64>,
    schema_name: &str,
) -> Result<Reply, RestError> {
    let status = range::status(offset, outcome.rows, total);
    let (body, media) = match total {
        Some(total) if status == StatusCode::RANGE_NOT_SATISFIABLE => {
            let details = format!("An offset of {offset} was requested, but there are only {total} rows.");
            let body = json!({"code": "PGRST103", "details": details, "hint": null, "message": "Requested range not satisfiable"});
            (body.to_string(), Media::Json)
        }
        _ => (outcome.body.clone(), media),
    };
    Reply::new(status)
        .content_range(range::content_range(offset, outcome.rows, total))
        .content_location(&request.path, &query.canonical)
        .preference_applied(request.preferences.applied(Applied::Read))
        .body(body, media, schema_name)
        .overridden(outcome)
}
