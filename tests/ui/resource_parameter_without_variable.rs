use mcp_runtime::prelude::*;

/// A note.
#[mcp_resource("notes://{id}")]
async fn note(id: u32, folder: String) -> String {
    format!("{folder}/{id}")
}

fn main() {
    let _ = resources![note];
}
