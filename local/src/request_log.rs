//! A line for each request, for `--verbose`. Values of query parameters are left out: tokens and keys are among them.

use std::time::Instant;

use axum::extract::Request;
use axum::http::Uri;
use axum::middleware::Next;
use axum::response::Response;

/// Writes method, path, status and milliseconds.
pub(crate) async fn log(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = without_values(request.uri());
    let response = next.run(request).await;
    let milliseconds = started.elapsed().as_millis();
    eprintln!("{method} {path} {} {milliseconds} ms", response.status().as_u16());
    response
}

/// The path with the names of its query parameters.
fn without_values(uri: &Uri) -> String {
    let names: Vec<&str> = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .map(|pair| pair.split('=').next().unwrap_or_default())
        .filter(|name| !name.is_empty())
        .collect();
    if names.is_empty() { uri.path().to_owned() } else { format!("{}?{}", uri.path(), names.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_parameters_are_logged_and_their_values_are_not() {
        let logged = |uri: &'static str| without_values(&Uri::from_static(uri));
        assert_eq!(logged("/rest/v1/jobs?select=id&owner=eq.x"), "/rest/v1/jobs?select&owner");
        assert_eq!(logged("/storage/v1/object/sign/a/b?token=secret"), "/storage/v1/object/sign/a/b?token");
        assert_eq!(logged("/auth/v1/user"), "/auth/v1/user");
    }
}
