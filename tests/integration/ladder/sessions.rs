//! Requests of a session, and the one that opens it.

use mcp_runtime::protocol::Revision;
use serde_json::{Value, json};

use crate::{
    fixture::{initialize, serve},
    raw,
};

#[tokio::test]
async fn initialize_agrees_on_the_version_or_offers_the_newest_with_sessions() {
    let server = serve().await;
    for (asked, agreed) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
        ("1999-01-01", "2025-11-25"),
    ] {
        let response = server.post(&[], &initialize(asked).to_string()).await;
        assert_eq!(response.status, 200);
        assert_eq!(response.json()["result"]["protocolVersion"], agreed, "{asked}");
        assert_eq!(response.json()["result"].get("resultType"), None);
        let id = response.header("mcp-session-id").expect("a session");
        assert!(id.len() >= 22 && id.bytes().all(|b| (0x21..=0x7e).contains(&b)), "{id}");
    }
}

#[tokio::test]
async fn a_request_of_a_session_names_a_session_that_lives() {
    let server = serve().await;
    let session = server.session(Revision::V2025_11_25).await;
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    assert_eq!(session.post(body).await.json(), json!({ "jsonrpc": "2.0", "id": 1, "result": {} }));
    assert_eq!(server.post(&[], body).await.status, 400, "no session");
    for id in ["unknown", "", &"x".repeat(129), "é"] {
        let status = server.post(&[("mcp-session-id", id)], body).await.status;
        assert!([400, 404].contains(&status), "{id}: {status}");
    }
    let again = session.post(&initialize("2025-11-25").to_string()).await;
    assert_eq!((again.status, again.error_code()), (400, -32600), "a second handshake");
    let id = [("mcp-session-id", session.id.as_str())];
    assert_eq!(raw::request(server.address, "DELETE", &id, "").await.status, 204);
    assert_eq!(session.post(body).await.status, 404, "after its end");
    assert_eq!(raw::request(server.address, "DELETE", &id, "").await.status, 404);
}

#[tokio::test]
async fn the_version_header_is_the_session_s() {
    let server = serve().await;
    let session = server.session(Revision::V2025_06_18).await;
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    for (version, status) in
        [("2025-06-18", 200), ("2025-11-25", 400), ("2024-11-05", 400), ("nonsense", 400)]
    {
        let headers = [("mcp-session-id", session.id.as_str()), ("mcp-protocol-version", version)];
        assert_eq!(server.post(&headers, body).await.status, status, "{version}");
    }
}

#[tokio::test]
async fn an_unknown_method_in_a_session_is_answered_in_band() {
    let server = serve().await;
    let session = server.session(Revision::V2025_11_25).await;
    for method in ["unknown/method", "server/discover", "subscriptions/listen"] {
        let response = session.request(1, method, json!({})).await;
        assert_eq!((response.status, response.error_code()), (200, -32601), "{method}");
    }
}

#[tokio::test]
async fn batches_belong_to_2025_03_26_alone() {
    let server = serve().await;
    for revision in Revision::ALL.into_iter().filter(|revision| !revision.is_stateless()) {
        let session = server.session(revision).await;
        let batch = json!([
            { "jsonrpc": "2.0", "id": 1, "method": "ping" },
            { "jsonrpc": "2.0", "method": "notifications/unknown" },
            { "jsonrpc": "2.0", "id": "two", "method": "tools/call",
              "params": { "name": "echo", "arguments": { "text": "hi" } } },
            { "jsonrpc": "2.0", "id": 3, "method": "initialize", "params": {} },
            7,
        ]);
        let response = session.post(&batch.to_string()).await;
        if revision != Revision::V2025_03_26 {
            assert_eq!((response.status, response.error_code()), (400, -32600), "{revision}");
            continue;
        }
        let answers = response.json();
        let answers = answers.as_array().expect("a batch of answers");
        let of = |id: Value| answers.iter().find(|answer| answer["id"] == id).expect("an answer");
        assert_eq!(answers.len(), 4);
        assert_eq!(of(json!(1))["result"], json!({}));
        assert_eq!(of(json!("two"))["result"]["content"][0]["text"], "hi");
        assert_eq!(of(json!(3))["error"]["code"], -32600);
        let notifications = json!([{ "jsonrpc": "2.0", "method": "notifications/unknown" }]);
        let response = session.post(&notifications.to_string()).await;
        assert_eq!((response.status, response.body.as_str()), (202, ""));
    }
}

#[tokio::test]
async fn an_answer_that_nobody_waits_for_is_taken_and_dropped() {
    let server = serve().await;
    let session = server.session(Revision::V2025_11_25).await;
    let response = session.post(r#"{"jsonrpc":"2.0","id":99,"result":{}}"#).await;
    assert_eq!((response.status, response.body.as_str()), (202, ""));
    let response = server.post(&[], r#"{"jsonrpc":"2.0","id":99,"result":{}}"#).await;
    assert_eq!(response.status, 400, "without a session there is nobody to take it");
}
