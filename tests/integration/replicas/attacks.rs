//! Servers on a Redis that is away, slow or full, and clients that try what is not meant.

use std::time::Duration;

use mcp_runtime::protocol::Revision;
use serde_json::json;
use tokio::time::{sleep, timeout};

use super::{
    fleet::until,
    pair::{Mortal, Pair, answer, asked_session, pair, pair_limited, request_in, start},
    streams::{body, last_id, resume},
};
use crate::{
    fixture::{ACCEPT, JSON, SessionOf},
    raw::{self, Connection, Event},
    streams::{get, listen},
};

/// The key of the only log.
async fn log_key(pair: &Pair) -> String {
    let is_log = |key: &String| key.contains(":log:") && !key.ends_with(":events");
    until(async || pair.redis.keys().await.into_iter().find(is_log)).await
}

fn has(events: &[Event], text: &str) -> bool {
    events.iter().any(|event| event.data.contains(text))
}

#[tokio::test]
async fn an_answer_that_cannot_be_brought_is_not_accepted() {
    let mut pair = pair().await;
    let session = asked_session(&pair.here).await;
    let there = SessionOf { server: &pair.there, id: session.id.clone() };
    there.request(1, "ping", json!({})).await;
    let mut call = start(&session, 7, "greet", json!({})).await;
    let question = request_in(&call.read_until("elicitation/create").await);
    pair.redis.kill();
    let refused = answer(&there, &question, json!({ "action": "accept" })).await;
    assert_eq!(refused.status, 503, "{refused:?}");
    assert_eq!(refused.json()["error"]["data"]["reason"], "unavailable");
    let taken = answer(&session, &question, json!({ "action": "accept" })).await;
    assert_eq!(taken.status, 202, "who has asked can take it");
    call.read_until("greeted: true").await;
}

#[tokio::test]
async fn an_answer_of_which_nothing_is_heard_is_looked_for() {
    let pair = pair_limited(|limits| limits.session_idle = Duration::from_secs(2)).await;
    let session = asked_session(&pair.here).await;
    let there = pair.there(&session);
    there.request(1, "ping", json!({})).await;
    let mut call = start(&session, 7, "greet", json!({})).await;
    let question = request_in(&call.read_until("elicitation/create").await);
    let _: () = pair.redis.run("ACL SETUSER default -publish").await;
    let taken = answer(&there, &question, json!({ "action": "accept" })).await;
    assert_eq!(taken.status, 202, "{taken:?}");
    call.read_until("greeted: true").await;
}

#[tokio::test]
async fn a_server_stops_without_redis_before_its_time_is_over() {
    let mut pair = pair().await;
    let mortal = Mortal::start(pair.redis.url()).await;
    let session = mortal.served.session(Revision::V2025_11_25).await;
    let mut call = start(&session, 7, "count", json!({ "steps": 10, "pause": 100 })).await;
    call.read_until("step 1\"").await;
    pair.redis.kill();
    call.read_until("counted to 10").await;
    drop(call);
    timeout(Duration::from_secs(20), mortal.stop()).await.expect("it does not wait for Redis");
}

/// As after a time in which Redis was away, and the writer could not say that it lives.
#[tokio::test]
async fn a_writer_has_time_to_speak_up_before_its_call_is_lost() {
    let pair = pair().await;
    let session = pair.here.session(Revision::V2025_11_25).await;
    let mut call = start(&session, 7, "count", json!({ "steps": 3, "pause": 2500 })).await;
    let read = body(&call.read_until("step 1\"").await);
    drop(call);
    let key = log_key(&pair).await;
    let _: () = pair.redis.run(&format!("HSET {key} alive 0")).await;
    let rest = resume(&pair.there(&session), &last_id(&read)).await;
    assert!(has(&rest, "counted to 3"), "{rest:?}");
}

