//! Deleting objects.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::fields::Fields;
use super::{JsonBody, Service};
use crate::storage::caller::Caller;
use crate::storage::failure::Failure;
use crate::storage::objects::ObjectRow;

pub(crate) async fn many(
    State(storage): Service,
    caller: Caller,
    Path(bucket): Path<String>,
    body: Fields,
) -> Result<JsonBody<Vec<ObjectRow>>, Failure> {
    let names = body.texts("prefixes")?;
    Ok(JsonBody(storage.delete(&caller, &bucket, &names).await?))
}

pub(crate) async fn one(
    State(storage): Service,
    caller: Caller,
    Path((bucket, name)): Path<(String, String)>,
) -> Result<JsonBody<Value>, Failure> {
    let service = Caller::service(storage.keys())?;
    storage.object(&service, &bucket, &name).await?;
    if storage.delete(&caller, &bucket, &[name]).await?.is_empty() {
        return Err(Failure::access_denied("Access denied"));
    }
    Ok(JsonBody(json!({"message": "Successfully deleted"})))
}
