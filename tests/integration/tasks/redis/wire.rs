//! Connections that are cut, and wake-ups.

use std::time::Duration;

use mcp_runtime::tasks::{Outcome, RedisStore, TaskStatus, TaskStore};

use super::{
    LONG, OWNER, ROOM, RedisServer, begin, claim, create, get, in_time, json, proxy::Proxy,
    request, succeeded,
};

/// The answer is lost after each number of bytes: whatever the server has done by then, the task is
/// created, claimed and finished once.
#[tokio::test]
async fn an_answer_that_is_cut_anywhere_does_nothing_twice() {
    let server = RedisServer::start().await;
    let proxy = Proxy::before(server.socket());
    let store = RedisStore::builder(proxy.url()).timeout(Duration::from_secs(10)).build();
    let store = store.expect("valid");
    let warm = begin(&store).await;
    store.finish(warm, succeeded()).await.expect("held");
    for cut in (0..).step_by(23) {
        proxy.cut_after(cut);
        let request = request();
        let record = in_time(store.create(request.clone(), ROOM)).await.expect("tried again");
        assert_eq!(record.id(), request.id, "cut after {cut}");
        let claimed = in_time(claim(&store)).await.expect("it waits");
        assert_eq!((claimed.id(), claimed.attempts), (request.id, 1), "cut after {cut}");
        let given_up = self::request();
        in_time(store.create(given_up.clone(), ROOM)).await.expect("tried again");
        let cancelled = in_time(store.cancel(OWNER, given_up.id)).await.expect("tried again");
        assert_eq!(cancelled.status, TaskStatus::Cancelled, "cut after {cut}");
        assert!(in_time(claim(&store)).await.is_none(), "cut after {cut}: there is one task");
        in_time(store.finish(claimed.fence(), succeeded())).await.expect("tried again");
        assert_eq!(get(&store, request.id).await.status, TaskStatus::Completed);
        if proxy.is_whole() {
            break;
        }
    }
    proxy.cut_after(usize::MAX);
    server.check_keys().await;
}

/// A task that may run once is not lost when the worker that has claimed it never learns that.
#[tokio::test]
async fn a_claim_without_an_answer_is_had_by_the_next() {
    let server = RedisServer::start().await;
    let store = server.store();
    assert!(claim(&store).await.is_none(), "the server knows the script by now");
    let patience = [Duration::from_millis(100), Duration::from_secs(20)];
    for patience in patience {
        let id = create(&store).await;
        server.pause();
        // Given up by the caller, or by the store.
        let claiming = store.claim("worker", &["work"], LONG);
        let answer = tokio::time::timeout(patience, claiming).await;
        assert!(!matches!(answer, Ok(Ok(_))), "{answer:?}");
        server.resume();
        // Its command reaches the server all the same.
        while get(&store, id).await.attempts == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let claimed = claim(&store).await.expect("it was claimed for this worker");
        assert_eq!((claimed.id(), claimed.attempts), (id, 1));
        assert!(claim(&store).await.is_none());
        store.finish(claimed.fence(), succeeded()).await.expect("held");
    }
}

#[tokio::test]
async fn a_connection_that_the_server_closes_is_made_again() {
    let server = RedisServer::start().await;
    let store = server.store();
    let fence = begin(&store).await;
    for _ in 0..3 {
        server.run::<i64>("CLIENT KILL TYPE normal SKIPME yes").await;
        store.renew(fence, LONG).await.expect("held");
    }
}

/// What one process does wakes those that wait in another.
#[tokio::test]
async fn changes_are_told_to_other_processes() {
    let server = RedisServer::start().await;
    let (here, there) = (server.store(), server.store());
    let mut work = there.watch_work();
    // The first is that it listens now.
    in_time(work.changed()).await;
    let id = create(&here).await;
    in_time(work.changed()).await;
    let fence = claim(&there).await.expect("it waits").fence();
    let mut watch = here.watch(id);
    in_time(watch.changed()).await;
    there.finish(fence, succeeded()).await.expect("held");
    in_time(watch.changed()).await;
    assert_eq!(get(&here, id).await.status, TaskStatus::Completed);
}

#[tokio::test]
async fn a_change_while_the_connection_was_cut_is_told() {
    let mut server = RedisServer::durable().await;
    let (here, there) = (server.store(), server.store());
    let fence = begin(&here).await;
    let mut watch = there.watch(fence.id);
    in_time(watch.changed()).await;
    server.run::<i64>("CLIENT KILL TYPE pubsub").await;
    here.finish(fence, succeeded()).await.expect("held");
    in_time(watch.changed()).await;
    assert_eq!(get(&there, fence.id).await.status, TaskStatus::Completed);

    let fence = begin(&here).await;
    let mut watch = there.watch(fence.id);
    server.kill();
    server.start_again().await;
    here.cancel(OWNER, fence.id).await.expect("it runs");
    in_time(watch.changed()).await;
    assert_eq!(get(&there, fence.id).await.status, TaskStatus::Cancelled);
}

/// Whoever waits asks nothing.
#[tokio::test]
async fn waiting_costs_the_server_next_to_nothing() {
    let server = RedisServer::start().await;
    let store = server.store();
    let mut watches = vec![store.watch_work()];
    for _ in 0..50 {
        let id = create(&store).await;
        watches.push(store.watch(id));
    }
    let waiting: Vec<_> = watches
        .into_iter()
        .map(|mut watch| {
            tokio::spawn(async move {
                loop {
                    watch.changed().await;
                }
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let before = server.commands().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let asked = server.commands().await - before;
    assert!(asked < 10, "{asked} commands in a second of waiting");
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn a_large_task_comes_back_as_it_was() {
    let server = RedisServer::start().await;
    let store = server.builder().timeout(Duration::from_secs(20)).build().expect("valid");
    let large = json(&format!(r#""{}""#, "x".repeat(16 * 1024 * 1024)));
    let mut request = request();
    request.arguments = large.clone();
    store.create(request, ROOM).await.expect("room");
    let claimed = claim(&store).await.expect("it waits");
    assert!(claimed.request.arguments.get() == large.get());
    let outcome = Outcome::Result { result: large, is_error: false };
    store.finish(claimed.fence(), outcome).await.expect("held");
    let Some(Outcome::Result { result, .. }) = get(&store, claimed.id()).await.outcome else {
        panic!("it has a result")
    };
    assert_eq!(result.get().len(), 16 * 1024 * 1024 + 2);
}
