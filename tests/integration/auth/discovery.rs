//! How a client without a token finds out where to get one.

use serde_json::json;

use super::{
    issuer::Issuer,
    jwt::{RESOURCE, claims_with},
    resource::{Protected, base, server},
};

const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

#[tokio::test]
async fn the_metadata_is_at_both_places_and_for_everyone() {
    let issuer = Issuer::start().await;
    let resource = server(&issuer)
        .issuer("https://other.example.com")
        .scopes(["mcp:use"])
        .name("Files")
        .documentation("https://docs.example.com");
    let server = Protected::start(resource).await;
    for path in [WELL_KNOWN.to_owned(), format!("{WELL_KNOWN}/mcp")] {
        let answer = server.at("GET", &path, &[("origin", "https://anywhere.example")]).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let document = answer.json();
        assert_eq!(document["resource"], RESOURCE);
        assert_eq!(
            document["authorization_servers"],
            json!([issuer.url, "https://other.example.com"])
        );
        assert_eq!(document["scopes_supported"], json!(["mcp:use"]));
        assert_eq!(document["bearer_methods_supported"], json!(["header"]));
        assert_eq!(document["resource_name"], "Files");
        assert_eq!(document["resource_documentation"], "https://docs.example.com");
        assert_eq!(server.at("OPTIONS", &path, &[]).await.status, 204);
        assert_eq!(server.at("POST", &path, &[]).await.status, 405);
    }
    for path in [&format!("{WELL_KNOWN}/other"), &format!("{WELL_KNOWN}/mcp/"), "/.well-known/"] {
        assert_eq!(server.at("GET", path, &[]).await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn nothing_that_a_request_says_shows_in_metadata_or_challenge() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server(&issuer)).await;
    for headers in [
        vec![("host", "evil.example")],
        vec![("x-forwarded-host", "evil.example"), ("x-forwarded-proto", "http")],
        vec![("forwarded", "host=evil.example;proto=http")],
        vec![("x-original-url", "http://evil.example/")],
    ] {
        let metadata = server.at("GET", WELL_KNOWN, &headers).await;
        assert_eq!(metadata.json()["resource"], RESOURCE);
        let refused = server.send(&headers).await;
        for answer in [metadata, refused] {
            assert!(!format!("{answer:?}").contains("evil"), "{headers:?}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_challenge_names_the_scopes_that_every_request_needs() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server(&issuer).scopes(["mcp:use", "files:read"])).await;
    let none = server.send(&[]).await;
    assert_eq!(
        (none.status, none.header("www-authenticate")),
        (
            401,
            Some(
                "Bearer resource_metadata=\"https://api.example.com/.well-known/\
                 oauth-protected-resource/mcp\", scope=\"mcp:use files:read\""
            )
        )
    );
    let few = issuer.key.token("1", &claims_with(&issuer.url, json!({ "scope": "files:read" })));
    let few = server.get(&few).await;
    assert_eq!(
        (few.status, few.header("www-authenticate")),
        (
            403,
            Some(
                "Bearer resource_metadata=\"https://api.example.com/.well-known/\
                 oauth-protected-resource/mcp\", scope=\"mcp:use files:read\", \
                 error=\"insufficient_scope\""
            )
        )
    );
}

#[tokio::test]
async fn a_service_behind_asks_for_more_by_an_extension_of_its_response() {
    let issuer = Issuer::start().await;
    let server = Protected::start(server(&issuer).scopes(["mcp:use"])).await;
    for (scope, status) in [("mcp:use", 403), ("mcp:use files:write", 200)] {
        let token = issuer.key.token("1", &claims_with(&issuer.url, json!({ "scope": scope })));
        let bearer = format!("Bearer {token}");
        let answer = server.at("GET", "/write", &[("authorization", &bearer)]).await;
        assert_eq!(answer.status, status, "{scope}");
        if status == 403 {
            let challenge = answer.header("www-authenticate").expect("a challenge");
            assert!(challenge.contains("scope=\"mcp:use files:write\""), "{challenge}");
        }
    }
}

#[tokio::test]
async fn a_resource_at_the_root_has_one_place_for_its_metadata() {
    for (resource, url) in [
        ("https://api.example.com", "https://api.example.com/.well-known/oauth-protected-resource"),
        (
            "https://api.example.com/",
            "https://api.example.com/.well-known/oauth-protected-resource",
        ),
        (
            "https://api.example.com:8443/a/b",
            "https://api.example.com:8443/.well-known/oauth-protected-resource/a/b",
        ),
    ] {
        let auth = mcp_runtime::ResourceServer::new(resource).issuer("https://auth.example.com");
        let server = Protected::start(auth).await;
        let challenge = server.send(&[]).await;
        let challenge = challenge.header("www-authenticate").expect("a challenge").to_owned();
        assert!(challenge.contains(&format!("\"{url}\"")), "{challenge}");
        let path =
            url.split_once("example.com").and_then(|it| it.1.find('/').map(|at| &it.1[at..]));
        let metadata = server.at("GET", path.expect("a path"), &[]).await;
        assert_eq!(metadata.json()["resource"], resource);
    }
}

#[tokio::test]
async fn a_broader_scope_includes_a_narrower_one_by_the_rule_that_is_given() {
    let issuer = Issuer::start().await;
    let by_colon = |held: &str, needed: &str| {
        needed.strip_prefix(held).is_some_and(|rest| rest.starts_with(':'))
    };
    let server = Protected::start(
        base(|_| ()).issuer(&issuer.url).scopes(["files:write"]).scope_rule(by_colon),
    )
    .await;
    for (scope, status) in [
        ("files", 200),
        ("files:write", 200),
        ("file", 403),
        ("files:w", 403),
        ("files:write:all", 403),
        ("FILES:WRITE", 403),
        ("files:writ files:write2", 403),
        ("", 403),
    ] {
        let token = issuer.key.token("1", &claims_with(&issuer.url, json!({ "scope": scope })));
        assert_eq!(server.get(&token).await.status, status, "{scope}");
    }
}
