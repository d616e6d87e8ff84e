//! One of each kind with all that may come with it: what a revision does not have is left out.

use mcp_runtime::{
    ListedResource, Page, PromptMessage, PromptResult, RequestContext, ResourceContents,
    ToolResult,
    prelude::*,
    protocol::{Annotations, Content, Icon, IconTheme, Role},
};
use serde_json::{Map, Value, json};

fn icon() -> Icon {
    Icon::new("https://example.com/icon.png")
        .mime_type("image/png")
        .size("48x48")
        .theme(IconTheme::Dark)
}

fn meta() -> Map<String, Value> {
    Map::from_iter([("com.example/team".to_owned(), json!("conformance"))])
}

fn annotations() -> Annotations {
    Annotations::new()
        .audience([Role::User, Role::Assistant])
        .priority(0.5)
        .last_modified("2026-07-28T00:00:00Z")
}

/// Answer with contents that have hints and metadata.
#[mcp_tool(
    title = "Decorated tool",
    read_only,
    destructive = false,
    idempotent,
    open_world = false,
    icon = icon(),
    meta("com.example/team" = "conformance")
)]
pub(crate) async fn decorated_tool() -> ToolResult {
    let link = Content::resource_link("test://static-text", "static_text");
    let embedded = Content::embedded_text("test://a", "text/plain", "a");
    ToolResult::new(
        [Content::text("text"), link, embedded]
            .map(|content| content.with_annotations(annotations()).with_meta(meta())),
    )
    .with_meta(meta())
}

/// A resource with hints and metadata.
#[mcp_resource(
    "test://decorated",
    title = "Decorated resource",
    mime_type = "text/plain",
    size = 9,
    audience = "user",
    priority = 0.5,
    icon = icon(),
    meta("com.example/team" = "conformance")
)]
pub(crate) async fn decorated_resource() -> ResourceContents {
    ResourceContents::text("decorated").with_meta(meta())
}

/// A template whose resources are in the list.
#[mcp_resource(
    "test://listed/{name}",
    title = "Listed resources",
    list = listed,
    audience = "assistant",
    icon = icon(),
    meta("com.example/team" = "conformance")
)]
pub(crate) async fn listed_resource(name: String) -> String {
    name
}

async fn listed(_ctx: RequestContext, _page: Page) -> Result<Vec<ListedResource>> {
    let one = ListedResource::new("test://listed/one", "one")
        .with_description("The only one.")
        .with_mime_type("text/plain")
        .with_size(3);
    Ok(vec![one])
}

/// A prompt whose messages have hints and metadata.
#[mcp_prompt(
    title = "Decorated prompt",
    icon = icon(),
    meta("com.example/team" = "conformance")
)]
pub(crate) async fn decorated_prompt() -> PromptResult {
    let link = Content::resource_link("test://static-text", "static_text");
    PromptResult::new([
        PromptMessage::user(Content::text("text").with_annotations(annotations())),
        PromptMessage::assistant(link.with_meta(meta())),
    ])
    .with_description("Decorated.")
}
