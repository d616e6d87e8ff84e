use mcp_runtime::{
    Item, Principal, ServerHandle,
    protocol::{ErrorCode, Revision},
    testing::{Changes, TestClient, Transport},
};
use serde_json::{Value, json};

use super::server::server;

/// Everything is for alice; others have `numbers` alone.
fn filtered() -> mcp_runtime::Result<ServerHandle> {
    let mut limits = mcp_runtime::Limits::default();
    limits.page_items = 3;
    server()
        .limits(limits)
        .visible(|principal, item| {
            principal.is_some_and(|it| it.subject() == "alice") || item == Item::Tool("numbers")
        })
        .build()
}

fn every_place() -> impl Iterator<Item = (Revision, Transport)> {
    Revision::ALL
        .into_iter()
        .flat_map(|revision| Transport::ALL.iter().map(move |&transport| (revision, transport)))
}

async fn connect(
    server: &ServerHandle,
    (revision, transport): (Revision, Transport),
    subject: Option<&str>,
) -> mcp_runtime::Result<TestClient> {
    let mut client = TestClient::builder(server).revision(revision).transport(transport);
    if let Some(subject) = subject {
        client = client.principal(Principal::new("https://auth.example.com", subject));
    }
    client.connect().await
}

#[tokio::test]
async fn what_is_not_visible_does_not_exist() -> mcp_runtime::Result<()> {
    let server = filtered()?;
    for place in every_place() {
        let alice = connect(&server, place, Some("alice")).await?;
        assert_eq!(alice.tools().await?.len(), 10);
        assert_eq!(alice.read("docs://readme").await?.text(), "# Start");
        for subject in [Some("bob"), None] {
            let other = connect(&server, place, subject).await?;
            assert_eq!(other.tools().await?.len(), 1, "{place:?} {subject:?}");
            assert_eq!(other.resources().await?, [Value::Null; 0]);
            assert_eq!(other.resource_templates().await?, [Value::Null; 0]);
            assert_eq!(other.prompts().await?, [Value::Null; 0]);
            other.call("numbers", json!({ "to": 1 })).await?;
            let hidden = other.call("add", json!({ "a": 1, "b": 1 })).await.expect_err("hidden");
            let unknown = other.call("none", json!({})).await.expect_err("unknown");
            assert_eq!(hidden.code(), unknown.code());
            assert_eq!(hidden.message().replace("add", "none"), unknown.message());
            assert!(other.read("docs://readme").await.is_err());
            assert!(other.prompt("greet", json!({ "name": "a" })).await.is_err());
            assert!(other.complete_prompt("greet", "name", "a").await.is_err());
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_cursor_belongs_to_its_principal() -> mcp_runtime::Result<()> {
    let server = filtered()?;
    let newest = (Revision::LATEST, Transport::Memory);
    let alice = connect(&server, newest, Some("alice")).await?;
    let first: Value = alice.request("tools/list", json!({})).await?;
    assert_eq!(first["cacheScope"], "private");
    let next = json!({ "cursor": first["nextCursor"] });
    alice.request::<Value>("tools/list", &next).await?;
    for subject in [Some("bob"), None] {
        let other = connect(&server, newest, subject).await?;
        let refused = other.request::<Value>("tools/list", &next).await.expect_err("foreign");
        assert_eq!(refused.code(), Some(ErrorCode::INVALID_PARAMS));
    }
    Ok(())
}

#[tokio::test]
async fn a_hidden_resource_cannot_be_watched() -> mcp_runtime::Result<()> {
    let server = filtered()?;
    for place in every_place() {
        let bob = connect(&server, place, Some("bob")).await?;
        let listening = bob.listen(Changes::none().resource("docs://readme")).await;
        if place.0.is_stateless() {
            assert_eq!(listening?.granted(), Some(&json!({})));
        } else {
            let refused = listening.expect_err("hidden");
            assert_eq!(refused.code(), Some(ErrorCode::RESOURCE_NOT_FOUND));
        }
    }
    Ok(())
}
