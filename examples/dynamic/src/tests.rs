//! The server as a client meets it: over a socket.

use std::{net::SocketAddr, time::Duration};

use mcp_runtime::{Error, Result};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    time::timeout,
};

async fn start() -> Result<SocketAddr> {
    let server = crate::server().build()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { server.serve(listener, server.router("/mcp")).await });
    Ok(address)
}

/// Sends one request of 2026-07-28, which needs no session.
async fn send(address: SocketAddr, method: &str, mut params: Value) -> Result<TcpStream> {
    let name = params["name"].as_str().unwrap_or_default().to_owned();
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
    let head = format!(
        "POST /mcp HTTP/1.1\r\n\
         host: {address}\r\n\
         connection: close\r\n\
         content-type: application/json\r\n\
         content-length: {}\r\n\
         accept: application/json, text/event-stream\r\n\
         mcp-protocol-version: 2026-07-28\r\n\
         mcp-method: {method}\r\n\
         mcp-name: {name}\r\n\r\n",
        body.len(),
    );
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all((head + &body).as_bytes()).await?;
    Ok(stream)
}

async fn request(address: SocketAddr, method: &str, params: Value) -> Result<Value> {
    let mut answer = String::new();
    send(address, method, params).await?.read_to_string(&mut answer).await?;
    let (_, body) = answer.split_once("\r\n\r\n").ok_or_else(|| Error::new("no body"))?;
    Ok(serde_json::from_str(body)?)
}

async fn call(address: SocketAddr, tool: &str, arguments: Value) -> Result<Value> {
    request(address, "tools/call", json!({ "name": tool, "arguments": arguments })).await
}

async fn tool_names(address: SocketAddr) -> Result<Vec<String>> {
    let answer = request(address, "tools/list", json!({})).await?;
    let tools = answer["result"]["tools"].as_array().into_iter().flatten();
    Ok(tools.filter_map(|tool| Some(tool["name"].as_str()?.to_owned())).collect())
}

fn greeting() -> Value {
    json!({
        "name": "greet",
        "description": "Greet someone.",
        "template": "Hello, {name}!",
        "schema": {
            "type": "object",
            "properties": { "name": { "type": "string", "maxLength": 10 } },
            "required": ["name"],
        },
    })
}

#[tokio::test]
async fn a_tool_is_installed_used_hidden_and_removed() -> Result<()> {
    let address = start().await?;
    call(address, "install_tool", greeting()).await?;
    let listed = request(address, "tools/list", json!({})).await?;
    let greet = &listed["result"]["tools"][3];
    assert_eq!(greet["inputSchema"]["properties"], greeting()["schema"]["properties"]);
    let greeted = call(address, "greet", json!({ "name": "Ada" })).await?;
    assert_eq!(greeted["result"]["content"][0]["text"], "Hello, Ada!");

    call(address, "enable_tool", json!({ "name": "greet", "enabled": false })).await?;
    assert!(!tool_names(address).await?.contains(&"greet".into()));
    call(address, "enable_tool", json!({ "name": "greet", "enabled": true })).await?;
    assert!(tool_names(address).await?.contains(&"greet".into()));

    call(address, "remove_tool", json!({ "name": "greet" })).await?;
    let unknown = call(address, "greet", json!({ "name": "Ada" })).await?;
    assert_eq!(unknown["error"]["code"], -32602);
    Ok(())
}

#[tokio::test]
async fn arguments_are_checked_against_the_schema() -> Result<()> {
    let address = start().await?;
    call(address, "install_tool", greeting()).await?;
    for wrong in [json!({}), json!({ "name": "a name that is too long" })] {
        let refused = call(address, "greet", wrong).await?;
        assert_eq!(refused["result"]["isError"], true);
    }
    Ok(())
}

#[tokio::test]
async fn tools_that_cannot_be_are_refused() -> Result<()> {
    let address = start().await?;
    for (member, value) in [
        ("name", json!("install_tool")),
        ("name", json!("no name")),
        ("schema", json!({ "type": "string" })),
    ] {
        let mut tool = greeting();
        tool[member] = value;
        let refused = call(address, "install_tool", tool).await?;
        assert_eq!(refused["result"]["isError"], true, "{refused}");
    }
    assert_eq!(tool_names(address).await?.len(), 3);
    Ok(())
}

#[tokio::test]
async fn the_tools_that_manage_tools_stay() -> Result<()> {
    let address = start().await?;
    call(address, "remove_tool", json!({ "name": "install_tool" })).await?;
    call(address, "enable_tool", json!({ "name": "remove_tool", "enabled": false })).await?;
    assert_eq!(tool_names(address).await?.len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_client_that_listens_hears_of_each_change() -> Result<()> {
    let address = start().await?;
    let wanted = json!({ "notifications": { "toolsListChanged": true } });
    let stream = send(address, "subscriptions/listen", wanted).await?;
    let mut lines = BufReader::new(stream).lines();
    let mut wait_for = async |text: &str| -> Result<()> {
        while let Some(line) = lines.next_line().await? {
            if line.contains(text) {
                return Ok(());
            }
        }
        Err(Error::new(format!("the stream ends without {text}")))
    };
    let limit = Duration::from_secs(5);
    timeout(limit, wait_for("notifications/subscriptions/acknowledged")).await??;
    call(address, "install_tool", greeting()).await?;
    timeout(limit, wait_for("notifications/tools/list_changed")).await??;
    call(address, "remove_tool", json!({ "name": "greet" })).await?;
    timeout(limit, wait_for("notifications/tools/list_changed")).await??;
    Ok(())
}
