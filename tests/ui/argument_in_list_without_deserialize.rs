use mcp_runtime::prelude::*;

struct Name {
    first: String,
}

/// Greet someone.
#[mcp_tool]
async fn greet(names: Vec<Name>) -> String {
    names.into_iter().map(|name| name.first).collect()
}

fn main() {
    let _ = tools![greet];
}
