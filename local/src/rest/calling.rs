//! Function calls: GET, HEAD and POST of `/rpc/NAME`.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};

use super::error::RestError;
use super::execute::{self, Outcome, Statement};
use super::function::{self, Found, Given};
use super::media::Media;
use super::payload::{ContentType, Payload};
use super::plan::{Condition, Planner, RootParts, Source, smaller};
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

/// A call, ready to become SQL.
struct Call<'a> {
    schema: &'a Schema,
    request: &'a Request,
    query: &'a Query,
    name: &'a Name,
    function: &'a Function,
    arguments: Arguments<'a>,
    window: Window,
    media: Media,
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
    let call = Call { schema, request, query: &query, name: &name, function, arguments, window, media };
    let read_only = request.is_read() || !function.is_volatile;
    let statement = Statement { sql: call.sql()?, planned: None, read_only, schema_name: &schema_name };
    let outcome = execute::run(project, schema, request, &statement, |outcome| {
        refuse_unless_one(media, outcome)?;
        refuse_too_many(request, outcome)
    })
    .await?;
    call.reply(&outcome)
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

impl Call<'_> {
    fn sql(&self) -> Result<Sql, RestError> {
        let total = if self.request.preferences.count.is_some() { Total::OfResult } else { Total::Unknown };
        match &self.function.returns {
            Returns::Row(table) => self.rows(table.as_ref(), total),
            Returns::Void => Ok(self.values(Shape::Nothing, total)),
            Returns::Scalar if self.media == Media::Csv => Ok(self.values(Shape::Rows(self.media), total)),
            Returns::Scalar if self.function.returns_set => Ok(self.values(Shape::Values, total)),
            Returns::Scalar => Ok(self.values(Shape::Value, total)),
        }
    }

    fn values(&self, shape: Shape, total: Total) -> Sql {
        let limit = smaller(self.window.limit, self.schema.max_rows);
        let write = |sql: &mut Sql| call::call(sql, self.name, self.function, &self.arguments, None, &[]);
        result::of_values(write, shape, total, limit, self.window.offset)
    }

    /// Filters on columns go into the call, so that the columns need not be selected; those on embedded resources
    /// can only be tested outside.
    fn rows(&self, table: Option<&Name>, total: Total) -> Result<Sql, RestError> {
        let planner = Planner {
            schema: self.schema,
            query: self.query,
            max_rows: self.schema.max_rows,
            root_parts: RootParts { filters: true, order: true },
        };
        let relation = table.unwrap_or(self.name).name.as_str();
        let mut read = planner.plan(table, Source::Result, relation, self.window)?;
        let conditions = std::mem::take(&mut read.conditions).into_iter();
        let (outside, inside): (Vec<_>, Vec<_>) = conditions.partition(Condition::concerns_embedding);
        read.conditions = outside;
        let columns: Option<Vec<&str>> = read.needed_columns().map(|columns| columns.into_iter().collect());
        let shape =
            if self.function.returns_set { Shape::Rows(self.media) } else { Shape::SingleRow(self.media) };
        let write = |sql: &mut Sql| {
            call::call(sql, self.name, self.function, &self.arguments, columns.as_deref(), &inside);
        };
        Ok(result::of_result(write, Some(&read), shape, total, &[]))
    }

    fn reply(&self, outcome: &Outcome) -> Result<Reply, RestError> {
        let is_void = self.function.returns == Returns::Void;
        let offset = self.window.offset;
        let status =
            if is_void { StatusCode::NO_CONTENT } else { range::status(offset, outcome.rows, outcome.total) };
        if let Some(total) = outcome.total.filter(|_| status == StatusCode::RANGE_NOT_SATISFIABLE) {
            let details = format!("An offset of {offset} was requested, but there are only {total} rows.");
            return Err(RestError::range(details));
        }
        let mut reply = Reply::new(status)
            .content_range(range::content_range(offset, outcome.rows, outcome.total))
            .preference_applied(self.request.preferences.applied(Applied::Read));
        if !is_void {
            reply = reply.body(outcome.body.clone(), self.media, &self.name.schema);
        }
        reply.overridden(outcome)
    }
}
