use mcp_runtime::prelude::*;

#[derive(serde::Deserialize, mcp_runtime::JsonSchema)]
#[schemars(crate = "mcp_runtime::schemars")]
struct Name {
    first: String,
}

/// A note.
#[mcp_resource("notes://{id}")]
async fn note(id: u32, #[arg(flatten)] name: Name) -> String {
    format!("{id}{}", name.first)
}

fn main() {
    let _ = resources![note];
}
