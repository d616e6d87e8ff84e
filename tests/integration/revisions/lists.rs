use mcp_runtime::{
    Limits, Server, ServerHandle, Tool, ToolResult,
    protocol::ErrorCode,
    testing::{ClientError, TestClient, in_every_revision},
};
use serde_json::{Value, json};

use super::server::server;

fn small_pages() -> Server {
    let mut limits = Limits::default();
    limits.page_items = 2;
    server().limits(limits)
}

async fn list(client: &TestClient, method: &str, cursor: Value) -> Result<Value, ClientError> {
    client.request(method, json!({ "cursor": cursor })).await
}

#[tokio::test]
async fn pages_make_the_whole_list_in_order() {
    in_every_revision(small_pages, async |client| {
        let tools = client.tools().await?;
        let names: Vec<_> = tools.iter().filter_map(|tool| tool["name"].as_str()).collect();
        let expected = [
            "numbers",
            "add",
            "everything",
            "steps",
            "chatter",
            "wait",
            "release",
            "trace",
            "client",
            "route",
        ];
        assert_eq!(names, expected);
        let first: Value = client.request("tools/list", json!({})).await?;
        assert_eq!(first["tools"].as_array().map(Vec::len), Some(2));
        let prompts: Value = client.request("prompts/list", json!({})).await?;
        assert_eq!(prompts.get("nextCursor"), None);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn cursors_that_the_server_has_not_given_are_refused() {
    in_every_revision(small_pages, async |client| {
        let first: Value = client.request("tools/list", json!({})).await?;
        let cursor = first["nextCursor"].as_str().expect("there is a second page");
        let mut forged = cursor.to_owned();
        forged.replace_range(..1, if cursor.starts_with('A') { "B" } else { "A" });
        for (method, cursor) in [
            ("prompts/list", cursor),
            ("resources/list", cursor),
            ("tools/list", &*forged),
            ("tools/list", &cursor[1..]),
            ("tools/list", "2"),
            ("tools/list", "garbage \u{1f600}"),
            ("tools/list", ""),
        ] {
            let refused = list(&client, method, cursor.into()).await.expect_err(cursor);
            assert_eq!(refused.code(), Some(ErrorCode::INVALID_PARAMS), "{refused}");
            assert_eq!(refused.message(), "invalid cursor");
        }
        let refused = list(&client, "tools/list", 2.into()).await.expect_err("a number");
        assert_eq!(refused.code(), Some(ErrorCode::INVALID_PARAMS));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_cursor_of_another_server_or_an_older_list_is_refused() -> mcp_runtime::Result<()> {
    let handle: ServerHandle = small_pages().build()?;
    let client = TestClient::new(&handle)?;
    let first: Value = client.request("tools/list", json!({})).await?;
    let cursor = &first["nextCursor"];
    list(&client, "tools/list", cursor.clone()).await?;
    let another = TestClient::new(small_pages())?;
    list(&another, "tools/list", cursor.clone()).await.expect_err("of another server");
    let again = TestClient::new(&handle)?;
    list(&again, "tools/list", cursor.clone()).await?;
    handle.add_tool(Tool::new("late", |_| Box::pin(async { Ok(ToolResult::text("")) })))?;
    let refused = list(&client, "tools/list", cursor.clone()).await.expect_err("of an older list");
    assert_eq!(refused.message(), "invalid cursor");
    assert_eq!(client.tools().await?.len(), 11);
    Ok(())
}

#[tokio::test]
async fn completion_offers_what_fits() {
    in_every_revision(server, async |client| {
        let tone = client.complete_prompt("greet", "tone", "f").await?;
        assert_eq!(tone.values(), ["formal", "friendly"]);
        assert!(!tone.has_more());
        let ids = client.complete_resource("notes://{id}", "id", "1").await?;
        assert_eq!(ids.values(), ["1", "12"]);
        let people = client.complete_prompt("greet", "name", "A").await?;
        assert_eq!(people.values().len(), 100);
        assert_eq!((people.total(), people.has_more()), (Some(120), true));
        for (prompt, argument) in [("meet", "name"), ("greet", "age")] {
            let refused = client.complete_prompt(prompt, argument, "").await.expect_err("unknown");
            assert_eq!(refused.code(), Some(ErrorCode::INVALID_PARAMS));
        }
        let params = json!({
            "ref": { "type": "ref/prompt", "name": "greet" },
            "argument": { "name": "name", "value": "A" },
            "context": { "arguments": { "tone": "-formal" } },
        });
        let known: Value = client.request("completion/complete", params).await?;
        assert_eq!(known["completion"]["values"][0], "A0-formal");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_is_not_a_method() -> mcp_runtime::Result<()> {
    let bare = || Server::new("bare", "1.0.0");
    let client = TestClient::new(bare())?;
    assert_eq!(client.server().await?["capabilities"].get("tools"), None);
    drop(client);
    in_every_revision(bare, async |client| {
        for method in [
            "tools/list",
            "tools/call",
            "prompts/list",
            "prompts/get",
            "resources/list",
            "resources/templates/list",
            "resources/read",
            "resources/subscribe",
            "completion/complete",
            "subscriptions/listen",
        ] {
            let refused = client.request::<Value>(method, json!({})).await.expect_err(method);
            assert_eq!(refused.code(), Some(ErrorCode::METHOD_NOT_FOUND), "{refused}");
        }
        Ok(())
    })
    .await;
    Ok(())
}
