//! Sessions on stdio with some of their bytes changed.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use super::random::{Random, tries};
use crate::{
    fixture::{initialize, modern},
    process::{Process, call, command, line, text},
};

/// A session, with a line of everything that the server reads.
fn transcript() -> Vec<u8> {
    let request = |id: &str, method: &str, params: Value| json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
    let notification = |method: &str, params: Value| json!({ "jsonrpc": "2.0", "method": method, "params": params });
    let echo = json!({ "name": "echo", "arguments": { "text": "h\u{e9}llo" } });
    let complete = json!({ "ref": { "type": "ref/prompt", "name": "greeting" },
        "argument": { "name": "name", "value": "a" }, "context": { "arguments": { "name": "b" } } });
    [
        initialize("2025-03-26"),
        notification("notifications/initialized", json!({})),
        request("a", "tools/list", json!({ "cursor": "x" })),
        request("b", "tools/call", echo),
        call("c", "log", json!({ "text": "something" })),
        json!([request("d", "ping", json!({})), notification("notifications/x", json!({}))]),
        request("e", "prompts/get", json!({ "name": "greeting", "arguments": { "name": "x" } })),
        request("f", "resources/read", json!({ "uri": "pages://x" })),
        request("g", "completion/complete", complete),
        request("h", "logging/setLevel", json!({ "level": "debug" })),
        request("i", "resources/subscribe", json!({ "uri": "pages://x" })),
        notification("notifications/cancelled", json!({ "requestId": "b" })),
        json!({ "jsonrpc": "2.0", "id": "j", "result": {} }),
        modern("server/discover", json!({})).1,
        modern("subscriptions/listen", json!({ "notifications": { "toolsListChanged": true } })).1,
    ]
    .iter()
    .flat_map(|message| line(message).into_bytes())
    .collect()
}

fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(6) {
        let at = random.below(bytes.len());
        let len = 1 + random.below((bytes.len() - at).min(100));
        let to = random.below(bytes.len());
        match random.below(5) {
            0 => bytes[at] ^= 1 << random.below(8),
            // Cuts something out, moves it, or has it twice.
            1 => drop(bytes.drain(at..at + len)),
            2 => {
                let piece: Vec<u8> = bytes.drain(at..at + len).collect();
                let to = to.min(bytes.len());
                bytes.splice(to..to, piece);
            }
            3 => {
                let piece = bytes[at..at + len].to_vec();
                bytes.splice(to..to, piece);
            }
            // The rest is lost, up to the next line.
            _ => {
                let rest = bytes[at..].iter().position(|&byte| byte == b'\n').unwrap_or(1);
                drop(bytes.drain(at..at + rest));
            }
        }
        if bytes.is_empty() {
            bytes.push(b' ');
        }
    }
}

#[track_caller]
fn assert_message(message: &Value) {
    if let Value::Array(batch) = message {
        assert!(!batch.is_empty());
        return batch.iter().for_each(assert_message);
    }
    assert_eq!(message["jsonrpc"], "2.0", "{message}");
    let has = |name: &str| message.get(name).is_some();
    let kinds = [has("method"), has("result") && has("id"), has("error")];
    assert_eq!(kinds.iter().filter(|it| **it).count(), 1, "{message}");
}

#[tokio::test]
async fn a_session_whose_bytes_are_changed_is_answered_in_messages_and_goes_on() {
    let mut random = Random::new();
    let transcript = transcript();
    for _ in 0..tries(40) {
        let mut server = Process::start(command().stderr(Stdio::null()));
        for round in 0..50 {
            let mut changed = transcript.clone();
            mutate(&mut changed, &mut random);
            changed.push(b'\n');
            let id = format!("sound {round}");
            let sound = line(&call(id.as_str(), "echo", json!({ "text": id })));
            changed.extend_from_slice(sound.as_bytes());
            server.stdin.write_all(&changed).await.expect("it reads");
            let answer = loop {
                let message = server.receive().await;
                assert_message(&message);
                if message["id"] == *id {
                    break message;
                }
            };
            assert_eq!(text(&answer), id);
        }
        assert_eq!(server.hang_up().await.code, Some(0));
    }
}
