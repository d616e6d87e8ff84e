use mcp_runtime::{Principal, Result, testing::TestClient};
use serde_json::json;

use crate::{
    files::server,
    settings::{Mode, Settings},
};

async fn client(server: &mcp_runtime::ServerHandle, name: &str, scope: &str) -> Result<TestClient> {
    let caller = Principal::new("https://auth.example.com", name).with_scopes(scope.split(' '));
    TestClient::builder(server.clone()).principal(caller).connect().await
}

#[tokio::test]
async fn each_caller_has_files_of_their_own() -> Result<()> {
    let server = server().build()?;
    let alice = client(&server, "alice", "files:read files:write").await?;
    let bob = client(&server, "bob", "files:read").await?;
    alice.call("write_file", json!({ "name": "a", "text": "hello" })).await?;
    assert_eq!(alice.call("list_files", json!({})).await?.text(), "a");
    assert_eq!(alice.read("files://a").await?.text(), "hello");
    assert_eq!(bob.call("list_files", json!({})).await?.text(), "");
    assert!(bob.read("files://a").await.is_err());
    Ok(())
}

#[tokio::test]
async fn who_may_not_write_does_not_find_the_tool() -> Result<()> {
    let server = server().build()?;
    let bob = client(&server, "bob", "files:read").await?;
    let names: Vec<_> = bob.tools().await?.into_iter().map(|tool| tool["name"].clone()).collect();
    assert_eq!(names, ["whoami", "list_files"]);
    assert!(bob.call("write_file", json!({ "name": "a", "text": "" })).await.is_err());
    Ok(())
}

#[test]
fn the_environment_says_how_tokens_are_verified() {
    let read = |variables: &[(&str, &str)]| {
        Settings::read(|name| {
            variables.iter().find(|(it, _)| *it == name).map(|(_, value)| (*value).to_owned())
        })
    };
    let base =
        [("RESOURCE", "https://api.example.com/mcp"), ("ISSUER", "https://auth.example.com")];
    let jwt = read(&base).expect("enough");
    assert!(matches!(jwt.mode, Mode::Jwt) && !jwt.private_addresses);
    assert!(jwt.resource_server().build().is_ok());
    let asked = [&base[..], &[("MODE", "introspection"), ("CLIENT_ID", "api")]].concat();
    let error = read(&asked).expect_err("there is no secret");
    assert!(error.to_string().contains("CLIENT_SECRET"));
    let asked = [&asked[..], &[("CLIENT_SECRET", "secret")]].concat();
    assert!(matches!(read(&asked).expect("enough").mode, Mode::Introspection { .. }));
    assert!(read(&[("MODE", "none")]).is_err());
    assert!(read(&[]).is_err());
}
