//! The store of many processes, on a real server.

mod damage;
mod faults;
pub mod proxy;
mod running;
mod sealing;
pub mod server;
mod wire;

use std::{sync::Arc, time::Duration};

use mcp_runtime::tasks::{
    Fence, Outcome, Owner, RedisStore, StoreError, TaskId, TaskLimits, TaskRecord, TaskRequest,
    TaskStore, contract,
};
use serde_json::value::RawValue;

use self::server::RedisServer;

const LONG: Duration = Duration::from_secs(60);
const ROOM: TaskLimits = TaskLimits { total: 1000, per_owner: 1000 };
const OWNER: &Owner = &Owner::Process;

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_promises_of_a_store() {
    let server = RedisServer::start().await;
    contract::run(async || {
        server.run::<()>("FLUSHALL").await;
        server.store()
    })
    .await;
    server.check_keys().await;
}

fn json(text: &str) -> Arc<RawValue> {
    RawValue::from_string(text.to_owned()).expect("it is JSON").into()
}

fn request() -> TaskRequest {
    let id = TaskId::random().expect("random bytes");
    let mut request = TaskRequest::new(id, OWNER.clone(), "work", json(r#"{"a":1}"#));
    request.ttl = LONG;
    request
}

async fn create(store: &RedisStore) -> TaskId {
    store.create(request(), ROOM).await.expect("there is room").id()
}

async fn get(store: &RedisStore, id: TaskId) -> TaskRecord {
    store.get(OWNER, id).await.expect("it is there")
}

async fn claim(store: &RedisStore) -> Option<TaskRecord> {
    store.claim("worker", &["work"], LONG).await.expect("claiming works")
}

async fn begin(store: &RedisStore) -> Fence {
    create(store).await;
    claim(store).await.expect("a task waits").fence()
}

fn succeeded() -> Outcome {
    Outcome::Result { result: json("{}"), is_error: false }
}

/// A fault has to end a call in time: this fails a test that would hang.
async fn in_time<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("it ends")
}

fn is_unavailable<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Unavailable { retry, .. }) if !retry.is_zero())
}

fn is_unknown<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Unknown))
}

fn is_unreadable<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Unreadable(_)))
}
