use mcp_runtime::prelude::*;

#[derive(serde::Deserialize)]
struct Name {
    first: String,
}

/// Greet someone.
#[mcp_tool]
async fn greet(name: Name) -> String {
    name.first
}

fn main() {
    let _ = tools![greet];
}
