//! What is done once, however often the function runs.

use mcp_runtime::{
    protocol::Revision,
    testing::{Answer, TestClient, in_every_revision},
};
use serde_json::json;

use super::server::{Counters, limited, server};

#[tokio::test]
async fn a_step_happens_once_over_three_rounds_and_its_key_stays() {
    for revision in [Revision::V2025_11_25, Revision::V2026_07_28] {
        let counters = Counters::default();
        let client = TestClient::builder(server(&counters))
            .revision(revision)
            .answers([Answer::consent(), Answer::decline()])
            .connect()
            .await
            .expect("a client");
        let bought = client.call("buy", json!({ "amount": 5 })).await.expect("a result");
        assert!(bought.text().starts_with("receipt 1 for 5 with "), "{}", bought.text());
        assert!(bought.text().ends_with(": gift true, bag false, same key true"));
        assert_eq!(counters.charges(), 1);
        assert_eq!(counters.runs(), if revision.is_stateless() { 3 } else { 1 });
    }
}

#[tokio::test]
async fn two_calls_have_two_idempotency_keys() {
    let client = TestClient::builder(server(&Counters::default()))
        .answering(|_| Answer::consent())
        .connect()
        .await
        .expect("a client");
    let key = async || {
        let bought = client.call("buy", json!({ "amount": 5 })).await.expect("a result");
        let text = bought.text();
        let key = text.split_once("with ").and_then(|(_, rest)| rest.split_once(':'));
        key.expect("a key").0.to_owned()
    };
    assert_ne!(key().await, key().await);
}

#[tokio::test]
async fn a_step_that_fails_is_tried_again() {
    let asked =
        || TestClient::builder(server(&Counters::default())).answering(|_| Answer::consent());
    in_every_revision(asked, async |client| {
        if client.revision() >= Revision::V2025_06_18 {
            let expected =
                if client.revision().is_stateless() { "done in run 1" } else { "out of luck" };
            assert_eq!(client.call("unlucky", json!({})).await?.text(), expected);
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_too_large_to_carry_ends_the_call() {
    let server = limited(|limits| limits.state_bytes = 4096);
    let client = TestClient::builder(server)
        .answering(|_| Answer::consent())
        .connect()
        .await
        .expect("a client");
    let small = client.call("hoard", json!({ "bytes": 2000 })).await.expect("a result");
    assert_eq!(small.structured::<usize>(), 2000);
    let error = client.call("hoard", json!({ "bytes": 5000 })).await.unwrap_err();
    assert_eq!(error.message(), "the answers and steps of the call have more than 4096 bytes");
    assert_eq!(error.data().expect("data")["reason"], "state_too_large");
}
