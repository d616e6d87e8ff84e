//! No route is without its guard, in any configuration.

use std::collections::BTreeSet;

use mcp_runtime::{Principal, ServerCard, testing::TestClient};
use serde_json::json;

use super::{
    issuer::Issuer,
    jwt::claims,
    mcp::{self, at, configured},
    resource,
};
use crate::fixture::{Calls, Served, initialize, modern, serve_router};

const METADATA: &str = "/.well-known/oauth-protected-resource";

/// What everyone may read, at its end of a path.
const PUBLIC: [&str; 3] = [METADATA, "/server-card", "/.well-known/ai-catalog.json"];

/// Each way to put the routes together, with the paths of the router that are not for everyone.
async fn configurations(issuer: &Issuer) -> Vec<(Served, Vec<String>)> {
    let card = || ServerCard::new("com.example/files", "https://api.example.com/mcp");
    let mut all = Vec::new();
    for (way, expected) in [
        vec!["/mcp"],
        vec!["/mcp", "/sse", "/messages"],
        vec!["/sse", "/messages"],
        vec!["/mcp"],
        vec!["/api/mcp", "/api/sse", "/api/messages"],
        vec!["/mcp", "/sse", "/messages"],
    ]
    .into_iter()
    .enumerate()
    {
        let calls = Calls::default();
        let server = configured(resource::server(issuer), &calls);
        let server = match way {
            5 => server.description("Files.").server_card(card()),
            _ => server,
        };
        let handle = server.build().expect("a sound server");
        let router = match way {
            0 => handle.router("/mcp"),
            2 => handle.sse_router("/sse", "/messages"),
            3 => axum::Router::new()
                .route_service("/mcp", handle.http_service())
                .merge(handle.metadata_router()),
            4 => axum::Router::new().nest("/api", mcp::router(&handle)),
            _ => mcp::router(&handle),
        };
        let (public, guarded): (Vec<_>, Vec<_>) =
            paths(&router).into_iter().partition(|path| is_public(path));
        let found: BTreeSet<&str> = guarded.iter().map(String::as_str).collect();
        assert_eq!(found, BTreeSet::from_iter(expected), "{way}");
        let cards = public.iter().filter(|path| !path.contains(METADATA)).count();
        assert_eq!(cards, if way == 5 { 2 } else { 0 }, "{public:?}");
        all.push((serve_router(handle, router, calls).await, guarded));
    }
    all
}

fn is_public(path: &str) -> bool {
    PUBLIC.iter().any(|public| path.ends_with(public)) || path.contains(METADATA)
}

/// All paths of a router, which shows them nowhere else.
fn paths(router: &axum::Router) -> Vec<String> {
    let shown = format!("{router:?}");
    let own = shown.split("fallback_router: ").next().unwrap_or_default();
    let path = |text: &str| text.split_once("): \"")?.1.split('"').next().map(str::to_owned);
    own.split("RouteId(").filter_map(path).collect()
}

#[tokio::test]
async fn without_a_token_no_route_answers_anything_but_the_challenge() {
    let issuer = Issuer::start().await;
    let bodies = [
        String::new(),
        "{".to_owned(),
        initialize("2024-11-05").to_string(),
        initialize("2025-03-26").to_string(),
        initialize("2025-11-25").to_string(),
        modern("tools/list", json!({})).1.to_string(),
        r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#.to_owned(),
        r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#.to_owned(),
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#.to_owned(),
        r#"{"jsonrpc":"2.0","id":1,"result":{}}"#.to_owned(),
    ];
    for (server, paths) in configurations(&issuer).await {
        for path in paths {
            for method in ["GET", "POST", "DELETE", "PUT", "OPTIONS", "HEAD", "PATCH"] {
                for body in &bodies {
                    for accept in ["application/json, text/event-stream", "text/plain"] {
                        let headers = [
                            ("accept", accept),
                            ("content-type", "application/json"),
                            ("mcp-session-id", "0123456789abcdef0123456789abcdef"),
                        ];
                        let answer = at(&server, method, &path, &headers, body).await;
                        // A method that the router does not have for the path reaches nothing.
                        let is_routed = answer.status != 405 || answer.header("allow").is_none();
                        if is_routed || path.ends_with("/mcp") {
                            assert_eq!(answer.status, 401, "{method} {path} {body}: {answer:?}");
                            let challenge = answer.header("www-authenticate").expect("a challenge");
                            assert!(challenge.starts_with("Bearer resource_metadata="));
                        }
                    }
                }
            }
        }
        assert_eq!(server.calls.count(), 0);
    }
}

