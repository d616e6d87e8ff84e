use std::time::{Duration, SystemTime};

use serde_json::json;

use super::Principal;

#[test]
fn what_is_stored_comes_back() {
    let expires_at = SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_500);
    let claims = json!({ "tenant": "acme", "groups": ["a", "b"] });
    let alice = Principal::new("https://auth.example.com", "alice")
        .with_client("app")
        .with_scopes(["files:read", "mcp:use"])
        .with_claims(claims.as_object().cloned().expect("an object"))
        .with_expiry(expires_at)
        .with_scope_rule(|held, _| held == "mcp:use");
    let stored = serde_json::to_string(&alice).expect("text");
    let restored: Principal = serde_json::from_str(&stored).expect("a principal");
    assert_eq!(restored, alice);
    assert_eq!(restored.scopes().collect::<Vec<_>>(), ["files:read", "mcp:use"]);
    assert_eq!(restored.claim("groups"), Some(&json!(["a", "b"])));
    assert_eq!(restored.expires_at(), Some(expires_at));
    assert!(alice.has_scope("wipe") && !restored.has_scope("wipe"), "the rule is the server's");
}

#[test]
fn who_has_no_issuer_or_subject_is_nobody() {
    for stored in [json!({}), json!({ "issuer": "a", "scopes": [], "claims": {} }), json!("alice")]
    {
        serde_json::from_value::<Principal>(stored).expect_err("nobody");
    }
}
