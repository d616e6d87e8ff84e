//! Tokens that the issuer is asked about.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use mcp_runtime::auth::Issuer as Trusted;
use serde_json::{Value, json};

use super::{
    issuer::{Fault, Issuer},
    jwt::{RESOURCE, claims, now},
    resource::{
        NEVER, Protected, assert_refused, assert_unavailable, base, introspecting, server_with,
    },
};

fn active(issuer: &Issuer) -> Value {
    json!({
        "active": true, "iss": issuer.url, "sub": "alice", "aud": RESOURCE, "scope": "a b",
        "client_id": "app", "exp": now() + 600, "token_type": "Bearer",
    })
}

#[tokio::test]
async fn the_issuer_says_whose_a_token_is() {
    let issuer = Issuer::start().await;
    let server = Protected::start(introspecting(&issuer, |_| ())).await;
    issuer.tell("opaque+/=token", active(&issuer));
    let answer = server.get("opaque+/=token").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["subject"], "alice");
    assert_eq!(answer.json()["scopes"], json!(["a", "b"]));
    let basic = format!("Basic {}", BASE64.encode("the%20api:s3cret%3A%2F%3F"));
    assert_eq!(issuer.credentials(), [basic]);
}

#[tokio::test]
async fn an_answer_that_does_not_say_yes_to_all_says_no() {
    let issuer = Issuer::start().await;
    let server = Protected::start(introspecting(&issuer, |_| ())).await;
    for (name, value) in [
        ("active", json!(false)),
        ("active", json!("true")),
        ("active", json!(1)),
        ("active", json!(null)),
        ("aud", json!("https://other.example.com")),
        ("aud", json!(format!("{RESOURCE}/"))),
        ("iss", json!("https://other.example.com")),
        ("exp", json!(now() - 100)),
        ("exp", json!("9999999999")),
        ("nbf", json!(now() + 100)),
        ("sub", json!(1)),
        ("token_type", json!("refresh_token")),
        ("token_type", json!(1)),
        ("cnf", json!({ "x5t#S256": "abc" })),
        ("scope", json!(1)),
    ] {
        let token = format!("{name}-{}", value.to_string().len());
        let mut answer = active(&issuer);
        answer[name] = value.clone();
        issuer.tell(&token, answer);
        assert_refused(&server.get(&token).await, &format!("{name}: {value}"));
    }
    for (name, is_good) in [("active", false), ("aud", false), ("iss", true), ("token_type", true)]
    {
        let token = format!("without-{name}");
        let mut answer = active(&issuer);
        answer.as_object_mut().expect("an object").remove(name);
        issuer.tell(&token, answer);
        assert_eq!(server.get(&token).await.status == 200, is_good, "without {name}");
    }
    assert_refused(&server.get("unknown").await, "unknown");
}

#[tokio::test]
async fn an_issuer_that_cannot_tell_makes_no_token_bad() {
    for fault in [
        Fault::Broken,
        Fault::Page,
        Fault::Redirect,
        Fault::Denied,
        Fault::Huge,
        Fault::Hanging,
        Fault::Dripping,
    ] {
        let issuer = Issuer::start().await;
        let limits = |limits: &mut mcp_runtime::auth::AuthLimits| {
            limits.introspection_timeout = Duration::from_millis(100);
        };
        let server = Protected::start(introspecting(&issuer, limits)).await;
        issuer.tell("token", active(&issuer));
        issuer.fail(fault);
        let requests: [_; 10] = std::array::from_fn(|_| server.get("token"));
        for request in requests {
            assert_unavailable(&request.await, &format!("{fault:?}"));
        }
        assert!(issuer.introspections() <= 2, "{fault:?} is not asked about again and again");
    }
}

