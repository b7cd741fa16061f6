//! `/rest/v1`.

use std::sync::Arc;

use axum::Router;

use crate::project::Project;

/// The service's routes, without the `/rest/v1` in front.
pub(crate) fn router(_project: Arc<Project>) -> Router {
    Router::new()
}
