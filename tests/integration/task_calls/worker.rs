//! Who runs tasks, and when.

use std::{sync::atomic::Ordering, time::Duration};

use mcp_runtime::{
    protocol::Revision,
    tasks::{MemoryStore, Owner, TaskId, TaskLimits, TaskRequest, TaskStore},
    testing::Transport,
};
use serde_json::{json, value::RawValue};

use super::server::{Gate, connect, limited, server, start, until};

#[tokio::test]
async fn so_many_tasks_run_at_once_and_others_wait() {
    let gate = Gate::default();
    let server = limited(&gate, |limits| limits.tasks_running = 2);
    let client = connect(server, Revision::V2026_07_28, Transport::Memory).await;
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(start(&client, "wait", json!({})).await);
    }
    while gate.begun.load(Ordering::SeqCst) < 2 {
        tokio::task::yield_now().await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(gate.begun.load(Ordering::SeqCst), 2);
    for id in &ids {
        gate.open.notify_one();
        until(&client, id, "completed").await;
    }
}

#[tokio::test]
async fn a_task_goes_on_when_the_client_that_has_started_it_is_gone() {
    let gate = Gate::default();
    let handle = server(&gate).build().expect("a server");
    let client = connect(&handle, Revision::V2026_07_28, Transport::Http).await;
    let id = start(&client, "wait", json!({})).await;
    client.close().await.expect("closed");
    gate.open.notify_one();
    let client = connect(&handle, Revision::V2026_07_28, Transport::Http).await;
    until(&client, &id, "completed").await;
}

#[tokio::test]
async fn a_task_of_another_process_is_run_by_this_one() {
    let store = MemoryStore::new();
    let gate = Gate::default();
    let handle = server(&gate).task_store(store.clone()).build().expect("a server");
    let client = connect(&handle, Revision::V2026_07_28, Transport::Memory).await;
    // Starts the workers.
    let id = start(&client, "measure", json!({})).await;
    until(&client, &id, "completed").await;
    let arguments = RawValue::from_string(r#"{"epochs":2}"#.into()).expect("JSON");
    let id = TaskId::random().expect("an id");
    let request = TaskRequest::new(id, Owner::Process, "train", arguments);
    let limits = TaskLimits { total: 10, per_owner: 10 };
    store.create(request, limits).await.expect("created");
    let task = until(&client, &id.to_string(), "completed").await;
    assert_eq!(task["result"]["content"][0]["text"], "trained for 2 epochs");
}
