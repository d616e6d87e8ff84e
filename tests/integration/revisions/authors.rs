//! What authors do that a revision does not allow, and what becomes of it on the wire.

use mcp_runtime::{
    ListedResource, Page, PromptMessage, RequestContext, Tool, ToolResult,
    prelude::*,
    protocol::{Content, ErrorCode, Revision, RpcError},
    testing::{TestClient, in_every_revision},
};
use serde_json::{Map, Value, json};

fn server() -> Server {
    let unlisted = Tool::new("unlisted", |_| Box::pin(async { ToolResult::structured(&[1, 2]) }));
    Server::new("authors", "1.0.0")
        .tools(tools![owned, fails].into_iter().chain([unlisted]))
        .prompts(prompts![media])
        .resources(resources![fixed, broken, left, right])
        .method("example/owned", async |_: Map<String, Value>, _ctx: RequestContext| {
            Ok(json!({ "resultType": "mine", "_meta": { "a": 1, SERVER_INFO: 2 }, "b": 3 }))
        })
}

const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// Set metadata that is not the author's.
#[mcp_tool]
async fn owned() -> ToolResult {
    let meta = json!({ SERVER_INFO: "mine", "io.modelcontextprotocol/subscriptionId": 1, "a": 1 });
    ToolResult::text("").with_meta(meta.as_object().cloned().unwrap_or_default())
}

/// Fail with an error of this kind.
#[mcp_tool]
async fn fails(kind: String) -> Result<String> {
    let code = match kind.as_str() {
        "resource" => ErrorCode::RESOURCE_NOT_FOUND,
        "capability" => ErrorCode::MISSING_CLIENT_CAPABILITY,
        _ => ErrorCode::application(7),
    };
    Err(RpcError::new(code, "failed").with_data(json!({ "kind": kind })).into())
}

/// Talk in sounds and links.
#[mcp_prompt]
async fn media() -> Vec<PromptMessage> {
    vec![
        PromptMessage::user(Content::audio([1], "audio/wav")),
        PromptMessage::assistant(Content::resource_link("docs://a", "a")),
    ]
}

/// Fixed.
#[mcp_resource("docs://fixed")]
async fn fixed() -> &'static str {
    "fixed"
}

/// Refuses with a code of older revisions.
#[mcp_resource("docs://broken")]
async fn broken() -> Result<String> {
    Err(RpcError::new(ErrorCode::RESOURCE_NOT_FOUND, "gone").into())
}

/// One of many.
#[mcp_resource("left://{id}", list = lefts)]
async fn left(id: u32) -> String {
    id.to_string()
}

/// One of others.
#[mcp_resource("right://{id}", list = rights)]
async fn right(id: u32) -> String {
    id.to_string()
}

async fn lefts(_ctx: RequestContext, page: Page) -> Result<Vec<ListedResource>> {
    Ok(numbered("left", page))
}

async fn rights(_ctx: RequestContext, page: Page) -> Result<Vec<ListedResource>> {
    Ok(numbered("right", page))
}

fn numbered(scheme: &str, page: Page) -> Vec<ListedResource> {
    let numbers = (page.offset..5).take(page.limit);
    numbers.map(|number| ListedResource::new(format!("{scheme}://{number}"), "item")).collect()
}

#[tokio::test]
async fn structured_output_without_a_schema_is_an_object_where_it_has_to_be() {
    in_every_revision(server, async |client| {
        let result = client.call("unlisted", json!({})).await?;
        assert_eq!(result.structured::<[u8; 2]>(), [1, 2]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn metadata_of_the_protocol_is_the_runtimes() {
    in_every_revision(server, async |client| {
        let modern = client.revision().is_stateless();
        let result = client.call("owned", json!({})).await?;
        let meta = result.meta().cloned().unwrap_or_default();
        let newer = client.revision() >= Revision::V2025_06_18;
        assert_eq!(meta.get("a").is_some(), newer);
        assert_eq!(meta.contains_key(SERVER_INFO), modern);
        assert!(!meta.contains_key("io.modelcontextprotocol/subscriptionId"));
        let custom: Value = client.request("example/owned", json!({})).await?;
        assert_eq!((&custom["b"], &custom["_meta"]["a"]), (&json!(3), &json!(1)));
        assert_eq!(custom["_meta"].get(SERVER_INFO).is_some(), modern);
        assert_eq!(custom.get("resultType"), modern.then_some(&json!("complete")));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn codes_that_the_revision_lacks_become_others() {
    in_every_revision(server, async |client| {
        let modern = client.revision().is_stateless();
        for (kind, newest, older) in [
            ("resource", ErrorCode::INVALID_PARAMS, ErrorCode::RESOURCE_NOT_FOUND),
            ("capability", ErrorCode::MISSING_CLIENT_CAPABILITY, ErrorCode::INTERNAL_ERROR),
            ("own", ErrorCode::application(7), ErrorCode::application(7)),
        ] {
            let failed = client.call("fails", json!({ "kind": kind })).await.expect_err(kind);
            assert_eq!(failed.code(), Some(if modern { newest } else { older }), "{failed}");
            assert_eq!(
                (failed.message(), failed.data()),
                ("failed", Some(&json!({ "kind": kind })))
            );
        }
        let gone = client.read("docs://broken").await.expect_err("gone");
        assert_eq!(gone.message(), "gone");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn contents_of_prompts_become_text_where_the_revision_lacks_them() {
    in_every_revision(server, async |client| {
        let prompt = client.prompt("media", json!({})).await?;
        let types: Vec<_> = prompt.messages().iter().map(|it| &it["content"]["type"]).collect();
        let audio = if client.revision() < Revision::V2025_03_26 { "text" } else { "audio" };
        let link = if client.revision() < Revision::V2025_06_18 { "text" } else { "resource_link" };
        assert_eq!(types, [audio, link]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn resources_that_functions_list_come_page_by_page() {
    for len in 1..=13 {
        let paged = || {
            let mut limits = mcp_runtime::Limits::default();
            limits.page_items = len;
            server().limits(limits)
        };
        let client = TestClient::new(paged()).expect("a sound server");
        let resources = client.resources().await.expect("a list");
        let uris: Vec<_> = resources.iter().filter_map(|it| it["uri"].as_str()).collect();
        assert_eq!(uris.len(), 12, "{len}: {uris:?}");
        assert_eq!((uris[0], uris[2], uris[11]), ("docs://fixed", "left://0", "right://4"));
    }
}
