//! Two servers of one name on one Redis, in this process.

use std::time::Duration;

use mcp_runtime::{KeyRing, Limits, UrlElicited, prelude::*, protocol::Revision};
use serde_json::{Value, json};
use tokio::{net::TcpListener, runtime::Runtime, task::JoinHandle};

use crate::{
    fixture::{ACCEPT, Calls, JSON, Served, SessionOf, initialize, server},
    raw::{self, Connection, Response},
    tasks::redis::server::RedisServer,
};

/// Ask the user for a name.
#[mcp_tool]
async fn greet(ctx: Context) -> Result<String> {
    let sure = ctx.confirm("May I greet you?").await?;
    Ok(format!("greeted: {sure}"))
}

/// Pay in the browser.
#[mcp_tool]
async fn pay(ctx: Context) -> Result<String> {
    let url = |id: &str| format!("https://pay.example.com/{id}");
    let paid: UrlElicited = ctx.elicit_url("Please pay", url).await?;
    Ok(format!("{paid:?}"))
}

/// Log a warning.
#[mcp_tool]
async fn shout(ctx: Context) -> &'static str {
    ctx.log(LogLevel::Warning, "a warning");
    "shouted"
}

/// Do nothing, as a task.
#[mcp_tool(task = true)]
async fn work() -> &'static str {
    "done"
}

/// Wait until the call is cancelled.
#[mcp_tool]
async fn linger(ctx: Context, State(calls): State<Calls>) -> &'static str {
    ctx.cancelled().await;
    calls.add();
    "cancelled"
}

pub fn sharing(calls: &Calls, url: &str, limits: Limits) -> Server {
    // Together with those of the fixture.
    let shared = server(calls).limits(limits).backend(url).keys(KeyRing::new([9; 32]));
    shared.tools(tools![greet, pay, linger, shout, work])
}

pub async fn serve_at(url: &str, limits: Limits) -> Served {
    serve_until_end(url, limits).await.0
}

/// The task ends with the server.
async fn serve_until_end(url: &str, limits: Limits) -> (Served, JoinHandle<()>) {
    let calls = Calls::default();
    let handle = sharing(&calls, url, limits).build().expect("a sound server");
    let (serving, router) = (handle.clone(), handle.router("/mcp"));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let serve = async move { serving.serve(listener, router).await.expect("served") };
    (Served { address, handle, calls }, tokio::spawn(serve))
}

pub struct Pair {
    pub redis: RedisServer,
    pub here: Served,
    pub there: Served,
}

pub async fn pair() -> Pair {
    pair_limited(|_| {}).await
}

pub async fn pair_limited(change: impl Fn(&mut Limits)) -> Pair {
    let redis = RedisServer::start().await;
    let mut limits = Limits::default();
    change(&mut limits);
    let (here, there) =
        (serve_at(&redis.url(), limits.clone()).await, serve_at(&redis.url(), limits).await);
    Pair { redis, here, there }
}

impl Pair {
    /// The session, by way of the other server.
    pub fn there<'a>(&'a self, session: &SessionOf<'_>) -> SessionOf<'a> {
        SessionOf { server: &self.there, id: session.id.clone() }
    }
}

/// A server on a runtime of its own, which can be gone from one moment to the next.
pub struct Mortal {
    pub served: Served,
    serving: JoinHandle<()>,
    runtime: Runtime,
}

impl Mortal {
    pub async fn start(url: String) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let start = async move { serve_until_end(&url, Limits::default()).await };
        let (served, serving) = runtime.spawn(start).await.expect("it starts");
        Self { served, serving, runtime }
    }

    /// It ends as servers do, and its process with it.
    pub async fn stop(self) {
        self.served.handle.stop();
        self.serving.await.expect("it ends");
        self.runtime.shutdown_background();
    }

    /// Its connections are cut, and nothing of it runs on.
    pub fn kill(self) {
        self.runtime.shutdown_background();
    }
}

/// A session whose client can be asked.
pub async fn asked_session(server: &Served) -> SessionOf<'_> {
    let mut body = initialize(Revision::V2025_11_25.as_str());
    body["params"]["capabilities"] = json!({ "elicitation": { "form": {}, "url": {} } });
    let opened = server.post(&[], &body.to_string()).await;
    let id = opened.header("mcp-session-id").expect("a session").to_owned();
    let session = SessionOf { server, id };
    session.post(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).await;
    session
}

/// Sends a call and leaves its stream open.
pub async fn start(session: &SessionOf<'_>, id: i64, name: &str, arguments: Value) -> Connection {
    let body = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {
        "name": name, "arguments": arguments, "_meta": { "progressToken": 1 },
    }});
    let headers = [ACCEPT, JSON, ("mcp-session-id", session.id.as_str())];
    let mut call = Connection::open(session.server.address).await;
    let head = raw::head(session.server.address, "POST", &headers, &body.to_string());
    call.write(head.as_bytes()).await;
    call
}

/// The message with a request of the server's that has come on a stream.
pub fn request_in(read: &str) -> Value {
    let line = read.lines().find(|line| line.starts_with("data: {") && line.contains("\"method\""));
    let line = line.unwrap_or_else(|| panic!("no request: {read}"));
    serde_json::from_str(&line["data: ".len()..]).expect("a message")
}

/// Answers a request of the server's.
pub async fn answer(session: &SessionOf<'_>, request: &Value, result: Value) -> Response {
    let body = json!({ "jsonrpc": "2.0", "id": request["id"], "result": result });
    session.post(&body.to_string()).await
}

/// Nobody waits longer for what other servers hear.
pub const SOON: Duration = Duration::from_secs(10);

/// Until this server hears the others.
pub async fn until_heard(redis: &RedisServer, servers: usize) {
    super::fleet::until(async || {
        let subscribed: Vec<redis::Value> = redis.run("PUBSUB NUMSUB {fixture}:signals").await;
        (subscribed.get(1) == Some(&redis::Value::Int(servers as i64))).then_some(())
    })
    .await;
}
