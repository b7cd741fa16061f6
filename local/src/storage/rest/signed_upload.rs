//! Signed URLs to upload through.

use axum::extract::{Path, Query, Request, State};
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::read::DownloadOptions;
use super::upload::{Target, receive};
use super::{JsonBody, Service};
use crate::storage::caller::Caller;
use crate::storage::failure::Failure;
use crate::storage::names::check_key;
use crate::storage::objects::NewObject;
use crate::storage::token::{self, Scope};

pub(crate) async fn sign(
    State(storage): Service,
    caller: Caller,
    Path((bucket, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<JsonBody<Value>, Failure> {
    check_key(&name)?;
    storage.bucket(&bucket).await?;
    let upsert = headers.get("x-upsert").is_some_and(|value| value == "true");
    let owner_id = caller.owner_id();
    let path = format!("{bucket}/{name}");
    let object = NewObject {
        bucket,
        name,
        owner_id: owner_id.clone(),
        mime: "application/octet-stream".into(),
        cache_control: String::new(),
        user_metadata: json!({}),
        upsert,
    };
    storage.check_permission(&caller, &object, None).await?;
    let token = token::sign_upload(&path, owner_id.as_deref(), upsert, &storage.keys().jwt_secret)?;
    Ok(JsonBody(json!({"url": format!("/object/upload/sign/{path}?token={token}"), "token": token})))
}

/// The upload itself: the token is all it takes, and the object belongs to whom it names.
pub(crate) async fn upload(
    State(storage): Service,
    Path((bucket, name)): Path<(String, String)>,
    Query(options): Query<DownloadOptions>,
    request: Request,
) -> Result<JsonBody<Value>, Failure> {
    let token = options.token.ok_or_else(|| Failure::missing("querystring", "token"))?;
    let path = format!("{bucket}/{name}");
    let claims = token::verify(&token, Scope::Upload, &path, &storage.keys().jwt_secret)?;
    let owner_id = claims.get("owner").and_then(Value::as_str).map(str::to_owned);
    let upsert = claims.get("upsert").and_then(Value::as_bool).unwrap_or(false);
    let service = Caller::service(storage.keys())?;
    receive(&storage, &service, Target { bucket, name, owner_id, upsert }, request).await?;
    Ok(JsonBody(json!({"Key": path})))
}
