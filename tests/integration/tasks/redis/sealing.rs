//! What is kept at rest with a cipher.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use mcp_runtime::{
    Principal,
    protocol::{ErrorCode, RpcError},
    tasks::{
        Answer, Cipher, CipherError, Outcome, Question, RedisStoreBuilder, Report, TaskStore,
        contract,
    },
};

use super::{LONG, OWNER, ROOM, RedisServer, claim, in_time, is_unreadable, json, request};

const CANARY: &str = "canary-0451";

/// Good enough to be seen in a dump: not secret, but bound to its place.
struct Mask(u8);

impl Cipher for Mask {
    fn seal(&self, plain: &[u8], context: &[u8]) -> Result<Vec<u8>, CipherError> {
        let both = [context, b"\0", plain].concat();
        Ok(both.iter().map(|byte| byte ^ self.0).collect())
    }

    fn open(&self, sealed: &[u8], context: &[u8]) -> Result<Vec<u8>, CipherError> {
        let both: Vec<u8> = sealed.iter().map(|byte| byte ^ self.0).collect();
        let plain = both.strip_prefix(context).and_then(|rest| rest.strip_prefix(b"\0"));
        Ok(plain.ok_or("sealed for another place")?.to_vec())
    }
}

fn masked(server: &RedisServer, mask: u8) -> RedisStoreBuilder {
    server.builder().cipher(Arc::new(Mask(mask)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_store_keeps_the_promises_of_a_store() {
    let server = RedisServer::start().await;
    contract::run(async || {
        server.run::<()>("FLUSHALL").await;
        masked(&server, 0x5a).build().expect("valid")
    })
    .await;
}

/// The log of the server has every byte that it was sent to keep.
#[tokio::test]
async fn nothing_that_is_secret_is_kept_in_clear() {
    for sealed in [true, false] {
        let server = RedisServer::durable().await;
        let builder = if sealed { masked(&server, 0x5a) } else { server.builder() };
        let store = builder.build().expect("valid");
        let secret = json(&format!(r#"{{"secret":"{CANARY}"}}"#));
        for outcome in [
            Outcome::Result { result: secret.clone(), is_error: false },
            Outcome::Error(RpcError::new(ErrorCode::INTERNAL_ERROR, CANARY)),
        ] {
            let mut request = request();
            request.arguments = secret.clone();
            request.journal = CANARY.into();
            let claims =
                serde_json::json!({ "email": CANARY }).as_object().cloned().expect("an object");
            request.principal = Some(Principal::new("https://a", "alice").with_claims(claims));
            store.create(request, ROOM).await.expect("room");
            let fence = claim(&store).await.expect("it waits").fence();
            let report = Report { progress: None, message: Some(CANARY.into()) };
            store.report(fence, report).await.expect("held");
            let asked = vec![Question::new("key", "elicitation/create", secret.clone())];
            store.ask(fence, asked).await.expect("held");
            let answers = vec![Answer { key: "key".into(), value: secret.clone() }];
            store.answer(OWNER, fence.id, answers).await.expect("open");
            store.save_journal(fence, CANARY.into()).await.expect("held");
            store.finish(fence, outcome).await.expect("held");
        }
        let kept = server.written();
        let is_there = |what: &str| kept.windows(what.len()).any(|it| it == what.as_bytes());
        assert!(is_there("elicitation") != sealed, "this is the right file");
        assert!(is_there("finish") || is_there("completed"), "this is the right file");
        assert_eq!(is_there(CANARY), !sealed);
        // What came before the task, as JSON has bytes.
        assert_eq!(is_there(STANDARD_NO_PAD.encode(CANARY).as_str()), !sealed);
    }
}

#[tokio::test]
async fn what_cannot_be_opened_is_unreadable_and_stops_nobody() {
    let server = RedisServer::start().await;
    let (first, second) = (masked(&server, 1).build(), masked(&server, 2).build());
    let (first, second) = (first.expect("valid"), second.expect("valid"));
    let foreign = first.create(request(), ROOM).await.expect("room").id();
    let own = second.create(request(), ROOM).await.expect("room").id();
    assert!(is_unreadable(&second.get(OWNER, foreign).await));
    assert_eq!(in_time(claim(&second)).await.expect("it waits").id(), own);
    let plain = server.store();
    assert!(is_unreadable(&plain.get(OWNER, own).await));
}

#[tokio::test]
async fn sealed_bytes_cannot_be_moved_to_another_task() {
    let server = RedisServer::start().await;
    let store = masked(&server, 1).build().expect("valid");
    let mut ids = Vec::new();
    for _ in 0..2 {
        store.create(request(), ROOM).await.expect("room");
        let fence = claim(&store).await.expect("it waits").fence();
        store.save_journal(fence, "journal".into()).await.expect("held");
        store.renew(fence, LONG).await.expect("held");
        ids.push(fence.id);
    }
    let key = |index: usize| format!("{{mcp}}:task:{}", ids[index]);
    let journal: Vec<u8> = server.run(&format!("HGET {} journal", key(0))).await;
    let (from, to) = (key(1), "journal");
    server.run_with::<()>(&[b"HSET", from.as_bytes(), to.as_bytes(), &journal]).await;
    assert!(is_unreadable(&store.get(OWNER, ids[1]).await));
    assert!(store.get(OWNER, ids[0]).await.is_ok());
}
