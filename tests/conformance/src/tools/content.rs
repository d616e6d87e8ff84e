//! Every kind of content, and a failure.

use mcp_runtime::{prelude::*, protocol::Content};
use serde_json::json;

use crate::media::{PICTURE, PICTURE_TYPE, SOUND, SOUND_TYPE};

/// Answer with a text.
#[mcp_tool(read_only)]
pub(crate) async fn test_simple_text() -> &'static str {
    "This is a simple text response for testing."
}

/// Answer with a picture.
#[mcp_tool(read_only)]
pub(crate) async fn test_image_content() -> Content {
    Content::image(PICTURE, PICTURE_TYPE)
}

/// Answer with a sound.
#[mcp_tool(read_only)]
pub(crate) async fn test_audio_content() -> Content {
    Content::audio(SOUND, SOUND_TYPE)
}

/// Answer with a resource and what is in it.
#[mcp_tool(read_only)]
pub(crate) async fn test_embedded_resource() -> Content {
    Content::embedded_text(
        "test://embedded-resource",
        "text/plain",
        "This is an embedded resource content.",
    )
}

/// Answer with contents of three kinds.
#[mcp_tool(read_only)]
pub(crate) async fn test_multiple_content_types() -> [Content; 3] {
    let data = json!({ "test": "data", "value": 123 }).to_string();
    [
        Content::text("Multiple content types test:"),
        Content::image(PICTURE, PICTURE_TYPE),
        Content::embedded_text("test://mixed-content-resource", "application/json", data),
    ]
}

/// Fail.
#[mcp_tool(read_only)]
pub(crate) async fn test_error_handling() -> Result<()> {
    Err(Error::new("This tool intentionally returns an error for testing"))
}
