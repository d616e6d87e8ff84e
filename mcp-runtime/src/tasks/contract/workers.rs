//! What workers are promised.

use std::{collections::BTreeSet, time::Duration};

use super::support::*;
use crate::{
    protocol::{ErrorCode, Revision, RpcError},
    tasks::{
        Answer, Fence, Outcome, Question, Release, Report, StoreError, TaskProgress, TaskRecord,
        TaskStatus, TaskStore,
    },
};

/// However many workers ask at once, one gets a task.
pub async fn a_task_is_claimed_once(store: &dyn TaskStore) {
    let mut created = BTreeSet::new();
    for _ in 0..20 {
        created.insert(create(store, request(&alice())).await);
    }
    let claims = (0..30).map(|_| try_claim(store, "one", LONG));
    let claimed = join_all(claims).await;
    let claimed: Vec<TaskRecord> = claimed.into_iter().flatten().collect();
    assert_eq!(claimed.len(), 20);
    assert_eq!(claimed.iter().map(TaskRecord::id).collect::<BTreeSet<_>>(), created);
    for record in claimed {
        assert_eq!(record.attempts, 1);
        let lease = record.lease.as_ref().expect("it is held");
        assert_eq!(lease.worker, "one");
        assert!(lease.until > record.created);
    }
}

/// Nobody waits longer than those who came later.
pub async fn tasks_are_claimed_in_their_order(store: &dyn TaskStore) {
    let mut created = Vec::new();
    for index in 0..10 {
        let mut request = request(&alice());
        request.tool = if index % 3 == 0 { "other".into() } else { TOOL.into() };
        created.push(create(store, request).await);
    }
    let mut claimed = Vec::new();
    for _ in 0..created.len() {
        let record = store.claim("one", &["other", TOOL], LONG).await.expect("claiming works");
        claimed.extend(record.map(|record| record.id()));
    }
    assert_eq!(claimed, created);
}

/// A worker gets no task whose tool it does not have.
pub async fn only_the_named_tools_are_claimed(store: &dyn TaskStore) {
    let id = create(store, request(&alice())).await;
    for tools in [&[][..], &["other"], &["wor"], &["work2", "WORK", ""]] {
        assert!(store.claim("one", tools, LONG).await.expect("claiming works").is_none());
    }
    assert_eq!(claim(store, "one").await.id, id);
}

/// Clients see how far a task is; what a report leaves out stays.
pub async fn a_report_is_seen(store: &dyn TaskStore) {
    let fence = begin(store, request(&alice())).await;
    let before = get(store, fence.id).await;
    tokio::time::sleep(SHORT).await;
    let half = TaskProgress { done: 0.5, total: None };
    let report = Report { progress: Some(half), message: None };
    store.report(fence, report).await.expect("the worker holds it");
    let report = Report { progress: None, message: Some("half way".into()) };
    store.report(fence, report).await.expect("the worker holds it");
    let record = get(store, fence.id).await;
    assert_eq!(record.progress, Some(half));
    assert_eq!(record.message.as_deref(), Some("half way"));
    assert_eq!(record.status, TaskStatus::Working);
    assert!(record.updated > before.updated);
    assert_eq!(record.created, before.created);
}

/// What a tool has given is there for the owner, in every form, and the status follows from it.
pub async fn an_outcome_is_kept(store: &dyn TaskStore) {
    let code = ErrorCode::application(-7);
    let error = RpcError::new(code, "no such city").with_data(serde_json::json!({ "a": [null] }));
    let result =
        r#"{"content":[{"type":"text","text":"\u0000 x"}],"structuredContent":{"n":1.50}}"#;
    let given = |is_error| Outcome::Result { result: json(result), is_error };
    for (outcome, status, in_2025) in [
        (given(false), TaskStatus::Completed, TaskStatus::Completed),
        (given(true), TaskStatus::Completed, TaskStatus::Failed),
        (Outcome::Error(error.clone()), TaskStatus::Failed, TaskStatus::Failed),
    ] {
        let fence = begin(store, request(&alice())).await;
        store.finish(fence, outcome.clone()).await.expect("the worker holds it");
        let record = get(store, fence.id).await;
        assert_eq!(record.status, status);
        assert_eq!(record.lease, None);
        match (record.outcome.as_ref().expect("it has ended"), &outcome) {
            (Outcome::Result { result: kept, is_error }, Outcome::Result { is_error: was, .. }) => {
                assert_eq!((kept.get(), is_error), (result, was));
            }
            (Outcome::Error(kept), Outcome::Error(_)) => {
                assert_eq!(*kept, error);
                assert_eq!(record.message.as_deref(), Some("no such city"), "clients see why");
            }
            (kept, _) => panic!("another kind of outcome: {kept:?}"),
        }
        let listed = store.list(&alice(), None, 10).await.expect("listing works");
        let listed = listed.tasks.iter().find(|task| task.id == fence.id).expect("it is listed");
        for info in [listed, &record.info()] {
            assert_eq!(info.status_in(Revision::V2026_07_28), status);
            assert_eq!(info.status_in(Revision::V2025_11_25), in_2025);
        }
    }
}

