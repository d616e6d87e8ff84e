use mcp_runtime::prelude::*;

/// Greet someone.
#[mcp_tool]
async fn greet(#[arg(patern = "^[A-Z]")] name: String) -> String {
    name
}

fn main() {
    let _ = tools![greet];
}
