use mcp_runtime::prelude::*;

/// Greet someone.
#[mcp_tool]
async fn greet(#[arg(default = "three")] times: i8) -> String {
    "Hello! ".repeat(times as usize)
}

fn main() {
    let _ = tools![greet];
}
