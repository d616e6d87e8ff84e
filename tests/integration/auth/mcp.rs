//! A server of the protocol that asks who calls.

use mcp_runtime::{ResourceServer, ServerHandle, prelude::*, protocol::Revision};
use serde_json::{Value, json};

use super::{
    issuer::Issuer,
    jwt::{claims_with, now},
};
use crate::{
    fixture::{Calls, Served, initialize, modern, serve_router, server},
    raw::{self, Response},
};

/// Name the caller.
#[mcp_tool]
async fn whoami(caller: Principal, ctx: Context) -> String {
    let headers = ctx.http().map(|http| http.headers.clone()).unwrap_or_default();
    format!("{} {}", caller.subject(), headers.contains_key("authorization"))
}

/// Write a file.
#[mcp_tool(scopes("files:write"))]
async fn write(State(calls): State<Calls>) -> &'static str {
    calls.add();
    "written"
}

/// Delete all files.
#[mcp_tool(scopes("files:write", "files:delete"))]
async fn wipe(State(calls): State<Calls>) -> &'static str {
    calls.add();
    "gone"
}

/// Copy all files.
#[mcp_tool(task = "required", scopes("files:write"))]
async fn copy() -> &'static str {
    "copied"
}

/// A file.
#[mcp_resource("files://{name}", scopes("files:read"))]
async fn file(#[arg(complete = ["a", "b"])] name: String) -> String {
    name
}

/// The index.
#[mcp_resource("files:index", scopes("files:read"))]
async fn index() -> &'static str {
    "index"
}

/// Review a file.
#[mcp_prompt(scopes("files:read"))]
async fn review(#[arg(complete = ["a", "b"])] name: String) -> String {
    name
}

pub fn configured(auth: ResourceServer, calls: &Calls) -> Server {
    server(calls)
        .tools(tools![whoami, write, wipe, copy])
        .resources(resources![file, index])
        .prompts(prompts![review])
        .auth(auth)
}

/// At `/mcp`, `/sse` and `/messages`.
pub async fn serve(auth: ResourceServer) -> Served {
    let calls = Calls::default();
    let handle = configured(auth, &calls).build().expect("a sound server");
    let router = router(&handle);
    serve_router(handle, router, calls).await
}

pub fn router(handle: &ServerHandle) -> axum::Router {
    handle.router("/mcp").merge(handle.sse_router("/sse", "/messages"))
}

/// A good token with these scopes.
pub fn token(issuer: &Issuer, subject: &str, scope: &str) -> String {
    let claims = claims_with(&issuer.url, json!({ "sub": subject, "scope": scope }));
    issuer.key.token("1", &claims)
}

pub fn expiring(issuer: &Issuer, seconds: u64) -> String {
    let claims = claims_with(&issuer.url, json!({ "exp": now() + seconds }));
    issuer.key.token("1", &claims)
}

/// A request of 2026-07-28.
pub async fn call(server: &Served, token: &str, method: &str, params: Value) -> Response {
    let (headers, body) = modern(method, params);
    let bearer = format!("Bearer {token}");
    let mut headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    headers.push(("authorization", &bearer));
    server.post(&headers, &body.to_string()).await
}

/// Opens a session and gives its id.
pub async fn open(server: &Served, token: &str, revision: Revision) -> String {
    let bearer = format!("Bearer {token}");
    let body = initialize(revision.as_str()).to_string();
    let opened = server.post(&[("authorization", &bearer)], &body).await;
    assert_eq!(opened.status, 200, "{opened:?}");
    opened.header("mcp-session-id").expect("a session").to_owned()
}

/// A request in a session.
pub async fn in_session(
    server: &Served,
    token: &str,
    session: &str,
    method: &str,
    params: Value,
) -> Response {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("mcp-session-id", session)];
    server.post(&headers, &body.to_string()).await
}

/// Sends a request to a path.
pub async fn at(
    server: &Served,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Response {
    let head = raw::head(server.address, method, headers, body);
    raw::exchange(server.address, head.replacen(" /mcp ", &format!(" {path} "), 1).as_bytes()).await
}
