//! What becomes of a call: its outcome when it panics, takes too long, is cancelled, or when the
//! client goes away.

use std::time::Duration;

use mcp_runtime::protocol::Revision;
use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::{
    fixture::{ACCEPT, JSON, modern, serve, serve_limited},
    raw::{self, Connection, PATIENCE},
};

/// Waits until `done` holds.
async fn eventually(what: &str, done: impl Fn() -> bool) {
    let waiting = async {
        while !done() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("never: {what}"));
}

#[tokio::test]
async fn a_panic_is_an_internal_error_and_the_server_lives() {
    let server = serve_limited(|limits| limits.call_idle = Duration::from_millis(700)).await;
    for (tool, arguments) in [
        ("explode", json!({ "how": "string" })),
        ("explode", json!({ "how": "value" })),
        ("explode_blocking", json!({})),
    ] {
        let response = server.call(tool, arguments.clone()).await;
        assert_eq!((response.status, response.error_code()), (200, -32603), "{arguments}");
        assert_eq!(response.json()["error"]["message"], "internal error");
    }
    // The call runs into its time limit, and what it drops then panics.
    let response = server.call("explode", json!({ "how": "drop" })).await;
    assert_eq!(response.error_code(), -32603);
    server.assert_healthy().await;
}

#[tokio::test]
async fn a_call_that_takes_too_long_ends_with_an_error_that_says_so() {
    let server = serve_limited(|limits| limits.call_idle = Duration::from_millis(30)).await;
    let response = server.call("sleep", json!({ "millis": 60_000 })).await;
    assert_eq!((response.status, response.error_code()), (200, -32603));
    assert_eq!(response.json()["error"]["data"]["reason"], "timeout");
}

#[tokio::test]
async fn progress_gives_a_call_more_time_up_to_the_limit_of_all() {
    let server = serve_limited(|limits| {
        limits.call_idle = Duration::from_millis(200);
        limits.call_total = Duration::from_millis(900);
    })
    .await;
    let response = server.call("count", json!({ "steps": 5, "pause": 100 })).await;
    assert_eq!(response.json()["result"]["content"][0]["text"], "counted to 5", "{response:?}");
    let response = server.call("count", json!({ "steps": 1000, "pause": 20 })).await;
    assert_eq!(response.json()["error"]["data"]["reason"], "timeout");
}

#[tokio::test]
async fn a_modern_client_that_hangs_up_cancels_its_call() {
    let server = serve_limited(|limits| limits.calls = 1).await;
    let (headers, body) =
        modern("tools/call", json!({ "name": "sleep", "arguments": { "millis": 60_000 } }));
    let mut all: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    all.extend([ACCEPT, JSON]);
    let mut connection = Connection::open(server.address).await;
    connection.write(raw::head(server.address, "POST", &all, &body.to_string()).as_bytes()).await;
    eventually("the call runs", || server.calls.count() == 1).await;
    assert_eq!(server.call("echo", json!({ "text": "a" })).await.status, 503, "the place is taken");
    drop(connection);
    let place = async {
        while server.call("echo", json!({ "text": "a" })).await.status != 200 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, place).await.expect("the place is given back");
}

#[tokio::test]
async fn cancelled_calls_cannot_fill_all_threads() {
    let server = serve_limited(|limits| limits.calls = 1).await;
    let (headers, body) =
        modern("tools/call", json!({ "name": "block", "arguments": { "millis": 300 } }));
    let mut all: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    all.extend([ACCEPT, JSON]);
    let mut connection = Connection::open(server.address).await;
    connection.write(raw::head(server.address, "POST", &all, &body.to_string()).as_bytes()).await;
    eventually("the call runs", || server.calls.count() == 1).await;
    drop(connection);
    let place = async {
        while server.call("echo", json!({ "text": "a" })).await.status != 200 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, place).await.expect("what awaits goes on");
    let blocked = server.call("block", json!({ "millis": 0 })).await;
    assert_eq!(blocked.json()["result"]["structuredContent"], 1, "one after the other");
}

#[tokio::test]
async fn a_call_of_a_session_goes_on_when_its_client_hangs_up() {
    let server = serve().await;
    let session = server.session(Revision::V2025_11_25).await;
    let body = json!({ "jsonrpc": "2.0", "id": 5, "method": "tools/call",
        "params": { "name": "sleep", "arguments": { "millis": 100 } } });
    let head = raw::head(
        server.address,
        "POST",
        &[ACCEPT, JSON, ("mcp-session-id", &session.id)],
        &body.to_string(),
    );
    let mut connection = Connection::open(server.address).await;
    connection.write(head.as_bytes()).await;
    eventually("the call runs", || server.calls.count() == 1).await;
    drop(connection);
    // Its id is in flight until it ends by itself.
    let same_id = session.request(5, "ping", json!({})).await;
    assert_eq!(same_id.error_code(), -32600, "{same_id:?}");
    let ended = async {
        while session.request(5, "ping", json!({})).await.json()["result"].is_null() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, ended).await.expect("the call ends");
}

