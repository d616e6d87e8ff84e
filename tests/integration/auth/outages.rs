//! What happens while an issuer cannot be reached: nobody is told that their token is bad.

use std::time::Duration;

use mcp_runtime::auth::Issuer as Trusted;

use super::{
    issuer::{Fault, Issuer},
    jwt::{RESOURCE, claims},
    resource::{NEVER, Protected, assert_refused, assert_unavailable, base, limits, server_with},
};

const FAULTS: [Fault; 6] =
    [Fault::Broken, Fault::Page, Fault::Redirect, Fault::Huge, Fault::Hanging, Fault::OtherName];

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
