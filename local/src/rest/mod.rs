//! `/rest/v1`: PostgREST 14's API over PostgreSQL.
//!
//! A request becomes a typed query (`query`, `grammar`), the query a plan on the known schema (`plan`, `schema`), the
//! plan one statement with bound parameters (`sql`). It runs in a transaction as its caller (`execute`), and PostgreSQL
//! itself builds the JSON.

mod caller;
mod calling;
mod error;
mod execute;
mod function;
mod grammar;
mod media;
mod openapi;
mod payload;
mod plan;
mod preferences;
mod query;
mod range;
mod reading;
mod reply;
mod request;
mod schema;
mod service;
mod sql;
mod sqlstate;
mod writing;

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request as HttpRequest, State};
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, HOST, ORIGIN};
use axum::http::{Method, Response, StatusCode};

use self::caller::Caller;
use self::error::RestError;
use self::execute::Outcome;
use self::media::Media;
use self::preferences::Preferences;
use self::reply::Reply;
use self::request::{Request, Resource};
use self::schema::{Name, Schema};
use self::service::Service;
use crate::cors;
use crate::project::Project;

/// Most bytes of a body.
const MAX_BODY: usize = 64 << 20;

/// The service's routes, without the `/rest/v1` in front.
pub(crate) fn router(project: Arc<Project>) -> Router {
    Router::new().fallback(handle).with_state(Service::start(project))
}

async fn handle(State(service): State<Arc<Service>>, request: HttpRequest) -> Response<Body> {
    if cors::is_preflight(request.method(), request.headers()) {
        return cors::preflight(request.headers());
    }
    let with_body = *request.method() != Method::HEAD;
    let from_browser = request.headers().contains_key(ORIGIN);
    let mut response = match answer(&service, request).await {
        Ok(reply) => reply.into_response(with_body),
        Err(error) => error.into_response(with_body),
    };
    if from_browser {
        cors::allow(&mut response);
    }
    response
}

async fn answer(service: &Service, request: HttpRequest) -> Result<Reply, RestError> {
    let received = Instant::now();
    let request = receive(service, request).await?;
    let schema = service.schema().await?;
    match dispatch(&service.project, &schema, &request).await {
        Err(error) if error.may_be_stale() => {
            let schema = service.schema_since(received).await?;
            dispatch(&service.project, &schema, &request).await
        }
        answer => answer,
    }
}

async fn receive(service: &Service, request: HttpRequest) -> Result<Request, RestError> {
    let (parts, body) = request.into_parts();
    let caller = Caller::of(&parts.headers, &service.project.keys)?;
    let preferences = Preferences::parse(&parts.headers)?;
    let body = to_bytes(body, MAX_BODY).await.map_err(|_| {
        let message = format!("the body is larger than {MAX_BODY} bytes, or ended early");
        RestError::new(StatusCode::PAYLOAD_TOO_LARGE, "PGRST102", message)
    })?;
    Ok(Request {
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        method: parts.method,
        headers: parts.headers,
        body,
        caller,
        preferences,
    })
}

async fn dispatch(project: &Project, schema: &Schema, request: &Request) -> Result<Reply, RestError> {
    let resource = request.resource()?;
    let is_write = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].contains(&request.method);
    match &resource {
        _ if request.method == Method::OPTIONS => options(schema, request, &resource),
        _ if !is_write && !request.is_read() => Err(unsupported_method(&request.method)),
        Resource::Table(table) if request.is_read() => reading::answer(project, schema, request, table).await,
        Resource::Table(table) => writing::answer(project, schema, request, table).await,
        Resource::Function(function) => calling::answer(project, schema, request, function).await,
        Resource::Root if request.is_read() => {
            Media::negotiate(&request.headers, true)?;
            let host = request.headers.get(HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
            Ok(openapi::answer(schema, &request.schema_name(schema)?, host))
        }
        Resource::Root => Err(unsupported_method(&request.method)),
    }
}

/// The methods that a resource takes.
fn options(schema: &Schema, request: &Request, resource: &Resource) -> Result<Reply, RestError> {
    let schema_name = request.schema_name(schema)?;
    let allowed = match resource {
        Resource::Root => "OPTIONS,GET,HEAD".to_owned(),
        Resource::Function(name) => {
            let overloads = schema.functions.get(&Name::new(schema_name, name));
            let is_volatile = overloads.into_iter().flatten().all(|function| function.is_volatile);
            if is_volatile { "OPTIONS,POST" } else { "OPTIONS,GET,HEAD,POST" }.to_owned()
        }
        Resource::Table(name) => {
            let table = reading::table(schema, &Name::new(schema_name, name))?;
            let mut allowed = vec!["OPTIONS,GET,HEAD"];
            allowed.extend(table.writable.insert.then_some("POST"));
            let can_put = table.writable.insert && table.writable.update && !table.primary_key.is_empty();
            allowed.extend(can_put.then_some("PUT"));
            allowed.extend(table.writable.update.then_some("PATCH"));
            allowed.extend(table.writable.delete.then_some("DELETE"));
            allowed.join(",")
        }
    };
    Ok(Reply::new(StatusCode::OK).header(ALLOW, allowed).header(ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
}

fn unsupported_method(method: &Method) -> RestError {
    let message = format!("Unsupported HTTP method: {method}");
    RestError::new(StatusCode::METHOD_NOT_ALLOWED, "PGRST117", message)
}

/// A single object can only be made of one row.
fn refuse_unless_one(media: Media, outcome: &Outcome) -> Result<(), RestError> {
    if !matches!(media, Media::Object { .. }) || outcome.rows == 1 {
        return Ok(());
    }
    let message = "Cannot coerce the result to a single JSON object";
    Err(RestError::new(StatusCode::NOT_ACCEPTABLE, "PGRST116", message)
        .details(format!("The result contains {} rows", outcome.rows)))
}

/// A strict request may bound how many rows it changes.
fn refuse_too_many(request: &Request, outcome: &Outcome) -> Result<(), RestError> {
    if request.preferences.limit_of_changes().is_none_or(|most| outcome.rows <= most) {
        return Ok(());
    }
    let message = "Query result exceeds max-affected preference constraint";
    Err(RestError::bad_request("PGRST124", message)
        .details(format!("The query affects {} rows", outcome.rows)))
}

/// Parses a query string in both of its readings.
#[cfg(fuzzing)]
pub(crate) fn fuzz_query(text: &str) {
    for others in [query::Others::Filters, query::Others::FiltersAndArguments] {
        let _ = query::Query::parse(text, others);
    }
}
