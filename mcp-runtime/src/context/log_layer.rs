//! `tracing` events of a call, as log messages for its client.

use std::{fmt, sync::atomic::Ordering};

use serde_json::{Map, Value};
use tracing::{
    Level, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
};
use tracing_subscriber::{Layer, filter::filter_fn, layer, registry::LookupSpan};

use super::log::{CURRENT, LAYER_INSTALLED};
use crate::protocol::LogLevel;

/// A `tracing` layer that forwards the events of a call to the client that made it, if the client
/// wants log messages.
///
/// Events outside a call, and those of this crate and of the HTTP stack, are not forwarded.
/// `error!` is `error`, `warn!` is `warning`, `info!` is `info`, and `debug!` is `debug`.
/// `trace!` is not forwarded.
/// Fields become members of the message's data; an event with a text alone becomes a string.
///
/// ```
/// use tracing_subscriber::prelude::*;
///
/// tracing_subscriber::registry()
///     .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr))
///     .with(mcp_runtime::client_log_layer())
///     .init();
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "log")))]
pub fn client_log_layer<S>() -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    LAYER_INSTALLED.store(true, Ordering::Relaxed);
    // Filtered, and not only left out, so that nobody pays for events that go nowhere.
    let filter = filter_fn(|metadata| {
        *metadata.level() <= Level::DEBUG && metadata.is_event() && is_of_author(metadata.target())
    });
    ClientLogLayer.with_filter(filter.with_max_level_hint(LevelFilter::DEBUG))
}

fn is_of_author(target: &str) -> bool {
    let krate = target.split("::").next().unwrap_or_default();
    !["mcp_runtime", "hyper", "hyper_util", "axum", "tower", "tokio"].contains(&krate)
}

struct ClientLogLayer;

impl<S: Subscriber> Layer<S> for ClientLogLayer {
    fn on_event(&self, event: &tracing::Event<'_>, _: layer::Context<'_, S>) {
        let target = event.metadata().target();
        let level = match *event.metadata().level() {
            Level::ERROR => LogLevel::Error,
            Level::WARN => LogLevel::Warning,
            Level::INFO => LogLevel::Info,
            Level::DEBUG | Level::TRACE => LogLevel::Debug,
        };
        // Taken out while it is used: what the visit of a field logs is not forwarded again.
        let Some(ctx) = CURRENT.with(|current| current.borrow_mut().take()) else { return };
        if ctx.info().log.allows(level) {
            let mut fields = Fields::default();
            event.record(&mut fields);
            ctx.log_as(level, Some(target), &fields.into_data());
        }
        CURRENT.with(|current| current.replace(Some(ctx)));
    }
}

/// The fields of an event, as JSON.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn into_data(mut self) -> Value {
        match self.0.remove("message") {
            Some(message) if self.0.is_empty() => message,
            Some(message) => {
                self.0.insert("message".to_owned(), message);
                Value::Object(self.0)
            }
            None => Value::Object(self.0),
        }
    }

    fn insert(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.insert(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value);
    }
}
