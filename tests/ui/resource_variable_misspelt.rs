use mcp_runtime::prelude::*;

/// A note.
#[mcp_resource("notes://{folder}/{id}")]
async fn note(foldr: String, id: u32) -> String {
    format!("{foldr}/{id}")
}

fn main() {
    let _ = resources![note];
}
