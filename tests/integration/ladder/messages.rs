//! What is a message, and what is none.

use mcp_runtime::protocol::Revision;
use serde_json::{Value, json};

use super::echo;
use crate::{
    fixture::{initialize, modern, serve},
    raw,
};

#[tokio::test]
async fn what_is_no_json_is_a_parse_error_and_what_is_no_message_an_invalid_request() {
    let server = serve().await;
    for (body, code) in [
        ("", -32700),
        ("   ", -32700),
        ("{", -32700),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"} {}", -32700),
        ("\u{feff}{}", -32700),
        ("{'a':1}", -32700),
        ("nul", -32700),
        ("null", -32600),
        ("42", -32600),
        ("\"x\"", -32600),
        ("{}", -32600),
        ("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1e3,\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":9223372036854775808,\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\",\"method\":\"b\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"Method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\\ud800\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"error\":{}}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"result\":{}}", -32600),
        ("[]", -32600),
        ("[1,2]", -32600),
    ] {
        let response = server.post(&[], body).await;
        assert_eq!(response.status, 400, "{body}: {response:?}");
        assert_eq!(response.error_code(), code, "{body}");
        assert_eq!(response.header("content-type"), Some("application/json"), "{body}");
    }
    for deep in [format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)), "[".repeat(4_000_000)] {
        assert_eq!(server.post(&[], &deep).await.status, 400);
    }
    let deep = json!({ "text": "x" }).to_string().replace("\"x\"", &"[".repeat(100_000));
    let deep = deep.replace('}', &"]".repeat(100_000)) + "}";
    let (headers, body) = modern("tools/call", echo());
    let headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let body = body.to_string().replace(r#"{"text":"hi"}"#, &deep);
    let response = server.post(&headers, &body).await;
    assert_eq!(response.json()["result"]["isError"], true, "{response:?}");
    let long_id = format!(r#"{{"jsonrpc":"2.0","id":"{}","method":"ping"}}"#, "x".repeat(257));
    assert_eq!(server.post(&[], &long_id).await.error_code(), -32600);
    let long_method = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{}"}}"#, "x".repeat(257));
    assert_eq!(server.post(&[], &long_method).await.error_code(), -32600);
    assert_eq!(server.calls.count(), 0);
    server.assert_healthy().await;
}

#[tokio::test]
async fn an_array_does_not_stand_for_an_object() {
    let server = serve().await;
    let claims = |capabilities: Value| {
        json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": capabilities,
        })
    };
    for meta in [
        json!(["2026-07-28", {}]),
        json!(null),
        json!("2026-07-28"),
        claims(json!([])),
        claims(json!({ "sampling": [] })),
        claims(json!({ "elicitation": { "form": 1 } })),
    ] {
        let response = server.modern("server/discover", json!({ "_meta": meta })).await;
        assert_eq!(response.status, 400, "{meta}: {response:?}");
        assert_eq!(response.error_code(), -32602, "{meta}");
    }
    let prompt = json!({ "type": "ref/prompt", "name": "greeting" });
    let name = json!({ "name": "name", "value": "a" });
    for (method, params) in [
        ("completion/complete", json!({ "ref": ["ref/prompt", "greeting"], "argument": name })),
        ("completion/complete", json!({ "ref": prompt, "argument": ["name", "a"] })),
        ("completion/complete", json!({ "ref": prompt, "argument": name, "context": [{}] })),
        ("subscriptions/listen", json!({ "notifications": [true] })),
    ] {
        let response = server.modern(method, params.clone()).await;
        assert_eq!(response.error_code(), -32602, "{params}");
    }
    let session = server.session(Revision::V2025_03_26).await;
    let response = session.post(r#"[["2.0", 5, "ping"]]"#).await;
    assert_eq!(response.json()[0]["error"]["code"], -32600, "{response:?}");
    let mut opening = initialize("2025-11-25");
    opening["params"]["capabilities"] = json!([]);
    assert_eq!(server.post(&[], &opening.to_string()).await.error_code(), -32602);
}

#[tokio::test]
async fn errors_speak_of_the_protocol_and_not_of_the_program() {
    let server = serve().await;
    for body in ["5", r#"{"jsonrpc":"2.0","id":1,"id":2}"#] {
        let message = server.post(&[], body).await.json()["error"]["message"].to_string();
        assert!(!message.contains("struct") && !message.contains(" line "), "{message}");
    }
    for meta in [json!(null), json!({ "progressToken": {}, "traceparent": [] }), json!("x")] {
        let response = server.modern("tools/list", json!({ "_meta": meta })).await;
        let message = response.json()["error"]["message"].to_string();
        assert!(!message.contains("struct") && !message.contains(" line "), "{message}");
    }
}

#[tokio::test]
async fn invalid_utf8_is_a_parse_error() {
    let server = serve().await;
    let mut request = raw::head(
        server.address,
        "POST",
        &[("content-type", "application/json"), ("content-length", "4")],
        "",
    )
    .into_bytes();
    request.extend_from_slice(b"\"\xff\xfe\"");
    assert_eq!(raw::exchange(server.address, &request).await.error_code(), -32700);
}

#[tokio::test]
async fn ids_come_back_as_they_went() {
    let server = serve().await;
    for id in ["1", "-9223372036854775808", "9223372036854775807", "\"1\"", "\"\"", "\"\\u0000é\""]
    {
        let (headers, body) = modern("server/discover", json!({}));
        let headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let body = body.to_string().replace("\"id\":1", &format!("\"id\":{id}"));
        let response = server.post(&headers, &body).await;
        assert_eq!(response.json()["id"], serde_json::from_str::<Value>(id).unwrap(), "{id}");
    }
}