#[tokio::test]
async fn an_id_in_flight_cannot_be_used_twice_and_a_cancel_ends_the_first() {
    let server = serve().await;
    let session = server.session(Revision::V2025_06_18).await;
    let arguments = json!({ "name": "sleep", "arguments": { "millis": 60_000 } });
    let cancel = async {
        eventually("the call runs", || server.calls.count() == 1).await;
        let second = session.request(7, "tools/call", arguments.clone()).await;
        assert_eq!((second.status, second.error_code()), (200, -32600));
        for id in [json!("7"), json!(8), json!(null), json!({})] {
            let other = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled",
                "params": { "requestId": id } });
            assert_eq!(session.post(&other.to_string()).await.status, 202);
        }
        let cancel =
            r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#;
        assert_eq!(session.post(cancel).await.status, 202);
    };
    let (first, ()) = tokio::join!(session.request(7, "tools/call", arguments.clone()), cancel);
    assert_eq!(first.body, "", "a cancelled request has no answer: {first:?}");
    let after =
        session.request(7, "tools/call", json!({ "name": "echo", "arguments": { "text": "x" } }));
    assert_eq!(after.await.json()["result"]["content"][0]["text"], "x");
    assert_eq!(server.calls.count(), 2, "the second call with the id did not run");
}

#[tokio::test]
async fn another_session_cannot_cancel_a_request() {
    let server = serve().await;
    let (a, b) =
        (server.session(Revision::V2025_11_25).await, server.session(Revision::V2025_11_25).await);
    let cancel = async {
        eventually("the call runs", || server.calls.count() == 1).await;
        let cancel =
            r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#;
        assert_eq!(b.post(cancel).await.status, 202);
    };
    let (answer, ()) = tokio::join!(a.call("sleep", json!({ "millis": 80 })), cancel);
    assert_eq!(answer.json()["result"]["content"][0]["text"], "slept");
}

#[tokio::test]
async fn clients_with_the_same_ids_get_their_own_answers() {
    let server = serve().await;
    let mut clients = Vec::new();
    for client in 0..50 {
        let address = server.address;
        clients.push(tokio::spawn(async move {
            for call in 0..10 {
                let nonce = format!("{client}-{call}");
                let (headers, mut body) =
                    modern("tools/call", json!({ "name": "echo", "arguments": { "text": nonce } }));
                body["id"] = json!(call);
                let mut all: Vec<_> =
                    headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
                all.extend([ACCEPT, JSON]);
                let response = raw::request(address, "POST", &all, &body.to_string()).await;
                assert_eq!(response.json()["result"]["content"][0]["text"], nonce);
            }
        }));
    }
    for client in clients {
        client.await.expect("every answer is one's own");
    }
}

#[tokio::test]
async fn progress_makes_the_answer_a_stream_and_comes_before_the_result() {
    let server = serve().await;
    let mut params = json!({ "name": "count", "arguments": { "steps": 3 } });
    params["_meta"] = crate::fixture::claim();
    params["_meta"]["progressToken"] = json!("tok");
    let response = server.modern("tools/call", params.clone()).await;
    assert_eq!(response.header("content-type"), Some("text/event-stream"));
    assert_eq!(response.header("x-accel-buffering"), Some("no"));
    assert_eq!(response.header("cache-control"), Some("no-store"));
    let events = raw::events(&response.body);
    assert_eq!(events.len(), 4, "{response:?}");
    for (index, event) in events.iter().take(3).enumerate() {
        let message: serde_json::Value = serde_json::from_str(&event.data).unwrap();
        assert_eq!(message["method"], "notifications/progress");
        assert_eq!(message["params"]["progressToken"], "tok");
        assert_eq!(message["params"]["progress"], (index + 1) as f64);
        assert_eq!(message["params"]["total"], 3.0);
        assert_eq!(event.id, None, "2026-07-28 resumes nothing");
    }
    let without_token = server.call("count", json!({ "steps": 3 })).await;
    assert_eq!(without_token.header("content-type"), Some("application/json"));
    // A client that reads no events gets the answer alone.
    let (headers, body) = modern("tools/call", params);
    let mut headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    headers.push(("accept", "application/json"));
    let response = server.post(&headers, &body.to_string()).await;
    assert_eq!(response.json()["result"]["content"][0]["text"], "counted to 3");
    assert_eq!(response.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn arguments_that_are_wrong_are_a_result_that_the_model_can_read() {
    let server = serve().await;
    for (arguments, names) in [
        (json!({}), "text"),
        (json!({ "text": 7 }), "text"),
        (json!({ "text": "a", "tekst": "b" }), "tekst"),
    ] {
        let response = server.call("echo", arguments.clone()).await;
        let result = &response.json()["result"];
        assert_eq!(result["isError"], true, "{arguments}: {response:?}");
        let text = result["content"][0]["text"].as_str().unwrap_or_default();
        assert!(text.contains(names), "{text}");
    }
    assert_eq!(server.calls.count(), 0);
}

#[tokio::test]
async fn what_is_no_object_of_arguments_or_no_tool_is_invalid_params() {
    let server = serve().await;
    for params in [
        json!({ "name": "echo", "arguments": [] }),
        json!({ "name": "echo", "arguments": "x" }),
        json!({ "name": "ech", "arguments": {} }),
        json!({ "name": "Echo", "arguments": {} }),
        json!({ "name": "echo\u{200b}", "arguments": {} }),
    ] {
        let (mut headers, body) = modern("tools/call", params.clone());
        if params["name"] == "echo\u{200b}" {
            headers.retain(|(name, _)| name != "mcp-name");
            headers.push(("mcp-name".into(), "=?base64?ZWNob+KAiw==?=".into()));
        }
        let headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let response = server.post(&headers, &body.to_string()).await;
        assert_eq!((response.status, response.error_code()), (200, -32602), "{params}");
    }
    let response = server.modern("tools/call", json!({ "arguments": {} })).await;
    assert_eq!(response.error_code(), -32602, "no name");
    assert_eq!(server.calls.count(), 0);
}
