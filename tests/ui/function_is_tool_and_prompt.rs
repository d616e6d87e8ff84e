use mcp_runtime::prelude::*;

/// Review code.
#[mcp_tool]
#[mcp_prompt]
async fn review(code: String) -> String {
    code
}

fn main() {
    let _ = tools![review];
}
