use mcp_runtime::prelude::*;

/// Train.
#[mcp_tool(task = "always")]
async fn train() {}

fn main() {}
