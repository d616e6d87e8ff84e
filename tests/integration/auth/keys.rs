//! The keys of an issuer: which are taken, and when they are fetched.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use mcp_runtime::auth::Issuer as Trusted;
use serde_json::{Value, json};

use super::{
    issuer::Issuer,
    jwt::{Key, RESOURCE, claims},
    resource::{NEVER, Protected, assert_refused, base, server, server_with},
};

#[tokio::test]
async fn keys_that_are_weak_or_for_something_else_are_dropped_and_others_work() {
    let issuer = Issuer::start_with(Key::rsa()).await;
    let rsa = issuer.key.jwk("1");
    let with = |changes: Value| {
        let mut key = rsa.clone();
        for (name, value) in changes.as_object().expect("an object") {
            key[name] = value.clone();
        }
        key
    };
    let good = Key::p256();
    for (what, key) in [
        ("for encryption", with(json!({ "use": "enc" }))),
        ("for signing alone", with(json!({ "key_ops": ["sign"] }))),
        ("of another algorithm", with(json!({ "alg": "PS256" }))),
        ("of no known algorithm", with(json!({ "alg": "HS256" }))),
        ("private", with(json!({ "d": "AQAB" }))),
        ("with the exponent 1", with(json!({ "e": "AQ" }))),
        ("with the exponent 3", with(json!({ "e": "Aw" }))),
        ("with a huge exponent", with(json!({ "e": "_____________w" }))),
        ("of 1024 bits", with(json!({ "n": rsa["n"].as_str().expect("a modulus")[..171] }))),
        ("cut off", with(json!({ "n": 1 }))),
        ("of another kind", with(json!({ "kty": "EC" }))),
        ("without a kind", with(json!({ "kty": null }))),
    ] {
        issuer.publish(&[key, json!("no key"), json!({}), good.jwk("2")]);
        let server = Protected::start(server(&issuer)).await;
        let token = issuer.key.token("1", &claims(&issuer.url));
        assert_refused(&server.get(&token).await, what);
        let token = good.token("2", &claims(&issuer.url));
        assert_eq!(server.get(&token).await.status, 200, "beside one {what}");
    }
}

/// Signatures of one message by keys that libraries do not sign with any more, and by one that is
/// good. The private keys are gone.
#[tokio::test]
async fn what_a_weak_key_has_signed_is_refused() {
    let signed: Vec<Value> =
        serde_json::from_str(include_str!("rsa-signatures.json")).expect("signatures");
    let claims = json!({
        "iss": "https://auth.example.com", "sub": "alice", "aud": RESOURCE, "exp": 253_402_300_799_u64,
    });
    let [header, claims] =
        [json!({ "alg": "RS256", "kid": "1" }), claims].map(|it| BASE64URL.encode(it.to_string()));
    let issuer = Issuer::start().await;
    for (by, status) in signed.iter().zip([200, 401, 401]) {
        let key = json!({ "kty": "RSA", "kid": "1", "n": by["n"], "e": by["e"] });
        issuer.publish(&[key]);
        let trusted = Trusted::new("https://auth.example.com").keys(format!("{}/jwks", issuer.url));
        let server = Protected::start(base(|_| ()).issuer(trusted)).await;
        let token = format!("{header}.{claims}.{}", by["signature"].as_str().expect("text"));
        let answer = server.get(&token).await;
        assert_eq!(answer.status, status, "{} bits, e = {}", by["bits"], by["e"]);
    }
}

#[tokio::test]
async fn a_point_is_written_in_one_way() {
    let issuer = Issuer::start().await;
    let good = issuer.key.jwk("1");
    let part = |name: &str| BASE64URL.decode(good[name].as_str().expect("text")).expect("Base64");
    let both = [part("x"), part("y")].concat();
    for len in [31, 33, 64] {
        let (x, y) = both.split_at(len);
        let mut key = good.clone();
        (key["x"], key["y"]) = (BASE64URL.encode(x).into(), BASE64URL.encode(y).into());
        issuer.publish(&[key]);
        let server = Protected::start(server(&issuer)).await;
        let answer = server.get(&issuer.key.token("1", &claims(&issuer.url))).await;
        assert_refused(&answer, &format!("an x of {len} bytes"));
    }
}

#[tokio::test]
async fn a_point_that_is_on_no_curve_verifies_nothing() {
    let issuer = Issuer::start().await;
    let good = issuer.key.jwk("1");
    for (name, value) in [
        ("x", json!("AAAA")),
        ("y", good["x"].clone()),
        ("x", json!("A".repeat(43))),
        ("crv", json!("P-384")),
        ("crv", json!("secp256k1")),
    ] {
        let mut key = good.clone();
        key[name] = value.clone();
        issuer.publish(&[key]);
        let server = Protected::start(server(&issuer)).await;
        let answer = server.get(&issuer.key.token("1", &claims(&issuer.url))).await;
        assert_refused(&answer, &format!("{name}: {value}"));
    }
}

