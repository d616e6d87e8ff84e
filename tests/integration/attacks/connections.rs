//! What can be done with a connection besides sending requests on it.

use std::time::Duration;

use mcp_runtime::protocol::Revision;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::health::{assert_discreet, assert_healthy, eventually};
use crate::{
    fixture::{ACCEPT, JSON, Served, modern, serve, serve_limited},
    raw::{self, Connection},
};

fn request(server: &Served, method: &str, params: Value, extra: &[(&str, &str)]) -> String {
    let (headers, body) = modern(method, params);
    let mut all: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    all.extend([ACCEPT, JSON]);
    all.extend(extra);
    raw::head(server.address, "POST", &all, &body.to_string())
}

fn call(server: &Served, name: &str, arguments: Value, extra: &[(&str, &str)]) -> String {
    request(server, "tools/call", json!({ "name": name, "arguments": arguments }), extra)
}

#[tokio::test]
async fn connections_without_a_request_do_not_keep_their_places() {
    let server = serve_limited(|limits| {
        limits.connections = 2;
        limits.header_timeout = Duration::from_millis(50);
    })
    .await;
    let silent = Connection::open(server.address).await;
    let mut idle = Connection::open(server.address).await;
    let first = call(&server, "echo", json!({ "text": "x" }), &[("connection", "keep-alive")]);
    idle.write(first.as_bytes()).await;
    idle.read_until("\"x\"").await;
    assert_healthy(&server, 1).await;
    drop((silent, idle));
}

#[tokio::test]
async fn bodies_that_are_announced_and_not_sent_take_no_share_of_the_memory() {
    let server = serve().await;
    let mut slow = Vec::new();
    for _ in 0..32 {
        let head = raw::head(server.address, "POST", &[("content-length", "4194304"), JSON], "");
        let mut connection = Connection::open(server.address).await;
        connection.write(head.as_bytes()).await;
        connection.write(b"{").await;
        slow.push(connection);
    }
    sleep(Duration::from_millis(50)).await;
    assert_healthy(&server, 0).await;
}

#[tokio::test]
async fn requests_sent_at_once_are_answered_in_their_order() {
    let server = serve().await;
    let mut pipelined = String::new();
    for text in ["first", "second"] {
        let keep = [("connection", "keep-alive")];
        pipelined += &call(&server, "echo", json!({ "text": text }), &keep);
    }
    pipelined += &call(&server, "echo", json!({ "text": "third" }), &[]);
    let mut connection = Connection::open(server.address).await;
    connection.write(pipelined.as_bytes()).await;
    let read = String::from_utf8(connection.read_to_end().await).expect("UTF-8");
    let places: Vec<_> = ["first", "second", "third"].iter().map(|it| read.find(it)).collect();
    assert!(places.is_sorted() && places[0].is_some(), "{read}");
    assert_eq!(read.matches("HTTP/1.1 200").count(), 3, "{read}");
    assert_healthy(&server, 3).await;
}

#[tokio::test]
async fn a_client_that_ends_its_side_has_hung_up() {
    let server = serve_limited(|limits| limits.calls = 1).await;
    let mut connection = Connection::open(server.address).await;
    let slow = call(&server, "sleep", json!({ "millis": 60_000 }), &[]);
    connection.write(slow.as_bytes()).await;
    eventually("the call runs", || server.calls.count() == 1).await;
    connection.end().await;
    connection.read_to_end().await;
    assert_healthy(&server, 1).await;
}

