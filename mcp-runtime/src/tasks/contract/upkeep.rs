//! What is promised of time.

use super::support::*;
use crate::tasks::{Owner, TaskId, TaskLimits, TaskRequest, TaskStatus, TaskStore};

async fn forgotten(store: &dyn TaskStore, id: TaskId) {
    while store.get(&alice(), id).await.is_ok() {
        tokio::time::sleep(SHORT).await;
    }
}

/// When its time is over, a task is unknown to its owner and to its worker, and leaves its room.
pub async fn a_task_is_forgotten_when_its_time_is_over(store: &dyn TaskStore) {
    let limits = TaskLimits { total: 2, per_owner: 1 };
    let ttl = SHORT * 10;
    let brief = TaskRequest { ttl, ..request(&alice()) };
    let id = store.create(brief, limits).await.expect("there is room").id();
    let held = try_claim(store, "one", LONG).await.map(|record| record.fence());
    let kept = create(store, request(&Owner::Process)).await;
    forgotten(store, id).await;
    assert!(is_unknown(&store.get(&alice(), id).await));
    assert!(is_unknown(&store.cancel(&alice(), id).await));
    assert!(is_unknown(&store.answer(&alice(), id, Vec::new()).await));
    assert!(store.list(&alice(), None, 10).await.expect("listing works").tasks.is_empty());
    if let Some(fence) = held {
        assert!(is_unknown(&store.renew(fence, LONG).await));
        assert!(is_unknown(&store.finish(fence, succeeded()).await));
    }
    store.create(request(&alice()), limits).await.expect("there is room again");
    store.sweep().await.expect("sweeping works");
    let other = store.get(&Owner::Process, kept).await.expect("others stay");
    assert_eq!(other.status, TaskStatus::Working);
}

/// No worker begins what nobody can look at.
pub async fn a_forgotten_task_is_not_claimed(store: &dyn TaskStore) {
    for _ in 0..5 {
        create(store, TaskRequest { ttl: SHORT, ..request(&alice()) }).await;
    }
    let brief = create(store, TaskRequest { ttl: SHORT, ..request(&alice()) }).await;
    let kept = create(store, request(&alice())).await;
    forgotten(store, brief).await;
    assert_eq!(claim(store, "one").await.id, kept);
    assert!(try_claim(store, "one", LONG).await.is_none());
}

/// Nobody needs to ask for work for lost workers to be found.
pub async fn a_sweep_finds_lost_workers(store: &dyn TaskStore) {
    let again = begin_and_lose(store, repeatable(2)).await.id;
    store.sweep().await.expect("sweeping works");
    let record = get(store, again).await;
    assert_eq!((record.status, &record.lease), (TaskStatus::Working, &None));
    let second = claim(store, "two").await;
    assert_eq!(second.id, again);
    let once = begin_and_lose(store, repeatable(1)).await.id;
    store.sweep().await.expect("sweeping works");
    assert_eq!(status(store, once).await, TaskStatus::Failed);
    let swept = store.sweep().await.expect("sweeping works");
    assert_eq!((swept.requeued, swept.failed), (0, 0), "nothing is left to do");
}
