//! What is promised to those who wait.

use std::time::Duration;

use super::support::*;
use crate::tasks::{
    Answer, Question, Release, Report, TaskRecord, TaskRequest, TaskStatus, TaskStore,
};

/// Looks at the task after each change until it is as expected.
async fn until(store: &dyn TaskStore, request: &TaskRequest, is: impl Fn(&TaskRecord) -> bool) {
    let mut watch = store.watch(request.id);
    while !is(&get(store, request.id).await) {
        watch.changed().await;
    }
}

/// Whoever watches a task hears of its status, its message, its questions and their answers.
pub async fn a_watch_tells_of_each_change(store: &dyn TaskStore) {
    let request = request(&alice());
    let fence = begin(store, request.clone()).await;
    // Each step waits for the one before to be seen, so that one wake-up cannot stand for two.
    let watcher = async {
        until(store, &request, |it| it.message.is_some()).await;
        store.ask(fence, vec![Question::new("a", "m", json("{}"))]).await.expect("held");
        until(store, &request, |it| it.status == TaskStatus::Working).await;
        store.finish(fence, succeeded()).await.expect("held");
    };
    let changer = async {
        // So that the watcher waits by then.
        tokio::time::sleep(SHORT).await;
        let report = Report { progress: None, message: Some("on the way".into()) };
        store.report(fence, report).await.expect("held");
        until(store, &request, |it| it.status == TaskStatus::InputRequired).await;
        tokio::time::sleep(SHORT).await;
        let answers = vec![Answer { key: "a".into(), value: json("1") }];
        store.answer(&alice(), fence.id, answers).await.expect("open");
        until(store, &request, |it| it.status == TaskStatus::Completed).await;
    };
    in_time(async { tokio::join!(watcher, changer) }).await;

    let second = begin(store, TaskRequest { id: new_id(), ..request.clone() }).await;
    let mut watch = store.watch(second.id);
    store.cancel(&alice(), second.id).await.expect("it has not ended");
    in_time(watch.changed()).await;
}

/// A worker that waits for work hears of a new task, of one that is given back, and of a lost one.
pub async fn a_watch_tells_of_work(store: &dyn TaskStore) {
    let mut work = store.watch_work();
    create(store, repeatable(3)).await;
    in_time(work.changed()).await;
    let fence = claim(store, "one").await;
    let mut work = store.watch_work();
    store.release(fence, Release::Interrupted).await.expect("the worker holds it");
    in_time(work.changed()).await;
    assert!(try_claim(store, "lost", SHORT).await.is_some());
    let mut work = store.watch_work();
    tokio::time::sleep(SHORT * 2).await;
    store.sweep().await.expect("sweeping works");
    in_time(work.changed()).await;
    assert!(try_claim(store, "two", LONG).await.is_some());
}

/// A wake-up that never comes fails the promise instead of hanging it.
async fn in_time<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("a change is told")
}
