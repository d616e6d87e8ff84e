//! What callers on the wire are promised.

use std::{collections::BTreeSet, time::Duration};

use mcp_auth::Principal;

use super::support::*;
use crate::{
    protocol::{Revision, RpcError},
    tasks::{
        Answer, Full, Outcome, Owner, Question, Report, StoreError, TaskLimits, TaskProgress,
        TaskRequest, TaskStatus, TaskStore,
    },
};

/// Who has a task's id can look at it at once.
pub async fn a_new_task_is_there_at_once(store: &dyn TaskStore) {
    let request = request(&alice());
    let created = store.create(request.clone(), ROOM).await.expect("there is room");
    let record = get(store, request.id).await;
    for record in [created, record] {
        assert_eq!(record.id(), request.id);
        assert_eq!(record.status, TaskStatus::Working);
        assert_eq!(record.request.owner, alice());
        assert_eq!(record.expires(), record.created + LONG);
        assert_eq!(record.updated, record.created);
        assert_eq!((record.attempts, record.lease, record.questions.len()), (0, None, 0));
    }
}

/// Whatever text and bytes a task has, they come back as they were.
pub async fn what_is_kept_comes_back_as_it_was(store: &dyn TaskStore) {
    let strange = "nul \0 quote \" line \n smile \u{1f600} bell \u{7} right-to-left \u{202e}";
    let arguments =
        serde_json::to_string(&serde_json::json!({ strange: [1e300, 0.1, -0.0, u64::MAX] }));
    let arguments = arguments.expect("it is JSON");
    let capabilities = r#"{"sampling":{"tools":{}},"extensions":{"com.example/x":{"a":[1]}}}"#;
    let claims = serde_json::json!({ strange: ["a"] });
    let principal = Principal::new("https://a.example", "alice")
        .with_scopes(["files:read", "files:write"])
        .with_claims(claims.as_object().cloned().expect("an object"));
    let request = TaskRequest {
        revision: Revision::V2025_11_25,
        arguments: json(&arguments),
        capabilities: serde_json::from_str(capabilities).expect("they are capabilities"),
        poll_interval: Duration::from_millis(1234),
        max_attempts: 7,
        principal: Some(principal.clone()),
        max_bytes: 1_000_000,
        ..request(&alice())
    };
    let fence = begin(store, request).await;
    let journal: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    store.save_journal(fence, journal.clone().into()).await.expect("the worker holds it");
    let progress = TaskProgress { done: 0.1, total: Some(1e9) };
    let report = Report { progress: Some(progress), message: Some(strange.into()) };
    store.report(fence, report).await.expect("the worker holds it");
    let record = get(store, fence.id).await;
    assert_eq!(record.request.revision, Revision::V2025_11_25);
    assert_eq!(record.request.arguments.get(), arguments);
    let kept = serde_json::to_string(&record.request.capabilities).expect("they are JSON");
    assert_eq!(kept, capabilities);
    assert_eq!(record.request.poll_interval, Duration::from_millis(1234));
    assert_eq!(record.request.max_attempts, 7);
    assert_eq!(record.request.max_bytes, 1_000_000);
    let caller = record.request.principal.as_ref().expect("it is kept");
    assert_eq!(*caller, principal);
    assert_eq!(caller.scopes().collect::<Vec<_>>(), ["files:read", "files:write"]);
    assert_eq!(caller.claim(strange), Some(&serde_json::json!(["a"])));
    assert!(record.journal == journal, "each byte");
    assert_eq!(record.progress, Some(progress));
    assert_eq!(record.message.as_deref(), Some(strange));
}

/// A request that is repeated, because its answer was lost, makes no second task.
pub async fn creating_again_changes_nothing(store: &dyn TaskStore) {
    let request = request(&alice());
    let fence = begin(store, request.clone()).await;
    let again = store.create(request, TaskLimits { total: 1, per_owner: 1 }).await;
    assert_eq!(again.expect("it is there").attempts, 1, "as it stands");
    assert!(try_claim(store, "two", LONG).await.is_none(), "there is one task");
    store.renew(fence, LONG).await.expect("the worker still holds it");
}

/// Nobody else learns that a task exists, or has a hand in it.
pub async fn a_foreign_task_is_unknown(store: &dyn TaskStore) {
    let principal = |issuer: &str, subject: &str, client: Option<&str>| Owner::Principal {
        issuer: issuer.into(),
        subject: subject.into(),
        client: client.map(str::to_owned),
    };
    let owners = [
        principal("https://a.example", "alice", None),
        principal("https://a.example", "alice", Some("app")),
        principal("https://a.example", "bob", None),
        principal("https://b.example", "alice", None),
        Owner::Anonymous,
        Owner::Process,
    ];
    for owner in &owners {
        let id = create(store, request(owner)).await;
        for other in owners.iter().filter(|other| *other != owner) {
            assert!(is_unknown(&store.get(other, id).await));
            assert!(is_unknown(&store.cancel(other, id).await));
            let answers = vec![Answer { key: "a".into(), value: json("1") }];
            assert!(is_unknown(&store.answer(other, id, answers).await));
            let taken = TaskRequest { id, ..request(other) };
            assert!(is_unknown(&store.create(taken, ROOM).await));
            let listed = store.list(other, None, 100).await.expect("listing works");
            assert!(listed.tasks.iter().all(|task| task.id != id));
            let behind = store.list(other, Some(id), 100).await.expect("listing works");
            assert!(behind.tasks.is_empty(), "a foreign task is no place in a list");
        }
        assert_eq!(store.get(owner, id).await.expect("it is there").status, TaskStatus::Working);
    }
}

