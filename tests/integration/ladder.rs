//! How a request over HTTP finds its revision, step by step, and what it gets where it stops.

use mcp_runtime::{Item, Server, protocol::Revision};
use serde_json::{Value, json};

use crate::{
    fixture::{Calls, claim, initialize, modern, serve, serve_router, serve_with},
    raw,
};

/// Sends a request of 2026-07-28 after a change, and gives status and error code.
async fn changed(
    method: &str,
    params: Value,
    change: impl FnOnce(&mut Vec<(String, String)>, &mut Value),
) -> (u16, Option<i64>) {
    let server = serve().await;
    let (mut headers, mut body) = modern(method, params);
    change(&mut headers, &mut body);
    let headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let response = server.post(&headers, &body.to_string()).await;
    let json = response.json();
    if !json["error"].is_null() {
        assert_eq!(json["id"], body["id"], "the error names its request: {json}");
    }
    server.assert_healthy().await;
    (response.status, json["error"]["code"].as_i64())
}

fn set(headers: &mut Vec<(String, String)>, name: &str, value: &str) {
    headers.retain(|(it, _)| it != name);
    headers.push((name.to_owned(), value.to_owned()));
}

fn remove(headers: &mut Vec<(String, String)>, name: &str) {
    headers.retain(|(it, _)| it != name);
}

fn echo() -> Value {
    json!({ "name": "echo", "arguments": { "text": "hi" } })
}

#[tokio::test]
async fn a_foreign_host_is_refused_before_anything_else() {
    let server = serve().await;
    for host in [
        "evil.test",
        "localhost.evil.test",
        "127.0.0.1.evil.test",
        "evil.test:80",
        "evil.test@127.0.0.1",
        "[::2]",
        "0.0.0.0",
        "2130706433",
    ] {
        for method in ["POST", "GET", "DELETE", "OPTIONS"] {
            let response = raw::request(server.address, method, &[("host", host)], "{").await;
            assert!((400..=403).contains(&response.status), "{method} {host}: {response:?}");
        }
    }
    for host in ["localhost", "LOCALHOST:1", "127.0.0.1", "127.9.9.9:80", "[::1]:8000"] {
        let response = raw::request(server.address, "POST", &[("host", host)], "{").await;
        assert_eq!(response.status, 415, "{host} is the loopback interface: {response:?}");
    }
    let twice = [("host", "localhost"), ("host", "localhost")];
    assert_eq!(raw::request(server.address, "POST", &twice, "").await.status, 400);
}

#[tokio::test]
async fn a_foreign_origin_is_refused_and_none_is_not() {
    let server = serve().await;
    let own = format!("http://{}", server.address);
    let body = initialize("2025-11-25").to_string();
    for origin in ["http://evil.test", "null", "http://localhost:1", "https://127.0.0.1", "x"] {
        let response = server.post(&[("origin", origin)], &body).await;
        assert_eq!(response.status, 403, "{origin}");
        assert_eq!(response.header("access-control-allow-origin"), None);
    }
    let response = server.post(&[("origin", &own)], &body).await;
    assert_eq!(response.status, 200, "a page of the server's own");
    assert_eq!(response.header("access-control-allow-origin"), Some(own.as_str()));
    assert_eq!(server.post(&[], &body).await.status, 200, "no browser");
}

