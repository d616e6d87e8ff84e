//! What becomes of tasks whose worker is killed, paused or stopped.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::sleep};

use super::{
    client::{ALICE, keys, text},
    fleet::{Fleet, until},
};
use crate::{
    fixture,
    process::OverHttp,
    raw::{self, Connection},
    tasks::redis::server::RedisServer,
};

const LEASE: Duration = Duration::from_millis(1000);

fn reason(task: &Value) -> (&Value, &Value) {
    (&task["error"]["code"], &task["error"]["data"]["reason"])
}

#[tokio::test]
async fn what_a_killed_worker_has_begun_ends_elsewhere_or_says_why_not() {
    let redis = RedisServer::durable().await;
    let fleet = Fleet::on(&redis).with_lease(LEASE);
    let here = fleet.start().await;
    let begin =
        async |tool: &str, arguments: Value| ALICE.begin(here.address, tool, arguments).await;
    let done = begin("instant", json!({ "name": "instant" })).await;
    let done = ALICE.until(here.address, &done, "completed").await;
    let nap = begin("nap", json!({ "name": "nap", "millis": 2500 })).await;
    let twice = begin("twice", json!({ "name": "twice", "millis": 2500 })).await;
    let once = begin("once", json!({ "name": "once", "millis": 2500 })).await;
    let ask = begin("ask", json!({ "name": "ask" })).await;
    until(async || (keys(&ALICE.get(here.address, &ask).await).len() == 2).then_some(())).await;
    ALICE.update(here.address, &ask, &[("one", "red")]).await;
    for (name, what) in [("nap", "first"), ("once", "begun")] {
        fleet.until_done(name, what).await;
    }
    until(async || fleet.effects().iter().any(|(name, _)| name == "twice").then_some(())).await;

    let there = fleet.start().await;
    here.kill().await;
    let at = there.address;
    assert_eq!(ALICE.get(at, done["taskId"].as_str().expect("an id")).await, done);
    assert_eq!(text(&ALICE.until(at, &nap, "completed").await), "nap in run 1");
    let key = text(&ALICE.until(at, &twice, "completed").await).to_owned();
    let failed = ALICE.until(at, &once, "failed").await;
    assert_eq!(reason(&failed), (&json!(-32603), &json!("worker_lost")));
    fleet.until_done("ask", "held 1").await;
    let asked = ALICE.get(at, &ask).await;
    assert_eq!((&asked["status"], keys(&asked)), (&json!("input_required"), vec!["two"]));
    ALICE.update(at, &ask, &[("two", "blue")]).await;
    assert_eq!(text(&ALICE.until(at, &ask, "completed").await), "ask in run 1: red blue");

    let counts = |name: &str| ["begun", "first", "second"].map(|what| fleet.count(name, what));
    assert_eq!(counts("nap"), [2, 1, 1], "each step once");
    assert_eq!(fleet.count("twice", &key), 2, "its key stays");
    assert_eq!(counts("once"), [1, 0, 0]);
    assert_eq!(counts("instant"), [1, 0, 0]);
}

#[tokio::test]
async fn a_worker_that_was_paused_too_long_changes_nothing() {
    let redis = RedisServer::start().await;
    let fleet = Fleet::on(&redis).with_lease(LEASE);
    let here = fleet.start().await;
    // The one is over when its first worker wakes up; the other is not, and its first worker comes to
    // its end before the second does.
    let mut ids = Vec::new();
    for (name, millis) in [("short", 700), ("long", 4000)] {
        let arguments = json!({ "name": name, "millis": millis });
        ids.push(ALICE.begin(here.address, "nap", arguments).await);
        fleet.until_done(name, "first").await;
    }
    let there = fleet.start().await;
    here.signal(Signal::STOP);
    let short = ALICE.until(there.address, &ids[0], "completed").await;
    assert_eq!(text(&short), "short in run 1");
    fleet.until_done("long", "held 1").await;
    sleep(3 * LEASE).await;
    here.signal(Signal::CONT);
    let long = ALICE.until(there.address, &ids[1], "completed").await;
    assert_eq!(text(&long), "long in run 1");
    // It answers, so that it has woken up.
    assert_eq!(ALICE.get(here.address, &ids[0]).await, short);
    sleep(LEASE).await;
    assert_eq!(ALICE.get(here.address, &ids[1]).await, long);
    assert_eq!(fleet.count("long", "held 1"), 1);
    assert_eq!(fleet.count("long", "held 2"), 0);
    // It goes on to work.
    let id = ALICE.begin(here.address, "instant", json!({ "name": "next" })).await;
    ALICE.until(here.address, &id, "completed").await;
}

#[tokio::test]
async fn a_task_that_kills_every_worker_fails_after_its_attempts() {
    let redis = RedisServer::start().await;
    let fleet = Fleet::on(&redis).with_lease(LEASE);
    let mut servers = vec![fleet.start().await];
    let poison = ALICE.begin(servers[0].address, "abort", json!({ "name": "poison" })).await;
    for begun in 1..=3 {
        until(async || (fleet.count("poison", "begun") == begun).then_some(())).await;
        let ended = servers.pop().expect("it was started");
        until_ended(ended).await;
        servers.push(fleet.start().await);
    }
    let at = servers[0].address;
    let failed = ALICE.until(at, &poison, "failed").await;
    assert_eq!(reason(&failed), (&json!(-32603), &json!("worker_lost")));
    let id = ALICE.begin(at, "instant", json!({ "name": "next" })).await;
    ALICE.until(at, &id, "completed").await;
    assert_eq!(fleet.count("poison", "begun"), 3);
}

