//! What the promises have in common.

use std::{sync::Arc, time::Duration};

use serde_json::value::RawValue;

use crate::tasks::{
    Fence, Outcome, Owner, StoreError, TaskId, TaskLimits, TaskRecord, TaskRequest, TaskStatus,
    TaskStore,
};

/// Longer than any test.
pub(super) const LONG: Duration = Duration::from_secs(60);
/// Over as soon as one looks.
pub(super) const SHORT: Duration = Duration::from_millis(20);
pub(super) const ROOM: TaskLimits = TaskLimits { total: 100_000, per_owner: 100_000 };
pub(super) const TOOL: &str = "work";

pub(super) fn alice() -> Owner {
    Owner::Principal { issuer: "https://a.example".into(), subject: "alice".into(), client: None }
}

pub(super) fn json(text: &str) -> Arc<RawValue> {
    RawValue::from_string(text.to_owned()).expect("the suite writes JSON").into()
}

pub(super) fn new_id() -> TaskId {
    TaskId::random().expect("the system gives random bytes")
}

pub(super) fn request(owner: &Owner) -> TaskRequest {
    let mut request = TaskRequest::new(new_id(), owner.clone(), TOOL, json("{}"));
    request.ttl = LONG;
    request
}

/// One that may run again.
pub(super) fn repeatable(max_attempts: u32) -> TaskRequest {
    TaskRequest { max_attempts, ..request(&alice()) }
}

pub(super) fn succeeded() -> Outcome {
    Outcome::Result { result: json(r#"{"content":[]}"#), is_error: false }
}

pub(super) async fn create(store: &dyn TaskStore, request: TaskRequest) -> TaskId {
    store.create(request, ROOM).await.expect("there is room").id()
}

pub(super) async fn get(store: &dyn TaskStore, id: TaskId) -> TaskRecord {
    store.get(&alice(), id).await.expect("the task is there")
}

pub(super) async fn status(store: &dyn TaskStore, id: TaskId) -> TaskStatus {
    get(store, id).await.status
}

pub(super) async fn try_claim(
    store: &dyn TaskStore,
    worker: &str,
    lease: Duration,
) -> Option<TaskRecord> {
    store.claim(worker, &[TOOL], lease).await.expect("claiming works")
}

pub(super) async fn claim(store: &dyn TaskStore, worker: &str) -> Fence {
    try_claim(store, worker, LONG).await.expect("a task waits").fence()
}

/// Creates a task that a worker holds.
pub(super) async fn begin(store: &dyn TaskStore, request: TaskRequest) -> Fence {
    let id = create(store, request).await;
    let fence = claim(store, "one").await;
    assert_eq!(fence.id, id, "the only task that waits");
    fence
}

/// Creates a task whose worker is lost, and gives what the worker has.
pub(super) async fn begin_and_lose(store: &dyn TaskStore, request: TaskRequest) -> Fence {
    create(store, request).await;
    let fence = try_claim(store, "lost", SHORT).await.expect("a task waits").fence();
    tokio::time::sleep(SHORT * 2).await;
    fence
}

pub(super) fn is_unknown<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Unknown))
}

pub(super) fn is_fenced<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Fenced))
}

pub(super) fn is_terminal<T>(result: &Result<T, StoreError>, status: TaskStatus) -> bool {
    matches!(result, Err(StoreError::Terminal(it)) if *it == status)
}
