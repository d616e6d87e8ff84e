//! A session that one server has opened is served by the other.

use std::time::Duration;

use mcp_runtime::protocol::Revision;
use serde_json::json;
use tokio::time::sleep;

use super::{
    fleet::until,
    pair::{answer, asked_session, pair, pair_limited, request_in, serve_at, start, until_heard},
};
use crate::{
    fixture::{SessionOf, initialize},
    raw,
    streams::listen,
};

#[tokio::test]
async fn any_server_answers_in_any_revision() {
    let pair = pair().await;
    for revision in [Revision::V2025_03_26, Revision::V2025_06_18, Revision::V2025_11_25] {
        let session = pair.here.session(revision).await;
        for session in [pair.there(&session), session] {
            let answer = session.call("echo", json!({ "text": "hello" })).await;
            assert!(answer.body.contains("hello"), "{answer:?}");
            let other = raw::request(
                session.server.address,
                "POST",
                &[
                    crate::fixture::ACCEPT,
                    crate::fixture::JSON,
                    ("mcp-session-id", &session.id),
                    ("mcp-protocol-version", "2024-11-05"),
                ],
                r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#,
            )
            .await;
            assert_eq!(other.status, 400, "the version is still that of the session");
        }
    }
    pair.redis.check_keys_of("fixture").await;
}

#[tokio::test]
async fn what_the_client_can_do_is_known_everywhere() {
    let pair = pair().await;
    let session = asked_session(&pair.here).await;
    let mut call = start(&pair.there(&session), 7, "greet", json!({})).await;
    let question = request_in(&call.read_until("elicitation/create").await);
    let accepted = answer(&pair.there(&session), &question, json!({ "action": "accept" })).await;
    assert_eq!(accepted.status, 202);
    call.read_until("greeted: true").await;
    let mute = pair.here.session(Revision::V2025_11_25).await;
    let refused = pair.there(&mute).call("greet", json!({})).await;
    assert!(!refused.body.contains("greeted"), "{refused:?}");
}

#[tokio::test]
async fn a_session_that_is_deleted_is_deleted_everywhere() {
    let pair = pair().await;
    let session = pair.here.session(Revision::V2025_11_25).await;
    let there = pair.there(&session);
    assert_eq!(there.request(1, "ping", json!({})).await.status, 200);
    until_heard(&pair.redis, 2).await;
    let headers = [("mcp-session-id", session.id.as_str())];
    let deleted = raw::request(pair.there.address, "DELETE", &headers, "").await;
    assert_eq!(deleted.status, 204);
    for session in [&there, &session] {
        until(async || (session.request(2, "ping", json!({})).await.status == 404).then_some(()))
            .await;
    }
}

#[tokio::test]
async fn an_id_that_is_no_session_is_404_and_reaches_no_key() {
    let pair = pair().await;
    let unknown = "0".repeat(32);
    let long = "a".repeat(2000);
    for id in [unknown.as_str(), "x", "*", "{fixture}:", &long] {
        let session = SessionOf { server: &pair.there, id: id.to_owned() };
        assert_eq!(session.request(1, "ping", json!({})).await.status, 404, "{id}");
    }
}

#[tokio::test]
async fn an_unused_session_ends_everywhere_and_a_used_one_lives_by_any_use() {
    let pair = pair_limited(|limits| limits.session_idle = Duration::from_millis(800)).await;
    let used = pair.here.session(Revision::V2025_11_25).await;
    let unused = pair.here.session(Revision::V2025_11_25).await;
    for _ in 0..8 {
        sleep(Duration::from_millis(250)).await;
        assert_eq!(pair.there(&used).request(1, "ping", json!({})).await.status, 200);
    }
    assert_eq!(used.request(1, "ping", json!({})).await.status, 200, "used at the other one");
    assert_eq!(pair.there(&unused).request(1, "ping", json!({})).await.status, 404);
    assert_eq!(unused.request(1, "ping", json!({})).await.status, 404);
}

#[tokio::test]
async fn an_open_stream_keeps_a_session_alive_for_all() {
    let pair = pair_limited(|limits| limits.session_idle = Duration::from_millis(800)).await;
    let session = pair.here.session(Revision::V2025_11_25).await;
    let _stream = listen(&session, None).await;
    sleep(Duration::from_millis(2500)).await;
    assert_eq!(pair.there(&session).request(1, "ping", json!({})).await.status, 200);
}

