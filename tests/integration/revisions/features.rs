use mcp_runtime::{
    protocol::{ErrorCode, Revision},
    testing::{TestClient, Transport, in_every_revision},
};
use serde_json::{Value, json};

use super::server::server;

/// Whether the client's revision is this one or newer.
fn since(client: &TestClient, first: Revision) -> bool {
    client.revision() >= first
}

fn named<'v>(items: &'v [Value], name: &str) -> &'v Value {
    items.iter().find(|item| item["name"] == name).expect(name)
}

#[tokio::test]
async fn tools_are_listed_with_what_the_revision_has() {
    in_every_revision(server, async |client| {
        let tools = client.tools().await?;
        let numbers = named(&tools, "numbers");
        let has = |member: &str| numbers.get(member).is_some();
        assert_eq!(has("annotations"), since(&client, Revision::V2025_03_26));
        for member in ["title", "outputSchema", "_meta"] {
            assert_eq!(has(member), since(&client, Revision::V2025_06_18), "{member}");
        }
        assert_eq!(has("icons"), since(&client, Revision::V2025_11_25));
        if client.revision() == Revision::V2025_03_26 {
            assert_eq!(numbers["annotations"]["title"], "Counter");
        }
        if has("outputSchema") {
            let kind = if client.revision().is_stateless() { "array" } else { "object" };
            assert_eq!(numbers["outputSchema"]["type"], kind);
            assert_eq!(named(&tools, "add")["outputSchema"]["type"], "object");
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn structured_output_is_wrapped_where_it_has_to_be_an_object() {
    in_every_revision(server, async |client| {
        let numbers = client.call("numbers", json!({ "to": 3 })).await?;
        assert_eq!(numbers.structured::<Vec<u32>>(), [1, 2, 3]);
        assert_eq!(numbers.text(), "[1,2,3]");
        let structured = numbers.structured_content();
        match client.revision() {
            Revision::V2024_11_05 | Revision::V2025_03_26 => assert_eq!(structured, None),
            Revision::V2026_07_28 => assert_eq!(structured, Some(&json!([1, 2, 3]))),
            _ => assert_eq!(structured, Some(&json!({ "result": [1, 2, 3] }))),
        }
        let sum = client.call("add", json!({ "a": 1, "b": 2 })).await?;
        assert_eq!(sum.structured::<Value>(), json!({ "sum": 3 }));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn contents_that_the_revision_lacks_become_text() {
    in_every_revision(server, async |client| {
        let result = client.call("everything", json!({})).await?;
        let types: Vec<_> = result.content().iter().map(|item| item["type"].as_str()).collect();
        let or_text = |first, name| if since(&client, first) { name } else { "text" };
        let audio = or_text(Revision::V2025_03_26, "audio");
        let link = or_text(Revision::V2025_06_18, "resource_link");
        assert_eq!(types, ["text", "image", audio, link, "resource"].map(Some));
        let text = &result.content()[0];
        assert_eq!(text["annotations"]["audience"], json!(["user"]));
        let newer = since(&client, Revision::V2025_06_18);
        assert_eq!(text["annotations"].get("lastModified").is_some(), newer);
        assert_eq!(text.get("_meta").is_some(), newer);
        let meta = result.meta().is_some_and(|meta| meta.contains_key("example.com/a"));
        assert_eq!(meta, newer);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn resources_and_prompts_have_what_the_revision_has() {
    in_every_revision(server, async |client| {
        let resources = client.resources().await?;
        let readme = named(&resources, "readme");
        assert_eq!(readme["annotations"]["audience"], json!(["user"]));
        let prompts = client.prompts().await?;
        let templates = client.resource_templates().await?;
        for item in [readme, &prompts[0], &templates[0]] {
            assert_eq!(
                item.get("title").is_some(),
                since(&client, Revision::V2025_06_18),
                "{item}"
            );
        }
        for item in [readme, &prompts[0]] {
            assert_eq!(
                item.get("icons").is_some(),
                since(&client, Revision::V2025_11_25),
                "{item}"
            );
        }
        assert_eq!(readme.get("_meta").is_some(), since(&client, Revision::V2025_06_18));
        let read = client.read("docs://readme").await?;
        assert_eq!(read.text(), "# Start");
        assert_eq!(read.contents()[0]["mimeType"], "text/markdown");
        let meta = read.contents()[0].get("_meta").is_some();
        assert_eq!(meta, since(&client, Revision::V2025_06_18));
        assert_eq!(client.read("notes://7").await?.bytes(), [7]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_resource_that_is_missing_has_the_code_of_the_revision() {
    in_every_revision(server, async |client| {
        let modern = client.revision().is_stateless();
        let code = if modern { ErrorCode::INVALID_PARAMS } else { ErrorCode::RESOURCE_NOT_FOUND };
        for uri in ["docs://none", "notes://77", "notes://x", ""] {
            let missing = client.read(uri).await.expect_err("there is none");
            assert_eq!(missing.code(), Some(code), "{missing}");
            assert_eq!(missing.data(), Some(&json!({ "uri": uri })));
            if client.transport() == Transport::Http {
                assert_eq!(missing.status(), Some(200));
            }
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn prompts_take_strings_and_name_what_is_missing() {
    in_every_revision(server, async |client| {
        let prompt = client.prompt("greet", json!({ "name": "Ada", "tone": "formal" })).await?;
        assert_eq!(prompt.text(), "Greet Ada in a formal tone.");
        assert_eq!(prompt.description(), Some("Greet someone."));
        let missing = client.prompt("greet", json!({})).await.expect_err("a name is needed");
        assert_eq!(missing.code(), Some(ErrorCode::INVALID_PARAMS));
        assert!(missing.message().contains("name"), "{missing}");
        let unknown = client.prompt("meet", json!({})).await.expect_err("there is none");
        assert_eq!(unknown.message(), "unknown prompt: `meet`");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn cache_hints_are_those_that_the_author_has_given() -> mcp_runtime::Result<()> {
    use std::time::Duration;
    let server =
        server().cache_lists(Duration::from_secs(60)).cache_resources(Duration::from_secs(5));
    let client = TestClient::new(server)?;
    for (method, ttl) in [
        ("server/discover", 60_000),
        ("tools/list", 60_000),
        ("prompts/list", 60_000),
        ("resources/list", 60_000),
        ("resources/templates/list", 60_000),
    ] {
        let result: Value = client.request(method, json!({})).await?;
        assert_eq!((&result["ttlMs"], &result["cacheScope"]), (&ttl.into(), &"public".into()));
    }
    let read = client.read("docs://readme").await?;
    assert_eq!(read.json()["ttlMs"], 5000);
    let private = TestClient::new(super::server::server().cache_privately())?;
    let tools: Value = private.request("tools/list", json!({})).await?;
    assert_eq!((&tools["ttlMs"], &tools["cacheScope"]), (&0.into(), &"private".into()));
    Ok(())
}
