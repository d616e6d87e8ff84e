use std::{fmt, time::Duration};

use serde_json::Value;

use crate::protocol::{ErrorCode, RpcError};

/// Why a request of a [`TestClient`](super::TestClient) has no result.
#[derive(Clone, Debug)]
pub struct ClientError {
    pub(super) request: String,
    pub(super) cause: Cause,
}

#[derive(Clone, Debug)]
pub(super) enum Cause {
    /// The server's own word.
    Rpc {
        error: RpcError,
        status: Option<u16>,
    },
    /// A response over HTTP that holds no message.
    Http {
        status: u16,
        body: String,
    },
    Timeout {
        after: Duration,
        heard: usize,
    },
    /// There is no way to the server, or there is none any more.
    Closed(String),
}

impl ClientError {
    pub(super) fn closed(request: impl Into<String>, what: impl Into<String>) -> Self {
        Self { request: request.into(), cause: Cause::Closed(what.into()) }
    }

    /// The server's error, where it has sent one.
    #[must_use]
    pub fn rpc(&self) -> Option<&RpcError> {
        match &self.cause {
            Cause::Rpc { error, .. } => Some(error),
            _ => None,
        }
    }

    /// The code of the server's error.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        self.rpc().map(RpcError::code)
    }

    /// The message of the server's error; empty when it has sent none.
    #[must_use]
    pub fn message(&self) -> &str {
        self.rpc().map_or("", RpcError::message)
    }

    /// The data of the server's error.
    #[must_use]
    pub fn data(&self) -> Option<&Value> {
        self.rpc().and_then(RpcError::data)
    }

    /// The status of the response, over HTTP.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match &self.cause {
            Cause::Rpc { status, .. } => *status,
            Cause::Http { status, .. } => Some(*status),
            Cause::Timeout { .. } | Cause::Closed(_) => None,
        }
    }

    /// Whether no answer came in time.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.cause, Cause::Timeout { .. })
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let request = &self.request;
        match &self.cause {
            Cause::Rpc { error, status } => {
                write!(f, "{request} is answered with the error {}", error.code().value())?;
                if let Some(status) = status {
                    write!(f, " (HTTP {status})")?;
                }
                write!(f, ": {}", error.message())?;
                error.data().map_or(Ok(()), |data| write!(f, " {data}"))
            }
            Cause::Http { status, body } => {
                write!(f, "{request} is answered with HTTP {status} and no message: `{body}`")
            }
            Cause::Timeout { after, heard } => write!(
                f,
                "{request} has no answer after {after:?}; {heard} notifications came meanwhile"
            ),
            Cause::Closed(what) => write!(f, "{request} has no answer: {what}"),
        }
    }
}

impl std::error::Error for ClientError {}
