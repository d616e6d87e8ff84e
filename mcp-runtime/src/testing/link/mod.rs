//! The ways to a server.

#[cfg(feature = "http")]
mod headers;
#[cfg(feature = "http")]
mod http;
mod pipe;
#[cfg(feature = "http")]
mod sse;

use std::sync::Arc;

use serde_json::Value;
use tokio::task::{AbortHandle, JoinHandle};

#[cfg(feature = "http")]
pub(super) use self::http::HttpLink;
pub(super) use self::pipe::PipeLink;
use super::{ClientError, RawReply};
use crate::protocol::RequestId;

/// A message on its way to the server.
#[derive(Debug)]
pub(super) struct Outgoing {
    /// Of a request.
    pub(super) id: Option<RequestId>,
    pub(super) method: String,
    pub(super) params: Value,
    /// Of the tool that is called, where it is known and headers may follow from it.
    pub(super) input_schema: Option<Value>,
    /// In place of those that the client would send.
    pub(super) headers: Vec<(String, String)>,
}

impl Outgoing {
    fn to_bytes(&self) -> Vec<u8> {
        let mut message = serde_json::Map::new();
        message.insert("jsonrpc".into(), "2.0".into());
        if let Some(id) = &self.id {
            message.insert("id".into(), serde_json::to_value(id).unwrap_or_default());
        }
        message.insert("method".into(), self.method.clone().into());
        if !self.params.is_null() {
            message.insert("params".into(), self.params.clone());
        }
        Value::Object(message).to_string().into_bytes()
    }
}

#[derive(Clone)]
pub(super) enum Link {
    Pipe(Arc<PipeLink>),
    #[cfg(feature = "http")]
    Http(Arc<HttpLink>),
}

/// What carries one request, as long as it lives.
pub(super) enum Carrier {
    Pipe,
    #[cfg(feature = "http")]
    Http(http::Carrier),
}

impl Link {
    /// Sends a request; what comes back goes to the inbox.
    pub(super) async fn send(&self, request: Outgoing) -> Result<Carrier, ClientError> {
        match self {
            Self::Pipe(pipe) => pipe.send(&request).await.map(|()| Carrier::Pipe),
            #[cfg(feature = "http")]
            Self::Http(http) => Ok(Carrier::Http(http.send(request))),
        }
    }

    /// Sends a notification, and waits until the server has taken it.
    pub(super) async fn notify(&self, notification: Outgoing) -> Result<(), ClientError> {
        match self {
            Self::Pipe(pipe) => pipe.send(&notification).await,
            #[cfg(feature = "http")]
            Self::Http(http) => http.notify(notification).await,
        }
    }

    /// Sends what may be no message.
    pub(super) async fn send_raw(
        &self,
        bytes: Vec<u8>,
        headers: Vec<(String, String)>,
    ) -> Result<RawReply, ClientError> {
        match self {
            Self::Pipe(pipe) => {
                // A line has none.
                drop(headers);
                pipe.send_raw(&bytes).await
            }
            #[cfg(feature = "http")]
            Self::Http(http) => http.send_raw(bytes, headers).await,
        }
    }

    /// Whether a request is given up by a message, not by hanging up.
    pub(super) fn cancels_by_message(&self) -> bool {
        match self {
            Self::Pipe(_) => true,
            #[cfg(feature = "http")]
            Self::Http(http) => !http.revision.is_stateless(),
        }
    }
}

/// A task that ends with its owner.
#[derive(Debug)]
struct Owned(AbortHandle);

impl Owned {
    fn new<T>(task: &JoinHandle<T>) -> Self {
        Self(task.abort_handle())
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.0.abort();
    }
}
