use mcp_runtime::prelude::*;

/// Greet someone.
#[mcp_tool]
async fn greet(name: Option<&str>) -> String {
    name.unwrap_or_default().to_owned()
}

fn main() {
    let _ = tools![greet];
}
