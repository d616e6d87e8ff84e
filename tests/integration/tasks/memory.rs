//! The store of one process.

use std::time::Duration;

use mcp_runtime::{
    Principal,
    tasks::{
        Full, MemoryStore, Outcome, Owner, StoreError, TaskId, TaskLimits, TaskRequest, TaskStatus,
        TaskStore, contract, sweep_on_time,
    },
};

const ROOM: TaskLimits = TaskLimits { total: 1000, per_owner: 1000 };

fn request(ttl: Duration) -> TaskRequest {
    let id = TaskId::random().expect("random bytes");
    let arguments = serde_json::value::to_raw_value("x").expect("it is JSON");
    let mut request = TaskRequest::new(id, Owner::Process, "work", arguments);
    request.ttl = ttl;
    request
}

#[tokio::test(start_paused = true)]
async fn keeps_the_promises_of_a_store() {
    contract::run(async || MemoryStore::new()).await;
}

/// Nobody asks for the tasks, and no worker asks for work.
#[tokio::test(start_paused = true)]
async fn is_swept_by_a_timer_without_any_call() {
    let store = MemoryStore::new();
    let timer = tokio::spawn({
        let store = store.clone();
        async move {
            sweep_on_time(&store, Duration::from_millis(250), Duration::from_secs(5)).await;
        }
    });
    for _ in 0..10 {
        store.create(request(Duration::from_secs(60)), ROOM).await.expect("room");
    }
    let kept = store.create(request(Duration::from_secs(600)), ROOM).await.expect("room").id();
    let claimed = store.claim("lost", &["work"], Duration::from_secs(30)).await.expect("claims");
    let lost = claimed.expect("a task waits").id();
    tokio::time::sleep(Duration::from_secs(36)).await;
    assert_eq!(store.get(&Owner::Process, lost).await.expect("kept").status, TaskStatus::Failed);
    tokio::time::sleep(Duration::from_secs(30)).await;
    let swept = store.sweep().await.expect("sweeping works");
    assert_eq!(swept.expired, 0, "the timer has swept them");
    let until = swept.next.expect("one is kept");
    assert!(until > Duration::from_secs(500) && until <= Duration::from_secs(570), "{until:?}");
    let page = store.list(&Owner::Process, None, 100).await.expect("listing works");
    assert_eq!(page.tasks.iter().map(|task| task.id).collect::<Vec<_>>(), [kept]);
    timer.abort();
}

#[tokio::test]
async fn a_call_that_is_not_awaited_does_nothing() {
    let store = MemoryStore::new();
    let request = request(Duration::from_secs(60));
    drop(store.create(request.clone(), ROOM));
    assert!(store.get(&Owner::Process, request.id).await.is_err());
}

#[tokio::test]
async fn a_record_that_was_given_out_does_not_change() {
    let store = MemoryStore::new();
    let created = store.create(request(Duration::from_secs(60)), ROOM).await.expect("room");
    let claimed = store.claim("one", &["work"], Duration::from_secs(60)).await.expect("claims");
    let result = serde_json::value::to_raw_value("done").expect("it is JSON").into();
    let outcome = Outcome::Result { result, is_error: false };
    store.finish(claimed.expect("it waits").fence(), outcome).await.expect("it is held");
    assert_eq!(created.status, TaskStatus::Working);
}

fn of_bytes(owner: Owner, bytes: usize) -> TaskRequest {
    let arguments = serde_json::value::to_raw_value(&"x".repeat(bytes)).expect("it is JSON");
    let mut request =
        TaskRequest::new(TaskId::random().expect("random bytes"), owner, "work", arguments);
    request.ttl = Duration::from_secs(60);
    request
}

fn principal(subject: &str) -> Owner {
    (&Principal::new("https://issuer.example", subject)).into()
}

fn result_of(bytes: usize) -> Outcome {
    let result = serde_json::value::to_raw_value(&"x".repeat(bytes)).expect("it is JSON").into();
    Outcome::Result { result, is_error: false }
}

/// Whatever it is that has the bytes, and whoever: one principal, or all.
#[tokio::test(start_paused = true)]
async fn has_a_budget_of_bytes() {
    let store = MemoryStore::with_budget(100_000, 50_000);
    let create = |owner, bytes| store.create(of_bytes(owner, bytes), ROOM);
    let alice = principal("alice");
    create(alice.clone(), 30_000).await.expect("room");
    let refused = create(alice.clone(), 30_000).await;
    assert!(matches!(refused, Err(StoreError::Full(Full::OwnerBytes))), "{refused:?}");
    create(principal("bob"), 30_000).await.expect("room for another");
    create(Owner::Anonymous, 30_000).await.expect("room");
    let refused = create(Owner::Anonymous, 30_000).await;
    assert!(matches!(refused, Err(StoreError::Full(Full::Bytes))), "{refused:?}");

    let of_alice = store.claim("one", &["work"], Duration::from_secs(30)).await.expect("claims");
    let of_alice = of_alice.expect("it waits").fence();
    let refused = store.save_journal(of_alice, vec![0; 30_000].into()).await;
    assert!(matches!(refused, Err(StoreError::Full(Full::Bytes))), "{refused:?}");
    let refused = store.finish(of_alice, result_of(30_000)).await;
    assert!(matches!(refused, Err(StoreError::Full(Full::Bytes))), "{refused:?}");
    let record = store.get(&alice, of_alice.id).await.expect("it is there");
    assert!(record.journal.is_empty() && record.outcome.is_none(), "it is as it was");
    store.finish(of_alice, result_of(5000)).await.expect("room");

    // What is forgotten has no bytes.
    tokio::time::sleep(Duration::from_secs(60)).await;
    for owner in ["alice", "bob"] {
        create(principal(owner), 45_000).await.expect("room again");
    }
}
