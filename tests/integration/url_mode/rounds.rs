//! Calls of 2026-07-28: the page completes while the client carries the call from round to round.

use std::time::Duration;

use mcp_runtime::{
    Principal,
    testing::{Answer, TestClient},
};
use serde_json::{Value, json};

use super::server::{
    Asked, HASTE, Page, by_hand, client, found, id_of, limited, server, until_gone,
};

async fn send(client: &TestClient, params: &Value) -> Value {
    client.request("tools/call", params.clone()).await.expect("a result")
}

fn pay() -> Value {
    json!({ "name": "pay", "arguments": {} })
}

async fn asked(client: &TestClient, params: &Value) -> Asked {
    Asked::read(&send(client, params).await)
}

#[track_caller]
fn assert_text(result: &Value, text: &str) {
    assert_eq!(result["content"][0]["text"], text, "{result}");
}

#[tokio::test]
async fn the_question_holds_the_url_and_no_id() {
    let client = by_hand(server()).await;
    let asked = asked(&client, &pay()).await;
    let url = format!("https://pay.example.com/{}", asked.id());
    let expected = json!({ "mode": "url", "message": "Please pay $5", "url": url });
    assert_eq!(asked.params, expected);
}

#[tokio::test]
async fn a_page_that_completes_between_the_rounds_counts_at_the_next() {
    let handle = server().build().expect("a server");
    let client = by_hand(&handle).await;
    let asked = asked(&client, &pay()).await;
    let found = found(&handle, &asked.id()).await.expect("open");
    assert_eq!((found.message(), found.id()), ("Please pay $5", &*asked.id()));
    assert!(found.complete().await.expect("a store"));
    let paid = send(&client, &asked.answered(&pay(), "accept")).await;
    assert_text(&paid, "Completed");
    // A client that has not got the answer gets it again.
    assert_text(&send(&client, &asked.answered(&pay(), "accept")).await, "Completed");
}

#[tokio::test]
async fn a_round_waits_for_the_page() {
    let handle = server().build().expect("a server");
    let client = by_hand(&handle).await;
    let asked = asked(&client, &pay()).await;
    let params = asked.answered(&pay(), "accept");
    let page = async {
        // The round has begun, or will: it makes no difference.
        tokio::time::sleep(Duration::from_millis(50)).await;
        found(&handle, &asked.id()).await.expect("open").complete().await.expect("a store")
    };
    let (paid, completed) = tokio::join!(send(&client, &params), page);
    assert!(completed);
    assert_text(&paid, "Completed");
}

#[tokio::test]
async fn a_round_that_has_waited_long_enough_asks_again() {
    let handle = limited(|limits| limits.url_wait = Duration::from_millis(20)).build();
    let handle = handle.expect("a server");
    let client = by_hand(&handle).await;
    let first = asked(&client, &pay()).await;
    let mut last = first.clone();
    for _ in 0..3 {
        let again = asked(&client, &last.answered(&pay(), "accept")).await;
        assert_eq!((&again.key, &again.params), (&first.key, &first.params), "the same URL");
        assert_ne!(again.state, last.state);
        last = again;
    }
    assert!(found(&handle, &first.id()).await.expect("open").complete().await.expect("a store"));
    assert_text(&send(&client, &last.answered(&pay(), "accept")).await, "Completed");
}

#[tokio::test]
async fn a_no_after_consent_and_completion_is_a_no() {
    let handle = limited(|limits| limits.url_wait = Duration::from_millis(20)).build();
    let handle = handle.expect("a server");
    let client = by_hand(&handle).await;
    let first = asked(&client, &pay()).await;
    let again = asked(&client, &first.answered(&pay(), "accept")).await;
    assert!(found(&handle, &first.id()).await.expect("open").complete().await.expect("a store"));
    assert_text(&send(&client, &again.answered(&pay(), "decline")).await, "Declined");
}

#[tokio::test]
async fn a_retry_without_an_answer_asks_again_even_when_the_page_has_completed() {
    let handle = server().build().expect("a server");
    let client = by_hand(&handle).await;
    let first = asked(&client, &pay()).await;
    assert!(found(&handle, &first.id()).await.expect("open").complete().await.expect("a store"));
    let mut silent = pay();
    silent["requestState"] = first.state.clone().into();
    let again = asked(&client, &silent).await;
    assert_eq!(again.params, first.params);
    assert_text(&send(&client, &again.answered(&pay(), "accept")).await, "Completed");
}

#[tokio::test]
async fn the_last_round_waits_for_the_rest_of_the_time() {
    let handle = limited(|limits| {
        limits.rounds = 1;
        limits.url_wait = Duration::ZERO;
        limits.question_timeout = Duration::from_millis(200);
    });
    let handle = handle.build().expect("a server");
    let client = by_hand(&handle).await;
    let asked = asked(&client, &pay()).await;
    assert_text(&send(&client, &asked.answered(&pay(), "accept")).await, "TimedOut");
    assert!(found(&handle, &asked.id()).await.is_none());
}