#[tokio::test]
async fn changes_of_one_session_do_not_queue_for_a_redis_that_hangs() {
    let pair = pair().await;
    let session = pair.here.session(Revision::V2025_11_25).await;
    pair.redis.pause();
    let mut requests = Vec::new();
    for id in 0..8 {
        let params = json!({ "uri": format!("pages://{id}") });
        let body = json!({
            "jsonrpc": "2.0", "id": id, "method": "resources/subscribe", "params": params,
        });
        let headers = [ACCEPT, JSON, ("mcp-session-id", session.id.as_str())];
        let mut request = Connection::open(pair.here.address).await;
        let head = raw::head(pair.here.address, "POST", &headers, &body.to_string());
        request.write(head.as_bytes()).await;
        requests.push(request);
    }
    let all = async {
        for request in &mut requests {
            request.read_until("unavailable").await;
        }
    };
    timeout(Duration::from_secs(5), all).await.expect("they wait at the same time");
    pair.redis.resume();
}

#[tokio::test]
async fn a_redis_that_hangs_does_not_slow_every_request_of_a_session() {
    let pair = pair_limited(|limits| limits.session_idle = Duration::from_secs(16)).await;
    let session = pair.here.session(Revision::V2025_11_25).await;
    sleep(Duration::from_millis(4100)).await;
    pair.redis.pause();
    let pings = async {
        for id in 0..6 {
            assert_eq!(session.request(id, "ping", json!({})).await.status, 200);
        }
    };
    timeout(Duration::from_secs(4), pings).await.expect("one has waited for all");
    pair.redis.resume();
}

#[tokio::test]
async fn a_session_can_live_for_ever() {
    let pair = pair_limited(|limits| {
        limits.session_total = Duration::MAX;
        limits.session_idle = Duration::MAX;
        limits.session_start = Duration::MAX;
        limits.question_timeout = Duration::MAX;
    })
    .await;
    let session = asked_session(&pair.here).await;
    let mut call = start(&pair.there(&session), 7, "greet", json!({})).await;
    let question = request_in(&call.read_until("elicitation/create").await);
    answer(&session, &question, json!({ "action": "accept" })).await;
    call.read_until("greeted: true").await;
}

#[tokio::test]
async fn an_event_that_no_stream_can_have_is_400() {
    let pair = pair().await;
    let session = pair.here.session(Revision::V2025_11_25).await;
    let mut call = start(&session, 7, "count", json!({ "steps": 3, "pause": 0 })).await;
    let read = body(&call.read_until("counted to 3").await);
    let there = pair.there(&session);
    let first = read[1].id.as_deref().expect("an id");
    until(async || (get(&there, first).await.status == 200).then_some(())).await;
    let (stream, _) = first.split_once('-').expect("an event of a stream");
    for event in [1 << 53, i64::MAX as u64 - 1, i64::MAX as u64, u64::MAX - 1, u64::MAX] {
        let refused = get(&there, &format!("{stream}-{event}")).await;
        assert_eq!(refused.status, 400, "{event}: {refused:?}");
    }
}

#[tokio::test]
async fn whoever_comes_back_last_takes_the_stream_of_another_server_over() {
    let pair = pair().await;
    let session = pair.here.session(Revision::V2025_11_25).await;
    let mut call = start(&session, 7, "count", json!({ "steps": 600, "pause": 100 })).await;
    let read = body(&call.read_until("step 4\"").await);
    drop(call);
    let there = pair.there(&session);
    let (stream, _) = read[1].id.as_deref().and_then(|id| id.split_once('-')).expect("an id");
    let mut before: Option<Connection> = None;
    for seen in [3, 2, 1, 0] {
        let mut reader = listen(&there, Some(&format!("{stream}-{seen}"))).await;
        reader.read_until("step ").await;
        if let Some(mut before) = before.replace(reader) {
            timeout(Duration::from_secs(10), before.read_to_end()).await.expect("it ends");
        }
    }
}

#[tokio::test]
async fn an_answer_for_which_a_server_has_no_room_is_read_at_the_other() {
    let pair = pair_limited(|limits| limits.replay_bytes_total = 1500).await;
    let other = pair.here.session(Revision::V2025_11_25).await;
    let mut call = start(&other, 7, "count", json!({ "steps": 30, "pause": 0 })).await;
    call.read_until("counted to 30").await;
    let session: SessionOf<'_> = pair.here.session(Revision::V2025_11_25).await;
    let mut call = start(&session, 7, "count", json!({ "steps": 4, "pause": 300 })).await;
    let read = body(&call.read_until("step 1\"").await);
    drop(call);
    let rest = resume(&pair.there(&session), &last_id(&read)).await;
    assert!(has(&rest, "counted to 4"), "{rest:?}");
}
