use serde_json::Value;

use crate::protocol::{LogLevel, RequestId, keys};

/// Something that the server has said without being asked, or while it worked on a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    pub(super) method: String,
    pub(super) params: Value,
}

impl Notification {
    /// The method, for example `notifications/tools/list_changed`.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The parameters; `null` when there are none.
    #[must_use]
    pub fn params(&self) -> &Value {
        &self.params
    }

    /// The resource that has changed, of a `notifications/resources/updated`.
    #[must_use]
    pub fn uri(&self) -> Option<&str> {
        self.params.get("uri").and_then(Value::as_str)
    }

    /// The subscription that it belongs to (2026-07-28).
    #[must_use]
    pub fn subscription(&self) -> Option<RequestId> {
        let tag = self.params.get("_meta")?.get(keys::SUBSCRIPTION_ID)?;
        serde_json::from_value(tag.clone()).ok()
    }

    /// The progress, of a `notifications/progress`.
    #[must_use]
    pub fn progress(&self) -> Option<ProgressReport> {
        if self.method != "notifications/progress" {
            return None;
        }
        Some(ProgressReport {
            progress: self.params.get("progress")?.as_f64()?,
            total: self.params.get("total").and_then(Value::as_f64),
            message: self.params.get("message").and_then(Value::as_str).map(str::to_owned),
        })
    }

    /// The log message, of a `notifications/message`.
    #[must_use]
    pub fn log(&self) -> Option<LogMessage> {
        if self.method != "notifications/message" {
            return None;
        }
        Some(LogMessage {
            level: serde_json::from_value(self.params.get("level")?.clone()).ok()?,
            logger: self.params.get("logger").and_then(Value::as_str).map(str::to_owned),
            data: self.params.get("data")?.clone(),
        })
    }
}

/// How far a call has come.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ProgressReport {
    /// The figure.
    pub progress: f64,
    /// The figure at which the work is done.
    pub total: Option<f64>,
    /// What is being done, for people. 2024-11-05 has none.
    pub message: Option<String>,
}

/// What a function has told the client's log.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LogMessage {
    /// How grave it is.
    pub level: LogLevel,
    /// Who tells it.
    pub logger: Option<String>,
    /// What it tells.
    pub data: Value,
}
