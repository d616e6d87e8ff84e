use mcp_runtime::prelude::*;

/// A note.
#[mcp_resource("notes://{folder}/{id}")]
async fn note(id: u32) -> String {
    id.to_string()
}

fn main() {
    let _ = resources![note];
}
