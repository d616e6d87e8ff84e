//! What changes at one server, for the clients of the other.

use mcp_runtime::protocol::Revision;
use serde_json::json;
use tokio::time::{sleep, timeout};

use super::pair::{SOON, pair, until_heard};
use crate::streams::{listen, subscribe};

#[tokio::test]
async fn a_session_and_a_subscription_hear_of_what_changes_elsewhere() {
    let pair = pair().await;
    let session = pair.here.session(Revision::V2025_11_25).await;
    session.request(1, "resources/subscribe", json!({ "uri": "pages:front" })).await;
    let mut stream = listen(&session, None).await;
    let wanted = json!({ "toolsListChanged": true, "resourceSubscriptions": ["pages:front"] });
    let mut subscription = subscribe(&pair.here, wanted).await;
    until_heard(&pair.redis, 1).await;
    pair.there.handle.resource_updated("pages:other");
    pair.there.handle.resource_updated("pages:front");
    for stream in [&mut stream, &mut subscription] {
        let read = stream.read_until("pages:front").await;
        assert!(!read.contains("pages:other"), "{read}");
    }
    pair.there.handle.enable_tool("echo", false);
    for stream in [&mut stream, &mut subscription] {
        stream.read_until("tools/list_changed").await;
    }
}

#[tokio::test]
async fn what_a_session_watches_counts_at_the_server_that_has_its_stream() {
    let pair = pair().await;
    let session = pair.here.session(Revision::V2025_11_25).await;
    let mut stream = listen(&session, None).await;
    until_heard(&pair.redis, 1).await;
    let there = pair.there(&session);
    let watched = there.request(1, "resources/subscribe", json!({ "uri": "pages:front" })).await;
    assert_eq!(watched.json()["result"], json!({}));
    let told = async {
        loop {
            pair.there.handle.resource_updated("pages:front");
            sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        read = stream.read_until("pages:front") => drop(read),
        _ = timeout(SOON, told) => panic!("the stream does not hear of it"),
    }
}

#[tokio::test]
async fn many_watches_at_once_by_way_of_both_servers_are_all_kept() {
    let pair = pair().await;
    let session = pair.here.session(Revision::V2025_11_25).await;
    let there = pair.there(&session);
    there.request(0, "ping", json!({})).await;
    until_heard(&pair.redis, 2).await;
    let watch = |number: i64| {
        let session = if number % 2 == 0 { &session } else { &there };
        session.request(
            number,
            "resources/subscribe",
            json!({ "uri": format!("pages://{number}") }),
        )
    };
    let ((), ()) = tokio::join!(
        async {
            for number in (2..20).step_by(2) {
                assert_eq!(watch(number).await.json()["result"], json!({}));
            }
        },
        async {
            for number in (1..20).step_by(2) {
                assert_eq!(watch(number).await.json()["result"], json!({}));
            }
        },
    );
    for session in [&session, &there] {
        let mut stream = listen(session, None).await;
        let told = async {
            loop {
                for number in 1..20 {
                    pair.here.handle.resource_updated(format!("pages://{number}"));
                }
                sleep(std::time::Duration::from_millis(100)).await;
            }
        };
        let read = async {
            for number in 1..20 {
                stream.read_until(&format!("pages://{number}\"")).await;
            }
        };
        tokio::select! {
            () = read => {}
            _ = timeout(SOON, told) => panic!("not all are kept"),
        }
    }
}

#[tokio::test]
async fn what_happens_while_redis_is_away_is_told_when_it_is_back() {
    let mut pair = pair().await;
    let mut subscription = subscribe(&pair.here, json!({ "promptsListChanged": true })).await;
    until_heard(&pair.redis, 1).await;
    pair.redis.kill();
    pair.there.handle.prompts_changed();
    pair.redis.start_again().await;
    subscription.read_until("prompts/list_changed").await;
}

#[tokio::test]
async fn a_log_level_counts_at_every_server() {
    let pair = pair().await;
    let session = pair.here.session(Revision::V2025_11_25).await;
    let set = session.request(1, "logging/setLevel", json!({ "level": "error" })).await;
    assert_eq!(set.json()["result"], json!({}));
    let there = pair.there(&session);
    let quiet = there.call("shout", json!({})).await;
    assert!(quiet.body.contains("shouted") && !quiet.body.contains("a warning"), "{quiet:?}");
    session.request(2, "logging/setLevel", json!({ "level": "info" })).await;
    super::fleet::until(async || {
        there.call("shout", json!({})).await.body.contains("a warning").then_some(())
    })
    .await;
}
