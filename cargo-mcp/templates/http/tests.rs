use mcp_runtime::testing::{TestClient, in_every_revision};
use serde_json::json;

#[tokio::test]
async fn clients_of_every_revision_are_counted() {
    in_every_revision(super::server, async |client| {
        client.call("visit", json!({})).await?;
        let result = client.call("visit", json!({})).await?;
        assert_eq!(result.structured::<u64>(), 2);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_server_speaks_http() -> mcp_runtime::Result<()> {
    let client = TestClient::builder(super::server()).http().connect().await?;
    assert_eq!(client.call("visit", json!({})).await?.structured::<u64>(), 1);
    client.close().await?;
    Ok(())
}
