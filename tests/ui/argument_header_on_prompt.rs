use mcp_runtime::prelude::*;

/// Greet someone.
#[mcp_prompt]
async fn greet(#[arg(header = "Name")] name: String) -> String {
    name
}

fn main() {
    let _ = prompts![greet];
}
