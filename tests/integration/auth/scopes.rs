//! Scopes where they belong: at the tools, resources and prompts that need them.

use mcp_runtime::protocol::Revision;
use serde_json::{Value, json};

use super::{
    issuer::Issuer,
    mcp::{self, at, call, in_session, open, serve, token},
    resource,
};
use crate::{
    fixture::{Calls, Served, serve_router},
    raw::{Connection, Response},
};

#[track_caller]
fn assert_forbidden(response: &Response, scope: &str) {
    assert_eq!(response.status, 403, "{response:?}");
    let challenge = response.header("www-authenticate").expect("a challenge");
    assert_eq!(
        challenge,
        format!(
            "Bearer resource_metadata=\"https://api.example.com/.well-known/\
             oauth-protected-resource/mcp\", scope=\"{scope}\", error=\"insufficient_scope\""
        )
    );
    let error = &response.json()["error"];
    assert_eq!(error["code"], -32600);
    assert_eq!(error["data"]["reason"], "insufficient_scope");
}

/// Every method that names something, and the scopes that this needs.
fn operations() -> Vec<(&'static str, Value, &'static str)> {
    let prompt = json!({ "type": "ref/prompt", "name": "review" });
    let resource = json!({ "type": "ref/resource", "uri": "files://{name}" });
    let argument = json!({ "name": "name", "value": "" });
    vec![
        ("tools/call", json!({ "name": "write", "arguments": {} }), "files:write"),
        ("tools/call", json!({ "name": "wipe", "arguments": {} }), "files:write files:delete"),
        ("resources/read", json!({ "uri": "files://a" }), "files:read"),
        ("resources/read", json!({ "uri": "files:index" }), "files:read"),
        ("prompts/get", json!({ "name": "review", "arguments": { "name": "a" } }), "files:read"),
        ("completion/complete", json!({ "ref": prompt, "argument": argument }), "files:read"),
        ("completion/complete", json!({ "ref": resource, "argument": argument }), "files:read"),
    ]
}

#[tokio::test]
async fn what_needs_a_scope_is_refused_without_it_in_every_revision() {
    let issuer = Issuer::start().await;
    let server = serve(resource::server(&issuer).scopes(["mcp:use"])).await;
    for scope in ["mcp:use", "mcp:use files", "mcp:use files:wri FILES:WRITE files:write:all"] {
        let few = token(&issuer, "alice", scope);
        for (method, params, needed) in operations() {
            let needed = format!("mcp:use {needed}");
            assert_forbidden(&call(&server, &few, method, params.clone()).await, &needed);
        }
    }
    let few = token(&issuer, "alice", "mcp:use");
    for revision in [Revision::V2024_11_05, Revision::V2025_06_18, Revision::V2025_11_25] {
        let session = open(&server, &few, revision).await;
        let subscribe = ("resources/subscribe", json!({ "uri": "files://a" }), "files:read");
        for (method, params, needed) in operations().into_iter().chain([subscribe]) {
            if method == "completion/complete" && revision == Revision::V2024_11_05 {
                continue;
            }
            let answer = in_session(&server, &few, &session, method, params).await;
            assert_forbidden(&answer, &format!("mcp:use {needed}"));
        }
    }
    assert_eq!(server.calls.count(), 0);
}

#[tokio::test]
async fn with_its_scopes_everything_runs() {
    let issuer = Issuer::start().await;
    let server = serve(resource::server(&issuer).scopes(["mcp:use"])).await;
    for (method, params, needed) in operations() {
        let enough = token(&issuer, "alice", &format!("mcp:use {needed}"));
        let answer = call(&server, &enough, method, params).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.json()["error"].is_null(), "{answer:?}");
    }
    assert_eq!(server.calls.count(), 2);
    let half = token(&issuer, "alice", "mcp:use files:write");
    let wipe = json!({ "name": "wipe", "arguments": {} });
    let answer = call(&server, &half, "tools/call", wipe).await;
    assert_forbidden(&answer, "mcp:use files:write files:delete");
}

#[tokio::test]
async fn lists_show_what_the_caller_may_use() {
    let issuer = Issuer::start().await;
    let server = serve(resource::server(&issuer)).await;
    for (scope, write, wipe, read) in [
        ("", false, false, false),
        ("files:write", true, false, false),
        ("files:write files:delete", true, true, false),
        ("files:read", false, false, true),
    ] {
        let token = token(&issuer, "alice", scope);
        for (method, text, shown) in [
            ("tools/list", "\"whoami\"", true),
            ("tools/list", "\"write\"", write),
            ("tools/list", "\"wipe\"", wipe),
            ("resources/list", "files:index", read),
            ("resources/templates/list", "files://{name}", read),
            ("prompts/list", "\"review\"", read),
        ] {
            let listed = call(&server, &token, method, json!({})).await;
            assert_eq!(listed.body.contains(text), shown, "{scope}: {method} {text}");
            assert_eq!(listed.json()["result"]["cacheScope"], "private");
        }
        let session = open(&server, &token, Revision::V2025_11_25).await;
        let listed = in_session(&server, &token, &session, "tools/list", json!({})).await;
        assert_eq!(listed.body.contains("\"write\""), write, "{scope}");
    }
}

