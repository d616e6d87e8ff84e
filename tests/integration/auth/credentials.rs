//! Where a token may be, and API keys.

use mcp_runtime::Principal;
use serde_json::json;

use super::{
    issuer::Issuer,
    jwt::claims,
    resource::{Protected, assert_refused, base, server},
};
use crate::raw;

#[tokio::test]
async fn a_token_is_in_the_authorization_header_and_nowhere_else() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server(&issuer)).await;
    let token = issuer.key.token("1", &claims(&issuer.url));
    let bearer = format!("Bearer {token}");
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        let answer = server.send(&[("authorization", &format!("{scheme} {token}"))]).await;
        assert_eq!(answer.status, 200, "{scheme}");
    }
    let query = server.at("GET", &format!("/mcp?access_token={token}"), &[]).await;
    let form = format!("access_token={token}");
    let body = raw::request(
        server.address,
        "POST",
        &[("content-type", "application/x-www-form-urlencoded")],
        &form,
    )
    .await;
    let elsewhere = [
        query,
        body,
        server.send(&[]).await,
        server.send(&[("cookie", &format!("access_token={token}"))]).await,
        server.send(&[("x-access-token", &token), ("proxy-authorization", &bearer)]).await,
        server.send(&[("authorization", &format!("Basic {token}"))]).await,
        server.send(&[("authorization", &token)]).await,
        server.send(&[("authorization", &format!("Bearer{token}"))]).await,
        server.send(&[("authorization", "Bearer")]).await,
    ];
    for answer in elsewhere {
        assert_eq!(answer.status, 401, "{answer:?}");
        let challenge = answer.header("www-authenticate").expect("a challenge");
        assert!(!challenge.contains("error"), "it has no token: {challenge}");
    }
}

#[tokio::test]
async fn two_authorization_headers_are_a_bad_request() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server(&issuer)).await;
    let token = format!("Bearer {}", issuer.key.token("1", &claims(&issuer.url)));
    for other in [token.as_str(), "Bearer x", "Basic eDp5", ""] {
        let answer = server.send(&[("authorization", &token), ("authorization", other)]).await;
        assert_eq!(answer.status, 400, "{other}");
        assert_eq!(answer.json()["error"], "invalid_request");
    }
}

#[tokio::test]
async fn an_api_key_is_good_whole_and_for_its_own_principal() {
    let keys = [("0123456789abcdef", "robot"), ("0123456789abcdeF", "probe")];
    let mut resource = base(|_| ());
    for (key, name) in keys {
        let principal = Principal::new("https://api.example.com", name).with_scopes(["a"]);
        resource = resource.api_key(key, principal);
    }
    let server = Protected::start(resource).await;
    for (key, name) in keys {
        let answer = server.get(key).await;
        assert_eq!((answer.status, answer.json()["subject"].as_str()), (200, Some(name)));
    }
    for wrong in
        ["0123456789abcde", "0123456789abcdef0", "0123456789abcdeg", "0123456789ABCDEF", "robot"]
    {
        assert_refused(&server.get(wrong).await, wrong);
    }
}

#[test]
fn a_configuration_that_protects_nothing_cannot_be_built() {
    use mcp_runtime::ResourceServer;
    let robot = || Principal::new("https://api.example.com", "robot");
    let good = || ResourceServer::new("https://api.example.com/mcp");
    for (resource, fault) in [
        (good(), "no issuer"),
        (ResourceServer::new("api.example.com").issuer("https://a.example"), "not absolute"),
        (ResourceServer::new("http://api.example.com").issuer("https://a.example"), "https"),
        (ResourceServer::new("https://u@api.example.com").issuer("https://a.example"), "user"),
        (ResourceServer::new("https://a.example/#x").issuer("https://a.example"), "fragment"),
        (good().issuer("http://auth.example.com"), "https"),
        (good().issuer("https://auth.example.com?x=y"), "query"),
        (good().issuer("auth"), "issuer"),
        (good().api_key("short", robot()), "16 bytes"),
        (good().issuer("https://a.example").scopes(["two scopes"]), "no scope"),
        (good().issuer("https://a.example").scopes(["quo\"te"]), "no scope"),
    ] {
        let error = resource.build().expect_err(fault).to_string();
        assert!(error.contains(fault), "{error}");
    }
    let several = ResourceServer::new("x").api_key("short", robot()).build();
    let error = several.expect_err("two faults").to_string();
    assert!(error.contains("not absolute") && error.contains("16 bytes"), "{error}");
}

#[tokio::test]
async fn verifiers_of_ones_own_are_asked_and_held_to_the_audience() {
    use mcp_runtime::auth::{AccessToken, TokenVerifier, VerifiedToken, VerifyError, Verifying};
    #[derive(Debug)]
    struct Own;
    impl TokenVerifier for Own {
        fn verify<'a>(&'a self, token: AccessToken<'a>) -> Verifying<'a> {
            Box::pin(async move {
                let (audience, user) =
                    token.expose().split_once('.').ok_or(VerifyError::Unknown)?;
                let audience = format!("https://{audience}.example.com/mcp");
                Ok(VerifiedToken::new(Principal::new("https://own.example", user), [audience]))
            })
        }
    }
    let server = Protected::start(base(|_| ()).verifier(Own)).await;
    assert_eq!(server.get("api.alice").await.json()["subject"], json!("alice"));
    assert_refused(&server.get("other.alice").await, "of another audience");
    assert_refused(&server.get("nothing").await, "unknown");
}
