//! Copying and moving objects.

use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::fields::Fields;
use super::{JsonBody, Service};
use crate::storage::caller::Caller;
use crate::storage::failure::Failure;
use crate::storage::names::check_key;
use crate::storage::objects;

pub(crate) async fn copy(
    State(storage): Service,
    caller: Caller,
    headers: HeaderMap,
    body: Fields,
) -> Result<JsonBody<Value>, Failure> {
    let bucket = body.text("bucketId")?;
    let (source, destination) = (body.text("sourceKey")?, body.text("destinationKey")?);
    let to_bucket = body.optional_text("destinationBucket")?.unwrap_or(bucket);
    let upsert = headers.get("x-upsert").is_some_and(|value| value == "true");
    let copied = storage.copy(&caller, (bucket, source), (to_bucket, destination), upsert).await?;
    let mut value = serde_json::to_value(&copied).map_err(|error| Failure::internal(error.to_string()))?;
    value["Key"] = json!(format!("{to_bucket}/{destination}"));
    value["Id"] = json!(copied.id);
    Ok(JsonBody(value))
}

pub(crate) async fn rename(
    State(storage): Service,
    caller: Caller,
    body: Fields,
) -> Result<JsonBody<Value>, Failure> {
    let bucket = body.text("bucketId")?;
    let (source, destination) = (body.text("sourceKey")?, body.text("destinationKey")?);
    let to_bucket = body.optional_text("destinationBucket")?.unwrap_or(bucket);
    check_key(destination)?;
    storage.bucket(to_bucket).await?;
    let object = storage.object(&caller, bucket, source).await?;
    let mut client = storage.client().await?;
    let transaction = caller.begin(&mut client).await?;
    let owner = caller.owner_id();
    if !objects::rename(&transaction, object.id, to_bucket, destination, owner.as_deref()).await? {
        return Err(Failure::access_denied("Access denied"));
    }
    transaction.commit().await?;
    Ok(JsonBody(json!({"message": "Successfully moved"})))
}