#[tokio::test]
async fn a_listed_origin_may_ask_first_and_then_send() {
    let server =
        crate::fixture::serve_with(|server| server.allow_origins(["https://app.example"])).await;
    let asked = [
        ("origin", "https://app.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "mcp-method"),
    ];
    let response = raw::request(server.address, "OPTIONS", &asked, "").await;
    assert_eq!(response.status, 204);
    assert_eq!(response.header("access-control-allow-origin"), Some("https://app.example"));
    assert!(
        response.header("access-control-allow-headers").is_some_and(|it| it.contains("mcp-method"))
    );
}

#[tokio::test]
async fn a_page_may_send_the_headers_of_arguments_and_no_others() {
    let server = serve_with(|server| server.allow_origins(["https://app.example"])).await;
    let asked = [
        ("origin", "https://app.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "mcp-method, Mcp-Param-Region,mcp-param-shard, x-other"),
    ];
    let response = raw::request(server.address, "OPTIONS", &asked, "").await;
    let allowed = response.header("access-control-allow-headers").expect("headers").to_owned();
    assert!(allowed.ends_with(", mcp-param-region, mcp-param-shard"), "{allowed}");
}

#[tokio::test]
async fn other_methods_are_not_allowed_and_say_which_is() {
    let server = serve().await;
    for method in ["PUT", "PATCH", "TRACE", "OPTIONS", "GET", "DELETE"] {
        let response = raw::request(server.address, method, &[], "").await;
        assert_eq!(response.status, 405, "{method}");
        assert_eq!(response.header("allow"), Some("POST"), "{method}");
    }
}

#[tokio::test]
async fn only_plain_json_is_read() {
    let server = serve().await;
    let (_, body) = modern("server/discover", json!({}));
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json-evil",
        "text/plain; application/json",
        "application/json;charset=utf-16",
        "",
    ] {
        let response = server.post(&[("content-type", content_type)], &body.to_string()).await;
        assert_eq!(response.status, 415, "{content_type}");
    }
    let (headers, body) = modern("server/discover", json!({}));
    let mut headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    headers.push(("content-type", "Application/JSON; charset=UTF-8"));
    assert_eq!(server.post(&headers, &body.to_string()).await.status, 200);
    headers.push(("content-encoding", "gzip"));
    assert_eq!(server.post(&headers, &body.to_string()).await.status, 415, "compressed");
}

#[tokio::test]
async fn an_answer_that_the_client_cannot_read_is_not_given() {
    let server = serve().await;
    let (headers, body) = modern("server/discover", json!({}));
    let headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    for (accept, status) in [
        ("application/json, text/event-stream", 200),
        ("*/*", 200),
        ("application/*", 200),
        ("application/json", 200),
        ("text/html", 406),
        ("application/json;q=0, text/event-stream", 406),
    ] {
        let mut headers = headers.clone();
        headers.push(("accept", accept));
        assert_eq!(server.post(&headers, &body.to_string()).await.status, status, "{accept}");
    }
}

#[tokio::test]
async fn a_client_that_reads_no_events_cannot_subscribe() {
    let server = serve().await;
    let params = json!({ "notifications": { "toolsListChanged": true } });
    let (headers, body) = modern("subscriptions/listen", params);
    let mut headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    headers.push(("accept", "application/json"));
    let response = server.post(&headers, &body.to_string()).await;
    assert_eq!((response.status, response.error_code()), (406, -32600), "{response:?}");
    assert_eq!(response.json()["id"], body["id"]);
}

#[tokio::test]
async fn what_is_no_json_is_a_parse_error_and_what_is_no_message_an_invalid_request() {
    let server = serve().await;
    for (body, code) in [
        ("", -32700),
        ("   ", -32700),
        ("{", -32700),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"} {}", -32700),
        ("\u{feff}{}", -32700),
        ("{'a':1}", -32700),
        ("nul", -32700),
        ("null", -32600),
        ("42", -32600),
        ("\"x\"", -32600),
        ("{}", -32600),
        ("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1e3,\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":9223372036854775808,\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\",\"method\":\"b\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"Method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\\ud800\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"error\":{}}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"result\":{}}", -32600),
        ("[]", -32600),
        ("[1,2]", -32600),
    ] {
        let response = server.post(&[], body).await;
        assert_eq!(response.status, 400, "{body}: {response:?}");
        assert_eq!(response.error_code(), code, "{body}");
        assert_eq!(response.header("content-type"), Some("application/json"), "{body}");
    }
    for deep in [format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)), "[".repeat(4_000_000)] {
        assert_eq!(server.post(&[], &deep).await.status, 400);
    }
    let deep = json!({ "text": "x" }).to_string().replace("\"x\"", &"[".repeat(100_000));
    let deep = deep.replace('}', &"]".repeat(100_000)) + "}";
    let (headers, body) = modern("tools/call", echo());
    let headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let body = body.to_string().replace(r#"{"text":"hi"}"#, &deep);
    let response = server.post(&headers, &body).await;
    assert_eq!(response.json()["result"]["isError"], true, "{response:?}");
    let long_id = format!(r#"{{"jsonrpc":"2.0","id":"{}","method":"ping"}}"#, "x".repeat(257));
    assert_eq!(server.post(&[], &long_id).await.error_code(), -32600);
    let long_method = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{}"}}"#, "x".repeat(257));
    assert_eq!(server.post(&[], &long_method).await.error_code(), -32600);
    assert_eq!(server.calls.count(), 0);
    server.assert_healthy().await;
}

#[tokio::test]
async fn an_array_does_not_stand_for_an_object() {
    let server = serve().await;
    let claims = |capabilities: Value| {
        json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": capabilities,
        })
    };
    for meta in [
        json!(["2026-07-28", {}]),
        json!(null),
        json!("2026-07-28"),
        claims(json!([])),
        claims(json!({ "sampling": [] })),
        claims(json!({ "elicitation": { "form": 1 } })),
    ] {
        let response = server.modern("server/discover", json!({ "_meta": meta })).await;
        assert_eq!(response.status, 400, "{meta}: {response:?}");
        assert_eq!(response.error_code(), -32602, "{meta}");
    }
    let prompt = json!({ "type": "ref/prompt", "name": "greeting" });
    let name = json!({ "name": "name", "value": "a" });
    for (method, params) in [
        ("completion/complete", json!({ "ref": ["ref/prompt", "greeting"], "argument": name })),
        ("completion/complete", json!({ "ref": prompt, "argument": ["name", "a"] })),
        ("completion/complete", json!({ "ref": prompt, "argument": name, "context": [{}] })),
        ("subscriptions/listen", json!({ "notifications": [true] })),
    ] {
        let response = server.modern(method, params.clone()).await;
        assert_eq!(response.error_code(), -32602, "{params}");
    }
    let session = server.session(Revision::V2025_03_26).await;
    let response = session.post(r#"[["2.0", 5, "ping"]]"#).await;
    assert_eq!(response.json()[0]["error"]["code"], -32600, "{response:?}");
    let mut opening = initialize("2025-11-25");
    opening["params"]["capabilities"] = json!([]);
    assert_eq!(server.post(&[], &opening.to_string()).await.error_code(), -32602);
}

