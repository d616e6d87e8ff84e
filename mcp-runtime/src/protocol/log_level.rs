use serde::{Deserialize, Serialize};

/// How grave a log message is (RFC 5424 section 6.2.1), least grave first.
///
/// ```
/// use mcp_runtime::protocol::LogLevel;
///
/// assert!(LogLevel::Debug < LogLevel::Error);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum LogLevel {
    /// For finding faults.
    Debug,
    /// What normally happens.
    Info,
    /// Normal but of note.
    Notice,
    /// Something looks wrong.
    Warning,
    /// Something failed.
    Error,
    /// A part of the server does not work.
    Critical,
    /// Someone must act now.
    Alert,
    /// The server is unusable.
    Emergency,
}
