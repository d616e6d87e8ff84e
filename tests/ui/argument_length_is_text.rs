use mcp_runtime::prelude::*;

/// Greet someone.
#[mcp_tool]
async fn greet(#[arg(length = "5")] name: String) -> String {
    name
}

fn main() {
    let _ = tools![greet];
}
