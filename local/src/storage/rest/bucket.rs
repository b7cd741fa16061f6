//! `/bucket`.

use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::fields::Fields;
use super::{JsonBody, Service};
use crate::storage::buckets::{self, Bucket, parse_size};
use crate::storage::caller::{Caller, owner_columns};
use crate::storage::failure::Failure;
use crate::storage::names::check_bucket;
use crate::storage::service::Storage;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListOptions {
    limit: Option<i64>,
    offset: Option<i64>,
    sort_column: Option<String>,
    sort_order: Option<String>,
    search: Option<String>,
}

pub(crate) async fn list(
    State(storage): Service,
    caller: Caller,
    Query(options): Query<ListOptions>,
) -> Result<JsonBody<Vec<Value>>, Failure> {
    let column = options.sort_column.as_deref().unwrap_or("name");
    if !["id", "name", "created_at", "updated_at"].contains(&column) {
        return Err(Failure::invalid_request(
            "querystring/sortColumn must be equal to one of the allowed values",
        ));
    }
    let descending = options.sort_order.is_some_and(|order| order.eq_ignore_ascii_case("desc"));
    let (limit, offset) = (options.limit.unwrap_or(1000).max(0), options.offset.unwrap_or(0).max(0));
    let search = options.search.unwrap_or_default();
    let buckets = all(&storage, &caller, &search, column, descending, (limit, offset)).await?;
    let shown = buckets.iter().map(|bucket| {
        let mut value = bucket.to_json();
        value["type"] = json!("STANDARD");
        value
    });
    Ok(JsonBody(shown.collect()))
}

/// The buckets the caller may see; `page` is limit and offset.
pub(crate) async fn all(
    storage: &Storage,
    caller: &Caller,
    search: &str,
    column: &str,
    descending: bool,
    page: (i64, i64),
) -> Result<Vec<Bucket>, Failure> {
    let mut client = storage.client().await?;
    let transaction = caller.begin(&mut client).await?;
    let rows = transaction
        .query(include_str!("../sql/list_buckets.sql"), &[&search, &column, &descending, &page.0, &page.1])
        .await?;
    transaction.commit().await?;
    Ok(rows.iter().map(Bucket::from_row).collect::<Result<_, _>>()?)
}

