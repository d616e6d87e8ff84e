use mcp_runtime::prelude::*;

/// Greet someone.
#[mcp_tool]
async fn greet(#[inject(default = 1)] ctx: Context) -> String {
    let _ = ctx;
    String::new()
}

fn main() {
    let _ = tools![greet];
}
