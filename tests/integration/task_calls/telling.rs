//! What a client of 2025-11-25 is told of its tasks without asking.

use std::time::Duration;

use mcp_runtime::{
    protocol::Revision,
    tasks::MemoryStore,
    testing::{Answer, Notification, TestClient, Transport},
};
use serde_json::{Value, json};

use super::server::{Gate, answering, connect, get, limited, server, start, until};

const REVISION: Revision = Revision::V2025_11_25;

fn related(id: &str) -> Value {
    json!({ "io.modelcontextprotocol/related-task": { "taskId": id } })
}

/// Starts a task of so many stages, with progress.
async fn stages(client: &TestClient, count: u32) -> String {
    let params = json!({ "name": "stages", "arguments": { "count": count }, "task": {} });
    let created: Value = client.request("tools/call", params).progress().await.expect("a task");
    created["task"]["taskId"].as_str().expect("an id").to_owned()
}

#[track_caller]
fn check_stage(told: &Notification, id: &str, stage: u32, of: u32) {
    assert_eq!(told.method(), "notifications/progress");
    assert_eq!(told.params()["_meta"], related(id));
    let progress = told.progress().expect("a progress");
    assert_eq!((progress.progress, progress.total), (stage.into(), Some(of.into())));
    assert_eq!(progress.message, Some(format!("stage {stage}")));
}

#[tokio::test]
async fn the_progress_token_of_the_call_is_good_until_the_task_has_ended() {
    for &transport in Transport::ALL {
        let gate = Gate::default();
        let client = connect(server(&gate), REVISION, transport).await;
        let id = stages(&client, 2).await;
        for stage in [1, 2] {
            let told = client.next_notification().await.expect("told");
            check_stage(&told, &id, stage, 2);
            gate.open.notify_one();
        }
        let told = client.next_notification().await.expect("told");
        assert_eq!(told.method(), "notifications/tasks/status");
        assert_eq!(told.params(), &get(&client, &id).await);
        assert_eq!(told.params()["status"], "completed");
    }
}

#[tokio::test]
async fn who_asks_for_no_progress_gets_none() {
    let gate = Gate::default();
    let client = connect(server(&gate), REVISION, Transport::Memory).await;
    let id = start(&client, "stages", json!({ "count": 2 })).await;
    for _ in 0..2 {
        gate.open.notify_one();
    }
    loop {
        gate.open.notify_one();
        let told = client.next_notification().await.expect("told");
        assert_eq!(told.method(), "notifications/tasks/status");
        assert_eq!(told.params()["taskId"], id);
        if told.params()["status"] == "completed" {
            return;
        }
    }
}

#[tokio::test]
async fn each_new_status_is_told() {
    let yes = Answer::accept(json!({ "confirm": true }));
    let client = answering(server(&Gate::default()), Transport::Http, [yes]).await;
    let id = start(&client, "delete", json!({ "file": "a.txt" })).await;
    let told = client.next_notification().await.expect("told");
    assert_eq!(told.params()["status"], "input_required");
    assert!(told.params().get("_meta").is_none());
    client.request::<Value>("tasks/result", json!({ "taskId": id })).await.expect("the result");
    loop {
        let told = client.next_notification().await.expect("told");
        assert_eq!(told.method(), "notifications/tasks/status");
        if told.params()["status"] == "completed" {
            return;
        }
    }
}

/// Who waits for the result hears of the task there.
#[tokio::test]
async fn progress_comes_by_the_stream_on_which_the_result_is_awaited() {
    let gate = Gate::default();
    let client = connect(server(&gate), REVISION, Transport::Http).await;
    client.disconnect_stream();
    let id = stages(&client, 1_000_000).await;
    let waiting = client
        .request::<Value>("tasks/result", json!({ "taskId": id }))
        .start()
        .await
        .expect("sent");
    let told = tokio::select! {
        told = client.next_notification() => told.expect("told"),
        () = async {
            loop {
                gate.open.notify_one();
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        } => unreachable!(),
    };
    assert_eq!(told.method(), "notifications/progress");
    assert_eq!(told.params()["_meta"], related(&id));
    client.request::<Value>("tasks/cancel", json!({ "taskId": id })).await.expect("ended");
    assert_eq!(waiting.finish().await.unwrap_err().message(), "the task was cancelled");
}

#[tokio::test]
async fn it_is_told_whichever_process_runs_the_task() {
    let (store, gate) = (MemoryStore::new(), Gate::default());
    let idle = limited(&gate, |limits| limits.tasks_running = 0).task_store(store.clone());
    let client = connect(idle, REVISION, Transport::Http).await;
    let id = stages(&client, 1).await;
    let worker = server(&gate).task_store(store).build().expect("a server");
    let working = tokio::spawn(async move { worker.work_on_tasks().await });
    check_stage(&client.next_notification().await.expect("told"), &id, 1, 1);
    gate.open.notify_one();
    let told = client.next_notification().await.expect("told");
    assert_eq!(told.params()["status"], "completed");
    working.abort();
}

#[tokio::test]
async fn the_model_is_told_something_at_once() {
    let gate = Gate::default();
    let handle = server(&gate).build().expect("a server");
    let session = connect(&handle, REVISION, Transport::Memory).await;
    let params = json!({ "name": "stages", "arguments": { "count": 0 }, "task": {} });
    let created: Value = session.request("tools/call", params.clone()).await.expect("a task");
    let told = json!({ "io.modelcontextprotocol/model-immediate-response": "I have begun." });
    assert_eq!(created["_meta"], told);
    let modern = connect(&handle, Revision::V2026_07_28, Transport::Memory).await;
    let created: Value = modern.request("tools/call", params).await.expect("a task");
    assert!(!created.to_string().contains("I have begun"), "{created}");
    until(&modern, created["taskId"].as_str().expect("an id"), "completed").await;
}