/// Page after page, a list has each task once, and ends.
pub async fn a_list_has_every_task_of_its_owner_once(store: &dyn TaskStore) {
    let mut created = BTreeSet::new();
    for index in 0..25 {
        let mut request = request(&alice());
        request.ttl += Duration::from_millis(index % 3);
        created.insert(create(store, request).await);
    }
    let first = claim(store, "one").await;
    store.finish(first, succeeded()).await.expect("the worker holds it");
    for limit in [1, 7, 24, 25, 100] {
        let mut listed = Vec::new();
        let mut after = None;
        // A list that does not end is given up.
        while listed.len() <= created.len() {
            let page = store.list(&alice(), after, limit).await.expect("listing works");
            assert!(page.tasks.len() <= limit);
            listed.extend(page.tasks.iter().map(|task| task.id));
            after = page.next;
            if after.is_none() {
                break;
            }
            assert_eq!(page.tasks.len(), limit, "only the last page is short");
        }
        assert_eq!(listed.len(), created.len());
        assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), created);
    }
    let all = store.list(&alice(), None, 100).await.expect("listing works");
    let done = all.tasks.iter().find(|task| task.id == first.id).expect("it is listed");
    assert_eq!(done.status, TaskStatus::Completed);
    let unknown = store.list(&alice(), Some(new_id()), 10).await.expect("listing works");
    assert!(unknown.tasks.is_empty() && unknown.next.is_none());
}

/// One owner cannot have more tasks than the limit, nor all owners together; others are not touched.
pub async fn tasks_are_limited(store: &dyn TaskStore) {
    let limits = TaskLimits { total: 3, per_owner: 2 };
    let bob = Owner::Anonymous;
    for _ in 0..2 {
        store.create(request(&alice()), limits).await.expect("there is room");
    }
    let third = store.create(request(&alice()), limits).await;
    assert!(matches!(third, Err(StoreError::Full(Full::Owner))), "{third:?}");
    store.create(request(&bob), limits).await.expect("there is room for another");
    let fourth = store.create(request(&bob), limits).await;
    assert!(matches!(fourth, Err(StoreError::Full(Full::Total))), "{fourth:?}");
    for _ in 0..3 {
        claim(store, "one").await;
    }
    assert!(try_claim(store, "one", LONG).await.is_none(), "what was refused is not there");
}

/// A task has no more bytes than its request allows, and what has no room leaves no trace. That the
/// task has failed can always be said.
pub async fn a_task_has_no_more_bytes_than_it_may(store: &dyn TaskStore) {
    let text = |len: usize| json(&format!("\"{}\"", "x".repeat(len)));
    let limited = |arguments: usize| TaskRequest {
        max_bytes: 10_000,
        arguments: text(arguments),
        ..request(&alice())
    };
    let large = || Outcome::Result { result: text(20_000), is_error: false };
    let question = |len| Question::new("key", "elicitation/create", text(len));
    let refused = store.create(limited(20_000), ROOM).await;
    assert!(is_too_large(&refused), "{refused:?}");
    let fence = begin(store, limited(100)).await;
    for refused in [
        store.save_journal(fence, vec![0; 20_000].into()).await,
        store.ask(fence, vec![question(20_000)]).await,
        store.finish(fence, large()).await,
    ] {
        assert!(is_too_large(&refused), "{refused:?}");
    }
    let record = get(store, fence.id).await;
    assert_eq!((record.journal.len(), record.questions.len()), (0, 0));
    assert_eq!(record.status, TaskStatus::Working);

    // A journal takes the place of the one before.
    for _ in 0..3 {
        store.save_journal(fence, vec![0; 6000].into()).await.expect("there is room");
    }
    store.ask(fence, vec![question(10)]).await.expect("there is room");
    let answer = |len| vec![Answer { key: "key".into(), value: text(len) }];
    let refused = store.answer(&alice(), fence.id, answer(5000)).await;
    assert!(is_too_large(&refused), "{refused:?}");
    assert_eq!(status(store, fence.id).await, TaskStatus::InputRequired);
    store.answer(&alice(), fence.id, answer(10)).await.expect("there is room");
    store.save_journal(fence, vec![0; 8500].into()).await.expect("there is room");
    let refused = store.finish(fence, large()).await;
    assert!(is_too_large(&refused), "{refused:?}");
    let small = RpcError::internal("too_many_bytes", "x".repeat(900));
    store.finish(fence, Outcome::Error(small)).await.expect("it can always be said");
    assert_eq!(status(store, fence.id).await, TaskStatus::Failed);
}

fn is_too_large<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Full(Full::Record)))
}

/// A cancelled task keeps its status, whether it waits or runs, and no worker gets it.
pub async fn a_cancelled_task_stays_cancelled(store: &dyn TaskStore) {
    let waiting = create(store, request(&alice())).await;
    let info = store.cancel(&alice(), waiting).await.expect("it has not ended");
    assert_eq!(info.status, TaskStatus::Cancelled);
    assert!(try_claim(store, "one", LONG).await.is_none(), "nobody runs it");

    let running = begin(store, request(&alice())).await;
    store.cancel(&alice(), running.id).await.expect("it has not ended");
    for fence in [running, crate::tasks::Fence { token: running.token + 1, ..running }] {
        let late = store.finish(fence, succeeded()).await;
        assert!(is_terminal(&late, TaskStatus::Cancelled), "{late:?}");
    }
    for id in [waiting, running.id] {
        let again = store.cancel(&alice(), id).await;
        assert!(is_terminal(&again, TaskStatus::Cancelled), "{again:?}");
        let record = get(store, id).await;
        assert_eq!(record.status, TaskStatus::Cancelled);
        assert!(record.outcome.is_none());
    }
}
