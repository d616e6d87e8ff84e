//! What happens while an issuer cannot be reached: nobody is told that their token is bad.

use std::time::Duration;

use mcp_runtime::{
    Principal,
    auth::{AuthLimits, Issuer as Trusted},
};
use serde_json::json;
use tokio::{task::JoinHandle, time::sleep};

use super::{
    issuer::{Fault, Issuer},
    jwt::{Key, RESOURCE, claims},
    resource::{NEVER, Protected, assert_refused, assert_unavailable, base, limits, server_with},
};
use crate::raw::{self, Connection, Response};

const FAULTS: [Fault; 8] = [
    Fault::Broken,
    Fault::Page,
    Fault::Redirect,
    Fault::Denied,
    Fault::Huge,
    Fault::Hanging,
    Fault::Dripping,
    Fault::OtherName,
];

#[tokio::test]
async fn without_keys_nobody_can_tell() {
    for fault in FAULTS {
        let issuer = Issuer::start().await;
        issuer.fail(fault);
        let server = Protected::start(server_with(&issuer, |limits| {
            limits.fetch_timeout = Duration::from_millis(100);
            limits.fetch_pause = Duration::ZERO;
        }))
        .await;
        let token = issuer.key.token("1", &claims(&issuer.url));
        assert_unavailable(&server.get(&token).await, &format!("{fault:?}"));
        issuer.fail(Fault::None);
        assert_eq!(server.get(&token).await.status, 200, "after {fault:?}");
    }
}

#[tokio::test]
async fn old_keys_are_used_for_a_while() {
    for fault in FAULTS {
        let issuer = Issuer::start().await;
        let with_stale = |stale| {
            server_with(&issuer, move |limits| {
                limits.fetch_timeout = Duration::from_millis(100);
                limits.fetch_pause = Duration::ZERO;
                limits.keys_fresh = Duration::ZERO;
                limits.keys_stale = stale;
            })
        };
        let (patient, strict) = (
            Protected::start(with_stale(NEVER)).await,
            Protected::start(with_stale(Duration::ZERO)).await,
        );
        let token = issuer.key.token("1", &claims(&issuer.url));
        let unknown = issuer.key.token("2", &claims(&issuer.url));
        assert_eq!(patient.get(&token).await.status, 200);
        assert_eq!(strict.get(&token).await.status, 200);
        issuer.fail(fault);
        assert_eq!(patient.get(&token).await.status, 200, "{fault:?}");
        assert_unavailable(&strict.get(&token).await, &format!("{fault:?}"));
        // It may be a new one, for all that is known.
        assert_unavailable(&patient.get(&unknown).await, &format!("{fault:?}"));
    }
}

#[tokio::test]
async fn an_issuer_that_does_not_answer_is_asked_once_in_a_pause() {
    let issuer = Issuer::start().await;
    issuer.fail(Fault::Broken);
    let server = Protected::start(server_with(&issuer, |limits| limits.fetch_pause = NEVER)).await;
    let token = issuer.key.token("1", &claims(&issuer.url));
    for _ in 0..20 {
        assert_unavailable(&server.get(&token).await, "broken");
    }
    assert_eq!(issuer.fetches(), 1);
}

/// Until the issuer has been asked so often.
async fn asked(count: impl Fn() -> usize, times: usize) {
    while count() < times {
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn nobody_waits_for_an_issuer_that_hangs_but_who_needs_an_answer_of_it() {
    let issuer = Issuer::start().await;
    let limits = |limits: &mut AuthLimits| {
        limits.fetch_timeout = NEVER;
        limits.introspection_timeout = NEVER;
        limits.keys_fresh = Duration::ZERO;
        limits.fetch_pause = Duration::ZERO;
    };
    let opaque = Trusted::new(&issuer.url).introspection("api", "secret");
    let robot = Principal::new("https://api.example.com", "robot");
    let key = "0123456789abcdef";
    let jwts = Protected::start(server_with(&issuer, limits).api_key(key, robot.clone())).await;
    let asking = Protected::start(base(limits).issuer(opaque).api_key(key, robot)).await;
    let token = issuer.key.token("1", &claims(&issuer.url));
    let known = json!({ "active": true, "aud": RESOURCE, "sub": "alice" });
    issuer.tell("known", known);
    assert_eq!(jwts.get(&token).await.status, 200);
    assert_eq!(asking.get("known").await.status, 200);
    issuer.fail(Fault::Hanging);
    let (fetches, introspections) = (issuer.fetches(), issuer.introspections());
    // One is the first to find out that the keys are old, another has a key that is not known.
    let unknown = issuer.key.token("2", &claims(&issuer.url));
    let mut pending = vec![waiting(&jwts, &token)];
    asked(|| issuer.fetches(), fetches + 1).await;
    pending.push(waiting(&jwts, &unknown));
    pending.extend((0..100).map(|number| waiting(&asking, &format!("token-{number}"))));
    asked(|| issuer.introspections(), introspections + 30).await;
    for _ in 0..20 {
        assert_eq!(jwts.get(&token).await.status, 200, "its key is known");
        assert_eq!(asking.get("known").await.status, 200, "it has been asked about");
        for server in [&jwts, &asking] {
            assert_eq!(server.get(key).await.status, 200, "it is none of the issuer's");
            assert_eq!(server.send(&[]).await.status, 401);
        }
    }
    assert_eq!(issuer.fetches(), fetches + 1);
    for waiting in pending {
        assert!(!waiting.is_finished());
        waiting.abort();
    }
}

fn waiting(server: &Protected, token: &str) -> JoinHandle<Response> {
    let (server, token) = (Protected { address: server.address }, token.to_owned());
    tokio::spawn(async move { server.get(&token).await })
}

#[tokio::test]
async fn after_a_failure_not_even_the_first_waits() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server_with(&issuer, |limits| {
        limits.fetch_timeout = NEVER;
        limits.fetch_pause = Duration::ZERO;
        limits.keys_fresh = Duration::ZERO;
    }))
    .await;
    let token = issuer.key.token("1", &claims(&issuer.url));
    assert_eq!(server.get(&token).await.status, 200);
    issuer.fail(Fault::Broken);
    assert_eq!(server.get(&token).await.status, 200);
    issuer.fail(Fault::Hanging);
    let fetches = issuer.fetches();
    let answer = tokio::time::timeout(raw::PATIENCE, server.get(&token)).await;
    assert_eq!(answer.expect("it does not wait").status, 200);
    asked(|| issuer.fetches(), fetches + 1).await;
}

