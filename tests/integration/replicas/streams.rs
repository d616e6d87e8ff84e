//! A client that has lost its stream comes back to the other server.

use mcp_runtime::{Limits, protocol::Revision};
use serde_json::json;

use super::{
    fleet::until,
    pair::{
        Mortal, SOON, answer, asked_session, pair, pair_limited, request_in, start, until_heard,
    },
};
use crate::{
    fixture::SessionOf,
    raw::{Connection, Event, events, parse},
    streams::{get, listen},
};

/// What has come of a stream that is still open.
pub(super) fn body(read: &str) -> Vec<Event> {
    let (_, body) = read.split_once("\r\n\r\n").expect("a body");
    events(&body.replace("\r\n", "\n"))
}

pub(super) fn last_id(events: &[Event]) -> String {
    events.iter().rev().find_map(|event| event.id.clone()).expect("an id")
}

/// Comes back after an event and reads to the end of the stream.
pub(super) async fn resume(session: &SessionOf<'_>, after: &str) -> Vec<Event> {
    let response = get(session, after).await;
    assert_eq!(response.status, 200, "{response:?}");
    events(&response.body)
}

fn steps(events: &[Event]) -> Vec<String> {
    let step = |event: &Event| {
        let at = event.data.find("step ")?;
        event.data[at..].split('"').next().map(str::to_owned)
    };
    events.iter().filter_map(step).collect()
}

#[tokio::test]
async fn a_call_is_read_on_at_the_other_server_while_it_runs() {
    let pair = pair().await;
    let session = pair.here.session(Revision::V2025_11_25).await;
    let mut call = start(&session, 7, "count", json!({ "steps": 8, "pause": 60 })).await;
    let read = body(&call.read_until("step 2").await);
    drop(call);
    let rest = resume(&pair.there(&session), &last_id(&read)).await;
    let all: Vec<_> = steps(&read).into_iter().chain(steps(&rest)).collect();
    let expected: Vec<_> = (1..=8).map(|step| format!("step {step}")).collect();
    assert_eq!(all, expected, "nothing is missing and nothing comes twice");
    let last = rest.last().expect("the answer");
    assert!(last.data.contains("counted to 8") && last.data.contains("\"id\":7"), "{last:?}");
    pair.redis.check_keys_of("fixture").await;
}

#[tokio::test]
async fn a_call_that_has_ended_is_read_at_the_other_server() {
    let pair = pair().await;
    let session = pair.here.session(Revision::V2025_11_25).await;
    let mut call = start(&session, 7, "count", json!({ "steps": 3, "pause": 0 })).await;
    let read = events(&parse(&call.read_to_end().await).body);
    let there = pair.there(&session);
    let first = read[1].id.clone().expect("an id");
    let ready = async {
        loop {
            let again = get(&there, &first).await;
            if again.status == 200 {
                return events(&again.body);
            }
        }
    };
    let again = tokio::time::timeout(SOON, ready).await.expect("it is there");
    assert_eq!(again, read[2..], "the same events under the same ids");
}

#[tokio::test]
async fn another_session_gets_nothing_of_a_stream_at_the_other_server() {
    let pair = pair().await;
    let session = pair.here.session(Revision::V2025_11_25).await;
    let other = pair.here.session(Revision::V2025_11_25).await;
    let mut call = start(&session, 7, "count", json!({ "steps": 3, "pause": 0 })).await;
    let read = events(&parse(&call.read_to_end().await).body);
    let refused = get(&pair.there(&other), &last_id(&read)).await;
    assert_eq!(refused.status, 400, "{refused:?}");
}

#[tokio::test]
async fn of_a_call_whose_server_is_gone_the_client_gets_an_error() {
    let pair = pair().await;
    let mortal = Mortal::start(pair.redis.url()).await;
    let session = mortal.served.session(Revision::V2025_11_25).await;
    let mut call = start(&session, 7, "count", json!({ "steps": 500, "pause": 50 })).await;
    let read = body(&call.read_until("step 3").await);
    let there = SessionOf { server: &pair.there, id: session.id.clone() };
    drop(call);
    mortal.kill();
    let rest = resume(&there, &last_id(&read)).await;
    let last: serde_json::Value =
        serde_json::from_str(&rest.last().expect("an answer").data).expect("a message");
    assert_eq!((&last["id"], &last["error"]["data"]["reason"]), (&json!(7), &json!("lost")));
    assert_eq!(there.request(8, "ping", json!({})).await.status, 200, "the session goes on");
}

