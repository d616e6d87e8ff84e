//! What belongs to one caller is nobody else's.

use axum::{extract::Request, middleware::Next, response::Response};
use mcp_runtime::{Item, Limits, Principal, prelude::*};
use serde_json::{Value, json};

use crate::{
    fixture::{Calls, Served, initialize, modern, serve_router, serve_with, server},
    raw,
};

/// Name the caller.
#[mcp_tool]
async fn whoami(principal: Option<Principal>, ctx: Context) -> String {
    let layered = ctx.http().and_then(|http| http.extensions.get::<Layered>()).is_some();
    format!("{} {layered}", principal.as_ref().map_or("nobody", Principal::subject))
}

/// For administrators.
#[mcp_tool]
async fn admin() -> &'static str {
    "done"
}

#[derive(Clone)]
struct Layered;

/// Takes the header `x-user` for the caller.
async fn authenticate(mut request: Request, next: Next) -> Response {
    let user = request.headers().get("x-user").and_then(|it| it.to_str().ok()).map(str::to_owned);
    if let Some(user) = user {
        request.extensions_mut().insert(Principal::new("https://issuer.example", user));
    }
    request.extensions_mut().insert(Layered);
    next.run(request).await
}

async fn serve(change: impl FnOnce(&mut Limits)) -> Served {
    let mut limits = Limits::default();
    change(&mut limits);
    let calls = Calls::default();
    let handle = server(&calls)
        .tools(tools![whoami, admin])
        .limits(limits)
        .visible(|principal, item| match item {
            Item::Tool("admin") => principal.is_some_and(|it| it.subject() == "root"),
            _ => true,
        })
        .build()
        .expect("a sound server");
    let router = handle.router("/mcp").layer(axum::middleware::from_fn(authenticate));
    serve_router(handle, router, calls).await
}

async fn modern_as(server: &Served, user: &str, method: &str, params: Value) -> raw::Response {
    let (headers, body) = modern(method, params);
    let mut headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    headers.push(("x-user", user));
    server.post(&headers, &body.to_string()).await
}

async fn open_as(server: &Served, user: &str) -> raw::Response {
    server.post(&[("x-user", user)], &initialize("2025-11-25").to_string()).await
}

#[tokio::test]
async fn a_function_learns_the_caller_and_the_extensions_of_the_request() {
    let server = serve(|_| ()).await;
    let call = json!({ "name": "whoami" });
    let response = modern_as(&server, "alice", "tools/call", call.clone()).await;
    assert_eq!(response.json()["result"]["content"][0]["text"], "alice true");
    let response = server.modern("tools/call", call).await;
    assert_eq!(response.json()["result"]["content"][0]["text"], "nobody true");
}

#[tokio::test]
async fn what_a_caller_may_not_see_is_in_no_list_and_unknown() {
    let server = serve(|_| ()).await;
    for (user, sees) in [("alice", false), ("root", true)] {
        let listed = modern_as(&server, user, "tools/list", json!({})).await;
        assert_eq!(listed.body.contains("\"admin\""), sees, "{user}");
        assert_eq!(listed.json()["result"]["cacheScope"], "private");
        let called =
            modern_as(&server, user, "tools/call", json!({ "name": "admin" })).await.json();
        if sees {
            assert_eq!(called["result"]["content"][0]["text"], "done");
        } else {
            let unknown =
                modern_as(&server, user, "tools/call", json!({ "name": "admix" })).await.json();
            let as_unknown = called.to_string().replace("admin", "admix");
            assert_eq!(as_unknown, unknown.to_string(), "as if there were none");
        }
    }
}

#[tokio::test]
async fn a_session_of_another_caller_reads_as_unknown() {
    let server = serve(|_| ()).await;
    let opened = open_as(&server, "alice").await;
    let id = opened.header("mcp-session-id").expect("a session").to_owned();
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    for (method, body) in [("POST", ping), ("GET", ""), ("DELETE", "")] {
        for other in ["bob", ""] {
            let mut headers = vec![
                ("accept", "application/json, text/event-stream"),
                ("content-type", "application/json"),
                ("mcp-session-id", id.as_str()),
            ];
            if !other.is_empty() {
                headers.push(("x-user", other));
            }
            let foreign = raw::request(server.address, method, &headers, body).await;
            let unknown = headers.iter().map(|&(name, value)| {
                if name == "mcp-session-id" {
                    (name, "0123456789abcdef0123456789abcdef")
                } else {
                    (name, value)
                }
            });
            let unknown: Vec<_> = unknown.collect();
            let unknown = raw::request(server.address, method, &unknown, body).await;
            assert_eq!((foreign.status, &foreign.body), (404, &unknown.body), "{method} {other}");
        }
    }
    let own = [("mcp-session-id", id.as_str()), ("x-user", "alice")];
    assert_eq!(server.post(&own, ping).await.status, 200, "its owner still has it");
}

