//! Text that wants to be more than text where it is written: a line, an event, a line of the log.

use std::{fs, fs::File};

use mcp_runtime::{ToolResult, prelude::*, protocol::Revision};
use serde_json::{Value, json, value::RawValue};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _},
    time::timeout,
};

use super::{
    health::assert_healthy,
    random::{Random, tries},
};
use crate::{
    fixture::{ACCEPT, JSON, Served, claim, initialize, modern, serve_with},
    process::{GUARD, OverHttp, Process, call, command, line},
    raw::{self, Connection},
};

const PIECES: [&str; 24] = [
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\0",
    "\t",
    "\u{8}",
    "\u{1b}[31m",
    "\u{1b}]0;title\u{7}",
    "\u{7f}",
    "\u{85}",
    "\u{9b}31m",
    "\u{2028}",
    "\u{2029}",
    "\u{202e}",
    "\u{feff}",
    "\"",
    "\\",
    "\\n",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}",
    "event: message\ndata: {}\n\n",
    "2026-01-01T00:00:00.000000Z ERROR forged: it failed",
    "</script>",
    "\u{1f980} h\u{e9}llo",
];

/// A text of some pieces. It is short enough for an id.
fn hostile(random: &mut Random) -> String {
    (0..=random.below(4)).map(|_| *random.pick(&PIECES)).collect()
}

