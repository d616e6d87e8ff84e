//! What the clones of a client share.

use std::{
    collections::HashMap,
    future::IntoFuture as _,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

use super::{
    ClientError, Notification, Request, TestClient, Transport, answers::Script, inbox::Inbox,
    link::Link,
};
use crate::protocol::{LogLevel, RequestId, Revision, keys};

pub(super) struct Inner {
    pub(super) revision: Revision,
    pub(super) transport: Transport,
    pub(super) timeout: Duration,
    pub(super) capabilities: Value,
    pub(super) info: Value,
    pub(super) inbox: Arc<Inbox>,
    pub(super) link: Link,
    /// To another instance of the server, for every other round of a call.
    pub(super) other: Option<Link>,
    /// Where the test has answers for the server's questions.
    pub(super) script: Option<Script>,
    /// Each round is sent twice.
    pub(super) strict: bool,
    pub(super) notifications: tokio::sync::Mutex<mpsc::UnboundedReceiver<Notification>>,
    /// What the server has said of itself, in a session.
    pub(super) initialized: Mutex<Option<Value>>,
    pub(super) last_id: AtomicI64,
    pub(super) schemas: Mutex<HashMap<String, Value>>,
}

impl Inner {
    pub(super) fn link_of_round(&self, round: usize) -> Link {
        match &self.other {
            Some(other) if round % 2 == 1 => other.clone(),
            _ => self.link.clone(),
        }
    }

    /// The answers, where the client answers by sending a request again.
    pub(super) fn script_of_rounds(&self) -> Option<Script> {
        self.script.clone().filter(|_| self.revision.is_stateless())
    }

    /// Numbers and strings in turn, so that a server that changes an id's type is found out.
    pub(super) fn next_id(&self) -> RequestId {
        let number = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        if number % 2 == 0 {
            RequestId::from(format!("request {number}").as_str())
        } else {
            RequestId::from(number)
        }
    }

    /// What a request of 2026-07-28 says of its client.
    pub(super) fn claim(&self, log_level: Option<LogLevel>) -> Map<String, Value> {
        let mut claim = Map::new();
        claim.insert(keys::PROTOCOL_VERSION.into(), self.revision.as_str().into());
        claim.insert(keys::CLIENT_CAPABILITIES.into(), self.capabilities.clone());
        claim.insert("io.modelcontextprotocol/clientInfo".into(), self.info.clone());
        if let Some(level) = log_level {
            claim.insert("io.modelcontextprotocol/logLevel".into(), to_value(level));
        }
        claim
    }

    pub(super) fn schemas(&self) -> MutexGuard<'_, HashMap<String, Value>> {
        self.schemas.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The schema of a tool's arguments, where the revision and the transport need it for headers.
    pub(super) async fn input_schema(
        self: &Arc<Self>,
        tool: &str,
    ) -> Result<Option<Value>, ClientError> {
        if self.transport == Transport::Memory || !self.revision.is_stateless() {
            return Ok(None);
        }
        if let Some(schema) = self.schemas().get(tool) {
            return Ok(Some(schema.clone()));
        }
        let listed = Box::pin(all_pages(self, "tools/list", "tools")).await;
        // A server without tools refuses the call itself.
        for tool in listed.unwrap_or_default() {
            if let Some(name) = tool.get("name").and_then(Value::as_str) {
                self.schemas().insert(name.to_owned(), tool["inputSchema"].clone());
            }
        }
        Ok(self.schemas().get(tool).cloned())
    }

    /// Opens the session: what the revisions before 2026-07-28 begin with.
    pub(super) async fn initialize(self: &Arc<Self>) -> Result<(), ClientError> {
        let params = json!({
            "protocolVersion": self.revision.as_str(),
            "capabilities": self.capabilities,
            "clientInfo": self.info,
        });
        let initialized = Request::<Value>::new(self, "initialize", params).into_future().await?;
        let agreed = initialized.get("protocolVersion").and_then(Value::as_str);
        if agreed != Some(self.revision.as_str()) {
            let what = format!("the server answers with {agreed:?}, not {}", self.revision);
            return Err(ClientError::closed("initialize", what));
        }
        *self.initialized.lock().unwrap_or_else(PoisonError::into_inner) = Some(initialized);
        let client = TestClient(Arc::clone(self));
        client.notify("notifications/initialized", Value::Null).await?;
        if self.transport == Transport::Memory {
            // With this answer the server is known to have read the notification.
            client.ping().await?;
        }
        #[cfg(feature = "http")]
        if let (Link::Http(http), true) = (&self.link, self.revision >= Revision::V2025_03_26) {
            http.open_stream().await?;
        }
        Ok(())
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.inbox.assert_sound();
        }
    }
}

/// The items of all pages.
pub(super) async fn all_pages(
    client: &Arc<Inner>,
    method: &str,
    items: &str,
) -> Result<Vec<Value>, ClientError> {
    let mut all = Vec::new();
    let mut params = json!({});
    loop {
        let request = Request::<Value>::new(client, method, params);
        let mut page = request.into_future().await?;
        if let Some(Value::Array(items)) = page.get_mut(items).map(Value::take) {
            all.extend(items);
        }
        match page.get("nextCursor") {
            Some(cursor) => params = json!({ "cursor": cursor }),
            None => return Ok(all),
        }
    }
}

/// # Panics
///
/// When there is no JSON for it.
#[track_caller]
pub(super) fn to_value(value: impl Serialize) -> Value {
    match serde_json::to_value(value) {
        Ok(value) => value,
        Err(error) => panic!("this has no JSON: {error}"),
    }
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a client of {} {}", self.revision, self.transport)
    }
}
