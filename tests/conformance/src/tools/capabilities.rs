//! What a client can do, and what a call does about it.

use mcp_runtime::{prelude::*, protocol::ClientCapability};

/// Answer only clients that lend their model.
#[mcp_tool(read_only)]
pub(crate) async fn test_missing_capability(ctx: Context) -> Result<&'static str> {
    ctx.require(ClientCapability::Sampling)?;
    Ok("The client can sample")
}

/// Answer without a request of the server's own on the stream.
#[mcp_tool(read_only)]
pub(crate) async fn test_streaming_elicitation() -> &'static str {
    "No question is asked outside the answer"
}
