//! Streams of events: what a server says unasked, what a client gets that comes back, and how they
//! end.

use std::time::Duration;

use mcp_runtime::{Limits, protocol::Revision};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    fixture::{ACCEPT, JSON, Served, SessionOf, modern, serve, serve_limited},
    raw::{self, Connection, Event, PATIENCE, events},
};

/// Opens the GET stream of a session.
pub async fn listen(session: &SessionOf<'_>, after: Option<&str>) -> Connection {
    let mut headers =
        vec![("accept", "text/event-stream"), ("mcp-session-id", session.id.as_str())];
    headers.extend(after.map(|id| ("last-event-id", id)));
    let mut stream = Connection::open(session.server.address).await;
    stream.write(raw::head(session.server.address, "GET", &headers, "").as_bytes()).await;
    stream.read_until("\r\n\r\n").await;
    stream
}

/// Comes back to a stream after the event with this id.
pub async fn get(session: &SessionOf<'_>, after: &str) -> raw::Response {
    let headers = [
        ("accept", "text/event-stream"),
        ("mcp-session-id", session.id.as_str()),
        ("last-event-id", after),
    ];
    raw::request(session.server.address, "GET", &headers, "").await
}

/// Calls `count` with a progress token on a connection of its own.
async fn start_count(session: &SessionOf<'_>, steps: u32, pause: u64) -> Connection {
    let body = json!({ "jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": {
        "name": "count", "arguments": { "steps": steps, "pause": pause },
        "_meta": { "progressToken": 1 },
    }});
    let headers = [ACCEPT, JSON, ("mcp-session-id", session.id.as_str())];
    let mut call = Connection::open(session.server.address).await;
    let head = raw::head(session.server.address, "POST", &headers, &body.to_string());
    call.write(head.as_bytes()).await;
    call
}

fn progress(event: &Event) -> Option<f64> {
    serde_json::from_str::<Value>(&event.data).ok()?["params"]["progress"].as_f64()
}

/// Opens a `subscriptions/listen`.
pub async fn subscribe(server: &Served, notifications: Value) -> Connection {
    let (headers, mut body) =
        modern("subscriptions/listen", json!({ "notifications": notifications }));
    body["id"] = json!("sub");
    let mut all: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    all.extend([ACCEPT, JSON]);
    let mut stream = Connection::open(server.address).await;
    stream.write(raw::head(server.address, "POST", &all, &body.to_string()).as_bytes()).await;
    stream.read_until("acknowledged").await;
    stream
}

#[tokio::test]
async fn a_session_hears_of_changes_on_its_own_stream() {
    let server = serve().await;
    let session = server.session(Revision::V2025_11_25).await;
    let mut stream = listen(&session, None).await;
    let watched = session.request(1, "resources/subscribe", json!({ "uri": "pages:front" })).await;
    assert_eq!(watched.json()["result"], json!({}));
    server.handle.resource_updated("pages:other");
    server.handle.resource_updated("pages:front");
    let read = stream.read_until("pages:front").await;
    assert!(!read.contains("pages:other"), "{read}");
    server.handle.enable_tool("echo", false);
    stream.read_until("notifications/tools/list_changed").await;
    let listed = session.request(2, "tools/list", json!({})).await;
    assert!(!listed.body.contains("\"echo\""), "{listed:?}");
    let unknown = session.call("echo", json!({ "text": "x" })).await;
    assert_eq!(unknown.error_code(), -32602);
    session.request(3, "resources/unsubscribe", json!({ "uri": "pages:front" })).await;
    server.handle.resource_updated("pages:front");
    server.handle.prompts_changed();
    let read = stream.read_until("notifications/prompts/list_changed").await;
    assert_eq!(read.matches("resources/updated").count(), 1, "{read}");
}

