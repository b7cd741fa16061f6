//! Runs a statement as its caller: one transaction with the role, its settings and what the request says of itself.

use axum::http::StatusCode;
use bytes::BytesMut;
use deadpool_postgres::PoolError;
use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::{Format, IsNull, ToSql, Type};

use super::error::RestError;
use super::request::Request;
use super::schema::Schema;
use super::sql::Sql;
use crate::project::Project;

/// One statement and what it needs around it.
#[derive(Debug)]
pub(crate) struct Statement<'a> {
    pub(crate) sql: Sql,
    /// A query whose planned number of rows is asked for too.
    pub(crate) planned: Option<Sql>,
    pub(crate) read_only: bool,
    /// The schema of the request, first in the search path.
    pub(crate) schema_name: &'a str,
}

/// The row a statement gives (`sql/result.rs`).
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) total: Option<u64>,
    pub(crate) rows: u64,
    pub(crate) body: String,
    /// `response.headers`, set by the request's SQL.
    pub(crate) headers: Option<String>,
    /// `response.status`.
    pub(crate) status: Option<String>,
    /// How many rows of an upsert were new.
    pub(crate) inserted: Option<i64>,
    /// Primary key of the first row, as texts.
    pub(crate) key: Option<Vec<Option<String>>>,
    pub(crate) planned: Option<u64>,
}

/// Text whose type PostgreSQL infers, as it does for a literal.
#[derive(Debug)]
struct Untyped<'a>(Option<&'a str>);

impl ToSql for Untyped<'_> {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        let Some(text) = self.0 else { return Ok(IsNull::Yes) };
        out.extend_from_slice(text.as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    tokio_postgres::types::to_sql_checked!();
}

/// Runs `statement`; it is committed when `check` accepts what came out, and undone otherwise.
pub(crate) async fn run(
    project: &Project,
    schema: &Schema,
    request: &Request,
    statement: &Statement<'_>,
    check: impl FnOnce(&Outcome) -> Result<(), RestError>,
) -> Result<Outcome, RestError> {
    let anonymous = request.caller.is_anonymous();
    let refused = |error: tokio_postgres::Error| RestError::from_database(&error, anonymous);
    let mut client = project.database.rest.get().await.map_err(|error| no_connection(&error))?;
    let transaction =
        client.build_transaction().read_only(statement.read_only).start().await.map_err(refused)?;
    let settings = settings(schema, request, statement.schema_name);
    let set = set_config(&settings);
    let (set_values, values) = (typed(set.values()), typed(statement.sql.values()));
    let (set_values, values) = (borrowed(&set_values), borrowed(&values));
    let (applied, result) = tokio::join!(
        transaction.query_typed(set.text(), &set_values),
        transaction.query_typed(statement.sql.text(), &values),
    );
    applied.map_err(refused)?;
    let rows = result.map_err(refused)?;
    let mut outcome = rows.first().map_or_else(
        || Err(RestError::new(StatusCode::INTERNAL_SERVER_ERROR, "PGRSTX00", "the statement gave no row")),
        |row| outcome(row).map_err(refused),
    )?;
    if let Some(planned) = &statement.planned {
        let values = typed(planned.values());
        let rows = transaction.query_typed(planned.text(), &borrowed(&values)).await.map_err(refused)?;
        outcome.planned = rows.first().and_then(planned_rows);
    }
    check(&outcome)?;
    transaction.commit().await.map_err(refused)?;
    Ok(outcome)
}

fn settings<'a>(schema: &'a Schema, request: &'a Request, schema_name: &str) -> Vec<(&'a str, String)> {
    let quoted = schema_name.replace('"', "\"\"");
    let mut settings = vec![
        ("search_path", format!("\"{quoted}\", public, extensions")),
        ("role", request.caller.role.clone()),
        ("request.jwt.claims", request.caller.claims.clone()),
        ("request.method", request.method.to_string()),
        ("request.path", request.path.clone()),
        ("request.headers", request.headers_json()),
        ("request.cookies", request.cookies_json()),
    ];
    let of_role = schema.role_settings.get(&request.caller.role).into_iter().flatten();
    settings.extend(of_role.map(|(name, value)| (name.as_str(), value.clone())));
    settings
}

fn set_config(settings: &[(&str, String)]) -> Sql {
    let mut sql = Sql::default();
    sql.push("select ");
    sql.list(settings, ", ", |sql, (name, value)| {
        sql.push("set_config(").bind(*name).push(", ").bind(value).push(", true)");
    });
    sql
}

fn typed(values: &[Option<String>]) -> Vec<Untyped<'_>> {
    values.iter().map(|value| Untyped(value.as_deref())).collect()
}

fn borrowed<'a>(values: &'a [Untyped<'a>]) -> Vec<(&'a (dyn ToSql + Sync), Type)> {
    values.iter().map(|value| (value as &(dyn ToSql + Sync), Type::UNKNOWN)).collect()
}

fn outcome(row: &Row) -> Result<Outcome, tokio_postgres::Error> {
    let count = |name: &str| row.try_get::<_, Option<i64>>(name);
    let text = |name: &str| row.try_get::<_, Option<String>>(name);
    Ok(Outcome {
        total: count("total")?.and_then(|total| u64::try_from(total).ok()),
        rows: count("rows")?.and_then(|rows| u64::try_from(rows).ok()).unwrap_or(0),
        body: text("body")?.unwrap_or_default(),
        headers: text("headers")?,
        status: text("status")?,
        inserted: text("inserted")?.and_then(|inserted| inserted.parse().ok()),
        key: text("key")?.and_then(|key| serde_json::from_str(&key).ok()),
        planned: None,
    })
}

fn planned_rows(row: &Row) -> Option<u64> {
    let plan: Value = row.try_get(0).ok()?;
    plan.pointer("/0/Plan/Plan Rows")?.as_f64().map(|rows| rows as u64)
}

fn no_connection(error: &PoolError) -> RestError {
    match error {
        PoolError::Timeout(_) => RestError::new(
            StatusCode::GATEWAY_TIMEOUT,
            "PGRST003",
            "Timed out acquiring connection from connection pool.",
        ),
        _ => RestError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "PGRST000",
            "Could not connect with the database due to an internal error.",
        ),
    }
}
