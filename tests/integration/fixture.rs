//! The server that the tests talk to, and the requests that they send.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use mcp_runtime::{Limits, ServerHandle, prelude::*, protocol::Revision};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::raw::{self, Response};

/// Counts how often a function has run.
#[derive(Clone, Debug, Default)]
pub struct Calls(Arc<AtomicUsize>);

impl Calls {
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// Return the text.
#[mcp_tool(read_only)]
pub async fn echo(text: String, State(calls): State<Calls>) -> String {
    calls.add();
    text
}

/// Return nothing, after a while.
#[mcp_tool]
pub async fn sleep(millis: u64, State(calls): State<Calls>) -> &'static str {
    calls.add();
    tokio::time::sleep(Duration::from_millis(millis)).await;
    "slept"
}

/// Report progress `steps` times, then return.
#[mcp_tool]
pub async fn count(steps: u32, #[arg(default = 0)] pause: u64, progress: Progress) -> String {
    progress.set_total(f64::from(steps));
    for step in 1..=steps {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        progress.report(f64::from(step), format!("step {step}")).await;
    }
    format!("counted to {steps}")
}

/// Panic.
#[mcp_tool]
pub async fn explode(how: String) -> String {
    match how.as_str() {
        "string" => panic!("{how}"),
        "value" => std::panic::panic_any(42),
        "drop" => {
            struct Bomb;
            impl Drop for Bomb {
                fn drop(&mut self) {
                    panic!("in drop");
                }
            }
            let _bomb = Bomb;
            std::future::pending().await
        }
        _ => how,
    }
}

/// Panic on a blocking thread.
#[mcp_tool]
pub fn explode_blocking() -> String {
    panic!("blocking")
}

/// Take an argument that a header repeats.
#[mcp_tool]
pub async fn route(
    #[arg(header = "Region")] region: String,
    #[arg(header = "Shard")] shard: Option<i64>,
    #[arg(header = "Dry")] dry: Option<bool>,
) -> String {
    format!("{region} {shard:?} {dry:?}")
}

/// A text of this length.
#[mcp_tool]
pub async fn large(len: usize) -> String {
    "x".repeat(len)
}

/// A page.
#[mcp_resource("pages://{name}")]
pub async fn page(name: String) -> Option<String> {
    (name != "none").then(|| format!("page {name}"))
}

/// The front page.
#[mcp_resource("pages:front")]
pub async fn front() -> &'static str {
    "front"
}

/// Greet someone.
#[mcp_prompt]
pub async fn greeting(
    #[arg(complete = ["Alice", "Bob"])] name: String,
    times: Option<u32>,
) -> String {
    format!("Greet {name} {} times.", times.unwrap_or(1))
}

/// A server on a port of its own.
pub struct Served {
    pub address: SocketAddr,
    pub handle: ServerHandle,
    pub calls: Calls,
}

pub fn server(calls: &Calls) -> Server {
    Server::new("fixture", "1.0.0")
        .state(calls.clone())
        .tools(tools![echo, sleep, count, explode, explode_blocking, route, large])
        .resources(resources![page, front])
        .prompts(prompts![greeting])
}

pub async fn serve() -> Served {
    serve_with(|server| server).await
}

pub async fn serve_limited(change: impl FnOnce(&mut Limits)) -> Served {
    let mut limits = Limits::default();
    change(&mut limits);
    serve_with(|server| server.limits(limits)).await
}

pub async fn serve_with(configure: impl FnOnce(Server) -> Server) -> Served {
    let calls = Calls::default();
    let handle = configure(server(&calls)).build().expect("a sound server");
    let router = handle.router("/mcp");
    serve_router(handle, router, calls).await
}

pub async fn serve_router(handle: ServerHandle, router: axum::Router, calls: Calls) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    serve_on(listener, handle, router, calls)
}

pub fn serve_on(
    listener: TcpListener,
    handle: ServerHandle,
    router: axum::Router,
    calls: Calls,
) -> Served {
    let address = listener.local_addr().expect("an address");
    let serving = handle.clone();
    tokio::spawn(async move { serving.serve(listener, router).await.expect("served") });
    Served { address, handle, calls }
}

pub const ACCEPT: (&str, &str) = ("accept", "application/json, text/event-stream");
pub const JSON: (&str, &str) = ("content-type", "application/json");

/// The `_meta` of a request of 2026-07-28.
pub fn claim() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}

/// The same, for a call that wants to hear of its progress.
pub fn claim_with_progress() -> Value {
    let mut claim = claim();
    claim["progressToken"] = 1.into();
    claim
}

/// A request of 2026-07-28: its headers and its body.
pub fn modern(method: &str, mut params: Value) -> (Vec<(String, String)>, Value) {
    if params.get("_meta").is_none() {
        params["_meta"] = claim();
    }
    let mut headers = vec![
        ("mcp-protocol-version".to_owned(), "2026-07-28".to_owned()),
        ("mcp-method".to_owned(), method.to_owned()),
    ];
    let name = match method {
        "tools/call" | "prompts/get" => params.get("name"),
        "resources/read" => params.get("uri"),
        "tasks/get" | "tasks/update" | "tasks/cancel" => params.get("taskId"),
        _ => None,
    };
    if let Some(name) = name.and_then(Value::as_str) {
        headers.push(("mcp-name".to_owned(), name.to_owned()));
    }
    (headers, json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }))
}

impl Served {
    /// Sends a body with these headers, and those that every POST has.
    pub async fn post(&self, headers: &[(&str, &str)], body: &str) -> Response {
        let mut all = vec![ACCEPT, JSON];
        all.retain(|(name, _)| !headers.iter().any(|(it, _)| it.eq_ignore_ascii_case(name)));
        all.extend_from_slice(headers);
        raw::request(self.address, "POST", &all, body).await
    }

    pub async fn modern(&self, method: &str, params: Value) -> Response {
        let (headers, body) = modern(method, params);
        let headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        self.post(&headers, &body.to_string()).await
    }

    /// Calls a tool in 2026-07-28.
    pub async fn call(&self, name: &str, arguments: Value) -> Response {
        self.modern("tools/call", json!({ "name": name, "arguments": arguments })).await
    }

    /// Opens a session, and says that it is open.
    pub async fn session(&self, revision: Revision) -> SessionOf<'_> {
        let body = initialize(revision.as_str());
        let response = self.post(&[], &body.to_string()).await;
        assert_eq!(response.status, 200, "{response:?}");
        let id = response.header("mcp-session-id").expect("a session").to_owned();
        let session = SessionOf { server: self, id };
        let told = session.post(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).await;
        assert_eq!(told.status, 202, "{told:?}");
        session
    }

    /// The server is alive, well, and has nothing left over.
    pub async fn assert_healthy(&self) {
        let response = self.modern("server/discover", json!({})).await;
        assert_eq!(response.status, 200, "{response:?}");
    }
}

pub fn initialize(version: &str) -> Value {
    json!({
        "jsonrpc": "2.0", "id": 0, "method": "initialize",
        "params": {
            "protocolVersion": version,
            "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" },
        },
    })
}

/// A session of one of the older revisions.
pub struct SessionOf<'a> {
    pub server: &'a Served,
    pub id: String,
}

impl SessionOf<'_> {
    pub async fn post(&self, body: &str) -> Response {
        self.server.post(&[("mcp-session-id", &self.id)], body).await
    }

    pub async fn request(&self, id: i64, method: &str, params: Value) -> Response {
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.post(&body.to_string()).await
    }

    pub async fn call(&self, name: &str, arguments: Value) -> Response {
        self.request(1, "tools/call", json!({ "name": name, "arguments": arguments })).await
    }
}