#[tokio::test]
async fn a_bad_token_opens_no_route_and_a_good_one_opens_each() {
    let issuer = Issuer::start().await;
    let bad = format!("Bearer {}", issuer.key.token("2", &claims(&issuer.url)));
    let good = format!("Bearer {}", issuer.key.token("1", &claims(&issuer.url)));
    for (server, paths) in configurations(&issuer).await {
        for path in paths {
            let method = if path.ends_with("/sse") { "GET" } else { "POST" };
            for (token, is_good) in [(&bad, false), (&good, true)] {
                // What is not acceptable is told to those who may know.
                let headers = [("authorization", token.as_str()), ("accept", "image/png")];
                let answer = at(&server, method, &path, &headers, "").await;
                let expected = match path.rsplit('/').next() {
                    _ if !is_good => 401,
                    Some("messages") => 404,
                    _ => 406,
                };
                assert_eq!(answer.status, expected, "{path}: {answer:?}");
            }
        }
    }
}

#[tokio::test]
async fn hosts_and_origins_are_checked_before_tokens() {
    let issuer = Issuer::start().await;
    let server = mcp::serve(resource::server(&issuer)).await;
    let good = format!("Bearer {}", issuer.key.token("1", &claims(&issuer.url)));
    for path in ["/mcp", "/sse", "/messages"] {
        let method = if path == "/sse" { "GET" } else { "POST" };
        for header in [("host", "evil.example"), ("origin", "https://evil.example")] {
            let headers = [("authorization", good.as_str()), header];
            assert_eq!(at(&server, method, path, &headers, "").await.status, 403, "{path}");
        }
    }
    let metadata = at(&server, "GET", METADATA, &[("host", "evil.example")], "").await;
    assert_eq!(metadata.status, 403);
    let page = at(&server, "GET", METADATA, &[("origin", "https://anywhere.example")], "").await;
    assert_eq!((page.status, page.header("access-control-allow-origin")), (200, Some("*")));
    // The host of the resource is known by its name.
    let metadata = at(&server, "GET", METADATA, &[("host", "api.example.com")], "").await;
    assert_eq!(metadata.status, 200);
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_can_ask_before_it_has_a_token() {
    let issuer = Issuer::start().await;
    let server = mcp::serve(resource::server(&issuer)).await;
    let origin = format!("http://{}", server.address);
    let headers = [
        ("origin", origin.as_str()),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization"),
    ];
    let asked = at(&server, "OPTIONS", "/mcp", &headers, "").await;
    assert_eq!(asked.status, 204);
    let allowed = asked.header("access-control-allow-headers").expect("headers");
    assert!(allowed.contains("authorization"));
    // And read the challenge afterwards.
    let refused = at(&server, "POST", "/mcp", &headers[..1], "").await;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.header("access-control-allow-origin"), Some(&*origin));
    let exposed = refused.header("access-control-expose-headers").expect("headers");
    assert!(exposed.contains("www-authenticate"), "{exposed}");
}

#[tokio::test]
async fn a_client_on_a_pipe_is_not_asked() {
    let issuer = Issuer::start().await;
    let calls = Calls::default();
    let client = TestClient::builder(configured(resource::server(&issuer), &calls));
    let client = client.connect().await.expect("connected");
    let written = client.call("write", json!({})).await.expect("an answer");
    assert_eq!(written.text(), "written");
    let tools = client.tools().await.expect("a list");
    assert!(tools.iter().any(|tool| tool["name"] == "wipe"));
}

#[tokio::test]
async fn a_principal_without_a_token_is_held_to_its_scopes() {
    let issuer = Issuer::start().await;
    let calls = Calls::default();
    let alice = Principal::new("https://auth.example.com", "alice").with_scopes(["files:write"]);
    let server = configured(resource::server(&issuer), &calls).build().expect("a sound server");
    let client = TestClient::builder(server.clone()).principal(alice.clone());
    // A client for tests over HTTP has no token either.
    let over_http = TestClient::builder(server).principal(alice).http();
    for client in [client, over_http] {
        let client = client.connect().await.expect("connected");
        assert_eq!(client.call("write", json!({})).await.expect("an answer").text(), "written");
        let refused = client.call("wipe", json!({})).await.expect_err("too few scopes");
        assert!(refused.to_string().contains("files:delete"), "{refused}");
    }
}
