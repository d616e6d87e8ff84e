//! Tokens that are bound to a key, and the proofs of it (RFC 9449).

use serde_json::{Value, json};

use super::{
    issuer::Issuer,
    jwt::{Key, RESOURCE, claims_with, now, sha256},
    resource::{Protected, assert_refused, assert_unavailable, server, server_with},
};
use crate::raw::Response;

/// The thumbprint of RFC 7638.
pub fn thumbprint(jwk: &Value) -> String {
    let part = |name: &str| format!("\"{name}\":{}", jwk[name]);
    let names: &[&str] = match jwk["kty"].as_str() {
        Some("EC") => &["crv", "kty", "x", "y"],
        Some("RSA") => &["e", "kty", "n"],
        _ => &["crv", "kty", "x"],
    };
    let parts: Vec<String> = names.iter().map(|name| part(name)).collect();
    sha256(&format!("{{{}}}", parts.join(",")))
}

pub fn bound_token(issuer: &Issuer, key: &Key) -> String {
    let cnf = json!({ "cnf": { "jkt": thumbprint(&key.jwk("")) } });
    issuer.key.token("1", &claims_with(&issuer.url, cnf))
}

pub fn proof_claims(token: &str, id: &str) -> Value {
    json!({ "jti": id, "htm": "GET", "htu": RESOURCE, "iat": now(), "ath": sha256(token) })
}

pub fn proof_header(key: &Key) -> Value {
    json!({ "typ": "dpop+jwt", "alg": key.algorithm(), "jwk": key.jwk("") })
}

async fn send(server: &Protected, token: &str, proof: &str) -> Response {
    server.send(&[("authorization", &format!("DPoP {token}")), ("dpop", proof)]).await
}

#[tokio::test]
async fn a_bound_token_is_no_bearer_token() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server(&issuer)).await;
    for cnf in [
        json!({ "jkt": thumbprint(&Key::p256().jwk("")) }),
        json!({ "x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2" }),
        json!({ "jwk": Key::p256().jwk("") }),
        json!({}),
    ] {
        let token = issuer.key.token("1", &claims_with(&issuer.url, json!({ "cnf": cnf })));
        assert_refused(&server.get(&token).await, &cnf.to_string());
    }
}

#[tokio::test]
async fn who_proves_to_have_the_key_may_use_its_token() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server(&issuer)).await;
    for key in [Key::p256(), Key::p384(), Key::ed25519(), Key::rsa()] {
        let token = bound_token(&issuer, &key);
        let proof = key.token_of(&proof_header(&key), &proof_claims(&token, "1").to_string());
        let answer = send(&server, &token, &proof).await;
        assert_eq!(answer.status, 200, "{}: {answer:?}", key.algorithm());
        assert_eq!(answer.json()["sees_token"], false);
        let again = send(&server, &token, &proof).await;
        assert_refused(&again, "the same proof again");
    }
    let none = server.send(&[]).await;
    let challenges = none.headers.iter().filter(|(name, _)| name == "www-authenticate");
    let challenges: Vec<&str> = challenges.map(|(_, value)| value.as_str()).collect();
    assert!(challenges[0].starts_with("Bearer ") && challenges[1].starts_with("DPoP "));
    assert!(challenges[1].contains("algs=\"ES256 "), "{challenges:?}");
}

#[tokio::test]
async fn a_proof_that_is_wrong_in_anything_proves_nothing() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server(&issuer)).await;
    let key = Key::p256();
    let token = bound_token(&issuer, &key);
    let mut number = 0;
    for (name, value) in [
        ("htm", json!("POST")),
        ("htm", json!("get")),
        ("htu", json!("https://api.example.com/other")),
        ("htu", json!("https://evil.example/mcp")),
        ("htu", json!("http://api.example.com/mcp")),
        ("htu", json!("/mcp")),
        ("iat", json!(now() - 200)),
        ("iat", json!(now() + 200)),
        ("iat", json!("now")),
        ("ath", json!(sha256("another token"))),
        ("ath", json!(null)),
        ("jti", json!(null)),
        ("jti", json!(1)),
    ] {
        number += 1;
        let mut claims = proof_claims(&token, &number.to_string());
        claims[name] = value.clone();
        let proof = key.token_of(&proof_header(&key), &claims.to_string());
        assert_refused(&send(&server, &token, &proof).await, &format!("{name}: {value}"));
    }
    let other = Key::p256();
    for header in [
        json!({ "typ": "JWT", "alg": "ES256", "jwk": key.jwk("") }),
        json!({ "alg": "ES256", "jwk": key.jwk("") }),
        json!({ "typ": "dpop+jwt", "alg": "none", "jwk": key.jwk("") }),
        json!({ "typ": "dpop+jwt", "alg": "ES384", "jwk": key.jwk("") }),
        json!({ "typ": "dpop+jwt", "alg": "ES256" }),
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": other.jwk("") }),
        json!({ "typ": "dpop+jwt", "alg": "HS256", "jwk": { "kty": "oct", "k": "AAAA" } }),
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": key.jwk(""), "crit": ["x"] }),
    ] {
        let proof = key.token_of(&header, &proof_claims(&token, "x").to_string());
        assert_refused(&send(&server, &token, &proof).await, &header.to_string());
    }
    let of_other = other.token_of(&proof_header(&other), &proof_claims(&token, "y").to_string());
    assert_refused(&send(&server, &token, &of_other).await, "of another key");
    let mut private = key.jwk("");
    private["d"] = "AAAA".into();
    let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": private });
    let proof = key.token_of(&header, &proof_claims(&token, "z").to_string());
    assert_refused(&send(&server, &token, &proof).await, "a private key");
}

#[tokio::test]
async fn there_is_one_proof_and_a_token_that_is_bound_to_it() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server(&issuer)).await;
    let key = Key::p256();
    let token = bound_token(&issuer, &key);
    let proof = |token: &str, id: &str| {
        key.token_of(&proof_header(&key), &proof_claims(token, id).to_string())
    };
    let bound = format!("DPoP {token}");
    assert_refused(&server.send(&[("authorization", &bound)]).await, "no proof");
    let (one, two) = (proof(&token, "1"), proof(&token, "2"));
    let several = [("authorization", bound.as_str()), ("dpop", &one), ("dpop", &two)];
    assert_refused(&server.send(&several).await, "two proofs");
    let as_bearer = [("authorization", format!("Bearer {token}")), ("dpop", proof(&token, "3"))];
    let as_bearer = as_bearer.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_refused(&server.send(&as_bearer).await, "as a bearer token");
    let unbound = issuer.key.token("1", &claims_with(&issuer.url, json!({})));
    let answer = send(&server, &unbound, &proof(&unbound, "4")).await;
    assert_refused(&answer, "a token that is not bound");
}

#[tokio::test]
async fn proofs_are_remembered_up_to_their_limit() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server_with(&issuer, |limits| limits.tracked_proofs = 2)).await;
    let key = Key::p256();
    let token = bound_token(&issuer, &key);
    for (id, status) in [("1", 200), ("2", 200), ("3", 503)] {
        let proof = key.token_of(&proof_header(&key), &proof_claims(&token, id).to_string());
        let answer = send(&server, &token, &proof).await;
        assert_eq!(answer.status, status, "{answer:?}");
        if status == 503 {
            assert_unavailable(&answer, "full");
        }
    }
}
