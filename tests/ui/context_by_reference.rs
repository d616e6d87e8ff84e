use mcp_runtime::prelude::*;

/// Greet someone.
#[mcp_tool]
async fn greet(ctx: &Context) -> String {
    let _ = ctx;
    String::new()
}

fn main() {
    let _ = tools![greet];
}
