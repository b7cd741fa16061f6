//! Trace context (W3C Trace Context, <https://www.w3.org/TR/trace-context/>): which requests belong to which job.
//!
//! A job's id is its trace id: all attempts, on whichever daemon, are one trace, and whoever knows the job finds it. What
//! is not done for a job has a trace of its own for each request. Each request's span id is its request id in the logs.

use std::fmt;

use rand::Rng as _;
use uuid::Uuid;

tokio::task_local! {
    static CURRENT: TraceId;
}

/// Sixteen bytes, written as 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceId(u128);

impl TraceId {
    /// The trace of a job.
    pub fn of_job(job: Uuid) -> Self {
        Self(job.as_u128())
    }

    /// The trace `work` is done for: a job's, or a new one.
    fn current() -> Self {
        CURRENT.try_with(|id| *id).unwrap_or_else(|_| Self(Uuid::new_v4().as_u128()))
    }

    /// Does `work` as part of this trace.
    pub async fn scope<T>(self, work: impl Future<Output = T>) -> T {
        CURRENT.scope(self, work).await
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// One request's place in its trace.
#[derive(Debug, Clone)]
pub struct RequestTrace {
    span: tracing::Span,
    header: String,
}

impl RequestTrace {
    /// For a request that is about to be made. Its span has `request_id`, `service` and `operation`, and `trace_id` where
    /// no job's span around it has one.
    pub fn begin(service: &'static str, operation: &str) -> Self {
        let in_job = CURRENT.try_with(|_| ()).is_ok();
        let span = tracing::info_span!(
            "request",
            request_id = tracing::field::Empty,
            trace_id = tracing::field::Empty,
            service,
            operation
        );
        let (trace, id) = ids(&span);
        let id = format!("{id:016x}");
        span.record("request_id", &id);
        if !in_job {
            span.record("trace_id", tracing::field::display(trace));
        }
        Self { span, header: format!("00-{trace}-{id}-01") }
    }

    /// The span its events belong to.
    pub fn span(&self) -> tracing::Span {
        self.span.clone()
    }

    /// The value of its header `traceparent`.
    pub fn traceparent(&self) -> &str {
        &self.header
    }
}

#[cfg(feature = "otlp")]
fn ids(span: &tracing::Span) -> (TraceId, u64) {
    super::otlp::ids(span)
        .map_or_else(|| (TraceId::current(), random_id()), |(trace, id)| (TraceId(trace), id))
}

#[cfg(not(feature = "otlp"))]
fn ids(_span: &tracing::Span) -> (TraceId, u64) {
    (TraceId::current(), random_id())
}

/// Zero is no id.
fn random_id() -> u64 {
    rand::rng().random_range(1..=u64::MAX)
}

/// The span of a job's attempt.
pub fn job_span(job: Uuid, document: Uuid) -> tracing::Span {
    let trace = TraceId::of_job(job);
    let span = tracing::info_span!("job", job_id = %job, document_id = %document, trace_id = %trace);
    #[cfg(feature = "otlp")]
    super::otlp::place(&span, trace.0, random_id());
    span
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(header: &str) -> Vec<String> {
        header.split('-').map(str::to_owned).collect()
    }

    #[tokio::test]
    async fn requests_of_a_job_share_its_trace_and_differ_in_their_span() {
        let job = Uuid::new_v4();
        let (one, two) = TraceId::of_job(job)
            .scope(async { (RequestTrace::begin("rest", "claim"), RequestTrace::begin("rest", "claim")) })
            .await;
        let (one, two) = (parts(one.traceparent()), parts(two.traceparent()));
        assert_eq!(
            (one[0].as_str(), one[1].as_str(), one[3].as_str()),
            ("00", &*job.simple().to_string(), "01")
        );
        assert_eq!(one[1], two[1]);
        assert_ne!(one[2], two[2]);
        assert_eq!(one[2].len(), 16);
    }

    #[test]
    fn a_request_outside_any_job_has_a_trace_of_its_own() {
        let (one, two) = (RequestTrace::begin("auth", "refresh"), RequestTrace::begin("auth", "refresh"));
        assert_ne!(parts(one.traceparent())[1], parts(two.traceparent())[1]);
    }
}
