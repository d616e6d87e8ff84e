use mcp_runtime::prelude::*;

/// A note.
#[mcp_resource("notes://{folder}{id}")]
async fn note(folder: String, id: u32) -> String {
    format!("{folder}/{id}")
}

fn main() {
    let _ = resources![note];
}
