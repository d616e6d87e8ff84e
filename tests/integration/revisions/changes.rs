use std::time::Duration;

use mcp_runtime::{
    ServerHandle,
    protocol::{ErrorCode, Revision},
    testing::{Changes, TestClient, Transport},
};
use serde_json::json;

use super::server::server;

/// All places where a client hears of changes: 2024-11-05 has no stream for them over Streamable
/// HTTP.
fn places() -> impl Iterator<Item = (Revision, Transport)> {
    let all = Revision::ALL
        .into_iter()
        .flat_map(|revision| Transport::ALL.iter().map(move |&transport| (revision, transport)));
    all.filter(|place| *place != (Revision::V2024_11_05, Transport::Http))
}

async fn connect(
    server: &ServerHandle,
    (revision, transport): (Revision, Transport),
) -> mcp_runtime::Result<TestClient> {
    TestClient::builder(server)
        .revision(revision)
        .transport(transport)
        .timeout(Duration::from_secs(3))
        .connect()
        .await
}

#[tokio::test]
async fn a_client_hears_of_changed_lists() -> mcp_runtime::Result<()> {
    for place in places() {
        let server = server().build()?;
        let client = connect(&server, place).await?;
        let subscription = client.listen(Changes::of_lists()).await?;
        assert!(server.enable_tool("add", false));
        assert!(!server.enable_tool("add", false), "nothing has changed");
        server.remove_prompt("greet");
        server.remove_resource("docs://readme");
        for kind in ["tools", "prompts", "resources"] {
            let changed = client.next_notification().await;
            let changed = changed.unwrap_or_else(|error| panic!("{kind} {place:?}: {error}"));
            assert_eq!(changed.method(), format!("notifications/{kind}/list_changed"), "{place:?}");
        }
        let unknown = client.call("add", json!({ "a": 1, "b": 1 })).await.expect_err("hidden");
        assert_eq!(unknown.code(), Some(ErrorCode::INVALID_PARAMS));
        subscription.cancel().await?;
        assert_eq!(client.pending_notifications().await, []);
        client.close().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_client_hears_of_resources_that_it_watches() -> mcp_runtime::Result<()> {
    for place in places() {
        let server = server().build()?;
        let client = connect(&server, place).await?;
        let subscription = client.listen(Changes::none().resource("docs://readme")).await?;
        server.resource_updated("docs://other");
        server.resource_updated("docs://readme");
        let updated = client.next_notification().await?;
        assert_eq!(updated.uri(), Some("docs://readme"), "{place:?}");
        subscription.cancel().await?;
        client.call("numbers", json!({ "to": 1 })).await?;
        server.resource_updated("docs://readme");
        client.call("numbers", json!({ "to": 1 })).await?;
        assert_eq!(client.pending_notifications().await, [], "{place:?}");
        client.close().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_subscription_has_what_it_asked_for_alone() -> mcp_runtime::Result<()> {
    for &transport in Transport::ALL {
        let server = server().build()?;
        let client = connect(&server, (Revision::LATEST, transport)).await?;
        let prompts = client.listen(Changes::none().prompts()).await?;
        assert_eq!(prompts.granted(), Some(&json!({ "promptsListChanged": true })));
        let watched =
            client.listen(Changes::none().resource("notes://1").resource("none://1")).await?;
        let granted = json!({ "resourceSubscriptions": ["notes://1"] });
        assert_eq!(watched.granted(), Some(&granted));
        server.tools_changed();
        server.prompts_changed();
        server.resource_updated("notes://1");
        let mut heard = [client.next_notification().await?, client.next_notification().await?];
        heard.sort_by_key(|it| it.method().to_owned());
        assert_eq!(heard[0].method(), "notifications/prompts/list_changed");
        assert_ne!(heard[0].subscription(), heard[1].subscription());
        client.call("numbers", json!({ "to": 1 })).await?;
        assert_eq!(client.pending_notifications().await, []);
    }
    Ok(())
}

#[tokio::test]
async fn a_client_of_the_newest_revision_hears_nothing_unasked() -> mcp_runtime::Result<()> {
    for &transport in Transport::ALL {
        let server = server().build()?;
        let client = connect(&server, (Revision::LATEST, transport)).await?;
        client.tools().await?;
        server.tools_changed();
        client.tools().await?;
        assert_eq!(client.pending_notifications().await, []);
    }
    Ok(())
}

#[tokio::test]
async fn a_subscription_ends_with_a_result_when_the_server_stops() -> mcp_runtime::Result<()> {
    for &transport in Transport::ALL {
        let server = server().build()?;
        let client = connect(&server, (Revision::LATEST, transport)).await?;
        let subscription = client.listen(Changes::of_lists()).await?;
        server.stop();
        let ended = subscription.ended().await?;
        let meta = ended.meta().expect("metadata");
        assert!(meta.contains_key("io.modelcontextprotocol/subscriptionId"), "{transport}");
    }
    Ok(())
}

#[tokio::test]
async fn a_resource_that_does_not_exist_cannot_be_watched_in_a_session() -> mcp_runtime::Result<()>
{
    let server = server().build()?;
    for place in places().filter(|(revision, _)| !revision.is_stateless()) {
        let client = connect(&server, place).await?;
        let refused = client.listen(Changes::none().resource("none://1")).await.expect_err("none");
        assert_eq!(refused.code(), Some(ErrorCode::RESOURCE_NOT_FOUND), "{place:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_session_that_loses_its_stream_gets_what_it_has_missed() -> mcp_runtime::Result<()> {
    for revision in [Revision::V2025_03_26, Revision::V2025_06_18, Revision::V2025_11_25] {
        let server = server().build()?;
        let client = connect(&server, (revision, Transport::Http)).await?;
        server.tools_changed();
        client.next_notification().await?;
        client.disconnect_stream();
        server.prompts_changed();
        client.resume_stream().await?;
        let missed = client.next_notification().await?;
        assert_eq!(missed.method(), "notifications/prompts/list_changed", "{revision}");
        client.close().await?;
    }
    Ok(())
}
