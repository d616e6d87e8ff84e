//! The server as a client meets it: over a socket.

use std::net::SocketAddr;

use mcp_runtime::Result;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::store::Notes;

struct Client {
    address: SocketAddr,
}

impl Client {
    async fn of_new_server() -> Result<Self> {
        let server = crate::server(Notes::in_memory()?).build()?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { server.serve(listener, server.router("/mcp")).await });
        Ok(Self { address })
    }

    /// Sends one request of 2026-07-28, which needs no session. `name` is what it is about.
    async fn request(&self, method: &str, name: &str, mut params: Value) -> Result<Value> {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let body = body.to_string();
        let head = format!(
            "POST /mcp HTTP/1.1\r\n\
             host: {}\r\n\
             connection: close\r\n\
             content-type: application/json\r\n\
             content-length: {}\r\n\
             accept: application/json, text/event-stream\r\n\
             mcp-protocol-version: 2026-07-28\r\n\
             mcp-method: {method}\r\n\
             mcp-name: {name}\r\n\r\n",
            self.address,
            body.len(),
        );
        let mut stream = TcpStream::connect(self.address).await?;
        stream.write_all((head + &body).as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let (_, answer) =
            answer.split_once("\r\n\r\n").ok_or("no body").map_err(mcp_runtime::Error::new)?;
        Ok(serde_json::from_str(answer)?)
    }

    async fn call(&self, tool: &str, arguments: Value) -> Result<Value> {
        let params = json!({ "name": tool, "arguments": arguments });
        Ok(self.request("tools/call", tool, params).await?["result"].take())
    }
}

#[tokio::test]
async fn a_note_is_added_found_read_and_deleted() -> Result<()> {
    let client = Client::of_new_server().await?;
    let note = json!({ "title": "Shopping", "body": "Milk", "tags": ["home"] });
    let added = client.call("add_note", note).await?;
    assert_eq!(added["structuredContent"]["title"], "Shopping");
    let found = client.call("search_notes", json!({ "query": "milk" })).await?;
    assert_eq!(found["structuredContent"][0], added["structuredContent"]);

    let read = client.request("resources/read", "notes://1", json!({ "uri": "notes://1" })).await?;
    assert_eq!(read["result"]["contents"][0]["text"], "# Shopping\n\nMilk\n\nTags: home\n");

    let deleted = client.call("delete_note", json!({ "id": 1 })).await?;
    assert_eq!(deleted["content"][0]["text"], "note 1 is deleted");
    assert_eq!(client.call("delete_note", json!({ "id": 1 })).await?["isError"], true);
    Ok(())
}

#[tokio::test]
async fn an_import_stores_every_note() -> Result<()> {
    let client = Client::of_new_server().await?;
    let notes = json!([{ "title": "One", "body": "" }, { "title": "Two", "body": "" }]);
    let imported = client.call("import_notes", json!({ "notes": notes })).await?;
    assert_eq!(imported["structuredContent"], json!({ "ids": [1, 2] }));
    Ok(())
}

#[tokio::test]
async fn resources_are_listed_in_pages_of_fifty() -> Result<()> {
    let client = Client::of_new_server().await?;
    let notes = vec![json!({ "title": "Note", "body": "" }); 60];
    client.call("import_notes", json!({ "notes": notes })).await?;
    let first = client.request("resources/list", "", json!({})).await?["result"].take();
    assert_eq!(first["resources"].as_array().map(Vec::len), Some(50));
    let cursor = json!({ "cursor": first["nextCursor"] });
    let second = client.request("resources/list", "", cursor).await?["result"].take();
    assert_eq!(second["resources"].as_array().map(Vec::len), Some(11));
    assert_eq!(second.get("nextCursor"), None);
    Ok(())
}

#[tokio::test]
async fn ids_and_styles_are_completed() -> Result<()> {
    let client = Client::of_new_server().await?;
    client.call("add_note", json!({ "title": "Shopping", "body": "" })).await?;
    for (name, value, offered) in [("id", "1", json!(["1"])), ("style", "h", json!(["headline"]))] {
        let reference = json!({ "type": "ref/prompt", "name": "summarize" });
        let params = json!({ "ref": reference, "argument": { "name": name, "value": value } });
        let answer = client.request("completion/complete", "", params).await?;
        assert_eq!(answer["result"]["completion"]["values"], offered);
    }
    Ok(())
}
