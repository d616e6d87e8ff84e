//! Tokens that are good, and all the ways in which they are not.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use mcp_runtime::auth::{Algorithm, Issuer as Trusted};
use serde_json::{Value, json};

use super::{
    issuer::Issuer,
    jwt::{Key, RESOURCE, claims, claims_with, now},
    resource::{Protected, assert_refused, base, server, server_with},
};

#[tokio::test]
async fn a_good_token_tells_who_calls_and_does_not_reach_the_service() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server(&issuer)).await;
    let claims = claims_with(&issuer.url, json!({ "tenant": "acme" }));
    let answer = server.get(&issuer.key.token("1", &claims)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        answer.json(),
        json!({
            "subject": "alice", "issuer": issuer.url, "client": "app",
            "scopes": ["files:read", "mcp:use"], "tenant": "acme", "sees_token": false,
        })
    );
}

#[tokio::test]
async fn tokens_of_every_allowed_algorithm_are_good() {
    for (key, algorithm) in [
        (Key::rsa(), "RS256"),
        (Key::rsa(), "PS256"),
        (Key::p256(), "ES256"),
        (Key::ed25519(), "EdDSA"),
    ] {
        let issuer = Issuer::start_with(key).await;
        let server = Protected::start(server(&issuer)).await;
        for typ in [json!("at+jwt"), json!("application/AT+JWT"), json!("JWT"), Value::Null] {
            let mut header = json!({ "alg": algorithm, "kid": "1", "typ": typ });
            if typ.is_null() {
                header.as_object_mut().expect("an object").remove("typ");
            }
            let token = issuer.key.token_of(&header, &claims(&issuer.url).to_string());
            assert_eq!(server.get(&token).await.status, 200, "{header}");
        }
    }
}

#[tokio::test]
async fn algorithms_that_are_not_allowed_are_refused_until_they_are() {
    for (key, algorithm, allowed) in
        [(Key::p384(), "ES384", Algorithm::Es384), (Key::rsa(), "RS512", Algorithm::Rs512)]
    {
        let issuer = Issuer::start_with(key).await;
        let header = json!({ "alg": algorithm, "kid": "1" });
        let token = issuer.key.token_of(&header, &claims(&issuer.url).to_string());
        let refusing = Protected::start(server(&issuer)).await;
        assert_refused(&refusing.get(&token).await, algorithm);
        let trusted = Trusted::new(&issuer.url).algorithms([allowed]);
        let taking = Protected::start(base(|_| ()).issuer(trusted)).await;
        assert_eq!(taking.get(&token).await.status, 200, "{algorithm}");
    }
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server_with(&issuer, |limits| limits.token_bytes = 4096)).await;
    let good = issuer.key.token("1", &claims(&issuer.url));
    let parts: Vec<&str> = good.split('.').collect();
    let (header, payload, signature) = (parts[0], parts[1], parts[2]);
    let (long, longer) = ("a".repeat(4097), "a".repeat(100_000));
    for token in [
        "..",
        "a.b.c",
        &format!("{header}.{payload}."),
        &format!("{header}.{payload}"),
        &format!("{header}.{payload}.{signature}.x"),
        &format!("{header}.{payload}.x.y.{signature}"),
        &format!(".{payload}.{signature}"),
        &format!("{header}..{signature}"),
        &format!("{header}.{payload}.{}", &signature[1..]),
        &format!("{header}.{payload}=.{signature}"),
        "opaque",
        &long,
        &longer,
        &format!("{good} {good}"),
        &format!("{good},"),
    ] {
        assert_refused(&server.get(token).await, token);
    }
    assert_eq!(issuer.fetches(), 1, "the keys are not fetched for each of them");
}

