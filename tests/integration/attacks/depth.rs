//! Values that are nested deeper than a stack.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, process::Command};

use crate::{
    fixture::{ACCEPT, JSON, initialize, modern},
    process::{OverHttp, Process, call, command_under, line},
    raw,
};

/// A server whose threads have 128 KiB of stack each, the first one as well.
fn small_stacks() -> Command {
    // Without optimization, a function takes up several times the stack.
    let kib = if cfg!(debug_assertions) { 256 } else { 128 };
    let mut command = command_under(&format!("ulimit -s {kib}"));
    command.env("RUST_MIN_STACK", (kib * 1024).to_string());
    command
}

const MARK: &str = "@@";

/// Nested to the last level that is read, one further, and far beyond.
fn nested() -> Vec<String> {
    let mut all = Vec::new();
    for depth in [100, 124, 126, 127, 128, 129, 100_000] {
        all.push(format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
        all.push(format!("{}0{}", "{\"a\":".repeat(depth), "}".repeat(depth)));
        all.push("[".repeat(depth));
    }
    all
}

/// Messages in which a member is [`MARK`].
fn messages() -> Vec<Value> {
    let mut opening = initialize("2025-11-25");
    opening["params"]["capabilities"] = json!({ "extensions": { "x/y": MARK } });
    let mut meta = call(1, "echo", json!({ "text": "x" }));
    meta["params"]["_meta"]["other"] = json!(MARK);
    let context = json!({ "ref": { "type": "ref/prompt", "name": "greeting" },
        "argument": { "name": "name", "value": "" }, "context": { "arguments": MARK } });
    vec![
        json!(MARK),
        json!({ "jsonrpc": "2.0", "id": MARK, "method": "ping" }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "ping", "params": MARK }),
        json!({ "jsonrpc": "2.0", "id": 1, "result": MARK }),
        json!([{ "jsonrpc": "2.0", "id": 1, "method": "ping", "params": MARK }]),
        call(1, "echo", json!(MARK)),
        call(1, "echo", json!({ "text": MARK })),
        call(1, "echo", json!({ "text": "x", "more": MARK })),
        call(1, "route", json!({ "region": "eu", "tags": MARK })),
        call(1, "route", json!({ "region": MARK })),
        modern("completion/complete", context).1,
        opening,
        meta,
    ]
}

/// Each message with each of the values.
fn attacks() -> impl Iterator<Item = (Value, String)> {
    messages().into_iter().flat_map(|message| {
        nested().into_iter().map(move |value| {
            let text = message.to_string().replace("\"@@\"", &value);
            (message.clone(), text)
        })
    })
}

#[tokio::test]
async fn a_deep_value_on_stdio_does_not_overflow_a_small_stack() {
    let mut server = Process::start(small_stacks().stderr(Stdio::null()));
    for (index, (_, text)) in attacks().enumerate() {
        let sound = json!({ "jsonrpc": "2.0", "id": format!("sound {index}"), "method": "ping" });
        let lines = format!("{text}\n{}", line(&sound));
        server.stdin.write_all(lines.as_bytes()).await.expect("it reads");
        while server.receive().await["id"] != sound["id"] {}
    }
    assert_eq!(server.hang_up().await.code, Some(0));
}

#[tokio::test]
async fn a_deep_value_over_http_does_not_overflow_a_small_stack() {
    let server = OverHttp::start(&mut small_stacks()).await;
    for (message, text) in attacks() {
        let method = message["method"].as_str().unwrap_or_default();
        let params = message.get("params").filter(|params| params.is_object());
        let (headers, _) = modern(method, params.cloned().unwrap_or_else(|| json!({})));
        let mut all: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        all.extend([ACCEPT, JSON, ("mcp-param-region", "eu")]);
        if method.is_empty() || method == "initialize" {
            all.retain(|(name, _)| !name.starts_with("mcp-"));
        }
        let response = raw::request(server.address, "POST", &all, &text).await;
        assert!([200, 202, 400].contains(&response.status), "{message}: {response:?}");
    }
    assert_eq!(server.stop().await, Some(0));
}
