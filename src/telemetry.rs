//! What an operator sees of a running daemon: logs, metrics, health and traces.
//!
//! Logs are one line an event on standard error, as text or JSON. Neither they nor anything else here holds text of
//! documents, names of files, keys or tokens.

pub mod health;
pub mod metrics;
#[cfg(feature = "otlp")]
mod otlp;
mod process;
pub mod server;
pub mod trace;

use std::io::IsTerminal as _;

use tracing::Level;
use tracing_subscriber::filter::{FilterExt as _, ParseError, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::config::{Log, LogFormat};

/// Why telemetry cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is not one.
    #[error("log.filter is not a filter such as \"info,zoned=debug\": {0}")]
    Filter(#[from] ParseError),
    /// Traces cannot be exported as the environment asks.
    #[error("traces cannot be sent: {0}")]
    Traces(String),
}

/// Sends what is still to be sent when dropped.
#[derive(Debug, Default)]
#[must_use = "traces end with it"]
pub struct Telemetry {
    #[cfg(feature = "otlp")]
    _traces: Option<otlp::Traces>,
}

/// Starts logging as set and, in a build with feature `otlp`, sending traces where `OTEL_EXPORTER_OTLP_ENDPOINT` says.
/// To be called within a runtime. A second call changes nothing.
///
/// # Errors
/// When the filter is not one, or the endpoint is not an address.
pub fn start(log: &Log) -> Result<Telemetry, TelemetryError> {
    // What libraries say below info may quote whole requests, tokens included: it is not logged, whatever is asked for.
    let discreet =
        filter_fn(|metadata| metadata.target().starts_with("zoned") || *metadata.level() <= Level::INFO);
    let filter = EnvFilter::try_new(&log.filter)?.and(discreet);
    let layers = Registry::default().with(lines(log.format).with_filter(filter));
    #[cfg(feature = "otlp")]
    {
        let traces = otlp::Traces::from_environment()?;
        // An error means that something logs already.
        let _ = layers.with(traces.as_ref().map(otlp::Traces::layer)).try_init();
        Ok(Telemetry { _traces: traces })
    }
    #[cfg(not(feature = "otlp"))]
    {
        let _ = layers.try_init();
        Ok(Telemetry {})
    }
}

fn lines<S>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match format {
        LogFormat::Text => layer.with_ansi(std::io::stderr().is_terminal()).boxed(),
        // The list of spans has the job's ids and the request's; the current one alone would have only the latter.
        LogFormat::Json => {
            layer.with_ansi(false).json().with_current_span(false).with_span_list(true).boxed()
        }
    }
}