#[tokio::test]
async fn errors_speak_of_the_protocol_and_not_of_the_program() {
    let server = serve().await;
    for body in ["5", r#"{"jsonrpc":"2.0","id":1,"id":2}"#] {
        let message = server.post(&[], body).await.json()["error"]["message"].to_string();
        assert!(!message.contains("struct") && !message.contains(" line "), "{message}");
    }
    for meta in [json!(null), json!({ "progressToken": {}, "traceparent": [] }), json!("x")] {
        let response = server.modern("tools/list", json!({ "_meta": meta })).await;
        let message = response.json()["error"]["message"].to_string();
        assert!(!message.contains("struct") && !message.contains(" line "), "{message}");
    }
}

#[tokio::test]
async fn invalid_utf8_is_a_parse_error() {
    let server = serve().await;
    let mut request = raw::head(
        server.address,
        "POST",
        &[("content-type", "application/json"), ("content-length", "4")],
        "",
    )
    .into_bytes();
    request.extend_from_slice(b"\"\xff\xfe\"");
    assert_eq!(raw::exchange(server.address, &request).await.error_code(), -32700);
}

#[tokio::test]
async fn ids_come_back_as_they_went() {
    let server = serve().await;
    for id in ["1", "-9223372036854775808", "9223372036854775807", "\"1\"", "\"\"", "\"\\u0000é\""]
    {
        let (headers, body) = modern("server/discover", json!({}));
        let headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let body = body.to_string().replace("\"id\":1", &format!("\"id\":{id}"));
        let response = server.post(&headers, &body).await;
        assert_eq!(response.json()["id"], serde_json::from_str::<Value>(id).unwrap(), "{id}");
    }
}