#[tokio::test]
async fn of_two_keys_with_one_id_the_one_that_signed_counts() {
    let issuer = Issuer::start().await;
    issuer.publish(&[Key::p256().jwk("1"), Key::rsa().jwk("1"), issuer.key.jwk("1")]);
    let server = Protected::start(server(&issuer)).await;
    let answer = server.get(&issuer.key.token("1", &claims(&issuer.url))).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_token_without_a_key_id_needs_a_key_that_is_certain() {
    let issuer = Issuer::start().await;
    let token = issuer.key.token_of(&json!({ "alg": "ES256" }), &claims(&issuer.url).to_string());
    let one = Protected::start(server(&issuer)).await;
    assert_eq!(one.get(&token).await.status, 200);
    // A key of another family is no candidate.
    issuer.publish(&[issuer.key.jwk("1"), Key::rsa().jwk("2")]);
    let two_kinds = Protected::start(server(&issuer)).await;
    assert_eq!(two_kinds.get(&token).await.status, 200);
    issuer.publish(&[issuer.key.jwk("1"), Key::p256().jwk("2")]);
    let two = Protected::start(server(&issuer)).await;
    assert_refused(&two.get(&token).await, "two keys fit");
}

#[tokio::test]
async fn no_more_keys_are_taken_than_the_limit() {
    let issuer = Issuer::start().await;
    let last = issuer.key.jwk("1");
    let many: Vec<Value> = (0..4).map(|_| Key::ed25519().jwk("x")).chain([last]).collect();
    issuer.publish(&many);
    let token = issuer.key.token("1", &claims(&issuer.url));
    let enough = Protected::start(server_with(&issuer, |limits| limits.keys = 5)).await;
    assert_eq!(enough.get(&token).await.status, 200);
    let few = Protected::start(server_with(&issuer, |limits| limits.keys = 4)).await;
    assert_refused(&few.get(&token).await, "beyond the limit");
}

#[tokio::test]
async fn of_ten_thousand_keys_the_first_are_taken() {
    let issuer = Issuer::start().await;
    let (first, last) = (Key::ed25519(), Key::ed25519());
    let other = issuer.key.jwk("1")["x"].clone();
    let many = (0..10_000)
        .map(|id| json!({ "kty": "OKP", "crv": "Ed25519", "x": other, "kid": format!("{id}") }));
    let keys: Vec<_> = [first.jwk("a")].into_iter().chain(many).chain([last.jwk("b")]).collect();
    issuer.publish(&keys);
    let server = Protected::start(server(&issuer)).await;
    let answer = server.get(&first.token("a", &claims(&issuer.url))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_refused(&server.get(&last.token("b", &claims(&issuer.url))).await, "the last");
}

#[tokio::test]
async fn a_new_key_is_found_at_its_first_use_and_the_old_one_stays_good() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server(&issuer)).await;
    let old = issuer.key.token("1", &claims(&issuer.url));
    assert_eq!(server.get(&old).await.status, 200);
    let new_key = Key::ed25519();
    issuer.publish(&[new_key.jwk("2"), issuer.key.jwk("1")]);
    let new = new_key.token("2", &claims(&issuer.url));
    let requests = (0..50).map(|number| {
        let token = if number % 2 == 0 { &new } else { &old };
        server.get(token)
    });
    for answer in join_all(requests).await {
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    assert_eq!(issuer.fetches(), 2, "one fetch is enough for everyone");
}

#[tokio::test]
async fn a_flood_of_unknown_keys_makes_one_fetch_in_each_pause() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server_with(&issuer, |limits| limits.fetch_pause = NEVER)).await;
    let good = issuer.key.token("1", &claims(&issuer.url));
    assert_eq!(server.get(&good).await.status, 200);
    let tokens: Vec<String> = (0..100)
        .map(|number| issuer.key.token(&format!("unknown {number}"), &claims(&issuer.url)))
        .collect();
    for answer in join_all(tokens.iter().map(|token| server.get(token))).await {
        assert_refused(&answer, "an unknown key");
    }
    assert_eq!(issuer.fetches(), 2);
    assert_eq!(server.get(&good).await.status, 200);
}

#[tokio::test]
async fn after_the_pause_an_unknown_key_is_looked_for_again() {
    let issuer = Issuer::start().await;
    let server =
        Protected::start(server_with(&issuer, |limits| limits.fetch_pause = Default::default()))
            .await;
    let new_key = Key::ed25519();
    let new = new_key.token("2", &claims(&issuer.url));
    assert_refused(&server.get(&new).await, "not published yet");
    issuer.publish(&[new_key.jwk("2")]);
    assert_eq!(server.get(&new).await.status, 200);
}

#[tokio::test]
async fn a_key_that_is_taken_away_is_refused_when_the_keys_are_fetched_again() {
    let issuer = Issuer::start().await;
    let token = issuer.key.token("1", &claims(&issuer.url));
    let fresh = Protected::start(server_with(&issuer, |limits| limits.keys_fresh = NEVER)).await;
    let old =
        Protected::start(server_with(&issuer, |limits| limits.keys_fresh = Default::default()))
            .await;
    for server in [&fresh, &old] {
        assert_eq!(server.get(&token).await.status, 200);
    }
    issuer.publish(&[Key::p256().jwk("2")]);
    assert_eq!(fresh.get(&token).await.status, 200, "until then it is taken");
    assert_refused(&old.get(&token).await, "taken away");
}

async fn join_all<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut futures: Vec<_> = futures.map(Box::pin).collect();
    let mut done: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    std::future::poll_fn(|cx| {
        for (future, done) in futures.iter_mut().zip(&mut done) {
            if done.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(cx)
            {
                *done = Some(value);
            }
        }
        if done.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}
