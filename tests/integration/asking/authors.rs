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

#[test]
fn a_fleet_without_keys_of_its_own_is_not_built() {
    let fleet = || server(&Counters::default()).backend("redis://127.0.0.1:1");
    fleet().build().expect("the fixture has keys");
    let fleet = mcp_runtime::Server::new("fleet", "1.0.0").backend("redis://127.0.0.1:1");
    let error = fleet.build().expect_err("no keys").to_string();
    assert!(error.contains("MCP_KEYS") && error.contains("Server::keys"), "{error}");
}
