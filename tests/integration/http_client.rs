//! A client of the HTTP endpoint, in the process of the server.

use std::{collections::VecDeque, pin::pin};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use mcp_runtime::{HttpService, ReplyBody, ServerHandle, protocol::Revision};
use serde_json::{Value, json};
use tower_service::Service as _;

const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// A client that speaks one revision.
pub(crate) struct HttpClient {
    service: HttpService,
    revision: Revision,
    session: Option<HeaderValue>,
    /// The answer to `initialize`, in revisions that have it.
    pub(crate) greeting: Option<Value>,
}

/// What came back for one request.
pub(crate) struct Exchange {
    pub(crate) status: StatusCode,
    /// The last one is the answer.
    pub(crate) messages: Vec<Value>,
}

impl Exchange {
    /// The answer's message.
    pub(crate) fn answer(&self) -> &Value {
        self.messages.last().expect("a message came back")
    }

    /// What came before the answer.
    pub(crate) fn notifications(&self) -> &[Value] {
        self.messages.split_last().map_or(&[], |(_, before)| before)
    }
}

impl HttpClient {
    /// Connects, which opens a session in revisions that have them.
    pub(crate) async fn connect(server: &ServerHandle, revision: Revision) -> Self {
        let service = server.http_service();
        let mut client = Self { service, revision, session: None, greeting: None };
        if revision.is_stateless() {
            return client;
        }
        let params = json!({
            "protocolVersion": revision.as_str(),
            "capabilities": { "sampling": {}, "elicitation": {} },
            "clientInfo": { "name": "integration", "version": "1.0.0" },
        });
        let response = client.send(Method::POST, Some(message("initialize", params)), None).await;
        client.session = response.headers().get("mcp-session-id").cloned();
        client.greeting = read(response).await.messages.pop();
        let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let accepted = client.send(Method::POST, Some(initialized), None).await;
        assert_eq!(accepted.status(), StatusCode::ACCEPTED);
        client
    }

    /// Sends a request and waits for its answer.
    pub(crate) async fn request(&self, method: &str, params: Value) -> Exchange {
        let response = self.send(Method::POST, Some(self.message(method, params)), None).await;
        let status = response.status();
        let mut received = read(response).await;
        while !received.is_answered() {
            let seen = received.last_event.take().expect("a stream without an end has event ids");
            received.extend(read(self.send(Method::GET, None, Some(&seen)).await).await);
        }
        Exchange { status, messages: received.messages }
    }

    /// Sends a request whose response does not end.
    pub(crate) async fn open(&self, method: &str, params: Value) -> Events {
        Events::new(self.send(Method::POST, Some(self.message(method, params)), None).await)
    }

    /// Opens the stream of what the server says in a session without being asked.
    pub(crate) async fn listen(&self) -> Events {
        Events::new(self.send(Method::GET, None, None).await)
    }

    fn message(&self, method: &str, mut params: Value) -> Value {
        if self.revision.is_stateless() {
            let meta = &mut params["_meta"];
            meta[VERSION] = self.revision.as_str().into();
            if meta[CAPABILITIES].is_null() {
                meta[CAPABILITIES] = json!({ "sampling": {}, "elicitation": {} });
            }
        }
        message(method, params)
    }

    async fn send(
        &self,
        method: Method,
        message: Option<Value>,
        seen: Option<&str>,
    ) -> Response<ReplyBody> {
        let mut request = Request::builder()
            .method(method)
            .uri("http://localhost/mcp")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json, text/event-stream");
        if let Some(session) = &self.session {
            request = request.header("mcp-session-id", session);
        }
        if self.revision.is_stateless() || self.session.is_some() {
            request = request.header("mcp-protocol-version", self.revision.as_str());
        }
        if let Some(seen) = seen {
            request = request.header("last-event-id", seen);
        }
        if let Some(message) = message.as_ref().filter(|_| self.revision.is_stateless()) {
            request = request.header("mcp-method", text(&message["method"]));
            let params = &message["params"];
            if let Some(target) = params["name"].as_str().or(params["uri"].as_str()) {
                request = request.header("mcp-name", target);
            }
        }
        let body = message.map_or_else(Bytes::new, |message| message.to_string().into());
        let request = request.body(Full::new(body)).expect("the request is well-formed");
        let Ok(response) = self.service.clone().call(request).await;
        response
    }
}

fn message(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

/// What has come of an answer.
#[derive(Default)]
struct Received {
    messages: Vec<Value>,
    last_event: Option<String>,
}

impl Received {
    fn is_answered(&self) -> bool {
        self.messages.last().is_some_and(|message| message.get("method").is_none())
    }

    fn extend(&mut self, more: Self) {
        self.messages.extend(more.messages);
        self.last_event = more.last_event;
    }
}

async fn read(response: Response<ReplyBody>) -> Received {
    let is_stream = is_stream(&response);
    let Ok(body) = response.into_body().collect().await;
    let body = body.to_bytes();
    if is_stream {
        events(&body)
    } else {
        let message = serde_json::from_slice(&body).expect("the body is JSON");
        Received { messages: vec![message], last_event: None }
    }
}

fn is_stream(response: &Response<ReplyBody>) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|it| it == "text/event-stream")
}

/// What is in whole events; one without data carries no message.
fn events(bytes: &[u8]) -> Received {
    let mut received = Received::default();
    for line in std::str::from_utf8(bytes).expect("events are UTF-8").lines() {
        match line.split_once(':').map(|(field, value)| (field, value.trim())) {
            Some(("id", id)) => received.last_event = Some(id.to_owned()),
            Some(("data", data)) if !data.is_empty() => received
                .messages
                .push(serde_json::from_str(data).expect("the data of an event is JSON")),
            _ => {}
        }
    }
    received
}

/// A stream that is read as it comes.
pub(crate) struct Events {
    body: ReplyBody,
    waiting: VecDeque<Value>,
}

impl Events {
    fn new(response: Response<ReplyBody>) -> Self {
        assert!(is_stream(&response), "the response is a stream: {}", response.status());
        Self { body: response.into_body(), waiting: VecDeque::new() }
    }

    /// The next message; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        while self.waiting.is_empty() {
            let Ok(frame) = pin!(&mut self.body).frame().await?;
            let bytes = frame.into_data().unwrap_or_default();
            self.waiting.extend(events(&bytes).messages);
        }
        self.waiting.pop_front()
    }
}
