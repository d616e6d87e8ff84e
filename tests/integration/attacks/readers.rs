//! Clients that read slowly, or not at all.

use std::{sync::Arc, time::Duration};

use mcp_runtime::{Limits, prelude::*};
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::health::assert_healthy;
use crate::{
    fixture::{ACCEPT, Calls, JSON, Served, claim, initialize, modern, serve_router, server},
    raw::{self, Connection},
    sse::Client,
};

/// Report progress at length and without end.
#[mcp_tool]
async fn flood(progress: Progress, State(calls): State<Flood>) {
    let _running = calls.0;
    for step in 1.. {
        progress.report(f64::from(step), "x".repeat(60_000)).await;
    }
}

/// Shared by the calls that run.
#[derive(Clone, Default)]
struct Flood(Arc<()>);

/// The endpoint in an application of its own, which knows nothing of the server's limits.
async fn mounted(flood_state: &Flood, change: impl FnOnce(&mut Limits)) -> Served {
    let mut limits = Limits::default();
    change(&mut limits);
    let calls = Calls::default();
    let server = server(&calls).limits(limits).state(flood_state.clone()).tools(tools![flood]);
    let handle = server.build().expect("a sound server");
    let app = handle.router("/mcp");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await.expect("served") });
    Served { address, handle, calls }
}

#[tokio::test]
async fn a_client_that_does_not_read_its_stream_loses_its_call_wherever_the_server_is_mounted() {
    let floods = Flood::default();
    let server = mounted(&floods, |limits| {
        limits.calls = 1;
        limits.write_timeout = Duration::from_millis(100);
    })
    .await;
    let mut params = json!({ "name": "flood" });
    params["_meta"] = claim();
    params["_meta"]["progressToken"] = json!(1);
    let (headers, body) = modern("tools/call", params);
    let mut all: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    all.extend([ACCEPT, JSON]);
    let mut deaf = Connection::open(server.address).await;
    deaf.write(raw::head(server.address, "POST", &all, &body.to_string()).as_bytes()).await;
    deaf.read_until("xxx").await;
    assert!(Arc::strong_count(&floods.0) > 2, "it runs");
    let start = Instant::now();
    while server.call("echo", json!({ "text": "x" })).await.status != 200 {
        assert!(start.elapsed() < Duration::from_secs(10), "its place is never given back");
        sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(Arc::strong_count(&floods.0), 2, "it has ended");
    drop(deaf);
    assert_healthy(&server, 1).await;
}

#[tokio::test]
async fn a_client_that_reads_slowly_gets_everything() {
    let server =
        mounted(&Flood::default(), |limits| limits.write_timeout = Duration::from_secs(2)).await;
    let mut params = json!({ "name": "count", "arguments": { "steps": 3000 } });
    params["_meta"] = claim();
    params["_meta"]["progressToken"] = json!("t".repeat(200));
    let (headers, body) = modern("tools/call", params);
    let mut all: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    all.extend([ACCEPT, JSON]);
    let mut slow = Connection::open(server.address).await;
    slow.write(raw::head(server.address, "POST", &all, &body.to_string()).as_bytes()).await;
    sleep(Duration::from_millis(300)).await;
    let read = raw::parse(&slow.read_to_end().await);
    assert_eq!(raw::events(&read.body).len(), 3001);
    assert_healthy(&server, 0).await;
}

#[tokio::test]
async fn a_large_answer_over_the_first_transport_takes_no_more_time_than_its_bytes() {
    let calls = Calls::default();
    let handle = server(&calls).build().expect("a sound server");
    let router = handle.sse_router("/sse", "/messages").merge(handle.router("/mcp"));
    let server = serve_router(handle, router, calls).await;
    let mut client = Client::open(&server).await;
    client.request(&initialize("2024-11-05")).await;
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "large", "arguments": { "len": 4_000_000 } } });
    let start = Instant::now();
    assert_eq!(client.post(&client.messages, &call.to_string()).await.status, 202);
    let mut bytes = 0;
    while bytes < 4_000_000 {
        bytes += client.stream.skip().await;
    }
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert_healthy(&server, 0).await;
}
