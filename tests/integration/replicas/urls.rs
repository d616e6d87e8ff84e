//! The page is served by one server, and the call by the other.

use std::time::Duration;

use mcp_runtime::UrlElicitation;
use serde_json::json;

use super::pair::{answer, asked_session, pair, pair_limited, request_in, start};

#[tokio::test]
async fn a_page_of_another_server_completes_a_call() {
    let mut pair = pair().await;
    for redis_restarts in [false, true] {
        let session = asked_session(&pair.here).await;
        let mut call = start(&session, 7, "pay", json!({})).await;
        let question = request_in(&call.read_until("elicitation/create").await);
        answer(&session, &question, json!({ "action": "accept" })).await;
        let id = question["params"]["elicitationId"].as_str().expect("an id").to_owned();
        if redis_restarts {
            // Nobody hears of it at once.
            let _: () = pair.redis.run("CLIENT KILL TYPE pubsub").await;
        }
        let pages = pair.there.handle.url_elicitations();
        let open = pages.find(&id, None).await.expect("a store").expect("it is open");
        assert_eq!(open.message(), "Please pay");
        assert!(open.complete().await.expect("a store"));
        assert!(!open.complete().await.expect("a store"), "once");
        assert!(!open.cancel().await.expect("a store"), "and that is that");
        call.read_until("Completed").await;
        let gone = pair.here.handle.url_elicitations().find(&id, None).await;
        assert!(gone.expect("a store").is_none());
    }
    pair.redis.check_keys_of("fixture").await;
    pair.redis.kill();
    let error = pair.there.handle.url_elicitations().find("x", None).await.unwrap_err();
    assert!(error.to_string().contains("not available"), "{error}");
}

#[tokio::test]
async fn of_the_pages_of_two_servers_one_completes() {
    let pair = pair().await;
    let session = asked_session(&pair.here).await;
    let mut call = start(&session, 7, "pay", json!({})).await;
    let question = request_in(&call.read_until("elicitation/create").await);
    let id = question["params"]["elicitationId"].as_str().expect("an id");
    let mut pages = Vec::new();
    for number in 0..20 {
        let server = if number % 2 == 0 { &pair.here } else { &pair.there };
        let page = server.handle.url_elicitations().find(id, None).await;
        pages.push(page.expect("a store").expect("it is open"));
    }
    let complete = |page: UrlElicitation| async move { page.complete().await.expect("a store") };
    let completing: Vec<_> = pages.into_iter().map(|page| tokio::spawn(complete(page))).collect();
    let mut completed = 0;
    for one in completing {
        completed += usize::from(one.await.expect("no panic"));
    }
    assert_eq!(completed, 1);
}

#[tokio::test]
async fn how_many_users_are_on_their_way_is_limited_for_all_servers_together() {
    let pair = pair_limited(|limits| {
        limits.url_elicitations = 2;
        limits.question_timeout = Duration::from_secs(60);
    })
    .await;
    let mut calls = Vec::new();
    for server in [&pair.here, &pair.there] {
        let session = asked_session(server).await;
        let mut call = start(&session, 7, "pay", json!({})).await;
        call.read_until("elicitation/create").await;
        calls.push(call);
    }
    let session = asked_session(&pair.there).await;
    let refused = session.call("pay", json!({})).await;
    assert!(refused.body.contains("too many URLs"), "{refused:?}");
}
