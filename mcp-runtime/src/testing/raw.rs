use std::{future::IntoFuture, pin::Pin, sync::Arc};

use serde_json::Value;
use tokio::time::timeout;

use super::{ClientError, error::Cause, inner::Inner};

/// Bytes for the server that may be no message, or not what the client would send.
///
/// Over HTTP they are the body of a POST; in memory a line. They are sent when this is awaited.
#[must_use = "bytes are sent when they are awaited"]
pub struct RawRequest {
    client: Arc<Inner>,
    bytes: Vec<u8>,
    headers: Vec<(String, String)>,
}

impl RawRequest {
    pub(super) fn new(client: &Arc<Inner>, bytes: Vec<u8>) -> Self {
        Self { client: Arc::clone(client), bytes, headers: Vec::new() }
    }

    /// Sends an HTTP header in place of the one that the client would send. An empty value leaves
    /// the header out. In memory there are none.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

impl IntoFuture for RawRequest {
    type Output = Result<RawReply, ClientError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let client = self.client;
            let reply =
                timeout(client.timeout, client.link.send_raw(self.bytes, self.headers)).await;
            client.inbox.assert_sound();
            reply.unwrap_or_else(|_| {
                let cause = Cause::Timeout { after: client.timeout, heard: 0 };
                Err(ClientError { request: "a raw message".into(), cause })
            })
        })
    }
}

impl std::fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.bytes))
    }
}

/// What comes back for a [`RawRequest`].
#[derive(Clone, Debug)]
pub struct RawReply {
    pub(super) status: Option<u16>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) messages: Vec<Value>,
}

impl RawReply {
    /// The status of the response, over HTTP.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// A header of the response, over HTTP.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(it, _)| it.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The messages that came back: over HTTP all of the response, in memory one.
    #[must_use]
    pub fn messages(&self) -> &[Value] {
        &self.messages
    }

    /// The message that came back.
    ///
    /// # Panics
    ///
    /// When none came, or several.
    #[must_use]
    #[track_caller]
    pub fn message(&self) -> &Value {
        match self.messages.as_slice() {
            [message] => message,
            messages => panic!("there is not one message but {}: {messages:?}", messages.len()),
        }
    }
}
