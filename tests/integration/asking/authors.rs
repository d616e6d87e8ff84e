//! What authors do wrong.

use mcp_runtime::testing::{Answer, TestClient, in_every_revision};
use serde_json::json;

use super::server::{Counters, server};

#[tokio::test]
async fn two_questions_under_one_key_are_a_fault_of_the_server() {
    let asked = || {
        TestClient::builder(server(&Counters::default()))
            .answering(|_| Answer::accept(json!({ "name": "Ada", "age": 3 })))
    };
    in_every_revision(asked, async |client| {
        if client.revision() >= mcp_runtime::protocol::Revision::V2025_06_18 {
            let error = client.call("ambiguous", json!({})).await.unwrap_err();
            assert_eq!(error.message(), "internal error");
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn two_steps_of_one_name_are_a_fault_of_the_server() {
    in_every_revision(
        || server(&Counters::default()),
        async |client| {
            let error = client.call("stumbling", json!({})).await.unwrap_err();
            assert_eq!(error.message(), "internal error");
            Ok(())
        },
    )
    .await;
}
