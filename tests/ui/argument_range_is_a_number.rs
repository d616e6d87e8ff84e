use mcp_runtime::prelude::*;

/// Greet someone.
#[mcp_tool]
async fn greet(#[arg(range = 10)] times: u32) -> String {
    "Hello! ".repeat(times as usize)
}

fn main() {
    let _ = tools![greet];
}
