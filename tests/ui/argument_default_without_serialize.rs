use mcp_runtime::prelude::*;

#[derive(serde::Deserialize, mcp_runtime::JsonSchema)]
#[schemars(crate = "mcp_runtime::schemars")]
struct Name;

/// Greet someone.
#[mcp_tool]
async fn greet(#[arg(default = Name)] name: Name) -> String {
    let Name = name;
    String::new()
}

fn main() {
    let _ = tools![greet];
}
