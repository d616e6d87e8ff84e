//! What a page learns of its user, and who can complete what.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use mcp_runtime::{
    BoxFuture, Principal, Result, UrlElicitationRecord, UrlElicitationStore, UrlElicited,
    testing::TestClient,
};
use serde_json::{Value, json};

use super::server::{Asked, by_hand, found, limited, server};

const ISSUER: &str = "https://issuer.example";

fn pay() -> Value {
    json!({ "name": "pay", "arguments": {} })
}

async fn ask(client: &TestClient) -> Asked {
    Asked::read(&client.request("tools/call", pay()).await.expect("a question"))
}

async fn client_of(handle: &mcp_runtime::ServerHandle, principal: Principal) -> TestClient {
    TestClient::builder(handle)
        .capabilities(json!({ "elicitation": { "url": {} } }))
        .principal(principal)
        .connect()
        .await
        .expect("a client")
}

#[tokio::test]
async fn a_page_opens_for_the_user_who_was_asked_and_for_nobody_else() {
    let handle = server().build().expect("a server");
    let pages = handle.url_elicitations();
    let alice = Principal::new(ISSUER, "alice").with_client("assistant");
    let client = client_of(&handle, alice).await;
    let asked = ask(&client).await;
    for stranger in [
        None,
        Some(Principal::new(ISSUER, "bob")),
        Some(Principal::new(ISSUER, "Alice")),
        Some(Principal::new(ISSUER, "")),
        Some(Principal::new("https://other.example", "alice")),
        Some(Principal::new("alice", ISSUER)),
    ] {
        let found = pages.find(&asked.id(), stranger.as_ref()).await.expect("a store");
        let unknown = pages.find("0".repeat(32).as_str(), stranger.as_ref()).await;
        assert!(found.is_none(), "{stranger:?}");
        assert!(unknown.expect("a store").is_none(), "and so is what is unknown");
    }
    // A browser is another client of the same user.
    let user = Principal::new(ISSUER, "alice");
    let open = pages.find(&asked.id(), Some(&user)).await.expect("a store").expect("open");
    assert!(open.complete().await.expect("a store"), "strangers have not used it up");
    let paid: Value =
        client.request("tools/call", asked.answered(&pay(), "accept")).await.expect("a result");
    assert_eq!(paid["content"][0]["text"], "Completed");
}

#[tokio::test]
async fn a_page_without_users_opens_for_whoever_knows_the_id() {
    let handle = server().build().expect("a server");
    let asked = ask(&by_hand(&handle).await).await;
    let anyone = Principal::new(ISSUER, "bob");
    for opener in [None, Some(&anyone)] {
        let found = handle.url_elicitations().find(&asked.id(), opener).await;
        assert!(found.expect("a store").is_some());
    }
    for id in ["", "0", "x", &asked.id().to_uppercase(), &format!("{}0", asked.id())] {
        assert!(found(&handle, id).await.is_none() || id == asked.id(), "{id}");
    }
}

#[tokio::test]
async fn of_all_who_complete_at_once_one_does() {
    let handle = server().build().expect("a server");
    let asked = ask(&by_hand(&handle).await).await;
    let mut pages = Vec::new();
    for _ in 0..20 {
        pages.push(found(&handle, &asked.id()).await.expect("open"));
    }
    let completing: Vec<_> =
        pages.into_iter().map(|it| tokio::spawn(async move { it.complete().await })).collect();
    let mut completed = 0;
    for page in completing {
        completed += usize::from(page.await.expect("no panic").expect("a store"));
    }
    assert_eq!(completed, 1);
    assert!(found(&handle, &asked.id()).await.is_none(), "it is completed once");
}

#[tokio::test]
async fn a_page_that_has_cancelled_cannot_complete() {
    let handle = server().build().expect("a server");
    let asked = ask(&by_hand(&handle).await).await;
    let open = found(&handle, &asked.id()).await.expect("open");
    assert!(open.cancel().await.expect("a store"));
    assert!(!open.complete().await.expect("a store"));
    assert!(!open.cancel().await.expect("a store"));
}

#[tokio::test]
async fn a_store_keeps_what_a_page_needs() {
    let store = Shared::default();
    let handle = server().url_elicitation_store(store.clone()).build().expect("a server");
    let asked = ask(&by_hand(&handle).await).await;
    let record = store.get(&asked.id()).await.expect("a store").expect("a record");
    assert_eq!((record.message(), record.user()), ("Please pay $5", None));
    let left = record.deadline().duration_since(SystemTime::now()).expect("in the future");
    assert!(left <= Duration::from_secs(300));
    let json = serde_json::to_string(&record).expect("JSON");
    assert_eq!(serde_json::from_str::<UrlElicitationRecord>(&json).expect("a record"), record);
}

