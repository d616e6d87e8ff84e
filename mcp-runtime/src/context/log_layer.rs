//! `tracing` events of a call, as log messages for its client.

use std::{fmt, sync::atomic::Ordering};

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};

use super::log::{CURRENT, LAYER_INSTALLED};
use crate::protocol::LogLevel;

/// A `tracing` layer that forwards the events of a call to the client that made it, if the client
/// wants log messages.
///
/// Events outside a call, and those of this crate and of the HTTP stack, are not forwarded.
/// `error!` is `error`, `warn!` is `warning`, `info!` is `info`, `debug!` and `trace!` are `debug`.
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
pub fn client_log_layer<S: tracing::Subscriber>() -> impl tracing_subscriber::Layer<S> {
    LAYER_INSTALLED.store(true, Ordering::Relaxed);
    ClientLogLayer
}

struct ClientLogLayer;

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for ClientLogLayer {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        let target = event.metadata().target();
        let own = |name: &str| {
            target.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        };
        if ["mcp_runtime", "hyper", "hyper_util", "axum", "tower", "tokio"].into_iter().any(own) {
            return;
        }
        let level = match *event.metadata().level() {
            tracing::Level::ERROR => LogLevel::Error,
            tracing::Level::WARN => LogLevel::Warning,
            tracing::Level::INFO => LogLevel::Info,
            tracing::Level::DEBUG | tracing::Level::TRACE => LogLevel::Debug,
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
