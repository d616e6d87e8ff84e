//! Who may talk, by which method, in which form.

use serde_json::json;

use crate::{
    fixture::{initialize, modern, serve, serve_with},
    raw,
};

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
