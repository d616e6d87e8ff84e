//! Changes of the lists, told to those who listen.

use mcp_runtime::{ServerHandle, prelude::*};

/// Tell listeners that the tools have changed.
#[mcp_tool]
pub(crate) async fn test_trigger_tool_change(server: ServerHandle) -> &'static str {
    server.tools_changed();
    "Told of a change of the tools"
}

/// Tell listeners that the prompts have changed.
#[mcp_tool]
pub(crate) async fn test_trigger_prompt_change(server: ServerHandle) -> &'static str {
    server.prompts_changed();
    "Told of a change of the prompts"
}
