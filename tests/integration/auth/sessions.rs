//! Sessions and streams belong to a caller, and last no longer than a token.

use std::time::Duration;

use mcp_runtime::{Limits, protocol::Revision};
use serde_json::json;

use super::{
    issuer::Issuer,
    mcp::{configured, expiring, in_session, open, serve, token},
    resource::{self, server_with},
};
use crate::{
    fixture::{ACCEPT, Calls, JSON, initialize, modern, serve_router},
    raw::{self, Connection},
};

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

#[tokio::test]
async fn a_session_of_another_principal_reads_as_unknown() {
    let issuer = Issuer::start().await;
    let server = serve(resource::server(&issuer)).await;
    let alice = token(&issuer, "alice", "");
    let session = open(&server, &alice, Revision::V2025_11_25).await;
    let other_client = issuer
        .key
        .token("1", &super::jwt::claims_with(&issuer.url, json!({ "client_id": "other" })));
    for other in [token(&issuer, "bob", "files:write"), other_client] {
        let bearer = format!("Bearer {other}");
        for (method, body) in [("POST", PING), ("GET", ""), ("DELETE", "")] {
            let ask = async |session: &str| {
                let headers =
                    [ACCEPT, JSON, ("authorization", bearer.as_str()), ("mcp-session-id", session)];
                raw::request(server.address, method, &headers, body).await
            };
            let foreign = ask(&session).await;
            let unknown = ask("0123456789abcdef0123456789abcdef").await;
            assert_eq!((foreign.status, &foreign.body), (404, &unknown.body), "{method}");
        }
    }
    let own = in_session(&server, &alice, &session, "ping", json!({})).await;
    assert_eq!(own.status, 200, "its owner still has it");
}

#[tokio::test]
async fn who_has_no_part_in_a_session_does_not_keep_it_alive() {
    let issuer = Issuer::start().await;
    let calls = Calls::default();
    let mut limits = Limits::default();
    limits.sessions = 1;
    limits.session_idle = Duration::from_millis(100);
    let handle = configured(resource::server(&issuer), &calls).limits(limits);
    let handle = handle.build().expect("a sound server");
    let router = handle.router("/mcp");
    let server = serve_router(handle, router, calls).await;
    let alice = token(&issuer, "alice", "");
    let session = open(&server, &alice, Revision::V2025_11_25).await;
    let bearers = ["alice", "bob"].map(|name| format!("Bearer {}", token(&issuer, name, "")));
    let opened = async {
        loop {
            for (method, body) in [("POST", PING), ("GET", ""), ("DELETE", "")] {
                let headers =
                    [ACCEPT, JSON, ("authorization", &*bearers[1]), ("mcp-session-id", &session)];
                raw::request(server.address, method, &headers, body).await;
                raw::request(server.address, method, &headers[..2], body).await;
            }
            // There is room for another as soon as it has ended.
            let headers = [("authorization", &*bearers[0])];
            let opened = server.post(&headers, &initialize("2025-11-25").to_string()).await;
            if opened.status == 200 {
                break;
            }
        }
    };
    tokio::time::timeout(raw::PATIENCE, opened).await.expect("it ends");
}

#[tokio::test]
async fn a_session_needs_a_token_with_each_request() {
    let issuer = Issuer::start().await;
    let server = serve(resource::server(&issuer)).await;
    let session = open(&server, &token(&issuer, "alice", ""), Revision::V2025_11_25).await;
    let headers = [ACCEPT, JSON, ("mcp-session-id", session.as_str())];
    for (method, body) in [("POST", PING), ("GET", ""), ("DELETE", "")] {
        let answer = raw::request(server.address, method, &headers, body).await;
        assert_eq!(answer.status, 401, "{method}");
    }
    // Another token of the same caller is as good.
    let renewed = token(&issuer, "alice", "files:read");
    let answer = in_session(&server, &renewed, &session, "ping", json!({})).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn streams_end_when_the_token_does() {
    let issuer = Issuer::start().await;
    let server = serve(server_with(&issuer, |limits| limits.leeway = Duration::from_secs(1))).await;
    let long = token(&issuer, "alice", "");
    let session = open(&server, &long, Revision::V2025_11_25).await;
    let short = format!("Bearer {}", expiring(&issuer, 1));
    let (headers, body) =
        modern("subscriptions/listen", json!({ "notifications": { "toolsListChanged": true } }));
    let body = body.to_string();
    let mut listen: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    listen.extend([ACCEPT, JSON, ("authorization", short.as_str())]);
    let get = [ACCEPT, ("authorization", short.as_str()), ("mcp-session-id", session.as_str())];
    let (headers, call) = modern(
        "tools/call",
        json!({ "name": "count", "arguments": { "steps": 1000, "pause": 50 },
                "_meta": crate::fixture::claim_with_progress() }),
    );
    let call = call.to_string();
    let mut calling: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    calling.extend([ACCEPT, JSON, ("authorization", short.as_str())]);
    let sse = [ACCEPT, ("authorization", short.as_str())];
    let streams = [
        ("POST", "/mcp", listen.as_slice(), body.as_str()),
        ("GET", "/mcp", &get, ""),
        ("POST", "/mcp", &calling, &call),
        ("GET", "/sse", &sse, ""),
    ];
    let mut connections = Vec::new();
    for (method, path, headers, body) in streams {
        let head = raw::head(server.address, method, headers, body).replacen("/mcp", path, 1);
        let mut connection = Connection::open(server.address).await;
        connection.write(head.as_bytes()).await;
        assert!(connection.read_until("\r\n\r\n").await.contains("200 OK"), "{method} {path}");
        connections.push((connection, format!("{method} {path}")));
    }
    for (mut connection, what) in connections {
        let rest = connection.read_to_end().await;
        let text = String::from_utf8_lossy(&rest);
        assert!(text.ends_with("0\r\n\r\n"), "{what} ends as streams do: {text}");
        assert!(!text.contains("counted to"), "{what}");
    }
    let again = in_session(&server, &long, &session, "ping", json!({})).await;
    assert_eq!(again.status, 200, "the session goes on with another token");
}
