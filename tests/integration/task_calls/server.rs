//! A server with tools that run as tasks, and a client in both protocols.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use mcp_runtime::{
    KeyRing, Limits,
    prelude::*,
    protocol::{ErrorCode, Revision, RpcError},
    testing::{Answer, TestClient, Transport},
};
use serde_json::{Value, json};
use tokio::sync::Notify;

/// Lets tests decide when a tool ends, and count how often one has begun.
#[derive(Clone, Debug, Default)]
pub(super) struct Gate {
    pub(super) begun: Arc<AtomicUsize>,
    pub(super) dropped: Arc<AtomicUsize>,
    pub(super) open: Arc<Notify>,
}

#[derive(Elicit)]
struct Confirmation {
    /// Delete it?
    confirm: bool,
}

#[derive(Elicit)]
struct Name {
    /// What to call you.
    name: String,
}

/// Train a model.
#[mcp_tool(task = true, idempotent)]
async fn train(epochs: u32, progress: Progress) -> Result<String> {
    for epoch in 0..epochs {
        progress.report(f64::from(epoch) / f64::from(epochs), format!("epoch {epoch}")).await;
        tokio::task::yield_now().await;
    }
    progress.report(1.0, "done").await;
    Ok(format!("trained for {epochs} epochs"))
}

/// Wait until the test says so.
#[mcp_tool(task = true, ttl = "10m", poll_interval = "500ms")]
async fn wait(State(gate): State<Gate>) -> &'static str {
    struct Watch(Arc<AtomicUsize>);
    impl Drop for Watch {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let _watch = Watch(gate.dropped.clone());
    gate.begun.fetch_add(1, Ordering::SeqCst);
    gate.open.notified().await;
    "waited"
}

/// Fail, as a task only.
#[mcp_tool(task = "required")]
async fn fail() -> Result<()> {
    Err(Error::new("it has failed"))
}

/// Break the protocol's way.
#[mcp_tool(task = true)]
async fn refuse() -> Result<()> {
    Err(RpcError::new(ErrorCode::application(7), "no").with_data(json!({ "why": "so" })).into())
}

/// Panic.
#[mcp_tool(task = true)]
async fn panic() -> Result<()> {
    panic!("boom")
}

/// Take too long.
#[mcp_tool(task = true, time_limit = "50ms")]
async fn dawdle() -> &'static str {
    tokio::time::sleep(Duration::from_secs(3600)).await;
    "never"
}

/// Give something structured.
#[mcp_tool(task = true)]
async fn measure() -> Vec<u32> {
    vec![1, 2, 3]
}

/// Ask before deleting.
#[mcp_tool(task = true)]
async fn delete(file: String, ctx: Context) -> Result<String> {
    let asked = ctx.elicit::<Confirmation>(format!("Delete {file}?")).key("confirm").await?;
    Ok(match asked.into_accepted() {
        Some(Confirmation { confirm: true }) => format!("deleted {file}"),
        _ => format!("kept {file}"),
    })
}

/// Ask two things at once.
#[mcp_tool(task = true)]
async fn pair(ctx: Context) -> Result<String> {
    let (name, sure) = tokio::join!(
        async { ctx.elicit::<Name>("Who are you?").key("name").await?.accepted() },
        async { ctx.elicit::<Confirmation>("Sure?").key("sure").await?.accepted() },
    );
    Ok(format!("{} {}", name?.name, sure?.confirm))
}

/// Ask first, then work.
#[mcp_tool(task = "required", ask_first)]
async fn prepare(ctx: Context, State(gate): State<Gate>) -> Result<String> {
    let name = ctx.elicit::<Name>("Who are you?").key("name").await?.accepted()?.name;
    let number = ctx
        .step("begin", async || Ok::<_, Error>(gate.begun.fetch_add(1, Ordering::SeqCst)))
        .await?;
    ctx.start_task().await?;
    let sure = ctx.elicit::<Confirmation>("Sure?").key("sure").await?.accepted()?;
    Ok(format!("{name} {number} {}", sure.confirm))
}