#[tokio::test]
async fn new_keys_come_when_the_issuer_is_back() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server_with(&issuer, |limits| {
        limits.fetch_timeout = Duration::from_millis(100);
        limits.fetch_pause = Duration::ZERO;
        limits.keys_fresh = Duration::ZERO;
    }))
    .await;
    let old = issuer.key.token("1", &claims(&issuer.url));
    assert_eq!(server.get(&old).await.status, 200);
    issuer.fail(Fault::Broken);
    assert_eq!(server.get(&old).await.status, 200);
    issuer.publish(&[Key::p256().jwk("2")]);
    issuer.fail(Fault::None);
    // Until they are here, which nobody waits for, the old ones are good.
    while server.get(&old).await.status == 200 {}
    assert_refused(&server.get(&old).await, "taken away");
}

#[tokio::test]
async fn keys_are_fetched_though_the_client_that_needed_them_has_gone() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server_with(&issuer, |_| ())).await;
    let token = issuer.key.token("1", &claims(&issuer.url));
    issuer.fail(Fault::Hanging);
    let mut connection = Connection::open(server.address).await;
    let bearer = format!("Bearer {token}");
    let head = raw::head(server.address, "GET", &[("authorization", &bearer)], "");
    connection.write(head.as_bytes()).await;
    asked(|| issuer.fetches(), 1).await;
    drop(connection);
    // So that the server notices.
    sleep(Duration::from_millis(50)).await;
    issuer.fail(Fault::None);
    assert_eq!(server.get(&token).await.status, 200);
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn documents_are_read_up_to_their_limit() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server_with(&issuer, |limits| limits.document_bytes = 64)).await;
    let token = issuer.key.token("1", &claims(&issuer.url));
    assert_unavailable(&server.get(&token).await, "a large document");
}

#[tokio::test]
async fn other_issuers_are_not_touched() {
    let (broken, sound) = (Issuer::start().await, Issuer::start().await);
    broken.fail(Fault::Broken);
    let server = Protected::start(server_with(&broken, |_| ()).issuer(&sound.url)).await;
    let token = broken.key.token("1", &claims(&broken.url));
    assert_unavailable(&server.get(&token).await, "the broken one");
    assert_eq!(server.get(&sound.key.token("1", &claims(&sound.url))).await.status, 200);
    assert_refused(&server.get("opaque").await, "of nobody");
}

#[tokio::test]
async fn private_addresses_are_not_asked_unless_that_is_allowed() {
    let issuer = Issuer::start().await;
    let token = issuer.key.token("1", &claims(&issuer.url));
    let port = issuer.url.rsplit(':').next().expect("a port");
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"] {
        let keys = format!("http://{host}:{port}/jwks");
        let trusted = Trusted::new(&issuer.url).keys(keys);
        let resource = mcp_runtime::ResourceServer::new(RESOURCE).limits(limits()).issuer(trusted);
        let server = Protected::start(resource).await;
        assert_unavailable(&server.get(&token).await, host);
    }
    assert_eq!(issuer.fetches(), 0);
    let allowed =
        base(|_| ()).issuer(Trusted::new(&issuer.url).keys(format!("{}/jwks", issuer.url)));
    assert_eq!(Protected::start(allowed).await.get(&token).await.status, 200);
}
