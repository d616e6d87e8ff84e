use mcp_runtime::prelude::*;

/// Train.
#[mcp_tool(task = true, ttl = 600)]
async fn train() {}

/// Wait.
#[mcp_tool(task = true, time_limit = "10 minutes")]
async fn wait() {}

fn main() {}
