//! Buckets by the S3 protocol.

use axum::body::Body;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use super::xml::Document;
use super::{Call, REGION};
use crate::storage::buckets as rows;
use crate::storage::download::set;
use crate::storage::failure::Failure;
use crate::storage::names::check_bucket;
use crate::storage::objects::to_milliseconds;
use crate::storage::rest::bucket;
use crate::storage::service::Storage;

pub(crate) async fn list(storage: &Storage, call: &Call) -> Result<Response, Failure> {
    let buckets = bucket::all(storage, &call.caller, "", "name", false, (10_000, 0)).await?;
    let mut document = Document::new("ListAllMyBucketsResult");
    document.element("Buckets", |list| {
        for bucket in &buckets {
            list.element("Bucket", |item| {
                item.leaf("Name", &bucket.name).leaf("CreationDate", &to_milliseconds(bucket.created_at));
            });
        }
    });
    Ok(document.into_response(StatusCode::OK))
}

pub(crate) async fn head(storage: &Storage, call: &Call) -> Result<Response, Failure> {
    require(storage, call).await?;
    let mut response = Response::new(Body::empty());
    response.headers_mut().insert("x-amz-bucket-region", HeaderValue::from_static(REGION));
    Ok(response)
}

/// Refuses a bucket the caller may not see.
async fn require(storage: &Storage, call: &Call) -> Result<(), Failure> {
    let mut client = storage.client().await?;
    let transaction = call.caller.begin(&mut client).await?;
    let bucket = rows::find(&transaction, &call.bucket).await?;
    transaction.commit().await?;
    bucket.map(|_| ()).ok_or_else(Failure::no_such_bucket)
}

pub(crate) async fn location(storage: &Storage, call: &Call) -> Result<Response, Failure> {
    require(storage, call).await?;
    let mut document = Document::new("LocationConstraint");
    document.text(REGION);
    Ok(document.into_response(StatusCode::OK))
}

pub(crate) async fn versioning(storage: &Storage, call: &Call) -> Result<Response, Failure> {
    require(storage, call).await?;
    let mut document = Document::new("VersioningConfiguration");
    document.leaf("Status", "Suspended").leaf("MfaDelete", "Disabled");
    Ok(document.into_response(StatusCode::OK))
}

pub(crate) async fn create(storage: &Storage, call: &Call) -> Result<Response, Failure> {
    check_bucket(&call.bucket)?;
    bucket::insert(storage, &call.caller, &call.bucket, false, None, None).await?;
    let mut response = Response::new(Body::empty());
    set(response.headers_mut(), LOCATION, &format!("/{}", call.bucket));
    Ok(response)
}

pub(crate) async fn delete(storage: &Storage, call: &Call) -> Result<Response, Failure> {
    bucket::remove(storage, &call.caller, &call.bucket).await?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}
