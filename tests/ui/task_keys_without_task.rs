use mcp_runtime::prelude::*;

/// Train.
#[mcp_tool(ttl = "10m", retries = 2)]
async fn train() {}

fn main() {}