#[tokio::test]
async fn a_header_cannot_choose_how_it_is_verified() {
    let issuer = Issuer::start_with(Key::rsa()).await;
    let server = Protected::start(server(&issuer)).await;
    let claims = claims(&issuer.url).to_string();
    let modulus = issuer.key.jwk("")["n"].as_str().expect("a modulus").to_owned();
    for alg in ["none", "None", "nOnE", "", "HS256", "ES256", "PS256", "RS512", "RSA-OAEP"] {
        let header = json!({ "alg": alg, "kid": "1" });
        // Signed by RS256, whatever the header says, and not at all.
        let token = Key::rsa().token_of(&json!({ "alg": "RS256" }), &claims);
        let signature = token.rsplit('.').next().expect("a signature");
        let forged = Key::Secret(modulus.clone().into_bytes()).token_of(&header, &claims);
        let message = forged.rsplit_once('.').expect("a signature").0;
        for token in [format!("{message}.{signature}"), format!("{message}."), forged.clone()] {
            assert_refused(&server.get(&token).await, alg);
        }
    }
}

#[tokio::test]
async fn a_key_is_used_by_its_own_algorithms_alone() {
    let names = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];
    let all = [
        Algorithm::Rs256,
        Algorithm::Rs384,
        Algorithm::Rs512,
        Algorithm::Ps256,
        Algorithm::Ps384,
        Algorithm::Ps512,
        Algorithm::Es256,
        Algorithm::Es384,
        Algorithm::EdDsa,
    ];
    for key in [Key::rsa(), Key::p256(), Key::p384(), Key::ed25519()] {
        let issuer = Issuer::start_with(key).await;
        let trusted = Trusted::new(&issuer.url).algorithms(all);
        let server = Protected::start(base(|_| ()).issuer(trusted)).await;
        let claims = claims(&issuer.url).to_string();
        let own = issuer.key.algorithm();
        for name in names {
            let header = json!({ "alg": name, "kid": "1" });
            let answer = server.get(&issuer.key.signed_by(own, &header, &claims)).await;
            if name == own {
                assert_eq!(answer.status, 200, "{name}");
            } else {
                assert_refused(&answer, &format!("{name} by a key for {own}"));
            }
        }
    }
}

#[tokio::test]
async fn a_public_key_is_no_secret() {
    let issuer = Issuer::start_with(Key::rsa()).await;
    let shared = Key::Secret(b"a secret that is published by mistake".to_vec());
    issuer.publish(&[issuer.key.jwk("1"), shared.jwk("2")]);
    let server = Protected::start(server(&issuer)).await;
    let claims = claims(&issuer.url).to_string();
    let jwk = issuer.key.jwk("1");
    let n = jwk["n"].as_str().expect("a modulus").as_bytes().to_vec();
    let der = issuer.key.public_der();
    let text = BASE64.encode(&der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    let pem =
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"));
    for secret in [n, jwk.to_string().into_bytes(), der, pem.into_bytes()] {
        let token = Key::Secret(secret).token_of(&json!({ "alg": "HS256", "kid": "1" }), &claims);
        assert_refused(&server.get(&token).await, "HS256 by what is public");
    }
    let token = shared.token_of(&json!({ "alg": "HS256", "kid": "2" }), &claims);
    assert_refused(&server.get(&token).await, "HS256 by a published secret");
}

#[tokio::test]
async fn headers_with_extensions_or_of_another_type_are_refused() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server(&issuer)).await;
    let claims = claims(&issuer.url).to_string();
    for change in [
        json!({ "crit": ["exp"] }),
        json!({ "crit": [] }),
        json!({ "crit": ["b64"], "b64": false }),
        json!({ "b64": false }),
        json!({ "typ": "dpop+jwt" }),
        json!({ "typ": "id_token" }),
        json!({ "typ": "logout+jwt" }),
        json!({ "typ": "oauth-id-jag+jwt" }),
        json!({ "typ": 1 }),
        json!({ "alg": ["ES256"] }),
        json!({ "kid": 1 }),
        json!({ "kid": ["1"] }),
    ] {
        let mut header = json!({ "alg": "ES256", "kid": "1", "typ": "at+jwt" });
        for (name, value) in change.as_object().expect("an object") {
            header[name] = value.clone();
        }
        assert_refused(
            &server.get(&issuer.key.token_of(&header, &claims)).await,
            &change.to_string(),
        );
    }
}