/// A worker that repeats the end, because the answer was lost, changes nothing.
pub async fn a_task_ends_once(store: &dyn TaskStore) {
    let fence = begin(store, request(&alice())).await;
    store.finish(fence, succeeded()).await.expect("the worker holds it");
    let error = RpcError::new(ErrorCode::INTERNAL_ERROR, "late");
    store.finish(fence, Outcome::Error(error)).await.expect("it has ended already");
    let record = get(store, fence.id).await;
    assert_eq!(record.status, TaskStatus::Completed);
    assert!(matches!(record.outcome, Some(Outcome::Result { is_error: false, .. })));
    let foreign = store.finish(Fence { token: fence.token + 1, ..fence }, succeeded()).await;
    assert!(is_terminal(&foreign, TaskStatus::Completed), "{foreign:?}");
}

/// A terminal status never changes, whoever tries, with whatever token.
pub async fn a_task_that_has_ended_refuses_everything(store: &dyn TaskStore) {
    let completed = begin(store, request(&alice())).await;
    store.finish(completed, succeeded()).await.expect("the worker holds it");
    let failed = begin(store, request(&alice())).await;
    let error = Outcome::Error(RpcError::new(ErrorCode::INTERNAL_ERROR, "failed"));
    store.finish(failed, error).await.expect("the worker holds it");
    let cancelled = begin(store, request(&alice())).await;
    store.cancel(&alice(), cancelled.id).await.expect("it has not ended");
    for (fence, status) in [
        (completed, TaskStatus::Completed),
        (failed, TaskStatus::Failed),
        (cancelled, TaskStatus::Cancelled),
    ] {
        let before = get(store, fence.id).await;
        for token in [fence.token, fence.token + 1, fence.token + 2, 0] {
            let fence = Fence { token, ..fence };
            for refused in refusals(store, fence).await {
                assert!(is_terminal(&refused, status), "{refused:?}");
            }
        }
        let answers = vec![Answer { key: "q".into(), value: json("1") }];
        assert!(is_terminal(&store.answer(&alice(), fence.id, answers).await, status));
        assert!(is_terminal(&store.cancel(&alice(), fence.id).await, status));
        store.sweep().await.expect("sweeping works");
        let after = get(store, fence.id).await;
        assert_eq!(after.status, status);
        assert_eq!(after.updated, before.updated);
        assert_eq!(after.message, before.message);
        assert!(after.questions.is_empty());
    }
    assert!(try_claim(store, "one", LONG).await.is_none(), "nothing waits");
}

/// Everything that a worker can do but finish, tried.
async fn refusals(store: &dyn TaskStore, fence: Fence) -> [Result<(), StoreError>; 6] {
    [
        store.renew(fence, LONG).await,
        store.report(fence, Report { progress: None, message: Some("late".into()) }).await,
        store.ask(fence, vec![Question::new("q", "elicitation/create", json("{}"))]).await,
        store.save_journal(fence, vec![1].into()).await,
        store.release(fence, Release::Untouched).await,
        store.release(fence, Release::Interrupted).await,
    ]
}