#[tokio::test]
async fn an_answer_is_used_for_its_time_and_a_token_asked_about_once_at_a_time() {
    let issuer = Issuer::start().await;
    let fresh = |fresh| {
        introspecting(&issuer, move |limits| {
            limits.introspection_fresh = fresh;
            limits.inactive_fresh = fresh;
        })
    };
    let remembering = Protected::start(fresh(NEVER)).await;
    let asking = Protected::start(fresh(Duration::ZERO)).await;
    issuer.tell("token", active(&issuer));
    let (first, second, third) =
        tokio::join!(remembering.get("token"), remembering.get("token"), remembering.get("token"));
    assert_eq!([first.status, second.status, third.status], [200; 3]);
    assert_eq!(issuer.introspections(), 1);
    assert_eq!(asking.get("token").await.status, 200);
    for _ in 0..3 {
        assert_refused(&remembering.get("other").await, "unknown");
    }
    assert_eq!(issuer.introspections(), 3, "what is inactive is remembered as well");
    issuer.tell("token", json!({ "active": false }));
    assert_refused(&asking.get("token").await, "revoked");
    assert_eq!(remembering.get("token").await.status, 200, "until its time is over");
}

#[tokio::test]
async fn an_answer_is_not_used_beyond_the_expiry_of_its_token() {
    let issuer = Issuer::start().await;
    let server = Protected::start(introspecting(&issuer, |limits| {
        limits.introspection_fresh = NEVER;
        limits.leeway = Duration::ZERO;
    }))
    .await;
    let mut answer = active(&issuer);
    answer["exp"] = json!(now() + 2);
    issuer.tell("token", answer);
    assert_eq!(server.get("token").await.status, 200);
    while now() < issuer_expiry(&issuer, "token") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_refused(&server.get("token").await, "expired");
}

fn issuer_expiry(issuer: &Issuer, token: &str) -> u64 {
    issuer.told(token)["exp"].as_u64().expect("a time")
}

#[tokio::test]
async fn a_token_goes_to_no_issuer_but_the_one_that_it_names() {
    let (jwts, asked) = (Issuer::start().await, Issuer::start().await);
    let server = Protected::start(
        server_with(&jwts, |_| ()).issuer(Trusted::new(&asked.url).introspection("api", "secret")),
    )
    .await;
    let token = jwts.key.token("1", &claims(&jwts.url));
    assert_eq!(server.get(&token).await.status, 200);
    let bad = jwts.key.token("unknown", &claims(&jwts.url));
    assert_refused(&server.get(&bad).await, "of an unknown key");
    let foreign = jwts.key.token("1", &claims("https://nobody.example"));
    assert_refused(&server.get(&foreign).await, "of nobody");
    assert_eq!(asked.introspections(), 0);
    asked.tell("opaque", active(&asked));
    assert_eq!(server.get("opaque").await.status, 200);
    // A JWT of the one that is asked is asked about.
    let own = asked.key.token("1", &claims(&asked.url));
    assert_refused(&server.get(&own).await, "not active");
    assert_eq!(asked.introspections(), 2);
}

#[tokio::test]
async fn the_cache_has_a_bound() {
    let issuer = Issuer::start().await;
    let server = Protected::start(introspecting(&issuer, |limits| {
        limits.introspection_fresh = NEVER;
        limits.cached_tokens = 0;
    }))
    .await;
    issuer.tell("token", active(&issuer));
    for expected in 1..=3 {
        assert_eq!(server.get("token").await.status, 200);
        assert_eq!(issuer.introspections(), expected);
    }
}

#[tokio::test]
async fn the_endpoint_can_be_given() {
    let issuer = Issuer::start().await;
    issuer.fail(Fault::OtherName);
    let endpoint = format!("{}/introspect", issuer.url);
    let trusted =
        Trusted::new(&issuer.url).introspection("api", "secret").introspection_endpoint(endpoint);
    let server = Protected::start(base(|_| ()).issuer(trusted)).await;
    issuer.tell("token", active(&issuer));
    assert_eq!(server.get("token").await.status, 200);
}
