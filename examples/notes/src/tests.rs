//! The server as clients of every revision meet it, in memory and over a socket.

use mcp_runtime::{
    Result,
    protocol::ErrorCode,
    testing::{Changes, TestClient, in_every_revision},
};
use serde_json::{Value, json};

use crate::store::{Note, Notes};

fn client() -> Result<TestClient> {
    TestClient::new(crate::server(Notes::in_memory()?))
}

fn notes(count: usize) -> Value {
    vec![json!({ "title": "Note", "body": "" }); count].into()
}

#[tokio::test]
async fn a_note_is_added_found_read_and_deleted() {
    let server = || crate::server(Notes::in_memory().expect("memory is there"));
    in_every_revision(server, async |client| {
        let note = json!({ "title": "Shopping", "body": "Milk", "tags": ["home"] });
        let added = client.call("add_note", note).await?.structured::<Note>();
        let found = client.call("search_notes", json!({ "query": "milk" })).await?;
        assert_eq!(found.structured::<Vec<Note>>(), [added]);
        let text = client.read("notes://1").await?.text();
        assert_eq!(text, "# Shopping\n\nMilk\n\nTags: home\n");

        let deleted = client.call("delete_note", json!({ "id": 1 })).await?;
        assert_eq!(deleted.text(), "note 1 is deleted");
        let again = client.call("delete_note", json!({ "id": 1 })).await?;
        assert!(again.is_error());
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn an_import_tells_its_progress() -> Result<()> {
    let client = client()?;
    let imported = client.call("import_notes", json!({ "notes": notes(3) })).progress().await?;
    assert_eq!(imported.structured_content(), Some(&json!({ "ids": [1, 2, 3] })));
    let progress: Vec<_> = imported.progress().iter().map(|it| (it.progress, it.total)).collect();
    assert_eq!(progress, [(1.0, Some(3.0)), (2.0, Some(3.0)), (3.0, Some(3.0))]);
    Ok(())
}

#[tokio::test]
async fn a_cancelled_import_stops() -> Result<()> {
    let store = Notes::in_memory()?;
    let client = TestClient::new(crate::server(store.clone()))?;
    let arguments = json!({ "notes": notes(100), "delay_ms": 10 });
    let mut import = client.call("import_notes", arguments).progress().start().await?;
    import.next_notification().await?;
    import.cancel().await?;
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let stored = store.all()?.len();
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(store.all()?.len(), stored);
    Ok(())
}

#[tokio::test]
async fn resources_are_listed_in_pages_of_fifty() -> Result<()> {
    let client = client()?;
    client.call("import_notes", json!({ "notes": notes(60) })).await?;
    let first: Value = client.request("resources/list", json!({})).await?;
    assert_eq!(first["resources"].as_array().map(Vec::len), Some(50));
    assert_eq!(client.resources().await?.len(), 61);
    Ok(())
}

#[tokio::test]
async fn who_watches_the_index_hears_of_a_new_note() -> Result<()> {
    let client = client()?;
    let _subscription = client.listen(Changes::none().resource("notes://all")).await?;
    client.call("add_note", json!({ "title": "News", "body": "" })).await?;
    assert_eq!(client.next_notification().await?.uri(), Some("notes://all"));
    Ok(())
}

#[tokio::test]
async fn a_prompt_takes_an_id_that_is_completed() -> Result<()> {
    let client = client()?;
    client.call("add_note", json!({ "title": "Shopping", "body": "Milk" })).await?;
    assert_eq!(client.complete_prompt("summarize", "id", "1").await?.values(), ["1"]);
    assert_eq!(client.complete_prompt("summarize", "style", "h").await?.values(), ["headline"]);
    let arguments = json!({ "id": "1", "style": "headline" });
    assert!(client.prompt("summarize", arguments).await?.text().contains("headline"));
    let error = client.prompt("summarize", json!({ "id": "404" })).await.expect_err("none");
    assert_eq!(error.code(), Some(ErrorCode::INVALID_PARAMS));
    Ok(())
}
