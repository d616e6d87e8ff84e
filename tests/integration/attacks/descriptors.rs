//! More connections than the process may have files open.

use serde_json::json;
use tokio::time::{Instant, timeout};

use crate::{
    fixture::{ACCEPT, JSON, modern},
    process::{GUARD, OverHttp, command_under},
    raw::{self, Connection},
};

/// A call over a connection that is kept or closed.
fn echo(server: &OverHttp, connection: &'static str) -> String {
    let (headers, body) =
        modern("tools/call", json!({ "name": "echo", "arguments": { "text": "served" } }));
    let mut all: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    all.extend([ACCEPT, JSON, ("connection", connection)]);
    raw::head(server.address, "POST", &all, &body.to_string())
}

const CROWD: u128 = 100;

#[tokio::test]
async fn a_server_without_files_to_open_waits_and_then_accepts_again() {
    let start = Instant::now();
    let mut server = OverHttp::start(&mut command_under("ulimit -n 64")).await;
    let mut early = Connection::open(server.address).await;
    early.write(echo(&server, "keep-alive").as_bytes()).await;
    early.read_until("served").await;
    let mut failures = 0;
    for round in 1..=2 {
        let mut crowd = Vec::new();
        for _ in 0..CROWD {
            crowd.push(Connection::open(server.address).await);
        }
        while failures < 3 * round {
            let event =
                timeout(GUARD, server.log.recv()).await.expect("it tells").expect("it runs");
            failures += u128::from(event.contains("cannot accept connections"));
        }
        early.write(echo(&server, "keep-alive").as_bytes()).await;
        early.read_until("served").await;
        drop(crowd);
        let late = raw::exchange(server.address, echo(&server, "close").as_bytes()).await;
        assert_eq!(late.status, 200, "{late:?}");
    }
    while let Ok(event) = server.log.try_recv() {
        failures += u128::from(event.contains("cannot accept connections"));
    }
    // After each failure it waits for 100 ms, or until a connection ends.
    let most = start.elapsed().as_millis() / 100 + 1 + 2 * CROWD;
    assert!(failures <= most, "it tries {failures} times in {:?}", start.elapsed());
    assert_eq!(server.stop().await, Some(0));
}
