//! Every request is timed, counted, and has a place in a trace.

use std::time::Instant;

use tracing::Instrument as _;

use super::error::{Service, SupabaseError};
use crate::telemetry::metrics::metrics;
use crate::telemetry::trace::RequestTrace;

/// The header that carries the place in a trace.
pub(super) const TRACEPARENT: &str = "traceparent";

/// Makes a request. `call` gets the value of its header [`TRACEPARENT`]; what it logs carries the request's id.
pub(super) async fn observe<T, F>(
    service: Service,
    operation: &str,
    call: impl FnOnce(String) -> F,
) -> Result<T, SupabaseError>
where
    F: Future<Output = Result<T, SupabaseError>>,
{
    let trace = RequestTrace::begin(service.name(), operation);
    let begun = Instant::now();
    let answer = async {
        // On the heap: requests are made deep within other futures.
        let answer = Box::pin(call(trace.traceparent().to_owned())).await;
        let elapsed_ms = begun.elapsed().as_millis() as u64;
        match &answer {
            Ok(_) => tracing::debug!(elapsed_ms, "request answered"),
            Err(error) => tracing::info!(elapsed_ms, %error, "request failed"),
        }
        answer
    }
    .instrument(trace.span())
    .await;
    let error = answer.as_ref().err().map(SupabaseError::kind);
    metrics().request(service.name(), operation, begun.elapsed(), error);
    answer
}
