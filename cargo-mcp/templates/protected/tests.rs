use mcp_runtime::{Principal, Result, testing::TestClient};
use serde_json::json;

async fn client(scopes: &[&str]) -> Result<TestClient> {
    let alice = Principal::new("https://auth.example.com", "alice").with_scopes(scopes.iter().copied());
    TestClient::builder(super::server()).principal(alice).connect().await
}

#[tokio::test]
async fn a_caller_is_known() -> Result<()> {
    let client = client(&[]).await?;
    assert_eq!(client.call("whoami", json!({})).await?.text(), "alice");
    Ok(())
}

#[tokio::test]
async fn who_may_not_publish_cannot() -> Result<()> {
    let text = json!({ "text": "Rain." });
    let reader = client(&[]).await?;
    assert!(reader.call("publish_text", &text).await.is_err());
    let writer = client(&["texts:write"]).await?;
    let published = writer.call("publish_text", &text).await?;
    assert_eq!(published.text(), "alice has published 5 characters");
    Ok(())
}

#[tokio::test]
async fn over_http_nobody_gets_in_without_a_token() {
    assert!(TestClient::builder(super::server()).http().connect().await.is_err());
}
