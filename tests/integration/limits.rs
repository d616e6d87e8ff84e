//! Every figure of `Limits` that concerns HTTP, tripped.

use std::time::Duration;

use mcp_runtime::{Limits, protocol::Revision};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{
    fixture::{ACCEPT, JSON, Served, initialize, modern, serve_limited},
    raw::{self, Connection},
};

/// The fields of `Limits`, each with the test that trips it. A new field without one does not
/// compile here.
#[test]
fn every_limit_has_a_test() {
    let Limits {
        body_bytes: _,                     // a_body_that_is_too_large_is_refused
        body_bytes_in_flight: _,           // bodies_share_a_budget
        line_bytes: _,                     // stdio
        headers: _,                        // a_head_with_too_many_headers_is_refused
        header_bytes: _,                   // a_head_that_is_too_large_is_refused
        header_timeout: _,                 // a_client_that_sends_its_head_too_slowly_is_cut_off
        body_timeout: _,                   // a_body_that_comes_too_slowly_is_refused
        write_timeout: _,                  // a_client_that_does_not_read_is_cut_off
        connections: _,                    // connections_over_the_limit_wait
        calls: _,                          // calls_over_the_limit_are_refused_for_now
        calls_per_caller: _, // calls_of_one_session_over_the_limit_are_refused_for_now
        call_idle: _,        // calls.rs
        call_total: _,       // calls.rs
        result_bytes: _,     // a_result_that_is_too_large_becomes_an_error
        question_timeout: _, // asking/live.rs
        questions_per_session: _, // asking/live.rs
        rounds: _,           // asking/rounds.rs
        state_bytes: _,      // asking/steps.rs
        state_lifetime: _,   // asking/state.rs
        call_lifetime: _,    // asking/state.rs
        url_elicitations: _, // url_mode/pages.rs
        url_elicitations_per_principal: _, // url_mode/pages.rs
        url_wait: _,         // url_mode/rounds.rs
        tasks: _,            // task_calls/extension.rs
        tasks_per_principal: _, // task_calls/extension.rs
        tasks_running: _,    // task_calls/worker.rs
        task_bytes: _,       // task_calls/extension.rs
        tasks_bytes: _,      // task_calls/extension.rs
        tasks_bytes_per_principal: _, // task_calls/extension.rs
        task_lease: _,       // replicas/lost.rs
        task_ttl: _,         // task_calls/extension.rs
        sessions: _,         // sessions_over_the_limit_are_refused_and_nobody_loses_one
        sessions_per_principal: _, // principals.rs
        session_idle: _,     // an_idle_session_ends
        session_start: _,    // a_session_that_never_starts_ends
        session_total: _,    // a_session_ends_after_its_total_time
        streams_per_session: _, // streams_of_a_session_are_limited
        subscriptions: _,    // subscriptions_over_the_limit_are_refused_for_now
        watched_uris: _,     // a_client_can_watch_so_many_resources
        queued_messages: _,  // a_listener_that_falls_behind_is_ended
        queued_bytes: _,     // a_listener_that_falls_behind_is_ended
        replay_events: _,    // streams.rs
        replay_bytes: _,     // streams.rs
        replay_bytes_total: _, // streams.rs
        keep_alive: _,       // a_silent_stream_gets_comments
        page_items: _,       // a_page_has_so_many_items
        drain: _,            // streams.rs
        drain_stdio: _,      // stdio
        ..
    } = Limits::default();
}

async fn call(server: &Served, connection: &mut Connection, name: &str, arguments: Value) {
    let (headers, body) = modern("tools/call", json!({ "name": name, "arguments": arguments }));
    let mut all: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    all.extend([ACCEPT, JSON]);
    let head = raw::head(server.address, "POST", &all, &body.to_string());
    connection.write(head.as_bytes()).await;
}

