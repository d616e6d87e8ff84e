//! A client that speaks one revision and keeps all that it is told.

use mcp_runtime::protocol::Revision;
use serde_json::{Value, json};

use crate::{
    fixture::{Served, SessionOf, claim},
    raw::{Response, events},
    streams::get,
};

pub(super) struct Client<'a> {
    server: &'a Served,
    /// In revisions that have them.
    pub(super) session: Option<SessionOf<'a>>,
}

/// What came back for one request.
pub(super) struct Exchange {
    pub(super) status: u16,
    pub(super) notifications: Vec<Value>,
    pub(super) answer: Value,
}

impl<'a> Client<'a> {
    pub(super) async fn connect(server: &'a Served, revision: Revision) -> Self {
        let session = match revision.is_stateless() {
            true => None,
            false => Some(server.session(revision).await),
        };
        Self { server, session }
    }

    /// Sends a request, and comes back for the answer if the server sends it away.
    pub(super) async fn request(&self, method: &str, mut params: Value) -> Exchange {
        let Some(session) = &self.session else {
            let meta = &mut params["_meta"];
            for (key, value) in claim().as_object().into_iter().flatten() {
                if meta.get(key).is_none() {
                    meta[key] = value.clone();
                }
            }
            let response = self.server.modern(method, params).await;
            return exchange(response.status, messages(&response));
        };
        let mut response = session.request(1, method, params).await;
        let status = response.status;
        let mut received = messages(&response);
        while received.last().is_none_or(|message| message.get("method").is_some()) {
            let last = events(&response.body).into_iter().rev().find_map(|event| event.id);
            response = get(session, &last.expect("a stream that breaks off has ids")).await;
            received.extend(messages(&response));
        }
        exchange(status, received)
    }
}

fn exchange(status: u16, mut messages: Vec<Value>) -> Exchange {
    let answer = messages.pop().unwrap_or_else(|| json!("no message"));
    Exchange { status, notifications: messages, answer }
}

fn messages(response: &Response) -> Vec<Value> {
    match response.header("content-type") {
        Some("text/event-stream") => streamed(&response.body),
        _ => vec![response.json()],
    }
}

/// The messages in the text of a stream. Some events have no data, or data of the transport.
pub(super) fn streamed(text: &str) -> Vec<Value> {
    text.lines()
        .filter_map(|line| line.strip_prefix("data:"))
        .filter(|data| data.trim().starts_with('{'))
        .map(|data| serde_json::from_str(data).expect("the data of an event is JSON"))
        .collect()
}
