//! The HTTP+SSE transport of 2024-11-05.

use mcp_runtime::protocol::Revision;
use serde_json::{Value, json};

use crate::{
    fixture::{Calls, JSON, Served, initialize, modern, serve_router, server},
    raw::{self, Connection, Response, events},
};

async fn serve() -> Served {
    let calls = Calls::default();
    let handle = server(&calls).build().expect("a sound server");
    let router = handle.sse_router("/sse", "/messages");
    serve_router(handle, router, calls).await
}

/// A client: its stream, and where it sends messages.
pub struct Client<'a> {
    server: &'a Served,
    pub stream: Connection,
    pub messages: String,
}

impl<'a> Client<'a> {
    pub async fn open(server: &'a Served) -> Self {
        let mut stream = Connection::open(server.address).await;
        let get = raw::head(server.address, "GET", &[("accept", "text/event-stream")], "");
        stream.write(get.replace("/mcp", "/sse").as_bytes()).await;
        let read = stream.read_until("session_id=").await;
        let read = if read.ends_with("\n\n") { read } else { stream.read_until("\n\n\r\n").await };
        let messages = read
            .lines()
            .find_map(|line| line.strip_prefix("data: "))
            .expect("the endpoint")
            .trim()
            .to_owned();
        assert!(read.contains("event: endpoint"), "{read}");
        Self { server, stream, messages }
    }

    pub async fn post(&self, path: &str, body: &str) -> Response {
        let head = raw::head(self.server.address, "POST", &[JSON], body);
        raw::exchange(self.server.address, head.replace("/mcp", path).as_bytes()).await
    }

    /// Sends a request and gives its answer.
    pub async fn request(&mut self, body: &Value) -> Value {
        let response = self.post(&self.messages, &body.to_string()).await;
        assert_eq!((response.status, response.body.as_str()), (202, ""));
        let id = format!("\"id\":{}", body["id"]);
        let read = self.stream.read_until(&id).await;
        let event = events(&read.replace("\r\n", "\n"))
            .into_iter()
            .find(|event| event.data.contains(&id))
            .expect("the answer");
        serde_json::from_str(&event.data).expect("JSON")
    }
}

#[tokio::test]
async fn a_client_of_the_first_revision_is_served() {
    let server = serve().await;
    let mut client = Client::open(&server).await;
    let opened = client.request(&initialize("2024-11-05")).await;
    assert_eq!(opened["result"]["protocolVersion"], Revision::V2024_11_05.as_str());
    client
        .post(&client.messages, r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
        .await;
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "echo", "arguments": { "text": "line\nbreak" } } });
    // Written over several lines, as JSON may be.
    let pretty = serde_json::to_string_pretty(&call).expect("JSON");
    assert_eq!(client.post(&client.messages, &pretty).await.status, 202);
    client.stream.read_until("line\\nbreak").await;
    server.handle.tools_changed();
    client.stream.read_until("notifications/tools/list_changed").await;
}

#[tokio::test]
async fn messages_need_a_stream_that_is_open() {
    let server = serve().await;
    let client = Client::open(&server).await;
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    for path in ["/messages", "/messages?session_id=", "/messages?session_id=unknown"] {
        assert_eq!(client.post(path, ping).await.status, 404, "{path}");
    }
    let messages = client.messages.clone();
    drop(client);
    let other = Client::open(&server).await;
    while other.post(&messages, ping).await.status != 404 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn the_guards_are_those_of_the_other_transport() {
    let server = serve().await;
    let client = Client::open(&server).await;
    for (method, path) in [("GET", "/sse"), ("POST", client.messages.as_str())] {
        for headers in [[("host", "evil.test")], [("origin", "http://evil.test")]] {
            let head = raw::head(server.address, method, &headers, "").replace("/mcp", path);
            let response = raw::exchange(server.address, head.as_bytes()).await;
            assert_eq!(response.status, 403, "{method} {headers:?}");
        }
    }
    let head = raw::head(server.address, "POST", &[("content-type", "text/plain")], "{}");
    let response =
        raw::exchange(server.address, head.replace("/mcp", &client.messages).as_bytes()).await;
    assert_eq!(response.status, 415);
    let (_, claimed) = modern("tools/list", json!({}));
    assert_eq!(client.post(&client.messages, &claimed.to_string()).await.status, 400);
    let announced = [("content-length", "5000000"), JSON];
    let head = raw::head(server.address, "POST", &announced, "");
    let response =
        raw::exchange(server.address, head.replace("/mcp", &client.messages).as_bytes()).await;
    assert_eq!(response.status, 413);
}