#[tokio::test]
async fn a_key_that_the_header_brings_along_is_not_looked_at() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server(&issuer)).await;
    let own = Key::p256();
    let trap = Issuer::start_with(Key::p256()).await;
    let claims = claims(&issuer.url).to_string();
    for header in [
        json!({ "alg": "ES256", "jwk": own.jwk("1") }),
        json!({ "alg": "ES256", "kid": "1", "jwk": own.jwk("1") }),
        json!({ "alg": "ES256", "kid": "1", "jku": format!("{}/jwks", trap.url) }),
        json!({ "alg": "ES256", "kid": format!("{}/jwks", trap.url) }),
        json!({ "alg": "ES256", "kid": "1", "x5u": format!("{}/jwks", trap.url) }),
        json!({ "alg": "ES256", "kid": "1", "x5c": ["AAAA"] }),
        json!({ "alg": "ES256", "kid": "../../../dev/null" }),
        json!({ "alg": "ES256", "kid": "1' OR '1'='1" }),
        json!({ "alg": "ES256", "kid": "1\u{0}" }),
        json!({ "alg": "ES256", "kid": "x".repeat(10_000) }),
    ] {
        assert_refused(&server.get(&own.token_of(&header, &claims)).await, &header.to_string());
    }
    assert_eq!(trap.fetches(), 0);
}

#[tokio::test]
async fn only_the_resource_itself_is_the_audience() {
    let issuer = Issuer::start().await;
    let other = "api://6b2f6f37";
    let server = Protected::start(server(&issuer).audience(other)).await;
    for (audience, is_good) in [
        (json!(RESOURCE), true),
        (json!([RESOURCE]), true),
        (json!(["https://other.example.com", RESOURCE]), true),
        (json!(other), true),
        (Value::Null, false),
        (json!("https://api.example.com/mcp/"), false),
        (json!("https://api.example.com/MCP"), false),
        (json!("https://api.example.com"), false),
        (json!("https://api.example.com/mcp/other"), false),
        (json!("https://api.example.com/mc"), false),
        (json!("HTTPS://api.example.com/mcp"), false),
        (json!(issuer.url), false),
        (json!("app"), false),
        (json!([]), false),
        (json!(""), false),
        (json!(["https://api.example.com/mcp/"]), false),
        (json!({ "aud": RESOURCE }), false),
        (json!(1), false),
        (json!([RESOURCE, 1]), false),
    ] {
        let claims = claims_with(&issuer.url, json!({ "aud": audience }));
        let answer = server.get(&issuer.key.token("1", &claims)).await;
        if is_good {
            assert_eq!(answer.status, 200, "{audience}");
        } else {
            assert_refused(&answer, &audience.to_string());
        }
    }
}

#[tokio::test]
async fn a_token_is_of_the_issuer_whose_key_signed_it() {
    let (one, two) = (Issuer::start().await, Issuer::start().await);
    let server = Protected::start(server(&one).issuer(&two.url)).await;
    for issuer in [&one, &two] {
        let answer = server.get(&issuer.key.token("1", &claims(&issuer.url))).await;
        assert_eq!((answer.status, answer.json()["issuer"].as_str()), (200, Some(&*issuer.url)));
    }
    let crossed = server.get(&one.key.token("1", &claims(&two.url))).await;
    assert_refused(&crossed, "signed by the other");
    for name in [
        json!("https://evil.example.com"),
        json!(format!("{}/", one.url)),
        json!(one.url.to_uppercase()),
        json!([one.url]),
        json!([one.url, two.url]),
        json!(1),
        Value::Null,
    ] {
        let claims = claims_with(&one.url, json!({ "iss": name }));
        assert_refused(&server.get(&one.key.token("1", &claims)).await, &name.to_string());
    }
}

