//! The application as its clients meet it: over a socket.

use std::net::SocketAddr;

use mcp_runtime::{Error, Result};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

async fn start() -> Result<SocketAddr> {
    let (app, server) = crate::app()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { server.serve(listener, app).await });
    Ok(address)
}

/// Sends one HTTP request, and gives status and body of the answer.
async fn http(address: SocketAddr, head: &str, body: &str) -> Result<(u16, String)> {
    let length = body.len();
    let request = format!(
        "{head}\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| Error::new("no body"))?;
    let status = head.split(' ').nth(1).unwrap_or_default().parse()?;
    Ok((status, body.to_owned()))
}

/// Sends one request of 2026-07-28, which needs no session.
async fn mcp(address: SocketAddr, token: &str, method: &str, mut params: Value) -> Result<Value> {
    let name = params["name"].as_str().unwrap_or_default();
    let head = format!(
        "POST /mcp HTTP/1.1\r\n\
         authorization: Bearer {token}\r\n\
         x-region: us\r\n\
         content-type: application/json\r\n\
         accept: application/json, text/event-stream\r\n\
         mcp-protocol-version: 2026-07-28\r\n\
         mcp-method: {method}\r\n\
         mcp-name: {name}"
    );
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let (_, answer) = http(address, &head, &body.to_string()).await?;
    Ok(serde_json::from_str(&answer)?)
}

async fn call(address: SocketAddr, token: &str, tool: &str, arguments: Value) -> Result<Value> {
    mcp(address, token, "tools/call", json!({ "name": tool, "arguments": arguments })).await
}

#[tokio::test]
async fn nobody_gets_in_without_a_token() -> Result<()> {
    let address = start().await?;
    for route in ["GET /orders", "POST /mcp"] {
        assert_eq!(http(address, &format!("{route} HTTP/1.1"), "").await?.0, 401);
    }
    assert_eq!(http(address, "GET /health HTTP/1.1", "").await?, (200, "ok".into()));
    Ok(())
}

#[tokio::test]
async fn a_tool_and_a_route_know_the_same_caller() -> Result<()> {
    let address = start().await?;
    let answer = call(address, "demo-alice", "place_order", json!({ "item": "tea" })).await?;
    let order = json!({ "customer": "alice", "item": "tea", "region": "us" });
    assert_eq!(answer["result"]["structuredContent"], order);

    for (token, orders) in [("demo-alice", json!([order])), ("demo-bob", json!([]))] {
        let head = format!("GET /orders HTTP/1.1\r\nauthorization: Bearer {token}");
        let (status, body) = http(address, &head, "").await?;
        assert_eq!((status, serde_json::from_str(&body)?), (200, orders));
    }
    Ok(())
}

#[tokio::test]
async fn the_tool_of_administrators_exists_for_them_alone() -> Result<()> {
    let address = start().await?;
    for (token, count) in [("demo-alice", 2), ("demo-root", 3)] {
        let listed = mcp(address, token, "tools/list", json!({})).await?;
        assert_eq!(listed["result"]["tools"].as_array().map(Vec::len), Some(count));
    }
    let refused = call(address, "demo-alice", "all_orders", json!({})).await?;
    assert_eq!(refused["error"]["code"], -32602);
    let answered = call(address, "demo-root", "all_orders", json!({})).await?;
    assert_eq!(answered["result"]["structuredContent"], json!([]));
    Ok(())
}
