//! `_meta` of a request: what a client of 2026-07-28 says with each one, and the progress token.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{ClientCapabilities, LogLevel, RequestId, RpcError};

pub(crate) mod keys {
    pub(crate) const PROTOCOL_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
    pub(crate) const CLIENT_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
    pub(crate) const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";
    pub(crate) const SUBSCRIPTION_ID: &str = "io.modelcontextprotocol/subscriptionId";

    /// Whether the runtime alone sets the key.
    pub(crate) fn is_reserved(key: &str) -> bool {
        [PROTOCOL_VERSION, CLIENT_CAPABILITIES, SERVER_INFO, SUBSCRIPTION_ID].contains(&key)
    }
}

/// The members of `_meta` that the runtime reads, undecoded.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(crate) struct RequestMeta<'a> {
    #[serde(borrow, default, rename = "io.modelcontextprotocol/protocolVersion")]
    protocol_version: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "io.modelcontextprotocol/clientCapabilities")]
    client_capabilities: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "io.modelcontextprotocol/clientInfo")]
    client_info: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "io.modelcontextprotocol/logLevel")]
    log_level: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "progressToken")]
    progress_token: Option<&'a RawValue>,
    #[serde(borrow, default)]
    traceparent: Option<&'a RawValue>,
    #[serde(borrow, default)]
    tracestate: Option<&'a RawValue>,
}

/// What a request of 2026-07-28 claims of itself.
#[derive(Debug)]
pub(crate) struct Claim {
    /// As sent: perhaps no revision that exists.
    pub(crate) version: String,
    pub(crate) capabilities: ClientCapabilities,
    pub(crate) log_level: Option<LogLevel>,
}

impl<'a> RequestMeta<'a> {
    /// Whether the request says that it stands alone, as those of 2026-07-28 do.
    pub(crate) fn claims_revision(&self) -> bool {
        self.protocol_version.is_some()
    }

    /// The keys of 2026-07-28 that are missing.
    pub(crate) fn missing_keys(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        if self.protocol_version.is_none() {
            missing.push(keys::PROTOCOL_VERSION);
        }
        if self.client_capabilities.is_none() {
            missing.push(keys::CLIENT_CAPABILITIES);
        }
        missing
    }

    /// The version that the request claims, as sent.
    pub(crate) fn version(&self) -> Option<String> {
        decode(self.protocol_version)
    }

    /// Reads the claim.
    ///
    /// # Errors
    ///
    /// -32602 when a key is missing or has the wrong type.
    pub(crate) fn claim(&self) -> Result<Claim, RpcError> {
        if let missing @ [_, ..] = self.missing_keys().as_slice() {
            return Err(missing_meta(missing));
        }
        let wrong = |key: &str, expected: &str| {
            RpcError::invalid_params(format!("`_meta[\"{key}\"]` is not {expected}"))
        };
        let version = self.version().ok_or_else(|| wrong(keys::PROTOCOL_VERSION, "a string"))?;
        let capabilities = self.client_capabilities.filter(|raw| raw.get().starts_with('{'));
        let capabilities = decode(capabilities)
            .ok_or_else(|| wrong(keys::CLIENT_CAPABILITIES, "an object of client capabilities"))?;
        let log_level = match self.log_level {
            None => None,
            Some(level) => Some(decode(Some(level)).ok_or_else(|| {
                wrong("io.modelcontextprotocol/logLevel", "a log level such as `info`")
            })?),
        };
        Ok(Claim { version, capabilities, log_level })
    }

    /// The name and version by which the client introduces itself, undecoded.
    pub(crate) fn client_info(&self) -> Option<&'a RawValue> {
        self.client_info
    }

    /// The token by which the client asks for progress. One of the wrong type counts as none.
    pub(crate) fn progress_token(&self) -> Option<RequestId> {
        decode(self.progress_token)
    }

    /// The W3C trace context, where it is well-formed.
    pub(crate) fn trace_context(&self) -> Option<TraceContext> {
        let parent: String = decode(self.traceparent)?;
        is_traceparent(&parent).then(|| TraceContext {
            parent: parent.into(),
            state: decode::<String>(self.tracestate).filter(|it| it.len() <= 512).map(Into::into),
        })
    }
}

/// -32602: the keys of 2026-07-28 that a request lacks.
pub(crate) fn missing_meta(missing: &[&str]) -> RpcError {
    RpcError::invalid_params(format!("`params._meta` lacks `{}`", missing.join("`, `")))
}

fn decode<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Option<T> {
    raw.and_then(|raw| serde_json::from_str(raw.get()).ok())
}

/// The trace of which a request is a part (W3C Trace Context).
#[derive(Clone, Debug)]
pub(crate) struct TraceContext {
    pub(crate) parent: Arc<str>,
    pub(crate) state: Option<Arc<str>>,
}

/// `version-trace_id-parent_id-flags` in lower-case hex, with no all-zero id (section 3.2).
fn is_traceparent(value: &str) -> bool {
    let hex = |part: &str, len: usize| {
        part.len() == len && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let zero = |part: &str| part.bytes().all(|b| b == b'0');
    let mut parts = value.split('-');
    let (Some(version), Some(trace), Some(parent), Some(flags), None) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    hex(version, 2)
        && version != "ff"
        && hex(trace, 32)
        && !zero(trace)
        && hex(parent, 16)
        && !zero(parent)
        && hex(flags, 2)
}
