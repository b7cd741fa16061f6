//! POST, PUT, PATCH and DELETE of a table.

use std::collections::BTreeSet;

use axum::http::header::LOCATION;
use axum::http::{Method, StatusCode};

use super::error::RestError;
use super::execute::{self, Outcome, Statement};
use super::grammar::filter::{Logic, Operation};
use super::media::Media;
use super::payload::{ContentType, Payload};
use super::plan::{Condition, Planner, Read, RootParts, Source};
use super::preferences::{Applied, Resolution, Return};
use super::query::{Others, Query, Window, encode};
use super::reading::table;
use super::reply::Reply;
use super::request::Request;
use super::schema::{Column, Name, Schema, Table};
use super::sql::Sql;
use super::sql::mutation::{self, Insert, OnConflict, Returning};
use super::sql::result::{self, Shape, Total};
use super::{range, refuse_too_many, refuse_unless_one};
use crate::project::Project;

/// Which statement a request becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Insert,
    Put,
    Update,
    Delete,
}

/// A write, ready to become SQL.
struct Write<'a> {
    kind: Kind,
    request: &'a Request,
    query: &'a Query,
    name: &'a Name,
    table: &'a Table,
    /// The columns of the body's keys, or of `columns`.
    columns: Vec<&'a Column>,
    payload: Option<Payload>,
    /// The representation, where one is asked for; its conditions are the write's.
    read: Read,
    conditions: Vec<Condition>,
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
    let kind = kind(&request.method);
    let payload = payload(kind, request, &query)?;
    let table = table(schema, &name)?;
    if kind == Kind::Put {
        check_put(&query, table)?;
    }
    let columns = columns(&name, table, &query, payload.as_ref())?;
    let planner = Planner {
        schema,
        query: &query,
        max_rows: None,
        root_parts: RootParts { filters: true, order: false },
    };
    let mut read = planner.plan(Some(&name), Source::Result, &name.name, Window::default())?;
    let conditions = std::mem::take(&mut read.conditions);
    let write =
        Write { kind, request, query: &query, name: &name, table, columns, payload, read, conditions };
    let sql = write.sql(media)?;
    let statement = Statement { sql, planned: None, read_only: false, schema_name: &schema_name };
    let represented = write.is_represented();
    let outcome = execute::run(project, schema, request, &statement, |outcome| {
        if represented {
            refuse_unless_one(media, outcome)?;
        }
        if kind == Kind::Put && outcome.rows != 1 {
            let message = "Payload values do not match URL in primary key column(s)";
            return Err(RestError::bad_request("PGRST115", message));
        }
        if matches!(kind, Kind::Update | Kind::Delete) {
            refuse_too_many(request, outcome)?;
        }
        Ok(())
    })
    .await?;
    write.reply(media, &outcome, &schema_name)
}

fn kind(method: &Method) -> Kind {
    match *method {
        Method::PUT => Kind::Put,
        Method::PATCH => Kind::Update,
        Method::DELETE => Kind::Delete,
        _ => Kind::Insert,
    }
}

fn payload(kind: Kind, request: &Request, query: &Query) -> Result<Option<Payload>, RestError> {
    if kind == Kind::Delete {
        return Ok(None);
    }
    let content_type = ContentType::of(&request.headers);
    Payload::read(&content_type, request.body_text()?, query.columns.is_some()).map(Some)
}

fn columns<'a>(
    name: &Name,
    table: &'a Table,
    query: &Query,
    payload: Option<&Payload>,
) -> Result<Vec<&'a Column>, RestError> {
    let Some(payload) = payload else { return Ok(Vec::new()) };
    let keys = match &query.columns {
        Some(columns) => columns.iter().cloned().collect::<BTreeSet<_>>(),
        None => payload.keys.clone(),
    };
    let column = |key: &String| {
        table.column(key).ok_or_else(|| {
            RestError::not_in_cache(
                StatusCode::BAD_REQUEST,
                "PGRST204",
                format!("Could not find the '{key}' column of '{}' in the schema cache", name.name),
            )
        })
    };
    keys.iter().map(column).collect()
}

/// PUT names its row by the whole primary key and nothing else.
fn check_put(query: &Query, table: &Table) -> Result<(), RestError> {
    if query.window() != Window::default() {
        let message = "limit/offset querystring parameters are not allowed for PUT";
        return Err(RestError::bad_request("PGRST114", message));
    }
    let mut named = BTreeSet::new();
    let only_equal = query.filters.iter().all(|(scope, logic)| match logic {
        Logic::Filter(filter) => {
            named.insert(filter.field.name.as_str());
            scope.is_empty()
                && filter.field.path.is_empty()
                && !filter.test.negated
                && matches!(filter.test.operation, Operation::Compare { operator: "=", quantifier: None, .. })
        }
        Logic::Group { .. } => false,
    });
    if only_equal && !named.is_empty() && named == table.primary_key.iter().map(String::as_str).collect() {
        return Ok(());
    }
    Err(RestError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "PGRST105",
        "Filters must include all and only primary key columns with 'eq' operators",
    ))
}