/// Work in stages that the test opens.
#[mcp_tool(task = true, immediate_response = "I have begun.")]
async fn stages(count: u32, progress: Progress, State(gate): State<Gate>) -> &'static str {
    progress.set_total(count.into());
    for stage in 1..=count {
        progress.report(stage.into(), format!("stage {stage}")).await;
        gate.open.notified().await;
    }
    "all"
}

/// Square a number, as a task for everyone.
#[mcp_tool(task = "handle")]
async fn square(number: u64, progress: Progress, State(gate): State<Gate>) -> Vec<u64> {
    progress.report(0.5, "multiplying").await;
    gate.open.notified().await;
    vec![number * number]
}

/// Delete a file, as a task for everyone.
#[mcp_tool(task = "handle")]
async fn shred(file: String, ctx: Context) -> Result<String> {
    delete(file, ctx).await
}

/// Give so many bytes.
#[mcp_tool(task = true)]
async fn large(bytes: usize) -> String {
    "x".repeat(bytes)
}

/// Tell who calls.
#[mcp_tool(task = true)]
async fn whoami(caller: Principal, ctx: Context) -> String {
    let scopes: Vec<_> = caller.scopes().collect();
    let tenant = caller.claim("tenant").and_then(Value::as_str).unwrap_or_default();
    let may = ctx.principal().is_some_and(|it| it.has_scope("files:write"));
    format!("{} of {tenant} with {} ({may})", caller.subject(), scopes.join(" "))
}

/// No task.
#[mcp_tool]
async fn plain() -> &'static str {
    "plain"
}

pub(super) fn server(gate: &Gate) -> Server {
    Server::new("tasks", "1.0.0").keys(KeyRing::new([5; 32])).state(gate.clone()).tools(tools![
        train, wait, fail, refuse, panic, dawdle, measure, delete, pair, prepare, stages, square,
        shred, large, whoami, plain
    ])
}

pub(super) fn limited(gate: &Gate, change: impl FnOnce(&mut Limits)) -> Server {
    let mut limits = Limits::default();
    change(&mut limits);
    server(gate).limits(limits)
}

/// What a client of tasks declares.
pub(super) fn capabilities() -> Value {
    json!({
        "elicitation": { "form": {} },
        "extensions": { "io.modelcontextprotocol/tasks": {} },
    })
}

pub(super) async fn connect(
    server: impl Into<mcp_runtime::testing::TestClientBuilder>,
    revision: Revision,
    transport: Transport,
) -> TestClient {
    server
        .into()
        .revision(revision)
        .transport(transport)
        .capabilities(capabilities())
        .connect()
        .await
        .expect("a client")
}

/// A client that answers what it is asked in a session.
pub(super) async fn answering(
    server: Server,
    transport: Transport,
    answers: impl IntoIterator<Item = Answer>,
) -> TestClient {
    TestClient::builder(server)
        .revision(Revision::V2025_11_25)
        .transport(transport)
        .capabilities(capabilities())
        .answers(answers)
        .connect()
        .await
        .expect("a client")
}

/// Calls a tool as a task, and gives the task's id.
pub(super) async fn start(client: &TestClient, tool: &str, arguments: Value) -> String {
    let mut params = json!({ "name": tool, "arguments": arguments });
    if client.revision() == Revision::V2025_11_25 {
        params["task"] = json!({});
        let created: Value = client.request("tools/call", params).await.expect("a task");
        created["task"]["taskId"].as_str().expect("an id").to_owned()
    } else {
        let created: Value = client.request("tools/call", params).await.expect("a task");
        assert_eq!(created["resultType"], "task", "{created}");
        created["taskId"].as_str().expect("an id").to_owned()
    }
}

pub(super) async fn get(client: &TestClient, id: &str) -> Value {
    client.request("tasks/get", json!({ "taskId": id })).await.expect("the task")
}

/// Looks at the task until it has this status.
pub(super) async fn until(client: &TestClient, id: &str, status: &str) -> Value {
    let look = async {
        loop {
            let task = get(client, id).await;
            if task["status"] == status {
                return task;
            }
            assert!(
                !matches!(task["status"].as_str(), Some("completed" | "failed" | "cancelled")),
                "it should be {status}: {task}"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), look).await.expect("in time")
}
