//! Strange values in every member that is read.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use mcp_runtime::{Item, protocol::Revision};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    health::{assert_discreet, assert_healthy},
    random::{Random, tries},
};
use crate::fixture::{modern, serve, serve_with};

/// A raw value in place of another: `json!` could not make these.
fn strange() -> Vec<(&'static str, String)> {
    vec![
        ("deep array", format!("{}{}", "[".repeat(50_000), "]".repeat(50_000))),
        ("deep object", format!("{}1{}", r#"{"a":"#.repeat(50_000), "}".repeat(50_000))),
        ("long text", format!("\"{}\"", "a".repeat(200_000))),
        ("escapes", format!("\"{}\"", r"\u0000".repeat(50_000))),
        ("percent", format!("\"pages://{}\"", "%25".repeat(20_000))),
        ("many members", format!("{{{}\"z\":1}}", r#""a":1,"#.repeat(30_000))),
        ("many items", format!("[{}0]", "0,".repeat(100_000))),
        ("long number", "9".repeat(10_000)),
        ("exponent", "1e400".to_owned()),
        ("surrogate", r#""\ud800""#.to_owned()),
        ("null", "null".to_owned()),
        ("negative", "-1".to_owned()),
    ]
}

const MARK: &str = "@@";

/// Requests in which one member is [`MARK`].
fn requests() -> Vec<(&'static str, Value)> {
    let prompt = json!({ "type": "ref/prompt", "name": "greeting" });
    let name = json!({ "name": "name", "value": "a" });
    vec![
        ("tools/list", json!({ "cursor": MARK })),
        ("tools/call", json!({ "name": MARK })),
        ("tools/call", json!({ "name": "echo", "arguments": MARK })),
        ("tools/call", json!({ "name": "echo", "arguments": { "text": MARK, "more": 1 } })),
        ("prompts/get", json!({ "name": "greeting", "arguments": MARK })),
        ("prompts/get", json!({ "name": "greeting", "arguments": { "times": MARK } })),
        ("resources/read", json!({ "uri": MARK })),
        ("resources/templates/list", json!({ "cursor": MARK })),
        ("completion/complete", json!({ "ref": MARK, "argument": name })),
        ("completion/complete", json!({ "ref": { "type": MARK }, "argument": name })),
        ("completion/complete", json!({ "ref": prompt, "argument": MARK })),
        (
            "completion/complete",
            json!({ "ref": prompt, "argument": { "name": MARK, "value": "" } }),
        ),
        ("completion/complete", json!({ "ref": prompt, "argument": name, "context": MARK })),
        (
            "completion/complete",
            json!({ "ref": prompt, "argument": name, "context": { "arguments": MARK } }),
        ),
        ("logging/setLevel", json!({ "level": MARK })),
        ("resources/subscribe", json!({ "uri": MARK })),
        ("resources/unsubscribe", json!({ "uri": MARK })),
        ("subscriptions/listen", json!({ "notifications": MARK })),
        ("no/such/method", json!({ "x": MARK })),
    ]
}

#[tokio::test]
async fn strange_values_are_answered_soon_and_harm_nothing() {
    let server = serve().await;
    let session = server.session(Revision::V2025_11_25).await;
    for (method, params) in requests() {
        for (what, value) in strange() {
            let (headers, body) = modern(method, params.clone());
            let headers: Vec<_> = headers
                .iter()
                .filter(|(_, value)| value != MARK)
                .map(|(a, b)| (a.as_str(), b.as_str()))
                .collect();
            let body = body.to_string().replace("\"@@\"", &value);
            let start = Instant::now();
            let alone = server.post(&headers, &body).await;
            let legacy = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })
                .to_string();
            let in_session = session.post(&legacy.replace("\"@@\"", &value)).await;
            assert!(start.elapsed() < Duration::from_secs(10), "{method} {what}: too slow");
            for response in [alone, in_session] {
                assert!(
                    [200, 400, 404].contains(&response.status),
                    "{method} {what}: {response:?}"
                );
                assert_eq!(response.header("content-type"), Some("application/json"));
                let message = &response.json()["error"]["message"];
                assert!(message.as_str().is_none_or(|it| it.len() < 1000), "{method} {what}");
                if response.status != 200 {
                    assert_discreet(&response);
                }
            }
        }
    }
    assert_healthy(&server, 0).await;
}

#[tokio::test]
async fn what_is_strange_in_a_claim_or_an_introduction_is_refused() {
    let server = serve().await;
    let claim = [
        "io.modelcontextprotocol/protocolVersion",
        "io.modelcontextprotocol/clientCapabilities",
        "io.modelcontextprotocol/clientInfo",
        "io.modelcontextprotocol/logLevel",
        "progressToken",
        "traceparent",
    ];
    for (what, value) in strange() {
        for key in claim {
            let (headers, mut body) = modern("tools/list", json!({}));
            let headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            body["params"]["_meta"][key] = json!(MARK);
            let response = server.post(&headers, &body.to_string().replace("\"@@\"", &value)).await;
            assert!([200, 400].contains(&response.status), "{what} {key}: {response:?}");
            assert_discreet(&response);
        }
        for key in ["protocolVersion", "clientInfo", "capabilities"] {
            let mut opening = crate::fixture::initialize("2025-11-25");
            opening["params"][key] = json!(MARK);
            let response = server.post(&[], &opening.to_string().replace("\"@@\"", &value)).await;
            assert!([200, 400].contains(&response.status), "{what} {key}: {response:?}");
            assert_discreet(&response);
        }
    }
    assert_healthy(&server, 0).await;
}

#[tokio::test]
async fn what_is_wrong_with_a_message_is_told_in_a_few_words() {
    #[derive(serde::Deserialize)]
    struct Wanted {
        _number: u8,
    }
    let server = serve_with(|server| {
        server.method("example/wanted", async |_: Wanted, _: mcp_runtime::RequestContext| {
            Ok(json!({}))
        })
    })
    .await;
    let (headers, custom) = modern("example/wanted", json!({ "_number": MARK }));
    let headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    for message in [
        json!(MARK),
        json!({ "jsonrpc": MARK, "id": 1, "method": "ping" }),
        json!({ "jsonrpc": "2.0", "id": MARK, "method": "ping" }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": MARK }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "ping", "params": MARK }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "ping", "params": { "_meta": MARK } }),
        json!({ "jsonrpc": "2.0", "id": 1, "result": MARK, "error": {} }),
        custom,
    ] {
        for (what, value) in strange() {
            let body = message.to_string().replace("\"@@\"", &value);
            let response = server.post(&headers, &body).await;
            assert!(response.status >= 400 || response.json()["error"].is_object(), "{what}");
            assert!(response.body.len() < 1000, "{message} {what}: {}", response.body.len());
            assert_discreet(&response);
        }
    }
    assert_healthy(&server, 0).await;
}

#[tokio::test]
async fn a_uri_is_decoded_once_and_stays_within_its_segment() {
    let server = serve().await;
    for (uri, name) in [
        ("pages://a%2fb", Some("a/b")),
        ("pages://%252f", Some("%2f")),
        ("pages://%2e%2e%2fx", Some("../x")),
        ("pages://a/b", None),
        ("pages://../x", None),
        ("pages://a?b", None),
        ("pages://a#b", None),
        ("pages://%ff", None),
        ("pages://%c0%af", None),
        ("pages://%2", None),
        ("pages://%zz", None),
        ("PAGES://a", None),
        ("pages:/a", None),
        ("pages:front#", None),
        ("pages:front\u{0}", None),
    ] {
        let (mut headers, body) = modern("resources/read", json!({ "uri": uri }));
        if uri.contains('\0') {
            headers.retain(|(name, _)| name != "mcp-name");
            headers.push(("mcp-name".into(), "=?base64?cGFnZXM6ZnJvbnQA?=".into()));
        }
        let headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let response = server.post(&headers, &body.to_string()).await.json();
        let text = response["result"]["contents"][0]["text"].as_str();
        assert_eq!(text, name.map(|it| format!("page {it}")).as_deref(), "{uri}: {response}");
    }
    assert_healthy(&server, 0).await;
}

#[tokio::test]
async fn what_a_filter_hides_after_it_was_listed_cannot_be_called() {
    let hidden = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&hidden);
    let mut limits = mcp_runtime::Limits::default();
    limits.page_items = 2;
    let server = serve_with(|server| {
        server.limits(limits).visible(move |_, item| {
            !hidden.load(Ordering::SeqCst) || !matches!(item, Item::Tool("echo"))
        })
    })
    .await;
    let session = server.session(Revision::V2025_11_25).await;
    let first = session.request(1, "tools/list", json!({})).await.json();
    assert_eq!(first["result"]["tools"][0]["name"], "echo");
    switch.store(true, Ordering::SeqCst);
    let echo = json!({ "name": "echo", "arguments": { "text": "x" } });
    assert_eq!(session.request(2, "tools/call", echo.clone()).await.error_code(), -32602);
    assert_eq!(server.modern("tools/call", echo).await.error_code(), -32602);
    let cursor = first["result"]["nextCursor"].clone();
    let second = session.request(3, "tools/list", json!({ "cursor": cursor })).await.json();
    assert!(second["result"]["tools"].is_array(), "{second}");
    switch.store(false, Ordering::SeqCst);
    assert_healthy(&server, 0).await;
}

#[tokio::test]
async fn mutations_of_sound_messages_are_answered() {
    let server = serve().await;
    let session = server.session(Revision::V2025_03_26).await;
    let bodies = [
        modern("server/discover", json!({})).1.to_string(),
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"x"}}"#.to_owned(),
        r#"[{"jsonrpc":"2.0","id":"a","method":"ping"},{"jsonrpc":"2.0","method":"x"}]"#.to_owned(),
    ];
    let mut random = Random::new();
    let pieces: [&[u8]; 10] =
        [b"\"", b"{", b"}", b"[", b"]", b"null", b",", b"\\u0000", b"\xff", b"-1e9"];
    for _ in 0..tries(1500) {
        let mut body = random.pick(&bodies).clone().into_bytes();
        for _ in 0..=random.below(3) {
            let at = random.below(body.len());
            match random.below(3) {
                0 => drop(body.remove(at)),
                1 => drop(body.splice(at..at, random.pick(&pieces).iter().copied())),
                _ => body[at] = random.pick(&pieces)[0],
            }
        }
        let body = String::from_utf8_lossy(&body);
        for response in [server.post(&[], &body).await, session.post(&body).await] {
            assert!([200, 202, 400, 404].contains(&response.status), "{body}: {response:?}");
            assert_discreet(&response);
        }
    }
    assert_healthy(&server, 0).await;
}
