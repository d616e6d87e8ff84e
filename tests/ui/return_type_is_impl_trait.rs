use mcp_runtime::prelude::*;

/// Tell the weather.
#[mcp_tool]
async fn weather() -> impl Into<String> {
    "sunny"
}

fn main() {
    let _ = tools![weather];
}
