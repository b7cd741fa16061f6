//! Function calls: GET, HEAD and POST of `/rpc/NAME`.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};

use super::error::RestError;
use super::execute::{self, Outcome, Statement};
use super::function::{self, Found, Given};
use super::media::Media;
use super::payload::{ContentType, Payload};
use super::plan::{Planner, RootParts, Source, smaller};
use super::preferences::Applied;
use super::query::{Others, Query, Window};
use super::reply::Reply;
use super::request::Request;
use super::schema::{Argument, Function, Name, Returns, Schema};
use super::sql::Sql;
use super::sql::call::{self, Arguments};
use super::sql::result::{self, Shape, Total};
use super::{range, refuse_too_many, refuse_unless_one};
use crate::project::Project;

/// What the caller gives.
enum Input {
    Query,
    Object(Payload),
    Whole(String),
}

pub(crate) async fn answer(
    project: &Project,
    schema: &Schema,
    request: &Request,
    function_name: &str,
) -> Result<Reply, RestError> {
    if !request.is_read() && request.method != Method::POST {
        let message = format!("Cannot use the {} method on RPC", request.method);
        return Err(RestError::new(StatusCode::METHOD_NOT_ALLOWED, "PGRST101", message));
    }
    let schema_name = request.schema_name(schema)?;
    let name = Name::new(&schema_name, function_name);
    let media = Media::negotiate(&request.headers, false)?;
    let others = if request.is_read() { Others::FiltersAndArguments } else { Others::Filters };
    let query = Query::parse(&request.query, others)?;
    let (input, given) = input(request)?;
    let keys: BTreeSet<&str> = match &input {
        Input::Query => query.arguments.iter().map(|(name, _)| name.as_str()).collect(),
        Input::Object(_) if query.columns.is_some() => {
            query.columns.iter().flatten().map(String::as_str).collect()
        }
        Input::Object(payload) => payload.keys.iter().map(String::as_str).collect(),
        Input::Whole(_) => BTreeSet::new(),
    };
    let Found { function, whole } = function::find(schema, &name, &keys, &given)?;
    let arguments = arguments(&query, &input, request, function, &keys, whole)?;
    let window = range::narrowed(query.window(), &request.headers)?;
    let sql = statement(schema, request, &query, &name, function, &arguments, window, media)?;
    let read_only = request.is_read() || !function.is_volatile;
    let statement = Statement { sql, planned: None, read_only, schema_name: &schema_name };
    let outcome = execute::run(project, schema, request, &statement, |outcome| {
        refuse_unless_one(media, outcome)?;
        refuse_too_many(request, outcome)
    })
    .await?;
    reply(request, function, media, &outcome, window.offset, &schema_name)
}

fn input(request: &Request) -> Result<(Input, Given), RestError> {
    if request.is_read() {
        return Ok((Input::Query, Given::Query));
    }
    let body = request.body_text()?;
    let content_type = ContentType::of(&request.headers);
    match &content_type {
        ContentType::Other(name) => {
            let given = match name.as_str() {
                "text/plain" => Given::Whole("text"),
                "text/xml" => Given::Whole("xml"),
                "application/octet-stream" => {
                    return Err(RestError::unsupported("bytes as a function's argument"));
                }
                _ => return Err(ContentType::refused(name)),
            };
            Ok((Input::Whole(body.to_owned()), given))
        }
        _ => Ok((Input::Object(Payload::arguments(&content_type, body)?), Given::Object)),
    }
}

fn arguments<'a>(
    query: &'a Query,
    input: &'a Input,
    request: &'a Request,
    function: &'a Function,
    keys: &BTreeSet<&str>,
    whole: bool,
) -> Result<Arguments<'a>, RestError> {
    if whole {
        let argument = &function.arguments[0];
        let body = match input {
            Input::Whole(body) => body,
            _ => request.body_text()?,
        };
        return Ok(Arguments::Whole { argument, body });
    }
    let named = || function.arguments.iter().filter(|argument| keys.contains(argument.name.as_str()));
    if let Input::Object(payload) = input {
        return Ok(Arguments::Json { arguments: named().collect(), rows: &payload.rows });
    }
    let mut texts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in &query.arguments {
        texts.entry(name).or_default().push(value);
    }
    let given = |argument: &'a Argument| (argument, texts.remove(argument.name.as_str()).unwrap_or_default());
    Ok(Arguments::Texts(named().map(given).collect()))
}

#[expect(clippy::too_many_arguments, reason = "everything a call's SQL depends on")]
fn statement(
    schema: &Schema,
    request: &Request,
    query: &Query,
    name: &Name,
    function: &Function,
    arguments: &Arguments,
    window: Window,
    media: Media,
) -> Result<Sql, RestError> {
    let total = if request.preferences.count.is_some() { Total::OfResult } else { Total::Unknown };
    let Returns::Row(table) = &function.returns else {
        let shape = match function.returns {
            Returns::Void => Shape::Nothing,
            _ if media == Media::Csv => Shape::Rows(media),
            _ if function.returns_set => Shape::Values,
            _ => Shape::Value,
        };
        let limit = smaller(window.limit, schema.max_rows);
        let write = |sql: &mut Sql| call::call(sql, name, function, arguments, None, &[]);
        return Ok(result::of_values(write, shape, total, limit, window.offset));
    };
    let planner = Planner {
        schema,
        query,
        max_rows: schema.max_rows,
        root_parts: RootParts { filters: true, order: true },
    };
    let relation = table.as_ref().map_or(name.name.as_str(), |table| table.name.as_str());
    let mut read = planner.plan(table.as_ref(), Source::Result, relation, window)?;
    let (on_embeds, on_rows) = std::mem::take(&mut read.conditions)
        .into_iter()
        .partition(super::plan::Condition::concerns_embedding);
    read.conditions = on_embeds;
    let on_rows: Vec<_> = on_rows;
    let columns: Option<Vec<&str>> = read.needed_columns().map(|columns| columns.into_iter().collect());
    let shape = if function.returns_set { Shape::Rows(media) } else { Shape::SingleRow(media) };
    let write = |sql: &mut Sql| call::call(sql, name, function, arguments, columns.as_deref(), &on_rows);
    Ok(result::of_result(write, Some(&read), shape, total, &[]))
}

fn reply(
    request: &Request,
    function: &Function,
    media: Media,
    outcome: &Outcome,
    offset: u64,
    schema_name: &str,
) -> Result<Reply, RestError> {
    let is_void = function.returns == Returns::Void;
    let status =
        if is_void { StatusCode::NO_CONTENT } else { range::status(offset, outcome.rows, outcome.total) };
    if let Some(total) = outcome.total.filter(|_| status == StatusCode::RANGE_NOT_SATISFIABLE) {
        let details = format!("An offset of {offset} was requested, but there are only {total} rows.");
        return Err(RestError::range(details));
    }
    let mut reply = Reply::new(status)
        .content_range(range::content_range(offset, outcome.rows, outcome.total))
        .preference_applied(request.preferences.applied(Applied::Read));
    if !is_void {
        reply = reply.body(outcome.body.clone(), media, schema_name);
    }
    reply.overridden(outcome)
}