#[tokio::test]
async fn times_are_checked_with_a_leeway_of_a_minute() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server(&issuer)).await;
    let now = now();
    for (times, is_good) in [
        // Five seconds on either side for the test itself.
        (json!({ "exp": now - 55 }), true),
        (json!({ "exp": now - 61 }), false),
        (json!({ "nbf": now + 55 }), true),
        (json!({ "nbf": now + 66 }), false),
        (json!({ "iat": now + 55 }), true),
        (json!({ "iat": now + 66 }), false),
        (json!({ "exp": 253_402_300_799_u64 }), true),
        (json!({ "iat": null, "nbf": null }), true),
        (json!({ "exp": null }), false),
        (json!({ "exp": 0 }), false),
        (json!({ "exp": u64::MAX }), false),
    ] {
        let answer =
            server.get(&issuer.key.token("1", &claims_with(&issuer.url, times.clone()))).await;
        if is_good {
            assert_eq!(answer.status, 200, "{times}");
        } else {
            assert_refused(&answer, &times.to_string());
        }
    }
}

#[tokio::test]
async fn a_claim_of_the_wrong_type_is_not_as_if_it_were_absent() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server(&issuer)).await;
    let good = claims(&issuer.url);
    for name in ["exp", "nbf", "iat"] {
        for value in
            ["\"9999999999\"", "null", "true", "1e400", "[9999999999]", "-1", "9999999999.5"]
        {
            let mut claims = good.clone();
            claims.as_object_mut().expect("an object").remove(name);
            let claims = claims.to_string().replacen('{', &format!("{{\"{name}\":{value},"), 1);
            let header = json!({ "alg": "ES256", "kid": "1" });
            let answer = server.get(&issuer.key.token_of(&header, &claims)).await;
            assert_refused(&answer, &format!("{name}: {value}"));
        }
    }
    let text = good.to_string();
    for claims in [
        text.replacen('{', "{\"exp\":9999999999,", 1),
        text.replacen('{', "{\"sub\":\"root\",", 1),
        text.replacen("\"alice\"", "1", 1),
        text.replacen("\"alice\"", "\"\"", 1),
        text.replacen("\"app\"", "null", 1),
        text.replacen('{', "{\"cnf\":null,", 1),
        text.replacen("\"mcp:use files:read\"", "{\"files:read\":true}", 1),
        text.replacen("\"mcp:use files:read\"", "[\"files:read\", 1]", 1),
        format!("[{text}]"),
        "null".to_owned(),
        String::new(),
        format!("{text}x"),
    ] {
        let header = json!({ "alg": "ES256", "kid": "1" });
        assert_refused(&server.get(&issuer.key.token_of(&header, &claims)).await, &claims);
    }
}

#[tokio::test]
async fn a_client_that_comes_for_itself_is_its_own_subject() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server(&issuer)).await;
    let claims = claims_with(&issuer.url, json!({ "sub": null }));
    let answer = server.get(&issuer.key.token("1", &claims)).await.json();
    assert_eq!((&answer["subject"], &answer["client"]), (&json!("app"), &json!("app")));
    let claims = claims_with(&issuer.url, json!({ "sub": null, "client_id": null }));
    assert_refused(&server.get(&issuer.key.token("1", &claims)).await, "nobody");
}

#[tokio::test]
async fn scopes_are_in_the_claims_that_the_issuer_uses() {
    let issuer = Issuer::start().await;
    let trusted = Trusted::new(&issuer.url).scope_claims(["scp", "roles"]);
    let server = Protected::start(base(|_| ()).issuer(trusted)).await;
    let changes = json!({ "scope": "ignored", "scp": "a  b", "roles": ["c", "d:e"] });
    let answer = server.get(&issuer.key.token("1", &claims_with(&issuer.url, changes))).await;
    assert_eq!(answer.json()["scopes"], json!(["a", "b", "c", "d:e"]));
}
