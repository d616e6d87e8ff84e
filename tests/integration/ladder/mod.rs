//! How a request over HTTP finds its revision, step by step, and what it gets where it stops.

mod claims;
mod guards;
mod messages;
mod sessions;

use serde_json::{Value, json};

use crate::fixture::{modern, serve};

/// Sends a request of 2026-07-28 after a change, and gives status and error code.
async fn changed(
    method: &str,
    params: Value,
    change: impl FnOnce(&mut Vec<(String, String)>, &mut Value),
) -> (u16, Option<i64>) {
    let server = serve().await;
    let (mut headers, mut body) = modern(method, params);
    change(&mut headers, &mut body);
    let headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let response = server.post(&headers, &body.to_string()).await;
    let json = response.json();
    if !json["error"].is_null() {
        assert_eq!(json["id"], body["id"], "the error names its request: {json}");
    }
    server.assert_healthy().await;
    (response.status, json["error"]["code"].as_i64())
}

fn set(headers: &mut Vec<(String, String)>, name: &str, value: &str) {
    headers.retain(|(it, _)| it != name);
    headers.push((name.to_owned(), value.to_owned()));
}

fn remove(headers: &mut Vec<(String, String)>, name: &str) {
    headers.retain(|(it, _)| it != name);
}

fn echo() -> Value {
    json!({ "name": "echo", "arguments": { "text": "hi" } })
}
