//! A server that keeps its tasks in Redis, as its clients see it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use mcp_runtime::{
    KeyRing, Limits, Principal,
    prelude::*,
    tasks::{RedisStore, TaskStore},
    testing::{ClientError, TestClient},
};
use serde_json::{Value, json};

use super::{OWNER, ROOM, RedisServer, in_time, is_unknown};

/// Panic.
#[mcp_tool(task = true, idempotent)]
async fn explode() -> Result<()> {
    panic!("boom")
}

/// Never return.
#[mcp_tool(task = true, idempotent, time_limit = "50ms")]
async fn hang() {
    std::future::pending().await
}

/// Count how often it runs.
#[mcp_tool(task = true, name = "work")]
async fn count(a: u32, State(runs): State<Arc<AtomicUsize>>) -> u32 {
    runs.fetch_add(1, Ordering::SeqCst);
    a
}

/// Tell who calls.
#[mcp_tool(task = true)]
async fn whoami(caller: Principal) -> String {
    let scopes: Vec<_> = caller.scopes().collect();
    format!("{} with {} of {:?}", caller.subject(), scopes.join(" "), caller.claim("tenant"))
}

/// No task.
#[mcp_tool]
async fn plain() -> &'static str {
    "plain"
}

fn server(store: RedisStore) -> (Server, Arc<AtomicUsize>) {
    let runs = Arc::new(AtomicUsize::new(0));
    let mut limits = Limits::default();
    limits.task_lease = Duration::from_secs(1);
    let server = Server::new("redis", "1.0.0")
        .keys(KeyRing::new([1; 32]))
        .limits(limits)
        .state(runs.clone())
        .task_store(store)
        .tools(tools![explode, hang, count, whoami, plain]);
    (server, runs)
}

async fn client(store: RedisStore) -> TestClient {
    TestClient::builder(server(store).0)
        .capabilities(json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } }))
        .connect()
        .await
        .expect("a client")
}

async fn start(client: &TestClient, tool: &str) -> Result<Value, ClientError> {
    let arguments = if tool == "work" { json!({ "a": 1 }) } else { json!({}) };
    let created: Value =
        client.request("tools/call", json!({ "name": tool, "arguments": arguments })).await?;
    Ok(json!({ "taskId": created["taskId"] }))
}

async fn ended(client: &TestClient, id: &Value) -> Value {
    in_time(async {
        loop {
            let task: Value = client.request("tasks/get", id.clone()).await.expect("the task");
            if task["status"] != "working" {
                return task;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
}

#[tokio::test]
async fn a_panic_and_a_time_limit_fail_the_task_at_once() {
    let redis = RedisServer::start().await;
    let client = client(redis.store()).await;
    for (tool, message) in [("explode", "internal error"), ("hang", "the task took too long")] {
        let id = start(&client, tool).await.expect("a task");
        let task = ended(&client, &id).await;
        assert_eq!((&task["status"], &task["error"]["code"]), (&json!("failed"), &json!(-32603)));
        assert_eq!(task["error"]["message"], message);
    }
    redis.check_keys().await;
}

#[tokio::test]
async fn a_task_knows_its_caller_as_the_call_did() {
    let redis = RedisServer::start().await;
    let claims = json!({ "tenant": "acme" }).as_object().cloned().expect("an object");
    let alice = Principal::new("https://issuer.example", "alice")
        .with_scopes(["files:read", "files:write"])
        .with_claims(claims);
    let client = TestClient::builder(server(redis.store()).0)
        .principal(alice)
        .capabilities(json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } }))
        .connect()
        .await
        .expect("a client");
    let id = start(&client, "whoami").await.expect("a task");
    let told = r#"alice with files:read files:write of Some(String("acme"))"#;
    assert_eq!(ended(&client, &id).await["result"]["content"][0]["text"], told);
}

#[track_caller]
fn check_unavailable(error: &ClientError) {
    assert_eq!(error.code().map(|it| it.value()), Some(-32603));
    let data = error.data().expect("data");
    assert_eq!(data["reason"], "unavailable");
    assert!(data["retryAfter"].as_u64().is_some_and(|it| it > 0), "{data}");
}

/// From the start, and in between.
#[tokio::test]
async fn without_redis_all_that_needs_no_task_goes_on() {
    let nowhere = RedisStore::builder("redis+unix:///nowhere/at/all").build().expect("valid");
    let client = client(nowhere).await;
    assert_eq!(client.call("plain", json!({})).await.expect("a result").text(), "plain");
    assert!(!client.tools().await.expect("tools").is_empty());
    check_unavailable(&in_time(start(&client, "work")).await.expect_err("there is no store"));
}

#[tokio::test]
async fn while_redis_hangs_all_that_needs_no_task_goes_on() {
    let redis = RedisServer::start().await;
    let client = client(redis.store()).await;
    let id = start(&client, "work").await.expect("a task");
    ended(&client, &id).await;
    redis.pause();
    let hanging = client.request::<Value>("tasks/get", id.clone()).start().await.expect("sent");
    for _ in 0..10 {
        assert_eq!(client.call("plain", json!({})).await.expect("a result").text(), "plain");
    }
    check_unavailable(&in_time(hanging.finish()).await.expect_err("there is no store"));
    redis.resume();
    assert_eq!(ended(&client, &id).await["status"], "completed");
}

/// A process that is lost between the two.
#[tokio::test]
async fn a_task_that_was_kept_and_never_told_runs_once_and_is_forgotten() {
    let redis = RedisServer::start().await;
    let mut request = super::request();
    request.ttl = Duration::from_secs(2);
    let id = redis.store().create(request, ROOM).await.expect("room").id();
    let (server, runs) = server(redis.store());
    let server = server.build().expect("a server");
    let worker = server.clone();
    let working = tokio::spawn(async move { worker.work_on_tasks().await });
    in_time(async {
        while !is_unknown(&redis.store().get(OWNER, id).await) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    in_time(async {
        while !redis.keys().await.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    server.stop();
    working.await.expect("it ends");
}
