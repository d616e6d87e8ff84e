use serde_json::json;

use super::*;

async fn peer() -> Peer {
    Peer::in_session("2025-03-26", Limits::default()).await
}

fn ids(batch: &Value) -> Vec<&Value> {
    batch.as_array().expect("an array").iter().map(|answer| &answer["id"]).collect()
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_answered_with_a_batch() {
    let mut peer = peer().await;
    let batch = json!([call(1, "hello"), cancel(99), call("two", "sleep"), request(3, "ping")]);
    assert_eq!(ids(&peer.ask(batch).await), [&json!(1), &json!(3), &json!("two")]);
}

#[tokio::test(start_paused = true)]
async fn the_calls_of_a_batch_run_at_the_same_time() {
    let mut peer = peer().await;
    let before = tokio::time::Instant::now();
    let answers = peer.ask((0..10).map(|id| call(id, "sleep")).collect()).await;
    assert_eq!(ids(&answers).len(), 10);
    assert_eq!(before.elapsed().as_secs(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_asks_nothing_is_not_answered() {
    let mut peer = peer().await;
    peer.send(json!([cancel(1), {"jsonrpc": "2.0", "id": 1, "result": {}}])).await;
    peer.hears_nothing().await;
}

#[tokio::test(start_paused = true)]
async fn each_fault_in_a_batch_is_answered() {
    let mut peer = peer().await;
    let batch = json!([1, [], call(1, "never"), call(1, "hello"), call(2, "hello"), cancel(1)]);
    let answers = peer.ask(batch).await;
    let faults =
        answers.as_array().expect("an array").iter().filter(|it| it["error"]["code"] == -32600);
    assert_eq!(faults.count(), 3);
    assert_eq!(text(&answers[3]), "hello");
}

#[tokio::test(start_paused = true)]
async fn a_batch_has_no_requests_of_other_revisions() {
    let answer = peer().await.ask(json!([call(1, "hello"), alone(call(2, "hello"))])).await;
    assert_eq!(answer["error"]["code"], -32600);
}

#[tokio::test(start_paused = true)]
async fn initialize_cannot_be_in_a_batch() {
    let mut peer = peer().await;
    let answers = peer.ask(json!([initialize("2025-03-26")])).await;
    assert_eq!(answers[0]["error"]["code"], -32600);
}

#[tokio::test(start_paused = true)]
async fn a_request_of_a_batch_can_be_cancelled() {
    let mut peer = peer().await;
    peer.send(json!([call(1, "sleep"), call(2, "never"), cancel(2)])).await;
    peer.send(json!([call(3, "never")])).await;
    peer.send(cancel(3)).await;
    assert_eq!(ids(&peer.receive().await), [&json!(1)]);
    peer.hears_nothing().await;
}

#[tokio::test(start_paused = true)]
async fn an_empty_batch_and_a_large_one_are_refused() {
    let mut peer = peer().await;
    assert_eq!(peer.error_of("[]\n").await, -32600);
    assert_eq!(peer.error_of("[1,\n").await, -32700);
    assert_eq!(peer.error_of("[1][2]\n").await, -32700);
    let numbers = "1,".repeat(10_000);
    assert_eq!(peer.error_of(&format!("[{numbers}1]\n")).await, -32600);
}

#[tokio::test(start_paused = true)]
async fn other_revisions_have_no_batches() {
    for revision in ["2024-11-05", "2025-06-18", "2025-11-25"] {
        let mut peer = Peer::in_session(revision, Limits::default()).await;
        assert_eq!(peer.ask(json!([request(1, "ping")])).await["error"]["code"], -32600);
    }
    let mut peer = Peer::new();
    assert_eq!(peer.ask(json!([alone(call(1, "hello"))])).await["error"]["code"], -32600);
}
