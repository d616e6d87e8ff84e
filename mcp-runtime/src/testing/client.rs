use std::sync::{Arc, PoisonError};

use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    CallResult, Changes, ClientError, Completion, Notification, PromptMessages, Question,
    RawRequest, ReadResult, Request, Subscription, TestClientBuilder, Transport,
    answers::Script,
    error::Cause,
    inner::{Inner, all_pages, to_value},
    link::{Link, Outgoing},
};
use crate::protocol::{LogLevel, Revision};

/// A client of a server that runs in the same process: see the [module](super).
///
/// Cloning is cheap; all clones are the same client.
///
/// ```
/// use mcp_runtime::{prelude::*, testing::TestClient};
/// use serde_json::json;
///
/// /// A note.
/// #[mcp_resource("notes://{id}")]
/// async fn note(#[arg(complete = ["7", "8"])] id: u32) -> String {
///     format!("note {id}")
/// }
///
/// /// Explain a word.
/// #[mcp_prompt]
/// async fn explain(word: String) -> String {
///     format!("Explain the word {word}.")
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> mcp_runtime::Result<()> {
/// let server =
///     Server::new("example", "1.0.0").resources(resources![note]).prompts(prompts![explain]);
/// let client = TestClient::new(server)?;
/// assert_eq!(client.read("notes://7").await?.text(), "note 7");
/// let prompt = client.prompt("explain", json!({ "word": "crate" })).await?;
/// assert_eq!(prompt.text(), "Explain the word crate.");
/// assert_eq!(client.complete_resource("notes://{id}", "id", "8").await?.values(), ["8"]);
/// assert_eq!(client.prompts().await?[0]["name"], "explain");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TestClient(pub(super) Arc<Inner>);

impl TestClient {
    /// A client of the newest revision, in memory.
    ///
    /// # Errors
    ///
    /// When the server cannot be built.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime.
    pub fn new(server: impl Into<TestClientBuilder>) -> crate::Result<Self> {
        server.into().in_memory()
    }

    /// A client of which more can be said.
    pub fn builder(server: impl Into<TestClientBuilder>) -> TestClientBuilder {
        server.into()
    }

    /// The revision in which the client speaks.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.0.revision
    }

    /// How the client reaches the server.
    #[must_use]
    pub fn transport(&self) -> Transport {
        self.0.transport
    }

    /// What the server has asked so far, in order. A question of 2026-07-28 counts once an answer to
    /// it is sent.
    #[must_use]
    pub fn asked(&self) -> Vec<Question> {
        self.0.script.as_ref().map(Script::asked).unwrap_or_default()
    }

    /// Calls a tool.
    pub fn call(&self, tool: &str, arguments: impl Serialize) -> Request<CallResult> {
        self.request("tools/call", json!({ "name": tool, "arguments": to_value(arguments) }))
    }

    /// Reads a resource.
    pub fn read(&self, uri: &str) -> Request<ReadResult> {
        self.request("resources/read", json!({ "uri": uri }))
    }

    /// Gets a prompt. The protocol takes strings as arguments.
    pub fn prompt(&self, name: &str, arguments: impl Serialize) -> Request<PromptMessages> {
        self.request("prompts/get", json!({ "name": name, "arguments": to_value(arguments) }))
    }

    /// Asks for values of an argument of a prompt, of which `typed` stands in the field.
    pub fn complete_prompt(
        &self,
        prompt: &str,
        argument: &str,
        typed: &str,
    ) -> Request<Completion> {
        self.complete(json!({ "type": "ref/prompt", "name": prompt }), argument, typed)
    }

    /// Asks for values of a variable of a URI template.
    pub fn complete_resource(
        &self,
        template: &str,
        variable: &str,
        typed: &str,
    ) -> Request<Completion> {
        self.complete(json!({ "type": "ref/resource", "uri": template }), variable, typed)
    }

    fn complete(&self, reference: Value, name: &str, value: &str) -> Request<Completion> {
        let argument = json!({ "name": name, "value": value });
        self.request("completion/complete", json!({ "ref": reference, "argument": argument }))
    }

    /// All tools, page by page.
    ///
    /// # Errors
    ///
    /// As every request.
    pub async fn tools(&self) -> Result<Vec<Value>, ClientError> {
        all_pages(&self.0, "tools/list", "tools").await
    }

    /// All prompts, page by page.
    ///
    /// # Errors
    ///
    /// As every request.
    pub async fn prompts(&self) -> Result<Vec<Value>, ClientError> {
        all_pages(&self.0, "prompts/list", "prompts").await
    }

    /// All resources, page by page.
    ///
    /// # Errors
    ///
    /// As every request.
    pub async fn resources(&self) -> Result<Vec<Value>, ClientError> {
        all_pages(&self.0, "resources/list", "resources").await
    }

    /// All URI templates, page by page.
    ///
    /// # Errors
    ///
    /// As every request.
    pub async fn resource_templates(&self) -> Result<Vec<Value>, ClientError> {
        all_pages(&self.0, "resources/templates/list", "resourceTemplates").await
    }

    /// What the server can do, and who it is: the result of `server/discover`, or of the
    /// `initialize` that opened the session.
    ///
    /// # Errors
    ///
    /// As every request.
    pub async fn server(&self) -> Result<Value, ClientError> {
        let initialized = self.0.initialized.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match initialized {
            Some(initialized) => Ok(initialized),
            None => self.request("server/discover", json!({})).await,
        }
    }

    /// Asks for a sign of life, which 2026-07-28 does not have.
    pub fn ping(&self) -> Request<Value> {
        self.request("ping", Value::Null)
    }

    /// Sets the level of the session's log messages. In 2026-07-28 each request has its own:
    /// [`Request::log_level`].
    pub fn set_log_level(&self, level: LogLevel) -> Request<Value> {
        self.request("logging/setLevel", json!({ "level": level }))
    }

    /// Any request. It gives a [`Value`] or a [`Reply`](super::Reply), or one of the types that are
    /// made for a method.
    pub fn request<R: From<super::Reply> + 'static>(
        &self,
        method: &str,
        params: impl Serialize,
    ) -> Request<R> {
        Request::new(&self.0, method, to_value(params))
    }

    /// Sends a notification. Over HTTP the server has taken it when this returns; in memory it
    /// comes to it before whatever is sent after it.
    ///
    /// # Errors
    ///
    /// When the server does not take it.
    pub async fn notify(&self, method: &str, params: impl Serialize) -> Result<(), ClientError> {
        let notification = Outgoing {
            id: None,
            method: method.to_owned(),
            params: to_value(params),
            input_schema: None,
            headers: Vec::new(),
        };
        self.0.link.notify(notification).await
    }

    /// Sends these bytes, whatever they are.
    pub fn raw(&self, bytes: impl Into<Vec<u8>>) -> RawRequest {
        RawRequest::new(&self.0, bytes.into())
    }

    /// Listens for changes, in the way of the revision. What is heard comes from
    /// [`next_notification`](Self::next_notification).
    ///
    /// # Errors
    ///
    /// When the server refuses.
    pub async fn listen(&self, changes: Changes) -> Result<Subscription, ClientError> {
        Subscription::open(&self.0, changes).await
    }

    /// Waits for the next notification that belongs to no request.
    ///
    /// # Errors
    ///
    /// When none comes in time.
    ///
    /// # Panics
    ///
    /// When the server breaks the protocol.
    pub async fn next_notification(&self) -> Result<Notification, ClientError> {
        self.0.inbox.assert_sound();
        let mut notifications = self.0.notifications.lock().await;
        let next = async {
            tokio::select! {
                biased;
                () = self.0.inbox.violated() => None,
                next = notifications.recv() => next,
            }
        };
        let next = timeout(self.0.timeout, next).await;
        self.0.inbox.assert_sound();
        match next {
            Ok(Some(notification)) => Ok(notification),
            Ok(None) => {
                Err(ClientError::closed("the wait for a notification", "there is no server"))
            }
            Err(_) => {
                let cause = Cause::Timeout { after: self.0.timeout, heard: 0 };
                Err(ClientError { request: "the wait for a notification".into(), cause })
            }
        }
    }

    /// The notifications that belong to no request and have come already.
    ///
    /// # Panics
    ///
    /// When the server breaks the protocol.
    pub async fn pending_notifications(&self) -> Vec<Notification> {
        self.0.inbox.assert_sound();
        let mut notifications = self.0.notifications.lock().await;
        std::iter::from_fn(|| notifications.try_recv().ok()).collect()
    }

    /// Loses the stream on which a session hears of what belongs to no request. Nothing to do in
    /// memory.
    pub fn disconnect_stream(&self) {
        #[cfg(feature = "http")]
        if let Link::Http(http) = &self.0.link {
            http.close_stream();
        }
    }

    /// Opens that stream again, with the id of the last event that has come (`Last-Event-ID`).
    ///
    /// # Errors
    ///
    /// When the server refuses.
    pub async fn resume_stream(&self) -> Result<(), ClientError> {
        #[cfg(feature = "http")]
        if let Link::Http(http) = &self.0.link {
            return http.open_stream().await;
        }
        Ok(())
    }

    /// The server's address, over HTTP.
    #[cfg(feature = "http")]
    #[must_use]
    pub fn address(&self) -> Option<std::net::SocketAddr> {
        match &self.0.link {
            Link::Http(http) => Some(http.address),
            Link::Pipe(_) => None,
        }
    }

    /// Ends the session, if there is one, and the connection. A client that is merely dropped
    /// hangs up.
    ///
    /// # Errors
    ///
    /// When the server does not end the session.
    ///
    /// # Panics
    ///
    /// When the server has broken the protocol.
    pub async fn close(self) -> Result<(), ClientError> {
        let ended = match &self.0.link {
            Link::Pipe(pipe) => {
                pipe.hang_up().await;
                Ok(())
            }
            #[cfg(feature = "http")]
            Link::Http(http) => http.end_session().await,
        };
        self.0.inbox.assert_sound();
        ended
    }
}

impl std::fmt::Debug for TestClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TestClient of {} {}", self.0.revision, self.0.transport)
    }
}
