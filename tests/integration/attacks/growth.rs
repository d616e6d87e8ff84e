//! Junk that a server would have to keep.

use std::time::Duration;

use mcp_runtime::{prelude::*, protocol::Revision};
use serde_json::json;

use super::health::{assert_healthy, eventually};
use crate::{
    fixture::{ACCEPT, JSON, initialize, modern, serve, serve_with},
    raw::{self, Connection},
    streams::get,
};

#[tokio::test]
async fn a_session_keeps_no_large_introduction_of_its_client() {
    let server = serve().await;
    let large = "x".repeat(1_000_000);
    for member in ["clientInfo", "capabilities"] {
        let mut opening = initialize("2025-11-25");
        opening["params"][member] = json!({ "name": large, "version": "1",
            "extensions": { "example/x": { "junk": large } } });
        let response = server.post(&[], &opening.to_string()).await;
        assert_eq!((response.status, response.error_code()), (400, -32602), "{member}");
        assert!(response.header("mcp-session-id").is_none());
    }
    assert_healthy(&server, 0).await;
}

#[tokio::test]
async fn what_a_client_watches_is_bounded_in_bytes() {
    let server = serve().await;
    let session = server.session(Revision::V2025_11_25).await;
    let long = |page: usize| format!("pages://{page}-{}", "x".repeat(50_000));
    let watch = |page| session.request(1, "resources/subscribe", json!({ "uri": long(page) }));
    assert_eq!(watch(0).await.json()["result"], json!({}));
    assert_eq!(watch(1).await.error_code(), -32603);
    let uris = [long(0), long(1)];
    for params in [
        json!({ "notifications": { "resourceSubscriptions": uris } }),
        json!({ "notifications": {}, "junk": "x".repeat(1_000_000) }),
    ] {
        assert_eq!(server.modern("subscriptions/listen", params).await.error_code(), -32602);
    }
    assert_healthy(&server, 0).await;
}

/// Report progress, then return a text of this length.
#[mcp_tool]
async fn large_stream(len: usize, progress: Progress) -> String {
    progress.report(0.5, "").await;
    "x".repeat(len)
}

#[tokio::test]
async fn finished_streams_are_kept_within_bounds() {
    let mut limits = mcp_runtime::Limits::default();
    limits.replay_bytes_total = 100_000;
    limits.streams_per_session = 4;
    let server = serve_with(|server| server.limits(limits).tools(tools![large_stream])).await;
    let session = server.session(Revision::V2025_11_25).await;
    for id in 1..=6 {
        let call = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {
            "name": "large_stream", "arguments": { "len": 200_000 },
            "_meta": { "progressToken": 1 } } });
        let response = session.post(&call.to_string()).await;
        assert!(response.body.len() > 200_000, "who reads gets everything");
        let again = get(&session, &format!("{id}-1")).await;
        assert_eq!(again.status, 400, "what is larger than the bound is not kept");
    }
    for id in 10..20 {
        let call = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {
            "name": "large_stream", "arguments": { "len": 2 },
            "_meta": { "progressToken": 1 } } });
        session.post(&call.to_string()).await;
    }
    let mut kept = 0;
    for stream in 1..=16 {
        kept += usize::from(get(&session, &format!("{stream}-0")).await.status == 200);
    }
    assert_eq!(kept, 4, "as many as can be open");
    assert_healthy(&server, 0).await;
}

/// Block.
#[mcp_tool]
fn block(#[arg(range = 1..=2000)] millis: u64, State(blocked): State<Blocked>) {
    blocked.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    std::thread::sleep(Duration::from_millis(millis));
}

#[derive(Clone, Default)]
struct Blocked(std::sync::Arc<std::sync::atomic::AtomicUsize>);

#[tokio::test]
async fn a_function_that_blocks_keeps_its_place_when_its_client_hangs_up() {
    let mut limits = mcp_runtime::Limits::default();
    limits.calls = 2;
    let blocked = Blocked::default();
    let state = blocked.clone();
    let server = serve_with(|server| server.limits(limits).state(state).tools(tools![block])).await;
    let count = || blocked.0.load(std::sync::atomic::Ordering::SeqCst);
    for call in 1..=2 {
        let (headers, body) =
            modern("tools/call", json!({ "name": "block", "arguments": { "millis": 700 } }));
        let mut all: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        all.extend([ACCEPT, JSON]);
        let mut hasty = Connection::open(server.address).await;
        let head = raw::head(server.address, "POST", &all, &body.to_string());
        hasty.write(head.as_bytes()).await;
        eventually("it runs", || count() == call).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let third = server.call("block", json!({ "millis": 1 })).await;
    assert_eq!(third.status, 503, "both still run");
    let start = tokio::time::Instant::now();
    while server.call("block", json!({ "millis": 1 })).await.status != 200 {
        assert!(start.elapsed() < raw::PATIENCE, "the places are given back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_healthy(&server, 0).await;
}