#[tokio::test]
async fn of_a_long_message_the_start_is_kept() {
    let arguments = json!({
        "url": format!("http://localhost/{}", "x".repeat(1000)), "message": "ä".repeat(100_000),
    });
    let store = Shared::default();
    let handle = server().url_elicitation_store(store.clone()).build().expect("a server");
    let call = json!({ "name": "anywhere", "arguments": arguments });
    let asked: Value =
        by_hand(&handle).await.request("tools/call", call).await.expect("a question");
    assert_eq!(asked["resultType"], "input_required");
    let records = store.records.lock().expect("sound");
    assert!(records.values().all(|record| record.message() == "ä".repeat(1000)));
    assert_eq!(records.len(), 1);
}

/// A store that several servers share, written as a user of the crate would.
#[derive(Clone, Debug, Default)]
struct Shared {
    records: Arc<Mutex<HashMap<String, UrlElicitationRecord>>>,
    outcomes: Arc<Mutex<HashMap<String, UrlElicited>>>,
}

impl UrlElicitationStore for Shared {
    fn open<'a>(
        &'a self,
        id: &'a str,
        record: &'a UrlElicitationRecord,
    ) -> BoxFuture<'a, Result<()>> {
        self.records.lock().expect("sound").insert(id.into(), record.clone());
        Box::pin(async { Ok(()) })
    }

    fn get<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<UrlElicitationRecord>>> {
        let record = self.records.lock().expect("sound").get(id).cloned();
        Box::pin(async { Ok(record) })
    }

    fn close<'a>(&'a self, id: &'a str, outcome: UrlElicited) -> BoxFuture<'a, Result<bool>> {
        let mut outcomes = self.outcomes.lock().expect("sound");
        let is_open = !outcomes.contains_key(id);
        outcomes.entry(id.into()).or_insert(outcome);
        Box::pin(async move { Ok(is_open) })
    }

    fn outcome<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<UrlElicited>>> {
        let outcome = self.outcomes.lock().expect("sound").get(id).copied();
        Box::pin(async move { Ok(outcome) })
    }
}

#[tokio::test]
async fn a_shared_store_completes_on_any_instance() {
    let store = Shared::default();
    let build = || server().url_elicitation_store(store.clone()).build().expect("a server");
    let (here, there, elsewhere) = (build(), build(), build());
    let asked = ask(&by_hand(&here).await).await;
    let open = found(&there, &asked.id()).await.expect("known everywhere");
    assert!(open.complete().await.expect("a store"));
    let paid: Value = by_hand(&elsewhere)
        .await
        .request("tools/call", asked.answered(&pay(), "accept"))
        .await
        .expect("a result");
    assert_eq!(paid["content"][0]["text"], "Completed");
}

#[tokio::test]
async fn a_shared_store_is_asked_until_the_page_completes() {
    let store = Shared::default();
    let build = || server().url_elicitation_store(store.clone()).build().expect("a server");
    let (here, there) = (build(), build());
    let client = by_hand(&here).await;
    let asked = ask(&client).await;
    let round = client.request::<Value>("tools/call", asked.answered(&pay(), "accept"));
    let page = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        found(&there, &asked.id()).await.expect("open").complete().await.expect("a store")
    };
    let (paid, completed) = tokio::join!(round, page);
    assert!(completed);
    assert_eq!(paid.expect("a result")["content"][0]["text"], "Completed");
}

#[tokio::test]
async fn users_on_their_way_are_limited_in_all() {
    let handle = limited(|limits| limits.url_elicitations = 2).build().expect("a server");
    let client = by_hand(&handle).await;
    let (first, _second) = (ask(&client).await, ask(&client).await);
    let refused: Value = client.request("tools/call", pay()).await.expect("a result");
    assert_eq!(refused["isError"], true);
    assert_eq!(refused["content"][0]["text"], "too many URLs wait for their users");
    assert!(found(&handle, &first.id()).await.is_some(), "nobody loses one");
}

#[tokio::test]
async fn one_that_has_expired_makes_room() {
    let handle = limited(|limits| limits.url_elicitations = 1).build().expect("a server");
    let client = by_hand(&handle).await;
    let hasty = json!({ "name": "hasty", "arguments": {} });
    let first = Asked::read(&client.request("tools/call", hasty).await.expect("a question"));
    super::server::until_gone(&handle, &first.id()).await;
    ask(&client).await;
}

#[tokio::test]
async fn users_on_their_way_are_limited_for_each_principal() {
    let handle = limited(|limits| limits.url_elicitations_per_principal = 1);
    let handle = handle.build().expect("a server");
    let alice = client_of(&handle, Principal::new(ISSUER, "alice")).await;
    let first = ask(&alice).await;
    let refused: Value = alice.request("tools/call", pay()).await.expect("a result");
    assert_eq!(refused["isError"], true);
    ask(&client_of(&handle, Principal::new(ISSUER, "bob")).await).await;
    let nobody = by_hand(&handle).await;
    ask(&nobody).await;
    ask(&nobody).await;
    let user = Principal::new(ISSUER, "alice");
    let open = handle.url_elicitations().find(&first.id(), Some(&user)).await.expect("a store");
    assert!(open.expect("open").complete().await.expect("a store"));
    ask(&alice).await;
}
