use mcp_runtime::prelude::*;

/// Greet someone.
#[mcp_tool]
async fn greet(#[arg(length = "5", patern = "a")] name: String) -> String {
    name
}

fn main() {
    let _ = tools![greet];
}
