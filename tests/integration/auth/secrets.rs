//! A token shows nowhere but in the request that brings it.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use mcp_runtime::{
    Principal,
    auth::{AuthLimits, Issuer as Trusted},
};
use serde_json::json;
use tracing_subscriber::fmt::{MakeWriter, format::FmtSpan};

use super::{
    binding::{bound_token, proof_claims, proof_header},
    issuer::{Fault, Issuer},
    jwt::{Key, RESOURCE, claims_with},
    mcp::{at, call, serve},
    resource::{Protected, base, introspecting, server, server_with},
};
use crate::{fixture::Served, raw::Response};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("not poisoned").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Every way in which a token can come to a server behind the layer.
async fn bring(server: &Protected, token: &str) -> Vec<Response> {
    let bearer = format!("Bearer {token}");
    let bound = format!("DPoP {token}");
    let cookie = format!("access_token={token}");
    vec![
        server.get(token).await,
        server.send(&[("authorization", token)]).await,
        server.send(&[("authorization", &bound), ("dpop", token)]).await,
        server.send(&[("authorization", &bearer), ("authorization", &bearer)]).await,
        server.send(&[("cookie", &cookie), ("x-access-token", token)]).await,
        server.at("GET", &format!("/mcp?access_token={token}"), &[]).await,
        server.at("GET", "/write", &[("authorization", &bearer)]).await,
    ]
}

/// Every way in which it can come to a server of the protocol.
async fn bring_to_mcp(server: &Served, token: &str) -> Vec<Response> {
    let bearer = format!("Bearer {token}");
    let mut answers = Vec::new();
    for (name, arguments) in [
        ("whoami", json!({})),
        ("write", json!({})),
        ("none", json!({})),
        ("echo", json!({ "text": 1 })),
        ("explode", json!({ "how": "string" })),
    ] {
        let params = json!({ "name": name, "arguments": arguments });
        answers.push(call(server, token, "tools/call", params).await);
    }
    for path in ["/mcp", "/sse", "/messages", "/nowhere"] {
        let path = format!("{path}?access_token={token}");
        for method in ["POST", "PUT"] {
            answers.push(at(server, method, &path, &[("authorization", &bearer)], "{").await);
        }
    }
    answers
}

#[tokio::test]
async fn tokens_and_secrets_are_in_no_answer_and_no_log() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_writer(log.clone())
        .finish();
    let _default = tracing::subscriber::set_default(subscriber);
    let issuer = Issuer::start().await;
    let api_key = "canary-0123456789";
    let robot = Principal::new("https://api.example.com", "robot");
    // Without pauses, so that each request finds out for itself what is wrong.
    let impatient = |limits: &mut AuthLimits| {
        limits.fetch_pause = Duration::ZERO;
        limits.keys_fresh = Duration::ZERO;
        limits.keys_stale = Duration::ZERO;
        limits.introspection_fresh = Duration::ZERO;
        limits.requests_per_second = 1;
        limits.request_burst = 5;
    };
    let resources = [server_with(&issuer, impatient), introspecting(&issuer, impatient)];
    let [jwts, asking] = resources.map(|resource| {
        resource.api_key(api_key, robot.clone()).build().expect("a sound configuration")
    });
    let servers = [Protected::behind(jwts.clone()).await, Protected::behind(asking.clone()).await];
    let mcp = serve(server(&issuer).api_key(api_key, robot)).await;
    let key = Key::p256();
    let good = issuer.key.token("1", &claims_with(&issuer.url, json!({ "jti": "canary" })));
    let bad = format!("{}A", &good[..good.len() - 1]);
    let bound = bound_token(&issuer, &key);
    let proof = proof_claims(&bound, "canary-proof").to_string();
    let proof = key.token_of(&proof_header(&key), &proof);
    let active = json!({ "active": true, "aud": RESOURCE, "sub": "alice", "jti": "canary" });
    issuer.tell("canary-opaque", active);
    let mut answers = Vec::new();
    for fault in [Fault::None, Fault::Broken, Fault::Page, Fault::Denied] {
        issuer.fail(fault);
        for token in [&good, &bad, &bound, &proof, api_key, "canary-opaque", "canary unknown"] {
            for server in &servers {
                answers.extend(bring(server, token).await);
            }
            answers.extend(bring_to_mcp(&mcp, token).await);
        }
        let bound = format!("DPoP {bound}");
        for _ in 0..2 {
            let headers = [("authorization", bound.as_str()), ("dpop", proof.as_str())];
            answers.push(servers[0].send(&headers).await);
        }
    }
    let statuses: BTreeSet<u16> = answers.iter().map(|answer| answer.status).collect();
    for status in [200, 400, 401, 403, 404, 429, 503] {
        assert!(statuses.contains(&status), "{status} is among the answers: {statuses:?}");
    }
    let answers = format!("{answers:?}");
    let state = format!("{jwts:?} {asking:?} {:?}", mcp.handle);
    let log = String::from_utf8(log.0.lock().expect("not poisoned").clone()).expect("text");
    assert!(log.contains("a request is refused"), "there is a log: {log}");
    let mut secrets = vec!["canary", "s3cret", "czNjcmV0"];
    // Whole, and each of their parts but the header.
    for token in [&good, &bad, &bound, &proof] {
        secrets.extend(token.split('.').skip(1).map(|part| &part[..20]));
    }
    for secret in secrets {
        for (place, text) in [("an answer", &answers), ("the log", &log), ("a state", &state)] {
            assert!(!text.contains(secret), "{secret} is in {place}: {text}");
        }
    }
}

#[test]
fn debug_shows_no_secret() {
    let robot = Principal::new("https://api.example.com", "robot");
    let issuer = Trusted::new("https://auth.example.com").introspection("api", "canary-secret");
    let resource =
        || base(|_| ()).api_key("canary-0123456789", robot.clone()).issuer(issuer.clone());
    let built = resource().build().expect("a sound configuration");
    for text in [format!("{issuer:?}"), format!("{:?}", resource()), format!("{built:?}")] {
        assert!(!text.contains("canary"), "{text}");
    }
    let error = base(|_| ()).api_key("canary", robot).build().expect_err("too short");
    assert!(!error.to_string().contains("canary"), "{error}");
}