#[tokio::test]
async fn a_question_is_read_at_one_server_and_answered_at_another() {
    let pair = pair().await;
    let session = asked_session(&pair.here).await;
    let mut call = start(&session, 7, "greet", json!({})).await;
    let read = call.read_until("elicitation/create").await;
    let question = request_in(&read);
    let first = body(&read)[0].id.clone().expect("the priming event");
    drop(call);
    let mut resumed = listen(&pair.there(&session), Some(&first)).await;
    let seen = request_in(&resumed.read_until("elicitation/create").await);
    assert_eq!(seen, question, "it comes again");
    answer(&pair.there(&session), &question, json!({ "action": "accept" })).await;
    resumed.read_until("greeted: true").await;
}

#[tokio::test]
async fn what_the_server_says_unasked_goes_on_at_the_other_server() {
    let pair = pair().await;
    let session = pair.here.session(Revision::V2025_11_25).await;
    session.request(1, "resources/subscribe", json!({ "uri": "pages:front" })).await;
    let mut stream: Connection = listen(&session, None).await;
    pair.here.handle.tools_changed();
    let read = body(&stream.read_until("tools/list_changed").await);
    drop(stream);
    let mut resumed = listen(&pair.there(&session), Some(&last_id(&read))).await;
    // Whatever happened in between may have been missed, so that all is told once more.
    for change in ["tools/list_changed", "prompts/list_changed", "pages:front"] {
        resumed.read_until(change).await;
    }
    pair.there.handle.resource_updated("pages:front");
}

#[tokio::test]
async fn what_is_kept_of_streams_is_bounded() {
    type Bound = fn(&mut Limits);
    let bounds: [(&str, Bound); 4] = [
        ("events", |limits| limits.replay_events = 3),
        ("bytes", |limits| limits.replay_bytes = 1500),
        ("bytes in all", |limits| limits.replay_bytes_total = 1500),
        ("streams", |limits| limits.streams_per_session = 2),
    ];
    for (what, bound) in bounds {
        let pair = pair_limited(bound).await;
        let session = pair.here.session(Revision::V2025_11_25).await;
        let mut seen = Vec::new();
        for id in 0..4 {
            let mut call = start(&session, id, "count", json!({ "steps": 20, "pause": 0 })).await;
            seen = events(&parse(&call.read_to_end().await).body);
            assert_eq!(steps(&seen).len(), 20, "{what}: a reader misses nothing");
        }
        let there = pair.there(&session);
        // What comes last is kept, and the client is told that the rest is gone.
        until(async || {
            let rest = get(&there, seen[seen.len() - 2].id.as_deref().expect("an id")).await;
            (rest.status == 200 && rest.body.contains("counted to 20")).then_some(())
        })
        .await;
        let mut kept = 0;
        for key in pair.redis.keys().await {
            if key.ends_with(":events") {
                let len: u64 = pair.redis.run(&format!("LLEN {key}")).await;
                kept += len;
            }
        }
        assert!(kept < 4 * 21 / 2 + 1, "{what}: {kept} events are kept");
        if what != "streams" {
            let gone = get(&there, seen[0].id.as_deref().expect("an id")).await;
            assert_eq!(gone.status, 400, "{what}: {gone:?}");
        }
        pair.redis.check_keys_of("fixture").await;
    }
}

#[tokio::test]
async fn a_stream_at_one_server_tells_of_a_task_that_was_begun_at_the_other() {
    let pair = pair().await;
    let session = pair.here.session(Revision::V2025_11_25).await;
    let mut stream = listen(&session, None).await;
    until_heard(&pair.redis, 1).await;
    let call = json!({ "name": "work", "arguments": {}, "task": {} });
    let created = pair.there(&session).request(1, "tools/call", call).await;
    let id = created.json()["result"]["task"]["taskId"].as_str().expect("an id").to_owned();
    let read = stream.read_until("notifications/tasks/status").await;
    assert!(read.contains(&id), "{read}");
}

#[tokio::test]
async fn a_server_that_stops_ends_the_calls_of_those_who_have_gone() {
    let pair = pair().await;
    let mortal = Mortal::start(pair.redis.url()).await;
    let session = mortal.served.session(Revision::V2025_11_25).await;
    let mut call = start(&session, 7, "count", json!({ "steps": 5, "pause": 100 })).await;
    let read = body(&call.read_until("step 2").await);
    let there = SessionOf { server: &pair.there, id: session.id.clone() };
    drop(call);
    mortal.stop().await;
    let rest = resume(&there, &last_id(&read)).await;
    assert!(rest.last().expect("the answer").data.contains("counted to 5"), "{rest:?}");
}