fn request(id: &str, method: &str, params: Value) -> Value {
    let mut params = params;
    params["_meta"] = claim();
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

/// Requests in which `text` is what the client chooses, and notifications and answers.
fn messages(text: &str) -> Vec<Value> {
    let mut log = call(text, "log", json!({ "text": text }));
    log["params"]["_meta"]["io.modelcontextprotocol/logLevel"] = json!("debug");
    log["params"]["_meta"]["progressToken"] = json!(text);
    log["params"]["_meta"]["io.modelcontextprotocol/clientInfo"] = json!({ "name": text });
    let mut version = call(text, "echo", json!({ "text": text }));
    version["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!(text);
    let prompt = json!({ "type": "ref/prompt", "name": "greeting" });
    vec![
        log,
        version,
        call(text, "echo", json!({ "text": text })),
        call(text, "echo", json!({ text: text })),
        call(text, text, json!({})),
        call(text, "pretty", json!({ "text": text })),
        call(text, "fail", json!({ "message": text })),
        call(text, "fail", json!({ "message": text, "internal": true })),
        request(text, text, json!({ text: text })),
        request(text, "prompts/get", json!({ "name": text })),
        request(text, "prompts/get", json!({ "name": "greeting", "arguments": { "name": text } })),
        request(text, "resources/read", json!({ "uri": text })),
        request(text, "tools/list", json!({ "cursor": text })),
        request(
            text,
            "completion/complete",
            json!({ "ref": prompt, "argument": { "name": text, "value": text } }),
        ),
        json!({ "jsonrpc": "2.0", "id": text, "result": text }),
        json!({ "jsonrpc": "2.0", "method": text, "params": { text: text } }),
        json!({ "jsonrpc": "2.0", "method": "notifications/cancelled",
            "params": { "requestId": text, "reason": text } }),
        json!({ "jsonrpc": text, "id": text, "method": "ping" }),
    ]
}

/// What ends a line, hides a part of it or turns it around, for a terminal or a reader of logs.
fn has_controls(line: &str) -> bool {
    line.contains(|c: char| c.is_control() || ('\u{2028}'..='\u{202e}').contains(&c))
}

/// Each line of a log is an event of its own, which begins with its time and its level.
fn assert_log(log: &str) {
    assert!(log.contains("DEBUG"), "nothing is logged");
    for line in log.lines() {
        assert!(!has_controls(line), "{line:?}");
        let (time, rest) = line.split_once(' ').unwrap_or((line, ""));
        let is_time = time.starts_with("20") && time.ends_with('Z') && time.len() == 27;
        let level = rest.split_whitespace().next().unwrap_or_default();
        let is_level = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"].contains(&level);
        assert!(is_time && is_level, "{line:?}");
        assert!(!line.starts_with("2026-01-01"), "{line:?}");
    }
}

/// A line of the standard output as it is: the usual readers are lenient.
async fn receive_line(server: &mut Process) -> String {
    let mut line = Vec::new();
    let reading = server.stdout.get_mut().read_until(b'\n', &mut line);
    timeout(GUARD, reading).await.expect("it answers").expect("it writes");
    assert_eq!(line.pop(), Some(b'\n'), "it has ended");
    String::from_utf8(line).expect("it writes UTF-8")
}

#[tokio::test]
async fn a_line_of_the_output_is_a_message_and_one_of_the_log_is_an_event() {
    let mut random = Random::new();
    let log = std::env::temp_dir().join(format!("writers-{}.log", std::process::id()));
    let file = File::create(&log).expect("it can be made");
    let mut server = Process::start(command().env("MCP_LOG", "trace").stderr(file));
    for round in 0..tries(100) {
        let text = hostile(&mut random);
        let mut answers = 0;
        for message in messages(&text) {
            answers += usize::from(message.get("method").is_some() && message.get("id").is_some());
            server.send(&message).await;
            // A cancelled request has no answer, and an id can be used once at a time.
            let fence = format!("{round} fence");
            let sound = line(&call(fence.as_str(), "echo", json!({ "text": "sound" })));
            server.stdin.write_all(sound.as_bytes()).await.expect("it reads");
            loop {
                let line = receive_line(&mut server).await;
                assert!(!line.contains(|c: char| c < ' '), "{line:?} for {message}");
                let answer: Value = serde_json::from_str(&line).expect("a message");
                assert_eq!(answer["jsonrpc"], "2.0", "{answer}");
                if answer["id"] == *fence {
                    break;
                }
                if answer.get("method").is_none() {
                    assert_eq!(answer["id"], *text, "{answer}");
                    answers -= 1;
                }
            }
        }
        assert_eq!(answers, 0, "{text:?}");
        let echoed = server.ask(call(1, "echo", json!({ "text": text }))).await;
        assert_eq!(echoed["result"]["content"][0]["text"], *text);
    }
    assert_eq!(server.hang_up().await.code, Some(0));
    assert_log(&fs::read_to_string(&log).expect("it has been written"));
    fs::remove_file(&log).expect("it can be removed");
}

#[tokio::test]
async fn a_line_of_the_log_is_an_event_over_http_as_well() {
    let mut random = Random::new();
    let mut server = OverHttp::start(command().env("MCP_LOG", "trace")).await;
    let opened = initialize("2025-11-25").to_string();
    let opened = raw::request(server.address, "POST", &[ACCEPT, JSON], &opened).await;
    let session = opened.header("mcp-session-id").expect("a session").to_owned();
    for _ in 0..tries(20) {
        let text = hostile(&mut random);
        // Of what a header cannot hold, there is no request.
        let header: String = text.chars().filter(|c| !c.is_ascii_control() || *c == '\t').collect();
        for message in messages(&text) {
            let (headers, _) = modern(message["method"].as_str().unwrap_or_default(), json!({}));
            let alone: Vec<_> =
                headers.iter().map(|(name, _)| (name.as_str(), header.as_str())).collect();
            let known = [("mcp-session-id", session.as_str())];
            let sound = [("mcp-protocol-version", "2026-07-28"), ("mcp-method", "tools/call")];
            let sound = [&sound[..], &[("mcp-name", "fail")]].concat();
            for headers in [&alone[..], &known, &[("mcp-session-id", &header)], &sound] {
                let headers = [&[ACCEPT, JSON], headers].concat();
                let response =
                    raw::request(server.address, "POST", &headers, &message.to_string()).await;
                assert!(!response.body.contains(|c: char| c < ' ' && c != '\n'), "{response:?}");
            }
        }
    }
    let mut log = String::new();
    while let Ok(event) = server.log.try_recv() {
        log += &event;
    }
    assert_log(&log);
    assert_eq!(server.stop().await, Some(0));
}

/// Tell the client a text in every way.
#[mcp_tool]
async fn tell(text: String, fail: bool, progress: Progress, ctx: Context) -> Result<ToolResult> {
    progress.report(0.5, text.clone()).await;
    ctx.log(LogLevel::Error, &text);
    let pretty = format!("{{\r\n  \"text\":\r{}\n}}", serde_json::to_string(&text)?);
    ctx.log(LogLevel::Error, RawValue::from_string(pretty.clone())?);
    if fail {
        return Err(Error::new(text));
    }
    ToolResult::structured(&RawValue::from_string(pretty)?)
}

/// The messages of a stream, of which every line is one that the server may write.
#[track_caller]
fn messages_of(stream: &str) -> Vec<Value> {
    assert!(!stream.contains('\r'), "{stream:?}");
    let mut messages = Vec::new();
    for line in stream.split('\n') {
        if let Some(data) = line.strip_prefix("data: ") {
            messages.push(serde_json::from_str(data).expect("a message"));
            continue;
        }
        let id = line.strip_prefix("id: ").unwrap_or("0-0");
        let is_id = id.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let retry = line.strip_prefix("retry: ").unwrap_or("0").parse::<u64>();
        let fixed = ["", "event: message", "data:"].contains(&line) || line.starts_with(": ");
        let field = line.starts_with("id: ") || line.starts_with("retry: ");
        assert!(fixed || (field && is_id && retry.is_ok()), "{line:?}");
    }
    messages
}

async fn stream(server: &Served, headers: &[(String, String)], body: &Value) -> Vec<Value> {
    let mut all: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    all.extend([ACCEPT, JSON]);
    let mut connection = Connection::open(server.address).await;
    let request = raw::head(server.address, "POST", &all, &body.to_string());
    connection.write(request.as_bytes()).await;
    let response = raw::parse(&connection.read_to_end().await);
    assert_eq!(response.header("content-type"), Some("text/event-stream"), "{response:?}");
    messages_of(&response.body)
}

#[tokio::test]
async fn an_event_of_a_stream_is_a_message() {
    let mut random = Random::new();
    let server = serve_with(|server| server.tools(tools![tell])).await;
    let session = server.session(Revision::V2025_11_25).await;
    for round in 0..tries(50) {
        let text = hostile(&mut random);
        let arguments = json!({ "text": text, "fail": round % 2 == 0 });
        let mut params = json!({ "name": "tell", "arguments": arguments });
        params["_meta"] = json!({ "progressToken": text });
        let legacy = json!({ "jsonrpc": "2.0", "id": text, "method": "tools/call",
            "params": params });
        let in_session = [("mcp-session-id".to_owned(), session.id.clone())];
        for (meta, value) in claim().as_object().expect("an object") {
            params["_meta"][meta] = value.clone();
        }
        params["_meta"]["io.modelcontextprotocol/logLevel"] = json!("debug");
        let (headers, mut alone) = modern("tools/call", params);
        alone["id"] = json!(text);
        for (headers, body) in [(&in_session[..], legacy), (&headers, alone)] {
            let messages = stream(&server, headers, &body).await;
            let [progress, log, pretty, answer] = messages.as_slice() else {
                panic!("{messages:?}");
            };
            assert_eq!(progress["params"]["progressToken"], *text);
            assert_eq!(progress["params"]["message"], *text);
            assert_eq!(log["params"]["data"], *text);
            assert_eq!(pretty["params"]["data"]["text"], *text);
            assert_eq!(answer["id"], *text);
            if round % 2 == 0 {
                assert_eq!(answer["result"]["content"][0]["text"], *text);
            } else {
                assert_eq!(answer["result"]["structuredContent"]["text"], *text);
            }
        }
    }
    assert_healthy(&server, 0).await;
}
