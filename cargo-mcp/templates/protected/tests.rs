use mcp_runtime::{Principal, Result, testing::TestClient};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

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
async fn over_http_nobody_gets_in_without_a_token() -> Result<()> {
    let server = super::server().build()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = server.router("/mcp");
    tokio::spawn(async move { server.serve(listener, app).await });
    let mut client = TcpStream::connect(address).await?;
    let request = format!("POST /mcp HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\n\r\n");
    client.write_all(request.as_bytes()).await?;
    let mut status = [0; 12];
    client.read_exact(&mut status).await?;
    assert_eq!(&status, b"HTTP/1.1 401");
    Ok(())
}
