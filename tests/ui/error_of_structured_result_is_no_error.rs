use mcp_runtime::prelude::*;

struct Unknown;

/// Count.
#[mcp_tool]
async fn count() -> Result<u32, Unknown> {
    Err(Unknown)
}

fn main() {
    let _ = tools![count];
}
