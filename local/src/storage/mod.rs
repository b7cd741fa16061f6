//! `/storage/v1`: objects by REST, by resumable upload (TUS) and by the S3 protocol.

mod blobs;
mod buckets;
mod caller;
mod download;
mod failure;
mod locks;
mod names;
mod objects;
mod range;
mod rest;
mod s3;
mod service;
mod token;
mod tus;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;

use crate::project::Project;
use service::Storage;

/// The service's routes, without the `/storage/v1` in front.
pub(crate) fn router(project: Arc<Project>) -> Router {
    let storage = Arc::new(Storage::new(project));
    tus::sweep(&storage.blobs);
    // Bodies are streamed, and each is bounded where it is read: by the bucket, or as JSON.
    Router::new()
        .merge(rest::router())
        .merge(tus::router())
        .merge(s3::router())
        .fallback(rest::unknown_route)
        .method_not_allowed_fallback(rest::unknown_route)
        .layer(DefaultBodyLimit::disable())
        .with_state(storage)
}
