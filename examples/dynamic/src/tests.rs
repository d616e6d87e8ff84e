//! The server as a client meets it.

use mcp_runtime::{
    Result,
    testing::{Changes, TestClient, in_every_revision},
};
use serde_json::{Value, json};

fn greeting() -> Value {
    json!({
        "name": "greet",
        "description": "Greet someone.",
        "template": "Hello, {name}!",
        "schema": {
            "type": "object",
            "properties": { "name": { "type": "string", "maxLength": 10 } },
            "required": ["name"],
        },
    })
}

async fn has_tool(client: &TestClient, name: &str) -> Result<bool> {
    Ok(client.tools().await?.iter().any(|tool| tool["name"] == name))
}

#[tokio::test]
async fn a_tool_is_installed_used_hidden_and_removed() {
    in_every_revision(crate::server, async |client| {
        client.call("install_tool", greeting()).await?;
        assert!(has_tool(&client, "greet").await?);
        let greeted = client.call("greet", json!({ "name": "Ada" })).await?;
        assert_eq!(greeted.text(), "Hello, Ada!");

        client.call("enable_tool", json!({ "name": "greet", "enabled": false })).await?;
        assert!(!has_tool(&client, "greet").await?);
        client.call("enable_tool", json!({ "name": "greet", "enabled": true })).await?;
        assert!(has_tool(&client, "greet").await?);

        client.call("remove_tool", json!({ "name": "greet" })).await?;
        assert!(!has_tool(&client, "greet").await?);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn arguments_are_checked_against_the_schema() -> Result<()> {
    let client = TestClient::new(crate::server())?;
    client.call("install_tool", greeting()).await?;
    for wrong in [json!({}), json!({ "name": "a name that is too long" })] {
        assert!(client.call("greet", wrong).await?.is_error());
    }
    Ok(())
}

#[tokio::test]
async fn tools_that_cannot_be_are_refused() -> Result<()> {
    let client = TestClient::new(crate::server())?;
    for (member, value) in [
        ("name", json!("install_tool")),
        ("name", json!("no name")),
        ("schema", json!({ "type": "string" })),
    ] {
        let mut tool = greeting();
        tool[member] = value;
        assert!(client.call("install_tool", tool).await?.is_error());
    }
    assert_eq!(client.tools().await?.len(), 3);
    Ok(())
}

#[tokio::test]
async fn the_tools_that_manage_tools_stay() -> Result<()> {
    let client = TestClient::new(crate::server())?;
    client.call("remove_tool", json!({ "name": "install_tool" })).await?;
    client.call("enable_tool", json!({ "name": "remove_tool", "enabled": false })).await?;
    assert_eq!(client.tools().await?.len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_client_that_listens_hears_of_each_change() -> Result<()> {
    let client = TestClient::new(crate::server())?;
    let _subscription = client.listen(Changes::none().tools()).await?;
    for (tool, arguments) in
        [("install_tool", greeting()), ("remove_tool", json!({ "name": "greet" }))]
    {
        client.call(tool, arguments).await?;
        let changed = client.next_notification().await?;
        assert_eq!(changed.method(), "notifications/tools/list_changed");
    }
    Ok(())
}
