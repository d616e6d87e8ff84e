use mcp_runtime::prelude::*;

/// Greet someone.
#[mcp_tool]
async fn greet(#[arg(schema = serde_json::json!(true), pattern = "a")] name: String) -> String {
    name
}

fn main() {
    let _ = tools![greet];
}
