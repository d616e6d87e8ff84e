use mcp_runtime::prelude::*;

/// Greet someone.
#[mcp_tool]
async fn greet([first, second]: [String; 2]) -> String {
    first + &second
}

fn main() {
    let _ = tools![greet];
}
