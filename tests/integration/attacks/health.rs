//! A server is as it was before an attack.

use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::{
    fixture::Served,
    raw::{PATIENCE, Response},
};

/// Requests of each era are answered soon, and no function has run but the `ran` expected ones.
pub(super) async fn assert_healthy(server: &Served, ran: usize) {
    assert_eq!(server.calls.count(), ran, "functions that have run");
    let start = Instant::now();
    server.assert_healthy().await;
    let response = server.call("echo", json!({ "text": "healthy" })).await;
    assert_eq!(response.json()["result"]["content"][0]["text"], "healthy", "{response:?}");
    assert!(start.elapsed() < Duration::from_secs(5), "answered after {:?}", start.elapsed());
}

/// An error tells of the protocol: of no file, no type of the program and no header's value.
#[track_caller]
pub(super) fn assert_discreet(response: &Response) {
    for word in ["src/", ".rs", "::", "struct ", "enum ", "panicked", " at line ", "s3cret"] {
        assert!(!response.body.contains(word), "`{word}` in {response:?}");
    }
}

/// Waits until `done` holds.
pub(super) async fn eventually(what: &str, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        sleep(Duration::from_millis(5)).await;
    }
}
