//! What becomes of tasks when the server has trouble.

use mcp_runtime::tasks::{RedisStore, StoreError, TaskStatus, TaskStore};

use super::{
    LONG, OWNER, ROOM, RedisServer, begin, claim, create, get, in_time, is_unavailable, is_unknown,
    request, succeeded,
};

#[tokio::test]
async fn without_a_server_calls_end_in_time() {
    let store = RedisStore::builder("redis+unix:///nowhere/at/all").build().expect("valid");
    assert!(is_unavailable(&in_time(store.check()).await));
    let refused = in_time(store.create(request(), ROOM)).await;
    assert!(is_unavailable(&refused), "{refused:?}");
    assert!(is_unavailable(&in_time(store.claim("one", &["work"], LONG)).await));
    assert!(is_unavailable(&in_time(store.sweep()).await));
}

#[test]
fn wrong_options_are_refused_without_the_password() {
    for (url, prefix) in
        [("http://a:secret@b", "mcp"), ("", "mcp"), ("redis://secret@a:b:c", "mcp")]
    {
        let error = RedisStore::builder(url).prefix(prefix).build().expect_err("it is wrong");
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
    for prefix in ["", "a{b", "a}b", "a\nb"] {
        assert!(RedisStore::builder("redis://a").prefix(prefix).build().is_err(), "{prefix:?}");
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_the_server() {
    let mut server = RedisServer::durable().await;
    let store = server.store();
    let waiting = create(&store).await;
    let running = claim(&store).await.expect("it waits").fence();
    assert_eq!(running.id, waiting);
    let done = begin(&store).await;
    store.finish(done, succeeded()).await.expect("held");
    let waiting = create(&store).await;

    server.kill();
    let away = in_time(store.get(OWNER, done.id)).await;
    assert!(is_unavailable(&away), "{away:?}");
    assert!(is_unavailable(&in_time(store.renew(running, LONG)).await));

    server.start_again().await;
    assert_eq!(get(&store, done.id).await.status, TaskStatus::Completed);
    store.renew(running, LONG).await.expect("the worker still holds it");
    assert_eq!(claim(&store).await.expect("it still waits").id(), waiting);
    store.finish(running, succeeded()).await.expect("the worker still holds it");
    server.check_keys().await;
}

#[tokio::test]
async fn on_a_server_that_has_lost_everything_tasks_are_unknown() {
    let mut server = RedisServer::start().await;
    let store = server.store();
    for restart in [true, false] {
        let held = begin(&store).await;
        create(&store).await;
        if restart {
            server.kill();
            server.start_again().await;
        } else {
            server.run::<()>("FLUSHALL").await;
        }
        assert!(is_unknown(&store.get(OWNER, held.id).await));
        assert!(is_unknown(&store.renew(held, LONG).await));
        assert!(is_unknown(&store.finish(held, succeeded()).await));
        assert!(claim(&store).await.is_none());
        store.sweep().await.expect("sweeping works");
        let next = begin(&store).await;
        store.finish(next, succeeded()).await.expect("a new task works");
        server.run::<()>("FLUSHALL").await;
    }
}

#[tokio::test]
async fn forgotten_scripts_are_loaded_again() {
    let server = RedisServer::start().await;
    let store = server.store();
    for _ in 0..3 {
        let fence = begin(&store).await;
        server.run::<()>("SCRIPT FLUSH").await;
        store.finish(fence, succeeded()).await.expect("held");
        server.run::<()>("SCRIPT FLUSH").await;
        assert_eq!(get(&store, fence.id).await.status, TaskStatus::Completed);
    }
}

#[tokio::test]
async fn a_server_that_hangs_does_not_hang_calls() {
    let server = RedisServer::start().await;
    let store = server.store();
    let fence = begin(&store).await;
    server.pause();
    let hung = in_time(store.get(OWNER, fence.id)).await;
    assert!(is_unavailable(&hung), "{hung:?}");
    let finish = in_time(store.finish(fence, succeeded())).await;
    assert!(is_unavailable(&finish), "{finish:?}");
    server.resume();
    // Whether the first reached the server or not, the second says the same.
    store.finish(fence, succeeded()).await.expect("to finish again is safe");
    assert_eq!(get(&store, fence.id).await.status, TaskStatus::Completed);
}

#[tokio::test]
async fn a_server_that_is_busy_does_not_hang_calls() {
    let server = RedisServer::start().await;
    let store = server.store();
    create(&store).await;
    server.run::<()>("CLIENT PAUSE 3000 ALL").await;
    let paused = in_time(store.create(request(), ROOM)).await;
    assert!(is_unavailable(&paused), "{paused:?}");
}

/// Everything that has nothing to add still works, so that running tasks are not lost.
#[tokio::test]
async fn without_memory_nothing_new_is_kept_and_nothing_is_half_done() {
    let server = RedisServer::start().await;
    let store = server.store();
    let (running, other) = (begin(&store).await, begin(&store).await);
    let waiting = create(&store).await;
    let before = server.digest().await;
    server.run::<()>("CONFIG SET maxmemory 1").await;
    for refused in [
        in_time(store.create(request(), ROOM)).await.map(drop),
        in_time(store.claim("two", &["work"], LONG)).await.map(drop),
        in_time(store.finish(running, succeeded())).await,
        in_time(store.save_journal(running, vec![0; 100].into())).await,
    ] {
        assert!(is_unavailable(&refused), "{refused:?}");
    }
    assert_eq!(server.digest().await, before, "nothing was written");
    assert_eq!(get(&store, waiting).await.status, TaskStatus::Working);
    store.renew(running, LONG).await.expect("held");
    store.cancel(OWNER, other.id).await.expect("it runs");
    store.sweep().await.expect("sweeping works");
    server.run::<()>("CONFIG SET maxmemory 0").await;
    store.finish(running, succeeded()).await.expect("held");
    assert_eq!(claim(&store).await.expect("it waits").id(), waiting);
}

#[tokio::test]
async fn a_server_that_does_not_write_refuses_and_still_reads() {
    let server = RedisServer::start().await;
    let store = server.store();
    let running = begin(&store).await;
    for (trouble, cure) in [
        ("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"),
        ("CONFIG SET min-replicas-to-write 1", "CONFIG SET min-replicas-to-write 0"),
    ] {
        let before = server.digest().await;
        server.run::<()>(trouble).await;
        let refused = in_time(store.create(request(), ROOM)).await;
        assert!(is_unavailable(&refused), "{trouble}: {refused:?}");
        let refused = in_time(store.finish(running, succeeded())).await;
        assert!(is_unavailable(&refused), "{trouble}: {refused:?}");
        assert_eq!(get(&store, running.id).await.status, TaskStatus::Working);
        assert_eq!(server.digest().await, before, "{trouble}: nothing was written");
        server.run::<()>(cure).await;
        store.renew(running, LONG).await.expect("held");
        create(&store).await;
    }
    store.finish(running, succeeded()).await.expect("held");
}

#[tokio::test]
async fn a_failover_within_the_time_limit_is_not_seen() {
    let server = RedisServer::start().await;
    let store = server.store();
    create(&store).await;
    server.run::<()>("REPLICAOF 127.0.0.1 1").await;
    let (created, ()) = tokio::join!(store.create(request(), ROOM), async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        server.run::<()>("REPLICAOF NO ONE").await;
    });
    created.expect("the next attempt goes well");
}

#[tokio::test]
async fn without_permission_calls_are_refused_at_once() {
    let server = RedisServer::start().await;
    server.run::<()>("ACL SETUSER reader on nopass +@read +ping ~*").await;
    let url = server.url();
    let store = RedisStore::builder(format!("{url}?user=reader&pass=x")).build().expect("valid");
    let refused = store.create(request(), ROOM).await;
    let Err(StoreError::Unavailable { cause, .. }) = &refused else { panic!("{refused:?}") };
    assert!(cause.to_string().to_lowercase().contains("permission"), "{cause}");
}
