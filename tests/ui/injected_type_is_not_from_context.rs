use mcp_runtime::prelude::*;

struct Name {
    first: String,
}

/// Greet someone.
#[mcp_tool]
async fn greet(#[inject] name: Name) -> String {
    name.first
}

fn main() {
    let _ = tools![greet];
}
