//! Streams of sessions that end, are resumed or are released while they are in use.

use std::time::Duration;

use mcp_runtime::{prelude::*, protocol::Revision};
use serde_json::json;

use super::health::{assert_healthy, eventually};
use crate::{
    fixture::{ACCEPT, JSON, SessionOf, serve, serve_with},
    raw::{self, Connection, events},
    streams::{get, listen},
};

/// Starts a call with a progress token.
async fn start(session: &SessionOf<'_>, tool: &str, arguments: serde_json::Value) -> Connection {
    let body = json!({ "jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": {
        "name": tool, "arguments": arguments, "_meta": { "progressToken": 1 } } });
    let headers = [ACCEPT, JSON, ("mcp-session-id", session.id.as_str())];
    let mut call = Connection::open(session.server.address).await;
    let head = raw::head(session.server.address, "POST", &headers, &body.to_string());
    call.write(head.as_bytes()).await;
    call
}

async fn delete(session: &SessionOf<'_>) -> raw::Response {
    let id = [("mcp-session-id", session.id.as_str())];
    raw::request(session.server.address, "DELETE", &id, "").await
}

#[tokio::test]
async fn a_session_with_more_changes_than_are_kept_can_still_open_its_stream() {
    let server = serve().await;
    let session = server.session(Revision::V2025_11_25).await;
    for change in 0..500 {
        server.handle.enable_tool("echo", change % 2 == 1);
    }
    let mut stream = listen(&session, None).await;
    let read = stream.read_until("tools/list_changed").await;
    assert!(read.starts_with("HTTP/1.1 200"), "{read}");
    assert_healthy(&server, 0).await;
}

#[tokio::test]
async fn a_session_that_ends_ends_its_streams_and_its_calls() {
    let server = serve().await;
    let session = server.session(Revision::V2025_11_25).await;
    let mut unsolicited = listen(&session, None).await;
    let mut call = start(&session, "count", json!({ "steps": 100_000, "pause": 5 })).await;
    call.read_until("step 1").await;
    let mut waiting = start(&session, "sleep", json!({ "millis": 60_000 })).await;
    // The id of the other call is taken.
    assert!(String::from_utf8_lossy(&waiting.read_to_end().await).contains("-32600"));
    assert_eq!(delete(&session).await.status, 204);
    unsolicited.read_to_end().await;
    let rest = call.read_to_end().await;
    assert!(!String::from_utf8_lossy(&rest).contains("\"result\""), "nobody hears its answer");
    assert_eq!(get(&session, "1-0").await.status, 400);
    assert_healthy(&server, 0).await;
}

#[tokio::test]
async fn a_stream_can_be_opened_while_its_session_is_deleted() {
    let server = serve().await;
    for _ in 0..30 {
        let session = server.session(Revision::V2025_11_25).await;
        let headers = [("accept", "text/event-stream"), ("mcp-session-id", session.id.as_str())];
        let opened = raw::request(server.address, "GET", &headers, "");
        let (opened, deleted) = tokio::join!(opened, delete(&session));
        assert!([200, 400].contains(&opened.status), "{opened:?}");
        assert_eq!(deleted.status, 204);
    }
    assert_healthy(&server, 0).await;
}

#[tokio::test]
async fn who_resumes_a_stream_takes_it_over_and_misses_nothing() {
    let server = serve().await;
    let session = server.session(Revision::V2025_11_25).await;
    let mut first = start(&session, "count", json!({ "steps": 40, "pause": 5 })).await;
    first.read_until("step 2").await;
    let resumed: Vec<_> = (0..5).map(|_| get(&session, "1-1")).collect();
    let mut complete = 0;
    for resumed in futures_join(resumed).await {
        assert_eq!(resumed.status, 200);
        complete += usize::from(resumed.body.contains("counted to 40"));
    }
    first.read_to_end().await;
    assert_eq!(complete, 1, "one reads to the end");
    let all = events(&get(&session, "1-0").await.body);
    assert_eq!(all.len(), 41, "every event is kept once");
    assert_healthy(&server, 0).await;
}

/// Runs requests side by side.
async fn futures_join<F>(all: Vec<F>) -> Vec<raw::Response>
where
    F: Future<Output = raw::Response>,
{
    let mut all: Vec<_> = all.into_iter().map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|cx| {
        all.retain_mut(|it| match it.as_mut().poll(cx) {
            std::task::Poll::Ready(response) => {
                done.push(response);
                false
            }
            std::task::Poll::Pending => true,
        });
        if all.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done
}

/// Release the connection again and again.
#[mcp_tool]
async fn release(times: u32, ctx: Context) -> &'static str {
    for _ in 0..times {
        ctx.release_connection(Duration::from_millis(1));
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    "released"
}

#[tokio::test]
async fn a_connection_that_is_released_again_and_again_brings_the_answer_once() {
    let server = serve_with(|server| server.tools(tools![release])).await;
    let session = server.session(Revision::V2025_11_25).await;
    let mut call = start(&session, "release", json!({ "times": 200 })).await;
    call.read_until("id: 1-0").await;
    call.read_to_end().await;
    let mut answers = 0;
    for _ in 0..1000 {
        let resumed = get(&session, "1-0").await;
        assert_eq!(resumed.status, 200);
        answers += resumed.body.matches("\"released\"").count();
        if answers > 0 {
            break;
        }
    }
    assert_eq!(answers, 1);
    assert_healthy(&server, 0).await;
}

#[tokio::test]
async fn a_call_that_tells_of_itself_after_its_answer_is_not_heard_and_does_not_wait() {
    let told = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = told.clone();
    let server = serve_with(|server| server.state(Told(counter)).tools(tools![linger])).await;
    let session = server.session(Revision::V2025_11_25).await;
    for call in 1..=2 {
        let response = if call == 1 {
            let mut params = json!({ "name": "linger" });
            params["_meta"] = crate::fixture::claim();
            params["_meta"]["progressToken"] = json!("tok");
            server.modern("tools/call", params).await
        } else {
            let mut call = start(&session, "linger", json!({})).await;
            raw::parse(&call.read_to_end().await)
        };
        assert!(!response.body.contains("late"), "{response:?}");
        eventually("what goes on ends", || told.load(std::sync::atomic::Ordering::SeqCst) == call)
            .await;
    }
}

#[derive(Clone)]
struct Told(std::sync::Arc<std::sync::atomic::AtomicUsize>);

/// Leave work behind that tells of its progress.
#[mcp_tool]
async fn linger(progress: Progress, State(told): State<Told>) {
    progress.report(0.5, "early").await;
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        for step in 1..100 {
            progress.report(f64::from(step), "late").await;
        }
        told.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    });
}

#[tokio::test]
async fn a_session_that_makes_room_for_another_ends_its_streams_as_any_other() {
    let mut limits = mcp_runtime::Limits::default();
    limits.sessions = 1;
    limits.session_total = Duration::from_millis(100);
    let server = serve_with(|server| server.limits(limits)).await;
    let old = server.session(Revision::V2025_11_25).await;
    let mut stream = listen(&old, None).await;
    tokio::time::sleep(Duration::from_millis(120)).await;
    server.session(Revision::V2025_11_25).await;
    stream.read_to_end().await;
    assert_healthy(&server, 0).await;
}
