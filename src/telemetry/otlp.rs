//! Traces by OTLP over HTTP, to where `OTEL_EXPORTER_OTLP_ENDPOINT` says; none without it. The only place that names
//! `opentelemetry`.
//!
//! What is sent are the spans of jobs and requests with the ids they have in the logs. The exporter's own thread has no
//! runtime: its requests are made on the daemon's, by the client the rest of the daemon uses.

use std::time::Duration;

use bytes::Bytes;
use opentelemetry::Context;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState, TracerProvider as _,
};
use opentelemetry_http::{HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use super::TelemetryError;

/// Time for one export.
const LIMIT: Duration = Duration::from_secs(10);

/// The exporter; what waits is sent when it is dropped.
#[derive(Debug)]
pub(super) struct Traces(SdkTracerProvider);

impl Traces {
    /// As the environment asks, in the exporter's standard variables.
    pub(super) fn from_environment() -> Result<Option<Self>, TelemetryError> {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if !is_set("OTEL_EXPORTER_OTLP_ENDPOINT") && !is_set("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
            return Ok(None);
        }
        let failed = |error: &dyn std::fmt::Display| TelemetryError::Traces(error.to_string());
        let client = reqwest::Client::builder().timeout(LIMIT).build().map_err(|error| failed(&error))?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(OnRuntime { client, runtime: Handle::current() })
            .with_timeout(LIMIT)
            .build()
            .map_err(|error| failed(&error))?;
        let resource = Resource::builder().with_service_name("zoned").build();
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        Ok(Some(Self(provider)))
    }

    /// Makes spans of ours into spans of a trace.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: tracing::Subscriber + Send + Sync + for<'a> LookupSpan<'a>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("zoned"))
            .with_filter(filter_fn(|metadata| metadata.is_span() && metadata.target().starts_with("zoned")))
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        // Nobody is left to be told of an error.
        let _ = self.0.shutdown_with_timeout(LIMIT);
    }
}

/// Makes a span part of a trace, below a span that nobody sent: attempts of one job stand side by side.
pub(super) fn place(span: &Span, trace: u128, parent: u64) {
    let parent = SpanContext::new(
        TraceId::from(trace),
        SpanId::from(parent),
        TraceFlags::SAMPLED,
        true,
        TraceState::default(),
    );
    // An error means that no traces are sent.
    let _ = span.set_parent(Context::new().with_remote_span_context(parent));
}

/// A span's ids; none while no traces are sent.
pub(super) fn ids(span: &Span) -> Option<(u128, u64)> {
    let context = span.context();
    let context = context.span().span_context().clone();
    context.is_valid().then(|| {
        (u128::from_be_bytes(context.trace_id().to_bytes()), u64::from_be_bytes(context.span_id().to_bytes()))
    })
}

/// A client whose requests are made on a runtime, whoever waits for them.
#[derive(Debug)]
struct OnRuntime {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait::async_trait]
impl HttpClient for OnRuntime {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let request =
            self.client.request(parts.method, parts.uri.to_string()).headers(parts.headers).body(body);
        let answer = self.runtime.spawn(async move {
            let response = request.send().await?;
            let status = response.status();
            Ok::<_, reqwest::Error>((status, response.bytes().await?))
        });
        let (status, body) = answer.await??;
        Ok(Response::builder().status(status).body(body)?)
    }
}
