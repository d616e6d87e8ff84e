//! How often someone may come.

use std::net::IpAddr;

use mcp_runtime::{Principal, ResourceServer};
use serde_json::json;

use super::{
    issuer::Issuer,
    jwt::{RESOURCE, claims_with},
    resource::{Protected, base, limits, server_with},
};
use crate::raw::Response;

#[track_caller]
fn assert_limited(response: &Response) {
    assert_eq!(response.status, 429, "{response:?}");
    let retry = response.header("retry-after").and_then(|it| it.parse::<u64>().ok());
    assert!(retry.is_some_and(|seconds| seconds >= 1), "{response:?}");
}

#[tokio::test]
async fn the_requests_of_one_principal_are_limited_and_those_of_others_are_not() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server_with(&issuer, |limits| {
        limits.requests_per_second = 1;
        limits.request_burst = 3;
    }))
    .await;
    let token = |subject: &str, id: &str| {
        let changes = json!({ "sub": subject, "jti": id });
        issuer.key.token("1", &claims_with(&issuer.url, changes))
    };
    let mut limited = None;
    for number in 0..20 {
        // Another token is the same caller.
        let answer = server.get(&token("alice", &number.to_string())).await;
        if answer.status != 200 {
            assert!(number >= 3, "the burst is free");
            limited = Some(answer);
            break;
        }
    }
    assert_limited(&limited.expect("a limit"));
    assert_eq!(server.get(&token("bob", "1")).await.status, 200);
}

fn robot() -> (&'static str, Principal) {
    ("0123456789abcdef", Principal::new("https://api.example.com", "robot"))
}

/// Takes the header `x-peer` for the address of the connection.
fn with_peer(failures: u32, tracked: usize) -> ResourceServer {
    let mut limits = limits();
    limits.failures_per_minute = failures;
    limits.tracked_callers = tracked;
    let (key, robot) = robot();
    ResourceServer::new(RESOURCE).api_key(key, robot).limits(limits).client_address(|request| {
        request.headers.get("x-peer")?.to_str().ok()?.parse::<IpAddr>().ok()
    })
}

async fn come(server: &Protected, token: &str, headers: &[(&str, &str)]) -> Response {
    let bearer = format!("Bearer {token}");
    server.send(&[&[("authorization", bearer.as_str())], headers].concat()).await
}

#[tokio::test]
async fn bad_tokens_from_one_address_are_limited_and_other_addresses_are_not() {
    let server = Protected::start(with_peer(3, 100)).await;
    let (good, _) = robot();
    for (peer, neighbour, stranger) in [
        ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
        ("2001:db8::1", "2001:db8::ffff", "2001:db8:0:1::1"),
        ("::ffff:192.0.2.9", "192.0.2.9", "192.0.2.10"),
    ] {
        for _ in 0..3 {
            assert_eq!(come(&server, "bad", &[("x-peer", peer)]).await.status, 401);
        }
        assert_limited(&come(&server, "bad", &[("x-peer", neighbour)]).await);
        assert_limited(&come(&server, good, &[("x-peer", peer)]).await);
        assert_eq!(come(&server, good, &[("x-peer", stranger)]).await.status, 200);
        assert_eq!(server.send(&[("x-peer", peer)]).await.status, 401, "without a token");
    }
}

#[tokio::test]
async fn good_tokens_do_not_count_as_bad_ones() {
    let server = Protected::start(with_peer(2, 100)).await;
    for _ in 0..20 {
        assert_eq!(come(&server, robot().0, &[("x-peer", "192.0.2.1")]).await.status, 200);
    }
}

#[tokio::test]
async fn a_forwarded_address_counts_from_a_proxy_alone() {
    let proxy: IpAddr = "192.0.2.100".parse().expect("an address");
    let server = Protected::start(with_peer(1, 1000).trust_proxies(move |it| it == proxy)).await;
    let forwarded =
        |peer: &'static str, for_: &'static str| [("x-peer", peer), ("x-forwarded-for", for_)];
    // Who is no proxy cannot hide behind other addresses.
    for (number, for_) in ["198.51.100.1", "198.51.100.2"].into_iter().enumerate() {
        let answer = come(&server, "bad", &forwarded("192.0.2.1", for_)).await;
        assert_eq!(answer.status, if number == 0 { 401 } else { 429 });
    }
    // Of what comes through the proxy, the last address counts: the others are the client's word.
    let first = come(&server, "bad", &forwarded("192.0.2.100", "10.0.0.1, 198.51.100.7")).await;
    assert_eq!(first.status, 401);
    let second = come(&server, "bad", &forwarded("192.0.2.100", "10.0.0.2, 198.51.100.7")).await;
    assert_limited(&second);
    let other = come(&server, "bad", &forwarded("192.0.2.100", "198.51.100.7, 198.51.100.8")).await;
    assert_eq!(other.status, 401);
    let proxies =
        come(&server, "bad", &forwarded("192.0.2.100", "198.51.100.8, 192.0.2.100")).await;
    assert_limited(&proxies);
}

#[tokio::test]
async fn the_tables_have_a_bound() {
    let server = Protected::start(with_peer(1, 2)).await;
    for peer in ["192.0.2.1", "192.0.2.2"] {
        assert_eq!(come(&server, "bad", &[("x-peer", peer)]).await.status, 401);
    }
    let full = come(&server, "bad", &[("x-peer", "192.0.2.3")]).await;
    assert_eq!(full.status, 503, "{full:?}");
    let issuer = Issuer::start().await;
    let server = Protected::start(
        base(|limits| {
            limits.tracked_callers = 1;
            limits.requests_per_second = 1;
        })
        .issuer(&issuer.url),
    )
    .await;
    let token =
        |name: &str| issuer.key.token("1", &claims_with(&issuer.url, json!({ "sub": name })));
    let (alice, bob) = (token("alice"), token("bob"));
    assert_eq!(server.get(&alice).await.status, 200);
    assert_eq!(server.get(&bob).await.status, 503);
    assert_eq!(server.get(&alice).await.status, 200);
}

#[tokio::test]
async fn no_requests_at_all_are_none() {
    let issuer = Issuer::start().await;
    let server =
        Protected::start(server_with(&issuer, |limits| limits.requests_per_second = 0)).await;
    let token = issuer.key.token("1", &claims_with(&issuer.url, json!({})));
    assert_limited(&server.get(&token).await);
}
