//! A cancellation, an answer and a disconnection that meet.

use std::time::Duration;

use mcp_runtime::protocol::Revision;
use serde_json::json;
use tokio::time::sleep;

use super::health::assert_healthy;
use crate::{
    fixture::{ACCEPT, JSON, initialize, serve_limited},
    raw::{self, Connection},
    streams::get,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancellation_that_meets_the_answer_leaves_the_id_free() {
    let server = serve_limited(|limits| limits.calls = 1).await;
    let session = server.session(Revision::V2025_11_25).await;
    let cancel = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#;
    for round in 0..60 {
        let cancelling = async {
            sleep(Duration::from_micros(100 * round)).await;
            session.post(cancel).await
        };
        let sleeping = session.call("sleep", json!({ "millis": 3 }));
        let (answer, cancelled) = tokio::join!(sleeping, cancelling);
        assert_eq!(cancelled.status, 202);
        let answered = answer.status == 200 && answer.body.contains("slept");
        assert!(answered || (answer.status, answer.body.as_str()) == (202, ""), "{answer:?}");
    }
    assert_eq!(session.request(1, "ping", json!({})).await.status, 200);
    let ran = server.calls.count();
    assert_healthy(&server, ran).await;
}

#[tokio::test]
async fn a_late_end_of_a_cancelled_call_does_not_answer_the_next_of_its_id() {
    let server = serve_limited(|_| ()).await;
    let session = server.session(Revision::V2025_11_25).await;
    let cancel = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#;
    let first = async {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": { "name": "explode_blocking" } });
        session.post(&body.to_string()).await
    };
    let second = async {
        session.post(cancel).await;
        session.call("echo", json!({ "text": "second" })).await
    };
    let (_, second) = tokio::join!(first, second);
    let json = second.json();
    assert!(
        json["result"]["content"][0]["text"] == "second" || json["error"]["code"] == -32600,
        "{json}"
    );
}

#[tokio::test]
async fn cancellations_of_unknown_requests_change_nothing() {
    let server = serve_limited(|_| ()).await;
    let session = server.session(Revision::V2025_03_26).await;
    for batch in 0..100 {
        let cancels: Vec<_> = (0..100)
            .map(|n| {
                json!({ "jsonrpc": "2.0", "method": "notifications/cancelled",
                    "params": { "requestId": batch * 100 + n } })
            })
            .collect();
        assert_eq!(session.post(&json!(cancels).to_string()).await.status, 202);
    }
    let opening =
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":0}}"#;
    assert_eq!(session.post(opening).await.status, 202, "that of `initialize`");
    assert_eq!(session.request(1, "ping", json!({})).await.status, 200);
    assert_healthy(&server, 0).await;
}

#[tokio::test]
async fn a_storm_of_reconnections_loses_no_event() {
    let server = serve_limited(|_| ()).await;
    let session = server.session(Revision::V2025_11_25).await;
    let body = json!({ "jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": {
        "name": "count", "arguments": { "steps": 50, "pause": 2 },
        "_meta": { "progressToken": 1 } } });
    let headers = [ACCEPT, JSON, ("mcp-session-id", session.id.as_str())];
    let mut call = Connection::open(server.address).await;
    call.write(raw::head(server.address, "POST", &headers, &body.to_string()).as_bytes()).await;
    call.read_until("id: 1-0").await;
    drop(call);
    for _ in 0..100 {
        let headers = [
            ("accept", "text/event-stream"),
            ("mcp-session-id", session.id.as_str()),
            ("last-event-id", "1-0"),
        ];
        let mut hasty = Connection::open(server.address).await;
        hasty.write(raw::head(server.address, "GET", &headers, "").as_bytes()).await;
    }
    let events = raw::events(&get(&session, "1-0").await.body);
    assert_eq!(events.len(), 51);
    assert!(events.last().is_some_and(|it| it.data.contains("counted to 50")));
    assert_healthy(&server, 0).await;
}

#[tokio::test]
async fn junk_opens_no_sessions() {
    let server = serve_limited(|limits| limits.sessions = 3).await;
    for round in 0..200 {
        let id = format!("{round:032x}");
        for (headers, body) in [
            (vec![], r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#.to_owned()),
            (vec![("mcp-session-id", id.as_str())], initialize("2025-11-25").to_string()),
            (vec![], r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"#.to_owned()),
            (vec![], r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#.to_owned()),
        ] {
            let response = server.post(&headers, &body).await;
            assert_eq!(response.status, 400, "{body}: {response:?}");
            assert!(response.header("mcp-session-id").is_none());
        }
    }
    for _ in 0..3 {
        server.session(Revision::V2025_11_25).await;
    }
    assert_healthy(&server, 0).await;
}
