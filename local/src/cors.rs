//! Browsers from any origin may call, as they may on a hosted project.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
};
use axum::http::{HeaderMap, HeaderValue, Method, Response};
use axum::middleware::Next;

const METHODS: &str = "GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD";
const EXPOSED: &str = "Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, Range-Unit";
const ALWAYS_ALLOWED: [&str; 4] = ["Authorization", "Accept", "Accept-Language", "Content-Language"];

/// Services that leave browsers to the gateway in front of them.
const LEFT_TO_GATEWAY: [&str; 2] = ["/storage/v1/", "/realtime/v1/"];
/// Uploads in parts, which answer preflights themselves.
const RESUMABLE_UPLOADS: &str = "/storage/v1/upload/resumable";

/// Whether preflights of Storage are answered by the gateway, or by the service, which knows none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StoragePreflights(pub(crate) bool);

/// What the hosted gateway does for services that know nothing of browsers.
pub(crate) async fn gateway(
    State(StoragePreflights(for_storage)): State<StoragePreflights>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let path = request.uri().path();
    if !LEFT_TO_GATEWAY.iter().any(|service| path.starts_with(service)) {
        return next.run(request).await;
    }
    let is_answered_here = match path {
        path if path.starts_with(RESUMABLE_UPLOADS) => false,
        path => for_storage || !path.starts_with("/storage/"),
    };
    if is_answered_here && is_preflight(request.method(), request.headers()) {
        return preflight(request.headers());
    }
    let from_browser = request.headers().contains_key(ORIGIN);
    let mut response = next.run(request).await;
    if from_browser && !response.headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
        allow(&mut response);
    }
    response
}

/// True for the request a browser sends before the real one.
pub(crate) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    *method == Method::OPTIONS
        && headers.contains_key(ORIGIN)
        && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to a preflight: whatever headers are asked for are allowed.
pub(crate) fn preflight(request: &HeaderMap) -> Response<Body> {
    let asked = request.get(ACCESS_CONTROL_REQUEST_HEADERS).and_then(|value| value.to_str().ok());
    let asked = asked.unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty());
    let [authorization, accept @ ..] = ALWAYS_ALLOWED;
    let allowed: Vec<&str> = std::iter::once(authorization).chain(asked).chain(accept).collect();
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    if let Ok(allowed) = HeaderValue::from_str(&allowed.join(", ")) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    }
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    response
}

/// The headers of every answer to a browser.
pub(crate) fn allow(response: &mut Response<Body>) {
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use axum::{Router, middleware};
    use tower::ServiceExt as _;

    use super::*;

    /// The answer to a preflight of `path`, where the services themselves answer 404.
    async fn preflight_of(path: &str, for_storage: bool) -> Response<Body> {
        let layer = middleware::from_fn_with_state(StoragePreflights(for_storage), gateway);
        let request = Request::builder()
            .method(Method::OPTIONS)
            .uri(path)
            .header(ORIGIN, "http://localhost:5173")
            .header(ACCESS_CONTROL_REQUEST_METHOD, "POST")
            .header(ACCESS_CONTROL_REQUEST_HEADERS, "apikey,x-upsert")
            .body(Body::empty())
            .unwrap();
        Router::new().fallback(async || StatusCode::NOT_FOUND).layer(layer).oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn the_gateway_answers_preflights_for_services_that_do_not() {
        for (path, for_storage, status) in [
            ("/realtime/v1/api/broadcast", false, 200),
            ("/storage/v1/object/files/a.pdf", true, 200),
            ("/storage/v1/object/files/a.pdf", false, 404),
            ("/storage/v1/upload/resumable", true, 404),
            ("/functions/v1/hello", true, 404),
        ] {
            assert_eq!(preflight_of(path, for_storage).await.status(), status, "{path} {for_storage}");
        }
        let allowed = preflight_of("/storage/v1/object/files/a.pdf", true).await;
        let names = allowed.headers()[ACCESS_CONTROL_ALLOW_HEADERS].to_str().unwrap().to_owned();
        assert!(names.contains("apikey, x-upsert"), "{names}");
    }

    #[tokio::test]
    async fn a_page_may_read_the_answers_of_those_services_and_functions_decide_themselves() {
        let answer = |path| async move {
            preflight_of(path, false).await.headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN)
        };
        assert!(answer("/storage/v1/object/files/a.pdf").await);
        assert!(!answer("/functions/v1/hello").await);
    }
}
