use mcp_runtime::prelude::*;

/// Greet someone.
#[mcp_tool]
async fn greet(name: impl Into<String>) -> String {
    name.into()
}

fn main() {
    let _ = tools![greet];
}