pub(crate) async fn get(
    State(storage): Service,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<JsonBody<Value>, Failure> {
    let mut client = storage.client().await?;
    let transaction = caller.begin(&mut client).await?;
    let bucket = buckets::find(&transaction, &id).await?.ok_or_else(Failure::no_such_bucket)?;
    transaction.commit().await?;
    Ok(JsonBody(bucket.to_json()))
}

pub(crate) async fn create(
    State(storage): Service,
    caller: Caller,
    body: Fields,
) -> Result<JsonBody<Value>, Failure> {
    let name = body.text("name")?;
    let id = body.optional_text("id")?.unwrap_or(name);
    let public = body.optional_flag("public")?.unwrap_or(false);
    check_bucket(name)?;
    check_bucket(id)?;
    if body.optional_text("type")?.is_some_and(|kind| kind != "STANDARD") {
        return Err(Failure::unsupported("buckets of a type other than STANDARD"));
    }
    insert(&storage, &caller, id, public, size_limit(&body)?, mime_types(&body)?).await?;
    Ok(JsonBody(json!({"name": id})))
}

/// Makes a bucket as `caller`.
pub(crate) async fn insert(
    storage: &Storage,
    caller: &Caller,
    id: &str,
    public: bool,
    size_limit: Option<i64>,
    mime_types: Option<Vec<String>>,
) -> Result<(), Failure> {
    let mut client = storage.client().await?;
    let transaction = caller.begin(&mut client).await?;
    let owner = caller.owner_id();
    let (owner, owner_id) = owner_columns(owner.as_deref());
    transaction
        .execute(
            include_str!("../sql/insert_bucket.sql"),
            &[&id, &owner, &owner_id, &public, &size_limit, &mime_types],
        )
        .await
        .map_err(|error| match Failure::from(error) {
            failure if failure == Failure::key_exists() => Failure::bucket_exists(),
            failure => failure,
        })?;
    transaction.commit().await?;
    Ok(())
}

pub(crate) async fn update(
    State(storage): Service,
    caller: Caller,
    Path(id): Path<String>,
    body: Fields,
) -> Result<JsonBody<Value>, Failure> {
    let public = body.optional_flag("public")?;
    let (limit, types) = (size_limit(&body)?, mime_types(&body)?);
    let has = |name: &str| body.get(name).is_some();
    let mut client = storage.client().await?;
    let transaction = caller.begin(&mut client).await?;
    let count = transaction
        .execute(
            include_str!("../sql/update_bucket.sql"),
            &[&id, &public, &has("file_size_limit"), &limit, &has("allowed_mime_types"), &types],
        )
        .await?;
    transaction.commit().await?;
    if count == 0 {
        return Err(Failure::no_such_bucket());
    }
    Ok(JsonBody(json!({"message": "Successfully updated"})))
}

pub(crate) async fn delete(
    State(storage): Service,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<JsonBody<Value>, Failure> {
    remove(&storage, &caller, &id).await?;
    Ok(JsonBody(json!({"message": "Successfully deleted"})))
}

/// Removes an empty bucket as `caller`.
pub(crate) async fn remove(storage: &Storage, caller: &Caller, id: &str) -> Result<(), Failure> {
    let mut client = storage.client().await?;
    let used: bool = client.query_one(include_str!("../sql/bucket_is_used.sql"), &[&id]).await?.try_get(0)?;
    let transaction = caller.begin(&mut client).await?;
    buckets::find(&transaction, id).await?.ok_or_else(Failure::no_such_bucket)?;
    if used {
        return Err(Failure::bucket_not_empty());
    }
    transaction.execute("select set_config('storage.allow_delete_query', 'true', true)", &[]).await?;
    let count = transaction.execute("delete from storage.buckets where id = $1", &[&id]).await?;
    if count == 0 {
        return Err(Failure::access_denied("Access denied"));
    }
    transaction.commit().await?;
    Ok(())
}

/// Empties a bucket the caller may see and change. The real service does it a little later.
pub(crate) async fn empty(
    State(storage): Service,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<JsonBody<Value>, Failure> {
    let mut client = storage.client().await?;
    let transaction = caller.begin(&mut client).await?;
    buckets::find(&transaction, &id).await?.ok_or_else(Failure::no_such_bucket)?;
    let count = transaction.execute("update storage.buckets set id = id where id = $1", &[&id]).await?;
    transaction.rollback().await?;
    if count == 0 {
        return Err(Failure::access_denied("Access denied"));
    }
    let transaction = client.transaction().await?;
    transaction.execute("select set_config('storage.allow_delete_query', 'true', true)", &[]).await?;
    let rows = transaction
        .query("delete from storage.objects where bucket_id = $1 returning version", &[&id])
        .await?;
    transaction.commit().await?;
    let versions = rows.iter().filter_map(|row| row.try_get::<_, Option<String>>(0).ok().flatten());
    storage.blobs.remove(versions.collect()).await;
    Ok(JsonBody(json!({"message": "Empty bucket has been queued. Completion may take up to an hour."})))
}

fn size_limit(body: &Fields) -> Result<Option<i64>, Failure> {
    match body.get("file_size_limit") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => parse_size(value).map(Some).ok_or_else(|| {
            Failure::invalid_request("body/file_size_limit must be a number of bytes or a size such as 50MB")
        }),
    }
}

fn mime_types(body: &Fields) -> Result<Option<Vec<String>>, Failure> {
    let Some(Value::Array(list)) = body.get("allowed_mime_types") else { return Ok(None) };
    list.iter()
        .map(|item| item.as_str().filter(|text| text.contains('/')).map(str::to_owned))
        .collect::<Option<Vec<_>>>()
        .map(Some)
        .ok_or_else(|| Failure::invalid_request("body/allowed_mime_types must hold types such as image/png"))
}