#[tokio::test]
async fn a_claim_that_is_incomplete_or_has_wrong_types_is_invalid_params() {
    for (pointer, value) in [
        ("io.modelcontextprotocol/protocolVersion", json!(20260728)),
        ("io.modelcontextprotocol/protocolVersion", json!(null)),
        ("io.modelcontextprotocol/clientCapabilities", json!(null)),
        ("io.modelcontextprotocol/clientCapabilities", json!([])),
        ("io.modelcontextprotocol/clientCapabilities", json!("all")),
        ("io.modelcontextprotocol/logLevel", json!("loud")),
    ] {
        let got = changed("tools/call", echo(), |_, body| {
            body["params"]["_meta"][pointer] = value.clone();
        })
        .await;
        assert_eq!(got, (400, Some(-32602)), "{pointer}: {value}");
    }
    for key in claim().as_object().unwrap().keys() {
        let got = changed("tools/call", echo(), |_, body| {
            body["params"]["_meta"].as_object_mut().unwrap().remove(key);
        })
        .await;
        assert_eq!(got, (400, Some(-32602)), "without {key}");
    }
    let got = changed("tools/call", echo(), |_, body| body["params"]["_meta"] = json!(7)).await;
    assert_eq!(got, (400, Some(-32602)), "no object");
}

#[tokio::test]
async fn a_version_header_that_disagrees_outranks_a_version_that_is_not_served() {
    let got = changed("tools/call", echo(), |_, body| {
        body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("v999");
    })
    .await;
    assert_eq!(got, (400, Some(-32020)));
    let got =
        changed("tools/call", echo(), |headers, _| remove(headers, "mcp-protocol-version")).await;
    assert_eq!(got, (400, Some(-32020)), "no header");
}

#[tokio::test]
async fn a_version_that_is_not_served_is_named_with_those_that_are() {
    for version in ["v999", "2025-11-25", "2024-11-05", ""] {
        let server = serve().await;
        let (mut headers, mut body) = modern("tools/call", echo());
        set(&mut headers, "mcp-protocol-version", version);
        body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!(version);
        let headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let response = server.post(&headers, &body.to_string()).await;
        assert_eq!((response.status, response.error_code()), (400, -32022), "{version}");
        let data = &response.json()["error"]["data"];
        assert_eq!(data["requested"], version);
        let discovered = server.modern("server/discover", json!({})).await.json();
        assert_eq!(data["supported"], discovered["result"]["supportedVersions"]);
    }
}

#[tokio::test]
async fn the_method_header_repeats_the_method() {
    for value in [None, Some("tools/list"), Some("Tools/Call"), Some("TOOLS/CALL")] {
        let got = changed("tools/call", echo(), |headers, _| match value {
            None => remove(headers, "mcp-method"),
            Some(value) => set(headers, "mcp-method", value),
        })
        .await;
        assert_eq!(got, (400, Some(-32020)), "{value:?}");
    }
    let got = changed("tools/call", echo(), |headers, _| {
        headers.push(("Mcp-Method".to_owned(), "tools/call".to_owned()));
    })
    .await;
    assert_eq!(got, (400, Some(-32020)), "twice");
    let got =
        changed("tools/call", echo(), |headers, _| set(headers, "mcp-method", "  tools/call \t"))
            .await;
    assert_eq!(got, (200, None), "white space around it does not count");
}

