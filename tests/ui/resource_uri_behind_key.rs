use mcp_runtime::prelude::*;

/// A note.
#[mcp_resource(uri = "notes://{id}")]
async fn note(id: u32) -> String {
    id.to_string()
}

fn main() {
    let _ = resources![note];
}
