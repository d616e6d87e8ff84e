//! Records that others have written: garbage, and those of other versions.

use mcp_runtime::{
    protocol::Revision,
    tasks::{Answer, Owner, Question, TaskId, TaskProgress, TaskStatus, TaskStore},
};

use super::{
    LONG, OWNER, ROOM, RedisServer, begin, claim, create, get, is_unreadable, json, request,
    succeeded,
};

fn key_of(id: TaskId) -> String {
    format!("{{mcp}}:task:{id}")
}

async fn set(server: &RedisServer, id: TaskId, field: &str, value: &[u8]) {
    let key = key_of(id);
    let words = [b"HSET".as_slice(), key.as_bytes(), field.as_bytes(), value];
    server.run_with::<()>(&words).await;
}

/// One damaged task fails; those behind it run.
#[tokio::test]
async fn a_damaged_record_fails_its_task_only() {
    let server = RedisServer::start().await;
    let store = server.store();
    let garbage: &[&[u8]] = &[b"", b"x", b"-1", b"{}", b"1e999", b"\xff\xfe", b"nan"];
    let fields = [
        "format",
        "request",
        "arguments",
        "status",
        "token",
        "attempts",
        "open",
        "expires",
        "created",
    ];
    for field in fields {
        for value in garbage {
            let damaged = create(&store).await;
            let sound = create(&store).await;
            set(&server, damaged, field, value).await;
            let claimed = claim(&store).await.expect("one is sound");
            if claimed.id() == damaged {
                // Some damage cannot be told from a value.
                store.finish(claimed.fence(), succeeded()).await.expect("held");
                assert_eq!(claim(&store).await.expect("one is sound").id(), sound);
            } else {
                assert_eq!(claimed.id(), sound, "{field}");
                let read = store.get(OWNER, damaged).await;
                assert!(read.is_err() || read.is_ok_and(|it| it.status == TaskStatus::Failed));
            }
            let listed = store.list(OWNER, None, 1000).await.expect("the rest can be listed");
            assert!(listed.tasks.iter().any(|task| task.id == sound));
            store.sweep().await.expect("sweeping works");
            _ = store.cancel(OWNER, damaged).await;
            _ = store.answer(OWNER, damaged, Vec::new()).await;
            let fence = get(&store, sound).await.fence();
            store.finish(fence, succeeded()).await.expect("held");
            assert!(claim(&store).await.is_none(), "{field}: nothing is left");
        }
    }
    server.check_keys().await;
}

#[tokio::test]
async fn arguments_that_cannot_be_read_are_the_reason_of_the_failure() {
    let server = RedisServer::start().await;
    let store = server.store();
    let id = create(&store).await;
    set(&server, id, "arguments", b"{").await;
    assert!(claim(&store).await.is_none());
    set(&server, id, "arguments", b"{}").await;
    let record = get(&store, id).await;
    assert_eq!(record.status, TaskStatus::Failed);
    assert_eq!(record.message.as_deref(), Some("the task cannot be read"));
}

/// Somebody else uses the names of our keys.
#[tokio::test]
async fn a_key_of_another_type_stops_nobody() {
    let server = RedisServer::start().await;
    let store = server.store();
    let held = begin(&store).await;
    let hijacked = create(&store).await;
    let key = key_of(hijacked);
    server.run_with::<()>(&[b"SET", key.as_bytes(), b"mine", b"EX", b"60"]).await;
    let key = key_of(held.id);
    server.run_with::<()>(&[b"SET", key.as_bytes(), b"mine", b"EX", b"60"]).await;
    let sound = create(&store).await;
    for id in [hijacked, held.id] {
        assert!(is_unreadable(&store.get(OWNER, id).await));
        assert!(is_unreadable(&store.cancel(OWNER, id).await));
    }
    assert!(is_unreadable(&store.renew(held, LONG).await));
    assert_eq!(claim(&store).await.expect("one is sound").id(), sound);
    store.sweep().await.expect("sweeping works");
    let listed = store.list(OWNER, None, 10).await.expect("the rest can be listed");
    assert_eq!(listed.tasks.len(), 1);
    let value: String = server.run_with(&[b"GET", key.as_bytes()]).await;
    assert_eq!(value, "mine", "it is left alone");
}