#[tokio::test]
async fn the_name_header_repeats_what_the_request_is_about() {
    for (method, params) in [
        ("tools/call", echo()),
        ("prompts/get", json!({ "name": "greeting", "arguments": { "name": "A" } })),
        ("resources/read", json!({ "uri": "pages:front" })),
    ] {
        for value in [None, Some("other"), Some("=?base64?!!!?="), Some("=?base64?ZWNobw?=")] {
            let got = changed(method, params.clone(), |headers, _| match value {
                None => remove(headers, "mcp-name"),
                Some(value) => set(headers, "mcp-name", value),
            })
            .await;
            assert_eq!(got, (400, Some(-32020)), "{method} {value:?}");
        }
    }
    let got =
        changed("tools/call", echo(), |headers, _| set(headers, "mcp-name", "=?base64?ZWNobw==?="))
            .await;
    assert_eq!(got, (200, None), "base64 of `echo`");
    let uri = "pages://é";
    let got = changed("resources/read", json!({ "uri": uri }), |headers, _| {
        set(headers, "mcp-name", "=?base64?cGFnZXM6Ly/DqQ==?=");
    })
    .await;
    assert_eq!(got, (200, None), "base64 of what is not ASCII");
}

#[tokio::test]
async fn headers_of_annotated_arguments_repeat_them() {
    let call = |arguments: Value| json!({ "name": "route", "arguments": arguments });
    for (arguments, headers, expected) in [
        (json!({ "region": "eu" }), vec![("mcp-param-region", "eu")], Ok(())),
        (json!({ "region": "eu" }), vec![], Err(-32020)),
        (json!({ "region": "eu" }), vec![("mcp-param-region", "us")], Err(-32020)),
        (json!({ "region": "eu" }), vec![("mcp-param-region", "EU")], Err(-32020)),
        (json!({ "region": "Hello" }), vec![("mcp-param-region", "=?base64?SGVsbG8=?=")], Ok(())),
        (
            json!({ "region": "Hello" }),
            vec![("mcp-param-region", "=?base64?SGVsbG8?=")],
            Err(-32020),
        ),
        (json!({ "region": "SGVsbG8=" }), vec![("mcp-param-region", "SGVsbG8=")], Ok(())),
        (
            json!({ "region": "=?base64?SGVsbG8=" }),
            vec![("mcp-param-region", "=?base64?SGVsbG8=")],
            Ok(()),
        ),
        (
            json!({ "region": "eu", "shard": 42 }),
            vec![("mcp-param-region", "eu"), ("mcp-param-shard", "42.0")],
            Ok(()),
        ),
        (json!({ "region": "eu", "shard": 42 }), vec![("mcp-param-region", "eu")], Err(-32020)),
        (json!({ "region": "eu", "shard": null }), vec![("mcp-param-region", "eu")], Ok(())),
        (
            json!({ "region": "eu" }),
            vec![("mcp-param-region", "eu"), ("mcp-param-shard", "1")],
            Err(-32020),
        ),
        (
            json!({ "region": "eu", "dry": true }),
            vec![("mcp-param-region", "eu"), ("mcp-param-dry", "true")],
            Ok(()),
        ),
        (
            json!({ "region": "eu" }),
            vec![("mcp-param-region", "eu"), ("mcp-param-unknown", "1")],
            Ok(()),
        ),
    ] {
        let got = changed("tools/call", call(arguments.clone()), |all, _| {
            all.extend(headers.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())));
        })
        .await;
        let expected = expected.map_or_else(|code| (400, Some(code)), |()| (200, None));
        assert_eq!(got, expected, "{arguments} {headers:?}");
    }
}

#[tokio::test]
async fn a_method_that_is_not_offered_outranks_its_headers() {
    let handle = Server::new("empty", "1.0.0").build().expect("a sound server");
    let router = handle.router("/mcp");
    let server = serve_router(handle, router, Calls::default()).await;
    for method in ["tools/call", "prompts/get", "resources/read"] {
        let response = server.modern(method, json!({})).await;
        assert_eq!((response.status, response.error_code()), (404, -32601), "{method}");
        let (headers, body) = modern(method, json!({ "name": "a", "uri": "a:b" }));
        let headers: Vec<_> = headers
            .iter()
            .filter(|(name, _)| name != "mcp-name")
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        let response = server.post(&headers, &body.to_string()).await;
        assert_eq!((response.status, response.error_code()), (404, -32601), "{method}");
    }
}

