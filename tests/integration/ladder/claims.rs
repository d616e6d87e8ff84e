//! Requests that claim their revision.

use mcp_runtime::{Item, Server};
use serde_json::{Value, json};

use super::{changed, echo, remove, set};
use crate::fixture::{Calls, claim, initialize, modern, serve, serve_router, serve_with};

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