#[tokio::test]
async fn a_consent_that_comes_too_late_is_none() {
    let handle = server().build().expect("a server");
    let client = by_hand(&handle).await;
    let hasty = json!({ "name": "hasty", "arguments": {} });
    let asked = asked(&client, &hasty).await;
    let kept = found(&handle, &asked.id()).await.expect("open");
    until_gone(&handle, &asked.id()).await;
    assert!(!kept.complete().await.expect("a store"), "its time is over");
    assert_text(&send(&client, &asked.answered(&hasty, "accept")).await, "TimedOut");
}

#[tokio::test]
async fn a_page_that_was_in_time_counts_for_a_client_that_is_late() {
    let handle = server().build().expect("a server");
    let client = by_hand(&handle).await;
    let hasty = json!({ "name": "hasty", "arguments": {} });
    let asked = asked(&client, &hasty).await;
    let kept = found(&handle, &asked.id()).await.expect("open");
    assert!(kept.complete().await.expect("a store"));
    tokio::time::sleep(HASTE).await;
    assert_text(&send(&client, &asked.answered(&hasty, "accept")).await, "Completed");
}

#[tokio::test]
async fn a_consent_that_nobody_has_asked_for_shows_the_url_first() {
    let handle = limited(|limits| limits.url_wait = Duration::from_millis(20)).build();
    let client = by_hand(&handle.expect("a server")).await;
    for action in ["accept", "decline"] {
        let params = json!({
            "name": "hasty", "arguments": {}, "inputResponses": { "pay": { "action": action } },
        });
        let result = send(&client, &params).await;
        if action == "accept" {
            assert_eq!(Asked::read(&result).key, "pay");
        } else {
            assert_text(&result, "Declined");
        }
    }
}

#[tokio::test]
async fn a_cancelled_round_takes_no_completion() {
    let handle = server().build().expect("a server");
    let client = by_hand(&handle).await;
    let asked = asked(&client, &pay()).await;
    let params = asked.answered(&pay(), "accept");
    let round = client.request::<Value>("tools/call", params.clone());
    let waiting = round.start().await.expect("a round");
    assert!(found(&handle, &asked.id()).await.is_some());
    // What comes later has its answer, so that the round has begun.
    client.request::<Value>("server/discover", json!({})).await.expect("a server");
    waiting.cancel().await.expect("cancelled");
    until_gone(&handle, &asked.id()).await;
    assert_text(&send(&client, &params).await, "Cancelled");
}

#[tokio::test]
async fn another_instance_that_does_not_know_the_id_asks_again() {
    let short = || limited(|limits| limits.url_wait = Duration::from_millis(20));
    let (here, there) = (short().build().expect("a server"), short().build().expect("a server"));
    let (client, other) = (by_hand(&here).await, by_hand(&there).await);
    let first = asked(&client, &pay()).await;
    assert!(found(&there, &first.id()).await.is_none());
    assert!(found(&here, &first.id()).await.expect("open").complete().await.expect("a store"));
    let again = asked(&other, &first.answered(&pay(), "accept")).await;
    assert_eq!(again.params, first.params);
    assert!(found(&there, &first.id()).await.is_none(), "or it could be completed twice");
    let paid = send(&client, &again.answered(&pay(), "accept")).await;
    assert_text(&paid, "Completed");
}

#[tokio::test]
async fn a_strict_client_finds_nothing_to_complain_about() {
    let handle = server().build().expect("a server");
    let client = client(&handle, Page::CompletesAfterTheAnswer, Answer::consent())
        .strict()
        .connect()
        .await
        .expect("a client");
    let paid = client.call("pay_and_confirm", json!({})).await.expect("a result");
    assert_eq!(paid.text(), "Completed true");
    assert_eq!(id_of(&client.asked()[0]).len(), 32);
}

#[tokio::test]
async fn the_state_of_one_user_completes_nothing_for_another() {
    let handle = server().build().expect("a server");
    let connect = async |user: &str| {
        TestClient::builder(&handle)
            .capabilities(json!({ "elicitation": { "url": {} } }))
            .principal(Principal::new("https://issuer.example", user))
            .connect()
            .await
            .expect("a client")
    };
    let (alice, bob) = (connect("alice").await, connect("bob").await);
    let asked = asked(&alice, &pay()).await;
    let stolen = bob.request::<Value>("tools/call", asked.answered(&pay(), "accept")).await;
    assert_eq!(stolen.unwrap_err().message(), "invalid `requestState`");
}