#[tokio::test]
async fn a_hidden_tool_does_not_show_by_its_headers() {
    let server = serve_with(|server| server.visible(|_, item| item != Item::Tool("route"))).await;
    let response = server.call("route", json!({ "region": "eu" })).await;
    assert_eq!((response.status, response.error_code()), (200, -32602), "{response:?}");
}

#[tokio::test]
async fn methods_of_older_revisions_and_unknown_ones_are_not_found() {
    for method in [
        "initialize",
        "ping",
        "logging/setLevel",
        "resources/subscribe",
        "resources/unsubscribe",
        "unknown/method",
        "rpc.discover",
        "tasks/status",
        "",
    ] {
        let got = changed(method, json!({}), |_, _| {}).await;
        assert_eq!(got, (404, Some(-32601)), "{method}");
    }
}

#[tokio::test]
async fn a_request_without_a_claim_under_a_header_of_2026_07_28_is_told_what_it_lacks() {
    let server = serve().await;
    let headers = [("mcp-protocol-version", "2026-07-28"), ("mcp-method", "tools/list")];
    let body = r#"{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{}}"#;
    let response = server.post(&headers, body).await;
    assert_eq!((response.status, response.error_code()), (400, -32602));
    assert!(response.body.contains("io.modelcontextprotocol/clientCapabilities"), "{response:?}");
    let response = server.post(&headers, &initialize("2025-11-25").to_string()).await;
    assert_eq!((response.status, response.error_code()), (400, -32020));
    let response =
        server.post(&headers, r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).await;
    assert_eq!((response.status, response.body.as_str()), (202, ""));
    let response = server.post(&headers, r#"{"jsonrpc":"2.0","id":7,"result":{}}"#).await;
    assert_eq!((response.status, response.error_code()), (400, -32600));
    let response = server.post(&headers, &format!("[{body}]")).await;
    assert_eq!((response.status, response.error_code()), (400, -32600));
}

#[tokio::test]
async fn a_batch_with_a_claim_is_refused() {
    let server = serve().await;
    let (_, body) = modern("tools/call", echo());
    let response = server.post(&[], &format!("[{body}]")).await;
    assert_eq!((response.status, response.error_code()), (400, -32600));
    assert_eq!(server.calls.count(), 0);
}

#[tokio::test]
async fn a_modern_request_never_gets_a_session() {
    let server = serve().await;
    let (headers, body) = modern("tools/call", echo());
    let mut headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    headers.push(("mcp-session-id", "made-up"));
    let response = server.post(&headers, &body.to_string()).await;
    assert_eq!(response.status, 200, "the session header means nothing: {response:?}");
    assert_eq!(response.header("mcp-session-id"), None);
}

#[tokio::test]
async fn initialize_agrees_on_the_version_or_offers_the_newest_with_sessions() {
    let server = serve().await;
    for (asked, agreed) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
        ("1999-01-01", "2025-11-25"),
    ] {
        let response = server.post(&[], &initialize(asked).to_string()).await;
        assert_eq!(response.status, 200);
        assert_eq!(response.json()["result"]["protocolVersion"], agreed, "{asked}");
        assert_eq!(response.json()["result"].get("resultType"), None);
        let id = response.header("mcp-session-id").expect("a session");
        assert!(id.len() >= 22 && id.bytes().all(|b| (0x21..=0x7e).contains(&b)), "{id}");
    }
}

