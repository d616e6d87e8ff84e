use mcp_runtime::prelude::*;

/// Greet someone.
#[mcp_tool]
async fn greet(_: String) -> String {
    String::new()
}

fn main() {
    let _ = tools![greet];
}
