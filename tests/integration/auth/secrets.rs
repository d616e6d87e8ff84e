//! A token shows nowhere but in the request that brings it.

use std::sync::{Arc, Mutex};

use mcp_runtime::{Principal, auth::Issuer as Trusted};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use super::{
    issuer::{Fault, Issuer},
    jwt::claims_with,
    mcp::{call, serve},
    resource::{Protected, base, introspecting, server},
};

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

#[tokio::test]
async fn tokens_and_secrets_are_in_no_answer_and_no_log() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let _default = tracing::subscriber::set_default(subscriber);
    let issuer = Issuer::start().await;
    let mut answers = String::new();
    let good = issuer.key.token("1", &claims_with(&issuer.url, json!({ "jti": "canary" })));
    let bad = format!("{}A", &good[..good.len() - 1]);
    let server_of_jwts = Protected::start(server(&issuer)).await;
    let asking = Protected::start(introspecting(&issuer, |_| ())).await;
    let mcp = serve(server(&issuer)).await;
    for fault in [Fault::None, Fault::Broken, Fault::Page] {
        issuer.fail(fault);
        for token in [&good, &bad, "opaque-canary"] {
            for answer in [
                server_of_jwts.get(token).await,
                asking.get(token).await,
                server_of_jwts.send(&[("authorization", token)]).await,
                call(&mcp, token, "tools/call", json!({ "name": "whoami", "arguments": {} })).await,
                call(&mcp, token, "tools/call", json!({ "name": "write", "arguments": {} })).await,
            ] {
                answers += &format!("{answer:?}\n");
            }
        }
    }
    let log = String::from_utf8(log.0.lock().expect("not poisoned").clone()).expect("text");
    assert!(log.contains("a request is refused"), "there is a log: {log}");
    let signature = good.rsplit('.').next().expect("a signature");
    for secret in [&good, &bad, signature, &signature[..20], "canary", "s3cret", "czNjcmV0"] {
        assert!(!answers.contains(secret), "{secret} in {answers}");
        assert!(!log.contains(secret), "{secret} in {log}");
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
