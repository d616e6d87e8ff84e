use mcp_runtime::prelude::*;

#[derive(serde::Deserialize, mcp_runtime::JsonSchema)]
#[schemars(crate = "mcp_runtime::schemars")]
struct Name {
    first: String,
}

/// Greet someone.
#[mcp_tool]
async fn greet(#[arg(flatten, range = 1..)] name: Name) -> String {
    name.first
}

fn main() {
    let _ = tools![greet];
}