#[tokio::test]
async fn a_session_can_do_what_the_token_of_each_request_can() {
    let issuer = Issuer::start().await;
    let server = serve(resource::server(&issuer)).await;
    let (weak, strong) = (token(&issuer, "alice", ""), token(&issuer, "alice", "files:write"));
    let write = json!({ "name": "write", "arguments": {} });
    // Opened by the weaker, and by the stronger.
    for opener in [&weak, &strong] {
        let session = open(&server, opener, Revision::V2025_11_25).await;
        let refused = in_session(&server, &weak, &session, "tools/call", write.clone()).await;
        assert_forbidden(&refused, "files:write");
        let taken = in_session(&server, &strong, &session, "tools/call", write.clone()).await;
        assert_eq!(taken.status, 200);
    }
}

/// The claim of a client that knows tasks.
fn with_tasks(mut params: Value) -> Value {
    params["_meta"] = crate::fixture::claim();
    params["_meta"]["io.modelcontextprotocol/clientCapabilities"] =
        json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } });
    params
}

#[tokio::test]
async fn a_task_needs_the_scopes_of_its_tool_each_time_that_it_is_asked_for() {
    let issuer = Issuer::start().await;
    let server = serve(resource::server(&issuer)).await;
    let (weak, strong) = (token(&issuer, "alice", ""), token(&issuer, "alice", "files:write"));
    let copy = || with_tasks(json!({ "name": "copy", "arguments": {} }));
    assert_forbidden(&call(&server, &weak, "tools/call", copy()).await, "files:write");
    let created = call(&server, &strong, "tools/call", copy()).await;
    let id = created.json()["result"]["taskId"].as_str().expect("a task").to_owned();
    for (method, more) in [
        ("tasks/get", json!({})),
        ("tasks/update", json!({ "inputResponses": {} })),
        ("tasks/cancel", json!({})),
    ] {
        let mut params = with_tasks(json!({ "taskId": id }));
        for (name, value) in more.as_object().expect("an object") {
            params[name] = value.clone();
        }
        assert_forbidden(&call(&server, &weak, method, params.clone()).await, "files:write");
        let taken = call(&server, &strong, method, params).await;
        assert_eq!(taken.status, 200, "{method}: {taken:?}");
    }
    let bob = token(&issuer, "bob", "files:write");
    let foreign = call(&server, &bob, "tasks/get", with_tasks(json!({ "taskId": id }))).await;
    assert_eq!(foreign.error_code(), -32602, "of another caller");
    let session = open(&server, &strong, Revision::V2025_11_25).await;
    let params = json!({ "name": "copy", "arguments": {}, "task": {} });
    let created = in_session(&server, &strong, &session, "tools/call", params).await;
    let id = created.json()["result"]["task"]["taskId"].as_str().expect("a task").to_owned();
    for method in ["tasks/get", "tasks/result"] {
        let params = json!({ "taskId": id });
        let refused = in_session(&server, &weak, &session, method, params.clone()).await;
        assert_forbidden(&refused, "files:write");
        let taken = in_session(&server, &strong, &session, method, params).await;
        assert_eq!(taken.status, 200, "{method}: {taken:?}");
    }
}

#[tokio::test]
async fn a_subscription_leaves_out_what_the_caller_may_not_read() {
    let issuer = Issuer::start().await;
    let server = serve(resource::server(&issuer)).await;
    for (scope, uris) in [("", json!(null)), ("files:read", json!(["files://a"]))] {
        let bearer = format!("Bearer {}", token(&issuer, "alice", scope));
        let (headers, body) = crate::fixture::modern(
            "subscriptions/listen",
            json!({ "notifications": { "resourceSubscriptions": ["files://a"] } }),
        );
        let mut headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        headers.extend([
            ("authorization", bearer.as_str()),
            crate::fixture::ACCEPT,
            crate::fixture::JSON,
        ]);
        let mut connection = Connection::open(server.address).await;
        let request = crate::raw::head(server.address, "POST", &headers, &body.to_string());
        connection.write(request.as_bytes()).await;
        let text = connection.read_until("acknowledged").await;
        let text = format!("{text}{}", connection.read_until("\n\n").await);
        let data = text.lines().find_map(|line| line.strip_prefix("data: ")).expect("an event");
        let data: Value = serde_json::from_str(data).expect("JSON");
        assert_eq!(data["params"]["notifications"]["resourceSubscriptions"], uris, "{scope}");
    }
}