#[tokio::test]
async fn a_request_of_a_session_names_a_session_that_lives() {
    let server = serve().await;
    let session = server.session(Revision::V2025_11_25).await;
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    assert_eq!(session.post(body).await.json(), json!({ "jsonrpc": "2.0", "id": 1, "result": {} }));
    assert_eq!(server.post(&[], body).await.status, 400, "no session");
    for id in ["unknown", "", &"x".repeat(129), "é"] {
        let status = server.post(&[("mcp-session-id", id)], body).await.status;
        assert!([400, 404].contains(&status), "{id}: {status}");
    }
    let again = session.post(&initialize("2025-11-25").to_string()).await;
    assert_eq!((again.status, again.error_code()), (400, -32600), "a second handshake");
    let id = [("mcp-session-id", session.id.as_str())];
    assert_eq!(raw::request(server.address, "DELETE", &id, "").await.status, 204);
    assert_eq!(session.post(body).await.status, 404, "after its end");
    assert_eq!(raw::request(server.address, "DELETE", &id, "").await.status, 404);
}

#[tokio::test]
async fn the_version_header_is_the_session_s() {
    let server = serve().await;
    let session = server.session(Revision::V2025_06_18).await;
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    for (version, status) in
        [("2025-06-18", 200), ("2025-11-25", 400), ("2024-11-05", 400), ("nonsense", 400)]
    {
        let headers = [("mcp-session-id", session.id.as_str()), ("mcp-protocol-version", version)];
        assert_eq!(server.post(&headers, body).await.status, status, "{version}");
    }
}

#[tokio::test]
async fn an_unknown_method_in_a_session_is_answered_in_band() {
    let server = serve().await;
    let session = server.session(Revision::V2025_11_25).await;
    for method in ["unknown/method", "server/discover", "subscriptions/listen"] {
        let response = session.request(1, method, json!({})).await;
        assert_eq!((response.status, response.error_code()), (200, -32601), "{method}");
    }
}

#[tokio::test]
async fn batches_belong_to_2025_03_26_alone() {
    let server = serve().await;
    for revision in Revision::ALL.into_iter().filter(|revision| !revision.is_stateless()) {
        let session = server.session(revision).await;
        let batch = json!([
            { "jsonrpc": "2.0", "id": 1, "method": "ping" },
            { "jsonrpc": "2.0", "method": "notifications/unknown" },
            { "jsonrpc": "2.0", "id": "two", "method": "tools/call",
              "params": { "name": "echo", "arguments": { "text": "hi" } } },
            { "jsonrpc": "2.0", "id": 3, "method": "initialize", "params": {} },
            7,
        ]);
        let response = session.post(&batch.to_string()).await;
        if revision != Revision::V2025_03_26 {
            assert_eq!((response.status, response.error_code()), (400, -32600), "{revision}");
            continue;
        }
        let answers = response.json();
        let answers = answers.as_array().expect("a batch of answers");
        let of = |id: Value| answers.iter().find(|answer| answer["id"] == id).expect("an answer");
        assert_eq!(answers.len(), 4);
        assert_eq!(of(json!(1))["result"], json!({}));
        assert_eq!(of(json!("two"))["result"]["content"][0]["text"], "hi");
        assert_eq!(of(json!(3))["error"]["code"], -32600);
        let notifications = json!([{ "jsonrpc": "2.0", "method": "notifications/unknown" }]);
        let response = session.post(&notifications.to_string()).await;
        assert_eq!((response.status, response.body.as_str()), (202, ""));
    }
}

#[tokio::test]
async fn an_answer_that_nobody_waits_for_is_taken_and_dropped() {
    let server = serve().await;
    let session = server.session(Revision::V2025_11_25).await;
    let response = session.post(r#"{"jsonrpc":"2.0","id":99,"result":{}}"#).await;
    assert_eq!((response.status, response.body.as_str()), (202, ""));
    let response = server.post(&[], r#"{"jsonrpc":"2.0","id":99,"result":{}}"#).await;
    assert_eq!(response.status, 400, "without a session there is nobody to take it");
}
