use mcp_runtime::prelude::*;

/// Greet someone.
#[mcp_tool]
async fn greet(name: Nmae) -> String {
    name.to_string()
}

fn main() {
    let _ = tools![greet];
}
