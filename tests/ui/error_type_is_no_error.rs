use mcp_runtime::prelude::*;

struct Unknown;

/// Tell the weather.
#[mcp_tool]
async fn weather() -> Result<String, Unknown> {
    Err(Unknown)
}

fn main() {
    let _ = tools![weather];
}