async fn until_called(server: &Served, count: usize) {
    let start = Instant::now();
    while server.calls.count() < count {
        assert!(start.elapsed() < raw::PATIENCE, "never called");
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let server = serve_limited(|limits| limits.body_bytes = 1000).await;
    let announced = [("content-length", "1001"), JSON, ACCEPT];
    let response = raw::request(server.address, "POST", &announced, "").await;
    assert_eq!(response.status, 413, "without reading the body");
    let chunk = format!("190\r\n{}\r\n", "x".repeat(400));
    let chunked = raw::head(server.address, "POST", &[("transfer-encoding", "chunked"), JSON], "")
        .replace("content-length: 0\r\n", "")
        + &chunk.repeat(3);
    assert_eq!(raw::exchange(server.address, chunked.as_bytes()).await.status, 413, "chunked");
    assert_eq!(server.call("echo", json!({ "text": "x".repeat(2000) })).await.status, 413);
    assert_eq!(server.call("echo", json!({ "text": "x" })).await.status, 200);
}

#[tokio::test]
async fn bodies_share_a_budget() {
    let server = serve_limited(|limits| limits.body_bytes_in_flight = 1000).await;
    let mut slow = Connection::open(server.address).await;
    let head = raw::head(server.address, "POST", &[("content-length", "900"), JSON], "");
    slow.write(head.as_bytes()).await;
    slow.write(&[b' '; 899]).await;
    let start = Instant::now();
    loop {
        let response = server.call("echo", json!({ "text": "x" })).await;
        if response.status == 503 {
            assert_eq!(response.header("retry-after"), Some("1"));
            break;
        }
        assert!(start.elapsed() < raw::PATIENCE);
    }
    drop(slow);
    while server.call("echo", json!({ "text": "x" })).await.status != 200 {
        assert!(start.elapsed() < raw::PATIENCE, "the budget is given back");
    }
}

#[tokio::test]
async fn a_head_with_too_many_headers_is_refused() {
    let server = serve_limited(|limits| limits.headers = 10).await;
    let many: Vec<_> = (0..10).map(|n| (format!("x-{n}"), "v".to_owned())).collect();
    let many: Vec<_> = many.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(raw::request(server.address, "POST", &many, "").await.status, 431);
    server.assert_healthy().await;
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let server = serve_limited(|limits| limits.header_bytes = 8192).await;
    let long = "v".repeat(20_000);
    assert_eq!(raw::request(server.address, "POST", &[("x-long", &long)], "").await.status, 431);
    server.assert_healthy().await;
}

#[tokio::test]
async fn a_client_that_sends_its_head_too_slowly_is_cut_off() {
    let server = serve_limited(|limits| limits.header_timeout = Duration::from_millis(50)).await;
    let mut slow = Connection::open(server.address).await;
    slow.write(b"POST /mcp HTTP/1.1\r\nhost: localhost\r\nx-slow: ").await;
    slow.read_to_end().await;
    server.assert_healthy().await;
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_is_refused() {
    let server = serve_limited(|limits| limits.body_timeout = Duration::from_millis(50)).await;
    let head = raw::head(server.address, "POST", &[("content-length", "900"), JSON], "");
    let mut slow = Connection::open(server.address).await;
    slow.write(head.as_bytes()).await;
    slow.write(b"{").await;
    assert_eq!(raw::parse(&slow.read_to_end().await).status, 408);
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_off() {
    let server = serve_limited(|limits| {
        limits.write_timeout = Duration::from_millis(100);
        limits.connections = 1;
    })
    .await;
    let mut deaf = Connection::open(server.address).await;
    call(&server, &mut deaf, "large", json!({ "len": 10_000_000 })).await;
    // The only place is free again once the deaf client is gone.
    server.assert_healthy().await;
    drop(deaf);
}

#[tokio::test]
async fn connections_over_the_limit_wait() {
    let server = serve_limited(|limits| limits.connections = 1).await;
    let first = Connection::open(server.address).await;
    let mut second = Connection::open(server.address).await;
    call(&server, &mut second, "echo", json!({ "text": "x" })).await;
    sleep(Duration::from_millis(50)).await;
    assert_eq!(server.calls.count(), 0);
    drop(first);
    assert_eq!(raw::parse(&second.read_to_end().await).status, 200);
}

#[tokio::test]
async fn calls_over_the_limit_are_refused_for_now() {
    let server = serve_limited(|limits| limits.calls = 1).await;
    let mut slow = Connection::open(server.address).await;
    call(&server, &mut slow, "sleep", json!({ "millis": 300 })).await;
    until_called(&server, 1).await;
    let response = server.call("echo", json!({ "text": "x" })).await;
    assert_eq!((response.status, response.error_code()), (503, -32603));
    assert_eq!(response.header("retry-after"), Some("1"));
    assert_eq!(response.json()["error"]["data"]["reason"], "overload");
    server.assert_healthy().await;
    assert_eq!(raw::parse(&slow.read_to_end().await).status, 200);
    assert_eq!(server.call("echo", json!({ "text": "x" })).await.status, 200);
}

#[tokio::test]
async fn calls_of_one_session_over_the_limit_are_refused_for_now() {
    let server = serve_limited(|limits| limits.calls_per_caller = 1).await;
    let session = server.session(Revision::V2025_11_25).await;
    let other = server.session(Revision::V2025_11_25).await;
    let second = async {
        until_called(&server, 1).await;
        let refused = session
            .request(2, "tools/call", json!({ "name": "echo", "arguments": { "text": "x" } }))
            .await;
        assert_eq!((refused.status, refused.error_code()), (429, -32603));
        let taken = other.call("echo", json!({ "text": "x" })).await;
        assert_eq!(taken.status, 200, "another session has its own places");
    };
    let (first, ()) = tokio::join!(session.call("sleep", json!({ "millis": 100 })), second);
    assert_eq!(first.status, 200);
}

#[tokio::test]
async fn a_result_that_is_too_large_becomes_an_error() {
    let server = serve_limited(|limits| limits.result_bytes = 1000).await;
    let response = server.call("large", json!({ "len": 2000 })).await;
    let result = &response.json()["result"];
    assert_eq!(result["isError"], true);
    assert!(result["content"][0]["text"].as_str().is_some_and(|it| it.contains("1000 bytes")));
    assert_eq!(
        server.call("large", json!({ "len": 500 })).await.json()["result"]["isError"],
        Value::Null
    );
}

#[tokio::test]
async fn sessions_over_the_limit_are_refused_and_nobody_loses_one() {
    let server = serve_limited(|limits| limits.sessions = 2).await;
    let sessions =
        [server.session(Revision::V2025_11_25).await, server.session(Revision::V2024_11_05).await];
    let response = server.post(&[], &initialize("2025-11-25").to_string()).await;
    assert_eq!((response.status, response.error_code()), (503, -32603));
    assert!(response.header("retry-after").is_some());
    for session in &sessions {
        assert_eq!(session.request(1, "ping", json!({})).await.status, 200);
    }
    let id = [("mcp-session-id", sessions[0].id.as_str())];
    assert_eq!(raw::request(server.address, "DELETE", &id, "").await.status, 204);
    assert_eq!(server.post(&[], &initialize("2025-11-25").to_string()).await.status, 200);
}

#[tokio::test]
async fn an_idle_session_ends() {
    let server = serve_limited(|limits| limits.session_idle = Duration::from_millis(80)).await;
    let session = server.session(Revision::V2025_11_25).await;
    let slow = session.call("sleep", json!({ "millis": 200 })).await;
    assert_eq!(slow.status, 200, "a session with a running call is not idle");
    assert_eq!(session.request(1, "ping", json!({})).await.status, 200);
    sleep(Duration::from_millis(120)).await;
    assert_eq!(session.request(1, "ping", json!({})).await.status, 404);
}

#[tokio::test]
async fn a_session_that_never_starts_ends() {
    let server = serve_limited(|limits| limits.session_start = Duration::from_millis(40)).await;
    let opened = server.post(&[], &initialize("2025-11-25").to_string()).await;
    let id = opened.header("mcp-session-id").expect("a session").to_owned();
    let started = server.session(Revision::V2025_11_25).await;
    sleep(Duration::from_millis(80)).await;
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    assert_eq!(server.post(&[("mcp-session-id", &id)], ping).await.status, 404);
    assert_eq!(started.post(ping).await.status, 200);
}

#[tokio::test]
async fn a_session_ends_after_its_total_time() {
    let server = serve_limited(|limits| limits.session_total = Duration::from_millis(60)).await;
    let session = server.session(Revision::V2025_11_25).await;
    sleep(Duration::from_millis(100)).await;
    assert_eq!(session.request(1, "ping", json!({})).await.status, 404);
}

#[tokio::test]
async fn streams_of_a_session_are_limited() {
    let server = serve_limited(|limits| limits.streams_per_session = 1).await;
    let session = server.session(Revision::V2025_11_25).await;
    let get = raw::head(
        server.address,
        "GET",
        &[("accept", "text/event-stream"), ("mcp-session-id", &session.id)],
        "",
    );
    let mut stream = Connection::open(server.address).await;
    stream.write(get.as_bytes()).await;
    stream.read_until("id: 0-0").await;
    let response = session.call("echo", json!({ "text": "x" })).await;
    assert_eq!(response.status, 429);
}

#[tokio::test]
async fn subscriptions_over_the_limit_are_refused_for_now() {
    let server = serve_limited(|limits| limits.subscriptions = 1).await;
    let listen = json!({ "notifications": { "toolsListChanged": true } });
    let (headers, body) = modern("subscriptions/listen", listen.clone());
    let mut all: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    all.extend([ACCEPT, JSON]);
    let mut first = Connection::open(server.address).await;
    first.write(raw::head(server.address, "POST", &all, &body.to_string()).as_bytes()).await;
    first.read_until("acknowledged").await;
    assert_eq!(server.modern("subscriptions/listen", listen).await.status, 503);
}

#[tokio::test]
async fn a_client_can_watch_so_many_resources() {
    let server = serve_limited(|limits| limits.watched_uris = 1).await;
    let session = server.session(Revision::V2025_11_25).await;
    let watch =
        |uri: &'static str| session.request(1, "resources/subscribe", json!({ "uri": uri }));
    assert_eq!(watch("pages:front").await.json()["result"], json!({}));
    assert_eq!(watch("pages:front").await.json()["result"], json!({}), "again is no more");
    assert_eq!(watch("pages://a").await.error_code(), -32603);
    let two = json!({ "notifications": { "resourceSubscriptions": ["pages:front", "pages://a"] } });
    assert_eq!(server.modern("subscriptions/listen", two).await.error_code(), -32602);
}

#[tokio::test]
async fn a_listener_that_falls_behind_is_ended() {
    for bytes in [usize::MAX, 300] {
        let server = serve_limited(|limits| {
            limits.queued_messages = if bytes == 300 { usize::MAX } else { 3 };
            limits.queued_bytes = bytes;
        })
        .await;
        let (headers, body) = modern(
            "subscriptions/listen",
            json!({ "notifications": { "resourceSubscriptions": ["pages://a"] } }),
        );
        let mut all: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        all.extend([ACCEPT, JSON]);
        let mut listener = Connection::open(server.address).await;
        listener.write(raw::head(server.address, "POST", &all, &body.to_string()).as_bytes()).await;
        listener.read_until("acknowledged").await;
        // Published without a pause in which the listener could be served.
        for page in 0..100 {
            server.handle.resource_updated(format!("pages://a/{page}"));
        }
        let end = String::from_utf8(listener.read_to_end().await).expect("UTF-8");
        assert!(end.contains("\"resultType\":\"complete\""), "ended with its result: {end}");
        server.assert_healthy().await;
    }
}

#[tokio::test]
async fn a_silent_stream_gets_comments() {
    let server = serve_limited(|limits| limits.keep_alive = Duration::from_millis(20)).await;
    let session = server.session(Revision::V2025_11_25).await;
    let get = raw::head(
        server.address,
        "GET",
        &[("accept", "text/event-stream"), ("mcp-session-id", &session.id)],
        "",
    );
    let mut stream = Connection::open(server.address).await;
    stream.write(get.as_bytes()).await;
    let read = stream.read_until(": keep-alive\n\n").await;
    assert!(read.contains("text/event-stream"));
}

#[tokio::test]
async fn a_page_has_so_many_items() {
    let server = serve_limited(|limits| limits.page_items = 3).await;
    let mut names = Vec::new();
    let mut params = json!({});
    loop {
        let response = server.modern("tools/list", params).await.json();
        let page = response["result"]["tools"].as_array().expect("tools").clone();
        assert!(page.len() <= 3);
        names.extend(page.iter().map(|tool| tool["name"].as_str().unwrap_or_default().to_owned()));
        let Some(cursor) = response["result"].get("nextCursor") else { break };
        params = json!({ "cursor": cursor });
    }
    let expected = ["echo", "sleep", "count", "explode", "explode_blocking", "route", "large"];
    assert_eq!(names, expected);
}
