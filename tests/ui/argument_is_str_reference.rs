use mcp_runtime::prelude::*;

/// Greet someone.
#[mcp_tool]
async fn greet(name: &str) -> String {
    name.to_owned()
}

fn main() {
    let _ = tools![greet];
}
