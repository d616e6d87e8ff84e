use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};

use super::Revision;

/// The code of a JSON-RPC error.
///
/// ```
/// use mcp_runtime::protocol::ErrorCode;
///
/// assert_eq!(ErrorCode::METHOD_NOT_FOUND.value(), -32601);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ErrorCode(i32);

impl ErrorCode {
    /// The body is not JSON.
    pub const PARSE_ERROR: Self = Self(-32700);
    /// The JSON is not a request.
    pub const INVALID_REQUEST: Self = Self(-32600);
    /// The method does not exist, or its capability is not advertised.
    pub const METHOD_NOT_FOUND: Self = Self(-32601);
    /// The method exists; its parameters are wrong.
    pub const INVALID_PARAMS: Self = Self(-32602);
    /// The server failed.
    pub const INTERNAL_ERROR: Self = Self(-32603);
    /// No such resource, before 2026-07-28.
    pub const RESOURCE_NOT_FOUND: Self = Self(-32002);
    /// The user has to open a URL before the request can be answered (2025-11-25).
    pub const URL_ELICITATION_REQUIRED: Self = Self(-32042);
    /// A header and the body disagree (2026-07-28).
    pub const HEADER_MISMATCH: Self = Self(-32020);
    /// The client lacks a capability that the request needs (2026-07-28).
    pub const MISSING_CLIENT_CAPABILITY: Self = Self(-32021);
    /// The revision is not served (2026-07-28).
    pub const UNSUPPORTED_REVISION: Self = Self(-32022);

    /// The user does not want the client to do it: what clients of the older revisions answer.
    pub(crate) const REJECTED: Self = Self(-1);

    /// A code of the application's own.
    ///
    /// JSON-RPC and MCP reserve -32768 to -32000.
    ///
    /// # Panics
    ///
    /// When `value` is in the reserved range; in a `const`, that is an error of the compiler.
    #[must_use]
    pub const fn application(value: i32) -> Self {
        assert!(value < -32768 || value > -32000, "the codes -32768 to -32000 are reserved");
        Self(value)
    }

    /// A code that the other side has sent.
    pub(crate) const fn received(value: i32) -> Self {
        Self(value)
    }

    /// The number on the wire.
    #[must_use]
    pub const fn value(self) -> i32 {
        self.0
    }
}

impl fmt::Debug for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ErrorCode({})", self.0)
    }
}

/// A JSON-RPC error: the answer to a request that the protocol itself refuses.
///
/// What went wrong inside a tool is not one of these: it is a tool result with `isError`, so that
/// the model sees it and can correct itself.
///
/// ```
/// use mcp_runtime::protocol::{ErrorCode, RpcError};
///
/// let error = RpcError::new(ErrorCode::INVALID_PARAMS, "unknown tool: `ad`");
/// assert_eq!(error.to_string(), "unknown tool: `ad`");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RpcError {
    code: ErrorCode,
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data: Option<Box<Value>>,
}

impl RpcError {
    /// An error without data.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: None }
    }

    /// Adds `data` for the client's program.
    #[must_use]
    pub fn with_data(mut self, data: Value) -> Self {
        self.data = Some(Box::new(data));
        self
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// The message, for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The data, where there is some.
    #[must_use]
    pub fn data(&self) -> Option<&Value> {
        self.data.as_deref()
    }

    /// The error in a revision: a code that the revision does not have becomes the one that it has
    /// for the same thing.
    pub(crate) fn in_revision(mut self, revision: Revision) -> Self {
        self.code = match self.code {
            ErrorCode::RESOURCE_NOT_FOUND if revision.is_stateless() => ErrorCode::INVALID_PARAMS,
            ErrorCode::HEADER_MISMATCH
            | ErrorCode::MISSING_CLIENT_CAPABILITY
            | ErrorCode::UNSUPPORTED_REVISION
                if !revision.is_stateless() =>
            {
                ErrorCode::INTERNAL_ERROR
            }
            ErrorCode::URL_ELICITATION_REQUIRED if revision != Revision::V2025_11_25 => {
                ErrorCode::INTERNAL_ERROR
            }
            code => code,
        };
        self
    }

    /// -32602: the parameters are wrong. For prompts and resources; a tool tells its model.
    #[must_use]
    pub fn invalid_params(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::INVALID_PARAMS, message)
    }

    /// The error of a client's answer. What is not one reads as one without a code.
    pub(crate) fn received(raw: &RawValue) -> Self {
        #[derive(Deserialize)]
        struct Received {
            code: i32,
            #[serde(default)]
            message: String,
        }
        match serde_json::from_str(raw.get()) {
            Ok(Received { code, message }) => Self::new(ErrorCode::received(code), message),
            Err(_) => Self::new(ErrorCode::INTERNAL_ERROR, "an error that cannot be read"),
        }
    }

    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::INVALID_REQUEST, message)
    }

    pub(crate) fn method_not_found(method: &str) -> Self {
        // Clients choose the method: a long one is not worth repeating.
        let shown: String = method.chars().take(64).collect();
        Self::new(ErrorCode::METHOD_NOT_FOUND, format!("method not found: `{shown}`"))
    }

    /// A failure of the server that a machine can tell apart by `data.reason`.
    pub(crate) fn internal(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::INTERNAL_ERROR, message).with_data(json!({ "reason": reason }))
    }
}

impl fmt::Display for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for RpcError {}
