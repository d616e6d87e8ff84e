use mcp_runtime::prelude::*;

/// Greet someone.
#[mcp_tool]
async fn greet(names: &[String]) -> String {
    names.concat()
}

fn main() {
    let _ = tools![greet];
}