#[tokio::test]
async fn odd_framing_is_refused_or_read_as_one_request() {
    let server = serve().await;
    let echo = || call(&server, "echo", json!({ "text": "framed" }), &[]);
    let both = echo().replace("content-length", "transfer-encoding: chunked\r\ncontent-length");
    let twice = echo().replace("content-length", "content-length: 5\r\ncontent-length");
    let negative = echo().replace("content-length: ", "content-length: -");
    let folded = echo().replace("accept: ", "accept:\r\n ");
    let control = echo().replace("mcp-name: echo", "mcp-name: ec\0ho");
    let bare = echo().replace("mcp-name: echo", "mcp-name: echo\rx-injected: y");
    for (what, bytes) in [
        ("both lengths", both),
        ("two lengths", twice),
        ("negative length", negative),
        ("folded", folded),
        ("control", control),
        ("bare return", bare),
        ("garbage", "\u{16}\u{3}\u{1}\r\n\r\n".to_owned()),
        ("http/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()),
    ] {
        let mut connection = Connection::open(server.address).await;
        connection.write(bytes.as_bytes()).await;
        let read = connection.read_to_end().await;
        let read = String::from_utf8_lossy(&read);
        assert!(read.is_empty() || read.starts_with("HTTP/1.1 400"), "{what}: {read}");
        assert_eq!(read.matches("HTTP/1.1").count(), usize::from(!read.is_empty()), "{what}");
    }
    assert_healthy(&server, 0).await;
}

#[tokio::test]
async fn what_http_allows_besides_is_served() {
    let server = serve().await;
    let echo = call(&server, "echo", json!({ "text": "x" }), &[]);
    let old = raw::exchange(server.address, echo.replace("HTTP/1.1", "HTTP/1.0").as_bytes()).await;
    assert_eq!(old.status, 200);
    let upgrade = [("upgrade", "h2c"), ("http2-settings", "")];
    let upgrade = call(&server, "echo", json!({ "text": "x" }), &upgrade);
    assert_eq!(raw::exchange(server.address, upgrade.as_bytes()).await.status, 200);
    let expects = call(&server, "echo", json!({ "text": "x" }), &[("expect", "100-continue")]);
    let (head, body) = expects.split_once("\r\n\r\n").expect("a head");
    let mut connection = Connection::open(server.address).await;
    connection.write(format!("{head}\r\n\r\n").as_bytes()).await;
    connection.read_until("100 Continue").await;
    connection.write(body.as_bytes()).await;
    connection.read_until("HTTP/1.1 200").await;
    let large = [("expect", "100-continue"), ("content-length", "99999999"), JSON];
    let refused = raw::request(server.address, "POST", &large, "").await;
    assert_eq!(refused.status, 413, "without being asked to go on");
    assert_healthy(&server, 3).await;
}

#[tokio::test]
async fn only_the_path_itself_leads_to_the_endpoint() {
    let server = serve().await;
    let echo = call(&server, "echo", json!({ "text": "x" }), &[]);
    for path in ["//mcp", "/mcp/", "/mcp/../mcp", "/%6dcp", "/MCP", "/x/..%2fmcp", "/mcp%00"] {
        let other = echo.replacen("/mcp", path, 1);
        let response = raw::exchange(server.address, other.as_bytes()).await;
        assert_eq!(response.status, 404, "{path}");
    }
    let target = format!("http://{}/mcp", server.address);
    let absolute = echo.replacen("/mcp", &target, 1);
    assert_eq!(raw::exchange(server.address, absolute.as_bytes()).await.status, 200);
    let foreign = echo.replacen("/mcp", "http://evil.test/mcp", 1);
    assert_eq!(raw::exchange(server.address, foreign.as_bytes()).await.status, 400);
    let foreign = foreign.replace(&format!("host: {}", server.address), "host: evil.test");
    assert_eq!(raw::exchange(server.address, foreign.as_bytes()).await.status, 403);
    let query = echo.replacen("/mcp", "/mcp?x=%", 1);
    assert_eq!(raw::exchange(server.address, query.as_bytes()).await.status, 200);
    assert_healthy(&server, 2).await;
}

#[tokio::test]
async fn clients_that_come_and_go_leave_nothing_behind() {
    let server = serve_limited(|limits| limits.calls = 8).await;
    let fds = || std::fs::read_dir("/proc/self/fd").map(Iterator::count).unwrap_or_default();
    let slow = call(&server, "sleep", json!({ "millis": 60_000 }), &[]);
    for round in 0..300 {
        let mut hasty = Connection::open(server.address).await;
        let len = slow.len() - if round % 3 == 0 { 0 } else { round };
        hasty.write(&slow.as_bytes()[..len]).await;
        if round % 7 == 0 {
            sleep(Duration::from_millis(1)).await;
        }
    }
    let ran = server.calls.count();
    let start = tokio::time::Instant::now();
    while server.call("route", json!({})).await.status == 503 {
        assert!(start.elapsed() < raw::PATIENCE, "the places are given back");
        sleep(Duration::from_millis(5)).await;
    }
    // Other tests of the same process open files as well.
    eventually("the sockets are closed", || fds() < 250).await;
    assert!(server.calls.count() >= ran);
    server.assert_healthy().await;
}

#[tokio::test]
async fn values_of_headers_are_not_repeated() {
    let server = serve().await;
    let session = server.session(Revision::V2025_11_25).await;
    let (headers, body) = modern("tools/call", json!({ "name": "echo" }));
    let headers = headers.iter().map(|(a, b)| (a.as_str(), b.as_str()));
    let post: Vec<_> = headers.chain([ACCEPT, JSON]).collect();
    let get = vec![ACCEPT, ("mcp-session-id", session.id.as_str())];
    for (method, base, body, names) in [
        (
            "POST",
            &post,
            body.to_string(),
            &["accept", "content-type", "mcp-method", "mcp-name"][..],
        ),
        ("GET", &get, String::new(), &["accept", "mcp-session-id", "last-event-id"][..]),
        ("DELETE", &get, String::new(), &["mcp-session-id"][..]),
    ] {
        for name in [names, &["host", "origin", "mcp-protocol-version"]].concat() {
            let mut headers = base.clone();
            headers.retain(|(it, _)| *it != name);
            headers.push((name, "s3cret"));
            let response = raw::request(server.address, method, &headers, &body).await;
            assert!(response.status >= 400, "{method} {name}: {response:?}");
            assert_discreet(&response);
        }
    }
    assert_healthy(&server, 0).await;
}