/// A worker that was away longer than its lease changes nothing, even before another has the task.
pub async fn a_lost_worker_is_fenced(store: &dyn TaskStore) {
    let lost = begin_and_lose(store, repeatable(3)).await;
    for refused in refusals(store, lost).await {
        assert!(is_fenced(&refused), "{refused:?}");
    }
    let second = claim(store, "two").await;
    assert_eq!(second.id, lost.id);
    assert_ne!(second.token, lost.token);
    for refused in refusals(store, lost).await {
        assert!(is_fenced(&refused), "{refused:?}");
    }
    let late = Outcome::Result { result: json(r#"{"late":true}"#), is_error: false };
    assert!(is_fenced(&store.finish(lost, late.clone()).await));
    store.finish(second, succeeded()).await.expect("the second worker holds it");
    let late = store.finish(lost, late).await;
    assert!(is_terminal(&late, TaskStatus::Completed), "{late:?}");
    let record = get(store, lost.id).await;
    let Some(Outcome::Result { result, .. }) = record.outcome else { panic!("it has a result") };
    assert_eq!(result.get(), r#"{"content":[]}"#, "that of the second worker");
}

/// A worker that renews its lease in time keeps the task.
pub async fn a_renewed_lease_holds(store: &dyn TaskStore) {
    create(store, repeatable(3)).await;
    let lease = Duration::from_secs(2);
    let fence = try_claim(store, "one", lease).await.expect("a task waits").fence();
    store.renew(fence, LONG).await.expect("the worker holds it");
    tokio::time::sleep(lease + SHORT).await;
    store.sweep().await.expect("sweeping works");
    assert!(try_claim(store, "two", LONG).await.is_none());
    store.finish(fence, succeeded()).await.expect("the worker holds it still");
}

/// The worker after a lost one finds the journal, the questions and the answers.
pub async fn a_task_runs_again_with_all_that_it_had(store: &dyn TaskStore) {
    let id = create(store, repeatable(2)).await;
    let lease = Duration::from_millis(500);
    let lost = try_claim(store, "lost", lease).await.expect("a task waits").fence();
    store.save_journal(lost, vec![1, 2, 3].into()).await.expect("the worker holds it");
    let question = |key: &str| Question::new(key, "elicitation/create", json(r#"{"a":1}"#));
    store.ask(lost, vec![question("a"), question("b")]).await.expect("the worker holds it");
    let answer = |key: &str| vec![Answer { key: key.into(), value: json(r#"{"yes":1}"#) }];
    store.answer(&alice(), id, answer("a")).await.expect("it was asked");
    let again = loop {
        if let Some(record) = try_claim(store, "two", LONG).await {
            break record;
        }
        tokio::time::sleep(SHORT).await;
    };
    assert_eq!((again.id(), again.attempts), (id, 2));
    assert_eq!(again.journal.as_ref(), [1, 2, 3]);
    assert_eq!(again.status, TaskStatus::InputRequired, "a question is open");
    let keys: Vec<_> = again.questions.iter().map(|it| it.key.as_str()).collect();
    assert_eq!(keys, ["a", "b"]);
    let kept = again.questions[0].answer.as_ref().expect("it was answered");
    assert_eq!(kept.get(), r#"{"yes":1}"#);
    store.answer(&alice(), id, answer("b")).await.expect("it was asked");
    assert_eq!(status(store, id).await, TaskStatus::Working);
    store.finish(again.fence(), succeeded()).await.expect("the worker holds it");
}

/// Without the author's word, nothing runs twice: the task fails, and says why.
pub async fn a_task_that_may_not_run_again_fails(store: &dyn TaskStore) {
    let lost = begin_and_lose(store, repeatable(1)).await;
    assert!(try_claim(store, "two", LONG).await.is_none());
    store.sweep().await.expect("sweeping works");
    let record = get(store, lost.id).await;
    assert_eq!(record.status, TaskStatus::Failed);
    assert!(record.message.is_some(), "clients see why");
    let Some(Outcome::Error(error)) = record.outcome else { panic!("it has an error") };
    assert_eq!(error.code(), ErrorCode::INTERNAL_ERROR);
    assert_eq!(error.data().expect("there is data")["reason"], "worker_lost");
    let late = store.finish(lost, succeeded()).await;
    assert!(is_terminal(&late, TaskStatus::Failed), "{late:?}");
}

/// A task that ends each of its workers does not go round for ever.
pub async fn attempts_are_limited(store: &dyn TaskStore) {
    let id = create(store, repeatable(3)).await;
    let mut attempts = 0;
    while status(store, id).await == TaskStatus::Working {
        if let Some(record) = try_claim(store, "lost", SHORT).await {
            attempts += 1;
            assert_eq!(record.attempts, attempts);
        }
        tokio::time::sleep(SHORT).await;
        store.sweep().await.expect("sweeping works");
    }
    assert_eq!(attempts, 3);
    assert_eq!(status(store, id).await, TaskStatus::Failed);
}

/// A server that stops gives its tasks to the others, but for those that may not be begun again.
pub async fn a_task_can_be_given_back(store: &dyn TaskStore) {
    let untouched = begin(store, repeatable(1)).await;
    store.release(untouched, Release::Untouched).await.expect("the worker holds it");
    assert!(is_fenced(&store.finish(untouched, succeeded()).await));
    let again = try_claim(store, "two", LONG).await.expect("it waits");
    assert_eq!((again.id(), again.attempts), (untouched.id, 1), "it does not count");

    let begun = again.fence();
    store.release(begun, Release::Interrupted).await.expect("the worker holds it");
    let record = get(store, begun.id).await;
    assert_eq!(record.status, TaskStatus::Failed);
    let Some(Outcome::Error(error)) = record.outcome else { panic!("it has an error") };
    assert_eq!(error.data().expect("there is data")["reason"], "server_stopped");

    let mut fence = begin(store, repeatable(2)).await;
    for _ in 0..5 {
        store.release(fence, Release::Interrupted).await.expect("the worker holds it");
        fence = claim(store, "next").await;
    }
    store.finish(fence, succeeded()).await.expect("the worker holds it");
}

/// Runs futures at once. They are few.
pub(super) async fn join_all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|cx| {
        for (future, output) in &mut futures {
            if output.is_none()
                && let std::task::Poll::Ready(ready) = future.as_mut().poll(cx)
            {
                *output = Some(ready);
            }
        }
        let is_done = futures.iter().all(|(_, output)| output.is_some());
        if is_done { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    futures.into_iter().filter_map(|(_, output)| output).collect()
}
