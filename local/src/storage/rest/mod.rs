//! The REST protocol.

pub(crate) mod bucket;
mod copy;
mod fields;
pub(crate) mod list;
mod read;
mod remove;
mod sign;
mod signed_upload;
mod upload;

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get, post};
use serde_json::json;

use super::caller::Caller;
use super::failure::Failure;
use super::service::Storage;

/// The service, as every handler takes it.
pub(crate) type Service = axum::extract::State<Arc<Storage>>;

/// Largest JSON body, in bytes.
pub(crate) const MAX_JSON: usize = 1 << 20;

/// The routes.
pub(crate) fn router() -> Router<Arc<Storage>> {
    Router::new()
        .route("/status", get(async || StatusCode::OK))
        .route("/health", get(async || StatusCode::OK))
        .route("/bucket", get(bucket::list).post(bucket::create))
        .route("/bucket/", get(bucket::list).post(bucket::create))
        .route("/bucket/{bucket}", get(bucket::get).put(bucket::update).delete(bucket::delete))
        .route("/bucket/{bucket}/empty", post(bucket::empty))
        .route("/object/copy", post(copy::copy))
        .route("/object/move", post(copy::rename))
        .route("/object/list/{bucket}", post(list::list))
        .route("/object/list-v2/{bucket}", post(list::list_v2))
        .route("/object/sign/{bucket}", post(sign::sign_many))
        .route("/object/sign/{bucket}/{*name}", post(sign::sign_one).get(sign::download))
        .route("/object/upload/sign/{bucket}/{*name}", post(signed_upload::sign).put(signed_upload::upload))
        .route("/object/authenticated/{bucket}/{*name}", get(read::download))
        .route("/object/public/{bucket}/{*name}", get(read::download_public))
        .route("/object/info/{bucket}/{*name}", get(read::info))
        .route("/object/info/authenticated/{bucket}/{*name}", get(read::info))
        .route("/object/info/public/{bucket}/{*name}", get(read::info_public))
        .route("/object/{bucket}", delete(remove::many))
        .route(
            "/object/{bucket}/{*name}",
            get(read::download).post(upload::create).put(upload::replace).delete(remove::one),
        )
        .route("/render/image/{*rest}", get(image_transformation))
}

async fn image_transformation() -> Failure {
    Failure::unsupported("image transformations")
}

/// A route that is not there. The real service answers in another shape below /object.
pub(crate) async fn unknown_route(method: Method, OriginalUri(uri): OriginalUri) -> Response {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let path = path.strip_prefix("/storage/v1").unwrap_or(path);
    let message = format!("Route {method}:{path} not found");
    let (body, content_type) = if path.starts_with("/object") {
        (
            json!({"statusCode": "404", "error": "Not Found", "message": message, "code": "InvalidRequest"}),
            "application/json",
        )
    } else {
        (
            json!({"message": message, "error": "Not Found", "statusCode": 404}),
            "application/json; charset=utf-8",
        )
    };
    (StatusCode::NOT_FOUND, [(CONTENT_TYPE, content_type)], Json(body)).into_response()
}

/// JSON with the content type of the real service.
#[derive(Debug)]
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: serde::Serialize> axum::response::IntoResponse for JsonBody<T> {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, "application/json; charset=utf-8")], Json(self.0)).into_response()
    }
}

impl FromRequestParts<Arc<Storage>> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, storage: &Arc<Storage>) -> Result<Self, Failure> {
        Self::from_headers(&parts.headers, storage.keys())
    }
}