#[tokio::test]
async fn the_number_of_sessions_is_limited_for_all_servers_together() {
    let pair = pair_limited(|limits| limits.sessions = 2).await;
    let body = initialize("2025-11-25").to_string();
    let first = pair.here.session(Revision::V2025_11_25).await;
    pair.there.session(Revision::V2025_11_25).await;
    for server in [&pair.here, &pair.there] {
        let refused = server.post(&[], &body).await;
        assert_eq!((refused.status, refused.header("retry-after")), (503, Some("30")));
    }
    let headers = [("mcp-session-id", first.id.as_str())];
    raw::request(pair.here.address, "DELETE", &headers, "").await;
    assert_eq!(pair.there.post(&[], &body).await.status, 200, "there is room again");
}

#[tokio::test]
async fn a_server_forgets_what_it_can_learn_again() {
    let pair = pair().await;
    let mut limits = mcp_runtime::Limits::default();
    limits.sessions = 2;
    let small = serve_at(&pair.redis.url(), limits).await;
    let mut sessions = Vec::new();
    for _ in 0..5 {
        sessions.push(pair.here.session(Revision::V2025_11_25).await);
    }
    for _ in 0..2 {
        for session in &sessions {
            let session = SessionOf { server: &small, id: session.id.clone() };
            assert_eq!(session.request(1, "ping", json!({})).await.status, 200);
        }
    }
}

#[tokio::test]
async fn a_question_is_answered_by_way_of_the_other_server() {
    let pair = pair().await;
    let session = asked_session(&pair.here).await;
    let mut call = start(&session, 7, "greet", json!({})).await;
    let question = request_in(&call.read_until("elicitation/create").await);
    let there = pair.there(&session);
    let answered = answer(&there, &question, json!({ "action": "accept" })).await;
    assert_eq!(answered.status, 202);
    let read = call.read_until("greeted").await;
    assert!(read.contains("greeted: true"), "{read}");
    let again = answer(&there, &question, json!({ "action": "decline" })).await;
    assert_eq!(again.status, 202, "a late answer is taken and counts for nothing");
    pair.redis.check_keys_of("fixture").await;
}

#[tokio::test]
async fn answers_that_nobody_waits_for_are_kept_nowhere() {
    let pair = pair().await;
    let session = asked_session(&pair.here).await;
    let there = pair.there(&session);
    there.request(1, "ping", json!({})).await;
    let keys = pair.redis.keys().await.len();
    for id in [json!(7), json!("x"), json!(format!("ask-{}", "0".repeat(32)))] {
        let answered = answer(&there, &json!({ "id": id }), json!({ "secret": "x" })).await;
        assert_eq!(answered.status, 202);
    }
    assert_eq!(pair.redis.keys().await.len(), keys);
}

#[tokio::test]
async fn a_call_is_cancelled_by_way_of_the_other_server() {
    let pair = pair().await;
    let session = pair.here.session(Revision::V2025_11_25).await;
    let _call = start(&session, 7, "linger", json!({})).await;
    until_heard(&pair.redis, 1).await;
    let cancelled = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled",
        "params": { "requestId": 7 } });
    until(async || {
        // Until the call has begun there is nothing to cancel.
        pair.there(&session).post(&cancelled.to_string()).await;
        (pair.here.calls.count() == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn without_redis_known_sessions_go_on_and_others_are_told_to_wait() {
    let mut pair = pair().await;
    let session = pair.here.session(Revision::V2025_11_25).await;
    pair.redis.kill();
    let echoed = session.call("echo", json!({ "text": "still here" })).await;
    assert!(echoed.body.contains("still here"), "{echoed:?}");
    let unknown = pair.there(&session).request(1, "ping", json!({})).await;
    assert_eq!(unknown.status, 503, "404 would end the session for its client: {unknown:?}");
    assert_eq!(unknown.json()["error"]["data"]["reason"], "unavailable");
    let opened = pair.there.post(&[], &initialize("2025-11-25").to_string()).await;
    assert_eq!((opened.status, opened.header("retry-after")), (503, Some("1")));
    let headers = [("mcp-session-id", session.id.as_str())];
    let deleted = raw::request(pair.here.address, "DELETE", &headers, "").await;
    assert_eq!(deleted.status, 503, "it would live on elsewhere");
    let modern = pair.there.call("echo", json!({ "text": "no session" })).await;
    assert!(modern.body.contains("no session"), "{modern:?}");
    pair.redis.start_again().await;
    assert_eq!(
        pair.there.session(Revision::V2025_11_25).await.request(1, "ping", json!({})).await.status,
        200
    );
}
