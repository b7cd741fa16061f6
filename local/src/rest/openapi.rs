//! The description of the service at its root, in `OpenAPI` 2.0.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::media::Media;
use super::reply::Reply;
use super::schema::{Column, Function, Schema, Table};

/// The tables and functions of `schema_name`.
pub(crate) fn answer(schema: &Schema, schema_name: &str, host: &str) -> Reply {
    let (mut paths, mut definitions) = (Map::new(), Map::new());
    paths.insert(
        "/".to_owned(),
        json!({"get": {"tags": ["Introspection"], "responses": {"200": {"description": "OK"}}}}),
    );
    for (name, table) in schema.tables.iter().filter(|(name, _)| name.schema == schema_name) {
        paths.insert(format!("/{}", name.name), table_path(&name.name, table));
        definitions.insert(name.name.clone(), definition(table));
    }
    for (name, overloads) in schema.functions.iter().filter(|(name, _)| name.schema == schema_name) {
        if let Some(function) = overloads.first() {
            paths.insert(format!("/rpc/{}", name.name), function_path(&name.name, function));
        }
    }
    let media = ["application/json", "application/vnd.pgrst.object+json", "text/csv"];
    let description = Description {
        swagger: "2.0",
        info: json!({"title": "standard public schema", "description": "", "version": "14.12"}),
        host,
        base_path: "/",
        schemes: ["http"],
        consumes: media,
        produces: media,
        paths,
        definitions,
        parameters: Map::new(),
        external_docs: json!({"description": "PostgREST Documentation", "url": "https://postgrest.org/en/v14/references/api.html"}),
    };
    let body = serde_json::to_string(&description).unwrap_or_default();
    Reply::new(StatusCode::OK).body(body, Media::OpenApi, schema_name)
}

/// The document; its keys come in this order.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Description<'a> {
    swagger: &'a str,
    info: Value,
    host: &'a str,
    base_path: &'a str,
    schemes: [&'a str; 1],
    consumes: [&'a str; 3],
    produces: [&'a str; 3],
    paths: Map<String, Value>,
    definitions: Map<String, Value>,
    parameters: Map<String, Value>,
    external_docs: Value,
}

fn table_path(name: &str, table: &Table) -> Value {
    let operation = |status: &str| json!({"tags": [name], "summary": table.description, "responses": {status: {"description": "OK"}}});
    let mut methods = Map::from_iter([("get".to_owned(), operation("200"))]);
    for (method, allowed, status) in [
        ("post", table.writable.insert, "201"),
        ("patch", table.writable.update, "204"),
        ("delete", table.writable.delete, "204"),
    ] {
        if allowed {
            methods.insert(method.to_owned(), operation(status));
        }
    }
    Value::Object(methods)
}

fn definition(table: &Table) -> Value {
    let required: Vec<&str> =
        table.columns.iter().filter(|column| column.required).map(|column| column.name.as_str()).collect();
    let properties: Map<String, Value> =
        table.columns.iter().map(|column| (column.name.clone(), property(column))).collect();
    json!({"type": "object", "required": required, "properties": properties, "description": table.description})
}

fn property(column: &Column) -> Value {
    json!({"type": json_type(&column.base_type), "format": column.sql_type.as_str()})
}

fn function_path(name: &str, function: &Function) -> Value {
    let properties: Map<String, Value> = function
        .arguments
        .iter()
        .map(|argument| {
            let sql_type = argument.sql_type.as_str();
            (argument.name.clone(), json!({"type": json_type(sql_type), "format": sql_type}))
        })
        .collect();
    let required: Vec<&str> = function
        .arguments
        .iter()
        .filter(|argument| argument.required)
        .map(|argument| argument.name.as_str())
        .collect();
    let body = json!({"type": "object", "required": required, "properties": properties});
    json!({"post": {
        "tags": [format!("(rpc) {name}")],
        "summary": function.description,
        "parameters": [{"name": "args", "in": "body", "required": true, "schema": body}],
        "responses": {"200": {"description": "OK"}},
    }})
}

fn json_type(sql_type: &str) -> &'static str {
    match sql_type {
        "smallint" | "integer" | "bigint" => "integer",
        "numeric" | "real" | "double precision" => "number",
        "boolean" => "boolean",
        "json" | "jsonb" => "object",
        name if name.ends_with("[]") => "array",
        _ => "string",
    }
}
