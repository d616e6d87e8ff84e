mod batches;
mod bounds;
mod ending;
mod eras;
mod order;

use std::{future::Future, io, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf},
    task::JoinHandle,
    time::timeout,
};

use crate::{
    Context, Limits, Progress, Server, ServerHandle, Tool, ToolResult, primitives::ToolOutput,
};

/// A server with a few tools, and a client that sends and receives lines.
struct Peer {
    server: ServerHandle,
    served: JoinHandle<io::Result<()>>,
    lines: Lines<BufReader<ReadHalf<DuplexStream>>>,
    writer: WriteHalf<DuplexStream>,
}

/// More than any limit of time in these tests, where the clock jumps when all wait.
const LONG: Duration = Duration::from_secs(3600);

impl Peer {
    fn new() -> Self {
        Self::with(Limits::default(), 64 * 1024)
    }

    fn with(limits: Limits, buffer: usize) -> Self {
        let server = server().limits(limits).build().expect("builds");
        let (near, served) = server.connect_in_memory(buffer, None);
        let (reader, writer) = tokio::io::split(near);
        Self { server, served, lines: BufReader::new(reader).lines(), writer }
    }

    /// After `initialize` and `notifications/initialized`.
    async fn in_session(revision: &str, limits: Limits) -> Self {
        let mut peer = Self::with(limits, 64 * 1024);
        peer.send(initialize(revision)).await;
        let answer = peer.receive().await;
        assert_eq!(answer["result"]["protocolVersion"], revision);
        peer.send(json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
        peer
    }

    async fn send(&mut self, message: Value) {
        self.send_text(&format!("{message}\n")).await;
    }

    async fn send_text(&mut self, text: &str) {
        self.writer.write_all(text.as_bytes()).await.expect("the server reads");
    }

    async fn receive(&mut self) -> Value {
        let line = timeout(LONG, self.lines.next_line()).await.expect("a line comes");
        let line = line.expect("can be read").expect("the server has not hung up");
        serde_json::from_str(&line).expect("a line is JSON")
    }

    async fn ask(&mut self, message: Value) -> Value {
        self.send(message).await;
        self.receive().await
    }

    /// The code of the error that answers `text`.
    async fn error_of(&mut self, text: &str) -> i64 {
        self.send_text(text).await;
        let answer = self.receive().await;
        answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("no error: {answer}"))
    }

    /// Nothing comes, however long one waits.
    async fn hears_nothing(&mut self) {
        let line = timeout(Duration::from_secs(1), self.lines.next_line()).await;
        assert!(line.is_err(), "unexpected: {line:?}");
    }

    async fn hang_up(&mut self) {
        self.writer.shutdown().await.expect("can be closed");
    }

    /// What still comes before the server closes its end, and how it ended.
    async fn rest(mut self) -> (Vec<Value>, io::Result<()>) {
        let mut messages = Vec::new();
        while let Some(line) = self.lines.next_line().await.expect("can be read") {
            messages.push(serde_json::from_str(&line).expect("a line is JSON"));
        }
        let ended = timeout(LONG, self.served).await.expect("it ends");
        (messages, ended.expect("it does not panic"))
    }
}

fn limits(change: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = Limits::default();
    change(&mut limits);
    limits
}

fn tool<F, Fut>(name: &'static str, function: F) -> Tool
where
    F: Fn(Context) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ToolOutput> + Send + 'static,
{
    Tool::new(name, move |call| Box::pin(function(call.context().clone())))
}

fn server() -> Server {
    Server::new("test", "1.0.0").tools([
        tool("hello", async |_| Ok(ToolResult::text("hello"))),
        tool("sleep", async |_| {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok(ToolResult::text("slept"))
        }),
        tool("never", async |_| std::future::pending().await),
        tool("large", async |_| Ok(ToolResult::text("x".repeat(256 * 1024)))),
        tool("report", async |ctx| {
            let progress = Progress::new(ctx);
            progress.report(0.5, "half").await;
            progress.report(1.0, "whole").await;
            Ok(ToolResult::text("done"))
        }),
        tool("report_and_wait", async |ctx| {
            let progress = Progress::new(ctx);
            for step in 1.. {
                progress.report(f64::from(step), "").await;
            }
            Ok(ToolResult::default())
        }),
        tool("linger", async |ctx| {
            let progress = Progress::new(ctx);
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(1)).await;
                progress.report(0.5, "late").await;
            });
            Ok(ToolResult::text("done"))
        }),
        tool("panic", async |_| panic!("on purpose")),
    ])
}

fn initialize(revision: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": "init", "method": "initialize", "params": {
        "protocolVersion": revision,
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }})
}

fn call(id: impl Into<Value>, tool: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id.into(), "method": "tools/call", "params": {
        "name": tool,
        "_meta": {"progressToken": "token"},
    }})
}

/// With the claim that makes it one of 2026-07-28.
fn alone(mut request: Value) -> Value {
    let meta = &mut request["params"]["_meta"];
    meta["io.modelcontextprotocol/protocolVersion"] = "2026-07-28".into();
    meta["io.modelcontextprotocol/clientCapabilities"] = json!({});
    request
}

fn request(id: impl Into<Value>, method: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id.into(), "method": method})
}

fn cancel(id: impl Into<Value>) -> Value {
    json!({"jsonrpc": "2.0", "method": "notifications/cancelled",
        "params": {"requestId": id.into()}})
}

fn text(answer: &Value) -> &str {
    answer["result"]["content"][0]["text"].as_str().unwrap_or_else(|| panic!("no text: {answer}"))
}