impl Write<'_> {
    fn is_represented(&self) -> bool {
        self.request.preferences.returns == Some(Return::Representation)
    }

    fn names_location(&self) -> bool {
        self.kind == Kind::Insert && self.request.preferences.returns == Some(Return::HeadersOnly)
    }

    fn sql(&self, media: Media) -> Result<Sql, RestError> {
        if matches!(self.kind, Kind::Update | Kind::Delete) && self.conditions.is_empty() {
            let statement = if self.kind == Kind::Update { "UPDATE" } else { "DELETE" };
            return Err(RestError::bad_request("21000", format!("{statement} requires a WHERE clause")));
        }
        if self.columns.is_empty() && self.payload.as_ref().is_some_and(|payload| payload.len > 1) {
            return Err(RestError::unsupported("several empty objects in one insert"));
        }
        let shape = if self.is_represented() { Shape::Rows(media) } else { Shape::Nothing };
        let plan = self.is_represented().then_some(&self.read);
        let total = match self.request.preferences.count {
            Some(_) => Total::OfResult,
            None => Total::Unknown,
        };
        let key: &[String] = if self.names_location() { &self.table.primary_key } else { &[] };
        Ok(result::of_result(|sql| self.statement(sql), plan, shape, total, key))
    }

    fn statement(&self, sql: &mut Sql) {
        let returning = self.returning();
        let rows = self.payload.as_ref();
        let (text, len) = rows.map_or(("[]", 0), |payload| (payload.rows.as_str(), payload.len));
        let use_defaults = self.request.preferences.missing_default == Some(true);
        match self.kind {
            Kind::Delete => mutation::delete(sql, self.name, &self.conditions, &returning),
            Kind::Update if self.columns.is_empty() || len == 0 => {
                mutation::nothing(sql, self.name, &returning);
            }
            Kind::Update => mutation::update(
                sql,
                self.name,
                &self.columns,
                text,
                use_defaults,
                &self.conditions,
                &returning,
            ),
            Kind::Insert | Kind::Put if len == 0 => mutation::nothing(sql, self.name, &returning),
            Kind::Insert | Kind::Put => {
                let conditions: &[Condition] = if self.kind == Kind::Put { &self.conditions } else { &[] };
                let insert = Insert {
                    table: self.name,
                    columns: self.columns.clone(),
                    rows: text,
                    use_defaults,
                    on_conflict: self.on_conflict(),
                    conditions,
                    returning,
                };
                mutation::insert(sql, &insert);
            }
        }
    }

    fn on_conflict(&self) -> Option<OnConflict<'_>> {
        let resolution = match self.kind {
            Kind::Put => Resolution::Merge,
            _ => self.request.preferences.resolution?,
        };
        let columns = self.query.on_conflict.as_ref().unwrap_or(&self.table.primary_key);
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        (!columns.is_empty()).then_some(OnConflict { columns, resolution })
    }

    fn returning(&self) -> Returning<'_> {
        if self.names_location() {
            return Returning::Columns(self.table.primary_key.iter().map(String::as_str).collect());
        }
        if !self.is_represented() {
            return Returning::Nothing;
        }
        match self.read.needed_columns() {
            Some(columns) => Returning::Columns(columns.into_iter().collect()),
            None => Returning::All,
        }
    }

    fn status(&self, outcome: &Outcome) -> StatusCode {
        let nothing_new = outcome.inserted.is_none_or(|inserted| inserted <= 0);
        match self.kind {
            Kind::Insert if self.request.preferences.resolution == Some(Resolution::Merge) && nothing_new => {
                StatusCode::OK
            }
            Kind::Insert => StatusCode::CREATED,
            Kind::Put if !nothing_new => StatusCode::CREATED,
            _ if self.is_represented() => StatusCode::OK,
            _ => StatusCode::NO_CONTENT,
        }
    }

    fn reply(&self, media: Media, outcome: &Outcome, schema_name: &str) -> Result<Reply, RestError> {
        let mut reply = Reply::new(self.status(outcome))
            .preference_applied(self.request.preferences.applied(Applied::Write));
        let rows = if self.kind == Kind::Update { outcome.rows } else { 0 };
        if self.kind != Kind::Put {
            reply = reply.content_range(range::content_range(0, rows, outcome.total));
        }
        if let Some(location) = self.location(outcome) {
            reply = reply.header(LOCATION, location);
        }
        if self.is_represented() {
            reply = reply.body(outcome.body.clone(), media, schema_name);
        }
        reply.overridden(outcome)
    }

    /// `/table?id=eq.1` of the first new row.
    fn location(&self, outcome: &Outcome) -> Option<String> {
        let key = outcome.key.as_ref()?;
        let tests = self.table.primary_key.iter().zip(key).map(|(column, value)| match value {
            Some(value) => format!("{}=eq.{}", encode(column), encode(value)),
            None => format!("{}=is.null", encode(column)),
        });
        Some(format!("/{}?{}", encode(&self.name.name), tests.collect::<Vec<_>>().join("&")))
    }
}
