use mcp_runtime::testing::in_every_revision;
use serde_json::json;

#[tokio::test]
async fn a_tool_is_a_function() {
    assert_eq!(super::count_words("one two".into()).await, 2);
}

#[tokio::test]
async fn clients_of_every_revision_count_words() {
    in_every_revision(super::server, async |client| {
        let result = client.call("count_words", json!({ "text": "one two three" })).await?;
        assert_eq!(result.structured::<usize>(), 3);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn clients_of_every_revision_get_the_prompt() {
    in_every_revision(super::server, async |client| {
        let prompt = client.prompt("summarize", json!({ "text": "Rain." })).await?;
        assert!(prompt.text().ends_with("Rain."));
        Ok(())
    })
    .await;
}
