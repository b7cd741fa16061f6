//! Signed URLs to download through.

use axum::extract::{Path, Query, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use serde_json::{Value, json};

use super::fields::Fields;
use super::read::{DownloadOptions, send};
use super::{JsonBody, Service};
use crate::storage::caller::Caller;
use crate::storage::failure::Failure;
use crate::storage::service::Storage;
use crate::storage::token::{self, Scope};

pub(crate) async fn sign_one(
    State(storage): Service,
    caller: Caller,
    Path((bucket, name)): Path<(String, String)>,
    body: Fields,
) -> Result<JsonBody<Value>, Failure> {
    let seconds = lifetime(&body)?;
    storage.object(&caller, &bucket, &name).await?;
    Ok(JsonBody(json!({"signedURL": url(&storage, &bucket, &name, seconds)?})))
}

pub(crate) async fn sign_many(
    State(storage): Service,
    caller: Caller,
    Path(bucket): Path<String>,
    body: Fields,
) -> Result<JsonBody<Vec<Value>>, Failure> {
    let seconds = lifetime(&body)?;
    let names = body.texts("paths")?;
    let visible = storage.visible(&caller, &bucket, &names).await?;
    let sign = |name: &String| {
        Ok(if visible.contains(name) {
            json!({"error": null, "path": name, "signedURL": url(&storage, &bucket, name, seconds)?})
        } else {
            let error = "Either the object does not exist or you do not have access to it";
            json!({"error": error, "path": name, "signedURL": null})
        })
    };
    Ok(JsonBody(names.iter().map(sign).collect::<Result<_, Failure>>()?))
}

fn lifetime(body: &Fields) -> Result<i64, Failure> {
    if body.get("transform").is_some_and(|transform| !transform.is_null()) {
        return Err(Failure::unsupported("image transformations"));
    }
    body.optional_number("expiresIn", 1)?.ok_or_else(|| Failure::missing("body", "expiresIn"))
}

fn url(storage: &Storage, bucket: &str, name: &str, seconds: i64) -> Result<String, Failure> {
    let token = token::sign_download(&format!("{bucket}/{name}"), seconds, &storage.keys().jwt_secret)?;
    Ok(format!("/object/sign/{bucket}/{name}?token={token}"))
}

/// The download itself: the token is all it takes.
pub(crate) async fn download(
    State(storage): Service,
    Path((bucket, name)): Path<(String, String)>,
    Query(options): Query<DownloadOptions>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let token = options.token.ok_or_else(|| Failure::missing("querystring", "token"))?;
    let path = format!("{bucket}/{name}");
    token::verify(&token, Scope::Download, &path, &storage.keys().jwt_secret)?;
    let object = storage.object(&Caller::service(storage.keys())?, &bucket, &name).await?;
    let mut response = send(&storage, &object, &method, &headers, options.download.as_deref()).await?;
    response.headers_mut().remove(CACHE_CONTROL);
    Ok(response)
}
