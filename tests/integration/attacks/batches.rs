//! Batches of 2025-03-26 whose requests get in each other's way.

use mcp_runtime::protocol::Revision;
use serde_json::{Value, json};

use super::health::{assert_healthy, eventually};
use crate::fixture::serve;

fn call(id: i64, tool: &str, arguments: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call",
        "params": { "name": tool, "arguments": arguments } })
}

#[tokio::test]
async fn cancelling_one_request_of_a_batch_leaves_the_others() {
    let server = serve().await;
    let session = server.session(Revision::V2025_03_26).await;
    let batch = json!([
        call(1, "sleep", json!({ "millis": 60_000 })),
        call(2, "sleep", json!({ "millis": 200 })),
    ]);
    let cancel = async {
        eventually("both run", || server.calls.count() == 2).await;
        let cancel =
            r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#;
        assert_eq!(session.post(cancel).await.status, 202);
    };
    let (answers, ()) = tokio::join!(async { session.post(&batch.to_string()).await }, cancel);
    assert_eq!(answers.status, 200, "{answers:?}");
    let answers = answers.json();
    let ids: Vec<_> = answers.as_array().expect("answers").iter().map(|it| &it["id"]).collect();
    assert_eq!(ids, [2]);
    assert_healthy(&server, 2).await;
}

#[tokio::test]
async fn an_id_that_occurs_twice_in_a_batch_is_answered_once_and_refused_once() {
    let server = serve().await;
    let session = server.session(Revision::V2025_03_26).await;
    let slow = || call(7, "sleep", json!({ "millis": 50 }));
    let answers = session.post(&json!([slow(), slow()]).to_string()).await.json();
    let codes: Vec<_> = answers
        .as_array()
        .expect("answers")
        .iter()
        .map(|it| it["error"]["code"].as_i64())
        .collect();
    assert_eq!(codes, [Some(-32600), None]);
    assert_healthy(&server, 1).await;
}
