use mcp_runtime::prelude::*;

/// Greet someone.
#[mcp_tool]
async fn greet(#[arg(default = 300)] times: u8) -> String {
    "Hello! ".repeat(times.into())
}

fn main() {
    let _ = tools![greet];
}
