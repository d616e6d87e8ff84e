use mcp_runtime::prelude::*;

/// Greet someone.
#[mcp_tool]
async fn greet(first: String, #[arg(rename = "first")] last: String) -> String {
    first + &last
}

fn main() {
    let _ = tools![greet];
}