#[tokio::test]
async fn a_batch_answers_each_of_its_requests_for_itself() {
    let issuer = Issuer::start().await;
    let server = serve(resource::server(&issuer)).await;
    let few = token(&issuer, "alice", "");
    let session = open(&server, &few, Revision::V2025_03_26).await;
    let request = |id: i64, name: &str| {
        json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call",
                "params": { "name": name, "arguments": {} } })
    };
    let bearer = format!("Bearer {few}");
    let headers = [("authorization", bearer.as_str()), ("mcp-session-id", session.as_str())];
    let body = json!([request(1, "write"), request(2, "whoami")]).to_string();
    let answers = server.post(&headers, &body).await.json();
    assert_eq!(answers[0]["error"]["data"]["scope"], "files:write");
    assert_eq!(answers[1]["result"]["content"][0]["text"], "alice false");
    assert_eq!(server.calls.count(), 0);
}

/// Opens a stream of 2024-11-05 and gives the path for messages.
async fn open_stream(server: &Served, bearer: &str) -> (Connection, String) {
    let headers = [("accept", "text/event-stream"), ("authorization", bearer)];
    let head = crate::raw::head(server.address, "GET", &headers, "").replacen("/mcp", "/sse", 1);
    let mut connection = Connection::open(server.address).await;
    connection.write(head.as_bytes()).await;
    let text = connection.read_until("session_id=").await;
    let text = format!("{text}{}", connection.read_until("\n\n").await);
    let path = text.split("data: ").nth(1).and_then(|it| it.lines().next()).expect("a path");
    (connection, path.to_owned())
}

#[tokio::test]
async fn over_http_and_sse_the_post_is_refused() {
    let issuer = Issuer::start().await;
    let server = serve(resource::server(&issuer)).await;
    let weak = format!("Bearer {}", token(&issuer, "alice", ""));
    let strong = format!("Bearer {}", token(&issuer, "alice", "files:write"));
    let write = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call",
                        "params": { "name": "write", "arguments": {} } });
    let post = async |path: &str, bearer: &str, body: &Value| {
        let headers = [("content-type", "application/json"), ("authorization", bearer)];
        at(&server, "POST", path, &headers, &body.to_string()).await
    };
    let (mut stream, path) = open_stream(&server, &strong).await;
    let opened = post(&path, &strong, &crate::fixture::initialize("2024-11-05")).await;
    assert_eq!(opened.status, 202);
    stream.read_until("protocolVersion").await;
    let refused = post(&path, &weak, &write).await;
    assert_forbidden(&refused, "files:write");
    assert_eq!(server.calls.count(), 0);
    assert_eq!(post(&path, &strong, &write).await.status, 202);
    stream.read_until("written").await;
    let bob = format!("Bearer {}", token(&issuer, "bob", "files:write"));
    assert_eq!(post(&path, &bob, &write).await.status, 404, "of another caller");
}

#[tokio::test]
async fn scopes_hold_behind_another_layer_and_fail_closed_without_any() {
    let issuer = Issuer::start().await;
    let calls = Calls::default();
    let auth = resource::server(&issuer).build().expect("a sound configuration");
    // The layer of `mcp-auth` goes around a server that does not know of it.
    let handle = unprotected(&calls).build().expect("a sound server");
    let around = serve_router(handle.clone(), handle.router("/mcp").layer(auth), calls).await;
    let few = token(&issuer, "alice", "");
    let write = json!({ "name": "write", "arguments": {} });
    assert_forbidden(&call(&around, &few, "tools/call", write.clone()).await, "files:write");
    let enough = token(&issuer, "alice", "files:write");
    assert_eq!(call(&around, &enough, "tools/call", write.clone()).await.status, 200);
    let calls = Calls::default();
    let handle = unprotected(&calls).build().expect("a sound server");
    let open = serve_router(handle.clone(), mcp::router(&handle), calls).await;
    let refused = open.modern("tools/call", write).await;
    assert_eq!(refused.status, 403, "nobody holds nothing: {refused:?}");
    assert!(!open.modern("tools/list", json!({})).await.body.contains("\"write\""));
}

fn unprotected(calls: &Calls) -> mcp_runtime::Server {
    use mcp_runtime::prelude::*;
    /// Write a file.
    #[mcp_tool(scopes("files:write"))]
    async fn write() -> &'static str {
        "written"
    }
    crate::fixture::server(calls).tools(tools![write])
}