/// While servers are replaced one by one, a newer one has tasks that an older cannot read.
#[tokio::test]
async fn a_task_of_a_newer_format_is_left_for_a_newer_server() {
    let server = RedisServer::start().await;
    let store = server.store();
    let id = create(&store).await;
    // As a newer version would have it: in the queue of its own format.
    set(&server, id, "format", b"2").await;
    server.run::<()>("RENAME {mcp}:waiting:1:work {mcp}:waiting:2:work").await;
    let before = server.digest().await;
    assert!(claim(&store).await.is_none());
    store.sweep().await.expect("sweeping works");
    assert!(is_unreadable(&store.get(OWNER, id).await));
    assert!(is_unreadable(&store.cancel(OWNER, id).await));
    let mut again = request();
    again.id = id;
    assert!(is_unreadable(&store.create(again, ROOM).await));
    assert!(store.list(OWNER, None, 10).await.expect("listing works").tasks.is_empty());
    assert_eq!(server.digest().await, before, "nothing was changed");
}

/// Never changed: a task of format 1 as the first version has written it.
const GOLDEN: &str = include_str!("task-1.json");

#[tokio::test]
async fn a_task_of_the_first_format_is_read_and_finished() {
    let server = RedisServer::start().await;
    let store = server.store();
    let id: TaskId = "0123456789abcdef0123456789abcdef".parse().expect("an id");
    let fields: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(GOLDEN).expect("it is JSON");
    for (field, value) in &fields {
        set(&server, id, field, value.as_str().expect("a string").as_bytes()).await;
    }
    server.run::<()>(&format!("PEXPIRE {} 60000", key_of(id))).await;
    server.run::<()>(&format!("ZADD {{mcp}}:waiting:1:train 1 {id}")).await;
    server.run::<()>("PEXPIRE {mcp}:waiting:1:train 60000").await;

    let record = store.claim("new", &["train"], LONG).await.expect("claims").expect("it waits");
    assert_eq!(record.id(), id);
    assert_eq!(record.request.revision, Revision::V2025_11_25);
    assert_eq!(record.request.arguments.get(), r#"{"epochs":10}"#);
    assert_eq!((record.attempts, record.token), (2, 4));
    assert_eq!(record.journal.as_ref(), b"journal");
    assert_eq!(record.progress, Some(TaskProgress { done: 0.5, total: None }));
    assert_eq!(record.message.as_deref(), Some("half way"));
    assert_eq!(record.questions.len(), 2);
    assert_eq!(record.questions[0].answer.as_ref().expect("answered").get(), r#"{"yes":1}"#);
    let owner = record.request.owner.clone();
    assert!(matches!(&owner, Owner::Principal { subject, .. } if subject == "alice"));
    let answers = vec![Answer { key: "b".into(), value: json("1") }];
    assert_eq!(store.answer(&owner, id, answers).await.expect("open"), ["b"]);
    store.finish(record.fence(), succeeded()).await.expect("held");
    assert_eq!(store.get(&owner, id).await.expect("it is there").status, TaskStatus::Completed);
}

/// An older server goes on with what this version writes: the golden task is how it looks.
#[tokio::test]
async fn this_version_writes_the_first_format() {
    let server = RedisServer::start().await;
    let store = server.store();
    let fence = begin(&store).await;
    let asked = vec![Question::new("a", "elicitation/create", json("{}"))];
    store.ask(fence, asked).await.expect("held");
    let answers = vec![Answer { key: "a".into(), value: json("1") }];
    store.answer(OWNER, fence.id, answers).await.expect("open");
    let progress = TaskProgress { done: 0.5, total: None };
    let report = mcp_runtime::tasks::Report { progress: Some(progress), message: Some("x".into()) };
    store.report(fence, report).await.expect("held");
    store.save_journal(fence, "j".into()).await.expect("held");
    let mut written: Vec<String> = server.run(&format!("HKEYS {}", key_of(fence.id))).await;
    // Of the others, what was added since is passed over by those that do not know it.
    written.retain(|field| !["worker", "until", "bytes", "max_bytes"].contains(&field.as_str()));
    let golden: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(GOLDEN).expect("it is JSON");
    let mut golden: Vec<_> =
        golden.keys().filter(|it| !it.ends_with(":b") && !it.ends_with(":1")).cloned().collect();
    written.sort();
    golden.sort();
    assert_eq!(written, golden);
}