#[tokio::test]
async fn a_second_stream_of_a_session_takes_nothing_from_the_first() {
    let server = serve().await;
    let session = server.session(Revision::V2025_11_25).await;
    let mut first = listen(&session, None).await;
    let second = listen(&session, None).await.read_to_end().await;
    assert_eq!(raw::parse(&second).status, 409);
    server.handle.tools_changed();
    first.read_until("tools/list_changed").await;
    drop(first);
    let again = timeout(PATIENCE, async {
        loop {
            let mut stream = listen(&session, None).await;
            if stream.read_until("\r\n\r\n").await.contains(" 200 ") {
                return stream;
            }
            sleep(Duration::from_millis(5)).await;
        }
    });
    let mut again = again.await.expect("its place is free");
    server.handle.prompts_changed();
    let read = again.read_until("prompts/list_changed").await;
    assert!(!read.contains("tools/list_changed"), "what has been read does not come again: {read}");
}

#[tokio::test]
async fn what_happens_before_a_stream_is_open_waits_for_it() {
    let server = serve().await;
    let session = server.session(Revision::V2025_11_25).await;
    server.handle.tools_changed();
    listen(&session, None).await.read_until("tools/list_changed").await;
}

#[tokio::test]
async fn a_client_that_comes_back_gets_what_it_has_missed_of_that_stream_alone() {
    let server = serve().await;
    let session = server.session(Revision::V2025_11_25).await;
    let mut call = start_count(&session, 5, 30).await;
    let read = call.read_until("step 2").await;
    let (_, body) = read.split_once("\r\n\r\n").expect("a body");
    assert!(body.contains("id: 1-0\nretry: "), "the first event primes the client: {body}");
    server.handle.tools_changed();
    drop(call);
    let resumed = get(&session, "1-1").await;
    let resumed = events(&resumed.body);
    let steps: Vec<_> = resumed.iter().filter_map(progress).collect();
    assert_eq!(steps, [2.0, 3.0, 4.0, 5.0]);
    let last = resumed.last().expect("the answer");
    assert!(last.data.contains("counted to 5") && last.data.contains("\"id\":9"), "{last:?}");
    assert!(!resumed.iter().any(|event| event.data.contains("list_changed")));
    let again = get(&session, "1-1").await;
    assert_eq!(events(&again.body), resumed, "as often as it likes");
}

#[tokio::test]
async fn another_session_gets_nothing_of_a_stream() {
    let server = serve().await;
    let (a, b) =
        (server.session(Revision::V2025_11_25).await, server.session(Revision::V2025_11_25).await);
    start_count(&a, 2, 0).await.read_to_end().await;
    for id in ["1-0", "1-1", "0-5", "7-1", "x", "1-", "-1", "1-99999999999999999999999", "1-1-1"] {
        let response = get(&b, id).await;
        assert_eq!(response.status, 400, "{id}: {response:?}");
        assert!(!response.body.contains("step"), "{id}");
    }
    let long = "9".repeat(10_000);
    assert_eq!(get(&b, &format!("{long}-1")).await.status, 400);
}

#[tokio::test]
async fn older_revisions_get_no_event_without_data() {
    let server = serve().await;
    for revision in [Revision::V2025_03_26, Revision::V2025_06_18] {
        let session = server.session(revision).await;
        let read = start_count(&session, 1, 0).await.read_to_end().await;
        let read = raw::parse(&read);
        assert!(events(&read.body).iter().all(|event| !event.data.is_empty()), "{read:?}");
        assert_eq!(events(&read.body)[0].id.as_deref(), Some("1-1"));
    }
}

#[tokio::test]
async fn events_are_kept_within_bounds() {
    type Bound = fn(&mut Limits);
    let bounds: [Bound; 3] = [
        |limits| limits.replay_events = 3,
        |limits| limits.replay_bytes = 500,
        |limits| limits.replay_bytes_total = 500,
    ];
    for bound in bounds {
        let server = serve_limited(bound).await;
        let session = server.session(Revision::V2025_11_25).await;
        let read = start_count(&session, 20, 0).await.read_to_end().await;
        let read = events(&raw::parse(&read).body);
        assert_eq!(read.iter().filter_map(progress).count(), 20, "a reader misses nothing");
        assert_eq!(get(&session, "1-0").await.status, 400, "what is gone is said to be gone");
        let rest = get(&session, "1-20").await;
        assert!(events(&rest.body)[0].data.contains("counted to 20"), "{rest:?}");
    }
}