#[tokio::test]
async fn sessions_of_one_principal_are_limited_and_those_of_others_are_not() {
    let server = serve(|limits| limits.sessions_per_principal = 2).await;
    for _ in 0..2 {
        assert_eq!(open_as(&server, "alice").await.status, 200);
    }
    let refused = open_as(&server, "alice").await;
    assert_eq!((refused.status, refused.error_code()), (429, -32603));
    assert_eq!(open_as(&server, "bob").await.status, 200);
}

#[tokio::test]
async fn calls_of_one_principal_are_limited_and_those_of_others_are_not() {
    let server = serve(|limits| limits.calls_per_caller = 1).await;
    let slow = json!({ "name": "sleep", "arguments": { "millis": 200 } });
    let echo = json!({ "name": "echo", "arguments": { "text": "x" } });
    let second = async {
        while server.calls.count() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        let refused = modern_as(&server, "alice", "tools/call", echo.clone()).await;
        assert_eq!((refused.status, refused.error_code()), (429, -32603));
        assert_eq!(modern_as(&server, "bob", "tools/call", echo.clone()).await.status, 200);
    };
    let (first, ()) = tokio::join!(modern_as(&server, "alice", "tools/call", slow), second);
    assert_eq!(first.status, 200);
    assert_eq!(modern_as(&server, "alice", "tools/call", echo).await.status, 200);
}

#[tokio::test]
async fn a_cursor_belongs_to_its_list_and_its_caller() {
    let server = serve(|limits| limits.page_items = 1).await;
    let first = modern_as(&server, "alice", "tools/list", json!({})).await.json();
    let cursor = first["result"]["nextCursor"].as_str().expect("more").to_owned();
    let params = json!({ "cursor": cursor });
    assert_eq!(modern_as(&server, "alice", "tools/list", params.clone()).await.status, 200);
    let foreign = modern_as(&server, "bob", "tools/list", params.clone()).await;
    assert_eq!(foreign.error_code(), -32602);
    let other_list = modern_as(&server, "alice", "resources/templates/list", params).await;
    assert_eq!(other_list.error_code(), -32602);
    for (index, _) in cursor.char_indices() {
        let mut forged = cursor.clone().into_bytes();
        forged[index] = if forged[index] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).expect("ASCII");
        let response = modern_as(&server, "alice", "tools/list", json!({ "cursor": forged })).await;
        assert_eq!((response.status, response.error_code()), (200, -32602), "{forged}");
    }
    let long = "A".repeat(100_000);
    for cursor in ["", "-1", "eyJvIjotMX0", &long] {
        let response = modern_as(&server, "alice", "tools/list", json!({ "cursor": cursor })).await;
        assert_eq!(response.error_code(), -32602, "{cursor}");
    }
    server.handle.enable_tool("echo", false);
    let old = modern_as(&server, "alice", "tools/list", json!({ "cursor": cursor })).await;
    assert_eq!(old.error_code(), -32602, "the list has changed");
}

#[tokio::test]
async fn sessions_have_ids_that_nobody_can_guess() {
    let server = serve(|limits| limits.sessions_per_principal = usize::MAX).await;
    let mut ids = std::collections::BTreeSet::new();
    for _ in 0..200 {
        let opened = open_as(&server, "alice").await;
        ids.insert(opened.header("mcp-session-id").expect("a session").to_owned());
    }
    assert_eq!(ids.len(), 200);
    // 128 bits: of 200 random ones, each of the 32 characters takes all 16 values, and no two share
    // a long start.
    for position in 0..32 {
        let values: std::collections::BTreeSet<_> =
            ids.iter().map(|id| id.as_bytes()[position]).collect();
        assert_eq!(values.len(), 16, "position {position}");
    }
    let starts: std::collections::BTreeSet<_> = ids.iter().map(|id| &id[..8]).collect();
    assert_eq!(starts.len(), 200);
}

#[tokio::test]
async fn a_stream_of_one_caller_cannot_be_resumed_by_another() {
    let server = serve(|_| ()).await;
    let opened = open_as(&server, "alice").await;
    let id = opened.header("mcp-session-id").expect("a session").to_owned();
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "count", "arguments": { "steps": 2 }, "_meta": { "progressToken": 1 } } });
    let own = [("mcp-session-id", id.as_str()), ("x-user", "alice")];
    assert!(server.post(&own, &body.to_string()).await.body.contains("step 2"));
    let get = |user: &'static str| {
        let headers = [
            ("accept", "text/event-stream"),
            ("mcp-session-id", id.as_str()),
            ("x-user", user),
            ("last-event-id", "1-0"),
        ];
        let address = server.address;
        async move { raw::request(address, "GET", &headers, "").await }
    };
    assert_eq!(get("bob").await.status, 404);
    assert!(get("alice").await.body.contains("step 1"));
}

#[tokio::test]
async fn a_filter_is_asked_once_for_a_call() {
    let asked = Calls::default();
    let counter = asked.clone();
    let server = serve_with(|server| {
        server.visible(move |_, _| {
            counter.add();
            true
        })
    })
    .await;
    let response = server.call("echo", json!({ "text": "x" })).await;
    assert_eq!((response.status, asked.count()), (200, 1));
}
