use mcp_runtime::prelude::*;

/// Greet someone.
#[mcp_tool]
async fn greet(#[arg(range = "a"..="z")] letter: char) -> String {
    letter.to_string()
}

fn main() {
    let _ = tools![greet];
}