#[tokio::test]
async fn a_subscription_gets_what_it_asked_for_and_its_tag() {
    let server = serve().await;
    let mut stream = subscribe(
        &server,
        json!({ "promptsListChanged": true, "resourceSubscriptions": ["pages://a", "gone:x"] }),
    )
    .await;
    let head = stream.read_until("\n\n").await;
    let (_, body) = head.split_once("\r\n\r\n").expect("a body");
    let first: Value =
        serde_json::from_str(&events(body.split_once("\r\n").expect("a chunk").1)[0].data)
            .expect("the acknowledgement");
    assert_eq!(
        first["params"]["notifications"],
        json!({ "promptsListChanged": true, "resourceSubscriptions": ["pages://a"] })
    );
    server.handle.tools_changed();
    server.handle.resource_updated("pages://b");
    server.handle.resource_updated("pages://a");
    server.handle.resource_updated("pages://a/below");
    server.handle.prompts_changed();
    let read = stream.read_until("prompts/list_changed").await;
    assert!(!read.contains("tools/list_changed") && !read.contains("pages://b"), "{read}");
    assert_eq!(read.matches("resources/updated").count(), 2, "one below counts too: {read}");
    assert_eq!(
        read.matches(r#""io.modelcontextprotocol/subscriptionId":"sub""#).count(),
        4,
        "every message carries the tag: {read}"
    );
}

#[tokio::test]
async fn changes_that_come_at_once_are_told_once() {
    let server = serve().await;
    let changes = json!({ "toolsListChanged": true, "promptsListChanged": true });
    let mut stream = subscribe(&server, changes).await;
    // Published without a pause in which the stream could be read.
    for _ in 0..100 {
        server.handle.tools_changed();
    }
    server.handle.prompts_changed();
    let read = stream.read_until("prompts/list_changed").await;
    assert_eq!(read.matches("tools/list_changed").count(), 1, "{read}");
    server.handle.tools_changed();
    stream.read_until("tools/list_changed").await;
}

#[tokio::test]
async fn a_server_that_stops_finishes_what_runs_and_ends_its_streams() {
    let server = serve().await;
    let session = server.session(Revision::V2025_11_25).await;
    let mut unsolicited = listen(&session, None).await;
    let mut subscription = subscribe(&server, json!({ "toolsListChanged": true })).await;
    let mut call = start_count(&session, 3, 40).await;
    call.read_until("step 1").await;
    server.handle.stop();
    let call = call.read_to_end().await;
    assert!(String::from_utf8_lossy(&call).contains("counted to 3"), "the call ends as usual");
    let end = subscription.read_to_end().await;
    let end = String::from_utf8_lossy(&end);
    assert!(end.contains(r#""id":"sub","result""#), "the subscription has its result: {end}");
    unsolicited.read_to_end().await;
    let refused = tokio::net::TcpStream::connect(server.address).await;
    assert!(refused.is_err(), "nothing new is taken");
}

#[tokio::test]
async fn a_server_that_stops_waits_no_longer_than_its_limit() {
    let calls = crate::fixture::Calls::default();
    let mut limits = Limits::default();
    limits.drain = Duration::from_millis(100);
    let handle = crate::fixture::server(&calls).limits(limits).build().expect("a sound server");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let router = handle.router("/mcp");
    let serving = handle.clone();
    let served = tokio::spawn(async move { serving.serve(listener, router).await });
    let server = Served { address, handle, calls };
    let (headers, body) =
        modern("tools/call", json!({ "name": "sleep", "arguments": { "millis": 60_000 } }));
    let mut all: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    all.extend([ACCEPT, JSON]);
    let mut call = Connection::open(address).await;
    call.write(raw::head(address, "POST", &all, &body.to_string()).as_bytes()).await;
    let start = Instant::now();
    while server.calls.count() == 0 {
        sleep(Duration::from_millis(5)).await;
        assert!(start.elapsed() < PATIENCE);
    }
    server.handle.stop();
    timeout(Duration::from_secs(5), served)
        .await
        .expect("in time")
        .expect("no panic")
        .expect("served");
}