async fn until_ended(mut server: OverHttp) {
    while server.ended().is_none() {
        sleep(Duration::from_millis(20)).await;
    }
}

/// The lease is longer than this test waits for anything.
#[tokio::test]
async fn a_server_that_stops_gives_its_tasks_back_at_once() {
    let redis = RedisServer::start().await;
    let fleet = Fleet::on(&redis);
    let here = fleet.start().await;
    let mut ids = Vec::new();
    for (tool, arguments, begun) in [
        ("nap", json!({ "name": "nap", "millis": 3000 }), "first"),
        ("once", json!({ "name": "once", "millis": 3000 }), "begun"),
        ("wait", json!({ "name": "wait" }), "held 0"),
    ] {
        ids.push(ALICE.begin(here.address, tool, arguments).await);
        fleet.until_done(tool, begun).await;
    }
    let there = fleet.start().await;
    assert_eq!(here.stop().await, Some(0));
    let at = there.address;
    let failed = ALICE.until(at, &ids[1], "failed").await;
    assert_eq!(reason(&failed), (&json!(-32603), &json!("server_stopped")));
    assert_eq!(text(&ALICE.until(at, &ids[0], "completed").await), "nap in run 1");
    fleet.until_done("wait", "held 1").await;
    assert_eq!(ALICE.get(at, &ids[2]).await["status"], "working");
    assert_eq!([fleet.count("nap", "first"), fleet.count("nap", "second")], [1, 1]);
}

#[tokio::test]
async fn whatever_waits_at_a_server_that_stops_gets_an_end() {
    let redis = RedisServer::start().await;
    let mut fleet = Fleet::on(&redis);
    fleet.drain = Duration::from_secs(4);
    let here = fleet.start().await;
    let task = ALICE.begin(here.address, "nap", json!({ "name": "task", "millis": 7000 })).await;
    fleet.until_done("task", "first").await;
    let there = fleet.start().await;

    let open = ALICE.post(here.address, &[], &fixture::initialize("2025-11-25")).await;
    let open = open.expect("the server answers");
    let id = ("mcp-session-id".to_owned(), open.header("mcp-session-id").expect("one").to_owned());
    let call = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call",
        "params": { "name": "once", "arguments": { "name": "call", "millis": 1500 } } });
    let mut running = Connection::open(here.address).await;
    let request = ALICE.request(here.address, std::slice::from_ref(&id), &call);
    running.write(request.as_bytes()).await;
    fleet.until_done("call", "begun").await;
    let authorization = ALICE.authorization();
    let headers = [
        ("accept", "text/event-stream"),
        ("authorization", authorization.as_str()),
        ("mcp-session-id", id.1.as_str()),
    ];
    let mut unasked = Connection::open(here.address).await;
    unasked.write(raw::head(here.address, "GET", &headers, "").as_bytes()).await;
    unasked.read_until("\r\n\r\n").await;
    let wanted = json!({ "notifications": { "toolsListChanged": true } });
    let (headers, listen) = fixture::modern("subscriptions/listen", wanted);
    let mut subscription = Connection::open(here.address).await;
    subscription.write(ALICE.request(here.address, &headers, &listen).as_bytes()).await;
    subscription.read_until("acknowledged").await;

    let address = here.address;
    let stopped = tokio::spawn(here.stop());
    let answered = String::from_utf8(running.read_to_end().await).expect("text");
    assert!(answered.contains("call in run 0"), "{answered}");
    unasked.read_to_end().await;
    let ended = String::from_utf8(subscription.read_to_end().await).expect("text");
    assert!(ended.contains("\"id\":1,\"result\""), "{ended}");
    assert_eq!(stopped.await.expect("no panic"), Some(0));
    assert!(TcpStream::connect(address).await.is_err(), "nothing new is taken");
    assert_eq!(text(&ALICE.until(there.address, &task, "completed").await), "task in run 1");
    let ping = json!({ "jsonrpc": "2.0", "id": 8, "method": "ping" });
    let alive = ALICE.post(there.address, &[id], &ping).await.expect("the server answers");
    assert_eq!(alive.status, 200, "the session goes on");
}

/// Nothing is taken at the last moment and lost.
#[tokio::test]
async fn servers_that_come_and_go_lose_nothing() {
    let redis = RedisServer::start().await;
    let fleet = Fleet::on(&redis);
    let at = fleet.start().await;
    let mut ids = Vec::new();
    for round in 0..4 {
        let passing = fleet.start().await;
        for number in 0..40 {
            let arguments = json!({ "name": format!("{round}-{number}"), "millis": 1 });
            ids.push(ALICE.begin(at.address, "once", arguments).await);
            if number == 20 {
                passing.signal(Signal::TERM);
            }
        }
        until_ended(passing).await;
    }
    for id in ids {
        let task = until(async || {
            let task = ALICE.get(at.address, &id).await;
            (task["status"] != "working").then_some(task)
        })
        .await;
        // What had begun when its server stopped says so.
        assert!(task["status"] == "completed" || reason(&task).1 == "server_stopped", "{task}");
    }
}
