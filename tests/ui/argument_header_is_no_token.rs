use mcp_runtime::prelude::*;

/// Greet someone.
#[mcp_tool]
async fn greet(#[arg(header = "The Name")] name: String) -> String {
    name
}

fn main() {
    let _ = tools![greet];
}
